"""The claimed values of a rule against measured ones: along which lines to look, and which entry is to blame."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from autograd.testing.checks.rule_under_test import Pair
from autograd.testing.judgement.judge import DirectionalClaims, judge
from autograd.testing.judgement.point import Point
from autograd.testing.judgement.verdict import UNDECIDED, Judgement
from autograd.testing.measurement.estimate import NOISY, SMOOTH, UNBOUNDED, UNRESOLVED, Array
from autograd.testing.report import Report

NEGLIGIBLE = 1e-8  # of the largest claim: the effect of such a slope is rounding beside that of the others
FEW = 6  # up to so many entries, or outputs, each is looked at by itself
DIRECTIONS = 4  # else so many mixtures of them
SINGLE = 64  # of many outputs or entries, so many are at last looked at one by one


class Claims(NamedTuple):
    """What a rule answered, cotangents of the inputs, for each of some cotangents of the output (the rows of ``seeds``)."""

    seeds: Array
    answers: Sequence[Sequence[Array]]

    def along(self, us: Sequence[Array]) -> tuple[Array, Array]:
        """The claimed derivative along a direction for each seed, and what its terms add up to in magnitude."""
        # an infinite slope by an entry that does not move says nothing
        terms = [[np.where(u == 0.0, 0.0, answer * u) for answer, u in zip(row, us, strict=True)] for row in self.answers]
        claims = np.array([sum(float(np.sum(t)) for t in row) for row in terms])
        return claims, np.array([sum(float(np.sum(np.abs(t))) for t in row) for row in terms])

    def largest(self, us: Sequence[Array]) -> Array:
        """The largest claim by any entry, moving or not, along as long a way as any entry moves."""
        longest = max(float(np.max(np.abs(u), initial=0.0)) for u in us)
        sizes = [[np.max(np.abs(a), initial=0.0, where=np.isfinite(a)) for a in row] for row in self.answers]
        return np.asarray(longest * np.max(sizes, axis=1))

    def tell(self, us: Sequence[Array]) -> Array:
        """Which claims along a direction are numbers, or have a cotangent without a 0: 0 times an infinite slope is nan."""
        return np.asarray(~np.isnan(self.along(us)[0]) | np.all(self.seeds != 0.0, axis=1))

    def only(self, kept: Array) -> Claims:
        """Some of these claims."""
        return Claims(self.seeds[kept], [answer for answer, keep in zip(self.answers, kept, strict=True) if keep])

    def with_more(self, other: Claims) -> Claims:
        """These claims and others."""
        return Claims(np.concatenate([self.seeds, other.seeds]), [*self.answers, *other.answers])

    def finite(self) -> list[Array]:
        """For each input, which entries have a finite cotangent in all answers."""
        return [np.all(np.isfinite(parts), axis=0) for parts in zip(*self.answers, strict=True)]

    @property
    def each(self) -> bool:
        """Whether the seeds are the outputs themselves, one by one."""
        return self.seeds.shape[1] <= FEW and np.array_equal(self.seeds, np.eye(self.seeds.shape[1]))


class Values:
    """The judgement of all claims at the point of a pair; ``brief`` findings are not brought down to one entry.

    ``dense`` are the claims for cotangents without a 0; they are looked at where other answers are not finite.
    """

    def __init__(self, pair: Pair, claims: Claims, dense: Claims | None, rng: np.random.Generator, brief: bool) -> None:
        self.pair, self.claims, self.rng, self.brief = pair, claims, rng, brief
        self.report, self.xs = pair.report, pair.xs
        self.all = claims if dense is None else claims.with_more(dense)
        self.finite = claims.finite()
        self.inside = [free & finite for free, finite in zip(pair.free, self.finite, strict=True)]

    def judge(self) -> None:
        """Condemn, or doubt, along the directions that :meth:`directions` gives."""
        mixed, undecided = [], []
        for us in self.directions():
            judged = self._closely(us)
            if any(j.verdict == "fail" for j in judged):
                self._condemn(us, judged)
                return
            self.report.kinds += [j.kind for j in judged]
            open_ = [j for j in judged if j.verdict == UNDECIDED]
            if open_ and sum(int(np.count_nonzero(u)) for u in us) > 1:
                mixed.append((us, open_))
            else:
                undecided += open_
        undecided += self._one_by_one(mixed)
        undecided = [j for j in undecided if not self._is_negligible(j)]
        if "kink" in self.report.kinds and not self.report.findings:
            self._ties()
        if undecided and not self.report.findings:
            self._doubt(undecided)

    def _one_by_one(self, mixed: Sequence[tuple[Sequence[Array], Sequence[Judgement]]]) -> list[Judgement]:
        """What stays undecided of some directions once the entries that moved along them are looked at by themselves."""
        entries = [(k, i) for k in range(len(self.xs)) for i in range(self.xs[k].size) if any(us[k].flat[i] for us, _ in mixed)]
        if len(entries) > SINGLE:
            return [j for _, open_ in mixed for j in open_]
        undecided = []
        for k, i in entries:
            us = self._only(k, next(us[k].flat[i] for us, _ in mixed if us[k].flat[i]), i)
            judged = self._closely(us)
            if any(j.verdict == "fail" for j in judged):
                self._condemn(us, judged)
                return []
            undecided += [j for j in judged if j.verdict == UNDECIDED]
        return undecided

    def _is_negligible(self, j: Judgement) -> bool:
        """Whether a claim is so small beside the others that no step could show it, and none shows anything else."""
        finite = [np.abs(a[np.isfinite(a)]) for a in chain(*self.claims.answers)]
        largest = max((float(np.max(a, initial=0.0)) for a in finite), default=0.0)
        return j.kind in (UNRESOLVED, NOISY) and abs(j.claimed) <= NEGLIGIBLE * largest

    def _doubt(self, undecided: Sequence[Judgement]) -> None:
        """Say what cannot be told; "unbounded" where that is for want of a finite derivative alone."""
        known = bool(np.all(np.isfinite(self.pair.y)))
        open_ = [j for j in undecided if j.kind != UNBOUNDED and (known or j.kind != UNRESOLVED)]
        j = (open_ or undecided)[0]
        self.report.add_inconclusive(
            f"cannot tell here ({j.kind}): claimed {j.claimed:.8g}, measured {j.measured:.8g} ± {j.error:.1g}",
            "undecided" if open_ else "unbounded",
        )

    def directions(self) -> list[list[Array]]:
        """Along which lines to look: each entry by itself where they are few, else mixtures, and each input by itself.

        Entries at an edge of their domain, or hard by one, and those with an infinite slope move by themselves, or the rest of them
        together and inwards: where they go along, the others would be seen from one side only, or by tiny steps.
        """
        sizes = [np.where(np.abs(x) > 1e-300, 2.0 ** np.round(np.log2(np.where(x == 0.0, 1.0, np.abs(x)))), 1.0) for x in self.xs]
        if sum(x.size for x in self.xs) <= FEW:
            return [self._only(k, size.flat[i], i) for k, size in enumerate(sizes) for i in range(size.size)]
        sizes = [s * inside for s, inside in zip(sizes, self.inside, strict=True)]
        mixed = [[s * self.rng.choice([-1.0, 1.0], s.shape) for s in sizes] for _ in range(DIRECTIONS)]
        if len(sizes) > 1:
            mixed += [[u * (k == j) for j, u in enumerate(mixed[0])] for k in range(len(sizes[:4]))]
        at_edge = [~free & finite for free, finite in zip(self.pair.free, self.finite, strict=True)]
        alone = [us for outside in (at_edge, [~finite for finite in self.finite]) for us in self._singly(outside)]
        return [us for us in mixed + alone if any(u.any() for u in us)]

    def _singly(self, chosen: Sequence[Array]) -> list[list[Array]]:
        """The first of some entries one by one, and the rest of them together, away from the nearer end of their domain."""
        rest = [c.copy() for c in chosen]
        alone = [(k, i) for k, c in enumerate(chosen) for i in map(int, np.flatnonzero(c))][:FEW]
        for k, i in alone:
            rest[k].flat[i] = False
        inwards = [np.where(x - low <= high - x, 1.0, -1.0) for x, (low, high) in zip(self.xs, self.pair.limits, strict=True)]
        together = [r * sign * np.maximum(np.abs(x), 1.0) for r, sign, x in zip(rest, inwards, self.xs, strict=True)]
        return [self._only(k, max(abs(self.xs[k].flat[i]), 1.0), i) for k, i in alone] + [together]

    def _only(self, k: int, size: float, i: int) -> list[Array]:
        us = [np.zeros(x.shape) for x in self.xs]
        us[k].flat[i] = size
        return us

    def _along(self, us: Sequence[Array], claims: Claims) -> list[Judgement]:
        """The judgements of all seeds along one direction that say something about it."""
        return judged_along(self.pair, self.pair.point, us, claims)

    def _closely(self, us: Sequence[Array]) -> list[Judgement]:
        """The judgements along one direction; where one is no pass, of each output by itself, which a kink needs."""
        bounded = all(bool(np.all(finite[u != 0.0])) for finite, u in zip(self.finite, us, strict=True))
        judged = self._along(us, self.claims if bounded else self.all.only(self.all.tell(us)))
        outputs = self.pair.y.size
        if outputs <= FEW or not bounded or all(j.verdict == "pass" for j in judged):
            return judged
        some = np.arange(outputs)
        while len(some) > SINGLE:
            some = self._worse(us, np.array_split(some, 2))
        seeds = np.zeros((len(some), outputs))
        seeds[np.arange(len(some)), some] = 1.0
        return self._along(us, Claims(seeds, [self.pair.answer(g) for g in seeds]))

    def _worse(self, us: Sequence[Array], halves: Sequence[Array]) -> Array:
        """Of two halves of the outputs the one whose claim, for a mixture of them, is further off."""
        seeds = np.zeros((2, self.pair.y.size))
        for seed, half in zip(seeds, halves, strict=True):
            seed[half] = self.rng.uniform(0.5, 1.5, len(half)) * self.rng.choice([-1.0, 1.0], len(half))
        judged = self._along(us, Claims(seeds, [self.pair.answer(g) for g in seeds]))
        return max(zip(judged, halves, strict=True), key=lambda pair: (pair[0].verdict != "pass", _discrepancy(pair[0])))[1]

    def _ties(self) -> None:
        """At a kink, entries that are equal are also moved together, and all entries at once."""
        values = np.concatenate([x.ravel() for x in self.xs])
        free = np.concatenate([inside.ravel() for inside in self.inside])
        groups = [values == v for v in np.unique(values) if np.sum(values == v) > 1][:4]
        ends = np.cumsum([x.size for x in self.xs])[:-1]
        for chosen in [*groups, np.ones(values.size, bool)]:
            flat = (free & chosen) * max(1.0, float(np.max(np.abs(values))))
            us = [u.reshape(x.shape) for u, x in zip(np.split(flat, ends), self.xs, strict=True)]
            judged = self._closely(us)
            if any(j.verdict == "fail" for j in judged):
                self._condemn(us, judged)
                return

    def _condemn(self, us: Sequence[Array], judged: Sequence[Judgement]) -> None:
        """The finding for a direction in which a claim is wrong, brought down to one entry where one shows it."""
        entries = [(k, int(i)) for k, u in enumerate(us) for i in np.flatnonzero(u)]
        guilty = max((j for j in judged if j.verdict == "fail"), key=_discrepancy)
        if len(entries) == 1:
            self._accuse(us, *entries[0], guilty)
            return
        alone = [
            (j, k, i)
            for k, i in ([] if self.brief else entries[:32])
            for j in self._closely(self._only(k, us[k].flat[i], i))
            if j.verdict == "fail"
        ]
        if alone:
            j, k, i = max(alone, key=lambda found: _discrepancy(found[0]))
            self._accuse(us, k, i, j)
        else:
            accuse(self.report, "along a direction in all of the entries that tie or mix", guilty)

    def _accuse(self, us: Sequence[Array], k: int, i: int, j: Judgement) -> None:
        index = tuple(int(n) for n in np.unravel_index(i, self.xs[k].shape))
        where = f"by input {k}" + (f" at index {index}" if index else "")
        accuse(self.report, where, j.per_unit(us[k].flat[i]), argument=k, index=index)


def judged_along(pair: Pair, point: Point, us: Sequence[Array], claims: Claims) -> list[Judgement]:
    """The judgements of some claims of a pair at a point along one direction."""

    def rule(xs: Sequence[Array]) -> Array:
        return Claims(claims.seeds, [pair.answer(g, xs) for g in claims.seeds]).along(us)[0]

    examined = point if claims.each else point.weight_outputs(claims.seeds, pair.shape)
    judged, evaluations = judge(examined, us, DirectionalClaims(*claims.along(us), claims.largest(us)), rule)
    pair.report.evaluations += evaluations
    return judged


def accuse(report: Report, where: str, j: Judgement, fault: str = "", after: str = "", **data: Any) -> None:
    """Take a wrong claim into a report, as a sentence and as data."""
    side = "" if j.kind == SMOOTH else f" ({j.kind})"
    report.add_failure(
        fault or ("value" if np.isfinite(j.claimed) else "nan"),
        f"{where}: claimed {j.claimed:.10g}, measured {j.measured:.10g} ± {j.error:.1g}{side}{after}",
        claimed=j.claimed,
        measured=j.measured,
        error=j.error,
        **data,
    )


def _discrepancy(j: Judgement) -> float:
    if not np.isfinite(j.claimed):
        return np.inf
    return abs(j.claimed - j.measured) / (abs(j.error) + 1e-12 * max(abs(j.measured), abs(j.claimed)) + 1e-300)
