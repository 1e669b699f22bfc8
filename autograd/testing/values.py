"""The claimed values of a rule against measured ones: along which lines to look, and which entry is to blame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.testing.estimate import SMOOTH, Array
from autograd.testing.judging import UNDECIDED, Judgement, judge
from autograd.testing.pair import Pair
from autograd.testing.report import Report

FEW = 6  # up to so many entries, or outputs, each is looked at by itself
DIRECTIONS = 4  # else so many mixtures of them
SINGLE = 64  # of many outputs, so many are at last looked at one by one


class Claims(NamedTuple):
    """What a rule answered, cotangents of the inputs, for each of some cotangents of the output (the rows of ``seeds``)."""

    seeds: Array
    answers: Sequence[Sequence[Array]]

    def along(self, us: Sequence[Array]) -> tuple[Array, Array]:
        """The claimed derivative along a direction for each seed, and what its terms add up to in magnitude."""
        terms = [[answer * u for answer, u in zip(row, us, strict=True)] for row in self.answers]
        claims = np.array([sum(float(np.sum(t)) for t in row) for row in terms])
        if not np.isfinite(claims).all():  # an infinite slope by an entry that does not move says nothing
            terms = [[np.where(u == 0.0, 0.0, t) for t, u in zip(row, us, strict=True)] for row in terms]
            claims = np.array([sum(float(np.sum(t)) for t in row) for row in terms])
        return claims, np.array([sum(float(np.sum(np.abs(t))) for t in row) for row in terms])

    @property
    def each(self) -> bool:
        """Whether the seeds are the outputs themselves, one by one."""
        return len(self.seeds) == self.seeds[:1].size <= FEW


class Values:
    """The judgement of all claims at the point of a pair; ``brief`` findings are not brought down to one entry."""

    def __init__(self, pair: Pair, claims: Claims, rng: np.random.Generator, brief: bool) -> None:
        self.pair, self.claims, self.rng, self.brief = pair, claims, rng, brief
        self.report, self.xs = pair.report, pair.xs

    def judge(self) -> None:
        """Condemn, or doubt, along the directions that :meth:`directions` gives."""
        undecided, count = [], 0
        for us in self.directions():
            judged = self._closely(us)
            count += len(judged)
            undecided += [j for j in judged if j.verdict == UNDECIDED]
            if any(j.verdict == "fail" for j in judged):
                self._condemn(us, judged)
                return
            self.report.kinds += [j.kind for j in judged]
        if "kink" in self.report.kinds:
            self._ties()
        if undecided and len(undecided) > 0.5 * count and not self.report.findings:
            j = undecided[0]
            self.report.doubt(f"cannot tell here ({j.kind}): claimed {j.claimed:.8g}, measured {j.measured:.8g} ± {j.error:.1g}")

    def directions(self) -> list[list[Array]]:
        """Along which lines to look: each entry by itself where they are few, else mixtures, and each input by itself.

        Entries at an edge of their domain, or hard by one, move by themselves: where they go along, the others would be seen from
        one side only, or by tiny steps.
        """
        sizes = [np.where(np.abs(x) > 1e-300, 2.0 ** np.round(np.log2(np.where(x == 0.0, 1.0, np.abs(x)))), 1.0) for x in self.xs]
        if sum(x.size for x in self.xs) <= FEW:
            return [self._only(k, size.flat[i], i) for k, size in enumerate(sizes) for i in range(size.size)]
        free = self.pair.free
        alone = [(k, i) for k, inside in enumerate(free) for i in map(int, np.flatnonzero(~inside))][:FEW]
        sizes = [s * inside for s, inside in zip(sizes, free, strict=True)]
        mixed = [[s * self.rng.choice([-1.0, 1.0], s.shape) for s in sizes] for _ in range(DIRECTIONS)]
        if len(sizes) > 1:
            mixed += [[u * (k == j) for j, u in enumerate(mixed[0])] for k in range(len(sizes[:4]))]
        mixed = [us for us in mixed if any(u.any() for u in us)]
        return mixed + [self._only(k, max(abs(self.xs[k].flat[i]), 1.0), i) for k, i in alone]

    def _only(self, k: int, size: float, i: int) -> list[Array]:
        us = [np.zeros(x.shape) for x in self.xs]
        us[k].flat[i] = size
        return us

    def _along(self, us: Sequence[Array], claims: Claims) -> list[Judgement]:
        """The judgements of all seeds along one direction."""
        point = self.pair.point if claims.each else self.pair.point.weighted(claims.seeds, self.pair.shape)
        judged, evaluations = judge(point, us, *claims.along(us))
        self.report.evaluations += evaluations
        return judged

    def _closely(self, us: Sequence[Array]) -> list[Judgement]:
        """The judgements along one direction; where one is no pass, of each output by itself, which a kink needs."""
        judged = self._along(us, self.claims)
        outputs = self.pair.y.size
        if outputs <= FEW or all(j.verdict == "pass" for j in judged):
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
        free = np.concatenate([inside.ravel() for inside in self.pair.free])
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
        accuse(self.report, where, j.per(us[k].flat[i]), argument=k, index=index)


def accuse(report: Report, where: str, j: Judgement, fault: str = "", after: str = "", **data: Any) -> None:
    """Take a wrong claim into a report, as a sentence and as data."""
    side = "" if j.kind == SMOOTH else f" ({j.kind})"
    report.add(
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
