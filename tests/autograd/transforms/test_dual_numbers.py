"""Dual numbers: arithmetic, rows of the table, and comparisons."""

import numpy as np
import pytest

from autograd.transforms import dual_numbers
from oracles import assert_close


def test_arithmetic_and_rows_on_dual_numbers():
    a, b = dual_numbers.Dual(np.array([2.0, 3.0]), np.array([1.0, 0.5])), dual_numbers.Dual(np.float64(4.0), np.float64(2.0))
    for y, p, t in [
        (a + b, [6, 7], [3, 2.5]),
        (1.0 + a, [3, 4], [1, 0.5]),
        (a - b, [-2, -1], [-1, -1.5]),
        (a - 1.0, [1, 2], [1, 0.5]),
        (1.0 - a, [-1, -2], [-1, -0.5]),
        (a * b, [8, 12], [8, 8]),
        (np.array([1.0, 2.0]) * a, [2, 6], [1, 1]),
        (a / b, [0.5, 0.75], [0, -0.25]),
        (a / 2.0, [1, 1.5], [0.5, 0.25]),
        (6.0 / a, [3, 2], [-1.5, -1 / 3]),
        (a**2.0, [4, 9], [4, 3]),
        (2.0**b, 16, 32 * np.log(2.0)),
        (-a, [-2, -3], [-1, -0.5]),
        (abs(-a), [2, 3], [1, 0.5]),
        (dual_numbers.DUAL.where(a > 2.5, a, 0.0), [0, 3], [0, 0.5]),
        (dual_numbers.DUAL.maximum(a, 2.5), [2.5, 3], [0, 0.5]),
        (dual_numbers.DUAL.clip(a, 0.0, 2.5), [2, 2.5], [1, 0]),
        (dual_numbers.DUAL.concatenate([a, a]), [2, 3, 2, 3], [1, 0.5, 1, 0.5]),
        (dual_numbers.DUAL.prod(a), 6, 4),
        (dual_numbers.DUAL.dot(a, a), 13, 7),
    ]:
        assert_close(y.primal, np.asarray(p, float))
        assert_close(y.tangent, np.asarray(t, float), rtol=1e-14)
    assert [(a > 2.5).tolist(), (a >= b).tolist(), (a < b).tolist(), (a <= 2.0).tolist()] == [
        [False, True],
        [False] * 2,
        [True] * 2,
        [True, False],
    ]
    assert dual_numbers.DUAL.exp(0.0) == 1.0
    assert dual_numbers.DUAL.sum(np.ones(3)) == 3.0
    assert dual_numbers.DUAL.where(True, 1.0, 2.0) == 1.0
    assert dual_numbers.DUAL.prod(np.array([2.0, 3.0])) == 6.0
    with pytest.raises(AttributeError):
        _ = dual_numbers.DUAL._nothing
