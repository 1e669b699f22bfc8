"""Transforms: every mode pair, structures, nesting without confusion, and oracles: SymPy, PyTorch, SciPy, published answers."""

import copy
import dataclasses
import itertools
import os
import threading
from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import (
    AutogradError,
    SettingError,
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
from oracles import same


def forward(f):
    """The derivative of a function of one number by forward mode."""
    return lambda x: jvp(f, (x,), (1.0,))[1]


MODES = {"reverse": grad, "forward": forward}
PAIRS = list(itertools.product(MODES.values(), repeat=2))
PAIR_NAMES = ["-over-".join(p) for p in itertools.product(MODES, repeat=2)]


def test_numpy_functions_as_they_are_written():
    t = np.tanh(0.5)
    same(grad(grad(grad(np.tanh)))(0.5), (1 - t**2) * (6 * t**2 - 2), rtol=1e-14)
    J = jacobian(lambda x: np.sin(x[:, None] * x))(np.arange(3.0))
    assert J.shape == (3, 3, 3)
    x = np.arange(3.0)
    expected = np.zeros((3, 3, 3))
    for i, j, k in np.ndindex(3, 3, 3):
        expected[i, j, k] = np.cos(x[i] * x[j]) * ((i == k) * x[j] + (j == k) * x[i])
    same(J, expected, rtol=1e-13)


def test_values_gradients_and_products_of_the_usual_kinds():
    def f(x, y, scale=1.0):
        return scale * x * y * y

    same(value_and_grad(f)(3.0, 2.0), (12.0, 4.0))
    same(grad(f, argnums=(0, 1))(3.0, 2.0, scale=10.0), (40.0, 120.0))
    same(grad(f, argnums=-1)(3.0, 2.0), 12.0)
    value, pullback = vjp(f, 3.0, 2.0)
    same(value, 12.0)
    same(pullback(0.5), (2.0, 6.0))
    same(jvp(f, (3.0, 2.0), (1.0, -1.0)), (12.0, -8.0))
    same(hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, -1.0])), [6.0, -12.0])
    same(hvp(lambda x, k: (x**3).sum() * k, np.array([1.0]), np.array([1.0]), 2.0), [12.0])


def test_auxiliary_output_comes_back_plain():
    def f(x):
        y = x * x
        return y, {"y": y, "n": 3}

    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, {"y": 9.0, "n": 3}), 6.0)
    assert grad(f, has_aux=True)(3.0) == (6.0, {"y": 9.0, "n": 3})
    value, pullback, aux = vjp(f, 3.0, has_aux=True)
    assert (value, pullback(1.0), aux) == (9.0, (6.0,), {"y": 9.0, "n": 3})
    assert jvp(f, (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, {"y": 9.0, "n": 3})
    assert jacobian(f, has_aux=True)(3.0) == (6.0, {"y": 9.0, "n": 3})
    assert hessian(f, has_aux=True)(3.0) == (2.0, {"y": 9.0, "n": 3})


Point = namedtuple("Point", "x y")


@dataclass
class Layer:
    W: object
    b: object


def test_results_have_the_structure_of_the_inputs():
    def f(tree):
        layer, points, extra = tree["layer"], tree["points"], tree["extra"]
        return (layer.W @ extra[0]).sum() * points.x + layer.b * points.y

    tree = {"layer": Layer(np.ones((2, 3)), 2.0), "points": Point(1.0, 3.0), "extra": [np.arange(3.0), ()]}
    g = grad(f)(tree)
    same(g["layer"].W, [[0.0, 1.0, 2.0]] * 2)
    assert g["layer"].b == 3.0
    assert isinstance(g["points"], Point)
    assert g["points"] == Point(6.0, 2.0)
    same(g["extra"][0], [2.0, 2.0, 2.0])
    assert g["extra"][1] == ()
    value, pullback = vjp(lambda x: {"a": x * 2.0, "b": (x.sum(), 5.0)}, np.ones(2))
    same(value["a"], [2.0, 2.0])
    same(pullback({"a": np.ones(2), "b": (1.0, 7.0)})[0], [3.0, 3.0])
    tangent = jvp(lambda x: {"a": x * 2.0, "b": 5.0}, (np.ones(2),), (np.ones(2),))[1]
    same(tangent["a"], [2.0, 2.0])
    assert tangent["b"] == 0.0


def test_nodes_in_nodes_out():
    a, t = Value(3.0), Tensor([1.0, 2.0])
    g = grad(lambda x: x * x * x)(a)
    assert isinstance(g, Value)
    g.backward()
    assert a.grad == 18.0
    h = grad(lambda x: (x * x).sum())(t)
    assert isinstance(h, Tensor)
    (h * [1.0, 3.0]).sum().backward()
    same(t.grad, [2.0, 6.0])
    assert isinstance(jacobian(lambda x: x * x)(t), Tensor)
    assert grad(lambda x: x * x)(np.float64(3.0)) == 6.0
    y, dy = jvp(lambda x: x * x, (a,), (1.0,))
    assert isinstance(dy, Value)
    assert (y.data, dy.data) == (9.0, 6.0)
    assert jvp(lambda x: x * x, (a,), (Value(2.0),))[1].data == 12.0
    assert jvp(lambda x: x * t, (a,), (Value(2.0),))[1].data.tolist() == [2.0, 4.0]


def test_one_node_may_be_two_results():
    def f(x):
        y = x * x
        return y, y

    assert vjp(f, 3.0)[1]((1.0, 10.0)) == (66.0,)


def test_what_does_not_depend_has_derivative_zero():
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert grad(lambda x, y: y * y, argnums=(0, 1))(1.0, 2.0) == (0.0, 4.0)
    same(grad(lambda x: Value(2.0) * 1.0)(np.ones(2)), [0.0, 0.0])
    assert jvp(lambda x: 3.0, (1.0,), (1.0,)) == (3.0, 0.0)
    same(jacobian(lambda x: np.ones(2))(1.0), [0.0, 0.0])
    assert grad(lambda x: grad(lambda y: x * 2.0)(1.0) + x)(1.0) == 1.0
    same(jacobian(lambda x: x * 1.0)(np.ones(0)), np.zeros((0, 0)))


@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=PAIR_NAMES)
def test_perturbations_are_not_confused(outer, inner):
    # Siskind and Pearlmutter: d/dx (x · d/dy (x + y)) is 1, and its kin.
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    assert outer(lambda x: inner(lambda y: x * y * y)(x))(3.0) == 12.0
    assert inner(lambda x: outer(lambda y: y**3)(x) * x)(2.0) == 36.0

    def shift(offset):
        return lambda f: lambda x: f(x + offset)

    # The program of Manzyuk and others: a derivative of a higher-order function.
    d_shift = outer(lambda offset: inner(shift(offset)(lambda x: x**3))(1.0))(0.0)
    assert d_shift == 6.0


@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=PAIR_NAMES)
def test_second_derivatives_in_every_mode_pair(outer, inner):
    f = lambda x: np.exp(np.sin(x) * x) / (1.0 + x * x)  # noqa: E731 - a formula
    second = outer(inner(f))(0.7)
    import sympy

    x = sympy.Symbol("x")
    expected = sympy.diff(sympy.exp(sympy.sin(x) * x) / (1 + x**2), x, 2).subs(x, sympy.Rational(7, 10)).evalf(20)
    same(second, float(expected), rtol=1e-12)


def test_third_order_in_all_eight_ways():
    for ways in itertools.product(MODES.values(), repeat=3):
        g = lambda x: x**4 * np.log(x)  # noqa: E731 - a formula
        for way in ways:
            g = way(g)
        same(g(2.0), 24 * 2 * np.log(2) + 26 * 2, rtol=1e-13)


# Random programs, as SymPy, PyTorch and this library run them.
UNARY = ["exp", "sin", "tanh", "sqrt1", "log1", "square"]


def unary(lib, name, x):
    if name == "square":
        return x * x
    if name == "sqrt1":
        return lib.sqrt(1 + x * x)
    if name == "log1":
        return lib.log(2 + x * x)
    return getattr(lib, name)(x * 0.5 if name == "exp" else x)


@st.composite
def programs(draw):
    steps = []
    for k in range(draw(st.integers(1, 5))):
        if draw(st.booleans()):
            steps.append((draw(st.sampled_from(UNARY)), draw(st.integers(0, k + 1))))
        else:
            steps.append((draw(st.sampled_from("+-*")), draw(st.integers(0, k + 1)), draw(st.integers(0, k + 1))))
    return steps


def run(lib, steps, x, y):
    nodes = [x, y]
    for name, *args in steps:
        values = [nodes[i] for i in args]
        if len(values) == 1:
            nodes.append(unary(lib, name, values[0]))
        else:
            a, b = values
            nodes.append(a + b if name == "+" else a - b if name == "-" else a * b * 0.5)
    return nodes[-1] + nodes[-2] * 0.25


@given(programs(), st.floats(-1.2, 1.2), st.floats(-1.2, 1.2))
def test_random_programs_against_sympy(steps, a, b):
    import sympy

    x, y = sympy.symbols("x y")
    f = lambda u, v: run(ag, steps, u, v)  # noqa: E731 - the program
    e = run(sympy, steps, x, y)
    at = {x: sympy.Float(a, 30), y: sympy.Float(b, 30)}
    value = lambda *by: float(sympy.diff(e, *by).evalf(25, subs=at)) if by else float(e.evalf(25, subs=at))  # noqa: E731
    same(f(a, b), value(), rtol=1e-9, atol=1e-12)
    same(grad(f, argnums=(0, 1))(a, b), [value(x), value(y)], rtol=1e-9, atol=1e-11)
    same(grad(grad(f), argnums=1)(a, b), value(x, y), rtol=1e-9, atol=1e-10)
    same(forward(grad(grad(lambda u: f(u, b))))(a), value(x, x, x), rtol=1e-9, atol=1e-9)
    (tangent,) = [jvp(f, (a, b), (0.3, -0.7))[1]]
    same(tangent, 0.3 * value(x) - 0.7 * value(y), rtol=1e-9, atol=1e-11)


@given(programs(), st.integers(0, 10**6))
def test_random_programs_against_pytorch(steps, seed):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, 3), rng.uniform(-1, 1, 3)
    f = lambda u, v: run(ag, steps, u, v).sum()  # noqa: E731 - the program
    u, v = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
    (first,) = torch.autograd.grad(run(torch, steps, u, v).sum() + 0.0 * (u * u).sum(), u, create_graph=True)
    rows = [torch.autograd.grad(g + 0.0 * (u * u).sum(), u, retain_graph=True)[0].numpy() for g in first]
    same(grad(f)(a, b), first.detach().numpy(), rtol=1e-9, atol=1e-11)
    same(hessian(f)(a, b), np.array(rows), rtol=1e-9, atol=1e-10)


@given(programs(), st.integers(0, 10**6))
def test_forward_and_reverse_are_transposes(steps, seed):
    rng = np.random.default_rng(seed)
    x, y, u, v, w = rng.uniform(-1, 1, (5, 4))
    f = lambda p, q: run(ag, steps, p, q) * 1.0  # noqa: E731 - the program
    _, tangent = jvp(f, (x, y), (u, v))
    _, pullback = vjp(f, x, y)
    gx, gy = pullback(w)
    same(tangent @ w, gx @ u + gy @ v, rtol=1e-10, atol=1e-12)
    same(jacobian(f, mode="fwd")(x, y), jacobian(f, mode="rev")(x, y), rtol=1e-11, atol=1e-13)


def gradient_by(way):
    """The gradient of a function of a list of numbers, by reverse mode or entry by entry by forward mode."""
    if way is grad:
        return grad
    return lambda f: lambda x: [jvp(f, (x,), ([float(i == j) for j in range(len(x))],))[1] for i in range(len(x))]


def length(v):
    return sum(x * x for x in v) ** 0.5


def descended(f, x, way):
    """Descent with a rate that doubles after ten steps down and halves after a step up, to 1e-5: the published answers are its."""
    slope = gradient_by(way)(f)
    here, g, rate, successes = f(x), slope(x), 1e-5, 0
    while length(g) > 1e-5:
        if successes == 10:
            rate, successes = 2.0 * rate, 0
            continue
        step = [rate * gi for gi in g]
        if length(step) <= 1e-5:
            break
        there = [xi - si for xi, si in zip(x, step, strict=True)]
        value = f(there)
        if value < here:
            x, here, g, successes = there, value, slope(there), successes + 1
        else:
            rate, successes = rate / 2.0, 0
    return x


def landing_place(inner):
    """Where a charged particle, deflected by two charges of which w places one, crosses the axis; squared."""

    def landing(ws):
        charges = [[10.0, 10.0 - ws[0]], [10.0, 0.0]]
        x, velocity, dt = [0.0, 8.0], [0.75, 0.0], 1e-1

        def potential(p):
            return sum(1.0 / length([a - b for a, b in zip(p, q, strict=True)]) for q in charges)

        while True:
            pull = [-1.0 * gi for gi in gradient_by(inner)(potential)(x)]
            after = [a + dt * v for a, v in zip(x, velocity, strict=True)]
            if after[1] <= 0.0:
                hit = -1.0 * x[1] / velocity[1]
                return (x[0] + hit * velocity[0]) ** 2
            x, velocity = after, [v + dt * a for v, a in zip(velocity, pull, strict=True)]

    return landing


LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
long = pytest.mark.skipif(not LONG, reason="takes half a minute; HYPOTHESIS_PROFILE=long runs it")


@long
@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=PAIR_NAMES)
def test_particle_of_pearlmutter_and_siskind(outer, inner):
    (w,) = descended(landing_place(inner), [0.0], outer)
    same(w, 0.20719187464861194, rtol=1e-12)


def test_particle_has_one_slope_in_every_mode_pair():
    slopes = [gradient_by(outer)(landing_place(inner))([0.1])[0] for outer, inner in PAIRS]
    same(slopes, [slopes[0]] * 4, rtol=1e-11)
    h = 1e-6
    same(slopes[0], (landing_place(grad)([0.1 + h]) - landing_place(grad)([0.1 - h])) / (2 * h), rtol=1e-6)


@pytest.mark.parametrize(("outer", "inner"), [PAIRS[0], *(pytest.param(*pair, marks=long) for pair in PAIRS[1:])], ids=PAIR_NAMES)
def test_saddle_point_of_pearlmutter_and_siskind(outer, inner):
    """min over x of max over y of (x₁² + x₂²) - (y₁² + y₂²): the outer derivative runs through the inner search."""

    def reply(x):
        return descended(lambda y: y[0] ** 2 + y[1] ** 2 - (x[0] ** 2 + x[1] ** 2), [1.0, 1.0], inner)

    def outcome(x):
        y = reply(x)
        return (x[0] ** 2 + x[1] ** 2) - (y[0] ** 2 + y[1] ** 2)

    x = descended(outcome, [1.0, 1.0], outer)
    same([*x, *reply(x)], [8.246324826140356e-06] * 4, rtol=1e-9)


def test_rosenbrocks_hessian_and_newton_cg():
    from scipy.optimize import minimize, rosen, rosen_der, rosen_hess

    def f(x):
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    x = np.array([1.3, 0.7, 0.8, 1.9, 1.2])
    same(value_and_grad(f)(x)[0], rosen(x), rtol=1e-13)
    same(grad(f)(x), rosen_der(x), rtol=1e-12)
    same(hessian(f)(x), rosen_hess(x), rtol=1e-12, atol=1e-11)
    found = minimize(lambda x: float(f(x)), x, method="Newton-CG", jac=grad(f), hessp=lambda x, v: hvp(f, x, v), tol=1e-10)
    same(found.x, np.ones(5), rtol=1e-6)


def test_implicit_function_by_fixed_point_with_a_rule_of_its_own():
    # x = cos(a x): dx/da = -x sin(ax) / (1 + a sin(ax)), without differentiating the iteration.
    def solved(xp, a):
        x = 0.5 + 0.0 * a
        for _ in range(200):
            x = xp.cos(a * x)
        return x

    fixed = define("fixed_point", solved, lambda xp, x, a: -x * xp.sin(a * x) / (1.0 + a * xp.sin(a * x)))
    x = fixed(0.8)
    same(grad(fixed)(0.8), -x * np.sin(0.8 * x) / (1 + 0.8 * np.sin(0.8 * x)), rtol=1e-14)
    same(grad(fixed)(0.8), (fixed(0.8 + 1e-6) - fixed(0.8 - 1e-6)) / 2e-6, rtol=1e-8)


def test_determinant_by_minors():
    def det(rows):
        if len(rows) == 1:
            return rows[0][0]
        return sum((-1.0) ** j * rows[0][j] * det([row[:j] + row[j + 1 :] for row in rows[1:]]) for j in range(len(rows)))

    A = np.random.default_rng(0).normal(size=(8, 8))
    g = grad(det)(A.tolist())
    same(g, np.linalg.det(A) * np.linalg.inv(A).T, rtol=1e-9, atol=1e-12)


def test_overriding_a_derivative_is_the_same_door():
    straight = define("straight_through", lambda xp, a: xp.sign(a), lambda xp, y, a: 1.0)
    reverse = define("reversal", lambda xp, a: +a, lambda xp, y, a: -1.0)
    clipped = define(
        "gradient_clip", lambda xp, a: a * 1.0, vjp=lambda xp, i, g, y, a: xp.clip(g, -1.0, 1.0), jvp=lambda xp, i, t, y, a: t
    )
    assert grad(lambda x: straight(x) * x)(0.5) == 1.5
    assert grad(lambda x: reverse(x) * 2.0)(0.5) == -2.0
    same(grad(lambda x: (clipped(x) * [0.5, 7.0]).sum())(np.zeros(2)), [0.5, 1.0])


def test_graphs_at_hand():
    a, b, c = Value(3.0), Value(2.0), Value(1.0)
    y = a * a * b
    assert gradients(y, {"a": a, "b": [b]}) == {"a": 12.0, "b": [9.0]}
    assert gradients(y, c) == 0.0
    assert (a.grad, b.grad) == (0.0, 0.0)
    (second,) = gradients(y, [a], create_graph=True)
    assert gradients(second, [a, b]) == [4.0, 6.0]
    t = Tensor([1.0, 2.0])
    same(gradients(t * t, t, cotangent=[1.0, 10.0]), [2.0, 40.0])
    same(gradients(t * t, t, cotangent=Tensor([1.0, 10.0]), create_graph=True).data, [2.0, 40.0])
    m = a * b
    assert gradients(m * m, [m, a]) == [12.0, 24.0]
    z = ag.stack([a, b]).sum() * t.sum()
    assert gradients(z, [a, t])[0] == 3.0
    assert gradients(z, [a], create_graph=True)[0].data == 3.0


def test_stop_gradient_and_detach():
    assert grad(lambda x: stop_gradient(x) * x)(3.0) == 3.0
    assert grad(lambda x: stop_gradient({"x": x, "n": 2.0})["x"] * x)(3.0) == 3.0
    same(grad(lambda x: (x.detach() * x).sum())(np.array([3.0])), [3.0])


def test_no_grad_is_a_block_a_decorator_and_private_to_its_thread():
    a, t = Value(2.0), Tensor([1.0])
    with no_grad():
        assert (a * a).is_leaf
        assert a.tanh().is_leaf
        assert (t * t).constant
        assert ag.leaky_relu(a).is_leaf
        assert Value.of(t).is_leaf
        with no_grad():
            assert (a + 1).is_leaf
        assert (a + 1).is_leaf
        assert grad(lambda x: x * x)(3.0) == 6.0

    @no_grad()
    def evaluate(x):
        return x * 2

    assert evaluate(a).is_leaf
    assert not (a * a).is_leaf
    inside, done, seen = threading.Event(), threading.Event(), []

    def other():
        inside.wait()
        seen.append((a * a).is_leaf)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with no_grad():
        inside.set()
        done.wait()
    thread.join()
    assert seen == [False]


def test_sixteen_threads_differentiate_as_one():
    def work(k):
        f = lambda x: (np.tanh(x * (k + 1.0)) * x).sum()  # noqa: E731
        return hessian(f)(np.arange(1.0, 4.0) / (k + 1)), grad(lambda v: v**k * grad(np.sin)(v))(0.3 + k)

    serial = [work(k) for k in range(16)]
    results = [None] * 16

    def store(k):
        results[k] = work(k)

    threads = [threading.Thread(target=store, args=(k,)) for k in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for (h, g), (h_, g_) in zip(serial, results, strict=True):
        assert np.array_equal(h, h_)
        assert g == g_


def test_captured_parameters_are_left_alone():
    w = Tensor([2.0, 3.0])
    same(grad(lambda x: (w * x * x).sum())(np.ones(2)).data, [4.0, 6.0])
    same(w.grad, [0.0, 0.0])
    same(copy.copy(w).data, [2.0, 3.0])


CASES = [
    (
        lambda: grad(lambda x: x)(np.ones(3)),
        r"grad\(\) needs a function that returns one number, not shape \(3,\): reduce it, or use jacobian or vjp",
    ),
    (lambda: grad(lambda x: (x, x))(1.0), r"grad\(\) needs a function that returns one number, not 2 results"),
    (lambda: value_and_grad(lambda x: x)(np.ones(1)), r"value_and_grad\(\) needs .* not shape \(1,\)"),
    (lambda: grad(lambda x: x * x)(3), r"grad\(\) differentiates floats, not 3 of type int: pass a float, as in float\(x\)"),
    (lambda: grad(lambda x: x * x)(True), "not True of type bool"),
    (
        lambda: grad(lambda x: x.sum())(np.arange(3)),
        r"not an array of dtype int64 and shape \(3,\): pass a float, as in .* or x.astype\(float\)",
    ),
    (lambda: grad(lambda x: x)("abc"), "not 'abc' of type str; convert it first"),
    (lambda: grad(lambda x: x)(1j), "not 1j of type complex; differentiate the real"),
    (
        lambda: grad(lambda x: x)(i for i in range(3)),
        "grad\\(\\) differentiates floats, arrays, nodes and nested containers of them, not <generator",
    ),
    (lambda: grad(lambda x: "abc")(1.0), "the function must return nodes, numbers or containers of them, not 'abc' of type str"),
    (lambda: grad(3), None),
    (lambda: grad(3)(1.0), r"grad\(\) takes a function first, not 3"),
    (
        lambda: grad(lambda x: x, argnums=1)(1.0),
        r"argnums 1 with 1 positional argument\(s\): pass what is differentiated by position",
    ),
    (lambda: grad(lambda x: x, argnums="x"), "argnums is an integer or a tuple of integers, not 'x'"),
    (lambda: grad(lambda x: x, 3.0), r"grad\(\): argnums is an integer or .*, not 3.0; call the result with the point"),
    (lambda: grad(lambda x: x, has_aux=True)(1.0), r"with has_aux=True takes a function that returns \(result, aux\)"),
    (
        lambda: vjp(lambda x: x * 1.0, np.ones(2))[1](np.ones(3)),
        r"pullback\(\): a cotangent has shape \(3,\), but \(2,\) is needed",
    ),
    (lambda: vjp(lambda x: (x, x), 1.0)[1](1.0), r"the cotangent has the structure \*, but \('\*', '\*'\) is needed"),
    (lambda: jvp(lambda x: x, (1.0,), (np.ones(2),)), r"jvp\(\): a tangent has shape \(2,\), but \(\) is needed"),
    (lambda: jvp(lambda x: x, (1.0,), ([1.0],)), r"the tangent has the structure \(\['\*'\],\), but \('\*',\) is needed"),
    (lambda: jvp(lambda x: x, 1.0, 1.0), r"jvp\(\) takes a tuple of primals and a tuple of tangents, not 1.0"),
    (lambda: jacobian(lambda x: x, mode="both"), "mode is 'rev', 'fwd' or 'auto', not 'both'"),
    (lambda: gradients(3.0, Value(1.0)), r"gradients\(\) takes a Value or a Tensor first, not 3.0"),
    (lambda: gradients(Value(1.0), 3.0), r"gradients\(\) takes nodes to differentiate by, not 3.0"),
]


@pytest.mark.parametrize(("attempt", "text"), [case for case in CASES if case[1]], ids=[text[:30] for _, text in CASES if text])
def test_wrong_input_is_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


def test_object_arrays_of_values_are_results_too():
    same(grad(lambda x: np.sum(np.array([x, x * x], dtype=object)))(3.0), 7.0)
    same(jacobian(lambda x: np.array([x, x * x], dtype=object))(3.0), [1.0, 6.0])


def test_dicts_are_matched_by_key():
    f = lambda p: p["a"] * p["b"]  # noqa: E731 - a function of a dict
    at, along = {"a": 2.0, "b": 3.0}, {"b": 0.0, "a": 1.0}
    assert jvp(f, (at,), (along,)) == (6.0, 3.0)
    assert hvp(lambda p: p["a"] ** 3 + p["b"] ** 2, at, along) == {"a": 12.0, "b": 0.0}
    assert vjp(lambda x: {"a": x, "b": [x * 10.0]}, 1.0)[1]({"b": [0.0], "a": 1.0}) == (1.0,)


def test_containers_are_rebuilt_and_not_made_anew():
    from collections import OrderedDict, defaultdict

    @dataclasses.dataclass
    class Angle:
        degrees: float
        half: float = dataclasses.field(init=False, default=0.5)

        def __post_init__(self):
            self.degrees = self.degrees * np.pi / 180

    value, gradient = value_and_grad(lambda a: np.sin(a.degrees) * a.half)(Angle(90.0))
    assert (value, gradient.half) == (0.5, 1.0)
    assert abs(gradient.degrees) < 1e-15
    assert type(grad(lambda d: d["x"] * d["x"])(OrderedDict(x=2.0))) is OrderedDict
    assert grad(lambda d: d["x"] * d["x"])(defaultdict(float, x=2.0))["missing"] == 0.0


@pytest.mark.parametrize("numbers", [(0, 0), (1, -1)])
def test_an_argument_named_twice_is_an_error(numbers):
    with pytest.raises(SettingError, match="names an argument twice"):
        grad(lambda x, y: x * y, numbers)(3.0, 2.0)


def test_division_by_a_plain_zero_is_as_in_numpy():
    t = Tensor([1.0, -2.0])
    (t / 0.0).sum().backward()
    same(t.grad, [np.inf, np.inf])
    assert grad(lambda x: x / -0.0)(1.0) == -np.inf
    same(jvp(lambda x: x / 0.0, (np.ones(2),), (np.ones(2),))[1], [np.inf, np.inf])


def test_solve_with_one_vector_for_a_stack():
    A, b = np.stack([np.eye(2), 2.0 * np.eye(2)]) + 0.1, np.array([1.0, 2.0])
    f = lambda A, b: (np.linalg.solve(A, b) ** 2).sum()  # noqa: E731 - a function
    ga, gb = grad(f, argnums=(0, 1))(A, b)
    u, v = np.random.default_rng(0).normal(size=A.shape), np.array([0.3, -0.5])
    same(jvp(f, (A, b), (u, v))[1], np.vdot(ga, u) + np.vdot(gb, v), rtol=1e-12)
    h = 1e-6
    same((f(A + h * u, b + h * v) - f(A - h * u, b - h * v)) / (2 * h), np.vdot(ga, u) + np.vdot(gb, v), rtol=1e-7)
