"""Hessian-vector products: of powers, with hooks, inside anomaly() and no_grad(), and of arrays that are used whole and in parts."""

import numpy as np
import pytest

from autograd import Tensor, anomaly, grad, hvp, jvp, no_grad, scope


@pytest.mark.parametrize(
    ("f", "x", "want"),
    [
        (lambda x: x**3, -1.0, -6.0),
        (lambda x: x**-1, -2.0, -0.25),
        (lambda x: (-x) ** 2 * x, -1.0, -6.0),
        (lambda x: x**0.5, 0.0, -np.inf),
        (lambda x: 2.0**x, 1.0, 2.0 * np.log(2.0) ** 2),
        (lambda x: x**3, 0.0, 0.0),
    ],
)
def test_hessian_vector_products_of_powers(f, x, want):
    assert hvp(f, x, 1.0) == pytest.approx(want, rel=1e-14)
    assert jvp(grad(f), (x,), (1.0,))[1] == pytest.approx(want, rel=1e-14)


def test_anomaly_finds_an_infinite_derivative():
    with anomaly(), pytest.raises(ArithmeticError, match="the derivative of sqrt with respect to its first argument made inf"):
        hvp(lambda x: np.sqrt(x).sum(), np.zeros(1), np.ones(1))


def test_a_hook_that_the_function_registers_is_called():
    def f(x):
        y = np.sin(x)
        y.register_hook(lambda g: 2.0 * g)
        return y.sum()

    x, v = np.array([0.5]), np.array([1.0])
    np.testing.assert_allclose(hvp(f, x, v), jvp(grad(f), (x,), (v,))[1])


def test_transforms_of_nodes_record_inside_no_grad():
    t = Tensor([1.0, 2.0])

    def f(x):
        with scope("inside"), no_grad():
            pass  # a block that closes inside leaves the rest recorded
        return (x**3).sum()

    with no_grad():
        np.testing.assert_array_equal(grad(f)(t).data, [3.0, 12.0])
        np.testing.assert_array_equal(hvp(f, t, np.ones(2)).data, [6.0, 12.0])


def test_the_gradient_of_a_leaf_sums_whole_and_partial_cotangents():
    np.testing.assert_array_equal(grad(lambda x: x[0] * x[1] + (x * x).sum())(np.array([1.0, 2.0])), [4.0, 5.0])


def test_the_gradient_of_a_result_sums_whole_and_partial_cotangents():
    def f(x):
        y = 2.0 * x
        return y[0] * y[1] + (y * y).sum()

    np.testing.assert_array_equal(grad(f)(np.array([1.0, 2.0])), [16.0, 20.0])
