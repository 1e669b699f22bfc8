"""Difference quotients at a sequence of steps, to both sides and central, each with its roundoff.

Their extrapolation to step 0 is in :mod:`~autograd.testing.measurement.extrapolation`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.testing.measurement.divergence import diverging_slopes
from autograd.testing.measurement.estimate import EPS, Array
from autograd.testing.measurement.extrapolation import SlopeEstimates, extrapolate
from autograd.testing.measurement.step_sequence import STEP_RATIO, Samples

# The relative roundoff of a function value: half a unit from its last operation, as much from the operation before, and as much
# from rounding the point, for each of two values, with a factor of 1.3 to spare. The spread between neighbouring steps is added, so
# that functions that round more are not trusted more. Doubled, 5 recorded checks change (noise is called an edge; see
# step_sequence); halved, none.
ROUNDOFF = 4.0 * EPS

# The absolute roundoff of a value that is constant at all steps: numbers of size 1 may have been added and subtracted inside.
# Without it, a right rule for 1 + tanh(x) at -30 fails, whose derivative of 1e-26 never shows. Doubled, no recorded check changes.
HIDDEN_ROUNDOFF = 4.0 * EPS


class Extrapolation(NamedTuple):
    """The extrapolated difference quotients of all steps.

    Parameters
    ----------
    central, left, right : SlopeEstimates
        From central, backward and forward differences, each of shape (n_steps, n_outputs).
    change : array of shape (n_steps, n_outputs)
        By how much the outputs to the two sides differ.
    divergence : array of shape (2, n_outputs)
        To the left and to the right: ±inf where the slopes diverge as the step decreases, else 0.
    """

    central: SlopeEstimates
    left: SlopeEstimates
    right: SlopeEstimates
    change: Array
    divergence: Array


def extrapolate_differences(samples: Samples, y: Array, noise: Array | float = 0.0) -> Extrapolation:
    """Extrapolate central and one-sided difference quotients to step 0.

    Parameters
    ----------
    samples : Samples
    y : array of shape (n_outputs,)
        The outputs at step 0.
    noise : array of shape (n_outputs,) or float, default 0.0
        How far the outputs scatter beyond their roundoff.

    Returns
    -------
    Extrapolation
    """
    forward, backward = samples.forward, samples.backward
    with np.errstate(all="ignore"):
        h = samples.steps[:, None]
        # 0 * y makes the quotient nan where y is infinite
        right, left, central = (forward - y) / h, (y - backward) / h, (forward - backward + 0.0 * y) / (2.0 * h)
        sizes = np.fmax(np.fmax(np.abs(forward), np.abs(backward)), np.abs(y))
        slopes = np.fmax(np.fmax(np.abs(right), np.abs(left)), np.abs(central))
        roundoff = _quotient_roundoff(samples, y, sizes + slopes * samples.largest_size, noise)
        steepest = np.max(slopes, axis=0, where=np.isfinite(slopes), initial=0.0)
        is_constant_right, is_constant_left = (np.abs(side - y) <= ROUNDOFF * sizes for side in (forward, backward))
        resolution = samples.resolution / h
        return Extrapolation(
            extrapolate(central, roundoff, STEP_RATIO**2, is_constant_right & is_constant_left, resolution, steepest),
            extrapolate(left, 2.0 * roundoff, STEP_RATIO, is_constant_left, resolution, steepest),
            extrapolate(right, 2.0 * roundoff, STEP_RATIO, is_constant_right, resolution, steepest),
            change=np.abs(forward - backward),
            divergence=np.array([diverging_slopes(left, 2.0 * roundoff), diverging_slopes(right, 2.0 * roundoff)]),
        )


def _quotient_roundoff(samples: Samples, y: Array, sizes: Array, noise: Array | float) -> Array:
    """The absolute error of a central difference quotient that comes from rounding the function values and the points."""
    h = samples.steps[:, None]
    roundoff = (ROUNDOFF * sizes + noise) / h
    is_constant = np.all([(side == y) | np.isnan(side) for side in (samples.forward, samples.backward)], axis=(0, 1))
    return roundoff + np.where(is_constant, HIDDEN_ROUNDOFF / h, 0.0)
