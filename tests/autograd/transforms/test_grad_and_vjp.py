"""grad, value_and_grad, vjp, jvp, jacobian and hessian: values, structures of arguments and results, and nodes as inputs."""

import copy

import numpy as np
import pytest

import autograd as ag
from autograd import (
    Tensor,
    Value,
    define,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    stop_gradient,
    value_and_grad,
    vjp,
)
from oracles import assert_close


def test_numpy_functions_are_differentiated():
    t = np.tanh(0.5)
    assert_close(grad(grad(grad(np.tanh)))(0.5), (1 - t**2) * (6 * t**2 - 2), rtol=1e-14)
    J = jacobian(lambda x: np.sin(x[:, None] * x))(np.arange(3.0))
    assert J.shape == (3, 3, 3)
    x = np.arange(3.0)
    expected = np.zeros((3, 3, 3))
    for i, j, k in np.ndindex(3, 3, 3):
        expected[i, j, k] = np.cos(x[i] * x[j]) * ((i == k) * x[j] + (j == k) * x[i])
    assert_close(J, expected, rtol=1e-13)


def test_values_gradients_and_products_of_a_simple_function():
    def f(x, y, scale=1.0):
        return scale * x * y * y

    assert_close(value_and_grad(f)(3.0, 2.0), (12.0, 4.0))
    assert_close(grad(f, argnums=(0, 1))(3.0, 2.0, scale=10.0), (40.0, 120.0))
    assert_close(grad(f, argnums=-1)(3.0, 2.0), 12.0)
    value, pullback = vjp(f, 3.0, 2.0)
    assert_close(value, 12.0)
    assert_close(pullback(0.5), (2.0, 6.0))
    assert_close(jvp(f, (3.0, 2.0), (1.0, -1.0)), (12.0, -8.0))
    assert_close(hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, -1.0])), [6.0, -12.0])
    assert_close(hvp(lambda x, k: (x**3).sum() * k, np.array([1.0]), np.array([1.0]), 2.0), [12.0])


def test_auxiliary_output_inside_no_grad_is_plain():
    w = Value(3.0)
    with no_grad():
        gradient, aux = grad(lambda v: (v * v, w * v), has_aux=True)(2.0)
    assert (gradient, aux) == (4.0, 6.0)
    assert type(aux) is float


def test_auxiliary_output_comes_back_plain():
    def f(x):
        y = x * x
        return y, {"y": y, "n": 3}

    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, {"y": 9.0, "n": 3}), 6.0)
    assert grad(f, has_aux=True)(3.0) == (6.0, {"y": 9.0, "n": 3})
    assert grad(lambda x: (x * x, None), has_aux=True)(3.0) == (6.0, None)
    value, pullback, aux = vjp(f, 3.0, has_aux=True)
    assert (value, pullback(1.0), aux) == (9.0, (6.0,), {"y": 9.0, "n": 3})
    assert jvp(f, (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, {"y": 9.0, "n": 3})
    assert jacobian(f, has_aux=True)(3.0) == (6.0, {"y": 9.0, "n": 3})
    assert hessian(f, has_aux=True)(3.0) == (2.0, {"y": 9.0, "n": 3})


def test_one_node_returned_twice():
    def f(x):
        y = x * x
        return y, y

    assert vjp(f, 3.0)[1]((1.0, 10.0)) == (66.0,)


def test_results_that_do_not_depend_on_an_input_have_derivative_zero():
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert grad(lambda x, y: y * y, argnums=(0, 1))(1.0, 2.0) == (0.0, 4.0)
    assert_close(grad(lambda x: Value(2.0) * 1.0)(np.ones(2)), [0.0, 0.0])
    assert jvp(lambda x: 3.0, (1.0,), (1.0,)) == (3.0, 0.0)
    assert_close(jacobian(lambda x: np.ones(2))(1.0), [0.0, 0.0])
    assert grad(lambda x: grad(lambda y: x * 2.0)(1.0) + x)(1.0) == 1.0
    assert_close(jacobian(lambda x: x * 1.0)(np.ones(0)), np.zeros((0, 0)))


def test_nodes_in_nodes_out():
    a, t = Value(3.0), Tensor([1.0, 2.0])
    g = grad(lambda x: x * x * x)(a)
    assert isinstance(g, Value)
    g.backward()
    assert a.grad == 18.0
    h = grad(lambda x: (x * x).sum())(t)
    assert isinstance(h, Tensor)
    (h * [1.0, 3.0]).sum().backward()
    assert_close(t.grad, [2.0, 6.0])
    assert isinstance(jacobian(lambda x: x * x)(t), Tensor)
    assert grad(lambda x: x * x)(np.float64(3.0)) == 6.0
    y, dy = jvp(lambda x: x * x, (a,), (1.0,))
    assert isinstance(dy, Value)
    assert (y.data, dy.data) == (9.0, 6.0)
    assert jvp(lambda x: x * x, (a,), (Value(2.0),))[1].data == 12.0
    assert jvp(lambda x: x * t, (a,), (Value(2.0),))[1].data.tolist() == [2.0, 4.0]


def test_gradients_of_an_existing_graph():
    a, b, c = Value(3.0), Value(2.0), Value(1.0)
    y = a * a * b
    assert gradients(y, {"a": a, "b": [b]}) == {"a": 12.0, "b": [9.0]}
    assert gradients(y, c) == 0.0
    assert (a.grad, b.grad) == (0.0, 0.0)
    (second,) = gradients(y, [a], create_graph=True)
    assert gradients(second, [a, b]) == [4.0, 6.0]
    t = Tensor([1.0, 2.0])
    assert_close(gradients(t * t, t, cotangent=[1.0, 10.0]), [2.0, 40.0])
    assert_close(gradients(t * t, t, cotangent=Tensor([1.0, 10.0]), create_graph=True).data, [2.0, 40.0])
    m = a * b
    assert gradients(m * m, [m, a]) == [12.0, 24.0]
    z = ag.stack([a, b]).sum() * t.sum()
    assert gradients(z, [a, t])[0] == 3.0
    assert gradients(z, [a], create_graph=True)[0].data == 3.0


def test_stop_gradient_and_detach():
    assert grad(lambda x: stop_gradient(x) * x)(3.0) == 3.0
    assert grad(lambda x: stop_gradient({"x": x, "n": 2.0})["x"] * x)(3.0) == 3.0
    assert_close(grad(lambda x: (x.detach() * x).sum())(np.array([3.0])), [3.0])


def test_grad_of_captured_parameters_is_not_written():
    w = Tensor([2.0, 3.0])
    assert_close(grad(lambda x: (w * x * x).sum())(np.ones(2)).data, [4.0, 6.0])
    assert_close(w.grad, [0.0, 0.0])
    assert_close(copy.copy(w).data, [2.0, 3.0])


def test_define_overrides_a_derivative():
    straight = define("straight_through", lambda xp, a: xp.sign(a), lambda xp, y, a: 1.0)
    reverse = define("reversal", lambda xp, a: +a, lambda xp, y, a: -1.0)
    clipped = define(
        "gradient_clip", lambda xp, a: a * 1.0, vjp=lambda xp, i, g, y, a: xp.clip(g, -1.0, 1.0), jvp=lambda xp, i, t, y, a: t
    )
    assert grad(lambda x: straight(x) * x)(0.5) == 1.5
    assert grad(lambda x: reverse(x) * 2.0)(0.5) == -2.0
    assert_close(grad(lambda x: (clipped(x) * [0.5, 7.0]).sum())(np.zeros(2)), [0.5, 1.0])


def test_division_by_a_plain_zero_is_as_in_numpy():
    t = Tensor([1.0, -2.0])
    (t / 0.0).sum().backward()
    assert_close(t.grad, [np.inf, np.inf])
    assert grad(lambda x: x / -0.0)(1.0) == -np.inf
    assert_close(jvp(lambda x: x / 0.0, (np.ones(2),), (np.ones(2),))[1], [np.inf, np.inf])


def test_solve_of_a_stack_with_one_vector():
    A, b = np.stack([np.eye(2), 2.0 * np.eye(2)]) + 0.1, np.array([1.0, 2.0])
    f = lambda A, b: (np.linalg.solve(A, b) ** 2).sum()  # noqa: E731 - a function
    ga, gb = grad(f, argnums=(0, 1))(A, b)
    u, v = np.random.default_rng(0).normal(size=A.shape), np.array([0.3, -0.5])
    assert_close(jvp(f, (A, b), (u, v))[1], np.vdot(ga, u) + np.vdot(gb, v), rtol=1e-12)
    h = 1e-6
    assert_close((f(A + h * u, b + h * v) - f(A - h * u, b - h * v)) / (2 * h), np.vdot(ga, u) + np.vdot(gb, v), rtol=1e-7)


@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_jacobian_of_numbers_and_arrays_together(mode):
    """Along one entry all others stay: a part that does not move adds nothing, not even where its slope is infinite."""

    def f(x, t, y):
        return {"a": t * x, "b": np.sqrt(y), "c": 2.0}

    by_x, by_t, by_y = jacobian(f, argnums=(0, 1, 2), mode=mode)(3.0, np.array([1.0, 2.0]), 4.0)["a"]
    assert_close(by_x, [1.0, 2.0])
    assert_close(by_t, [[3.0, 0.0], [0.0, 3.0]])
    assert_close(by_y, [0.0, 0.0])
    rows = jacobian(f, argnums=(0, 1, 2), mode=mode)(3.0, np.array([1.0, 2.0]), 0.0)["b"]
    assert_close(rows[0], 0.0)
    assert_close(rows[1], [0.0, 0.0])
    assert rows[2] == np.inf
    assert [np.sum(d) for d in jacobian(f, argnums=(0, 1, 2), mode=mode)(3.0, np.ones(2), 4.0)["c"]] == [0.0] * 3
