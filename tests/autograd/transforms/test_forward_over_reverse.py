"""Hessian-vector products by dual numbers, against numerical derivatives of the gradient."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value, anomaly, define, grad, hessian, hvp, jvp, no_grad
from autograd.testing import strategies
from autograd.testing.measurement.derivative import measure
from autograd.testing.measurement.estimate import SMOOTH
from autograd.testing.measurement.line_restriction import LineRestriction
from oracles import assert_close


def directions(program, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=np.shape(x))[()] for x in program.inputs]


@settings(deadline=None)
@given(st.one_of(strategies.programs(), strategies.programs(scalar=True, most=16)), st.integers(0, 1000))
def test_random_programs_against_numerical_derivatives_of_the_gradient(program, seed):
    xs, vs = list(program.inputs), directions(program, seed)
    f = lambda inputs: ag.sum(ag.sin(program(*inputs)))  # noqa: E731 - a function of a list
    product = np.concatenate([np.ravel(p) for p in hvp(f, xs, vs)])

    def flat_gradient(*at):
        return np.concatenate([np.ravel(g) for g in grad(f)([x[()] if np.ndim(x) else float(x) for x in at])])

    arrays = [np.asarray(x, float) for x in xs]
    line = LineRestriction(flat_gradient, arrays, [np.asarray(v) for v in vs], [(-np.inf, np.inf)] * len(xs), product.size)
    value, error, _, _, kind = measure(line, flat_gradient(*arrays))
    scale = np.max(np.abs(product), initial=1.0)
    # A saturated sigmoid makes the gradient a staircase. A step that stays on one stair measures 0 without a visible error.
    step = 1e-4
    there, back = (flat_gradient(*(x + h * v for x, v in zip(arrays, vs, strict=True))) for h in (step, -step))
    is_on_a_stair = np.abs((there - back) / (2.0 * step) - value) > 1e-3 * np.abs(value) + 1e-8 * scale
    is_resolved = (kind == SMOOTH) & (error < 1e-3 * np.abs(value) + 1e-6) & ~is_on_a_stair
    assert np.all(
        np.abs(product - value)[is_resolved] <= 20.0 * error[is_resolved] + 1e-6 * np.abs(value)[is_resolved] + 1e-8 * scale
    )
    by_composition = np.concatenate([np.ravel(p) for p in jvp(grad(f), (xs,), (vs,))[1]])
    np.testing.assert_allclose(product, by_composition, rtol=1e-8, atol=1e-10 * scale)


def test_products_have_the_types_of_the_inputs():
    f = lambda p: (p["w"] ** 3).sum() * p["b"]  # noqa: E731 - a function of a dict
    at, along = {"w": np.array([1.0, 2.0]), "b": 3.0}, {"w": np.array([1.0, 0.0]), "b": 0.5}
    product = hvp(f, at, along)
    assert_close(product["w"], [6.0 * 3.0 + 3.0 * 0.5, 12.0 * 0.5])
    assert (type(product["b"]), product["b"]) == (float, 3.0)
    single = hvp(lambda x: (x**3).sum(), np.ones(2, np.float32), np.ones(2, np.float32))
    assert single.dtype == np.float32
    assert_close(hvp(lambda x, k: (x * x).sum() * k, np.ones(2), np.ones(2), k=3.0), [6.0, 6.0])
    assert_close(hvp(lambda x, y: (x * x * y).sum(), np.ones(2), np.ones(2), Tensor([1.0, 2.0])).data, [2.0, 4.0])
    assert_close(hvp(lambda x: 3.0, np.ones(2), np.ones(2)), [0.0, 0.0])
    assert_close(hvp(lambda x: x[0] * 2.0 + x[1] ** 2, np.ones(2), np.ones(2)), [0.0, 2.0])
    assert_close(hvp(lambda x: x.sum(), np.ones(2), np.ones(2)), [0.0, 0.0])
    assert_close(hvp(lambda x: x[0] * x[1] + x[[0, 0]].sum() ** 2, np.array([1.0, 2.0]), np.array([1.0, 10.0])), [18.0, 1.0])


def test_captured_nodes_are_constants_and_indexed_parts_are_summed():
    with no_grad():  # in which results are plain numbers, computed by dual numbers
        assert_products_with_captured_nodes(Value(2.0), Tensor([1.0, 2.0]))


def assert_products_with_captured_nodes(w, t):
    assert hvp(lambda x: w * w * x * x + w * x, 3.0, 1.0) == 8.0
    assert hvp(lambda p: (w + p[0]) * (w * p[1]), [1.0, 2.0], [1.0, 0.0]) == [0.0, 2.0]
    assert_close(
        hvp(lambda x: ((t * t * x)[0] * (t * x)[1]) + (t * t).sum() * x.sum(), np.array([1.0, 2.0]), np.array([1.0, 0.0])),
        [0.0, 2.0],
    )


def test_blocks_hooks_and_other_transforms_give_the_same_by_composition():
    f = lambda x: (np.sin(x) * x).sum()  # noqa: E731 - a function of x
    x, v = np.array([0.5, 1.5]), np.array([1.0, -2.0])
    plain = hvp(f, x, v)
    with anomaly():
        assert_close(hvp(f, x, v), plain, rtol=1e-14)
    with no_grad():
        assert_close(hvp(f, x, v), plain)
        assert_close(hvp(lambda x: f(x) + np.prod(x) ** 2, x, v), hvp(lambda x: f(x) + np.prod(x) ** 2, x, v))
    handle = Tensor([1.0]).register_hook(print)
    assert_close(hvp(f, x, v), plain, rtol=1e-14)
    handle.remove()
    nodes = hvp(f, Tensor(x), v)
    assert isinstance(nodes, Tensor)
    assert_close(nodes.data, plain, rtol=1e-14)
    third = grad(lambda x: (hvp(f, x, v) * v).sum())(x)
    assert_close(third, (-3.0 * np.sin(x) - x * np.cos(x)) * v * v, rtol=1e-12)
    assert_close(hessian(f)(x) @ v, plain, rtol=1e-14)


def test_where_python_math_raises_numpy_computes():
    x = [0.0, 1.0]
    with np.errstate(all="ignore"):
        for f in (
            lambda p: p[0].sqrt() * p[1],
            lambda p: p[0].log() * p[1],
            lambda p: (p[0] * 1e200) ** 3.0,
            lambda p: p[1] / p[0],
        ):
            assert_close(hvp(f, x, [1.0, 0.5]), jvp(grad(f), (x,), ([1.0, 0.5],))[1])


def test_a_custom_derivative_may_use_any_function():
    scaled = define(
        "bent_by_softmax", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a * xp.sum(xp.softmax(a, axis=-1), axis=-1, keepdims=True)
    )
    assert_close(hvp(lambda x: scaled(x).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0])), [2.0, 2.0], rtol=1e-14)
    constant_derivative = define("frozen_at_its_value", lambda xp, a: a * a, lambda xp, y, a: xp.constant(2.0 * a))
    assert (
        hvp(lambda v: constant_derivative(v), 3.0, 1.0)
        == hvp(lambda v: constant_derivative(v), np.array(3.0), np.array(1.0))
        == 0.0
    )
    assert isinstance(grad(constant_derivative)(Value(3.0)), float | Value)


def test_a_partial_with_where_has_the_second_derivative_of_its_branch():
    cube = define(
        "cube_or_square", lambda xp, a: xp.where(a > 0.0, a**3, a**2), lambda xp, y, a: xp.where(a > 0.0, 3 * a**2, 2 * a)
    )
    assert (hvp(cube, 2.0, 1.0), hvp(cube, -2.0, 1.0)) == (12.0, 2.0)


def test_a_partial_with_a_special_case_at_one_point_has_the_second_derivative_there():
    sinc = define(
        "sine_over_a",
        lambda xp, a: xp.where(xp.equal(a, 0.0), 1.0, xp.sin(a) / a),
        lambda xp, y, a: xp.where(xp.equal(a, 0.0), -a / 3.0, (xp.cos(a) - y) / a),
    )
    for make in (float, np.array):
        assert_close(hvp(sinc, make(0.0), make(1.0)), -1.0 / 3.0)
        assert_close(hvp(sinc, make(1.0), make(1.0)), np.sin(1.0) - 2.0 * np.cos(1.0), rtol=1e-14)
