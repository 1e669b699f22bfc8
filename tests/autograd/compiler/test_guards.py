"""compile: decisions on numbers become guards, and a program is used only where they hold."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import GraphError, Tensor, Value, compile

rng = np.random.default_rng(0)


def test_branches_are_guards_and_old_ones_are_kept():
    step = compile(lambda x: x * x if x > 0 else -x)
    assert [step(v) for v in (2.0, -2.0, 3.0, -3.0)] == [4.0, 2.0, 9.0, 3.0]
    assert step.traces == 2
    assert "guarded: 1 things" in str(step.report())


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * float(x),
        lambda x: x * int(x.data),
        lambda x: x * math.exp(x.data),
        lambda x: x * round(x.data, 1),
        lambda x: x * (1.0 if x else 0.0),
        lambda x: x * {2.0: 5.0}.get(float(x.data), 7.0),
        lambda x: x * hash(x.data),
        lambda x: x * len([x.data] * 2),
        lambda x: x * np.array([x.data, 1.0], dtype=float)[0],
        lambda x: x * np.floor(float(x.data)),
        lambda x: x * (2.0 if 1.0 < x.data <= 3.0 else 4.0),
        lambda x: x * (2.0 if x.data.is_integer() else 4.0),
        lambda x: x * x.data.as_integer_ratio()[0],
        lambda x: x * float(f"{x.data:.1f}"),
        lambda x: x * float(f"{x:.1f}"),
        lambda x: x * len(str(x.data * 4.0)),
        lambda x: x * math.trunc(x.data) * math.floor(x.data) * math.ceil(x.data),
        lambda x: x * [5.0, 7.0][x > 2.2] * {True: 2.0, False: 3.0}[x > 2.2],
        lambda x: x * (2.0 if (x > 2.2) == True else 3.0),  # noqa: E712 - what people write
        lambda x: x * (2.0 if (x > 2.2) != (x > 3.0) else 3.0) * float(x > 2.2) + int(x > 2.2),
        lambda x: x * (4.0 if isinstance(x.data, float) else 5.0),
        lambda x: x * [1.0, 3.0, 4.0][(x.data > 2.2) + (x.data > 3.0)],
    ],
)
def test_numbers_that_are_read_become_guards(f):
    step = compile(f)
    for v in (2.0, 2.5, 2.0, 4.0):
        x = Value(v)
        assert step(v) == pytest.approx(f(x).data)
    assert step.traces <= 3


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * x.data,
        lambda x: x * (x.data + 1.0) / (2.0 - x.data),
        lambda x: (x - max(x.data, 0.5)) * 3.0,
        lambda x: (x - min([x.data, 2.2, x.data * 2])) * 3.0,
        lambda x: x * abs(-x.data) ** 2 // 1.0,
        lambda x: x * (x.data > 2.2),
        lambda x: x + (x.data > 2.2),
        lambda x: x - (x > 2.2) * 2.0,
        lambda x: (x > 2.2) - x,
        lambda x: ag.where((x > 2.2) & (x.data < 5), x, 3.0 * x),
        lambda x: ag.where((x > 2.2) | (x < 1), x, 3.0 * x),
        lambda x: ag.where(x > 2.2, 1.0, 2.0) * x,
        lambda x: np.where(x > 2.2, x, -x),
        lambda x: x * np.exp(x.data),
        lambda x: x * np.greater(x.data, 2.2),
        lambda x: np.multiply(x > 2.2, x),
        lambda x: ag.stop_gradient(x * x) * x,
        lambda x: x.detach() * x,
        lambda x: ag.clip(x, 2.1, 3.0) * x,
        lambda x: x * ag.where((x > 2.2) ^ (x > 3.0), 2.0, 3.0),
        lambda x: x * divmod(x.data, 0.75)[1] + ag.exp(x.data) * x,
        lambda x: ag.gradients(x * x * x, [x])[0] * x,
        lambda x: (lambda v: v * v.data)(ag.where(x * 2.0 >= 4.5, x, 1.0)),
        lambda x: ag.stop_gradient(ag.where(x * 2.0 >= 4.5, x, 1.0)) * x,
        lambda x: (lambda z: sum((v - max(u.data for u in z)).exp() for v in z))(
            [ag.where(x - w > 0, x - w, 0.1 * x) for w in (1.0, 3.0)]
        ),
        lambda x: compile(lambda y: y * y * 3.0).value_and_grad(x)[1] * x,
        lambda x: compile(lambda y: y * y * 3.0).value_and_grad(2.0)[1] * x,
        lambda x: compile(lambda y: y * y * 3.0).jvp((x,), (x,))[1] * x,
        lambda x: compile(lambda y: y * y * y).hvp(x, x) * x,
        lambda x: ag.leaky_relu(x - 2.3, 0.1) + ag.elu(2.3 - x) + ag.hypot(x, 1.0) + abs(x) + x % 0.7,
    ],
)
def test_numbers_that_are_followed_are_no_guards(f):
    step = compile(f)
    for v in (2.0, 2.5, 4.0):
        x = Value(v)
        y = f(x)
        y.backward()
        assert step.value_and_grad(v) == pytest.approx((y.data, x.grad))
    assert step.traces == 1


def array_cases():
    return [
        (lambda t: (t * (t > 0)).sum(), 1),
        (lambda t: np.where(t.data > 0, t, 0.1 * t).sum(), 1),
        (lambda t: (t * np.logical_and(t > 0, t < 1)).sum(), 1),
        (lambda t: (t * np.logical_or(t > 1, t < 0)).sum(), 1),
        (lambda t: (t * np.logical_not(t > 0)).sum(), 1),
        (lambda t: t[t.data.argmax()] * 2.0, 2),
        (lambda t: t[np.argmax(t)] * 2.0, 2),
        (lambda t: np.sort(t)[0] * 3.0, 2),
        (lambda t: t.sum() * float((t > 0).sum()), 2),
        (lambda t: t.sum() * (2.0 if (t > 5).any() else 3.0) * (2.0 if (t > -9).all() else 3.0), 1),
        (lambda t: t.sum() * np.sum(np.asarray(t.data)), 2),
        (lambda t: (t / t.data.sum()).sum(), 1),
        (lambda t: (t * t.data.T.reshape(3)).sum() * np.mean(t.data), 1),
        (lambda t: t.sum() * t.data[0] * len(t.data) * sum(v for v in t.data), 1),
        (lambda t: np.median(t) * 1.0, 2),
        (lambda t: np.nan_to_num(t).sum(), 2),
        (lambda t: np.interp(t, [0.0, 1.0], [0.0, 2.0]).sum(), 2),
        (lambda t: t.sum() * np.count_nonzero((t > 0)[0]), 2),
        (lambda t: t.sum() * np.asarray(t > 0, dtype=float)[0], 2),
        (lambda t: t.sum() * (t > 0).astype(float)[0], 2),
        (lambda t: (t * np.equal(t > 0, True)).sum(), 1),
        (lambda t: np.copysign(t, t).sum(), 2),
        (lambda t: np.compress(t > 0, t).sum(), 2),
        (
            lambda t: (
                t.sum() * np.where(t > 0, 1.0, 2.0)[1] + (t * np.where(t > 0, 1.0, 2.0)).sum() + t.sum() * np.cumsum(t > 0)[-1]
            ),
            2,
        ),
        (
            lambda t: (
                t.sum() * np.logical_xor(t > 0, t > 1).sum() + t.sum() * t.data.copy()[0] * t.data[:1].item() * t.data.shape[0]
            ),
            2,
        ),
        (lambda t: t.sum() * t[0].item() * t.sum().item(), 1),
        (lambda t: sum((t[i] * t[i] for i in np.flatnonzero(t.data > 0)), t.sum() * 0.0), 2),
        (lambda t: (t[np.nonzero(t.data > 0.35)[0]] * 2.0).sum(), 3),
        (lambda t: flipped(t), 2),
        (lambda t: ag.where(t.data * 2.0 > 1.0, t, 0.1 * t).sum() + ag.exp(t - t.data.max()).sum(), 1),
        (lambda t: (lambda h: ag.exp(h - h.data.max()).sum())(ag.where(t * 2.0 > 1.0, t, 0.1 * t)), 1),
        (lambda t: (t * ((t.data > 0) == True)).sum() + (t * ((t.data > 0) != True)).sum() * 2.0, 1),  # noqa: E712 - what people write
        (lambda t: np.linalg.norm(t) * np.heaviside(t, 0.5).sum(), 2),
        (lambda t: t.numpy().sum() * t.sum() + t.data.max() * t.sum(), 1),
        (lambda t: (np.broadcast_to(t, (2, 3)) * np.isfinite(t)).sum() * np.add.reduce(t.data), 2),
    ]


def flipped(t):
    order = np.argsort(t.data)
    order[:] = order[::-1].copy()
    return (t[order] * np.array([1.0, 2.0, 3.0])).sum()


@pytest.mark.parametrize("k", range(35))
def test_arrays_that_are_read(k):
    f, traces = array_cases()[k]
    step = compile(f)
    for data in ([0.3, -0.7, 1.5], [0.4, -0.6, 1.7], [2.0, 0.5, -1.0]):
        t, u = Tensor(data), Tensor(data)
        y, z = f(t), step(u)
        y.backward()
        z.backward()
        assert float(z) == pytest.approx(float(y))
        assert u.grad == pytest.approx(t.grad)
    assert step.traces <= max(traces, 1) + (traces > 1)


def test_a_function_that_never_settles_is_told_so():
    step = compile(lambda x: x * float(x))
    for v in (1.0, 2.0, 3.0, 4.0):
        step(v)
    with pytest.raises(
        GraphError,
        match=r"<lambda> changed its structure at 4 calls in a row \(float\(\): 1.0 became 2.0; .*4.0 became 5.0\): .*autograd.where",
    ):
        step(5.0)


def test_what_was_read_is_no_index_unless_it_is_whole():
    with pytest.raises(TypeError, match=r"2\.5 is not a whole number, so it cannot be an index"):
        compile(lambda x: x * [1.0, 2.0][x.data])(2.5)


def test_max_and_min_elsewhere_are_pythons():
    found = []

    def f(x):
        found.append((max(3, 1), min([2, 4]), max("ab"), max([], default=7), max((1, 2), key=lambda v: -v)))
        return x * max(x.data, 1.0) * min(i for i in (1.0, 2.0))

    for _ in range(2):
        with pytest.raises(GraphError, match=r"changes what it reads while it is traced \(what is in found has changed\)"):
            compile(f)(2.0)
    assert set(found) == {(3, 2, "b", 7, 1)}
    assert max is __builtins__["max"] if isinstance(__builtins__, dict) else __builtins__.max
    with pytest.raises(ValueError, match="truth value of an array"):
        compile(lambda t: t.sum() * max([t.data, 1.0]))(Tensor([1.0, 2.0]))
