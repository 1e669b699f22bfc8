"""Methods of ufuncs, reductions of some of the entries, arrays as results and orders of entries: NumPy's values, right derivatives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import DataError, OutOfRangeError, ShapeError, Tensor, compile, grad, hvp, jvp
from oracles import assert_close, assert_derivative

V, M, T = (4,), (3, 4), (2, 3, 2)
MASK = np.array([True, False, True, True])
COLUMN = np.array([[True], [False], [True]])

# Functions of arrays, and the shapes of their arguments.
CALLS = {
    "subtract.outer": (np.subtract.outer, [V, M]),
    "divide.outer": (lambda x, y: np.divide.outer(x, y + 9.0), [M, V]),
    "maximum.outer": (np.maximum.outer, [V, V]),
    "logaddexp2.outer": (lambda x: np.logaddexp2.outer(x, np.array([1.0, 2.0])), [V]),
    "outer with a number": (lambda x: np.power.outer(x + 9.0, 2.0), [V]),
    "outer of a constant": (lambda x: np.hypot.outer(np.array([1.0, 2.0]), x), [V]),
    "maximum.accumulate": (np.maximum.accumulate, [V]),
    "minimum.accumulate": (lambda x: np.minimum.accumulate(x, axis=1), [M]),
    "multiply.accumulate": (lambda x: np.multiply.accumulate(x, axis=-1), [M]),
    "multiply.accumulate by default": (np.multiply.accumulate, [M]),
    "logaddexp.accumulate": (lambda x: np.logaddexp.accumulate(x, axis=1), [T]),
    "subtract.accumulate": (np.subtract.accumulate, [V]),
    "accumulate of nothing": (lambda x: np.subtract.accumulate(x[:0]), [V]),
    "hypot.reduce": (np.hypot.reduce, [M]),
    "logaddexp.reduce": (lambda x: np.logaddexp.reduce(x, axis=(0, 2), keepdims=True), [T]),
    "logaddexp.reduce of all": (lambda x: np.logaddexp.reduce(x, axis=None), [T]),
    "subtract.reduce": (lambda x: np.subtract.reduce(x, axis=1), [M]),
    "add.reduce": (lambda x: np.add.reduce(x, axis=1, initial=3.0, where=MASK), [M]),
    "maximum.reduce": (lambda x: np.maximum.reduce(x, axis=0, initial=-9.0, where=COLUMN, keepdims=True), [M]),
    "add.reduceat": (lambda x: np.add.reduceat(x, [0, 2, 1, 3]), [V]),
    "maximum.reduceat": (lambda x: np.maximum.reduceat(x, [0, 2], axis=1), [M]),
    "hypot.reduceat": (lambda x: np.hypot.reduceat(x, [1, 1]), [M]),
    "sum where": (lambda x: np.sum(x, axis=1, where=MASK), [M]),
    "sum initial": (lambda x, y: np.sum(x, initial=np.sum(y)), [V, V]),
    "sum of a node as initial": (lambda x: x[0] * np.sum(x[:0], initial=2.0), [V]),
    "sum of dtype": (lambda x: np.sum(x, axis=0, dtype=np.float64), [M]),
    "prod where": (lambda x: np.prod(x, axis=0, where=COLUMN, initial=2.0, keepdims=True), [M]),
    "max where": (lambda x: np.max(x, axis=1, where=MASK, initial=-9.0), [M]),
    "max of a where nothing is left": (lambda x: x * np.max(x, where=False, initial=-9.0), [V]),
    "min initial": (lambda x: np.min(x, initial=0.1), [M]),
    "min of nothing": (lambda x: x * np.min(x[:0], initial=3.0), [V]),
    "mean where": (lambda x: np.mean(x, axis=1, where=MASK, keepdims=True), [M]),
    "mean of dtype": (lambda x: np.mean(x, dtype=float), [M]),
    "var where": (lambda x: np.var(x, axis=0, where=COLUMN, ddof=1), [M]),
    "std where": (lambda x: np.std(x, axis=1, where=MASK), [M]),
    "std of all, where": (lambda x: np.std(x, where=MASK, ddof=1, keepdims=True, dtype=float), [M]),
    "methods": (
        lambda x: (
            x.sum(where=MASK)
            + x.prod(axis=0, initial=2.0)
            + x.max(axis=0, initial=0.0)
            + x.min(initial=0.0)
            + x.mean(where=COLUMN)
            + x.std(axis=0, where=COLUMN)
            + x.var(axis=0, dtype=float)
            + x.cumsum(0, dtype=float)[1]
            + x.cumprod(0, dtype=float)[1]
        ),
        [M],
    ),
    "ravel": (lambda x: np.ravel(x, order="F"), [T]),
    "flatten": (lambda x: x.flatten("F") + x.ravel("A"), [T]),
    "reshape": (lambda x: np.reshape(x, (4, -1), order="F"), [T]),
    "reshape of columns": (lambda x: x.T.reshape(3, 4, order="A") + x.T.reshape((3, 4), order="F"), [M]),
    "windows": (lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 3)), [M]),
    "interp of sample points": (lambda x: np.interp([-5.0, 0.0, 0.77, 9.0], np.cumsum(x**2 + 1.0), [1.0, 3.0, 2.0, 5.0]), [V]),
    "interp of a period": (lambda x, y: np.interp(x, [300.0, 100.0, 20.0, -70.0], y, period=360.0), [V, V]),
    "interp outside of a period": (lambda x, y: np.interp(x + 400.0, [300.0, 100.0, 20.0, -70.0], y, period=360.0), [V, V]),
    "interp of periodic points": (lambda x: np.interp([1.3, 0.9], x, [3.0, 1.0, 2.0, 0.0], period=7.3), [V]),
    "complex numbers that are real": (lambda x: np.real_if_close(x + 0j), [V]),
    "complex numbers that are not": (lambda x: np.real(np.real_if_close(x + 1j * x) ** 2), [V]),
}


def make_arrays(seed, shapes):
    """Arrays whose entries differ, so that a maximum has no ties."""
    rng = np.random.default_rng(seed)
    return [rng.permutation(0.17 + 0.2 * np.arange(np.prod(s)) - 0.5).reshape(s) for s in shapes]


@pytest.mark.parametrize("name", CALLS)
@given(seed=st.integers(0, 10**6))
def test_values_are_those_of_numpy_and_derivatives_are_right(name, seed):
    f, shapes = CALLS[name]
    xs = make_arrays(seed, shapes)
    ours, theirs = f(*map(Tensor, xs)), np.asarray(f(*xs))
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    assert_close(ours.data, theirs, rtol=1e-13, atol=1e-14)
    rng = np.random.default_rng(seed + 1)
    cotangent, directions = rng.normal(size=theirs.shape), [rng.normal(size=s) for s in shapes]

    def loss(*args):
        return (f(*args) * cotangent).sum()

    gradients = grad(loss, argnums=tuple(range(len(xs))))(*xs)
    slope = sum(np.vdot(g, u) for g, u in zip(gradients, directions, strict=True))
    assert_derivative(slope, lambda step: float(loss(*(x + step * u for x, u in zip(xs, directions, strict=True)))), h=0.01)
    assert_close(jvp(loss, xs, directions)[1], slope, rtol=1e-10, atol=1e-12)
    first = lambda x: loss(x, *xs[1:])  # noqa: E731 - used twice
    curvature = np.vdot(hvp(first, xs[0], directions[0]), directions[0])
    assert_derivative(curvature, lambda step: np.vdot(grad(first)(xs[0] + step * directions[0]), directions[0]), h=0.01, rtol=1e-6)


@pytest.mark.parametrize("name", [name for name in CALLS if name not in ("methods", "flatten")])
def test_they_can_be_compiled(name):
    f, shapes = CALLS[name]
    (x, *others) = make_arrays(3, shapes)
    gradient = grad(lambda x: (f(x, *others) ** 2).sum())
    assert_close(compile(gradient, tensors=True)(x), gradient(x), rtol=1e-10, atol=1e-13)


def test_results_can_be_written_to_an_array_of_ones_own():
    x = np.array([0.5, -0.2, 0.3])

    def f(x):
        total = ag.ones(3)
        assert np.multiply(x, x, out=total) is total
        np.add(total, x, out=total, where=np.array([True, False, True]))
        np.exp(total, total)
        np.add.reduce(np.stack([x, total]), axis=0, out=total)
        return (total**2).sum()

    def plain(x):
        total = x * x + np.array([1.0, 0.0, 1.0]) * x
        return ((np.exp(total) + x) ** 2).sum()

    assert_close(grad(f)(x), [4 * t for t in grad(lambda x: plain(x) / 4)(x)], rtol=1e-13)
    for k, unit in enumerate(np.eye(3)):
        assert_derivative(grad(f)(x)[k], lambda step, unit=unit: float(plain(x + step * unit)))


def test_entries_are_updated_in_place():
    x, index = np.array([0.5, -0.2, 0.3]), np.array([1, 0, 1])

    def f(x):
        a, b = ag.array([1.0, 2.0]), ag.array([4.0, 3.0, 5.0])
        assert np.add.at(a, index, x) is None
        np.subtract.at(a, index, 2.0 * x)
        np.multiply.at(b, [0, 2], x[1:])
        np.divide.at(b, [1], x[:1] + 9.0)
        np.power.at(b, slice(1), 2.0)
        np.maximum.at(b, [0], x[:1])
        np.minimum.at(b, [2], x[:1])
        return (a**2).sum() + (b**3).sum()

    def plain(x):
        a, b = np.array([1.0, 2.0]), np.array([4.0, 3.0, 5.0])
        np.add.at(a, index, x)
        np.subtract.at(a, index, 2.0 * x)
        np.multiply.at(b, [0, 2], x[1:])
        np.divide.at(b, [1], x[:1] + 9.0)
        np.power.at(b, slice(1), 2.0)
        np.maximum.at(b, [0], x[:1])
        np.minimum.at(b, [2], x[:1])
        return float((a**2).sum() + (b**3).sum())

    assert_close(float(f(Tensor(x))), plain(x), rtol=1e-14)
    for k, unit in enumerate(np.eye(3)):
        assert_derivative(grad(f)(x)[k], lambda step, unit=unit: plain(x + step * unit), h=0.02)


def test_equal_chosen_entries_have_no_deviation():
    x = np.array([0.1, 7.0, 0.1, 0.1])
    assert_close(grad(lambda x: np.std(x, where=[True, False, True, True]))(x), np.zeros(4))


def test_what_has_no_result_or_no_derivative_is_refused():
    t = Tensor([[1.0, 2.0], [3.0, 4.0]])
    for call, error, text in [
        (
            lambda: np.add(t, 1.0, out=np.zeros((2, 2))),
            DataError,
            r"np.add with out=, .* writes to an array that cannot hold nodes: make it with .*, or use the result of a function that",
        ),
        (
            lambda: np.add.reduce(t, out=t),
            DataError,
            "np.add with out=, or in place, on this Tensor .leaf.: only results of operations",
        ),
        (lambda: np.add(t, 1.0, where=t.data > 2.0), DataError, r"np.add with where= leaves entries undefined: use np.where\("),
        (lambda: np.max(t, where=[True, False]), DataError, "a maximum or minimum with where= needs initial="),
        (
            lambda: np.add.at(np.zeros(2), [0], t[0, 0]),
            DataError,
            r"np.add.at writes to an array .*: make it with .*autograd.zeros\(shape\)",
        ),
        (
            lambda: np.add.at(t, 0, 1.0),
            DataError,
            r"np.add.at on this Tensor .leaf.: only .* Use t = t.at\[index\].set\(x\), assign to a copy",
        ),
        (lambda: np.hypot.at(t, 0, 1.0), DataError, "np.hypot.at has no derivative here"),
        (lambda: np.hypot.reduce(t, where=[True, False]), DataError, "np.hypot.reduce with where= has no derivative here"),
        (lambda: np.add.reduce(t, dtype=float), DataError, "np.add.reduce with dtype= has no derivative here"),
        (lambda: np.hypot.reduce(t[:0]), ShapeError, r"np.hypot.reduce of shape \(0, 2\): an axis of length 0 has no result"),
        (
            lambda: np.add.reduceat(t, [0, 2]),
            OutOfRangeError,
            r"np.add.reduceat: the indices \[0, 2\] are not all in the range of 2",
        ),
        (lambda: np.exp.at(t, 0), DataError, "np.exp.at has no derivative here"),
        (lambda: np.ravel(t, order="K"), DataError, "ravel: order must be 'C', 'F' or 'A', not 'K'"),
        (lambda: t.reshape(4, order="B"), DataError, "reshape: order must be 'C', 'F' or 'A', not 'B'"),
    ]:
        with pytest.raises(error, match=text):
            call()
