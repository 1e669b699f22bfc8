"""The search: Hypothesis draws points for a check, shrinks the one that fails, and the report tells of it."""

from __future__ import annotations

import datetime
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.coercion import described
from autograd.errors import DataError, SettingError
from autograd.testing.argument_specs import Array, Choice, Real, Spec, lengths, literal, points, probes
from autograd.testing.checks.grad_check import ORDERS, graph_check
from autograd.testing.checks.rule_under_test import Pair
from autograd.testing.checks.vjp_check import Check
from autograd.testing.gradient_errors import GradientError
from autograd.testing.report import FAIL, INCONCLUSIVE, Report

MOST_UNDECIDED = 0.2  # of the points at which there is a finite derivative
MOST_UNBOUNDED = 0.8  # of all points
DEADLINE = datetime.timedelta(milliseconds=200)  # which Hypothesis sets where nobody asks for one


def search_vjp(
    make: Callable[[], tuple[Callable[..., Any], Callable[..., Any]]],
    /,
    *,
    max_examples: int = 100,
    hypothesis_seed: int | None = None,
    raise_on_fail: bool = True,
    **specs: Spec,
) -> Report:
    """Search for a point at which a rule is wrong: ``make()`` gives a fresh pair (f, vjp), as :func:`check_vjp` takes them.

    Each keyword is an argument: Real or Array ones are inputs, in their order, and Choice ones settings. The failing point is
    shrunk, checked once more and reported, with a line that shows it again. GradientError on a fail, unless
    ``raise_on_fail=False``; UndecidedError where more than a fifth of the points cannot be decided.

    >>> square = lambda x: x * x
    >>> search_vjp(lambda: (square, lambda xs, g: (2 * g * xs[0],)), x=Array("n"), max_examples=20).verdict
    'pass'
    """
    checked(specs, "search_vjp()")

    def at(values: dict[str, Any], brief: bool) -> Report:
        inputs, static = split(values, specs)
        pair = make() if callable(make) else None
        if not isinstance(pair, tuple) or len(pair) != 2 or not all(map(callable, pair)):
            raise DataError(
                f"search_vjp() takes a function that gives a fresh pair (f, vjp), as in lambda: (f, vjp), not {described(make)}"
            )
        return Check(Pair(*pair, inputs, domains_of(specs), static, "search_vjp()"), brief).run()

    report = searched(at, specs, max_examples, hypothesis_seed)
    if report.values:
        report.reproduce = f"check_vjp(f, vjp, {arguments(report.values, specs, '({},)')})"
    return report.raise_if_failed(raise_on_fail)


At = Callable[[dict[str, Any], bool], Report]  # the report of a point, brief or in full


def searched(at: At, specs: dict[str, Spec], max_examples: int, seed: int | None) -> Report:
    """The report of the simplest point that fails, or of all that passed."""
    search = Search(at)
    fixed = probes(specs)[: max_examples // 2]
    probed = _failing(lambda: search.prove_all(fixed))
    found = _failing(_drawn(search.prove, specs, max_examples - len(fixed), seed))  # it may come upon a simpler point
    if probed is not None and found is None:
        found = _simpler(probed, at, specs)
    if found is None:
        search.tally.judge(search.total)
        return search.total
    full = at(found.values, False)
    report = full if full.verdict == FAIL else found
    report.values, report.evaluations = found.values, search.total.evaluations
    return report


class Search:
    """What has been seen of the points of a search."""

    def __init__(self, at: At) -> None:
        self.at = at
        self.total = Report("search")
        self.tally = Tally()
        self.fault = ""  # the first one found: shrinking must not slip to another

    def prove(self, point: dict[str, Any]) -> None:
        """Check a point; GradientError where it fails, with the fault that was found first."""
        report = self.at(point, True)
        self.total.subject = report.subject
        self.total.evaluations += report.evaluations
        self.tally.count(report)
        if report.verdict == FAIL and report.fault == (self.fault or report.fault):
            self.fault = report.fault
            report.values = point
            report.raise_if_failed(True)

    def prove_all(self, points: list[dict[str, Any]]) -> None:
        """Check several points."""
        for point in points:
            self.prove(point)


def _drawn(prove: Callable[[dict[str, Any]], None], specs: dict[str, Spec], count: int, seed: int | None) -> Callable[[], Any]:
    """A test of so many points that Hypothesis draws."""
    import hypothesis

    def proved(point: dict[str, Any]) -> None:
        prove(point)

    test = hypothesis.given(point=points(specs))(proved)
    if seed is not None:
        test = hypothesis.seed(seed)(test)
    return hypothesis.settings(max_examples=count, **quiet())(test)


def _failing(search: Callable[[], Any]) -> Report | None:
    """The report of the point at which a search ends; None where all pass."""
    try:
        search()
    except GradientError as error:
        return error.report
    return None


def _simpler(found: Report, at: At, specs: dict[str, Spec]) -> Report:
    """The same fault with as many entries as possible at zero, or at the edge next to it."""
    for name, spec in specs.items():
        if isinstance(spec, Choice):
            continue
        for i in range(np.size(found.values[name])):
            entries = np.array(found.values[name])
            entries.flat[i] = min(max(0.0, spec.low), spec.high)
            values = {**found.values, name: entries if entries.ndim else float(entries)}
            report = at(values, True)
            if report.verdict == FAIL and report.fault == found.fault:
                report.values = values
                found = report
    return found


def quiet() -> dict[str, Any]:
    """Hypothesis settings for a search whose outcome is a report."""
    import hypothesis

    return {
        "database": None,
        "deadline": None,
        "print_blob": False,
        "report_multiple_bugs": False,
        "suppress_health_check": list(hypothesis.HealthCheck),
        "verbosity": hypothesis.Verbosity.quiet,
        "phases": [hypothesis.Phase.generate, hypothesis.Phase.shrink],
    }


class Tally:
    """How many points there were, at how many of them no finite derivative exists, and how many others could not be decided."""

    def __init__(self) -> None:
        self.points = self.unbounded = self.undecided = 0

    def count(self, report: Report) -> None:
        """Take in the report of one point."""
        unbounded = report.verdict == INCONCLUSIVE and all(finding.fault == "unbounded" for finding in report.findings)
        self.points += 1
        self.unbounded += unbounded
        self.undecided += report.verdict == INCONCLUSIVE and not unbounded

    def judge(self, report: Report) -> None:
        """Too many undecided points condemn the search itself, and so does a function with next to no derivatives."""
        doubtful = self.unbounded + self.undecided
        if self.undecided > MOST_UNDECIDED * (self.points - self.unbounded) or doubtful > MOST_UNBOUNDED * self.points:
            share = f"{doubtful} of {self.points} points could not be decided"
            report.add_failure("undecided", f"{share}: narrow the domain with low= and high=, or smooth f")


def gradient_test(*, order: int = 1, **specs: Spec) -> Callable[[Callable[..., Any]], Callable[[], None]]:
    """Make a function of nodes a pytest test: Hypothesis searches for a point at which its gradient is wrong, and shrinks it.

    The keywords are its arguments, as for :func:`search_vjp`; ``order=2`` checks second derivatives too. The test is an ordinary
    Hypothesis test: its profiles, database, ``@settings`` above it and ``--hypothesis-seed`` apply, but for Hypothesis's own
    deadline of 200 ms: any other deadline is kept. What fails is cut to the smallest expression and blamed on a node once it is
    shrunk.

    >>> import numpy as np
    >>> @gradient_test(x=Array("n"), s=Real(-2.0, 2.0))
    ... def test_scaled(x, s):
    ...     return np.tanh(x) * s
    >>> test_scaled()
    """
    checked(specs, "gradient_test()")
    if order not in ORDERS:
        raise SettingError(f"gradient_test(): order is 1 or 2, not {order!r}")

    def decorate(function: Callable[..., Any]) -> Callable[..., None]:
        import hypothesis

        others = _others(function, specs)
        property_ = Property(function, order, specs)

        def holds(point: dict[str, Any]) -> None:  # a function, which may be given attributes
            property_.holds(point)

        test: Any = hypothesis.given(point=points(specs))(holds)

        def judged(*instance: Any, **given: Any) -> None:
            for name in [n for n in vars(judged) if n.startswith("_hypothesis_internal_use")]:
                setattr(test, name, getattr(judged, name))  # what decorators above have set
            settings = test._hypothesis_internal_use_settings
            if settings.deadline == DEADLINE:  # a first call may import or compile for as long as it likes
                test._hypothesis_internal_use_settings = hypothesis.settings(settings, deadline=None)
            property_.bound = functools.partial(function, *instance, **given)
            property_.judge(test)

        vars(judged).update({**vars(test), **getattr(function, "__dict__", {})})
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            setattr(judged, name, getattr(function, name, getattr(type(function), name, "gradient_test")))
        # what is drawn is not asked of pytest, but fixtures and parameters are
        judged.__signature__ = inspect.Signature(others)  # type: ignore[attr-defined]  # functions take attributes
        return judged

    return decorate


def _others(function: Callable[..., Any], specs: dict[str, Spec]) -> list[inspect.Parameter]:
    """The arguments that are not drawn: self, fixtures and parameters of a test."""
    if not callable(function):
        raise DataError(f"gradient_test() decorates a function, not {described(function)}")
    refuse_async(function)
    parameters = inspect.signature(function).parameters
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    free = [p for name, p in parameters.items() if name not in specs and p.kind in named and p.default is inspect.Parameter.empty]
    if not any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()):
        for name in specs:
            if name not in parameters:
                raise SettingError(f"gradient_test(): {name}= is drawn, but the function has no such argument")
    return free


def refuse_async(function: Callable[..., Any]) -> None:
    """Raise where a test returns something to be awaited or iterated over, and no node."""
    called = function.func if isinstance(function, functools.partial) else function
    bodies = (called, vars(type(called)).get("__call__"))
    name = getattr(called, "__name__", type(called).__name__)
    if any(inspect.iscoroutinefunction(body) or inspect.isasyncgenfunction(body) for body in bodies):
        raise DataError(
            f"gradient_test(): {name} is async, and what it returns has no gradient: "
            "make it a plain function that returns a node, with asyncio.run() around what must be awaited"
        )
    if any(map(inspect.isgeneratorfunction, bodies)):
        raise DataError(f"gradient_test(): {name} yields, and what it returns has no gradient: return one node")


class Property:
    """That a function's gradient is right at every point that its specs allow."""

    def __init__(self, function: Callable[..., Any], order: int, specs: dict[str, Spec]) -> None:
        self.order, self.specs = order, specs
        self.names = [name for name, s in specs.items() if not isinstance(s, Choice)]
        self.bound = function
        self.__name__ = getattr(function, "__name__", type(function).__name__)
        self._restart()

    def _restart(self) -> None:
        self.tally = Tally()
        self.fault = ""  # the first one found: shrinking must not slip to another, and one is enough to report

    def __call__(self, *nodes: Any, **static: Any) -> Any:
        return self.bound(**dict(zip(self.names, nodes, strict=True)), **static)

    def report(self, point: dict[str, Any], brief: bool) -> Report:
        """The check at one point."""
        inputs, static = split(point, self.specs)
        report = graph_check(self, inputs, self.order, domains_of(self.specs), static, brief)
        report.values = point
        if report.verdict == FAIL:
            report.reproduce = f"check_grad({self.__name__}, {arguments(point, self.specs)})"
        return report

    def holds(self, point: dict[str, Any]) -> None:
        """Raise where it does not; the details wait until Hypothesis has shrunk the point."""
        report = self.report(point, brief=True)
        self.tally.count(report)
        self.fault = self.fault or report.fault
        report.raise_if_failed(report.fault == self.fault)

    def judge(self, test: Callable[[], None]) -> None:
        """Run the whole search."""
        self._restart()
        try:
            test()
        except GradientError as error:
            full = self.report(error.report.values, brief=False)
            if full.fault == error.report.fault:
                error.replace_report(full)
            raise
        total = Report(f"gradient_test {self.__name__}")
        self.tally.judge(total)
        total.raise_if_failed(True)


def checked(specs: dict[str, Spec], call: str) -> None:
    """Raise where the keywords are no specs, or none is an input."""
    for name, spec in specs.items():
        if not isinstance(spec, Real | Array | Choice):
            raise DataError(f"{call}: {name}= takes Real(…), Array(…) or Choice(…), not {described(spec)}")
    lengths(specs)
    if all(isinstance(spec, Choice) for spec in specs.values()):
        raise SettingError(f"{call} needs at least one input, as in x=Array('n') or x=Real()")


def split(values: dict[str, Any], specs: dict[str, Spec]) -> tuple[list[Any], dict[str, Any]]:
    """The inputs, and the settings."""
    inputs = [v for name, v in values.items() if not isinstance(specs[name], Choice)]
    return inputs, {name: v for name, v in values.items() if isinstance(specs[name], Choice)}


def domains_of(specs: dict[str, Spec]) -> list[tuple[float, float]]:
    """Where each input may lie."""
    return [(s.low, s.high) for s in specs.values() if not isinstance(s, Choice)]


def arguments(values: dict[str, Any], specs: dict[str, Spec], inputs_in: str = "{}") -> str:
    """A point as the arguments of a call: the inputs, in a tuple for ``inputs_in="({},)"``, and the settings."""
    inputs, static = split(values, specs)
    return ", ".join([inputs_in.format(", ".join(map(literal, inputs))), *(f"{k}={v!r}" for k, v in static.items())])
