"""The complex-step derivative, which has no cancellation error, for functions that turn out to be analytic.

References
----------
.. [1] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40 (1998), 110-112.
"""

from __future__ import annotations

import numpy as np

from autograd.testing.measurement.estimate import EPS, Array, Measurement, smooth_measurement
from autograd.testing.measurement.line_restriction import LineRestriction
from autograd.testing.measurement.step_sizes import step_scales

# The imaginary step h. Its error is of order h**2, so anything below eps**(1/2) = 1e-8 relative to the scale of the function is
# exact; it is so small that it works for points of any size, and its square, 1e-300, is still no subnormal number. With 1e-75 no
# verdict changes.
IMAGINARY_STEP = 1e-150

# How much the real part of the outputs may change: only by roundoff, of up to some thousand operations, if the function is
# analytic. A function that treats complex numbers differently is caught here. Doubled, its slope may be wrong by as much, 2e-12.
REAL_PART_RTOL = 1e-12

# How far the real difference may be from the slope, relatively. It confirms three digits; its own error is about 1e-8 for functions
# of the point's scale, and larger for faster ones. Doubled, no recorded check changes.
REAL_DIFFERENCE_RTOL = 1e-3

# The steps of the real difference. The first is 2**-13 = eps**(1/4) of the point's size, the best step for a second difference,
# which measures the curvature. The second is 7.6e-6, about eps**(1/3), of its smallest entry, the best step of a central
# difference, for functions that bend faster. Doubled, the truncation error is 4 times larger, and functions that are 2 times faster
# are not confirmed.
REAL_STEP_RELATIVE_TO_LARGEST = 2.0**-10
REAL_STEP_RELATIVE_TO_SMALLEST = 2.0**-17

# The largest second difference relative to the first: beyond it, the function bends at the scale of the step, or has a kink there.
# Doubled, no recorded check changes, and 21 recorded checks need fewer evaluations.
MAX_CURVATURE = 0.05

# The relative roundoff of a function value, as in ``difference_quotients``, where doubling is measured.
ROUNDOFF = 4.0 * EPS

# The relative error that is stated for the slope: 45 eps, since a complex function rounds at each operation, too. Doubled, claims
# are compared with an error of 2e-14, far below the roundoff that a rule is allowed.
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
    for h in (scales.largest_step * REAL_STEP_RELATIVE_TO_LARGEST, smallest * REAL_STEP_RELATIVE_TO_SMALLEST):
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
