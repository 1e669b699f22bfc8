"""The search: Hypothesis draws points for a check, shrinks the one that fails, and the report tells of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.door import described
from autograd.errors import DataError, SettingError
from autograd.testing.contract import Check
from autograd.testing.graphs import graph_check
from autograd.testing.report import FAIL, INCONCLUSIVE, GradientError, Report
from autograd.testing.specs import Array, Choice, Real, Spec, drawn

MOST_UNDECIDED = 0.2
Pair = tuple[Callable[..., Any], Callable[..., Any]]


def search_vjp(
    make: Callable[[], Pair],
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
        domains = [(s.low, s.high) for s in specs.values() if not isinstance(s, Choice)]
        check = Check(*make(), inputs, domains, static, "search_vjp()")
        check.brief = brief
        return check.run()

    report = searched(at, specs, max_examples, hypothesis_seed)
    if report.values:
        report.reproduce = call_text("check_vjp(f, vjp, (", report.values, specs)
    return report.raised(raise_on_fail)


def searched(at: Callable[[dict[str, Any], bool], Report], specs: dict[str, Spec], max_examples: int, seed: int | None) -> Report:
    """The report of the simplest point that fails, or of all that passed."""
    import hypothesis
    from hypothesis import strategies as st

    total = Report("search")
    tally = Tally()
    last: dict[str, dict[str, Any]] = {}
    kind: list[str] = []  # the first fault found: shrinking must not slip to another

    def prove(data: Any) -> None:
        values = drawn(data.draw, specs)
        report = at(values, True)
        total.subject = report.subject
        total.evaluations += report.evaluations
        tally.count(report)
        if report.verdict == FAIL:
            fault = report.fault
            kind[:] = kind or [fault]
            if fault == kind[0]:
                last["values"] = values
                raise GradientError.of(fault)(report)

    test = hypothesis.given(st.data())(prove)
    if seed is not None:
        test = hypothesis.seed(seed)(test)
    try:
        hypothesis.settings(max_examples=max_examples, **quiet())(test)()
    except GradientError as error:
        full = at(last["values"], False)
        report = full if full.verdict == FAIL else error.report
        report.values, report.evaluations = last["values"], total.evaluations
        return report
    tally.judge(total)
    return total


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
    """How many points there were, and how many could not be decided."""

    def __init__(self) -> None:
        self.points = self.undecided = 0

    def count(self, report: Report) -> None:
        """Take in the report of one point."""
        self.points += 1
        self.undecided += report.verdict == INCONCLUSIVE

    def judge(self, report: Report) -> None:
        """Too many undecided points condemn the search itself."""
        if self.undecided > MOST_UNDECIDED * self.points:
            share = f"{self.undecided} of {self.points} points could not be decided"
            report.add("undecided", f"{share}: narrow the domain with low= and high=, or smooth f")


def gradient_test(*, order: int = 1, **specs: Spec) -> Callable[[Callable[..., Any]], Callable[[], None]]:
    """Make a function of nodes a pytest test: Hypothesis searches for a point at which its gradient is wrong, and shrinks it.

    The keywords are its arguments, as for :func:`search_vjp`; ``order=2`` checks second derivatives too. The test is an ordinary
    Hypothesis test: its profiles, database, ``@settings`` above it and ``--hypothesis-seed`` apply.

    >>> @gradient_test(x=Array("n"), s=Real(-2.0, 2.0))
    ... def test_scaled(x, s):
    ...     return np.tanh(x) * s
    >>> test_scaled()
    """
    checked(specs, "gradient_test()")

    def decorate(function: Callable[..., Any]) -> Callable[[], None]:
        import hypothesis
        from hypothesis import strategies as st

        tally = Tally()
        domains = [(s.low, s.high) for s in specs.values() if not isinstance(s, Choice)]
        names = [name for name, s in specs.items() if not isinstance(s, Choice)]

        def called(*nodes: Any, **static: Any) -> Any:
            return function(**dict(zip(names, nodes, strict=True)), **static)

        called.__name__ = function.__name__

        @st.composite
        def points(draw: Any) -> dict[str, Any]:
            return drawn(draw, specs)

        def body(point: dict[str, Any]) -> None:
            inputs, static = split(point, specs)
            report = graph_check(called, inputs, order, domains, static)
            tally.count(report)
            report.reproduce = call_text(f"check_grad({function.__name__}, ", point, specs, "") if report.verdict == FAIL else ""
            report.raised(True)

        named_as(body, function)
        test: Any = hypothesis.given(point=points())(body)

        def judged() -> None:
            tally.points = tally.undecided = 0
            test._hypothesis_internal_use_settings = hypothesis.settings(deadline=None)
            for name in [n for n in vars(judged) if n.startswith("_hypothesis_internal_use")]:
                setattr(test, name, getattr(judged, name))  # what decorators above have set
            test()
            total = Report(f"gradient_test {function.__name__}")
            tally.judge(total)
            total.raised(True)

        vars(judged).update(vars(test))
        named_as(judged, function)
        return judged

    return decorate


def named_as(wrapper: Any, function: Callable[..., Any]) -> None:
    """Give a wrapper the name and the place of what it wraps, but not its arguments, which pytest would take for fixtures."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(wrapper, name, getattr(function, name))


def checked(specs: dict[str, Spec], call: str) -> None:
    """Raise where the keywords are no specs, or none is an input."""
    for name, spec in specs.items():
        if not isinstance(spec, Real | Array | Choice):
            raise DataError(f"{call}: {name}= takes Real(…), Array(…) or Choice(…), not {described(spec)}")
    if all(isinstance(spec, Choice) for spec in specs.values()):
        raise SettingError(f"{call} needs at least one input, as in x=Array('n') or x=Real()")


def split(values: dict[str, Any], specs: dict[str, Spec]) -> tuple[list[Any], dict[str, Any]]:
    """The inputs, and the settings."""
    inputs = [v for name, v in values.items() if not isinstance(specs[name], Choice)]
    return inputs, {name: v for name, v in values.items() if isinstance(specs[name], Choice)}


def call_text(head: str, values: dict[str, Any], specs: dict[str, Spec], tail: str = ",)") -> str:
    """A line of Python for a point."""
    inputs, static = split(values, specs)
    settings = "".join(f", {k}={v!r}" for k, v in static.items())
    return f"{head}{', '.join(map(literal, inputs))}{tail}{settings})"


def literal(x: Any) -> str:
    """A number or an array as Python reads it."""
    return f"np.array({np.asarray(x).tolist()})" if np.ndim(x) else repr(float(x))
