"""Programs as people write them, compiled without an edit: containers, recursion, generators, early exits, derivatives inside."""

import dataclasses
import functools
import itertools
from collections import deque, namedtuple

import numpy as np
import pytest
from loop_programs import flat, numbers

import autograd as ag
import nn
from autograd import Value, compile, exp, grad, sin, tanh
from autograd.core.pytree import flatten


@dataclasses.dataclass
class Neuron:
    w: list
    b: float

    def __call__(self, x):
        return tanh(sum(w * v for w, v in zip(self.w, x, strict=True)) + self.b)


@dataclasses.dataclass(frozen=True)
class Fixed:
    w: tuple
    b: float


Pair = namedtuple("Pair", "w b")


class Cell:
    def __init__(self, a):
        self.a, self.h = a, 0.0

    def step(self, x):
        self.h = tanh(self.a * self.h + x)
        return self.h


def dictionary(p, x):
    hidden = [tanh(sum(w * v for w, v in zip(row, x, strict=True)) + b) for row, b in zip(p["W"], p["b"], strict=True)]
    return sum(v * h for v, h in zip(p["out"]["v"], hidden, strict=True))


def tree(W, E):
    def encode(t):
        if isinstance(t, int):
            return E[t]
        both = [*encode(t[0]), *encode(t[1])]
        return [tanh(sum(w * v for w, v in zip(row, both, strict=True))) for row in W]

    return sum(encode((((0, 1), 2), (3, (4, (5, 6))))))


def nested_argument(W, parts):
    def encode(t):
        return tanh(W[0] * encode(t[0]) + W[1] * encode(t[1])) if isinstance(t, tuple) else t

    return encode(parts)


def deep_recursion(a, b):
    def descend(k, h):
        return h if k == 0 else descend(k - 1, tanh(a * h + b))

    return descend(150, a)


def windows(w, x):
    def slide(width):
        for i in range(len(x) - width + 1):
            yield x[i : i + width]

    squares = {i: v * v for i, v in enumerate(x)}
    return sum(tanh(sum(a * b for a, b in zip(w, part, strict=True))) * (i + 1) for i, part in enumerate(slide(3))) + sum(
        squares.values()
    )


def queue(a, x):
    last = deque([0.0] * 3, maxlen=3)
    for v in x:
        last.append(tanh(a * sum(last) + v))
    return sum(last)


def objects(a, x):
    cell = Cell(a)
    return sum(cell.step(v) ** 2 for v in x)


def physics_informed(p):
    def u(x):
        return sum(v * tanh(w * x + b) for v, w, b in zip(p["v"], p["w"], p["b"], strict=True))

    slope = grad(u)
    curvature = grad(slope)
    return sum((curvature(x) + u(x)) ** 2 + (slope(x) - 1.0) ** 2 for x in (0.1, 0.3, 0.5, 0.7))


def descent_inside(rate, w):
    def loss(w):
        return sum((v - 1.0) ** 2 * (i + 1) for i, v in enumerate(w))

    for _ in range(5):
        w = [v - rate * g for v, g in zip(w, grad(loss)(w), strict=True)]
    return loss(w)


def hessian_inside(x):
    return ag.hessian(lambda z: sum(sin(a) * b for a, b in itertools.pairwise(z)))(x)[0][1] * x[0]


X, Y = numbers(12, seed=1), numbers(12, seed=2)
# Each program with its arguments, of which the first is moved for a second call.
PROGRAMS = {
    "ragged rows": (lambda a, x: sum(tanh(a * sum(v * v for v in row)) * len(row) for row in x), 0.5, [[0.1, 0.2], [0.3], [], X]),
    "dictionary": (dictionary, {"W": numbers(4, 3), "b": numbers(4), "out": {"v": numbers(4, seed=3)}}, X[:3]),
    "dataclass": (lambda m, x: m(x) ** 2, Neuron(X[:3], 0.4), [1.0, 2.0, 3.0]),
    "frozen dataclass": (lambda m, x: tanh(m.w[0] * x[0] + m.w[1] * x[1] + m.b), Fixed((0.1, 0.2), 0.3), X[:2]),
    "named tuple": (lambda m, x: tanh(m.w[0] * x[0] + m.w[1] * x[1] + m.b), Pair([0.1, 0.2], 0.3), X[:2]),
    "tree": (tree, numbers(2, 4), numbers(7, 2)),
    "nested argument": (nested_argument, [0.3, 0.4], ((1.0, 2.0), (0.5, (0.1, 0.2)))),
    "deep recursion": (deep_recursion, 0.5, 0.2),
    "generators": (windows, numbers(3), X),
    "accumulate": (lambda a, x: sum(sin(h) for h in itertools.accumulate(x, lambda h, v: tanh(a * h + v))), 0.4, X),
    "reduce": (lambda a, x: functools.reduce(lambda h, v: tanh(a * h + v), x, 0.0), 0.4, X),
    "deque": (queue, 0.3, X),
    "objects with state": (objects, 0.3, X),
    "derivatives inside": (physics_informed, {"w": numbers(4), "b": numbers(4, seed=1), "v": numbers(4, seed=2)}),
    "descent inside": (descent_inside, 0.05, numbers(3)),
    "hessian inside": (hessian_inside, numbers(4)),
    "tangent inside": (lambda x: ag.jvp(lambda z: sin(z) * z, (x,), (1.0,))[1] ** 2, 0.3),
}


def assert_equal_to_eager(step, f, args, argnums=0):
    value, gradient = step.value_and_grad(*args)
    expected_value, expected = ag.value_and_grad(f, argnums)(*args)
    assert value == pytest.approx(expected_value, rel=1e-12, abs=1e-14)
    actual, wanted = (np.concatenate([np.ravel(np.asarray(x, float)) for x in flatten(part)[0]]) for part in (gradient, expected))
    np.testing.assert_allclose(actual, wanted, rtol=1e-9, atol=1e-12)


def move(tree):
    leaves, build = flatten(tree)
    return build([1.1 * x + 0.01 for x in leaves])


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_compiled_as_it_is(name):
    f, first, *others = PROGRAMS[name]
    step = compile(f)
    for point in (first, move(first)):
        assert_equal_to_eager(step, f, (point, *others))
    assert step.traces == 1
    assert not step.report().reason


def largest(x, w):
    k = max(range(len(x)), key=lambda i: x[i])
    return x[k] * w[k] + max(x, key=abs) ** 2 + min(zip(x, w, strict=True), key=lambda pair: pair[0] * pair[1])[1]


def until_it_stops(a, x):
    h = 0.0
    for v in x:
        h = tanh(a * h + v)
        if h > 0.6:
            break
    return h * a


def newton(a, x):
    for _ in range(50):
        change = (x * x - a) / (2.0 * x)
        x = x - change
        if abs(change) < 1e-10:
            break
    return x


def sorted_numbers(x, w):
    return sum(v * u for v, u in zip(sorted(x), w, strict=True))


def count(x, n):
    h = x
    for _ in range(int(n)):
        h = sin(h) + x
    return h


BRANCHING = {
    "largest by a key": (largest, [(numbers(6, seed=k), Y[:6]) for k in range(4)]),
    "break": (until_it_stops, [(a, [0.3] * 10) for a in (0.9, 0.8, 0.1, 0.85)]),
    "convergence": (newton, [(a, 1.0) for a in (2.0, 2.1, 3.0, 10.0, 2.05)]),
    "sorted": (sorted_numbers, [(numbers(5, seed=k), Y[:5]) for k in range(3)]),
    "number of steps": (count, [(0.3, n) for n in (10.0, 12.0, 10.0, 12.0, 15.0)]),
}


@pytest.mark.parametrize("name", BRANCHING)
def test_a_way_that_depends_on_numbers_is_guarded(name):
    f, points = BRANCHING[name]
    step = compile(f)
    for point in points:
        assert_equal_to_eager(step, f, point)
    traces = step.traces
    assert 1 < traces <= len(points)
    for point in points:
        assert_equal_to_eager(step, f, point)
    assert step.traces == traces


def test_a_number_of_steps_that_is_new_at_each_call_is_refused_with_the_reason():
    step = compile(count)
    for n in range(10, 14):
        step(0.3, float(n))
    with pytest.raises(ag.GraphError, match=r"count had to be traced again at 4 calls in a row \(.*10\.0 became 11\.0; .* 14\.0\)"):
        step(0.3, 14.0)


def test_a_loop_that_fills_a_list_from_outside_is_refused():
    collected = []

    def f(x):
        for _ in range(9):
            x = sin(x)
            collected.append(x)
        return x

    with pytest.raises(ag.GraphError, match=r"the contents of collected have changed.*return what it collects instead"):
        compile(f)(0.3)


@pytest.mark.parametrize("different", [8, 11, 15])
def test_the_report_says_which_step_of_a_loop_differs(different):
    def f(a, x):
        h = 0.1
        for t in range(24):
            h = tanh(a * h + x[t % 12]) if t != different else exp(0.1 * a * h)
        return h

    step = compile(f)
    for a in (0.5, -0.3):
        assert_equal_to_eager(step, f, (a, X))
    assert f"loop of {different} iterations; the one after them differs\n" in str(step.report())


def test_a_list_argument_is_not_changed_by_the_function():
    def f(x):
        for i in range(1, len(x)):
            x[i] = x[i] + 0.5 * x[i - 1]
        return sum(x)

    expected = sum(itertools.accumulate(X, lambda h, v: v + 0.5 * h))
    step, given = compile(f), list(X)
    for _ in range(2):
        assert step(given) == pytest.approx(expected)
    assert given == X


def test_optimizers_of_scalars_move_by_the_gradients_of_a_compiled_loss():
    finals = []
    for is_compiled in (False, True):
        model = nn.scalar.MLP(2, [4, 1], rng=0)
        optimizer = nn.Adam(model.parameters(), lr=0.1)

        def loss(model=model):
            return sum((model([a, b]) - 1.0) ** 2 for a, b in itertools.pairwise(X))

        step = compile(loss) if is_compiled else loss
        for _ in range(5):
            optimizer.zero_grad()
            step().backward()
            optimizer.step()
        finals.append([p.data for p in model.parameters()])
    np.testing.assert_allclose(*finals, rtol=1e-12)


def test_a_model_of_captured_numbers_has_its_gradients():
    model = Neuron([Value(0.1), Value(0.2), Value(0.3)], Value(0.4))
    compile(lambda x: model(x) ** 2)([1.0, 2.0, 3.0]).backward()
    y = np.tanh(0.1 + 0.4 + 0.9 + 0.4)
    np.testing.assert_allclose(flat([w.grad for w in model.w]), 2.0 * y * (1.0 - y * y) * np.array([1.0, 2.0, 3.0]))
