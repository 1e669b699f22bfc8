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
    TINY,
    UNBOUNDED,
    UNRESOLVED,
    Array,
    Line,
    Measured,
    climb,
    conclusions,
    exactly,
    reach,
    stepped,
)
from autograd.testing.rounding import SCATTERED, SHAKES, allowed, noise, scatter

Limits = Sequence[tuple[float, float]]
Rule = Callable[[Sequence[Array]], Array]  # the claims at other inputs
KINKED = 1e-6  # how exact slopes near by are, beside a slope at a kink
FINE = 1e-9  # an error that decides about any claim
NEGLIGIBLE = 1e-10  # of the largest claim by any entry: so small a claim is rounding where the function stands still
UNDECIDED = "undecided"
NEARBY = 12
NEAR = (1e-6, 1e-7)  # how far, beside the size of each entry


class Point(NamedTuple):
    """Where a function is examined: itself, its inputs and their domains, its outputs there, and how exact a rule's numbers are."""

    f: Callable[..., Any]
    xs: list[Array]
    limits: Limits
    y: Array
    sizes: Array  # what the outputs add up to in magnitude
    eps: float = EPS  # of the precision in which the rule answers
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

        return self._replace(f=sums, y=_mixed(seeds, self.y), sizes=_mixed(np.abs(seeds), np.abs(self.y)))


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

    @property
    def apart(self) -> float:
        """How far the claim is from what was measured."""
        return abs(self.claimed - self.measured)

    def per(self, size: float) -> Judgement:
        """The same numbers per unit of the direction, which was ``size`` long."""
        return self._replace(claimed=self.claimed / size, measured=self.measured / size, error=abs(self.error / size))


class Estimates(NamedTuple):
    """What is measured of every output along a direction, and how far a rule that is right may be off beside that."""

    value: Array
    error: Array
    left: Array
    right: Array
    kind: Array
    rounding: Array

    def agree(self, claims: Array) -> Array:
        """Which claims lie within the error bars."""
        with np.errstate(all="ignore"):
            near = np.abs(claims - self.value) <= 3.0 * self.error + self.rounding
        return np.asarray(np.isfinite(claims) & np.isfinite(self.error) & near)


def judge(
    point: Point, us: Sequence[Array], claims: Array, scales: Array, reference: Array, rule: Rule
) -> tuple[list[Judgement], int]:
    """Each output's claimed derivative along a direction, judged; and how many evaluations that took.

    ``claims``, ``scales`` (what the terms of each claim add up to in magnitude) and ``reference`` (the largest claim by any entry,
    along as long a way) have one entry per output; ``rule`` gives the claims at other inputs.
    """
    line = point.line(us)
    sizes = np.where(np.isfinite(point.sizes), point.sizes, 0.0)

    def rounded(value: Array) -> Array:
        return allowed(claims, value, scales, sizes, point.eps)

    exact = exactly(line, point.y) if point.analytic else None
    quick = exact or briefly(line, point.y)
    if quick:
        measured = Estimates(*quick, rounded(quick[0]))
        sharp = (3.0 * measured.error <= 10.0 * measured.rounding) | ((claims == 0.0) & (measured.error < FINE))
        if np.all(measured.agree(claims) & sharp):
            return _passed(claims, measured), line.evaluations
    at = stepped(line, point.y)
    measured = _from(conclusions(climb(at, point.y)), rounded)
    if np.all(measured.agree(claims) & _decided(claims, measured, reference) & ~np.isin(measured.kind, (KINK, JUMP))):
        return _passed(claims, measured), line.evaluations
    rough = noise(lambda xs: point.line(us, list(xs)).real(0.0), point.xs, point.limits)
    loose = SCATTERED / 3.0 * scatter(rule, point.xs, point.limits, point.eps)
    measured = _from(conclusions(climb(at, point.y, rough)), rounded)
    if exact is not None:
        measured = _exactly(measured, exact, point, us)
    measured = measured._replace(error=measured.error + loose)
    low, high, evaluations = np.full(claims.shape, np.nan), np.full(claims.shape, np.nan), 2 * 2 * len(SHAKES)
    if not np.all(measured.agree(claims)):
        steepest = np.fmax(np.abs(claims), np.fmax(np.abs(measured.left), np.abs(measured.right)))
        low, high, more = slopes_near(point, us, steepest)
        evaluations += more
    mixed = sum(int(np.count_nonzero(u)) for u in us) > 1
    answers = [_judged(*numbers, mixed) for numbers in zip(claims, zip(*measured, strict=True), reference, low, high, strict=True)]
    beside = 10.0 * EPS * float(np.max(sizes, initial=0.0))  # what is rounded beside another output cannot be told
    answers = [j._replace(verdict=UNDECIDED) if j.verdict == "fail" and j.apart <= beside else j for j in answers]
    small = [j.measured == 0.0 and j.apart <= NEGLIGIBLE * size for j, size in zip(answers, reference, strict=True)]
    answers = [j._replace(verdict="pass") if j.verdict == "fail" and s else j for j, s in zip(answers, small, strict=True)]
    return answers, line.evaluations + evaluations


def _passed(claims: Array, measured: Estimates) -> list[Judgement]:
    return [Judgement("pass", *numbers) for numbers in zip(claims, measured.value, measured.error, measured.kind, strict=True)]


def _from(measured: Measured, rounded: Callable[[Array], Array]) -> Estimates:
    """What was measured, with what a rule may round beside it."""
    return Estimates(*measured, rounded(measured[0]))


def _exactly(measured: Estimates, exact: Measured, point: Point, us: Sequence[Array]) -> Estimates:
    """The slopes by an imaginary step, where they lie within the error bars of the others; off by as much as they scatter."""
    value = exact[0]

    def slopes(xs: Sequence[Array]) -> Array:
        z = point.line(us, list(xs)).at(1j * TINY)
        return np.full(value.shape, np.nan) if z is None else z.imag / TINY

    error = exact[1] + SCATTERED * scatter(slopes, point.xs, point.limits, EPS)
    with np.errstate(all="ignore"):
        better = (measured.kind == SMOOTH) & (error < measured.error) & (np.abs(value - measured.value) <= 3.0 * measured.error)
    return measured._replace(value=np.where(better, value, measured.value), error=np.where(better, error, measured.error))


def _decided(claims: Array, measured: Estimates, reference: Array) -> Array:
    """Where the error is so small that the claim is told from others; beside a much larger one it need not be."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(claims), np.abs(measured.value))
        return np.asarray(measured.error <= np.maximum(0.1 * size, np.maximum(1e-4 * reference, FINE)))


def briefly(line: Line, y: Array) -> Measured | None:
    """The derivative by two steps where they agree so well that no more are needed; else None."""
    h = reach(line)[0] * 2.0**-11
    with np.errstate(all="ignore"):
        wide, narrow = (line.real(h) - line.real(-h)) / (2.0 * h), (line.real(h / 2.0) - line.real(-h / 2.0)) / h
        change, value = np.abs(wide - narrow), (4.0 * narrow - wide) / 3.0
        bar = 8e-15 * np.abs(y) / h
        change += 0.0 * y  # nan where y is infinite
        if not np.all(change <= 1e-4 * np.abs(value) + bar):  # or nan
            return None
    return value, 0.03 * change + bar, value, value, np.full(value.shape, SMOOTH, dtype=object)


def _judged(c: float, measured: Sequence[Any], reference: float, low: float, high: float, mixed: bool) -> Judgement:
    """One claim at one output, after the full ladder; ``low`` and ``high`` are the slopes near by."""
    v, e, le, ri, kind, rounding = measured
    if kind == UNBOUNDED:  # some put a finite number there on purpose
        return Judgement("pass" if c == v else UNDECIDED, c, v, e, kind)
    exists = np.isfinite(le) or np.isfinite(ri) or np.isfinite(e)
    size = max(abs(c), abs(v)) if np.isfinite(c) else abs(v)
    if not np.isfinite(c):
        settled = np.isfinite(e) and e <= 1e-2 * abs(v) + 1e-9
        return Judgement("fail" if exists and settled else UNDECIDED, c, v, e, kind)
    off = 3.0 * e if np.isfinite(e) else 0.0
    if np.isfinite(e) and kind not in (KINK, JUMP) and abs(c - v) <= off + rounding:
        decided = e <= max(0.1 * size, 1e-4 * reference, FINE)
        return Judgement("pass" if decided else UNDECIDED, c, v, e, kind)
    sides = abs(ri - le) + abs(0.5 * (le + ri) - v)  # where one-sided slopes differ, or together from the central one
    if kind in (KINK, JUMP, EDGE) or not sides <= 1e-4 * max(abs(le), abs(ri)):  # there may be a kink not far away
        low, high = np.fmin(low, np.fmin(le, ri)), np.fmax(high, np.fmax(le, ri))
    slack = KINKED * max(size, abs(low), abs(high)) + rounding + off
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
