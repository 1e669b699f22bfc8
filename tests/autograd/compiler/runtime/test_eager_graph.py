"""Derivatives of compiled functions to any order, and their methods inside transforms."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    Tensor,
    Value,
    compile,
    grad,
    gradients,
    hessian,
    hvp,
    jvp,
    no_grad,
    stop_gradient,
    value_and_grad,
)
from oracles import assert_close

X = sympy.symbols("x")
points = st.floats(-1.5, 1.5).map(lambda x: round(x, 3))

# How x reaches the two arguments of a compiled function, as code and as formulas.
WAYS = {
    "twice": (lambda x: (x, x), (X, X)),
    "related": (lambda x: (x, x * x), (X, X**2)),
    "both ways": (lambda x: (np.sin(x), x * np.sin(x)), (sympy.sin(X), X * sympy.sin(X))),
    "one only": (lambda x: (x, 2.0), (X, sympy.Integer(2))),
}
product = compile(lambda a, b: a * b * b + np.tanh(a))


@pytest.mark.parametrize("way", WAYS)
@given(x=points)
def test_arguments_that_depend_on_each_other_have_right_derivatives_of_any_order(way, x):
    arguments, (a, b) = WAYS[way]
    formula = a * b**2 + sympy.tanh(a)
    f = lambda x: product(*arguments(x))  # noqa: E731 - a function of x
    first, second, third = (float(formula.diff(X, n).subs(X, x)) for n in (1, 2, 3))
    assert_close(grad(f)(x), first, rtol=1e-9, atol=1e-9)
    for found in (grad(grad(f))(x), hessian(f)(x), hvp(f, x, 1.0), jvp(grad(f), (x,), (1.0,))[1]):
        assert_close(found, second, rtol=1e-9, atol=1e-9)
    assert_close(grad(grad(grad(f)))(x), third, rtol=1e-8, atol=1e-8)


@given(points)
def test_a_node_that_is_an_argument_and_captured_counts_once_in_each_place(w):
    node = Value(w)
    c = compile(lambda b: b * node)
    assert_close(gradients(c(node), node, create_graph=True).data, 2 * w)
    assert_close(gradients(c(node * node), node, create_graph=True).data, 3 * w * w, rtol=1e-12, atol=1e-12)
    slope = gradients(c(node * node), node, create_graph=True)
    assert_close(gradients(slope, node), 6 * w, rtol=1e-12, atol=1e-12)


def test_a_compiled_function_that_does_not_depend_on_its_argument_has_zero_derivatives():
    w = Value(2.0)
    c = compile(lambda b: w * w)
    for found in (grad(c)(2.0), jvp(c, (2.0,), (1.0,))[1]):
        assert float(found) == 0.0
    assert hvp(c, 2.0, 1.0) == 0.0
    u = Value(3.0)
    assert gradients(c(u), u, create_graph=True).data == 0.0
    t = Tensor([1.0, 2.0])
    still = compile(lambda b: w * w + 0.0 * t.sum(), tensors=True)
    assert_close(np.asarray(grad(still)(np.ones(2)).data), [0.0, 0.0])


cube = compile(lambda x: x**3)


@given(points)
def test_methods_of_compiled_functions_are_followed_inside_transforms(x):
    for f, slope in (
        (lambda x: x * cube.grad(x), 9 * x * x),  # x · 3x²
        (lambda x: cube.value_and_grad(x)[0] * x, 4 * x**3),
        (lambda x: x * cube.jvp((x,), (1.0,))[1], 9 * x * x),
        (lambda x: x * cube.hvp(x, 1.0), 12 * x),  # x · 6x
    ):
        assert_close(grad(f)(x), slope, rtol=1e-9, atol=1e-9)
        assert_close(jvp(f, (x,), (1.0,))[1], slope, rtol=1e-9, atol=1e-9)
        step = compile(f)
        assert_close(step.value_and_grad(x)[1], slope, rtol=1e-9, atol=1e-9)
        assert_close(step.grad(x + 0.5), grad(f)(x + 0.5), rtol=1e-9, atol=1e-9)
    assert_close(grad(lambda x: x * compile(lambda v: x * v * v).grad(2.0))(x), 8 * x, rtol=1e-12, atol=1e-12)
    node = Value(x)
    (node * cube.grad(node)).backward()
    assert_close(node.grad, 9 * x * x, rtol=1e-12, atol=1e-12)
    assert isinstance(cube.grad(x), float)
    with no_grad():
        assert isinstance(cube.grad(node), float)


# -- differentiating at what a transform gave, and at constants


@given(st.lists(points, min_size=2, max_size=2))
def test_results_of_transforms_and_constants_can_be_differentiated_at(x):
    cubes = lambda u: (u**3).sum()  # noqa: E731 - a function of an array
    w, at = Tensor(x), np.array(x)
    inner = grad(lambda t: (t * 2.0 + w).sum())(np.ones(2))
    assert_close(np.asarray(grad(cubes)(inner).data), [12.0, 12.0])
    for point in (Tensor(at, constant=True), w.detach(), stop_gradient(w)):
        assert_close(grad(cubes)(point).data, 3 * at**2, rtol=1e-12, atol=1e-12)
        assert_close(hessian(cubes)(point).data, np.diag(6 * at), rtol=1e-12, atol=1e-12)
        assert_close(jvp(cubes, (point,), (np.ones(2),))[1].data, np.sum(3 * at**2), rtol=1e-12, atol=1e-12)
    outer = lambda x: (grad(cubes)(grad(lambda t: (t * 2.0).sum())(x)) * x).sum()  # noqa: E731
    value, slope = value_and_grad(outer)(np.ones(2))
    assert_close(value, 24.0)
    assert_close(slope, [12.0, 12.0])


def test_values_that_were_made_in_no_grad_record_like_others():
    with no_grad():
        w = Value(1.0) * 0.5
    (w * w).backward()
    assert w.grad == 1.0
    (w * grad(lambda v: w * v)(2.0)).backward()
    assert w.grad == 2.0


def test_long_histories_of_captured_nodes_are_not_walked():
    h = Value(1.0)
    for _ in range(3000):
        h = h - 0.001 * grad(lambda v, h=h: h * v * v)(0.5)
    h.backward()
    assert_close(h.data, (1 - 0.001) ** 3000, rtol=1e-9)


def test_a_result_without_a_graph_has_zero_derivatives():
    x = Value(3.0)
    _, twice = compile(lambda x: [x * x, x.data * 2.0])(x)
    assert twice.data == 6.0
    assert gradients(twice, x, create_graph=True).data == 0.0
