"""Errors planted in operations and in the engine, one at a time: each is found and named, and without one every test passes."""

import hypothesis
import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value
from autograd.backends import numpy_backend, row_expressions
from autograd.core import tensor
from autograd.core.operators import apply, operate
from autograd.core.scalar_methods import compile_method
from autograd.graph import reverse_mode
from autograd.ops import find
from autograd.testing import Array, Choice, GradientError, Real, check_grad, gradient_test


class PlantedError:
    """An error, a function and arguments that show it, and what the report should blame: an operation or the engine."""

    def __init__(self, name, plant, function, culprit, fault="value", order=1, **specs):
        self.name, self.plant, self.function, self.culprit = name, plant, function, culprit
        self.fault, self.order, self.specs = fault, order, specs

    def test(self, examples):
        """A gradient test of the function."""
        test = gradient_test(order=self.order, **self.specs)(self.function)
        phases = [hypothesis.Phase.generate, hypothesis.Phase.shrink]
        return hypothesis.settings(max_examples=examples, deadline=None, derandomize=True, database=None, phases=phases)(test)


def replace_partials(name, *rules):
    """Give an elementwise operation other partial derivatives, for arrays and in the method written for scalars."""

    def plant(monkeypatch):
        monkeypatch.setattr(find(name), "partials", rules)
        row_expressions.row_expressions.cache_clear()
        method = {"multiply": "__mul__", "absolute": "__abs__"}.get(name, name)
        monkeypatch.setattr(Value, method, compile_method(name, method, {"Value": Value, "apply": apply, "operate": operate}))

    return plant


def replace_rule(name, attribute, rule):
    """Give an operation of another kind another rule."""
    return lambda monkeypatch: monkeypatch.setattr(find(name), attribute, rule)


def replace_function(module, name, function):
    """Replace a function of the Python engine, and let it run."""

    def plant(monkeypatch):
        monkeypatch.setattr(reverse_mode, "_propagate", reverse_mode.propagate)
        monkeypatch.setattr(module, name, function)

    return plant


def unbroadcast_by_picking(xp, g, shape):
    """Undo broadcasting by taking the first entry instead of the sum."""
    extra = g.ndim - len(shape)
    return g[(0,) * extra][tuple(slice(0, n) for n in shape)] if g.shape != shape else g


def unbroadcast_leading_axes_only(xp, g, shape):
    """Undo broadcasting for leading axes, and take the first entry along axes of length 1."""
    g = np.sum(g, axis=tuple(range(np.ndim(g) - len(shape))))
    return np.broadcast_to(g[tuple(slice(0, n) for n in shape)], shape)


def overwrite_gradient(self, c, op, fresh):
    """Replace the gradient instead of adding to it."""
    self._grad = np.array(self.unbroadcast_cotangent(c, op))


class CachedPartial:
    """A partial derivative that returns its first answer for each shape again."""

    def __init__(self):
        self.seen = {}

    def __call__(self, xp, y, a):
        return self.seen.setdefault(np.shape(a), xp.cos(a))


def modify_argument(xp, y, a):
    """A partial derivative that modifies its argument."""
    if isinstance(a, np.ndarray) and a.flags.writeable:
        a *= 0.5
    return xp.cos(a)


def add_at_without_duplicates(total, index, a):
    total[index] += a


SOLVE = find("solve").rules[0]
VECTOR, MATRIX = {"x": Array("n", low=-4.0, high=4.0)}, {"x": Array("n", "m", low=-4.0, high=4.0)}
PAIR = {"x": Array("n", "m", low=-4.0, high=4.0), "y": Array("n", "m", low=-4.0, high=4.0)}
ROW = {"x": Array("n", "m", low=-4.0, high=4.0), "y": Array("m", low=-4.0, high=4.0)}


def scale_rule(rule):
    """A rule times a wrong factor."""
    return lambda *args, **static: 1.5 * rule(*args, **static)


def softmax_diagonal(xp, i, g, y, a, *, axis):
    return g * y * (1.0 - y)


def matmul_adjoint_without_swap(xp, g, a, b):
    return xp.matmul(a, g)


def concatenate_first_piece(xp, g, i, args, axis):
    return xp.getitem(g, index=(slice(0, xp.shape(args[i])[0]),))


PLANTED = [
    PlantedError("wrong sign", replace_partials("sin", lambda xp, y, a: -xp.cos(a)), lambda x: np.sin(x) * 2.0, "sin", **VECTOR),
    PlantedError("wrong sign, scalar", replace_partials("sin", lambda xp, y, a: -xp.cos(a)), lambda s: s.sin() * s, "sin", s=Real(-4.0, 4.0)),
    PlantedError("lost factor", replace_partials("square", lambda xp, y, a: a), lambda x: np.square(x) + x, "square", **VECTOR),
    PlantedError("swapped operands", replace_partials("multiply", lambda xp, y, a, b: a, lambda xp, y, a, b: b), lambda x, y: np.sin(x) * y, "multiply", **PAIR),
    PlantedError("wrong only for x < 0", replace_partials("tanh", lambda xp, y, a: xp.where(a < 0.0, 1.0 - y, 1.0 - y * y)), lambda x: np.tanh(x), "tanh", **VECTOR),
    PlantedError("wrong at 0", replace_partials("relu", lambda xp, y, a: xp.where(a >= 0.0, 2.0, 0.0) * xp.where(a > 0.0, 0.5, 1.0)), lambda x: ag.relu(x), "relu", **VECTOR),
    PlantedError("wrong at ties", replace_partials("maximum", lambda xp, y, a, b: a >= b, lambda xp, y, a, b: b >= a), lambda x, y: np.maximum(x, y), "maximum by its arguments together", **PAIR),
    PlantedError("wrong above 1e3", replace_partials("square", lambda xp, y, a: xp.where(a > 1e3, a, 2.0 * a)), lambda x: np.square(x), "square", x=Array("n")),
    PlantedError("relative error 1e-4", replace_partials("exp", lambda xp, y, a: y * 1.0001), lambda x: np.exp(x) * 3.0, "exp", **VECTOR),
    PlantedError("nan at 0", replace_partials("absolute", lambda xp, y, a: a / y), lambda x: np.abs(x) + x, "absolute", "nan", **VECTOR),
    PlantedError("stale", replace_partials("sin", CachedPartial()), lambda x: np.sin(x), "every node is right by itself: a rule that keeps state (sin)", "staleness", **VECTOR),
    PlantedError("in place", replace_partials("sin", modify_argument), lambda x: np.sin(x * 1.0), "sin", **VECTOR),
    PlantedError("wrong axis", replace_rule("cumsum", "transpose", lambda xp, g, a, *, axis: xp.flip(xp.cumsum(xp.flip(g, axis=0), axis=0), axis=0)), lambda x, axis: np.cumsum(x, axis=axis), "cumsum", axis=Choice(0, 1, -1), **MATRIX),
    PlantedError("cumsum not reversed", replace_rule("cumsum", "transpose", lambda xp, g, a, *, axis: xp.cumsum(g, axis=axis)), lambda x: np.cumsum(x, axis=0) ** 2, "cumsum", **MATRIX),
    PlantedError("mean without its count", replace_rule("mean", "transpose", lambda xp, g, a, *, axis, keepdims: find("sum").transpose(xp, g, a, axis=axis, keepdims=keepdims)), lambda x, axis: np.mean(x, axis=axis), "mean", axis=Choice(0, 1, None), **MATRIX),
    PlantedError("no transpose", replace_rule("matmul", "adjoints", (find("matmul").adjoints[0], matmul_adjoint_without_swap)), lambda x, y: x @ y.T, "matmul", "raised", x=Array("n", "m", min_size=1), y=Array("k", "m", min_size=1)),
    PlantedError("no transpose, square", replace_rule("matmul", "adjoints", (find("matmul").adjoints[0], matmul_adjoint_without_swap)), lambda x, y: x @ y, "matmul", x=Array(2, 2), y=Array(2, 2)),
    PlantedError("only the diagonal", replace_rule("softmax", "rules", (softmax_diagonal, softmax_diagonal)), lambda x: ag.softmax(x, axis=-1) * x, "softmax", x=Array("n", "m", low=-4.0, high=4.0, min_size=1)),
    PlantedError("wrong piece", replace_rule("concatenate", "transpose", concatenate_first_piece), lambda x, y: np.concatenate([np.sin(x), y]) ** 2, "concatenate", x=Array(2), y=Array(2)),
    PlantedError("solve with the wrong sign", replace_rule("solve", "rules", (lambda *args: -SOLVE(*args), find("solve").rules[1])), lambda y: np.linalg.solve(np.array([[2.0, 0.5], [0.0, 1.0]]), y), "solve", y=Array(2)),
    PlantedError("forward mode bent", replace_rule("matmul", "jvp", scale_rule(find("matmul").jvp)), lambda x, y: x @ y, "matmul", "mode", x=Array(2, 2), y=Array(2, 2)),
    PlantedError("frozen second derivative", replace_rule("tanh", "partials", (lambda xp, y, a: xp.constant(1.0 - y * y),)), lambda x: np.tanh(x), "<elementwise operation tanh>", "order", 2, x=Array("n", low=0.5, high=2.0)),
    PlantedError("broadcast picked, not summed", replace_function(tensor, "unbroadcast", unbroadcast_by_picking), lambda x, y: np.sin(x) * y, "every node is right by itself: the engine", **ROW),
    PlantedError("size-1 axes not summed", replace_function(tensor, "unbroadcast", unbroadcast_leading_axes_only), lambda x, y: x * y, "every node is right by itself: the engine", x=Array("n", "m", low=-4.0, high=4.0, min_size=1), y=Array("n", 1, low=-4.0, high=4.0, min_size=1)),
    PlantedError("consumers overwrite each other", replace_function(Tensor, "accumulate_grad", overwrite_gradient), lambda x: np.sin(x) * x + np.exp(x), "every node is right by itself: the engine", **VECTOR),
    PlantedError("repeated indices lost", replace_function(numpy_backend.ARRAY, "add_at", add_at_without_duplicates), lambda x: x[[0, 0, 1]] ** 2, "every node is right by itself: the engine", x=Array(3)),
    PlantedError("only the last part arrives", replace_function(reverse_mode, "_sum_parts", lambda source, given, right=reverse_mode._sum_parts: right(source, given[-1:])), lambda x: x[0] * x[1], "every node is right by itself: the engine", x=Array(3)),
    PlantedError("gradients() apart", replace_function(Tensor, "vjp", lambda *args, right=Tensor.vjp: 1.5 * right(*args)), lambda x: np.sin(x), "every node is right by itself: the engine", "mode", **VECTOR),
]  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p.name)
def test_a_planted_error_is_found_and_named(planted, monkeypatch):
    planted.plant(monkeypatch)
    try:
        with pytest.raises(GradientError) as caught:
            planted.test(100)()
    finally:
        row_expressions.row_expressions.cache_clear()
    report = caught.value.report
    assert report.fault == planted.fault, report
    assert report.blame.startswith(planted.culprit), report
    assert len(str(report).splitlines()) <= 15


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p.name)
def test_without_the_error_the_test_passes(planted):
    planted.test(hypothesis.settings().max_examples)()


def test_an_engine_that_returns_nan_is_blamed(monkeypatch):
    monkeypatch.setattr(Tensor, "accumulate_grad", lambda self, c, op, fresh: setattr(self, "_grad", np.nan * np.ones(self.shape)))
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x: np.sin(x), np.array([0.5]))
    assert (caught.value.report.fault, caught.value.report.blame[:42]) == ("nan", "every node is right by itself: the engine ")
