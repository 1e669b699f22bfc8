"""search_vjp: search for a point at which a derivative rule is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.coercion import describe
from autograd.errors import DataError
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.checks.vjp_check import VjpCheck
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
from autograd.testing.search.probe_points import probe_points
from autograd.testing.search.source_code import arguments_to_source
from autograd.testing.search.tally import VerdictTally

Point = dict[str, Any]  # a value for each argument
CheckPoint = Callable[[Point, bool], Report]  # the check of a point, brief or in full

# The part of all points that may be probes, which are the same in every search. Half leaves as many for random ones. Doubled, short
# searches have no random points.
MAX_PROBES = 0.5


def search_vjp(
    make: Callable[[], tuple[Callable[..., Any], Callable[..., Any]]],
    /,
    *,
    max_examples: int = 100,
    hypothesis_seed: int | None = None,
    raise_on_fail: bool = True,
    **specs: Spec,
) -> Report:
    """Search for a point at which a derivative rule is wrong.

    Hypothesis draws the points and shrinks the one that fails. That point is checked once more in full and reported.

    Parameters
    ----------
    make : callable
        A function without arguments that returns a new pair (f, vjp), as :func:`check_vjp` takes them. It is called for every
        point, so that a rule that keeps state begins without any.
    max_examples : int
        The number of points, those for shrinking not counted.
    hypothesis_seed : int, optional
        The seed of the random points. Default: another one in every search.
    raise_on_fail : bool
        Whether a failure raises. Default: True.
    **specs : Real, Array or Choice
        The arguments of f by name. Real and Array ones are inputs, in this order; Choice ones are settings.

    Returns
    -------
    Report
        If the search fails, ``values`` is the point, and ``reproduce`` is a line of Python that checks it again.

    Raises
    ------
    GradientError
        If a point fails, unless ``raise_on_fail`` is False. The subclass tells the kind of fault; UndecidedError means that more
        than a fifth of the points could not be decided.
    DataError
        If ``make`` does not return a pair of functions, or a keyword is not a specification.
    SettingError
        If no keyword is an input.

    See Also
    --------
    check_vjp : The check at one point.
    gradient_test : The same search as a test, for functions of nodes.

    Examples
    --------
    >>> from autograd.testing import Array
    >>> square = lambda x: x * x
    >>> search_vjp(lambda: (square, lambda xs, g: (2 * g * xs[0],)), x=Array("n"), max_examples=20).verdict
    'pass'
    """
    validate_specs(specs, "search_vjp()")

    def check_point(point: Point, is_brief: bool) -> Report:
        inputs, settings = split_inputs_and_settings(point, specs)
        return VjpCheck(RuleUnderTest(*_make_pair(make), inputs, get_domains(specs), settings, "search_vjp()"), is_brief).run()

    report = _search(check_point, specs, max_examples, hypothesis_seed)
    if report.values:
        report.reproduce = f"check_vjp(f, vjp, {arguments_to_source(report.values, specs, '({},)')})"
    return report.raise_if_failed(raise_on_fail)


def _make_pair(make: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    pair = make() if callable(make) else None
    if not isinstance(pair, tuple) or len(pair) != 2 or not all(map(callable, pair)):
        raise DataError(
            f"search_vjp() takes a function that returns a new pair (f, vjp), as in lambda: (f, vjp), not {describe(make)}"
        )
    return pair


def _search(check_point: CheckPoint, specs: dict[str, Spec], max_examples: int, seed: int | None) -> Report:
    """Return the report of the simplest point that fails, or of all points if none does."""
    search = _Search(check_point)
    probes = probe_points(specs)[: int(MAX_PROBES * max_examples)]
    failing_probe = _find_failure(lambda: search.check_all(probes))
    # The random points are drawn even if a probe fails, since Hypothesis can shrink those.
    failure = _find_failure(_make_hypothesis_test(search.check, specs, max_examples - len(probes), seed))
    if failing_probe is not None and failure is None:
        failure = _move_entries_to_zero(failing_probe, check_point, specs)
    if failure is None:
        search.tally.add_failure_if_undecided(search.total)
        return search.total
    full = check_point(failure.values, False)
    report = full if full.verdict == FAIL else failure
    report.values, report.evaluations = failure.values, search.total.evaluations
    return report


class _Search:
    """The points that were checked so far."""

    def __init__(self, check_point: CheckPoint) -> None:
        self.check_point = check_point
        self.total = Report("search")
        self.tally = VerdictTally()
        self.first_fault = ""

    def check(self, point: Point) -> None:
        """Check a point and raise GradientError if it fails.

        Once a fault is found, others are passed over, so that shrinking does not change from one fault to another.
        """
        report = self.check_point(point, True)
        self.total.subject = report.subject
        self.total.evaluations += report.evaluations
        self.tally.add(report)
        if report.verdict == FAIL and self.first_fault in ("", report.fault):
            self.first_fault = report.fault
            report.values = point
            report.raise_if_failed()

    def check_all(self, points: list[Point]) -> None:
        """Check several points, and raise GradientError at the first that fails."""
        for point in points:
            self.check(point)


def _make_hypothesis_test(
    check: Callable[[Point], None], specs: dict[str, Spec], count: int, seed: int | None
) -> Callable[[], Any]:
    """Return a function that checks ``count`` random points, and raises GradientError for the shrunk one if one fails."""
    import hypothesis

    def check_drawn(point: Point) -> None:  # Hypothesis takes functions, and no bound methods
        check(point)

    test = hypothesis.given(point=points(specs))(check_drawn)
    if seed is not None:
        test = hypothesis.seed(seed)(test)
    return _use_quiet_settings(test, count)


def _use_quiet_settings(test: Callable[[], Any], count: int) -> Callable[[], Any]:
    """Set the number of examples, and turn off what Hypothesis prints, stores and times: the outcome is a report."""
    import hypothesis

    settings = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
    )
    return settings(test)


def _find_failure(search: Callable[[], Any]) -> Report | None:
    """Run a search and return the report of the point at which it failed, or None."""
    try:
        search()
    except GradientError as error:
        return error.report
    return None


def _move_entries_to_zero(failure: Report, check_point: CheckPoint, specs: dict[str, Spec]) -> Report:
    """Return the same fault at a point with as many entries as possible at zero, or at the edge next to it.

    This shrinks probes, which Hypothesis did not draw and cannot shrink.
    """
    for name, spec in input_specs(specs).items():
        for i in range(np.size(failure.values[name])):
            entries = np.array(failure.values[name])
            entries.flat[i] = min(max(0.0, spec.low), spec.high)
            values = {**failure.values, name: entries if entries.ndim else float(entries)}
            report = check_point(values, True)
            if report.verdict == FAIL and report.fault == failure.fault:
                report.values = values
                failure = report
    return failure
