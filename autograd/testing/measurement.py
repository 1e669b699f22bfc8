"""A directional derivative measured on the function alone, with an error bar and a kind.

The steps form a ladder; central and one-sided differences are extrapolated to step zero (Richardson 1911; Ridders 1982), and a
rung counts as settled where it agrees with its neighbours within the rounding that its step magnifies. Where the function answers
complex numbers analytically, one complex step (Squire and Trapp 1998) is exact, and a crude real difference confirms it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from autograd.core.coercion import described, to_array
from autograd.errors import DataError, ShapeError

Array = npt.NDArray[Any]
Measured: TypeAlias = tuple[Array, Array, Array, Array, Array]  # value, error, left, right and kind of every output

SMOOTH, KINK, JUMP, EDGE, NOISY = "smooth", "kink", "jump", "edge", "noisy"
UNBOUNDED, UNRESOLVED = "unbounded", "unresolved"
EPS = float(np.finfo(float).eps)
TINY = 1e-150  # the imaginary step: nothing is subtracted, so it can be as small as one likes
SHRINK = 4.0  # from one rung of the ladder to the next
CLOSER = 20  # halvings on the way to where a function starts to move
GROWING = 8  # so many rungs in a row at which a slope grows, by as much each time, show that it is infinite
RUNGS = 22  # down to 10⁻¹⁴ of the first; more where the point itself is smaller


class Estimate(NamedTuple):
    """A measured derivative: ``value`` ± ``error``, the one-sided ``left`` and ``right`` ones, and what kind of point it is.

    ``kind`` is smooth, kink (left and right differ), jump (the function itself does), edge (only one side exists), unbounded (the
    slope is infinite, and ``value`` too), noisy (no two steps agree) or unresolved. Arrays where the function returns an array.
    """

    value: Any
    error: Any
    left: Any
    right: Any
    kind: Any
    evaluations: int


class Line:
    """A function along one direction, ``phi(t) = f(x + t u)`` as a flat array of outputs; what it cannot answer is nan."""

    def __init__(
        self, f: Callable[..., Any], xs: Sequence[Array], us: Sequence[Array], limits: Sequence[tuple[float, float]], size: int
    ) -> None:
        self.f = f
        self.xs = xs
        self.us = us
        self.limits = limits
        self.size = size  # of the outputs
        self.evaluations = 0
        self.moving = [bool(np.any(u)) for u in us]

    def at(self, t: Any) -> Array | None:
        """The outputs at step ``t``, which may be imaginary; None where f raises, leaves the domain or changes its shape."""
        points = [x + t * u if moves else x.copy() for x, u, moves in zip(self.xs, self.us, self.moving, strict=True)]
        for p, (low, high), moves in zip(points, self.limits, self.moving, strict=True):
            if moves and ((low > -np.inf and (p.real < low).any()) or (high < np.inf and (p.real > high).any())):
                return None
        self.evaluations += 1
        try:
            y = np.asarray(self.f(*points))
        except Exception:  # whatever the function raises, it has no value there
            return None
        return y.ravel() if y.size == self.size and y.dtype.kind in "fciub" else None

    def real(self, t: float) -> Array:
        """The outputs at a real step, nan where there are none."""
        y = self.at(t)
        return np.full(self.size, np.nan) if y is None or y.dtype.kind == "c" else y.astype(float, copy=False)


def complex_step(line: Line, y: Array, crude: Array, bar: Array) -> Array | None:
    """The derivative by an imaginary step, where f proves analytic: its real part stays, and the crude difference agrees."""
    z = line.at(1j * TINY)
    if z is None or z.dtype.kind != "c":
        return None
    slope = z.imag / TINY
    with np.errstate(all="ignore"):
        stays = np.abs(z.real - y) <= 1e-12 * np.abs(y)
        agrees = np.abs(slope - crude) <= 1e-3 * np.maximum(np.abs(slope), np.abs(crude)) + bar
    return slope if bool(np.all(stays & agrees & np.isfinite(slope))) else None


class Ladder(NamedTuple):
    """What all rungs say, each of shape (rungs, outputs): extrapolated slopes and their errors, from both sides and from each."""

    central: Array
    central_error: Array
    left: Array
    left_error: Array
    right: Array
    right_error: Array
    jump: Array
    infinite: Array  # of shape (2, outputs): to the left and to the right, ±inf where the slopes grow without end, else 0


class Steps(NamedTuple):
    """What a function answers at a falling ladder of steps: outputs of shape (rungs, outputs) on both sides, and their grain."""

    steps: Array
    ahead: Array
    behind: Array
    grain: Array
    most: float  # the largest size of the point


def stepped(line: Line, y: Array) -> Steps:
    """The outputs at a falling ladder of steps."""
    top, most, least = reach(line)
    rungs = int(np.clip(np.ceil(np.log(top / (1e-4 * least)) / np.log(SHRINK)), RUNGS, 3 * RUNGS))
    steps = top * SHRINK ** -np.arange(rungs, dtype=float)
    with np.errstate(all="ignore"):
        ahead, behind = np.array([line.real(h) for h in steps]), np.array([line.real(-h) for h in steps])
        grain = np.minimum(_grain(line, y, steps, ahead, 1.0), _grain(line, y, steps, behind, -1.0))
    return Steps(steps, ahead, behind, grain, most)


def climb(at: Steps, y: Array, noise: Array | float = 0.0) -> Ladder:
    """Differences at a falling ladder of steps, extrapolated rung by rung; the outputs are known to scatter by ``noise``."""
    steps, ahead, behind, grain, most = at
    with np.errstate(all="ignore"):
        h = steps[:, None]
        size = np.fmax(np.fmax(np.abs(ahead), np.abs(behind)), np.abs(y))
        right, left, central = (ahead - y) / h, (y - behind) / h, (ahead - behind + 0.0 * y) / (2.0 * h)  # nan where y is infinite
        slope = np.fmax(np.fmax(np.abs(right), np.abs(left)), np.abs(central))
        bar = (4.0 * EPS * (size + slope * most) + noise) / h
        stands = np.all([(side == y) | np.isnan(side) for side in (ahead, behind)], axis=(0, 1))
        bar += np.where(stands, 4.0 * EPS / h, 0.0)  # numbers of size 1 may hide inside
        steepest = np.max(slope, axis=0, where=np.isfinite(slope), initial=0.0)
        still_ahead, still_behind = (np.abs(side - y) <= 4.0 * EPS * size for side in (ahead, behind))
        return Ladder(
            *_settled(central, bar, SHRINK**2, still_ahead & still_behind, grain / h, steepest),
            *_settled(left, 2.0 * bar, SHRINK, still_behind, grain / h, steepest),
            *_settled(right, 2.0 * bar, SHRINK, still_ahead, grain / h, steepest),
            jump=np.abs(ahead - behind),
            infinite=np.array([_growing(left, 2.0 * bar), _growing(right, 2.0 * bar)]),
        )


def _grain(line: Line, y: Array, steps: Array, values: Array, sign: float) -> Array:
    """The least change that each output is seen to make on one side, where it stands still at small steps; inf elsewhere.

    The step at which it starts to move is closed in upon: what is flat there moves little by little, what was rounded away
    moves by a grain.
    """
    change = np.abs(values - y)
    least: Array = np.min(np.where(change > 0.0, change, np.inf), axis=0)
    waits = (change[-1] == 0.0) & np.isfinite(least)
    for k in np.flatnonzero(waits)[:4]:
        last = int(np.flatnonzero(change[:, k] > 0.0)[-1])
        moves, stands = steps[last], steps[last + 1]
        for _ in range(CLOSER):
            t = (moves + stands) / 2.0
            seen = np.abs(line.real(sign * t) - y)
            least = np.where(seen > 0.0, np.fmin(least, seen), least)
            moves, stands = (t, stands) if seen[k] > 0.0 else (moves, t)
    return np.where(waits, least, np.inf)


def _settled(slopes: Array, bar: Array, factor: float, still: Array, grain: Array, steepest: Array) -> tuple[Array, Array]:
    """Slopes extrapolated once over neighbouring rungs, and the error that each has by its neighbours; inf where unknown.

    A rung at which the function does not move is no evidence, unless it does not move at any, or could have moved by less.
    """
    better = slopes.copy()
    better[1:] = (factor * slopes[1:] - slopes[:-1]) / (factor - 1.0)
    error = np.full(slopes.shape, np.inf)
    spread = np.maximum(np.abs(better[1:-1] - better[:-2]), np.abs(better[1:-1] - better[2:]))
    rounding = bar[1:-1] + bar[2:]
    error[1:-1] = spread + rounding
    # noise: slopes that differ as much as they amount to, and by more at smaller steps
    rough = spread > 2.0 * rounding
    later = np.maximum.accumulate(np.where(rough, spread, 0.0)[::-1], axis=0)[::-1]
    earlier = np.minimum.accumulate(np.where(rough, spread, np.inf), axis=0)
    grows = np.zeros(spread.shape, bool)
    grows[:-1] |= later[1:] >= spread[:-1]
    grows[1:] |= earlier[:-1] <= spread[1:]
    error[1:-1][(spread > 0.3 * np.abs(better[1:-1])) & rough & grows] = np.inf
    dull = still & ~still.all(axis=0)
    near = dull.copy()
    near[1:] |= dull[:-1]
    near[:-1] |= dull[1:]
    error[near | ~np.isfinite(error)] = np.inf
    flat = dull & (4.0 * grain <= 0.05 * steepest)
    return np.where(flat, 0.0, better), np.where(flat, 4.0 * grain, error + np.where(np.isfinite(grain), grain, 0.0))


def _growing(slopes: Array, bar: Array) -> Array:
    """±inf for each output whose slopes on one side grow from rung to rung by at least as much as before, to the last rung that is
    told from rounding; 0 for the others, whose slopes settle in the end.
    """
    change = np.diff(slopes, axis=0)
    told = np.abs(change) > bar[1:] + bar[:-1]
    grows = np.zeros(change.shape, bool)
    size = np.abs(change)
    steady = (size[1:] >= 0.99 * size[:-1]) & (size[1:] <= 0.995 * SHRINK * size[:-1])  # by as much as a step shrinks: a jump
    grows[1:] = told[1:] & (np.sign(change[1:]) == np.sign(change[:-1])) & steady
    last = len(change) - 1 - np.argmax(told[::-1], axis=0)
    row = np.array(
        [bool(told[k, j]) and k >= GROWING and bool(grows[k - GROWING + 1 : k + 1, j].all()) for j, k in enumerate(last)]
    )
    return np.where(row, np.inf * np.sign(change[last, np.arange(len(last))]), 0.0)


def pick(value: Array, error: Array) -> Array:
    """For each output the rung to believe: the one with the least error, unless smaller steps agree on something else."""
    columns, rungs = np.arange(value.shape[1]), np.arange(len(value))[:, None]
    best: Array = np.argmin(error, axis=0)
    with np.errstate(all="ignore"):
        for _ in range(3):
            apart = np.abs(value - value[best, columns]) > 3.0 * (error + error[best, columns])
            other = (rungs > best) & (error <= 1e-3 * np.abs(value)) & apart
            best = np.where(other.any(axis=0), np.argmin(np.where(other, error, np.inf), axis=0), best)
    return best


def conclusions(ladder: Ladder) -> Measured:
    """Value, error, left, right and kind of every output."""
    columns = np.arange(ladder.central.shape[1])
    at = {}
    for name in ("central", "left", "right"):
        value, error = getattr(ladder, name), getattr(ladder, name + "_error")
        rung = pick(value, error)
        at[name] = (value[rung, columns], error[rung, columns])
    (c, ce), (le, lee), (ri, rie) = at["central"], at["left"], at["right"]
    with np.errstate(all="ignore"):
        two = np.isfinite(lee) & np.isfinite(rie)
        apart = two & (np.abs(ri - le) > 2.0 * (lee + rie) + 1e-4 * np.maximum(np.abs(le), np.abs(ri)))
        one = np.isfinite(lee) ^ np.isfinite(rie)
        small = ladder.jump[-6:]
        leaps = np.all(np.isfinite(small) & (small > 0), axis=0) & (np.min(small, axis=0) > 0.5 * np.max(small, axis=0))
    kind = np.full(c.shape, NOISY, dtype=object)
    kind[np.isfinite(ce)] = SMOOTH
    kind[apart] = KINK
    kind[one & ~np.isfinite(ce)] = EDGE
    kind[leaps] = JUMP
    edge_value, edge_error = np.where(np.isfinite(rie), ri, le), np.where(np.isfinite(rie), rie, lee)
    value = np.where(kind == EDGE, edge_value, np.where(kind == KINK, (le + ri) / 2.0, c))
    error = np.where(kind == EDGE, edge_error, np.where(kind == KINK, lee + rie, ce))
    before, after = ladder.infinite
    endless = ((before != 0.0) | (after != 0.0)) & (kind != JUMP)
    kind[endless] = UNBOUNDED
    nothing = ~np.isfinite(error) & (kind != JUMP) & ~endless
    kind[nothing & ~np.isfinite(ladder.jump).any(axis=0)] = UNRESOLVED
    left = np.where(np.isfinite(lee), le, np.nan)
    right = np.where(np.isfinite(rie), ri, np.nan)
    left, right = np.where(before != 0.0, before, left), np.where(after != 0.0, after, right)
    with np.errstate(invalid="ignore"):  # from -inf to inf there is no one slope
        value = np.where(endless, before + after, np.where(nothing, np.nan, value))
    return value, np.where(nothing | endless, np.inf, error), left, right, kind


def derivative(f: Callable[[Any], Any], x: Any, direction: Any = None, *, low: float = -np.inf, high: float = np.inf) -> Estimate:
    """The derivative of ``f`` at ``x`` along ``direction`` (default 1), with an error bar and a kind.

    f is called with a float or an array, as x is one. ``low`` and ``high`` bound the domain: at an edge the derivative is
    one-sided. DataError where x is no number, or f returns none; ShapeError for a direction of another shape.

    >>> e = derivative(np.exp, 0.0)
    >>> abs(e.value - 1.0) <= max(e.error, 1e-15), e.kind, e.evaluations < 10
    (True, 'smooth', True)
    >>> e = derivative(abs, 0.0)
    >>> round(e.left, 9), round(e.right, 9), e.kind
    (-1.0, 1.0, 'kink')
    """
    if not callable(f):
        raise DataError(f"derivative() takes a function first, not {described(f)}")
    point = to_array(x, "derivative()")
    along = np.ones(point.shape) if direction is None else to_array(direction, "derivative()")
    for what, numbers in (("point", point), ("direction", along)):
        if not np.all(np.isfinite(numbers)):
            raise DataError(f"derivative(): the {what} holds {numbers[~np.isfinite(numbers)].flat[0]}: pass finite numbers")
    if not low < high or np.any(point < low) or np.any(point > high):
        raise DataError(f"derivative(): the point leaves its domain, from {low:g} to {high:g}")
    if along.shape != point.shape:
        raise ShapeError(f"derivative(): the direction has shape {along.shape}, the point {point.shape}")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            value = f(point.copy()[()])
        except Exception as error:
            raise DataError(f"derivative(): the function raises {type(error).__name__} here: {error}") from error
        y = np.array(value)
        if y.dtype.kind not in "fiub":
            raise DataError(f"derivative() takes a function that returns real numbers, not {described(value)}")
        line = Line(lambda p: f(p[()]), [point], [along], [(low, high)], y.size)
        result = measure(line, y.ravel().astype(float))
    parts: list[Any] = [part.reshape(y.shape) if y.shape else part.item() for part in result]
    return Estimate(*parts, 1 + line.evaluations)  # type: ignore[call-arg]  # value, error, left, right, kind


def measure(line: Line, y: Array) -> Measured:
    """What a derivative is along a line: by the shortest way that can be trusted."""
    return exactly(line, y) or conclusions(climb(stepped(line, y), y))


def exactly(line: Line, y: Array) -> Measured | None:
    """The derivative by an imaginary step; None where the function does not prove analytic."""
    top, _, least = reach(line)
    for h in (top * 2.0**-10, min(top, least) * 2.0**-17):
        ahead, behind = line.real(h), line.real(-h)
        crude = (ahead - behind) / (2.0 * h)
        bar = 4.0 * EPS * (np.abs(y) + np.abs(ahead)) / h
        if np.all(np.isfinite(crude)) and np.all(np.abs(ahead - 2.0 * y + behind) <= 0.05 * np.abs(ahead - behind) + bar * h):
            slope = complex_step(line, y, crude, bar)
            if slope is not None:
                return slope, 1e-14 * np.abs(slope), slope, slope, np.full(slope.shape, SMOOTH, dtype=object)
    return None


def reach(line: Line) -> tuple[float, float, float]:
    """The largest step worth trying, and the largest and the least size of the point, all in units of the direction.

    The step is an eighth of the point's size, or of 1 where that is smaller.
    """
    moved = np.concatenate([np.abs(u[u != 0.0]) for u in line.us])
    point = np.concatenate([np.abs(x[u != 0.0]) for x, u in zip(line.xs, line.us, strict=True)])
    if not moved.size:
        return 0.125, 1.0, 1.0
    sizes = point / moved
    there = sizes[point > 1e-300]
    most = float(np.max(sizes))
    least = float(np.min(there)) if there.size else 1.0
    return min(0.125 * max(float(np.min(1.0 / moved)), most), 1e30 * least), most, least
