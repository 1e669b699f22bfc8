"""Clarke's generalised gradient along a direction, sampled: the hull of the slopes at random points nearby.

The generalised gradient of a locally Lipschitz function is the convex hull of the limits of its gradients at points nearby where
they exist [1]_. As in gradient sampling [2]_, slopes at a few random points stand in for the limits.

References
----------
.. [1] F. H. Clarke, "Optimization and Nonsmooth Analysis", Wiley 1983, Theorem 2.5.1.
.. [2] J. V. Burke, A. S. Lewis and M. L. Overton, "A robust gradient sampling algorithm for nonsmooth, nonconvex optimization",
   SIAM Journal on Optimization 15 (2005), 751-779.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.testing.judgement.point import Point
from autograd.testing.measurement.estimate import Array
from autograd.testing.measurement.step_sizes import step_scales

# The number of points at first, and once they show different slopes. At one kink each point shows one of two sides, so that both
# are seen by 12 points, except in 2**-11 = 0.05 %; k kinks at once have 2**k slopes, and of three kinks 60 points miss the steepest
# in 0.03 % of cases. Twice or half as many change no recorded check (see ``measurement.step_sequence``).
N_POINTS = 12
MORE_POINTS = 4 * N_POINTS

# The two distances of the points, relative to each entry. A difference quotient there must resolve slopes to some digits: with
# steps of 1e-8 of the size, roundoff is eps / 1e-8 = 2e-8 of the values. The ratio of 10 tells a smooth change of the slope, which
# is 10 times smaller at the smaller distance, from a kink. Doubled, sin(1e5 x) at -30 is taken for a kink, so that a wrong claim
# passes.
DISTANCES = (1e-6, 1e-7)

# The step of the difference quotients, as a fraction of the distance, so that they rarely cross the kink themselves: one in 100
# does. Doubled, no recorded check changes, and two in 100 do.
STEP_RELATIVE_TO_DISTANCE = 1e-2

# The relative roundoff of the function values: 18 eps. Doubled, no recorded check changes, and the hull of the slopes is wider by
# twice the roundoff.
ROUNDOFF = 4e-15

# A sample counts only if its roundoff error is below this fraction of the slope, or of the reference, plus this much. Doubled, no
# recorded check changes.
CLEAR_RTOL = 4e-3
CLEAR_ATOL = 4e-12

# The slopes of the first points are the same if they spread by less than this fraction of their size: at distances of 1e-6, that is
# a function that bends at less than a thousandth of its size. Doubled, no recorded check changes, and a kink is missed whose slopes
# differ by 2e-3 of their size.
SMOOTH_SPREAD = 1e-3

# The slope changes smoothly if its spread at the smaller distance is less than this fraction of that at the larger one: 0.1 for a
# constant second derivative, with a factor of 2 for random points. Doubled, no recorded check changes, and a kink is missed that
# only some of the nearer points see.
SHRINKING_SPREAD = 0.2

# At the first points, two at each distance, the entries that move along the direction are shifted by about the first number times
# the distance and the others by the second, and then the other way round: so each is the larger one at some points. Doubled, the
# points are twice as far away.
CROSSING = (0.1, -1.0)
N_CROSSING = len(CROSSING) * len(DISTANCES)


class ClarkeInterval(NamedTuple):
    """The range of slopes near a point.

    Parameters
    ----------
    low, high : array of shape (n_outputs,)
        The smallest and the largest slope; nan for outputs that are smooth near the point.
    evaluations : int
        How many times the function was called.
    """

    low: Array
    high: Array
    evaluations: int


def clarke_interval(point: Point, us: Sequence[Array], reference: Array) -> ClarkeInterval:
    """Sample the slopes along a direction near a point.

    The points are at two distances. If their slopes do not differ, or if those of the nearer points differ much less, the slope
    changes smoothly, and there is no kink.

    Parameters
    ----------
    point : Point
    us : sequence of arrays
        The direction.
    reference : array of shape (n_outputs,)
        A slope relative to which errors are judged: a sample whose roundoff exceeds a small part of it is left out.

    Returns
    -------
    ClarkeInterval
    """
    few, evaluations = _sample_slopes(point, us, N_POINTS, reference)
    low, high, spreads = few.hull()
    if not np.any(spreads.max(axis=0) > SMOOTH_SPREAD * np.fmax(np.abs(low), np.abs(high))):
        nothing = np.full(point.y.size, np.nan)
        return ClarkeInterval(nothing, nothing, evaluations)
    more, more_evaluations = _sample_slopes(point, us, MORE_POINTS, reference)
    low, high, spreads = few.join(more).hull()
    far, near = spreads
    is_kinked = (spreads.max(axis=0) > 0.0) & ~(near < SHRINKING_SPREAD * far)
    evaluations += more_evaluations
    return ClarkeInterval(np.where(is_kinked, low, np.nan), np.where(is_kinked, high, np.nan), evaluations)


class SlopeSamples(NamedTuple):
    """Slopes at points nearby, at the two distances in turn.

    Parameters
    ----------
    slopes, errors : array of shape (n_points, n_outputs)
        The slopes and their roundoff errors; nan where the roundoff is too large.
    """

    slopes: Array
    errors: Array

    def join(self, other: SlopeSamples) -> SlopeSamples:
        """Return these samples and others."""
        return SlopeSamples(np.concatenate([self.slopes, other.slopes]), np.concatenate([self.errors, other.errors]))

    def hull(self) -> tuple[Array, Array, Array]:
        """Return the hull of the slopes.

        Returns
        -------
        low, high : array of shape (n_outputs,)
            The smallest and the largest slope there may be.
        spreads : array of shape (2, n_outputs)
            By how much two slopes differ at least, at the larger and at the smaller distance.
        """
        lower, upper = self.slopes - self.errors, self.slopes + self.errors
        spreads = [np.fmax.reduce(lower[k::2]) - np.fmin.reduce(upper[k::2]) for k in (0, 1)]
        return np.fmin.reduce(lower), np.fmax.reduce(upper), np.nan_to_num(np.maximum(spreads, 0.0))


def _sample_slopes(point: Point, us: Sequence[Array], n_points: int, reference: Array) -> tuple[SlopeSamples, int]:
    """Sample slopes at random points nearby, and count the evaluations."""
    rng = np.random.default_rng(n_points)
    sizes = [np.where(x == 0.0, 1.0, np.abs(x)) for x in point.xs]
    steps = _relative_steps(point, us, sizes)
    slopes, errors, evaluations = [], [], 0
    for k in range(n_points):
        distance = DISTANCES[k % 2]
        shifts = [distance * size * part for size, part in zip(sizes, _relative_shifts(k, us, rng), strict=True)]
        xs = [_shift_inside(x, shift, *ends) for x, shift, ends in zip(point.xs, shifts, point.bounds, strict=True)]
        line = point.restrict(us, xs)
        h = steps[k // 2 % 2] * distance * STEP_RELATIVE_TO_DISTANCE
        forward, backward = line.evaluate_real(h), line.evaluate_real(-h)
        evaluations += line.evaluations
        with np.errstate(all="ignore"):
            slope = (forward - backward) / (2.0 * h)
            error = ROUNDOFF * np.fmax(np.abs(forward), np.abs(backward)) / h
            is_clear = np.isfinite(slope) & (error <= CLEAR_RTOL * np.fmax(np.abs(slope), reference) + CLEAR_ATOL)
        slopes.append(np.where(is_clear, slope, np.nan))
        errors.append(np.where(is_clear, error, np.nan))
    return SlopeSamples(np.array(slopes), np.array(errors)), evaluations


def _relative_steps(point: Point, us: Sequence[Array], sizes: Sequence[Array]) -> tuple[float, float]:
    """Two step sizes per unit of distance: by the smallest entry that moves, and such that no entry moves by more than its size."""
    scales = step_scales(point.restrict(us))
    ratios = [np.min(size[u != 0.0] / np.abs(u[u != 0.0]), initial=np.inf) for size, u in zip(sizes, us, strict=True)]
    return min(scales.largest_step, scales.smallest_size), float(min(ratios))


def _relative_shifts(k: int, us: Sequence[Array], rng: np.random.Generator) -> list[Array]:
    """How far each entry moves, between -1 and 1.

    At the first points the entries that move along the direction lie above the others, and then below: there each side of a maximum
    or minimum of the two is seen.
    """
    if k < N_CROSSING:
        moving, others = (CROSSING, CROSSING[::-1])[k // 2]
        return [np.where(u != 0.0, moving, others) * rng.uniform(0.9, 1.0, u.shape) for u in us]
    return [rng.uniform(-1.0, 1.0, u.shape) for u in us]


def _shift_inside(x: Array, shift: Array, low: float, high: float) -> Array:
    """Shift an input, or the other way where it would leave its domain."""
    shifted = np.where((x + shift < low) | (x + shift > high), x - shift, x + shift)
    return np.asarray(np.clip(shifted, low, high))
