"""Differences that rounding explains are allowed."""

import builtins

import numpy as np
import pytest

from autograd import Tensor, Value, compile, softmax
from autograd.compiler.specialization.rounding_bounds import vjp_magnitude
from oracles import assert_close


def sum_that_cancels(x):
    return builtins.sum([c * a for c, a in zip((0.1, 0.7, -0.8, 0.3, -0.3), x, strict=True)], 0.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sign(sum_that_cancels(x)) * x[0],
        lambda x: 1.0 / sum_that_cancels(x),
        lambda x: np.sqrt(np.abs(sum_that_cancels(x))),
        lambda x: sum_that_cancels(x) % 1.0,
    ],
)
def test_functions_that_magnify_rounding_errors_are_compiled(f):
    assert_close(compile(f)(np.ones(5)), f(np.ones(5)))


def test_magnitudes_count_both_signs_and_small_derivatives():
    x = Tensor([0.1, 0.2, 0.3])
    for node in (softmax(x), x * 1e-9, x.reshape(3, 1)):
        magnitude = vjp_magnitude(node, 0, np.ones(node.shape))
        assert magnitude.shape == (3,)
        assert np.all(magnitude > 0.0)
    assert vjp_magnitude(Value(20.0).tanh(), 0, 1.0) >= 1e-6
    assert vjp_magnitude(x.sum(), 0, np.ones(())).shape == (3,)
