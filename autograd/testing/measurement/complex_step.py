"""The complex-step derivative, which has no cancellation error, for functions that turn out to be analytic.

References
----------
.. [1] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40 (1998), 110-112.
"""

from __future__ import annotations

import numpy as np

from autograd.testing.measurement.estimate import EPS, Array, Measurement, smooth_measurement
from autograd.testing.measurement.line_restriction import LineRestriction, step_scales

IMAGINARY_STEP = 1e-150
REAL_PART_RTOL = 1e-12
REAL_DIFFERENCE_RTOL = 1e-3
REAL_STEP_BESIDE_LARGEST = 2.0**-10
REAL_STEP_BESIDE_SMALLEST = 2.0**-17
MAX_CURVATURE = 0.05
ROUNDOFF = 4.0 * EPS
RTOL = 1e-14


def complex_step_measurement(line: LineRestriction, y: Array) -> Measurement | None:
    """Measure the derivative by a complex step, and confirm it by a real difference.

    Parameters
    ----------
    line : LineRestriction
    y : array of shape (n_outputs,)
        The outputs at step 0.

    Returns
    -------
    Measurement or None
        None if the function is not analytic here as far as this can be seen: it has no complex values, a complex step changes its
        real part, or a real difference contradicts the result.
    """
    scales = step_scales(line)
    smallest = min(scales.largest_step, scales.smallest_size)
    for h in (scales.largest_step * REAL_STEP_BESIDE_LARGEST, smallest * REAL_STEP_BESIDE_SMALLEST):
        forward, backward = line.evaluate_real(h), line.evaluate_real(-h)
        slope = (forward - backward) / (2.0 * h)
        roundoff = ROUNDOFF * (np.abs(y) + np.abs(forward)) / h
        curvature = np.abs(forward - 2.0 * y + backward)
        is_straight = curvature <= MAX_CURVATURE * np.abs(forward - backward) + roundoff * h
        if np.all(np.isfinite(slope)) and np.all(is_straight):
            value = _confirmed_slope(line, y, slope, roundoff)
            if value is not None:
                return smooth_measurement(value, RTOL * np.abs(value))
    return None


def complex_step_slope(line: LineRestriction) -> Array | None:
    """Return the slope by a complex step, unconfirmed.

    Parameters
    ----------
    line : LineRestriction

    Returns
    -------
    array of shape (n_outputs,) or None
        The imaginary part of f(x + i h u) divided by h, or None if the function has no value there.
    """
    z = line.evaluate(1j * IMAGINARY_STEP)
    return None if z is None else z.imag / IMAGINARY_STEP


def _confirmed_slope(line: LineRestriction, y: Array, real_slope: Array, roundoff: Array) -> Array | None:
    """Return the complex-step slope, or None if the real part of the outputs or the real difference contradicts it."""
    z = line.evaluate(1j * IMAGINARY_STEP)
    if z is None or z.dtype.kind != "c":
        return None
    slope = z.imag / IMAGINARY_STEP
    with np.errstate(all="ignore"):
        keeps_real_part = np.abs(z.real - y) <= REAL_PART_RTOL * np.abs(y)
        size = np.maximum(np.abs(slope), np.abs(real_slope))
        agrees = np.abs(slope - real_slope) <= REAL_DIFFERENCE_RTOL * size + roundoff
    return slope if bool(np.all(keeps_real_part & agrees & np.isfinite(slope))) else None
