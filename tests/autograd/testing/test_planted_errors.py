"""Errors planted in rows and in the engine, one at a time: each is caught and named, and nothing is flagged without one."""

import hypothesis
import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value
from autograd.backends import numpy_backend
from autograd.core import scalar_methods, tensor, value
from autograd.graph import reverse_mode
from autograd.ops import find
from autograd.testing import Array, Choice, GradientError, Real, check_grad, gradient_test


class Planted:
    """An error, the function and the arguments that show it, and who should be named: a row, or the engine."""

    def __init__(self, name, plant, function, culprit, fault="value", order=1, **specs):
        self.name, self.plant, self.function, self.culprit = name, plant, function, culprit
        self.fault, self.order, self.specs = fault, order, specs

    def test(self, examples):
        """The property that should hold, as a test."""
        test = gradient_test(order=self.order, **self.specs)(self.function)
        phases = [hypothesis.Phase.generate, hypothesis.Phase.shrink]
        return hypothesis.settings(max_examples=examples, deadline=None, derandomize=True, database=None, phases=phases)(test)


def partials(name, *rules):
    """Other partials for an elementwise row, in arrays and in what is written for scalars."""

    def plant(monkeypatch):
        monkeypatch.setattr(find(name), "partials", rules)
        scalar_methods.values_of.cache_clear()
        method = {"multiply": "__mul__", "absolute": "__abs__"}.get(name, name)
        monkeypatch.setattr(Value, method, value._write(name, method))

    return plant


def part(name, attribute, rule):
    """Another adjoint for a row of any other kind."""
    return lambda monkeypatch: monkeypatch.setattr(find(name), attribute, rule)


def engine(module, name, function):
    """Another function in the engine's place."""
    return lambda monkeypatch: monkeypatch.setattr(module, name, function)


def first_of_what_was_repeated(xp, g, shape):
    """Broadcasting undone by picking where a sum belongs."""
    extra = g.ndim - len(shape)
    return g[(0,) * extra][tuple(slice(0, n) for n in shape)] if g.shape != shape else g


def summed_but_not_where_stretched(xp, g, shape):
    """Broadcasting undone for the axes in front, and wrongly for those of length 1."""
    g = np.sum(g, axis=tuple(range(np.ndim(g) - len(shape))))
    return np.broadcast_to(g[tuple(slice(0, n) for n in shape)], shape)


def overwriting(self, c, op, fresh):
    """A gradient that replaces what other consumers have pushed."""
    self._grad = np.array(self.fitted(c, op))


class Remembering:
    """A partial that keeps the first answer it gave for a shape."""

    def __init__(self):
        self.seen = {}

    def __call__(self, xp, y, a):
        return self.seen.setdefault(np.shape(a), xp.cos(a))


def in_place(xp, y, a):
    """A partial that changes its argument."""
    if isinstance(a, np.ndarray) and a.flags.writeable:
        a *= 0.5
    return xp.cos(a)


def lost_duplicates(total, index, a):
    total[index] += a


SOLVE = find("solve").rules[0]
NV, MATRIX = {"x": Array("n", low=-4.0, high=4.0)}, {"x": Array("n", "m", low=-4.0, high=4.0)}
PAIR = {"x": Array("n", "m", low=-4.0, high=4.0), "y": Array("n", "m", low=-4.0, high=4.0)}
ROW = {"x": Array("n", "m", low=-4.0, high=4.0), "y": Array("m", low=-4.0, high=4.0)}


def bent(rule):
    """A rule with its first answer scaled: a lost factor anywhere."""
    return lambda *args, **static: 1.5 * rule(*args, **static)


def softmax_diagonal(xp, i, g, y, a, *, axis):
    return g * y * (1.0 - y)


def no_swap(xp, g, a, b):
    return xp.matmul(a, g)


def shifted_piece(xp, g, i, args, axis):
    return xp.getitem(g, index=(slice(0, xp.shape(args[i])[0]),))


PLANTED = [
    Planted("wrong sign", partials("sin", lambda xp, y, a: -xp.cos(a)), lambda x: np.sin(x) * 2.0, "sin", **NV),
    Planted("wrong sign, scalar", partials("sin", lambda xp, y, a: -xp.cos(a)), lambda s: s.sin() * s, "sin", s=Real(-4.0, 4.0)),
    Planted("lost factor", partials("square", lambda xp, y, a: a), lambda x: np.square(x) + x, "square", **NV),
    Planted("swapped operands", partials("multiply", lambda xp, y, a, b: a, lambda xp, y, a, b: b), lambda x, y: np.sin(x) * y, "multiply", **PAIR),
    Planted("wrong only for x < 0", partials("tanh", lambda xp, y, a: xp.where(a < 0.0, 1.0 - y, 1.0 - y * y)), lambda x: np.tanh(x), "tanh", **NV),
    Planted("wrong at 0", partials("relu", lambda xp, y, a: xp.where(a >= 0.0, 2.0, 0.0) * xp.where(a > 0.0, 0.5, 1.0)), lambda x: ag.relu(x), "relu", **NV),
    Planted("wrong at ties", partials("maximum", lambda xp, y, a, b: a >= b, lambda xp, y, a, b: b >= a), lambda x, y: np.maximum(x, y), "maximum by its arguments together", **PAIR),
    Planted("wrong above 1e3", partials("square", lambda xp, y, a: xp.where(a > 1e3, a, 2.0 * a)), lambda x: np.square(x), "square", x=Array("n")),
    Planted("relative error 1e-4", partials("exp", lambda xp, y, a: y * 1.0001), lambda x: np.exp(x) * 3.0, "exp", **NV),
    Planted("nan at 0", partials("absolute", lambda xp, y, a: a / y), lambda x: np.abs(x) + x, "absolute", "nan", **NV),
    Planted("stale", partials("sin", Remembering()), lambda x: np.sin(x), "every node is right by itself: a rule that keeps state (sin)", "staleness", **NV),
    Planted("in place", partials("sin", in_place), lambda x: np.sin(x * 1.0), "sin", **NV),
    Planted("wrong axis", part("cumsum", "transpose", lambda xp, g, a, *, axis: xp.flip(xp.cumsum(xp.flip(g, axis=0), axis=0), axis=0)), lambda x, axis: np.cumsum(x, axis=axis), "cumsum", axis=Choice(0, 1, -1), **MATRIX),
    Planted("cumsum not reversed", part("cumsum", "transpose", lambda xp, g, a, *, axis: xp.cumsum(g, axis=axis)), lambda x: np.cumsum(x, axis=0) ** 2, "cumsum", **MATRIX),
    Planted("mean without its count", part("mean", "transpose", lambda xp, g, a, *, axis, keepdims: find("sum").transpose(xp, g, a, axis=axis, keepdims=keepdims)), lambda x, axis: np.mean(x, axis=axis), "mean", axis=Choice(0, 1, None), **MATRIX),
    Planted("no transpose", part("matmul", "adjoints", (find("matmul").adjoints[0], no_swap)), lambda x, y: x @ y.T, "matmul", "raised", x=Array("n", "m", min_size=1), y=Array("k", "m", min_size=1)),
    Planted("no transpose, square", part("matmul", "adjoints", (find("matmul").adjoints[0], no_swap)), lambda x, y: x @ y, "matmul", x=Array(2, 2), y=Array(2, 2)),
    Planted("only the diagonal", part("softmax", "rules", (softmax_diagonal, softmax_diagonal)), lambda x: ag.softmax(x, axis=-1) * x, "softmax", x=Array("n", "m", low=-4.0, high=4.0, min_size=1)),
    Planted("wrong piece", part("concatenate", "transpose", shifted_piece), lambda x, y: np.concatenate([np.sin(x), y]) ** 2, "concatenate", x=Array(2), y=Array(2)),
    Planted("solve with the wrong sign", part("solve", "rules", (lambda *args: -SOLVE(*args), find("solve").rules[1])), lambda y: np.linalg.solve(np.array([[2.0, 0.5], [0.0, 1.0]]), y), "solve", y=Array(2)),
    Planted("forward mode bent", part("matmul", "jvp", bent(find("matmul").jvp)), lambda x, y: x @ y, "matmul", "mode", x=Array(2, 2), y=Array(2, 2)),
    Planted("frozen second derivative", part("tanh", "partials", (lambda xp, y, a: xp.constant(1.0 - y * y),)), lambda x: np.tanh(x), "<elementwise operation tanh>", "order", 2, x=Array("n", low=0.5, high=2.0)),
    Planted("broadcast picked, not summed", engine(tensor, "unbroadcast", first_of_what_was_repeated), lambda x, y: np.sin(x) * y, "every node is right by itself: the engine", **ROW),
    Planted("size-1 axes not summed", engine(tensor, "unbroadcast", summed_but_not_where_stretched), lambda x, y: x * y, "every node is right by itself: the engine", x=Array("n", "m", low=-4.0, high=4.0, min_size=1), y=Array("n", 1, low=-4.0, high=4.0, min_size=1)),
    Planted("consumers overwrite each other", engine(Tensor, "receive", overwriting), lambda x: np.sin(x) * x + np.exp(x), "every node is right by itself: the engine", **NV),
    Planted("repeated indices lost", engine(numpy_backend.ARRAY, "add_at", lost_duplicates), lambda x: x[[0, 0, 1]] ** 2, "every node is right by itself: the engine", x=Array(3)),
    Planted("only the last part arrives", engine(reverse_mode, "_together", lambda source, given, right=reverse_mode._together: right(source, given[-1:])), lambda x: x[0] * x[1], "every node is right by itself: the engine", x=Array(3)),
    Planted("gradients() apart", engine(reverse_mode, "_handed_on", lambda *args, right=reverse_mode._handed_on: 1.5 * right(*args)), lambda x: np.sin(x), "every node is right by itself: the engine", "mode", **NV),
]  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p.name)
def test_a_planted_error_is_caught_and_named(planted, monkeypatch):
    planted.plant(monkeypatch)
    try:
        with pytest.raises(GradientError) as caught:
            planted.test(100)()
    finally:
        scalar_methods.values_of.cache_clear()
    report = caught.value.report
    assert report.fault == planted.fault, report
    assert report.blame.startswith(planted.culprit), report
    assert len(str(report).splitlines()) <= 15


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p.name)
def test_without_the_error_nothing_is_flagged(planted):
    planted.test(40)()


def test_an_engine_that_makes_nan_of_honest_nodes(monkeypatch):
    monkeypatch.setattr(Tensor, "receive", lambda self, c, op, fresh: setattr(self, "_grad", np.nan * np.ones(self.shape)))
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x: np.sin(x), np.array([0.5]))
    assert (caught.value.report.fault, caught.value.report.blame[:42]) == ("nan", "every node is right by itself: the engine ")
