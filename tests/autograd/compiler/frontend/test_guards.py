"""Code that reads plain numbers becomes a guard, and a program is used only where its guards hold."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import (
    GraphError,
    Tensor,
    Value,
    compile,
)


def test_a_branch_is_a_guard_and_earlier_programs_are_kept():
    step = compile(lambda x: x * x if x > 0 else -x)
    assert [step(v) for v in (2.0, -2.0, 3.0, -3.0)] == [4.0, 2.0, 9.0, 3.0]
    assert step.traces == 2
    assert "guards: 1" in str(step.report())


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
        (lambda t: t.sum() * np.add.reduce(t > 0), 2),
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


@pytest.mark.parametrize("k", range(len(array_cases())))
def test_arrays_that_are_read_give_the_same_numbers_in_few_traces(k):
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


def test_isfinite_is_a_guard_and_comparisons_are_followed():
    step = compile(lambda x: x * 2.0 if np.isfinite(x) else Value(0.0) * x)
    assert step(3.0) == 6.0
    assert np.isnan(step(np.inf))
    chosen = compile(lambda x: ag.where(np.greater(x, 0.0), x * 2.0, x * 3.0))
    assert [chosen(1.0), chosen(-1.0), chosen.traces] == [2.0, -3.0, 1]
    t = Tensor([1.0, 2.0])
    still = compile(lambda: (t.detach() * t).sum())
    still().backward()
    np.testing.assert_array_equal(t.grad, [1.0, 2.0])


def test_the_sign_of_zero_is_a_guard():
    step = compile(lambda x: x + math.copysign(3.0, x.data))
    assert [step(x) for x in (0.0, -0.0, 0.0)] == [3.0, -3.0, 3.0]


def test_a_function_that_is_traced_at_every_call_is_refused():
    step = compile(lambda x: x * float(x))
    for v in (1.0, 2.0, 3.0, 4.0):
        step(v)
    with pytest.raises(
        GraphError,
        match=r"<lambda> had to be traced again at 4 calls in a row \(float\(\): 1.0 became 2.0; .*4.0 became 5.0\): .*autograd.where",
    ):
        step(5.0)
