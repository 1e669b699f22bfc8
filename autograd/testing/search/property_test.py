"""gradient_test: a decorator that makes a function a Hypothesis test of its gradient."""

from __future__ import annotations

import datetime
import functools
import inspect
from collections.abc import Callable
from typing import Any

from autograd.core.coercion import describe
from autograd.errors import DataError, SettingError
from autograd.testing.checks.grad_check import ORDERS, run_grad_check
from autograd.testing.gradient_errors import GradientError
from autograd.testing.report import FAIL, Report
from autograd.testing.search.argument_specs import (
    Spec,
    get_domains,
    input_specs,
    split_inputs_and_settings,
    validate_specs,
)
from autograd.testing.search.point_strategies import points
from autograd.testing.search.source_code import arguments_to_source
from autograd.testing.search.tally import VerdictTally

# The deadline that Hypothesis sets by itself. It is replaced by none, since a first call may import or compile; users who set
# another one keep it. The number must be that of Hypothesis: with any other, slow first calls fail as flaky.
DEFAULT_DEADLINE = datetime.timedelta(milliseconds=200)

NAMED_PARAMETERS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def gradient_test(*, order: int = 1, **specs: Spec) -> Callable[[Callable[..., Any]], Callable[[], None]]:
    """Make a function of nodes a test of its gradient.

    Hypothesis searches for a point at which the gradient is wrong and shrinks it. Then the failing graph is reduced to the smallest
    expression that still fails, and a node of it is blamed.

    Parameters
    ----------
    order : {1, 2}
        Whether to check first derivatives only, or second ones too. Default: 1.
    **specs : Real, Array or Choice
        The arguments to draw, by name. Real ones are passed as Values, Array ones as Tensors, and Choice ones as they are. All
        other arguments of the function are left to pytest: ``self``, fixtures and parameters.

    Returns
    -------
    callable
        A decorator. The test it returns raises a :class:`GradientError` if a point fails.

    Raises
    ------
    SettingError
        If ``order`` is neither 1 nor 2, no keyword is an input, or the function lacks one of the arguments.
    DataError
        If a keyword is not a specification, or the decorated object is not a function, is async, or is a generator.

    See Also
    --------
    check_grad : The check at one point.
    search_vjp : The same search for rules that are written by hand.

    Notes
    -----
    The test is an ordinary Hypothesis test: profiles, the database, ``@settings`` above the decorator and ``--hypothesis-seed``
    apply. The one exception is Hypothesis's default deadline of 200 ms, which is dropped; any other deadline is kept.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.testing import Array, Real
    >>> @gradient_test(x=Array("n"), s=Real(-2.0, 2.0))
    ... def test_scaled(x, s):
    ...     return np.tanh(x) * s
    >>> test_scaled()
    """
    validate_specs(specs, "gradient_test()")
    if order not in ORDERS:
        raise SettingError(f"gradient_test(): order must be 1 or 2, not {order!r}")

    def decorate(function: Callable[..., Any]) -> Callable[..., None]:
        other_parameters = _get_other_parameters(function, specs)
        property_ = GradientProperty(function, order, specs)
        test = _make_hypothesis_test(property_, specs)

        def run(*instance: Any, **arguments: Any) -> None:
            _copy_settings(run, test)
            property_.function = functools.partial(function, *instance, **arguments)
            property_.run(test)

        vars(run).update({**vars(test), **getattr(function, "__dict__", {})})
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            setattr(run, name, getattr(function, name, getattr(type(function), name, "gradient_test")))
        # pytest reads the signature to find fixtures and parameters, so it must not have the arguments that are drawn
        run.__signature__ = inspect.Signature(other_parameters)  # type: ignore[attr-defined]  # functions take attributes
        return run

    return decorate


def _make_hypothesis_test(property_: GradientProperty, specs: dict[str, Spec]) -> Any:
    """Return the property as a Hypothesis test that draws the points."""
    import hypothesis

    def check(point: dict[str, Any]) -> None:  # Hypothesis sets attributes, which bound methods do not take
        property_.check(point)

    return hypothesis.given(point=points(specs))(check)


def _copy_settings(source: Any, test: Any) -> None:
    """Copy what decorators such as ``@settings`` have set on ``source`` to the Hypothesis test, without the default deadline."""
    import hypothesis

    for name in [name for name in vars(source) if name.startswith("_hypothesis_internal_use")]:
        setattr(test, name, getattr(source, name))
    settings = test._hypothesis_internal_use_settings
    if settings.deadline == DEFAULT_DEADLINE:
        test._hypothesis_internal_use_settings = hypothesis.settings(settings, deadline=None)


def _get_other_parameters(function: Callable[..., Any], specs: dict[str, Spec]) -> list[inspect.Parameter]:
    """Return the parameters that are not drawn; raise if the function is not a test or lacks a drawn one."""
    if not callable(function):
        raise DataError(f"gradient_test() decorates a function, not {describe(function)}")
    _refuse_async_and_generators(function)
    parameters = inspect.signature(function).parameters
    accepts_any_name = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
    for name in specs:
        if name not in parameters and not accepts_any_name:
            raise SettingError(f"gradient_test(): {name}= is drawn, but the function has no such argument")
    required = [p for p in parameters.values() if p.kind in NAMED_PARAMETERS and p.default is inspect.Parameter.empty]
    return [p for p in required if p.name not in specs]


def _refuse_async_and_generators(function: Callable[..., Any]) -> None:
    """Raise DataError if the function returns something to await or to iterate over instead of a node."""
    called = function.func if isinstance(function, functools.partial) else function
    bodies = (called, vars(type(called)).get("__call__"))
    name = getattr(called, "__name__", type(called).__name__)
    if any(inspect.iscoroutinefunction(body) or inspect.isasyncgenfunction(body) for body in bodies):
        raise DataError(
            f"gradient_test(): {name} is async, and what it returns has no gradient: "
            "make it a plain function that returns a node, and use asyncio.run() inside for what must be awaited"
        )
    if any(map(inspect.isgeneratorfunction, bodies)):
        raise DataError(f"gradient_test(): {name} is a generator, and what it yields has no gradient: return one node")


class GradientProperty:
    """The property that the gradient of a function is right at every point.

    Parameters
    ----------
    function : callable
        The function of nodes, with all arguments bound that are not drawn.
    order : {1, 2}
        The order of derivatives.
    specs : dict
        The specifications of the drawn arguments.
    """

    def __init__(self, function: Callable[..., Any], order: int, specs: dict[str, Spec]) -> None:
        self.function: Callable[..., Any] = function
        self.order: int = order
        self.specs: dict[str, Spec] = specs
        self.input_names: list[str] = list(input_specs(specs))
        self.__name__: Any | str = getattr(function, "__name__", type(function).__name__)
        self._reset()

    def _reset(self) -> None:
        self.tally: VerdictTally = VerdictTally()
        self.first_fault: str = ""

    def __call__(self, *nodes: Any, **settings: Any) -> Any:
        return self.function(**dict(zip(self.input_names, nodes, strict=True)), **settings)

    def run(self, test: Callable[[], None]) -> None:
        """Run a whole search, and raise GradientError if a point fails or too many are undecided."""
        self._reset()
        try:
            test()
        except GradientError as error:
            full = self._check_point(error.report.values, is_brief=False)
            if full.fault == error.report.fault:
                error.replace_report(full)
            raise
        total = Report(f"gradient_test {self.__name__}")
        self.tally.add_failure_if_undecided(total)
        total.raise_if_failed()

    def check(self, point: dict[str, Any]) -> None:
        """Check one point and raise GradientError if it fails. The details are left for the shrunk point.

        Once a fault is found, others are passed over, so that shrinking does not change from one fault to another.
        """
        report = self._check_point(point, is_brief=True)
        self.tally.add(report)
        self.first_fault = self.first_fault or report.fault
        report.raise_if_failed(report.fault == self.first_fault)

    def _check_point(self, point: dict[str, Any], is_brief: bool) -> Report:
        inputs, settings = split_inputs_and_settings(point, self.specs)
        report = run_grad_check(self, inputs, self.order, get_domains(self.specs), settings, is_brief)
        report.values = point
        if report.verdict == FAIL:
            report.reproduce = f"check_grad({self.__name__}, {arguments_to_source(point, self.specs)})"
        return report
