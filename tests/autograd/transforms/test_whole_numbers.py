"""Whole numbers are floats in transforms, as in Value(3) and Tensor([1, 2])."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import DataError, compile, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

SMALL = st.integers(-9, 9)


@dataclasses.dataclass
class Point:
    x: object
    y: object


@given(SMALL, SMALL, st.sampled_from([int, np.int64, np.int8, float]))
def test_derivatives_at_whole_numbers(m, n, kind):
    x, v = kind(m), kind(n)
    cube = lambda x: x * x * x  # noqa: E731 - the function that each transform gets
    assert grad(cube)(x) == 3.0 * m * m
    assert value_and_grad(cube)(x) == (m**3, 3.0 * m * m)
    assert vjp(cube, x)[1](v) == (3.0 * m * m * n,)
    assert jvp(cube, (x,), (v,)) == (m**3, 3.0 * m * m * n)
    assert jacobian(cube)(x) == 3.0 * m * m
    assert hessian(cube)(x) == 6.0 * m
    assert hvp(cube, x, v) == 6.0 * m * n
    assert isinstance(grad(cube)(x), float)


@given(st.lists(SMALL, min_size=1, max_size=3))
def test_arrays_and_containers_of_whole_numbers(numbers):
    array = np.array(numbers)
    gradient = grad(lambda a: (a * a).sum())(array)
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, 2.0 * array)
    assert grad(lambda tree: sum(x * x for x in tree["x"]))({"x": numbers}) == {"x": [2.0 * n for n in numbers]}
    assert grad(lambda p: p.x * p.y)(Point(2, 3)) == Point(3.0, 2.0)


def test_what_is_not_differentiated_stays_as_it_is():
    kinds = []

    def f(x, n, axis):
        kinds.append((type(n), type(axis)))
        return (x**n).sum(axis)

    assert grad(f)(np.array([1, 2]), 3, 0).tolist() == [3.0, 12.0]
    assert kinds == [(int, int)]
    assert compile(grad(lambda x, n: x**n))(2.0, 3) == 12.0


@pytest.mark.parametrize("x", [True, np.True_, np.array([True, False])])
def test_truth_values_are_refused(x):
    with pytest.raises(
        DataError, match=r"grad\(\) differentiates numbers, not .*: pass a float.*, or exclude the argument by argnums"
    ):
        grad(lambda x: x)(x)
