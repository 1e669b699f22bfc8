"""The claimed derivatives of a rule against measured ones, brought down to the entry that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from autograd.testing.checks.contract.claimed_vjps import MAX_SINGLE, ClaimedVjps
from autograd.testing.checks.contract.directions import Direction, draw_directions, n_moving, tie_directions, unit_direction
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.judgement.judge_direction import judge
from autograd.testing.judgement.point import Point
from autograd.testing.judgement.verdict import FAIL, PASS, UNDECIDED, Judgement
from autograd.testing.measurement.estimate import KINK, NOISY, SMOOTH, UNBOUNDED, UNRESOLVED, Array
from autograd.testing.report import Report

# An undecided claim of up to this fraction of the largest claim is ignored: below eps**(1/2) = 1.5e-8, what the entry changes is
# lost in the rounding of what others change. With 0, no recorded check changes. Doubled, wrong claims of up to 2e-8 of the largest
# are ignored where nothing was measured.
NEGLIGIBLE_RTOL = 1e-8

# Up to this many outputs and entries are examined one by one, once mixtures of them were not decided. The outputs are halved until
# no more than this many are left, and the half that is further off is kept. Doubled, the worst case needs twice as many
# evaluations, and no recorded check changes.
MAX_SINGLE_LATE = 64

# How many entries of a wrong direction are searched for the one that is wrong, so that a failed check takes no more than this many
# further measurements. Doubled, wrong entries further on are named, too.
MAX_ACCUSED = 32

# The weights of outputs in a mixture: of one size, so that none is lost in the rounding of another, and random, so that errors do
# not cancel. Claims are linear in them, so that only their ratio matters, and doubling both changes nothing.
WEIGHTS = (0.5, 1.5)

# If there are several failures, the worst is reported: the one that is off by the most errors. To the measured error this relative
# roundoff is added, a few thousand eps, so that exact measurements do not win by default. Doubled, another failure may be named.
ROUNDOFF_RTOL = 1e-12
SMALLEST_ERROR = 1e-300  # instead of an error of 0, by which nothing can be divided; doubled, nothing changes


class UndecidedDirection(NamedTuple):
    """A direction along which several entries move and some claims are undecided."""

    us: Direction
    judgements: list[Judgement]


class EntryFailure(NamedTuple):
    """A failure that one entry shows: the number of its input, its flat index, and the judgement."""

    argument: int
    position: int
    judgement: Judgement


class ValueCheck:
    """The check of the claimed derivatives at the point of a rule.

    Parameters
    ----------
    rule : RuleUnderTest
    claims : ClaimedVjps
        What the rule claims.
    dense_claims : ClaimedVjps or None
        What it claims for cotangents without zeros, if some of the others are not finite.
    rng : numpy.random.Generator
    is_brief : bool
        Whether to report a failure without bringing it down to one entry.
    """

    def __init__(
        self,
        rule: RuleUnderTest,
        claims: ClaimedVjps,
        dense_vjps: ClaimedVjps | None,
        rng: np.random.Generator,
        is_brief: bool,
    ) -> None:
        self.rule: RuleUnderTest = rule
        self.claims: ClaimedVjps = claims
        self.rng: np.random.Generator = rng
        self.is_brief: bool = is_brief
        self.report: Report = rule.report
        self.xs: list[Array] = rule.xs
        self.all_claims: ClaimedVjps = claims if dense_vjps is None else claims.join(dense_vjps)
        self.is_finite: list[Array] = claims.has_finite_cotangents()

    def run(self) -> None:
        """Judge the claims along all directions, and report a failure, or what stays undecided."""
        mixed, undecided = [], []
        for us in draw_directions(self.rule, self.is_finite, self.rng):
            judgements = self._judge(us)
            if self._report_failure(us, judgements):
                return
            self.report.kinds += [j.kind for j in judgements]
            some = [j for j in judgements if j.verdict == UNDECIDED]
            if some and n_moving(us) > 1:
                mixed.append(UndecidedDirection(us, some))
            else:
                undecided += some
        undecided += self._decide_one_by_one(mixed)
        undecided = [j for j in undecided if not self._is_negligible(j)]
        if KINK in self.report.kinds and not self.report.findings:
            self._check_ties()
        if undecided and not self.report.findings:
            self._report_undecided(undecided)

    def _decide_one_by_one(self, mixed: Sequence[UndecidedDirection]) -> list[Judgement]:
        """Judge the entries that move along undecided directions by themselves, and return what stays undecided."""
        moving = [np.array([us[k].ravel() for us, _ in mixed]).reshape(len(mixed), x.size) for k, x in enumerate(self.xs)]
        entries = [(k, int(i)) for k, lengths in enumerate(moving) for i in np.flatnonzero(np.any(lengths, axis=0))]
        if len(entries) > MAX_SINGLE_LATE:
            return [j for direction in mixed for j in direction.judgements]
        undecided = []
        for k, i in entries:
            lengths = moving[k][:, i]
            us = unit_direction(self.xs, k, i, lengths[lengths != 0.0][0])
            judgements = self._judge(us)
            if self._report_failure(us, judgements):
                return []
            undecided += [j for j in judgements if j.verdict == UNDECIDED]
        return undecided

    def _check_ties(self) -> None:
        """Judge the claims where equal entries move together, up to the first failure."""
        for us in tie_directions(self.rule, self.is_finite):
            if self._report_failure(us, self._judge(us)):
                return

    def _judge(self, us: Direction) -> list[Judgement]:
        """Judge the claims along one direction; if one does not pass, of each output by itself, which a kink needs."""
        is_bounded = all(bool(np.all(finite[u != 0.0])) for finite, u in zip(self.is_finite, us, strict=True))
        claims = self.claims if is_bounded else self.all_claims.select(self.all_claims.is_informative(us))
        judgements = self._judge_claims(us, claims)
        n_outputs = self.rule.y.size
        if n_outputs <= MAX_SINGLE or not is_bounded or all(j.verdict == PASS for j in judgements):
            return judgements
        outputs = np.arange(n_outputs)
        while len(outputs) > MAX_SINGLE_LATE:
            outputs = self._half_with_larger_error(us, np.array_split(outputs, 2))
        seeds = np.zeros((len(outputs), n_outputs))
        seeds[np.arange(len(outputs)), outputs] = 1.0
        return self._judge_claims(us, self._claims_of(seeds))

    def _half_with_larger_error(self, us: Direction, halves: Sequence[Array]) -> Array:
        """Return that half of the outputs whose claim, for a mixture of them, is further off."""
        seeds = np.zeros((2, self.rule.y.size))
        for seed, half in zip(seeds, halves, strict=True):
            seed[half] = self.rng.uniform(*WEIGHTS, len(half)) * self.rng.choice([-1.0, 1.0], len(half))
        first, second = self._judge_claims(us, self._claims_of(seeds))
        return halves[1] if _failure_rank(second) > _failure_rank(first) else halves[0]

    def _claims_of(self, seeds: Array) -> ClaimedVjps:
        return ClaimedVjps(seeds, [self.rule.vjp(g) for g in seeds])

    def _judge_claims(self, us: Direction, claims: ClaimedVjps) -> list[Judgement]:
        return judge_claims(self.rule, self.rule.point, us, claims)

    def _is_negligible(self, judgement: Judgement) -> bool:
        """Whether a claim is so small relative to the others that no step could show it, and none contradicts it."""
        finite = [np.abs(c[np.isfinite(c)]) for c in chain(*self.claims.cotangents)]
        largest = max((float(np.max(c, initial=0.0)) for c in finite), default=0.0)
        return judgement.kind in (UNRESOLVED, NOISY) and abs(judgement.claimed) <= NEGLIGIBLE_RTOL * largest

    def _report_undecided(self, undecided: Sequence[Judgement]) -> None:
        """Report the first undecided claim; the fault is "unbounded" if only infinite derivatives and values are undecided."""
        is_finite = bool(np.all(np.isfinite(self.rule.y)))
        bounded = [j for j in undecided if j.kind != UNBOUNDED and (is_finite or j.kind != UNRESOLVED)]
        j = (bounded or undecided)[0]
        self.report.add_inconclusive(
            f"undecided ({j.kind}): claimed {j.claimed:.8g}, measured {j.measured:.8g} ± {j.error:.1g}",
            "undecided" if bounded else "unbounded",
        )

    def _report_failure(self, us: Direction, judgements: Sequence[Judgement]) -> bool:
        """Report a failure along a direction, by one entry if one shows it, and return whether there is one."""
        failures = [j for j in judgements if j.verdict == FAIL]
        if not failures:
            return False
        entries = [(k, int(i)) for k, u in enumerate(us) for i in np.flatnonzero(u)]
        worst = max(failures, key=_discrepancy)
        if len(entries) == 1:
            self._report_entry(us, EntryFailure(*entries[0], worst))
            return True
        alone = [] if self.is_brief else self._failures_by_entry(us, entries[:MAX_ACCUSED])
        if alone:
            self._report_entry(us, max(alone, key=lambda failure: _discrepancy(failure.judgement)))
        else:
            report_wrong_value(self.report, "along a direction in which several entries move", worst)
        return True

    def _failures_by_entry(self, us: Direction, entries: Sequence[tuple[int, int]]) -> list[EntryFailure]:
        """Judge entries one by one, each moved as far as along the direction, and return the failures."""
        failures = []
        for k, i in entries:
            judgements = self._judge(unit_direction(self.xs, k, i, us[k].flat[i]))
            failures += [EntryFailure(k, i, j) for j in judgements if j.verdict == FAIL]
        return failures

    def _report_entry(self, us: Direction, failure: EntryFailure) -> None:
        k, i, judgement = failure
        index = tuple(int(n) for n in np.unravel_index(i, self.xs[k].shape))
        where = f"by {self.rule.labels[k]}" + (f" at index {index}" if index else "")
        report_wrong_value(self.report, where, judgement.per_unit(us[k].flat[i]), argument=k, index=index)


def judge_claims(rule: RuleUnderTest, point: Point, us: Direction, claims: ClaimedVjps) -> list[Judgement]:
    """Judge claims of a rule at a point along one direction, and count the evaluations in its report.

    Parameters
    ----------
    rule : RuleUnderTest
    point : Point
        The function and the inputs at which the claims were made.
    us : direction
    claims : ClaimedVjps

    Returns
    -------
    list of Judgement
        One per seed of the claims.
    """

    def claims_at(xs: Sequence[Array]) -> Array:
        return ClaimedVjps(claims.seeds, [rule.vjp(g, xs) for g in claims.seeds]).derivatives_along(us)

    weighted = point if claims.is_one_per_output() else point.weight_outputs(claims.seeds, rule.shape)
    judgements, evaluations = judge(weighted, us, claims.along(us), claims_at)
    rule.report.evaluations += evaluations
    return judgements


def report_wrong_value(report: Report, where: str, judgement: Judgement, fault: str = "", suffix: str = "", **data: Any) -> None:
    """Report a claim that failed, as a sentence and as data.

    Parameters
    ----------
    report : Report
    where : str
        The beginning of the sentence.
    judgement : Judgement
    fault : str, default ""
        The kind of fault; the default is "value", or "nan" if the claim is not finite.
    suffix : str, default ""
        The end of the sentence.
    **data
        The ``argument`` and the ``index`` of the entry, if known.
    """
    claimed, measured, error = judgement.claimed, judgement.measured, judgement.error
    kind = "" if judgement.kind == SMOOTH else f" ({judgement.kind})"
    report.add_failure(
        fault or ("value" if np.isfinite(claimed) else "nan"),
        f"{where}: claimed {claimed:.10g}, measured {measured:.10g} ± {error:.1g}{kind}{suffix}",
        claimed=claimed,
        measured=measured,
        error=error,
        **data,
    )


def _failure_rank(judgement: Judgement) -> tuple[bool, float]:
    """Return a key that is larger for claims that are further off."""
    return judgement.verdict != PASS, _discrepancy(judgement)


def _discrepancy(judgement: Judgement) -> float:
    """How far a claim is off, in units of its error; inf if it is not finite."""
    if not np.isfinite(judgement.claimed):
        return np.inf
    roundoff = ROUNDOFF_RTOL * max(abs(judgement.measured), abs(judgement.claimed))
    return judgement.difference / (abs(judgement.error) + roundoff + SMALLEST_ERROR)
