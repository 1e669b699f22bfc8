"""Hessian-vector products on duals: against measured slopes of the gradient, over random programs, kinds of input and odd corners."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value, anomaly, define, grad, hessian, hvp, jvp, no_grad
from autograd.testing import strategies
from autograd.testing.measurement import SMOOTH, Line, measure
from autograd.transforms import dual_numbers
from oracles import same


def directions(program, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=np.shape(x))[()] for x in program.inputs]


@settings(deadline=None)
@given(st.one_of(strategies.programs(), strategies.programs(scalar=True, most=16)), st.integers(0, 1000))
def test_random_programs_against_measured_slopes_of_their_gradient(program, seed):
    xs, vs = list(program.inputs), directions(program, seed)
    total = lambda inputs: ag.sum(ag.sin(program(*inputs)))  # noqa: E731 - a function of a list
    product = hvp(total, xs, vs)
    claimed = np.concatenate([np.ravel(p) for p in product])

    def slopes(*at):
        return np.concatenate([np.ravel(g) for g in grad(total)([x[()] if np.ndim(x) else float(x) for x in at])])

    arrays = [np.asarray(x, float) for x in xs]
    line = Line(slopes, arrays, [np.asarray(v) for v in vs], [(-np.inf, np.inf)] * len(xs), claimed.size)
    value, error, _, _, kind = measure(line, slopes(*arrays))
    sure = (kind == SMOOTH) & (error < 1e-3 * np.abs(value) + 1e-6)
    scale = np.max(np.abs(claimed), initial=1.0)
    assert np.all(np.abs(claimed - value)[sure] <= 20.0 * error[sure] + 1e-6 * np.abs(value)[sure] + 1e-8 * scale)
    again = np.concatenate([np.ravel(p) for p in jvp(grad(total), (xs,), (vs,))[1]])
    np.testing.assert_allclose(claimed, again, rtol=1e-8, atol=1e-10 * scale)


def test_kinds_of_input_come_back_as_they_were():
    f = lambda p: (p["w"] ** 3).sum() * p["b"]  # noqa: E731 - a function of a dict
    at, along = {"w": np.array([1.0, 2.0]), "b": 3.0}, {"w": np.array([1.0, 0.0]), "b": 0.5}
    product = hvp(f, at, along)
    same(product["w"], [6.0 * 3.0 + 3.0 * 0.5, 12.0 * 0.5])
    assert (type(product["b"]), product["b"]) == (float, 3.0)
    half = hvp(lambda x: (x**3).sum(), np.ones(2, np.float32), np.ones(2, np.float32))
    assert half.dtype == np.float32
    same(hvp(lambda x, k: (x * x).sum() * k, np.ones(2), np.ones(2), k=3.0), [6.0, 6.0])
    same(hvp(lambda x, y: (x * x * y).sum(), np.ones(2), np.ones(2), Tensor([1.0, 2.0])).data, [2.0, 4.0])
    same(hvp(lambda x: 3.0, np.ones(2), np.ones(2)), [0.0, 0.0])
    same(hvp(lambda x: x[0] * 2.0 + x[1] ** 2, np.ones(2), np.ones(2)), [0.0, 2.0])
    same(hvp(lambda x: x.sum(), np.ones(2), np.ones(2)), [0.0, 0.0])
    same(hvp(lambda x: x[0] * x[1] + x[[0, 0]].sum() ** 2, np.array([1.0, 2.0]), np.array([1.0, 10.0])), [18.0, 1.0])


def test_captured_nodes_stand_still_and_parts_of_results_are_gathered():
    with no_grad():  # where results are plain, by duals
        assert_products_with_captured_nodes(Value(2.0), Tensor([1.0, 2.0]))


def assert_products_with_captured_nodes(w, t):
    assert hvp(lambda x: w * w * x * x + w * x, 3.0, 1.0) == 8.0
    assert hvp(lambda p: (w + p[0]) * (w * p[1]), [1.0, 2.0], [1.0, 0.0]) == [0.0, 2.0]
    same(
        hvp(lambda x: ((t * t * x)[0] * (t * x)[1]) + (t * t).sum() * x.sum(), np.array([1.0, 2.0]), np.array([1.0, 0.0])),
        [0.0, 2.0],
    )


def test_blocks_hooks_and_other_transforms_take_the_longer_way_to_the_same():
    f = lambda x: (np.sin(x) * x).sum()  # noqa: E731 - a function of x
    x, v = np.array([0.5, 1.5]), np.array([1.0, -2.0])
    plain = hvp(f, x, v)
    with anomaly():
        same(hvp(f, x, v), plain, rtol=1e-14)
    with no_grad():
        same(hvp(f, x, v), plain)
        same(hvp(lambda x: f(x) + np.prod(x) ** 2, x, v), hvp(lambda x: f(x) + np.prod(x) ** 2, x, v))
    handle = Tensor([1.0]).register_hook(print)
    same(hvp(f, x, v), plain, rtol=1e-14)
    handle.remove()
    nodes = hvp(f, Tensor(x), v)
    assert isinstance(nodes, Tensor)
    same(nodes.data, plain, rtol=1e-14)
    third = grad(lambda x: (hvp(f, x, v) * v).sum())(x)
    same(third, (-3.0 * np.sin(x) - x * np.cos(x)) * v * v, rtol=1e-12)
    same(hessian(f)(x) @ v, plain, rtol=1e-14)


def test_python_mathematics_that_raises_is_computed_as_numpy_would():
    x = [0.0, 1.0]
    with np.errstate(all="ignore"):
        for f in (
            lambda p: p[0].sqrt() * p[1],
            lambda p: p[0].log() * p[1],
            lambda p: (p[0] * 1e200) ** 3.0,
            lambda p: p[1] / p[0],
        ):
            same(hvp(f, x, [1.0, 0.5]), jvp(grad(f), (x,), ([1.0, 0.5],))[1])


def test_duals_compute_like_numbers():
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
        same(y.primal, np.asarray(p, float))
        same(y.tangent, np.asarray(t, float), rtol=1e-14)
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


def test_a_defined_operation_may_ask_for_any_function():
    bent = define(
        "bent_by_softmax", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a * xp.sum(xp.softmax(a, axis=-1), axis=-1, keepdims=True)
    )
    same(hvp(lambda x: bent(x).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0])), [2.0, 2.0], rtol=1e-14)
    frozen = define("frozen_at_its_value", lambda xp, a: a * a, lambda xp, y, a: xp.constant(2.0 * a))
    assert hvp(lambda v: frozen(v), 3.0, 1.0) == hvp(lambda v: frozen(v), np.array(3.0), np.array(1.0)) == 0.0
    assert isinstance(grad(frozen)(Value(3.0)), float | Value)


def test_a_slope_that_is_chosen_by_a_condition_bends_as_the_branch_that_is_taken():
    cube = define(
        "cube_or_square", lambda xp, a: xp.where(a > 0.0, a**3, a**2), lambda xp, y, a: xp.where(a > 0.0, 3 * a**2, 2 * a)
    )
    assert (hvp(cube, 2.0, 1.0), hvp(cube, -2.0, 1.0)) == (12.0, 2.0)


def test_a_slope_that_is_chosen_at_one_point_bends_as_the_function_around_it():
    sinc = define(
        "sine_over_a",
        lambda xp, a: xp.where(xp.equal(a, 0.0), 1.0, xp.sin(a) / a),
        lambda xp, y, a: xp.where(xp.equal(a, 0.0), -a / 3.0, (xp.cos(a) - y) / a),
    )
    for make in (float, np.array):
        same(hvp(sinc, make(0.0), make(1.0)), -1.0 / 3.0)
        same(hvp(sinc, make(1.0), make(1.0)), np.sin(1.0) - 2.0 * np.cos(1.0), rtol=1e-14)
