"""What the tests hold the library to: numerical derivatives with their own error bar. No line of the library is used here."""

import numpy as np


def derivative(f, h=0.05, shrink=1.6, rungs=16):
    """f'(0) of a function of one step, and an estimate of its error: central differences, extrapolated (Ridders 1982)."""
    best, error = np.nan, np.inf
    last = []
    for i in range(rungs):
        step = h / shrink**i
        row = [(f(step) - f(-step)) / (2 * step)]
        factor = shrink**2
        for coarse in last:
            row.append((factor * row[-1] - coarse) / (factor - 1))
            factor *= shrink**2
            change = max(abs(row[-1] - row[-2]), abs(row[-1] - coarse))
            if change <= error:
                best, error = row[-1], change
        if last and abs(row[-1] - last[-1]) > 4 * error:
            break
        last = row
    return best, error


def assert_derivative(claimed, f, scale=1.0, h=0.05, rtol=1e-7):
    """The claimed derivative agrees with the numerical one within its error bar and a small tolerance."""
    value, error = derivative(f, h)
    assert abs(claimed - value) <= 20 * error + rtol * max(abs(value), scale), (claimed, value, error)


def same(a, b, rtol=4e-15, atol=0.0):
    """Equal numbers: nan equals nan, infinities by sign, the rest to a few units in the last place."""
    np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, equal_nan=True)
