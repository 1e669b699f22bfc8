"""Numerical derivatives with an error bar, and comparisons of numbers. Nothing here uses the library."""

import numpy as np

# How many error bars a derivative may be off, besides a relative tolerance. Measured on 14 000 derivatives of seven smooth functions:
# the error is 1.6 bars in the median and 12 at the 90th percentile; beyond that it is roundoff (1e-13), which the tolerance covers.
# Doubling it still finds a wrong factor or sign.
ERROR_BARS = 20

# Extrapolation stops if two results differ by more than so many error bars, since smaller steps then add only roundoff. Doubled, a
# derivative takes 16 evaluations in place of 14, and is not more accurate.
STOP_FACTOR = 4

# A few units in the last place of a double, 2.2e-16. Twice as much would hide one more wrong bit.
FEW_ULPS = 4e-15


def derivative(f, h=0.05, shrink=1.6, rungs=16):
    """Return f'(0) of a function of one number, and an estimate of its error.

    Central differences at ``rungs`` steps, which begin with ``h`` and shrink by the factor ``shrink``, are extrapolated.

    References
    ----------
    C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4 (1982).
    """
    best, error = np.nan, np.inf
    previous = []
    for i in range(rungs):
        step = h / shrink**i
        row = [(f(step) - f(-step)) / (2 * step)]
        factor = shrink**2
        for coarse in previous:
            row.append((factor * row[-1] - coarse) / (factor - 1))
            factor *= shrink**2
            change = max(abs(row[-1] - row[-2]), abs(row[-1] - coarse))
            if change <= error:
                best, error = row[-1], change
        if previous and abs(row[-1] - previous[-1]) > STOP_FACTOR * error:
            break
        previous = row
    return best, error


def assert_derivative(claimed, f, scale=1.0, h=0.05, rtol=1e-7):
    """Assert that a derivative agrees with the numerical one within the error bar and a small tolerance."""
    value, error = derivative(f, h)
    assert abs(claimed - value) <= ERROR_BARS * error + rtol * max(abs(value), scale), (claimed, value, error)


def assert_close(a, b, rtol=FEW_ULPS, atol=0.0):
    """Assert that numbers are equal up to rounding: nan equals nan, and infinities must have the same sign."""
    np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, equal_nan=True)


def move_away(x, kinks, margin):
    """Return `x`, or the number two margins above a kink that is nearer than one margin.

    Moving a drawn point costs nothing; `assume` would throw the draw away. Kinks lie further apart than three margins.
    """
    for kink in kinks:
        if abs(x - kink) <= margin:
            return kink + 2 * margin
    return x
