"""The verdicts of the points of a search, counted."""

from __future__ import annotations

from autograd.testing.report import INCONCLUSIVE, Report

# The parts of the points that may be inconclusive: of those with a finite derivative, and of all. Of the right rules in
# benchmarks/rules the worst has 2 % undecided points, so a fifth is a function that cannot be measured. Doubled, a search passes
# that decides little more than half of its points. The second bound is higher because an infinite slope is no fault of the check:
# over arrays between 0 and 4, a log has an infinite slope at 41 % of the points. Doubled, it never fails.
MAX_UNDECIDED = 0.2
MAX_INCONCLUSIVE = 0.8


class VerdictTally:
    """How many points a search checked, and how many of them were inconclusive.

    Attributes
    ----------
    points : int
        All points.
    unbounded : int
        Those at which the function has no finite derivative.
    undecided : int
        Those that could not be decided for another reason.
    """

    def __init__(self) -> None:
        self.points: int = 0
        self.unbounded: int = 0
        self.undecided: int = 0

    def add(self, report: Report) -> None:
        """Count the report of one point."""
        self.points += 1
        if report.verdict == INCONCLUSIVE:
            is_unbounded = all(finding.fault == "unbounded" for finding in report.findings)
            self.unbounded += is_unbounded
            self.undecided += not is_unbounded

    def add_failure_if_undecided(self, report: Report) -> None:
        """Add a failure to the report of the search if too many points were inconclusive."""
        inconclusive = self.unbounded + self.undecided
        too_many_undecided = self.undecided > MAX_UNDECIDED * (self.points - self.unbounded)
        if too_many_undecided or inconclusive > MAX_INCONCLUSIVE * self.points:
            share = f"{inconclusive} of {self.points} points could not be decided"
            report.add_failure("undecided", f"{share}: narrow the domain with low= and high=, or smooth f")
