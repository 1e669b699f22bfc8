"""Slopes that diverge as the step decreases, which show that the derivative is infinite."""

from __future__ import annotations

import numpy as np

from autograd.testing.measurement.estimate import Array
from autograd.testing.measurement.step_sequence import STEP_RATIO

# For how many steps in a row the slopes must grow. They span 4**8 = 65536, over which a function with a finite derivative would
# have to look like one with an infinite derivative. Doubled, 1e6 + x log(x) is called smooth at 0, because its changes exceed
# roundoff for less than 16 steps; no recorded check changes (see step_sequence). Halved, 1e12 + sqrt(x) is called unbounded, on the
# evidence of a few steps.
MIN_GROWING_STEPS = 8

# The change of the slope relative to the one before must lie between these. For |x|**p it is STEP_RATIO**(1 - p): 1 for a
# logarithm, with 1 % left to roundoff, and STEP_RATIO for a jump. The upper limit excludes p < 0.0036. Twice as far from 1 and from
# STEP_RATIO (0.98 and 0.99), no verdict changes.
SLOWEST_GROWTH = 0.99
FASTEST_GROWTH = 0.995 * STEP_RATIO


def diverging_slopes(slopes: Array, roundoff: Array) -> Array:
    """Tell which one-sided slopes diverge as the step decreases.

    Near a point with an infinite derivative the slope behaves like h**(p - 1) with 0 < p < 1, or like log(h). From step to step it
    then changes by a constant factor, between 1 (a logarithm) and STEP_RATIO (a jump).

    Parameters
    ----------
    slopes : array of shape (n_steps, n_outputs)
        The difference quotients to one side.
    roundoff : array of shape (n_steps, n_outputs)
        Their absolute roundoff errors.

    Returns
    -------
    array of shape (n_outputs,)
        ±inf for each output whose slopes grow, by at least as much as at the step before, up to the last change that exceeds
        roundoff; 0 for the others.
    """
    change = np.diff(slopes, axis=0)
    exceeds_roundoff = np.abs(change) > roundoff[1:] + roundoff[:-1]
    last = len(change) - 1 - np.argmax(exceeds_roundoff[::-1], axis=0)
    columns = np.arange(len(last))
    grows = _grows_steadily(change) & exceeds_roundoff
    diverges = [
        bool(exceeds_roundoff[k, j]) and k >= MIN_GROWING_STEPS and bool(grows[k - MIN_GROWING_STEPS + 1 : k + 1, j].all())
        for j, k in enumerate(last)
    ]
    return np.where(diverges, np.inf * np.sign(change[last, columns]), 0.0)


def _grows_steadily(change: Array) -> Array:
    """Which changes have the sign of the one before, and about its size or more, but grow more slowly than at a jump."""
    grows = np.zeros(change.shape, bool)
    size = np.abs(change)
    is_steady = (size[1:] >= SLOWEST_GROWTH * size[:-1]) & (size[1:] <= FASTEST_GROWTH * size[:-1])
    grows[1:] = (np.sign(change[1:]) == np.sign(change[:-1])) & is_steady
    return grows
