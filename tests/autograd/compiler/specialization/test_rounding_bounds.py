"""Differences that rounding explains are allowed."""

import builtins

import numpy as np
import pytest

from autograd import Tensor, Value, compile, softmax
from autograd.compiler.codegen.generated_function import _perturb
from autograd.compiler.specialization.rounding_bounds import compare, vjp_magnitude
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


def test_a_number_has_its_own_bound_next_to_a_large_one():
    right, wrong = [1e8, 1.0], [1e8, 1.0 + 1e-6]
    assert compare("value", right, right, right)[1] == ""
    assert "where the function gives 1" in compare("value", wrong, right, wrong)[1]
    rows = [np.array([1e8, 0.0]), np.array([1.0, 2.0])]
    assert compare("value", [rows[0], rows[1] + 1e-6], rows, None)[1]


def test_the_entries_of_tables_are_perturbed_like_arrays():
    moved = _perturb([1.0, np.array([2.0, 3.0]), np.array([0, 1])], 1e-3, np.random.default_rng(0))
    assert 0.0 < abs(moved[0] - 1.0) < 1e-3
    assert (moved[1] != [2.0, 3.0]).all()
    np.testing.assert_array_equal(moved[2], [0, 1])
