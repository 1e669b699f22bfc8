"""Algebraic simplification keeps every number."""

import math

from autograd import compile


def test_signs_of_zero_and_overflow_of_large_factors_are_kept():
    one = compile(lambda x: 1.0 / (-(x - 1.0)))
    assert (one(2.0), one(1.0)) == (-1.0, -math.inf)
    assert compile(lambda x: [x / c for c in (0.0, -0.0, 1.0, 2.0, 3.0)])(1.0)[:2] == [math.inf, -math.inf]
    large = compile(lambda x: 1e200 * (1e200 * x))
    assert (large(1.0), large(1e-300)) == (math.inf, 1e100)
