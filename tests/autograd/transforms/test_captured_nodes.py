"""Transforms of functions that use nodes from outside: results are nodes, with derivatives as SymPy computes them."""

import threading

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import (
    Tensor,
    Value,
    compile,
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

V, W = sympy.symbols("v w")


FUNCTIONS = {"sin": (np.sin, sympy.sin), "tanh": (np.tanh, sympy.tanh), "half": (lambda x: 0.5 * x, lambda x: x / 2)}


class Program:
    """An expression in v and w, as a function of nodes and as one of symbols."""

    def __init__(self, tree):
        self.tree = tree

    def __call__(self, v, w):
        return self._value(self.tree, v, w, 0)

    @property
    def formula(self):
        return self._value(self.tree, V, W, 1)

    def _value(self, tree, v, w, language):
        if isinstance(tree, float):
            return tree
        if isinstance(tree, str):
            return {"v": v, "w": w}[tree]
        head, *args = tree
        a, *rest = (self._value(arg, v, w, language) for arg in args)
        if head in FUNCTIONS:
            return FUNCTIONS[head][language](a)
        return a * rest[0] if head == "*" else a + rest[0]

    def __repr__(self):
        return f"Program({self.tree!r})"


leaves = st.sampled_from(["v", "w", "v", "w", 0.5, -1.5])
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(st.tuples(st.sampled_from("*+"), inner, inner), st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner)),
    max_leaves=6,
)
# Each program depends on w, and to second order on v.
programs = st.builds(lambda tree: Program(("+", ("*", "w", ("*", "v", "v")), tree)), trees)


points = st.floats(-1.5, 1.5).map(lambda x: round(x, 3))


# For each transform: a function of f and a point, and the same derivative of a SymPy formula.
INNER = {
    "grad": (lambda f, v: grad(f)(v), lambda e: e.diff(V)),
    "value": (lambda f, v: value_and_grad(f)(v)[0], lambda e: e),
    "value_and_grad": (lambda f, v: value_and_grad(f)(v)[1], lambda e: e.diff(V)),
    "aux": (lambda f, v: grad(lambda v: (v * v, f(v)), has_aux=True)(v)[1], lambda e: e),
    "vjp": (lambda f, v: vjp(f, v)[1](1.5)[0], lambda e: 1.5 * e.diff(V)),
    "jvp": (lambda f, v: jvp(f, (v,), (1.5,))[1], lambda e: 1.5 * e.diff(V)),
    "hvp": (lambda f, v: hvp(f, v, 2.0), lambda e: 2 * e.diff(V, 2)),
    "jacobian": (lambda f, v: jacobian(f)(v), lambda e: e.diff(V)),
    "forward jacobian": (lambda f, v: jacobian(f, mode="fwd")(v), lambda e: e.diff(V)),
    "hessian": (lambda f, v: hessian(f)(v), lambda e: e.diff(V, 2)),
    "nested": (lambda f, v: grad(grad(f))(v), lambda e: e.diff(V, 2)),
}


def number(formula, v, w):
    return float(formula.subs({V: v, W: w}))


@pytest.mark.parametrize("name", INNER)
@given(program=programs, v=points, w=points)
def test_derivatives_with_respect_to_captured_nodes_agree_with_sympy(name, program, v, w):
    inner, formula = INNER[name]
    expected = formula(program.formula)
    outer = expected * W + expected
    node = Value(w)
    result = inner(lambda v: program(v, node), v)
    assert isinstance(result, Value)
    assert_close(result.data, number(expected, v, w), rtol=1e-9, atol=1e-9)
    (result * node + result).backward()
    assert_close(node.grad, number(outer.diff(W), v, w), rtol=1e-9, atol=1e-9)

    def outer_function(w):
        r = inner(lambda v: program(v, w), v)
        return r * w + r

    assert_close(grad(outer_function)(w), node.grad, rtol=1e-12, atol=1e-12)
    assert_close(jvp(outer_function, (w,), (1.0,))[1], node.grad, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", INNER)
@given(program=programs, v=points, w=points)
def test_compiled_derivatives_agree_with_sympy_at_other_numbers(name, program, v, w):
    inner, formula = INNER[name]
    expected = formula(program.formula) * W + W
    step = compile(lambda w: inner(lambda v: program(v, w), v) * w + w)
    for at in (w, 0.7 - w):
        value, slope = step.value_and_grad(at)
        assert_close(value, number(expected, v, at), rtol=1e-9, atol=1e-9)
        assert_close(slope, number(expected.diff(W), v, at), rtol=1e-9, atol=1e-9)


@given(st.lists(points, min_size=2, max_size=2), st.lists(points, min_size=2, max_size=2))
def test_derivatives_of_tensors_with_respect_to_captured_tensors(w, v):
    node, at = Tensor(w), np.array(v)
    f = lambda v: (node * v**3).sum() * node[0]  # noqa: E731 - a function of an array
    # ∂f/∂v = 3 w₀ w ⊙ v², then its derivatives with respect to w
    for first in (grad(f)(at), vjp(f, at)[1](1.0)[0], jacobian(f)(at), jacobian(f, mode="fwd")(at)):
        assert isinstance(first, Tensor)
        assert_close(first.data, 3 * w[0] * node.data * at**2, rtol=1e-12, atol=1e-12)
        by_w = gradients(first.sum(), node)
        expected = 3 * w[0] * at**2
        expected[0] += 3 * np.sum(node.data * at**2)
        assert_close(by_w, expected, rtol=1e-12, atol=1e-12)
    second = hessian(f)(at)
    assert_close(second.data, np.diag(6 * w[0] * node.data * at), rtol=1e-12, atol=1e-12)
    assert_close(gradients(second.sum(), node)[1], 6 * w[0] * v[1], rtol=1e-12, atol=1e-12)
    assert_close(hvp(f, at, np.ones(2)).data, 6 * w[0] * node.data * at, rtol=1e-12, atol=1e-12)


def test_input_gradients_of_a_network_train_its_parameters():
    model = nn.MLP([2, 3, 1], hidden="tanh", rng=0)
    x = np.array([0.3, -0.8])

    def penalty():
        return (grad(lambda x: model(x).sum())(x) ** 2).sum()

    loss = penalty()
    loss.backward()
    assert isinstance(loss, Tensor | Value)
    weight = model.parameters()[0]
    h = 1e-5
    slope = weight.grad[1, 0]
    ends = []
    for step in (h, -h):
        shifted = weight.data.copy()
        shifted[1, 0] += step
        before, weight.data = weight.data.copy(), shifted
        ends.append(float(penalty()))
        weight.data = before
    assert_close((ends[0] - ends[1]) / (2 * h), slope, rtol=1e-6)


def test_pullbacks_and_pushforwards_are_differentiable_in_their_argument():
    _, pullback = vjp(lambda v: v * v, 3.0)
    assert pullback(1.0) == (6.0,)
    assert isinstance(pullback(1.0)[0], float)
    assert_close(float(grad(lambda g: pullback(g)[0] * g)(2.0)), 24.0)
    t = Value(2.0)
    value, tangent = jvp(lambda v: v * v, (3.0,), (t,))
    assert isinstance(value, float)
    (tangent * t).backward()
    assert_close(t.grad, 24.0)
    direction = Value(0.5)
    (hvp(lambda v: v**3, 2.0, direction) * direction).backward()
    assert_close(direction.grad, 12.0)
    with no_grad():
        assert isinstance(pullback(t)[0], float)


def test_plain_numbers_stay_plain():
    w, t = Value(3.0), Tensor([1.0, 2.0])
    constant = Tensor([1.0, 2.0], constant=True)
    assert isinstance(grad(lambda v: v * v)(2.0), float)
    assert isinstance(grad(lambda v: Value(3.0) * v)(2.0), float)
    assert isinstance(grad(lambda v: stop_gradient(w) * v)(2.0), float)
    assert isinstance(grad(lambda v: v * v * w.data)(2.0), float)
    assert isinstance(grad(lambda v: (constant * t.detach() * v).sum())(np.ones(2)), np.ndarray)
    assert [type(x) for x in vjp(lambda v: (v * 2.0, constant), 2.0)[0]] == [float, np.ndarray]
    constant_tangent = Tensor(3.0, constant=True)
    assert isinstance(jvp(lambda v: v * v, (2.0,), (constant_tangent,))[1], float)
    assert isinstance(vjp(lambda v: v * v, 2.0)[1](constant_tangent)[0], float)
    value, pullback = vjp(lambda v: w * v, 2.0)
    with no_grad():
        assert isinstance(grad(lambda v: w * v)(2.0), float)
        assert isinstance(pullback(1.0)[0], float)
        assert isinstance(hvp(lambda v: (t * v**3).sum(), np.ones(2), np.ones(2)), np.ndarray)
        assert isinstance(vjp(lambda v: w * v, 2.0)[0], float)
    assert isinstance(value, Value)


def test_captures_are_found_after_the_function_has_walked_their_graph():
    w = Value(3.0)

    def f(v):
        (w * w).backward()  # which visits w
        return w * v

    assert isinstance(grad(f)(2.0), Value)
    assert isinstance(grad(lambda v: gradients(w * w, w) * v)(2.0), float)

    def other_thread(v):
        thread = threading.Thread(target=(w * w).backward)
        thread.start()
        thread.join()
        return w * v

    assert isinstance(grad(other_thread)(2.0), Value)


def test_a_leaf_made_inside_is_not_captured():
    def f(v):
        own = Value(3.0)
        (own * own).backward()
        return own * v

    assert isinstance(grad(f)(2.0), float)


def test_auxiliary_results_that_depend_on_captured_nodes_are_nodes():
    w = Value(3.0)
    gradient, aux = grad(lambda v: (v * v, {"plain": v, "node": w * v, "itself": w, "count": 2}), has_aux=True)(2.0)
    assert isinstance(gradient, float)
    assert [type(aux[k]) for k in ("plain", "node", "itself", "count")] == [float, Value, Value, int]
