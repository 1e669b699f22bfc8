"""Richardson extrapolation: slopes at a sequence of steps extrapolated to step 0, with an error for each step.

One stage of Richardson extrapolation removes the leading error term of a difference quotient. Its error is estimated, as in
Ridders' method, by the difference between neighbouring steps, plus the roundoff of the function values divided by the step.

References
----------
.. [1] L. F. Richardson, "The approximate arithmetical solution by finite differences of physical problems involving differential
   equations", Phil. Trans. R. Soc. A 210 (1911), 307-357.
.. [2] C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4 (1982), 75-76.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.testing.measurement.estimate import Array

# A spread between neighbouring steps counts as noise only beyond this multiple of the roundoff, which is a sum of two independent
# errors. Doubled, noise of twice the roundoff counts as a derivative: one recorded check changes.
NOISE_RELATIVE_TO_ROUNDOFF = 2.0

# ... and only beyond this fraction of the slope: of steps whose slopes differ by a third, none has a correct digit. Doubled, sin in
# single precision at 1e6, where no step resolves it, is called smooth.
NOISE_RELATIVE_TO_SLOPE = 0.3

# How far the value of a function may be off where it is constant at small steps, in units of the smallest change that was seen:
# half a unit at each end of a difference, and as much for a change that bisection missed, times 2. Doubled, no recorded check
# changes.
RESOLUTION_MARGIN = 4.0

# If the slope that could hide below the resolution is this small relative to the steepest slope of all steps, the function is
# called flat there, and its slope 0. It is then known to 5 % of the scale of the function. Doubled, no recorded check changes.
FLAT_RELATIVE_TO_STEEPEST = 0.05


class SlopeEstimates(NamedTuple):
    """Slopes and their absolute errors, of shape (n_steps, n_outputs), or (n_outputs,) once a step is selected.

    Parameters
    ----------
    value : array
    error : array
        inf where the slope is not evidence.
    """

    value: Array
    error: Array


def extrapolate(
    slopes: Array, roundoff: Array, ratio: float, is_constant: Array, resolution: Array, steepest: Array
) -> SlopeEstimates:
    """Extrapolate slopes to step 0 by one stage of Richardson extrapolation.

    A step at which the function is constant is not evidence, unless the function is constant at all steps, or unless its smallest
    change is so small that its slope is 0 relative to the others.

    Parameters
    ----------
    slopes : array of shape (n_steps, n_outputs)
        The difference quotients.
    roundoff : array of shape (n_steps, n_outputs)
        Their absolute errors from rounding.
    ratio : float
        By how much the leading error of a slope shrinks from step to step.
    is_constant : bool array of shape (n_steps, n_outputs)
        Whether the function has the same value at the step as at step 0.
    resolution : array of shape (n_steps, n_outputs)
        The slope that could hide below the smallest change that was seen.
    steepest : array of shape (n_outputs,)
        The largest slope of all steps.

    Returns
    -------
    SlopeEstimates
        The extrapolated slopes. The error is inf where a slope is not evidence.
    """
    extrapolated = slopes.copy()
    extrapolated[1:] = (ratio * slopes[1:] - slopes[:-1]) / (ratio - 1.0)
    spread = np.maximum(np.abs(extrapolated[1:-1] - extrapolated[:-2]), np.abs(extrapolated[1:-1] - extrapolated[2:]))
    rounding = roundoff[1:-1] + roundoff[2:]
    error = np.full(slopes.shape, np.inf)
    error[1:-1] = spread + rounding
    error[1:-1][_is_noise(spread, rounding, extrapolated[1:-1])] = np.inf
    is_uninformative = is_constant & ~is_constant.all(axis=0)
    error[_or_neighbour(is_uninformative) | ~np.isfinite(error)] = np.inf
    is_flat = is_uninformative & (RESOLUTION_MARGIN * resolution <= FLAT_RELATIVE_TO_STEEPEST * steepest)
    error = error + np.where(np.isfinite(resolution), resolution, 0.0)
    return SlopeEstimates(np.where(is_flat, 0.0, extrapolated), np.where(is_flat, RESOLUTION_MARGIN * resolution, error))


def _is_noise(spread: Array, rounding: Array, slopes: Array) -> Array:
    """Which slopes differ from their neighbours about as much as they are large, and differ more at smaller steps."""
    exceeds_rounding = spread > NOISE_RELATIVE_TO_ROUNDOFF * rounding
    largest_after = np.maximum.accumulate(np.where(exceeds_rounding, spread, 0.0)[::-1], axis=0)[::-1]
    smallest_before = np.minimum.accumulate(np.where(exceeds_rounding, spread, np.inf), axis=0)
    grows = np.zeros(spread.shape, bool)
    grows[:-1] |= largest_after[1:] >= spread[:-1]
    grows[1:] |= smallest_before[:-1] <= spread[1:]
    return np.asarray((spread > NOISE_RELATIVE_TO_SLOPE * np.abs(slopes)) & exceeds_rounding & grows)


def _or_neighbour(mask: Array) -> Array:
    """The mask, and the steps before and after its entries."""
    wider = mask.copy()
    wider[1:] |= mask[:-1]
    wider[:-1] |= mask[1:]
    return wider
