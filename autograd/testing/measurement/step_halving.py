"""A derivative from two central differences, for functions that are smooth enough for that."""

from __future__ import annotations

import numpy as np

from autograd.testing.measurement.estimate import Array, Measurement, smooth_measurement
from autograd.testing.measurement.line_restriction import LineRestriction
from autograd.testing.measurement.step_sizes import step_scales

# The larger step, 2**-14 = 6e-5 of the point's size. The best step is eps**(1/3) = 6e-6 for a central difference and eps**(1/5) =
# 7e-4 for the extrapolated one; this is their geometric mean. Doubled, truncation errors are 16 times larger and roundoff half as
# large.
STEP_RELATIVE_TO_LARGEST = 2.0**-11

# The roundoff of the values, relative to them: 36 eps. The extrapolation magnifies the roundoff of one value by about 1.5, so that
# values may be off by 24 units in the last place. Doubled, more claims are left to the whole sequence of steps, which decides the
# same.
ROUNDOFF = 8e-15

# By how much the two differences may differ, relatively. For a function that varies with the wave number k the change is (k h)**2 /
# 8, so that k h < 0.03. Doubled, k h < 0.04.
MAX_CHANGE = 1e-4

# The error of the extrapolated slope as a fraction of that change. For k h < 0.03 the next term of the series is less than 1e-4 of
# the change, so that this leaves a factor of 300 to functions whose derivatives grow faster. Doubled, the stated errors are
# doubled, and more claims are left to the whole sequence of steps.
ERROR_RELATIVE_TO_CHANGE = 0.03


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
    h = step_scales(line).largest_step * STEP_RELATIVE_TO_LARGEST
    with np.errstate(all="ignore"):
        wide = (line.evaluate_real(h) - line.evaluate_real(-h)) / (2.0 * h)
        narrow = (line.evaluate_real(h / 2.0) - line.evaluate_real(-h / 2.0)) / h
        value = (4.0 * narrow - wide) / 3.0
        roundoff = ROUNDOFF * np.abs(y) / h
        change = np.abs(wide - narrow) + 0.0 * y  # nan where y is infinite
        if not np.all(change <= MAX_CHANGE * np.abs(value) + roundoff):  # or nan
            return None
    return smooth_measurement(value, ERROR_RELATIVE_TO_CHANGE * change + roundoff)
