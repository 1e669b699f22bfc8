"""Whether claimed derivatives agree with measured ones: three answers, and at kinks the whole of Clarke's gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ShapeError
from autograd.testing.measurement import (
    EDGE,
    EPS,
    JUMP,
    KINK,
    NOISY,
    SMOOTH,
    UNBOUNDED,
    UNRESOLVED,
    Array,
    Ladder,
    Line,
    Measured,
    climb,
    conclusions,
    exactly,
    reach,
)

Limits = Sequence[tuple[float, float]]
RTOL = 1e-6  # a rule may itself round; errors from 10⁻⁵ on are found
FAR = (0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.0, -2.0)
DROWNED = 1e-13  # of the function's size far off
UNDECIDED = "undecided"
SUBNORMAL = 1e-300  # numbers so small have lost digits before they are compared
NEARBY = 12
NEAR = (1e-6, 1e-7)  # how far, beside the size of each entry


class Point(NamedTuple):
    """Where a function is examined: itself, its inputs and their domains, its outputs there, and how exact its numbers are."""

    f: Callable[..., Any]
    xs: list[Array]
    limits: Limits
    y: Array
    rtol: float
    analytic: bool = True  # whether it is worth asking f for complex numbers

    def line(self, us: Sequence[Array], xs: Sequence[Array] | None = None) -> Line:
        """The function along a direction."""
        return Line(self.f, self.xs if xs is None else xs, us, self.limits, self.y.size)

    def weighted(self, seeds: Array, shape: tuple[int, ...]) -> Point:
        """The same for sums of the outputs, weighted by each row of ``seeds``; an output of another shape is no value."""

        def sums(*xs: Array) -> Any:
            y = np.asarray(self.f(*xs))
            if y.shape != shape:
                raise ShapeError(f"the function returned shape {shape}, and then {y.shape}")
            return _mixed(seeds, y.ravel())

        return self._replace(f=sums, y=_mixed(seeds, self.y))


def _mixed(seeds: Array, y: Array) -> Array:
    """Sums of outputs; one that has no value spoils those sums alone that it is part of."""
    known = np.isfinite(y)
    if known.all():
        return np.asarray(seeds @ y)
    spoilt = (seeds[:, ~known] != 0.0).any(axis=1)
    return np.where(spoilt, np.nan, seeds @ np.where(known, y, 0.0))


class Judgement(NamedTuple):
    """One claimed number against one measured: "pass", "fail" or "undecided", and the numbers."""

    verdict: str
    claimed: float
    measured: float
    error: float
    kind: str

    def per(self, size: float) -> Judgement:
        """The same numbers per unit of the direction, which was ``size`` long."""
        return self._replace(claimed=self.claimed / size, measured=self.measured / size, error=abs(self.error / size))


def agree(claimed: Any, value: Any, error: Any, scale: Any, rtol: float) -> Any:
    """Whether claims lie within the error bars, widened by what a rule may round."""
    with np.errstate(all="ignore"):
        return (
            np.abs(claimed - value) <= 3.0 * error + rtol * np.maximum(np.abs(claimed), np.abs(value)) + 1e-11 * scale + SUBNORMAL
        )


def judge(point: Point, us: Sequence[Array], claims: Array, scales: Array) -> tuple[list[Judgement], int]:
    """Each output's claimed derivative along a direction, judged; and how many evaluations that took.

    ``claims`` and ``scales`` (what the terms of each claim add up to in magnitude) have one entry per output.
    """
    with np.errstate(all="ignore"):
        scales = scales + 1e-3 * np.where(np.isfinite(point.y), np.abs(point.y), 0.0)  # what rounding leaves of the outputs
    line = point.line(us)
    quick = (exactly(line, point.y) if point.analytic else None) or briefly(line, point.y)
    value, error, left, right, kind = quick or conclusions(climb(line, point.y))
    good = agree(claims, value, error, scales, point.rtol) & np.isfinite(claims) & np.isfinite(error)
    with np.errstate(all="ignore"):
        sharp = error <= 0.05 * np.maximum(np.abs(claims), np.abs(value)) + 1e-9 * scales + 1e-300
    if np.all(good & (sharp | (error < 1e-9))):
        return [Judgement("pass", *numbers) for numbers in zip(claims, value, error, kind, strict=True)], line.evaluations
    ladder = climb(line, point.y)
    value, error, left, right, kind = conclusions(ladder)
    low, high, evaluations = np.fmin(left, right), np.fmax(left, right), 0
    if not np.all(agree(claims, value, error, scales, point.rtol)):
        near_low, near_high, evaluations = slopes_near(point, us, np.fmax(np.abs(claims), np.fmax(np.abs(left), np.abs(right))))
        low, high = np.fmin(low, near_low), np.fmax(high, near_high)
    answers = []
    for numbers in zip(claims, scales, value, error, left, right, kind, low, high, strict=True):
        answers.append(_judged(numbers, point.rtol, sum(int(np.count_nonzero(u)) for u in us) > 1))
    if any(j.verdict == "fail" for j in answers):
        most = max((float(np.max(np.abs(x), initial=0.0, where=np.isfinite(x))) for x in point.xs), default=0.0)
        drowned = _drowned(line, answers) | _lost(ladder, claims, value, most)
        answers = [j._replace(verdict=UNDECIDED) if d and j.verdict == "fail" else j for j, d in zip(answers, drowned, strict=True)]
    return answers, line.evaluations + evaluations


def _lost(ladder: Ladder, claims: Array, value: Array, most: float) -> Array:
    """Which claims only steps speak against whose effect is rounding beside inputs of size ``most``: a sum may cancel inside.

    That is so where two larger steps in a row come close to the claim, or where nothing moves, not even at the largest step.
    """
    with np.errstate(all="ignore"):
        apart, steps = np.abs(claims - value), ladder.steps[:, None]
        size = np.maximum(np.abs(claims), np.abs(value))
        close = np.abs(ladder.central - claims) <= 0.05 * size
        against = np.max(np.where(np.abs(ladder.central - value) <= 0.05 * size, steps, 0.0), axis=0)
        widest = np.max(np.where(np.isfinite(ladder.central), steps, 0.0), axis=0)
        small, none = (apart * h <= 4.0 * EPS * most for h in (against, widest))
    upheld = (close[:-1] & close[1:]).any(axis=0)
    found: Array = (upheld & small) | ((value == 0.0) & none)
    return found


def _drowned(line: Line, answers: Sequence[Judgement]) -> Array:
    """Which fails are too small to tell: the function has values far off beside which the difference is mere rounding.

    What is 10⁻¹⁴ here and 10 a step further comes of numbers of size 1 that cancel, such as 1 + erf(x) at -8; and what is less
    than the rounding of the other outputs may have been computed beside them.
    """
    with np.errstate(all="ignore"):
        far = np.nanmax([np.abs(line.real(t)) for t in FAR] + [np.zeros(line.size)], axis=0)
        apart = np.abs([j.claimed - j.measured for j in answers])
    far = np.where(np.isfinite(far), far, 0.0)
    drowned: Array = np.isfinite(apart) & (apart <= np.maximum(DROWNED * far, 10.0 * EPS * np.max(far, initial=0.0)))
    return drowned


def briefly(line: Line, y: Array) -> Measured | None:
    """The derivative by two steps where they agree so well that no more are needed; else None."""
    h = reach(line)[0] * 2.0**-9
    with np.errstate(all="ignore"):
        wide, narrow = (line.real(h) - line.real(-h)) / (2.0 * h), (line.real(h / 2.0) - line.real(-h / 2.0)) / h
        change, value = np.abs(wide - narrow), (4.0 * narrow - wide) / 3.0
        bar = 8e-15 * np.abs(y) / h
        change += 0.0 * y  # nan where y is infinite
        if not np.all(change <= 1e-4 * np.abs(value) + bar):  # or nan
            return None
    return value, 0.03 * change + bar, value, value, np.full(value.shape, SMOOTH, dtype=object)


def _judged(numbers: tuple[Any, ...], rtol: float, mixed: bool) -> Judgement:
    """One claim at one output, after the full ladder."""
    c, scale, v, e, le, ri, kind, low, high = numbers
    if kind == UNBOUNDED:  # some put a finite number there on purpose
        return Judgement("pass" if c == v else UNDECIDED, c, v, e, kind)
    exists = np.isfinite(le) or np.isfinite(ri) or np.isfinite(e)
    size = max(abs(c), abs(v)) if np.isfinite(c) else abs(v)
    if not np.isfinite(c):
        settled = np.isfinite(e) and e <= 1e-2 * abs(v) + 1e-9
        return Judgement("fail" if exists and settled else UNDECIDED, c, v, e, kind)
    if np.isfinite(e) and kind not in (KINK, JUMP) and agree(c, v, e, scale, rtol):
        decided = e <= 0.1 * size + 1e-9 * scale or e < 1e-9
        return Judgement("pass" if decided else UNDECIDED, c, v, e, kind)
    slack = rtol * max(size, abs(low), abs(high)) + 1e-9 * scale + (3.0 * e if np.isfinite(e) else 0.0)
    if low - slack <= c <= high + slack:
        return Judgement("pass", c, v, e, kind)
    if mixed and high - low > 0.1 * abs(c - v):  # many kinks at once: more slopes exist near by than were seen
        return Judgement(UNDECIDED, c, v, e, kind)
    resolved = np.isfinite(e) and 3.0 * e <= 0.3 * abs(c - v)
    if kind in (JUMP, NOISY, UNRESOLVED) or not resolved:
        return Judgement(UNDECIDED, c, v, e, kind)
    if kind == EDGE and (e > 1e-3 * max(abs(v), abs(c)) or high - low > 0.01 * abs(v)):  # a corner, and not a plain edge
        return Judgement(UNDECIDED, c, v, e, kind)
    return Judgement("fail", c, v, e, kind)


def slopes_near(point: Point, us: Sequence[Array], reference: Array) -> tuple[Array, Array, int]:
    """The least and the largest slope along a direction at points near by: Clarke's gradient is the hull of such slopes.

    They are taken at two distances: where the slopes do not differ, or those of the nearer points differ much less, they change
    smoothly, and there is no kink; the answer is nan then. And how many evaluations that took.
    """
    few, first = _slopes_at(point, us, NEARBY, reference)
    low, high, widths = few.hull()
    none = np.full(point.y.size, np.nan)
    if not np.any(widths.max(axis=0) > 1e-3 * np.fmax(np.abs(low), np.abs(high))):
        return none, none, first
    many, more = _slopes_at(point, us, 4 * NEARBY, reference)
    low, high, widths = Near(*map(np.concatenate, zip(few, many, strict=True))).hull()
    kinked = (widths.max(axis=0) > 0.0) & ~(widths[1] < 0.2 * widths[0])
    return np.where(kinked, low, np.nan), np.where(kinked, high, np.nan), first + more


class Near(NamedTuple):
    """Slopes at points near by, at two distances in turn, and how far each may be off; nan where it is not clear."""

    slopes: Array
    bars: Array

    def hull(self) -> tuple[Array, Array, Array]:
        """The least and the largest slope there may be, and how far apart two surely are at each distance."""
        below, above = self.slopes - self.bars, self.slopes + self.bars
        apart = [np.fmax.reduce(below[k::2]) - np.fmin.reduce(above[k::2]) for k in (0, 1)]
        return np.fmin.reduce(below), np.fmax.reduce(above), np.nan_to_num(np.maximum(apart, 0.0))


def _slopes_at(point: Point, us: Sequence[Array], count: int, reference: Array) -> tuple[Near, int]:
    """Slopes at random points near by, and how many evaluations they took."""
    rng = np.random.default_rng(count)
    top, _, least = reach(point.line(us))
    sizes = [np.where(x == 0.0, 1.0, np.abs(x)) for x in point.xs]
    gentle = min(float(np.min(s[u != 0.0] / np.abs(u[u != 0.0]), initial=np.inf)) for s, u in zip(sizes, us, strict=True))
    slopes, bars, evaluations = [], [], 0
    for k in range(count):
        size = NEAR[k % 2]
        shifts = [size * s * part for s, part in zip(sizes, _parts(k, us, rng), strict=True)]
        moved = [_inside(x, s, *limits) for x, s, limits in zip(point.xs, shifts, point.limits, strict=True)]
        line = point.line(us, moved)
        h = (min(top, least), gentle)[k // 2 % 2] * size * 1e-2
        ahead, behind = line.real(h), line.real(-h)
        evaluations += line.evaluations
        with np.errstate(all="ignore"):
            slope = (ahead - behind) / (2.0 * h)
            bar = 4e-15 * np.fmax(np.abs(ahead), np.abs(behind)) / h
            clear = np.isfinite(slope) & (bar <= 4e-3 * np.fmax(np.abs(slope), reference) + 4e-12)
        slopes.append(np.where(clear, slope, np.nan))
        bars.append(np.where(clear, bar, np.nan))
    return Near(np.array(slopes), np.array(bars)), evaluations


def _parts(k: int, us: Sequence[Array], rng: np.random.Generator) -> list[Array]:
    """How far each entry moves, between -1 and 1; first so that what moves along the direction lies above, then below the rest."""
    if k < 4:
        moving, rest = ((0.1, -1.0), (-1.0, 0.1))[k // 2]
        return [np.where(u != 0.0, moving, rest) * rng.uniform(0.9, 1.0, u.shape) for u in us]
    return [rng.uniform(-1.0, 1.0, u.shape) for u in us]


def _inside(x: Array, shift: Array, low: float, high: float) -> Array:
    """``x`` moved by ``shift``, or the other way where it would leave its domain."""
    moved = np.where((x + shift < low) | (x + shift > high), x - shift, x + shift)
    return np.asarray(np.clip(moved, low, high))
