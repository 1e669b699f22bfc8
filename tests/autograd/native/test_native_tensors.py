"""Tensors in C: equal bits, reference counts, cycles, errors, and what is handed to Python."""

import gc
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value, no_grad
from autograd.core import tensor
from autograd.graph.topological_order import UNRECORDED
from autograd.native.row_writer import entrywise_partials, is_writable
from autograd.ops import TABLE, Elementwise, find
from autograd.ops.kinds import Custom
from autograd.state.engine import native

needs_native = pytest.mark.skipif(native is None, reason="tests the native engine")

PROGRAM = """
import random
import numpy as np
import autograd as ag
from autograd import Tensor, Value

rng = random.Random(7)
data = np.random.default_rng(7)

def leaves():
    return [
        Tensor(data.normal(size=(3, 4))), Tensor(data.normal(size=(1, 4))), Tensor(data.normal(size=4)), Tensor(0.3),
        Tensor(data.normal(size=(3, 4)).astype(np.float32)), Tensor(data.normal(size=(3, 4)), constant=True), Value(0.7),
    ]

UNARY = [
    ag.exp, ag.tanh, ag.relu, lambda a: -a, abs, lambda a: a ** 2, lambda a: 2 - a, lambda a: 1.5 * a, lambda a: a / 0.0,
    lambda a: ag.reshape(a, (-1,)), lambda a: a[..., None] if isinstance(a, Tensor) else a, lambda a: ag.sum(a, axis=0) if a.shape else a, ag.mean, ag.max,
    lambda a: a.T if isinstance(a, Tensor) else a, lambda a: ag.stack([a, a, 3.0 * a]), lambda a: a[0] if a.shape else a,
    lambda a: a * np.full(a.shape, 0.5), lambda a: a.astype(np.float32) if isinstance(a, Tensor) else a,
]
BINARY = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b, ag.maximum, ag.matmul, ag.hypot, ag.vdot,
    lambda a, b: ag.where(np.arange(4) > 1, a, b),
]

def bits(x):
    return (x.dtype.str, x.shape, np.where(np.isnan(x), np.nan, x).tobytes().hex())

print(ag.engine())
for number in range(400):
    nodes = leaves()
    for _ in range(rng.randint(1, 8)):
        try:
            if rng.random() < 0.5:
                nodes.append(rng.choice(UNARY)(rng.choice(nodes)))
            else:
                nodes.append(rng.choice(BINARY)(rng.choice(nodes), rng.choice(nodes)))
        except ag.AutogradError as error:
            print(number, type(error).__name__, error)
    root = ag.sum(ag.as_tensor(nodes[-1])) + nodes[0].sum()
    for _ in range(2):
        root.backward()
    for node in [root, *nodes]:
        print(number, node.op and node.op.name, bits(np.asarray(node.data)), bits(np.asarray(node.grad)))
"""


def output_of(engine):
    env = {**os.environ, "GRADLAB_ENGINE": engine}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@needs_native
def test_random_programs_of_arrays_give_equal_bits_and_errors_on_both_engines():
    ours, theirs = output_of("native"), output_of("python")
    assert (ours[0], theirs[0]) == ("native", "python")
    assert sum("Error" in line for line in ours) > 20
    assert ours[1:] == theirs[1:]


def broken_rule(xp, i, g, y, *args):
    raise RuntimeError("half way")


BROKEN = Custom("broken", lambda xp, a: a * 1.0, broken_rule, broken_rule, arity=1, domains=(), kink="", ties=False)
MANY = dict.fromkeys("abcdefghi", 1.0)
SUM_OF_MANY = Custom(
    "sum_of_many",
    lambda xp, a, /, **settings: a * sum(settings.values()),
    lambda xp, i, g, y, a, /, **settings: g * sum(settings.values()),
    broken_rule,
    arity=1,
    domains=(),
    kink="",
    ties=False,
)


def test_operations_with_many_arguments_or_settings():
    t = Tensor([1.0, 2.0])
    total = ag.stack([t * float(k) for k in range(12)]).sum() + Tensor.record(SUM_OF_MANY, (t,), MANY).sum()
    total.backward()
    assert t.grad.tolist() == [66.0 + 9.0] * 2


def test_every_path_returns_its_references():
    t, c, v = Tensor([[1.0, 2.0]]), Tensor([[1.0, 2.0]], constant=True), Value(0.5)
    array, op, setting = np.ones((1, 2)), find("add"), {"axis": None, "keepdims": False}

    def calls():
        _ = (t + c, c + c, t + v, t * 2, 2.0 * t, t + array, -t, t.exp(), t @ t.T, t / 0, ag.stack([t] * 12))
        Tensor.record(find("sum"), (t,), setting)
        with no_grad():
            _ = t * c
        with pytest.raises(ag.ShapeError):
            t @ t
        with pytest.raises(ag.DataError):
            t + 10**400
        with pytest.raises(ag.DataError):
            t + "text"
        with pytest.raises(RuntimeError, match="half way"):
            Tensor.record(BROKEN, (t,), {}).sum().backward()
        ((t * c + t) * v + t[0]).sum().backward()
        t.zero_grad()
        v.zero_grad()

    for _ in range(10):
        calls()
    things = [t, c, v, array, op, setting, t._primal, c._primal, BROKEN, tensor.ARRAY, find("sum")]
    counts = [sys.getrefcount(x) for x in things]
    for _ in range(100):
        calls()
    assert [sys.getrefcount(x) for x in things] == counts


@needs_native
def test_a_graph_of_arrays_is_hidden_from_the_collector_until_a_hook_can_close_a_cycle():
    t = Tensor([1.0, 2.0])
    y = t * 2.0
    z = y + y
    assert not any(map(gc.is_tracked, (t, y, z, z.left, z.dright)))
    with t.register_hook(lambda g: g if z is None else g * 2.0):
        assert all(map(gc.is_tracked, (y, z, z.left)))
        assert gc.is_tracked(z * 3.0)
    assert gc.is_tracked(Tensor.record(SUM_OF_MANY, (Tensor([1.0]),), {"a": Number(2.0)}))


class Number(float):
    """A number with a dictionary, through which a cycle may lead."""


def count_references(op):
    gc.collect()
    return sys.getrefcount(op)  # every node that is alive refers to its operation


def test_cycles_through_arrays_are_collected():
    def through_a_hook():
        t = Tensor([1.0])
        y = t.exp() * t
        t.register_hook(lambda g: g * y.data)
        y.sum().backward()

    def through_a_gradient():
        t = Tensor([1.0])
        (t.exp() * t).sum().backward(create_graph=True)
        t.grad.sum().backward(create_graph=True)

    def through_a_subclass():
        node = Named([1.0])
        node.child = node.exp()

    op = find("exp")
    for build in (through_a_hook, through_a_gradient, through_a_subclass):
        build()
        before = count_references(op)
        for _ in range(3):
            build()
        after = count_references(op)
        assert after == before, build


class Named(Tensor):
    """A subclass with a dictionary."""


def test_operations_leave_the_error_state_of_numpy_as_it_was():
    t = Tensor([0.0, 1.0])
    with np.errstate(all="raise"):
        before = np.geterr()
        y = (1.0 / t).sum()
        y.backward()
        with pytest.raises(ag.ShapeError):
            t @ Tensor([1.0])
        assert np.geterr() == before
    assert y.data == np.inf
    assert t.grad.tolist() == [-np.inf, -1.0]


def test_the_gradient_of_a_leaf_is_not_the_array_of_another():
    t, u = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    (t + u).sum().backward()
    t.grad[0] = 7.0
    assert u.grad.tolist() == [1.0, 1.0]


ONES, PARTIALS = entrywise_partials([op.name for op in TABLE.values() if isinstance(op, Elementwise) and is_writable(op)])
EXTREMES = [0.0, -0.0, 1.0, -1.0, 0.5, np.inf, -np.inf, np.nan, 5e-324, 1e-300, 1e300, 710.0, -746.0]
LAYOUTS = {
    "plain": lambda x: x,
    "empty": lambda x: x[:0],
    "one number": lambda x: x[0, 0].reshape(()),
    "columns": lambda x: np.asfortranarray(x),
    "single precision": lambda x: x.astype(np.float32),
    "many": lambda x: np.tile(x, (1 << 12, 1)),
}


@pytest.mark.parametrize(("row", "place"), PARTIALS + ONES)
@given(seed=st.integers(0, 10**6), layout=st.sampled_from(sorted(LAYOUTS)))
@settings(max_examples=10)
def test_partials_of_entries_have_the_bits_of_numpy(row, place, seed, layout):
    rng, op = np.random.default_rng(seed), find(row)
    with np.errstate(over="ignore"):
        numbers = [
            LAYOUTS[layout](np.where(rng.random((4, 5)) < 0.3, rng.choice(EXTREMES, (4, 5)), rng.normal(size=(4, 5))))
            for _ in "gab"
        ]
    args = [Tensor(x, constant=i != place) for i, x in enumerate(numbers[1 : 1 + op.arity])]
    y = Tensor.record(op, args, {})
    with np.errstate(all="ignore"):
        expected = numbers[0] * op.partials[place](tensor.ARRAY, y._primal, *(t._primal for t in args))
    y.backward(numbers[0])
    assert args[place].grad.dtype == numbers[0].dtype
    np.testing.assert_array_equal(args[place].grad, expected)
    signs_agree = (np.signbit(args[place].grad) == np.signbit(expected)) | np.isnan(expected)
    assert signs_agree.all() or (row, place) in ONES  # -0.0 times 1.0 may be left as it is


@needs_native
def test_registration_is_checked():
    states = (tensor.OWN, tensor.RECORDED, tensor.EXPOSED, tensor.CONSTANT)
    rest = (np.zeros((2, 3)), np.float64(), None, None, None, None, None, tensor.FLOAT_ERROR_STATE, None, None, UNRECORDED, states)
    for cls in (Tensor, Value, int):
        with pytest.raises(TypeError, match="takes one class, once"):
            native.register_tensor(cls, *rest)


def test_an_operation_whose_partials_are_replaced_uses_the_new_ones(monkeypatch):
    x = Tensor([0.5, -1.0])
    monkeypatch.setattr(find("tanh"), "partials", (lambda xp, y, a: 3.0 * a,))
    ag.tanh(x).backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [1.5, -3.0])
