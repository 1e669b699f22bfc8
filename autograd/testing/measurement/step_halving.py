"""A derivative from two central differences, for functions that are smooth enough for that."""

from __future__ import annotations

import numpy as np

from autograd.testing.measurement.estimate import Array, Measurement, smooth_measurement
from autograd.testing.measurement.line_restriction import LineRestriction, step_scales

STEP_BESIDE_LARGEST = 2.0**-11
ROUNDOFF = 8e-15
MAX_CHANGE = 1e-4
ERROR_BESIDE_CHANGE = 0.03


def step_halving_measurement(line: LineRestriction, y: Array) -> Measurement | None:
    """Measure the derivative by central differences with a step and with half of it.

    Parameters
    ----------
    line : LineRestriction
    y : array of shape (n_outputs,)
        The outputs at step 0.

    Returns
    -------
    Measurement or None
        The Richardson extrapolation of the two, or None if they differ too much, so that more steps are needed.
    """
    h = step_scales(line).largest_step * STEP_BESIDE_LARGEST
    with np.errstate(all="ignore"):
        wide = (line.evaluate_real(h) - line.evaluate_real(-h)) / (2.0 * h)
        narrow = (line.evaluate_real(h / 2.0) - line.evaluate_real(-h / 2.0)) / h
        value = (4.0 * narrow - wide) / 3.0
        roundoff = ROUNDOFF * np.abs(y) / h
        change = np.abs(wide - narrow) + 0.0 * y  # nan where y is infinite
        if not np.all(change <= MAX_CHANGE * np.abs(value) + roundoff):  # or nan
            return None
    return smooth_measurement(value, ERROR_BESIDE_CHANGE * change + roundoff)
