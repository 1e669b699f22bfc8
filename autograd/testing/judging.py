"""Whether claimed derivatives agree with measured ones: three answers, and at kinks the whole of Clarke's gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.testing.estimate import EDGE, JUMP, KINK, NOISY, SMOOTH, UNRESOLVED, Array, Line, climb, conclusions, measure, reach

Limits = Sequence[tuple[float, float]]
RTOL = 1e-6  # a rule may itself round; errors from 10⁻⁵ on are found
NEARBY = 12


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


class Judgement(NamedTuple):
    """One claimed number against one measured: "pass", "fail" or "undecided", and the numbers."""

    verdict: str
    claimed: float
    measured: float
    error: float
    kind: str


def agree(claimed: Any, value: Any, error: Any, scale: Any, rtol: float) -> Any:
    """Whether claims lie within the error bars, widened by what a rule may round."""
    with np.errstate(all="ignore"):
        return np.abs(claimed - value) <= 3.0 * error + rtol * np.maximum(np.abs(claimed), np.abs(value)) + 1e-11 * scale


def judge(point: Point, us: Sequence[Array], claims: Array, scales: Array) -> tuple[list[Judgement], int]:
    """Each output's claimed derivative along a direction, judged; and how many evaluations that took.

    ``claims`` and ``scales`` (what the terms of each claim add up to in magnitude) have one entry per output.
    """
    with np.errstate(all="ignore"):
        scales = scales + 1e-3 * np.where(np.isfinite(point.y), np.abs(point.y), 0.0)  # what rounding leaves of the outputs
    line = point.line(us)
    quick = None if point.analytic else briefly(line, point.y)
    value, error, left, right, kind = quick or measure(line, point.y)
    good = agree(claims, value, error, scales, point.rtol) & np.isfinite(claims)
    with np.errstate(all="ignore"):
        sharp = error <= 0.05 * np.maximum(np.abs(claims), np.abs(value)) + 1e-9 * scales + 1e-300
    if np.all(good & (sharp | (error < 1e-9))):
        return [Judgement("pass", *numbers) for numbers in zip(claims, value, error, kind, strict=True)], line.evaluations
    value, error, left, right, kind = conclusions(climb(line, point.y))
    low, high, evaluations = np.fmin(left, right), np.fmax(left, right), 0
    if not np.all(agree(claims, value, error, scales, point.rtol)):
        for count in (NEARBY, 4 * NEARBY):
            near_low, near_high, n = nearby(point, us, count, np.fmax(np.abs(claims), np.fmax(np.abs(left), np.abs(right))))
            low, high, evaluations = np.fmin(low, near_low), np.fmax(high, near_high), evaluations + n
            if not np.any(high - low > 1e-3 * np.fmax(np.abs(low), np.abs(high))):
                break  # no kink is near
    answers = []
    for numbers in zip(claims, scales, value, error, left, right, kind, low, high, strict=True):
        answers.append(_judged(numbers, point.rtol, sum(int(np.count_nonzero(u)) for u in us) > 1))
    return answers, line.evaluations + evaluations


def briefly(line: Line, y: Array) -> Any:
    """The derivative by two steps where they agree so well that no more are needed; else None."""
    h = reach(line)[0] * 2.0**-9
    with np.errstate(all="ignore"):
        wide, narrow = (line.real(h) - line.real(-h)) / (2.0 * h), (line.real(h / 2.0) - line.real(-h / 2.0)) / h
        change, value = np.abs(wide - narrow), (4.0 * narrow - wide) / 3.0
        bar = 8e-15 * np.abs(y) / h
        if not np.all(change <= 1e-4 * np.abs(value) + bar):  # or nan
            return None
    return value, 0.03 * change + bar, value, value, np.full(value.shape, SMOOTH, dtype=object)


def _judged(numbers: tuple[Any, ...], rtol: float, mixed: bool) -> Judgement:
    """One claim at one output, after the full ladder."""
    c, scale, v, e, le, ri, kind, low, high = numbers
    exists = np.isfinite(le) or np.isfinite(ri) or np.isfinite(e)
    size = max(abs(c), abs(v)) if np.isfinite(c) else abs(v)
    if not np.isfinite(c):
        settled = np.isfinite(e) and e <= 1e-2 * abs(v) + 1e-9
        return Judgement("fail" if exists and settled else "undecided", c, v, e, kind)
    if np.isfinite(e) and kind not in (KINK, JUMP) and agree(c, v, e, scale, rtol):
        decided = e <= 0.1 * size + 1e-9 * scale or e < 1e-9
        return Judgement("pass" if decided else "undecided", c, v, e, kind)
    slack = rtol * max(size, abs(low), abs(high)) + 1e-9 * scale + (3.0 * e if np.isfinite(e) else 0.0)
    if low - slack <= c <= high + slack:
        return Judgement("pass", c, v, e, kind)
    if mixed and high - low > 0.1 * abs(c - v):  # many kinks at once: more slopes exist near by than were seen
        return Judgement("undecided", c, v, e, kind)
    resolved = np.isfinite(e) and 3.0 * e <= 0.3 * abs(c - v)
    if kind in (JUMP, NOISY, UNRESOLVED) or not resolved:
        return Judgement("undecided", c, v, e, kind)
    if kind == EDGE and (e > 1e-3 * max(abs(v), abs(c)) or high - low > 0.01 * abs(v)):  # a corner, and not a plain edge
        return Judgement("undecided", c, v, e, kind)
    return Judgement("fail", c, v, e, kind)


def nearby(point: Point, us: Sequence[Array], count: int, reference: Array) -> tuple[Array, Array, int]:
    """The least and the largest slope along a direction at points near by: Clarke's gradient is the hull of such slopes."""
    rng = np.random.default_rng(count)
    top, _, least = reach(point.line(us))
    sizes = [np.where(x == 0.0, 1.0, np.abs(x)) for x in point.xs]
    gentle = min(float(np.min(s[u != 0.0] / np.abs(u[u != 0.0]), initial=np.inf)) for s, u in zip(sizes, us, strict=True))
    low, high = np.full(point.y.size, np.inf), np.full(point.y.size, -np.inf)
    evaluations = 0
    for k in range(count):
        size = (1e-6, 1e-7)[k % 2]
        shifts = [size * s * rng.uniform(-1.0, 1.0, s.shape) for s in sizes]
        moved = [np.asarray(np.clip(x + s, *limits)) for x, s, limits in zip(point.xs, shifts, point.limits, strict=True)]
        line = point.line(us, moved)
        h = (min(top, least), gentle)[k // 2 % 2] * size * 1e-2
        ahead, behind = line.real(h), line.real(-h)
        evaluations += line.evaluations
        with np.errstate(all="ignore"):
            slope = (ahead - behind) / (2.0 * h)
            bar = 1e-15 * np.fmax(np.abs(ahead), np.abs(behind)) / h
        clear = np.isfinite(slope) & (bar <= 1e-3 * np.fmax(np.abs(slope), reference) + 1e-12)
        low = np.where(clear, np.minimum(low, slope - 4.0 * bar), low)
        high = np.where(clear, np.maximum(high, slope + 4.0 * bar), high)
    return np.where(np.isfinite(low), low, np.nan), np.where(np.isfinite(high), high, np.nan), evaluations
