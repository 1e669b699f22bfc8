"""Kinks: any value in Clarke's generalised gradient passes, and steep curvature is not taken for a kink."""

import numpy as np
import pytest

from autograd.testing import WrongValueError, check_vjp


@pytest.mark.parametrize("seed", [110, 120, 131, 138])
def test_each_side_of_many_simultaneous_kinks_passes(seed):
    side, sign = np.random.default_rng(seed).integers(0, 2, 40), np.where(np.arange(40) % 2, 1.0, -1.0)
    rule = lambda xs, g: (g * sign * np.where(xs[0] == 0.0, side, xs[0] > 0.0),)  # noqa: E731
    assert check_vjp(lambda x: np.sum(sign * np.maximum(x.real, 0.0)), rule, (np.zeros(40),)).verdict == "pass"


def test_different_sides_for_different_outputs_pass():
    def f(x, y):
        return np.array([np.maximum(x, y).sum(), np.minimum(x, y).sum(), 0.01 * np.abs(x.real - y.real).sum()]).real

    def rule(xs, g):
        x, y = xs
        slope = 0.01 * g[2] * np.sign(x - y)
        return g[0] * (x >= y) + g[1] * (x <= y) + slope, g[0] * (y > x) + g[1] * (y < x) - slope

    assert check_vjp(f, rule, (np.ones(2), np.ones(2)), raise_on_fail=False).verdict == "pass"


def test_a_steeply_curved_function_is_not_taken_for_a_kink():
    with pytest.raises(WrongValueError):
        check_vjp(lambda x: np.sin(1e5 * np.real(x)), lambda xs, g: (1.02e5 * g * np.cos(1e5 * xs[0]),), (1.00001,))


@pytest.mark.parametrize("distance", [-1e-3, -1e-7, -1e-9, 1e-12, 1e-7, 1e-5])
def test_right_rules_pass_near_a_kink(distance):
    for f, slope in ((lambda x: np.maximum(x, 0.0), lambda x: 1.0 * (x > 0)), (lambda x: np.abs(x) + x, lambda x: np.sign(x) + 1)):
        x = np.array([distance, 0.7])
        assert check_vjp(f, lambda i, g, s=slope: (g * s(i[0]),), (x,), raise_on_fail=False).verdict == "pass"
