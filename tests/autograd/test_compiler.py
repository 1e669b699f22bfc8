"""compile: the same numbers as the function itself, whatever it does; and the programs that it becomes."""

import ast
import copy
import dataclasses
import functools
import gc
import itertools
import math
import os
import pickle
import random
import subprocess
import sys
import threading
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import DataError, GraphError, SettingError, ShapeError, Tensor, Value, compile, define, grad, hessian, jvp, no_grad
from autograd.compiler import deriving, raising, variant
from autograd.compiler.codegen.numpy_source import Writer, source
from autograd.compiler.ir.indexing import picked
from autograd.compiler.ir.instruction import below, total
from autograd.compiler.passes.matmul_detection import matched
from autograd.compiler.ir.program import Lines
from autograd.compiler.codegen.loop_rolling import Loop, _affine, _trimmed
from autograd.compiler.codegen.loop_rolling import _read as read
from autograd.core.node import Node
from autograd.testing.strategies import programs
from autograd.core.pytree import flatten
from autograd.viz import draw
from nn.scalar import MLP
from scalar_programs import close, eager, scalar_programs

rng = np.random.default_rng(0)


def names_of(source):
    """The names that a module's functions use, and those that are defined where they are used."""
    tree = ast.parse(source)
    imported = {a.asname or a.name for node in tree.body if isinstance(node, ast.Import) for a in node.names}
    assigned = {t.id for node in tree.body if isinstance(node, ast.Assign) for t in node.targets}
    for f in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        known = imported | assigned | {a.arg for a in f.args.args} | {"abs", "range"}
        for line in f.body:
            used = {n.id for n in ast.walk(line) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
            made = {n.id for n in ast.walk(line) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            yield used - known - (made if isinstance(line, ast.For) else set())
            known |= {n.id for n in ast.walk(line) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def formatted(source):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--line-length", "320", "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def dead(source):
    """The lines of functions whose names nobody reads."""
    tree = ast.parse(source)
    stored, loaded = set(), set()
    for n in ast.walk(tree):
        if isinstance(n, ast.Name):
            (stored if isinstance(n.ctx, ast.Store) else loaded).add(n.id)
    return stored - loaded


# --------------------------------------------------------------------------------------------------------------------------
# The same numbers


MODES = st.sampled_from(({}, {"exact": True}, {"buffers": True}))


@given(scalar_programs, MODES)
def test_compiled_is_eager_on_numbers(program, mode):
    exact, step = "exact" in mode, compile(program, argnums=(0, 1, 2), **mode)
    for point in program.points():
        values, gradient = eager(program, point)
        mine, _ = flatten(step(*point))
        assert close(mine, values)
        if len(values) == 1:
            value, found = step.value_and_grad(*point)
            flat = np.concatenate([np.ravel(g) for g in found])
            assert close(flat, gradient)
            if exact:
                assert [value, *flat] == [*values, *gradient] or not np.all(np.isfinite(flat))
    if not exact:
        assert all(not unknown for unknown in names_of(step.source))
        assert not dead(step.source) - {"C1"}


@given(programs(scalar=True, most=10) | programs(most=10), MODES)
def test_compiled_is_eager_on_tensors(program, mode):
    exact, step = "exact" in mode, compile(program, **mode)
    for factor in (1.0, 1.01):
        nodes, others = (
            [Value(x * factor) if np.ndim(x) == 0 else Tensor(np.asarray(x) * factor) for x in program.inputs] for _ in "ab"
        )
        y = program(*nodes)
        if not isinstance(y, Node):
            return
        y.backward(np.ones(y.shape))
        z = step(*others)
        z.backward(np.ones(z.shape))
        assert close(z.data, y.data)
        assert all(close(b.grad, a.grad) for a, b in zip(nodes, others, strict=True))
        if exact:
            assert np.array_equal(z.data, y.data, equal_nan=True)
            assert all(np.array_equal(b.grad, a.grad, equal_nan=True) for a, b in zip(nodes, others, strict=True))
    if not exact:
        assert all(not unknown for unknown in names_of(step.source))


def test_what_cancels_inside_one_operation_is_rounding():
    def f(x):
        t = ag.softmax(x, axis=0).sum(axis=0)
        return np.cbrt(2.0 * t - 4.0 * t)

    step = compile(f)
    step(Tensor([0.5, 0.5625])).backward()
    assert "np.exp" in step.source


def demo(seed=0):
    model = MLP(2, [8, 8, 1], rng=seed)
    X, y = rng.normal(size=(20, 2)).tolist(), rng.choice([-1.0, 1.0], 20).tolist()

    def loss():
        scores = [model(list(map(Value, row))) for row in X]
        return sum((1 + -t * s).relu() for t, s in zip(y, scores)) * (1.0 / len(X)) + 1e-3 * sum(p * p for p in model.parameters())

    return model, loss


def test_a_scalar_network_becomes_the_textbooks_formulas():
    model, loss = demo()
    step = compile(loss)
    L = step()
    L.backward()
    mine = [p.grad for p in model.parameters()]
    model.zero_grad()
    loss().backward()
    assert close(mine, [p.grad for p in model.parameters()])
    for line in (
        "Z1 = X @ W1.T + b1",
        "A1 = np.maximum(Z1, 0.0)",
        "D1 = D2 @ W2 * (Z1 > 0.0)",
        "db1 = 0.002 * b1 + D1.sum(axis=0)",
        "δ = (δ W) ⊙ f′(z)",
    ):
        assert line in step.source, step.source
    assert not dead(step.source)
    report = step.report()
    assert report.nodes > 3000
    assert report.operations < 60
    assert "160 × sum of 9 terms           → product of matrices (1, 20, 8) (1, 8, 8)" in str(report)
    assert "left as numbers" in str(report)
    assert report.gradient_error < 1e-12
    assert "draw" not in repr(step)
    assert len(str(draw(step)).splitlines()) < 40


@pytest.mark.parametrize("alike", [False, True], ids=["all different", "many alike"])
def test_rows_that_are_read_afresh_for_each_neuron_are_one_matrix(alike):
    rng = np.random.default_rng(0)
    X = rng.integers(-1, 2, (30, 2)).astype(float) if alike else rng.normal(size=(30, 2))
    model = nn.scalar.MLP(2, [4, 1], rng=0)

    def loss():
        return sum(model(x) ** 2 for x in X)

    step = compile(loss)
    step().backward()
    mine = [p.grad for p in model.parameters()]
    model.zero_grad()
    loss().backward()
    np.testing.assert_allclose(mine, [p.grad for p in model.parameters()], rtol=1e-12, atol=1e-12)
    assert "Z1 = X @ W1.T + b1" in step.source
    assert step.report().gradient_error < 1e-12


def test_the_picture_of_a_compiled_program_has_the_boxes_of_its_source():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    model = nn.scalar.MLP(3, [8, 1], activation="tanh", rng=0)
    step = compile(lambda: sum((model(x) - t) ** 2 for x, t in zip(X.tolist(), y.tolist(), strict=True)))
    step().backward()
    picture = draw(step)
    titles = [box.title for box in picture.drawing.boxes]
    assert set(titles[:4]) == {"b2", "b1 ×8", "W1 ×24", "W2 ×8"}
    assert {"Z1 = Σ ×160", "A1 = tanh ×160", "multiply ×480", "multiply ×160"} <= set(titles)
    for name in (title.split(" ")[0] for title in titles if " = " in title):
        assert f"    {name} = " in step.source
    assert sum(box.count for box in picture.drawing.boxes) == picture.snapshot.size
    assert len(picture.nodes("A1 = tanh ×160")) == 160
    apart = picture.expand("W2 ×8")
    assert "Z1 = Σ ×160" in [box.title for box in apart.drawing.boxes]
    assert "Z1" not in str(picture.fold(hops=1))
    assert "Z1" not in str(draw(step, max_nodes=5))


def test_the_picture_of_what_is_not_raised_is_folded_by_structure():
    def f(x):
        return [sum(x) * 2.0, x[0] - x[1] - x[2] - x[3], -(x[0] * x[1]) - x[2] - x[3] * x[4]]

    step, exact = compile(f), compile(f, exact=True)
    step(np.arange(5.0))
    exact(np.arange(5.0))
    assert [box.title for box in draw(step, fold=True).drawing.boxes] == [
        *("x ×5", "Σ", "s1 = · × 2", "s2 = Σ", "multiply ×2", "s3 = Σ")
    ]
    assert len(draw(exact, fold=True).drawing.boxes) == 15
    tensors = compile(lambda x: (x.reshape(2, 2) @ x.reshape(2, 2))[0, 0] + 1.0)
    tensors(Tensor(np.arange(4.0)))
    assert [box.title for box in draw(tensors, fold=True).drawing.boxes] == [
        *("x", "reshape", "reshape", "Z1 = @", "getitem", "s1 = · + 1")
    ]


def test_source_is_idempotent_under_formatting():
    pytest.importorskip("ruff")
    step = compile(demo()[1])
    step()
    module = step.source.replace("  # (", " # (")
    once = formatted(module)
    assert formatted(once) == once
    assert ast.dump(ast.parse(once)) == ast.dump(ast.parse(step.source))


def test_training_through_captured_values_goes_on():
    (a, slow), (b, fast) = demo(1), demo(1)
    b_loss = fast
    step = compile(b_loss)
    for q, p in zip(a.parameters(), b.parameters()):
        p.data = q.data
    for _ in range(5):
        for model, f in ((a, slow), (b, step)):
            model.zero_grad()
            f().backward()
            for p in model.parameters():
                p.data -= 0.01 * p.grad
        rng_state = [p.data for p in a.parameters()]
    assert step.traces == 1
    assert len(rng_state) == len(b.parameters())


def attention(p, tokens):
    """One head pair of causal attention on nested lists."""
    keys, values, losses = [], [], []
    for t, (here, following) in enumerate(zip(tokens, tokens[1:])):
        x = [a + b for a, b in zip(p["letter"][here], p["place"][t])]
        q, k, v = ([sum(w * xi for w, xi in zip(row, x)) for row in p[name]] for name in "qkv")
        keys.append(k)
        values.append(v)
        out = []
        for h in (slice(0, 2), slice(2, 4)):
            scores = [sum(a * b for a, b in zip(q[h], kk[h])) / 2**0.5 for kk in keys]
            top = max(s.data for s in scores)
            e = [(s - top).exp() for s in scores]
            total = sum(e)
            out += [sum(ei / total * vv[j] for ei, vv in zip(e, values)) for j in range(h.start, h.stop)]
        z = [sum(w * o for w, o in zip(row, out)) for row in p["out"]]
        losses.append(-(z[following] - sum(zi.exp() for zi in z).log()))
    return sum(losses) * (1 / len(losses))


def test_causal_attention_becomes_a_stack_of_products():
    p = {
        name: rng.normal(0, 0.5, shape)
        for name, shape in (("letter", (5, 4)), ("place", (6, 4)), ("q", (4, 4)), ("k", (4, 4)), ("v", (4, 4)), ("out", (5, 4)))
    }
    step = compile(attention)
    for tokens in ([0, 1, 2, 3, 4, 0, 1], [4, 4, 1, 0]):
        value, found = step.value_and_grad(p, tokens)
        own = []
        from scalar_programs import boxed

        y = attention({name: boxed(W, own) for name, W in p.items()}, tokens)
        y.backward()
        assert close(value, y.data)
        assert close(np.concatenate([found[name].ravel() for name in p]), [v.grad for v in own])
        assert " @ np.transpose(" in step.source
        assert len(step.source.splitlines()) < 75
    assert step.traces == 2


def test_a_determinant_by_minors_and_a_recurrence():
    def det(M):
        return (
            M[0][0] if len(M) == 1 else sum((-1.0) ** j * M[0][j] * det([r[:j] + r[j + 1 :] for r in M[1:]]) for j in range(len(M)))
        )

    M = rng.normal(size=(5, 5))
    value, slope = compile(lambda M: det(M.tolist())).value_and_grad(M)
    assert value == pytest.approx(np.linalg.det(M))
    assert slope == pytest.approx(np.linalg.det(M) * np.linalg.inv(M).T)

    def orbit(a, b):
        x, y = 1.0, 0.5
        for _ in range(30):
            x, y = x + 0.05 * (a * x - b * x * y), y + 0.05 * (b * x * y - a * y)
        return x * y

    step = compile(orbit, argnums=(0, 1))
    value, slope = step.value_and_grad(1.1, 0.4)
    x, y = Value(1.1), Value(0.4)
    L = orbit(x, y)
    L.backward()
    assert (value, *slope) == pytest.approx((L.data, x.grad, y.grad))
    assert "np." not in step.source.split("def ")[1]


# --------------------------------------------------------------------------------------------------------------------------
# What is looked at


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
    with pytest.raises(TypeError, match=r"2\.5 is no whole number, and cannot be an index"):
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


# --------------------------------------------------------------------------------------------------------------------------
# Arguments and results


def test_arguments_of_every_kind():
    def f(tree, scale, *, power=2, flag=True):
        total = sum(v**power for v in tree["w"]) + tree["b"][0]
        return {"loss": total * scale, "rest": [tree["b"][1] * 1.0, 3.0]} if flag else total

    step = compile(f)
    tree = {"w": [1.0, 2.0], "b": (np.float64(0.5), 4.0)}
    assert step(tree, 3) == {"loss": 16.5, "rest": [4.0, 3.0]}
    assert step(tree, 3, power=3) == {"loss": 28.5, "rest": [4.0, 3.0]}
    assert compile(f).value_and_grad(tree, 2.0, flag=False) == (5.5, {"w": [2.0, 4.0], "b": (1.0, 0.0)})
    assert step.traces == 2
    with pytest.raises(DataError, match=r"an argument is <object object"):
        step(tree, type("Odd", (), {"__hash__": None, "__repr__": lambda self: "<object object>"})())
    with pytest.warns(ag.CompileWarning, match="for 8 values in a row of argument 1"):
        compile_cache = [step(tree, i) for i in range(70)][-1]
    assert compile_cache["loss"] == 69 * 5.5
    assert sum(map(len, step._variants.values())) == 64


def test_nodes_in_nodes_out():
    step = compile(lambda x, t: {"a": x * t.sum(), "b": t * x})
    x, t = Value(2.0, name="x"), Tensor([1.0, 3.0], name="t")
    y = step(x, t)
    (y["a"] * 2.0).backward()
    assert (x.grad, t.grad.tolist()) == (8.0, [4.0, 4.0])
    y["b"].sum().backward()
    assert (x.grad, t.grad.tolist()) == (12.0, [6.0, 6.0])
    with no_grad():
        assert step(x, t)["a"].is_leaf
    constant = Tensor([5.0, 5.0], constant=True)
    z = step(x, constant)["a"]
    z.backward()
    assert x.grad == 22.0
    assert compile(lambda t: t * 2.0)(Tensor(np.float32([1.0]))).dtype == np.float32


def test_results_keep_the_numbers_of_their_call():
    w = Value(3.0)
    step = compile(lambda: w * w * w)
    first = step()
    w.data = 10.0
    second = step()
    first.backward()
    assert w.grad == 27.0
    second.backward()
    assert w.grad == 327.0
    second.backward(2.0)
    assert w.grad == 927.0
    interior = w * 1.0
    late = compile(lambda: interior * interior)
    w.grad = 0.0
    late().backward()
    assert w.grad == 20.0


def test_gradients_are_never_shared():
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    L = compile(lambda: (a + b).sum() + (a * a).sum() * 0.0)()
    L.backward()
    a.grad[0] = 99.0
    assert b.grad.tolist() == [1.0, 1.0]
    L.backward()
    assert b.grad.tolist() == [2.0, 2.0]


def test_transforms_compose():
    def f(x):
        return ag.relu(x) * np.tanh(x) * x

    assert compile(grad(f))(1.3) == pytest.approx(grad(f)(1.3))
    assert compile(grad(f))(-1.3) == pytest.approx(grad(f)(-1.3))
    g = compile(grad(f))
    assert [g(v) for v in (1.3, -1.3)] == pytest.approx([grad(f)(1.3), grad(f)(-1.3)])
    assert g.traces == 1
    assert grad(compile(f))(1.3) == pytest.approx(grad(f)(1.3))
    assert grad(grad(compile(f)))(1.3) == pytest.approx(grad(grad(f))(1.3))
    assert jvp(compile(f), (1.3,), (1.0,)) == pytest.approx(jvp(f, (1.3,), (1.0,)))
    assert hessian(compile(lambda t: (t**3).sum()))(np.array([1.0, 2.0])) == pytest.approx(np.diag([6.0, 12.0]))
    assert compile(compile(f))(1.3) == pytest.approx(f(1.3))
    v = Value(1.3)
    compile(f)(v).backward(create_graph=True)
    assert v.grad.data == pytest.approx(grad(f)(1.3))

    def h(t):
        return ag.softmax(t)[0] * np.prod(t) + ag.logsumexp(t) + np.max(t)

    t = np.array([0.3, -0.2, 0.9])
    assert compile(grad(h))(Tensor(t)).data == pytest.approx(grad(h)(t))
    assert jvp(compile(lambda t: t * t), (t,), (t,))[1] == pytest.approx(2 * t * t)


def test_jvp_and_hvp():
    def f(w, x):
        return sum((wi * xi).tanh() for wi, xi in zip(w, x)) * w[0]

    w, x, v = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, -0.5]), np.array([1.0, 0.5, -1.0])
    step = compile(f)
    value, tangent = step.jvp((w, x), (v, np.zeros(3)))
    slope = step.grad(w, x)
    assert value == step(w, x)
    assert tangent == pytest.approx(slope @ v)
    along = [(step.grad(w + s * v, x)) for s in (1e-5, -1e-5)]
    assert step.hvp(w, v, x) == pytest.approx((along[0] - along[1]) / 2e-5, rel=1e-6)
    with pytest.raises(
        ShapeError, match=r"jvp\(\) of f: tangents of shapes \[\(2,\), \(3,\)\] do not fit arguments of shapes \[\(3,\), \(3,\)\]"
    ):
        step.jvp((w, x), (np.zeros(2), x))
    with pytest.raises(ShapeError, match=r"the tangents have the structure \('\*',\), but \('\*', '\*'\) is needed"):
        step.jvp((w, x), (v,))
    branch = compile(lambda x: x * x * x if x > 0 else x * x)
    assert branch.jvp((2.0,), (1.0,)) == (8.0, 12.0)
    assert branch.hvp(-2.0, 1.0) == 2.0
    exact = compile(f, exact=True)
    with pytest.raises(
        GraphError, match=r"a program that is replayed has no jvp\(\): use autograd.jvp; it is replayed because exact=True"
    ):
        exact.jvp((w, x), (v, x))


def test_in_axes():
    def sample(w, x, t):
        a = [sum(wi * xi for wi, xi in zip(row, x)).tanh() for row in w]
        return sum((p - t[0]) ** 2 for p in a)

    W, X, T = rng.normal(size=(3, 4)), rng.normal(size=(7, 4)), rng.normal(size=(7, 1))
    step = compile(sample, in_axes=(None, 0, 0), argnums=(0, 1))
    value, (slope, by_x) = step.value_and_grad(W, X, T)
    each = [compile(sample, argnums=(0, 1)).value_and_grad(W, x, t) for x, t in zip(X, T)]
    assert step(W, X, T) == pytest.approx([v for v, _ in each])
    assert value == pytest.approx(np.mean([v for v, _ in each]))
    assert slope == pytest.approx(np.mean([g for _, (g, _) in each], axis=0))
    assert by_x == pytest.approx(np.array([g for _, (_, g) in each]) / 7)
    assert "X @" in compile_named(sample, W, X, T)
    assert step.traces == 1
    assert compile(lambda x: x * x, in_axes=0)(np.array([1.0, 2.0])) == pytest.approx([1.0, 4.0])
    for bad, text in (
        ((0, 0), "one entry per argument"),
        ((None, None, None), "at least one 0"),
        ((1, 0, 0), "a tuple of these"),
        (0.5, "not 0.5"),
    ):
        with pytest.raises(SettingError, match=text):
            compile(sample, in_axes=bad)(W, X, T)
    with pytest.raises(ShapeError, match=r"one common first length of at least 1, not \[6, 7\]"):
        step(W, X, T[:6])
    with pytest.raises(DataError, match="one-hot labels are"):
        step(W, X, np.arange(7))


def compile_named(sample, W, X, T):
    named = compile(lambda W, X, T: sample(W, X, T), in_axes=(None, 0, 0))
    named.value_and_grad(W, X, T)
    return named.source


BATCHED = [
    lambda w, x: sum(x) * w[0] + w[1],
    lambda w, x: sum(a * b for a, b in zip(x, reversed(list(x)))) * w[0],
    lambda w, x: max(v.data for v in x) * w[0] + x[0],
    lambda w, x: ag.where(x[0] > 0, x[1] * w[0], x[2] * w[1]),
    lambda w, x: ag.logsumexp(ag.stack(list(x))) * w[0] + ag.norm(ag.stack([w[0], w[1] * x[0]])),
    lambda w, x: ag.softmax(ag.stack(list(x)))[1] * w[0],
    lambda w, x: (ag.concatenate([ag.stack(list(x)), ag.stack(list(w))])[1:4] ** 2).sum(),
    lambda w, x: (ag.stack(list(x))[np.array([2, 0, 2])] * ag.stack([x[0], x[1], w[0]])).sum(),
    lambda w, x: ag.matmul(ag.stack([ag.stack(list(x)), ag.stack(list(x))]), ag.stack(list(x)))[0] * w[0],
    lambda w, x: ag.matmul(ag.stack(list(x)), ag.stack([ag.stack([x[0], w[0]]), ag.stack([x[1], w[1]]), ag.stack([x[2], w[1]])]))[
        1
    ],
    lambda w, x: ag.matmul(ag.stack([ag.stack([w[0], w[1], w[0]])] * 2), ag.stack(list(x)))[1],
    lambda w, x: ag.matmul(ag.stack(list(x)), np.ones((3, 2)))[1] * w[0],
    lambda w, x: ag.matmul(ag.stack([ag.stack(list(x))] * 2), ag.stack([ag.stack(list(x))] * 2).T)[0, 1] * w[0],
    lambda w, x: ag.matmul(np.ones(3), ag.stack(list(x))) * w[0] + ag.matmul(ag.stack(list(x)), np.ones(3)) * w[1],
    lambda w, x: ag.broadcast_to(ag.stack(list(x)).reshape(3, 1), (3, 2)).sum() * w[0],
    lambda w, x: ag.transpose(ag.stack([ag.stack(list(x)), ag.stack(list(w)[:1] * 3)]))[0, 1] * x[0],
    lambda w, x: ag.vdot(ag.stack(list(x)), ag.stack([w[0], x[0], w[1]])) + np.isfinite(x[0].data) * x[0],
    lambda w, x: sum(a * b for a, b in zip(x, [w[0], w[1], w[0]])) * x[0],
    lambda w, x: ag.sum(ag.stack([ag.stack(list(x))] * 2) ** 2, axis=(0, 1)) * w[0],
    lambda w, x: (lambda z, top: sum((v - top).exp() for v in z).log() - sum(w[0] * (v - top) for v in z))(
        x, max(v.data for v in x)
    ),
    lambda w, x: ag.sum(ag.stack([ag.stack([ag.stack(list(x))] * 2)] * 2), axis=(0, 1))[1] * w[0],
    lambda w, x: ag.stack([ag.stack(list(x)), ag.stack([*w, x[0]])])[np.array([0, 1]), np.array([1, 2])].sum() * w[1],
    lambda w, x: ag.max(ag.stack(list(x))) * w[0] + ag.stop_gradient(x[0]) * x[1],
]


@pytest.mark.parametrize("k", range(len(BATCHED)))
def test_programs_of_a_batch(k):
    f = BATCHED[k]
    w, X = np.array([0.7, -1.2]), np.array([[0.5, -0.3, 1.0], [0.4, -0.2, 1.5], [0.1, -0.9, 2.0]])
    value, slope = compile(f, in_axes=(None, 0)).value_and_grad(w, X)
    each = [compile(f).value_and_grad(w, x) for x in X]
    assert value == pytest.approx(np.mean([v for v, _ in each]))
    assert slope == pytest.approx(np.mean([g for _, g in each], axis=0))


def test_what_cannot_be_batched_is_named():
    with pytest.raises(SettingError, match=r"cumsum on whole arrays cannot be batched"):
        compile(lambda x: ag.cumsum(ag.stack(list(x)))[1], in_axes=0)(np.ones((2, 3)))
    branch = compile(lambda x: x * 2 if x > 0 else x * 3, in_axes=0)
    assert branch(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    with pytest.raises(GraphError, match="not the same for every sample"):
        branch(np.array([1.0, -2.0]))


# --------------------------------------------------------------------------------------------------------------------------
# What is refused


def test_bad_input_gets_a_clear_error():
    with pytest.raises(DataError, match=r"compile\(\) takes a function first, not 3"):
        compile(3)
    with pytest.raises(SettingError, match="limit is a whole number"):
        compile(abs, limit=0)
    with pytest.raises(SettingError, match="exact=True computes as the function itself does"):
        compile(abs, exact=True, in_axes=0)
    with pytest.raises(SettingError, match="buffers=True is NumPy's out="):
        compile(abs, buffers=True, xp=np)
    with pytest.raises(GraphError, match=r"the function returned 3.0 of type float, and no node"):
        compile(lambda x: 3.0)(1.0)
    with pytest.raises(GraphError, match=r"the function returned 'text' of type str among its results"):
        compile(lambda x: [x * 2, "text"])(1.0)
    with pytest.raises(GraphError, match=r"computed 5 nodes, more than the limit of 4: .*limit=10\)"):
        compile(lambda x: x * 2 + 1 + 2 + 3 + 4, limit=4)(1.0)
    with pytest.raises(GraphError, match="has not been called"):
        _ = compile(abs).source
    with pytest.raises(GraphError, match=r"no_grad\(\) inside a compiled function"):
        compile(lambda x: inside_no_grad(x))(1.0)
    with pytest.raises(GraphError, match=r"value_and_grad\(\) of <lambda>: it needs a function that returns one number"):
        compile(lambda x: [x, x * 2]).value_and_grad(1.0)
    with pytest.raises(SettingError, match=r"argnums=2\): there are 1 positional"):
        compile(lambda x: x * x, argnums=2).value_and_grad(1.0)
    with pytest.raises(DataError, match=r"there is no gradient by 3 of type int"):
        compile(lambda x, n: x * n, argnums=1).value_and_grad(1.0, 3)
    step = compile(lambda x: x * x, exact=True)
    step(1.0)
    with pytest.raises(GraphError, match="there is no source: the graph is replayed as it was traced, because exact=True"):
        _ = step.source


def inside_no_grad(x):
    with no_grad():
        return x * 2


def test_what_differs_from_run_to_run_is_refused():
    counter = [0.0]

    def counting(x):
        counter[0] += 1.0
        return x * counter[0]

    def growing(x):
        counter.append(1.0)
        return sum(x * c for c in counter)

    generator, ticks = np.random.default_rng(0), itertools.count(2)
    p = Value(1.0)

    log, deep, buffer = [], {"a": [{}]}, np.zeros(3)

    class Holder:
        n = 0

        def method(self, x):
            self.n += 1
            return x * 2.0

    holder = Holder()

    def stepping(x):
        p._data += 1.0
        return p * x

    for f, text in (
        (counting, "what is in counter has changed"),
        (growing, "what is in counter has changed"),
        (lambda x: sum(x for _ in range(next(ticks))), r"computed \d+ nodes and then \d+ others: it changes something outside"),
        (lambda x: x * random.random(), "draws random numbers"),
        (lambda x: x * np.random.rand(), "draws random numbers"),  # noqa: NPY002 - what people write
        (lambda x: x * generator.random(), "draws random numbers"),
        (lambda x: x * np.random.default_rng().random(), "in one place"),
        (lambda t: (ag.stack([t, t]) * np.random.default_rng().random(2)).sum(), "in one place"),
        (stepping, "changes numbers outside, such as a parameter"),
        (lambda x: x * 2.0 if generator.random() < 1e-9 else x * 3.0, "draws random numbers"),
        (lambda x: [log.append(1), x * 2.0][1], "what is in log has changed"),
        (lambda x: [deep["a"][0].update({len(deep["a"][0]): 1}), x * 2.0][1], "what is in deep has changed"),
        (lambda x: [vars(holder).update(n=holder.n + 1), x * 2.0][1], "Holder.n is another"),
        (lambda x: [buffer.__setitem__(1, buffer[1] + 1.0), x * 2.0][1], "what is in buffer has changed"),
        (functools.partial(lambda acc, x: [acc.append(1), x * 2.0][1], []), "what is in an argument, .* of type list, has changed"),
        (holder.method, "Holder.n is another"),
        (lambda x, acc=log: [acc.append(1), x * 2.0][1], "what is in a default of <lambda> has changed"),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)(1.0)


def test_what_a_trace_could_not_repeat_is_refused():
    t = Tensor([1.0, 2.0])
    for f, text in (
        (lambda x: (setattr(x, "data", 3.0), x * x)[1], r"assigning the data of this Value \(leaf\) inside a compiled function"),
        (lambda x: (x.move(1.0), x * x)[1], "assigning the data of"),
        (lambda x: (t.move([1.0, 1.0]), x * t.sum())[1], "moving this Tensor"),
        (lambda x: (setattr(t, "data", [0.0, 1.0]), x * t.sum())[1], "assigning the data of this Tensor"),
        (lambda x: ((x * x).backward(), x * x.grad)[1], r"backward\(\) of this Value"),
        (lambda x: copy.copy(x) * x, "copying this Value"),
        (lambda x: copy.deepcopy(t).sum() * x, "copying this Tensor"),
        (lambda x: pickle.loads(pickle.dumps(x)) * x, "pickling this Value"),
        (
            lambda x: compile(lambda: t.sum() * 2.0).value_and_grad()[0] * x,
            r"inside a compiled function needs arguments: use grad\(\)",
        ),
    ):
        with pytest.raises(GraphError, match=text):
            compile(f)(1.0)


def test_names_that_mean_another_node_are_noticed():
    w = Value(2.0)
    step = compile(lambda: w * w)
    assert step().data == 4.0
    w = Value(5.0)
    assert step().data == 25.0
    assert compile(functools.partial(lambda a, x: a * x, 3.0))(2.0) == 6.0


def test_memory_is_never_shared():
    A, B, K = Tensor([1.0, 2.0]), Tensor([3.0, 4.0]), np.array([5.0, 6.0])
    step = compile(lambda: (A * B).sum() + (A * K).sum())
    for _ in range(2):
        A.zero_grad()
        step().backward()
        assert A.grad.tolist() == [8.0, 10.0]
        A.grad *= 100.0
        assert B.data.tolist() == [3.0, 4.0]
    linear = compile(lambda x, y: sum(k * v * u for k, v, u in zip([1.0, 2.0], x, y)), argnums=(0, 1))
    constant = compile(lambda x: (x * 2.0, np.array([1.0, 2.0]), sum(k * v for k, v in zip([1.0, 2.0], x))))
    product = compile(lambda x, y: sum(a * b for a, b in zip(x, y)), argnums=(0, 1))
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    for _ in range(2):
        for found in (linear, product):
            _, (gx, gy) = found.value_and_grad(x, y)
            gx[:] = gy[:] = 99.0
            assert (x.tolist(), y.tolist()) == ([1.0, 2.0], [3.0, 4.0])
        twice_, known, _ = constant(x)
        assert (twice_.tolist(), known.tolist()) == ([2.0, 4.0], [1.0, 2.0])
        twice_[:] = 99.0
    w = Value(2.0)
    several = compile(lambda x: [sum(a * w * a for a in x), sum(a * w for a in x)])
    r = several(x)
    x[:] = 100.0
    r[0].backward()
    assert w.grad == 5.0


def test_graphs_of_old_results_are_refused():
    w = Value(2.0)
    L = compile(lambda: w * w * w)()
    w.data = 5.0
    with pytest.raises(GraphError, match="was changed after the forward pass"):
        L.backward(create_graph=True)
    L.backward()
    assert w.grad == 12.0


def test_containers_are_told_apart():
    f = compile(lambda d: d["a"] * 2.0 + d["b"])
    assert f(OrderedDict(a=1.0, b=5.0)) == 7.0
    assert f(OrderedDict(b=1.0, a=5.0)) == 11.0
    assert f.jvp(({"a": 2.0, "b": 3.0},), ({"b": 0, "a": 1.0},)) == (7.0, 2.0)
    keyed = compile(lambda d: d[1] * (2.0 if any(k is True for k in d) else 3.0))
    assert (keyed({1: 1.0}), keyed({True: 1.0})) == (3.0, 2.0)
    both = compile(lambda x: {"a": x * 2.0, "b": x[0]})
    assert both(np.array([1.0, 2.0]))["a"].tolist() == [2.0, 4.0]
    assert both(np.array([5.0, 6.0]))["a"].tolist() == [10.0, 12.0]
    a, b = Value(1.0, name="w"), Value(2.0, name="w")
    value, found = compile(lambda: a * b * b + ag.exp(a)).value_and_grad()
    assert value == pytest.approx(4.0 + math.e)
    assert sorted(found.values()) == pytest.approx([4.0, 4.0 + math.e])
    same = compile(lambda x, y: x * 2.0 if x is y else x * 3.0)
    assert (same(a, a).data, same(a, b).data) == (2.0, 3.0)
    y = compile(lambda x, y: x * y)(a, a)
    a.zero_grad()
    y.backward()
    assert a.grad == 2.0


def test_signs_of_zero_and_order_of_large_factors():
    one = compile(lambda x: 1.0 / (-(x - 1.0)))
    assert (one(2.0), one(1.0)) == (-1.0, -math.inf)
    assert compile(lambda x: [x / c for c in (0.0, -0.0, 1.0, 2.0, 3.0)])(1.0)[:2] == [math.inf, -math.inf]
    large = compile(lambda x: 1e200 * (1e200 * x))
    assert (large(1.0), large(1e-300)) == (math.inf, 1e100)


def test_types_stay():
    t = Tensor(np.float32([1.0, 2.0]))
    assert compile(lambda: ag.exp(t - max(t.data[0], t.data[1])))().dtype == np.float32


@pytest.mark.parametrize("exact", [False, True])
def test_what_is_read_only_gets_no_gradient(exact):
    step = compile(lambda x: [x[0] * 2.0, x[1].data * x[0]], exact=exact)
    assert step(np.array([3.0, 5.0])) == [6.0, 15.0]
    assert compile(lambda x: x[1].data * x[0], exact=exact).grad(np.array([3.0, 5.0])).tolist() == [5.0, 0.0]


def test_several_results_of_a_batch():
    a, b = compile(lambda x: [x * 2.0, x * 3.0], in_axes=0)(np.array([1.0, 2.0]))
    assert (a.tolist(), b.tolist()) == ([2.0, 4.0], [3.0, 6.0])


def test_functions_of_every_make():
    assert compile(max)(1.0, 2.0) == 2.0
    Point = dataclasses.make_dataclass("Point", ["x", "y"])
    step = compile(lambda p, n: p.x * p.y * n)
    assert step.value_and_grad(Point(2.0, 3.0), 2) == (12.0, Point(6.0, 4.0))

    def early():
        return compile(lambda x: x * 2.0 if x is not None else later)(1.0)

    assert early() == 2.0
    later = None
    nested = [1.0]
    for _ in range(12):
        nested = [nested]
    assert compile(lambda x: x * len(nested))(2.0) == 2.0
    branch = compile(lambda x, n: x * n if x > 0 else -x)
    branch(1.0, -1)
    branch(-1.0, -1)
    for n in range(64):
        branch(1.0, n)
    assert [len(v) for v in branch._variants.values()] == [1] * 64
    assert str(draw(compile_called(lambda x: [x * 2.0, x * 3.0], 1.0))).startswith("3 nodes, 2 edges")


def compile_called(f, *args):
    step = compile(f)
    step(*args)
    return step


def test_what_stands_outside_with_a_history():
    w = Value(2.0)
    z = w * 1.0

    def f(x):
        assert list(z.backward_steps())  # a walk of somebody else's
        return z * x * w

    step = compile(f)
    y = step(Value(3.0))
    y.backward()
    assert (y.data, w.grad) == (12.0, 12.0)
    t = Tensor([1.0, 2.0])
    one = compile(lambda x: ag.stack([x, w]).sum() + ag.concatenate([ag.stack([x]), t]).sum() * x + w * 3.0)
    assert one.jvp((2.0,), (1.0,))[1] == pytest.approx(1.0 + 2.0 * 2.0 + 3.0)
    assert compile(lambda x: ag.jvp(compile(lambda v: v * v * v), (x,), (1.0,))[1])(2.0) == pytest.approx(12.0)
    assert jvp(lambda x: jvp(compile(lambda v: v * v * v), (x,), (1.0,))[1], (2.0,), (1.0,)) == (12.0, 12.0)
    assert grad(lambda x: compile(lambda a, b: a * a * b)(x, x))(2.0) == 12.0


def test_exact_replays_everything():
    t = Tensor([1.0, 2.0, 4.0])

    def f(x, unused, n):
        h = ag.where(t > x * n, t, 0.1 * t)
        return h.sum() * x + ag.leaky_relu(x, 0.1) * max(t.data[0], x.data) + x[()] if n > 5 else (h * x).sum() * Value.of(h.sum())

    exact, plain_ = compile(f, exact=True, argnums=(0, 1)), compile(f, argnums=(0, 1))
    for x in (1.5, 0.5, 3.0):
        value, (slope, none) = exact.value_and_grad(x, 1.0, 1)
        v, u = Value(x), Value(1.0)
        y = f(v, u, 1)
        y.backward()
        assert (value, slope, none) == (float(y), v.grad, 0.0)
        assert plain_.value_and_grad(x, 1.0, 1)[0] == pytest.approx(value)
    assert "replayed as they were traced because exact=True asks for it" in str(exact.report())


def test_what_reads_a_part_of_causal_scores():
    def f(X, W):
        q = [[sum(w * x for w, x in zip(row, xs)) for row in W] for xs in X]
        scores = [[sum(a * b for a, b in zip(q[t], X[u])) for u in range(t + 1)] for t in range(len(X))]
        whole = sum(v.tanh() for row in scores for v in row)
        return whole + sum(v.sin() for row in scores[1:] for v in row) + sum(v.cos() for row in scores for v in row[:1])

    X, W = rng.normal(size=(5, 3)), rng.normal(size=(3, 3))
    step = compile(f, argnums=(0, 1))
    value, found = step.value_and_grad(X, W)
    values, gradient = eager(f, (X, W))
    assert close([value], values)
    assert close(np.concatenate([g.ravel() for g in found]), gradient)


def test_recurrences_become_loops():
    def cell(W, U, inputs):
        h = [Value(0.0)] * 4
        for x in inputs:
            z = [sum((w * xi for w, xi in zip(row, x)), sum(u * hi for u, hi in zip(r, h))) for row, r in zip(W, U)]
            h = [zi.tanh() * hi + zi.sigmoid() for zi, hi in zip(z, h)]
        return sum(hi * hi for hi in h)

    W, U, X = rng.normal(0, 0.5, (4, 4)), rng.normal(0, 0.5, (4, 4)), rng.normal(size=(14, 4))
    step = compile(cell, argnums=(0, 1, 2))
    value, found = step.value_and_grad(W, U, X)
    values, gradient = eager(cell, (W, U, X))
    assert close([value], values)
    assert close(np.concatenate([g.ravel() for g in found]), gradient)
    assert step.source.count("for k in range(") >= 2, step.source
    assert all(not unknown for unknown in names_of(step.source))
    assert len(step.source.splitlines()) < 130

    def gated(W, U, X):
        n = len(U[0])
        h, c = [Value(0.0)] * n, [Value(0.0)] * n
        for x in X:
            z = [sum((w * xi for w, xi in zip(row, x))) + sum(u * hi for u, hi in zip(r, h)) for row, r in zip(W, U)]
            i, g = [v.sigmoid() for v in z[:n]], [v.tanh() for v in z[n:]]
            c = [ci * 0.5 + ii * gi for ci, ii, gi in zip(c, i, g)]
            h = [ci.tanh() * ii for ci, ii in zip(c, i)]
        return sum(hi * hi for hi in h)

    W, U, X = rng.normal(0, 0.5, (8, 3)), rng.normal(0, 0.5, (8, 4)), rng.normal(size=(12, 3))
    step = compile(gated, argnums=(0, 1))
    value, found = step.value_and_grad(W, U, X)
    values, gradient = eager(gated, (W, U, X))
    assert close([value], values)
    assert close(np.concatenate([g.ravel() for g in found]), gradient[: W.size + U.size])
    assert step.source.count("for k in range(") >= 2, step.source

    def twofold(a):
        x, y = a, 0.5 * a
        for _ in range(30):
            x, y = y, x * a * 0.9 + y * 0.3
        return x * y

    step = compile(twofold)
    v = Value(0.8)
    y = twofold(v)
    y.backward()
    assert step.value_and_grad(0.8) == pytest.approx((y.data, v.grad))

    def decay(a, steps):
        x, total = a, 0.0
        for _ in range(steps):
            x = x - 0.1 * x * x * a
            total = total + x
        return total * x

    for steps in (5, 20, 40):
        step = compile(decay)
        value, slope = step.value_and_grad(1.5, steps)
        v = Value(1.5)
        y = decay(v, steps)
        y.backward()
        assert (value, slope) == pytest.approx((y.data, v.grad))
    assert "for k in range(" in step.source


def test_a_program_that_is_not_right_is_replaced(monkeypatch):
    def f(x):
        return (x[0] * x[1] + x[1]).tanh() * x[2]

    point = np.array([0.5, -0.3, 2.0])
    values, gradient = eager(f, (point,))
    with monkeypatch.context() as patch:
        patch.setattr(raising.Raiser, "_apply", lambda self, kind, operands: wrong(self, kind, operands))
        step = compile(f)
        assert step(point) == values[0]
        assert "because its value is" in str(step.report())
    with monkeypatch.context() as patch:
        patch.setattr(deriving, "total", lambda terms: total(terms) * 1.001)
        step = compile(f)
        assert close(step.grad(point), gradient)
        assert "because its gradient is" in str(step.report())
        with pytest.raises(GraphError, match="cannot be compiled so: its gradient is"):
            compile(f, in_axes=0)(point[None])
    with monkeypatch.context() as patch:
        patch.setattr(variant, "changed", lambda *args: "a branch: 1 became 2")
        step = compile(lambda x: x * 2.0 if x > 0 else x)
        assert step(1.0) == 2.0
        assert "on the same numbers a branch: 1 became 2, by rounding" in step._variants[(float,)][0].fault


def wrong(self, kind, operands):
    return self.world.call(kind.op, operands, kind.static) * 1.001


def test_what_cancels_is_no_fault():
    step = compile(lambda x, y: x * 0.1 * y + x * 0.2 * y - x * 0.3 * y, argnums=(0, 1))
    value, slope = step.value_and_grad(1.0, 1.0)
    assert (value, *slope) == pytest.approx((0.0, 0.0, 0.0), abs=1e-15)
    assert "replayed" not in str(step.report())


def test_indices_say_what_numpy_says():
    world = Lines()
    line = world.input("x", np.arange(48.0).reshape(4, 12))
    deep = world.input("y", np.arange(32.0).reshape(2, 2, 2, 2, 2))
    for places in (
        np.arange(48).reshape(4, 12).T,
        np.arange(48).reshape(8, 6),
        np.arange(48).reshape(4, 3, 4).transpose(1, 0, 2),
        np.arange(48).reshape(4, 3, 4)[:, 1],
        np.arange(48).reshape(4, 12)[1:3, 2:10:2],
        np.arange(48).reshape(4, 12)[[0, 2, 3]][:, 1:4],
        np.arange(48).reshape(4, 12)[:, [3, 1]].T,
        np.arange(48).reshape(4, 3, 4)[:, :2].transpose(1, 0, 2),
        np.arange(48).reshape(4, 2, 6)[:, :, ::3].transpose(1, 0, 2),
        np.arange(48)[::-1].reshape(4, 12),
        np.arange(3, 40, 5),
        np.array([7]),
        np.array([[1, 5], [1, 5]]),
        np.array([[1], [5]]),
        np.array([5, 1, 5]),
        np.array([[0, 1], [13, 14]]),
        np.array([[0, 1], [1, 2]]),
        np.array([[0, 13], [1, 14]]),
        np.array([[0, 2], [13, 14]]),
        np.array([[[0, 1], [2, 3]], [[12, 13], [14, 15]]]),
        np.array([[[0, 1], [4, 5]], [[12, 13], [16, 17]]]),
    ):
        for whole in (line, world.reshape(line, (48,))):
            found = picked(world, whole, places)
            assert np.array_equal(np.broadcast_to(found.data, places.shape), np.arange(48.0)[places])
    cube = world.reshape(line, (4, 3, 4))
    for places in (np.arange(48).reshape(4, 3, 4).transpose(1, 0, 2).reshape(3, 16), np.arange(48)[::-1].reshape(6, 8)):
        assert np.array_equal(picked(world, cube, places).data, np.arange(48.0)[places])
    order = np.arange(32).reshape(2, 2, 2, 2, 2).transpose(4, 3, 2, 1, 0)
    assert np.array_equal(picked(world, deep, order).data, np.arange(32.0)[order])
    assert np.array_equal(picked(world, deep, np.arange(32)[::-1].reshape(2, 16)).data, np.arange(32.0)[::-1].reshape(2, 16))


def test_products_of_matrices_are_found():
    rows, columns = np.arange(12).reshape(4, 3), 100 + np.arange(6).reshape(2, 3)
    y, x = (table.reshape(8, 3) for table in np.broadcast_arrays(rows[:, None], columns[None]))
    found = matched(x, y, x, y)
    assert found.layout.table.shape == (4, 2)
    assert np.array_equal(found.rows[0], rows)
    assert np.array_equal(found.columns[0], columns)
    assert matched(x[:-1], y[:-1], x[:-1], y[:-1]).layout.there.sum() == 7
    assert matched(x[[0, 3]], y[[0, 3]], x[[0, 3]], y[[0, 3]]) is None
    twice_ = np.concatenate([x, x]), np.concatenate([y, y])
    assert matched(*twice_, *twice_) is None
    uneven = np.array([0, 1, 2, 4, 6])
    assert matched(x[uneven], y[uneven], x[uneven], y[uneven]) is not None
    ragged = np.array([[1, 2, -1], [1, 3, 4]]), np.array([[5, 6, -1], [5, 7, 8]])
    assert matched(*ragged, *ragged) is None
    swapped = np.array([[1, 2, -1], [3, 4, 5]]), np.array([[5, 6, -1], [5, 6, 7]])
    assert matched(*swapped, *swapped).rows[0].tolist() == [[5, 6, 7]]
    other = swapped[::-1]
    assert matched(*other, *other).columns[0].tolist() == [[5, 6, 7]]


def test_buffers_are_used_over_and_over():
    _, loss = demo()
    step, plain_ = compile(loss, buffers=True), compile(loss)
    for _ in range(2):
        assert step().data == pytest.approx(plain_().data)
    assert step.source.count("out=") > step.source.split(":")[0].count(" B") > 2
    for f in BATCHED:
        w, X = np.array([0.7, -1.2]), np.array([[0.5, -0.3, 1.0], [0.4, -0.2, 1.5], [0.1, -0.9, 2.0]])
        one, other = (compile(f, in_axes=(None, 0), buffers=b).value_and_grad(w, X) for b in (True, False))
        assert one[0] == pytest.approx(other[0])
        assert one[1] == pytest.approx(other[1])


def test_source_for_other_libraries_writes_nothing_in_place():
    world = Lines()
    x = world.input("x", np.arange(6.0))
    y = world.scattered(
        [world.getitem(x, index=slice(0, 2)), world.getitem(x, index=np.array([1, 1]))],
        [slice(2, 4), np.array([0, 0])],
        (6,),
        np.float64,
    )
    text = source("f", [x], [[y]], [True], Writer(arrays_only=True)).text
    assert "np.zeros((6,)).at[2:4].add(x[0:2]).at[I2].add(x[I1])" in text


def test_one_sample_is_a_batch():
    assert compile(lambda x: x * x, in_axes=0)(np.ones(1)).tolist() == [1.0]
    assert compile(lambda x: x * x, in_axes=0).value_and_grad(np.array([3.0]))[0] == 9.0
    first = compile(lambda x: x[int(np.argmax(ag.stack(list(x)).data))] * 2.0, in_axes=0)
    assert first(np.array([[1.0, 5.0], [2.0, 3.0]])).tolist() == [10.0, 6.0]
    with pytest.raises(GraphError, match="not the same for every sample"):
        first(np.array([[1.0, 5.0], [4.0, 3.0]]))


def test_guards_that_cannot_be_asked_have_changed():
    step = compile(lambda x: x * int(1.0 / x.data) if x.data > 0 else x * 5.0)
    assert (step(0.5), step(0.0), step(0.25)) == (1.0, 0.0, 1.0)
    odd = compile(lambda x: x * int(1.0 / x.data))
    odd(0.5)
    with pytest.raises(OverflowError):
        odd(0.0)


def test_derivatives_say_what_they_need():
    with pytest.raises(GraphError, match=r"hvp\(\) of <lambda>: it needs a function that returns one number"):
        compile(lambda x: [x, x * x]).hvp(1.0, 1.0)
    with pytest.raises(DataError, match="there is no Hessian by 2"):
        compile(lambda n, x: x * n).hvp(2, 1, 3.0)
    with pytest.raises(SettingError, match="a batch has no Hessian here"):
        compile(lambda x: x * x, in_axes=0).hvp(np.ones(2), np.ones(2))
    with pytest.raises(DataError, match=r"jvp\(\) of <lambda> takes a tuple of primals"):
        compile(lambda x: x * x).jvp(2.0, 1.0)
    with pytest.raises(SettingError, match=r"compile\(\): argnums is an integer"):
        compile(lambda x: x * x, argnums=1.0)
    square = compile(lambda x: x * x)
    assert square.jvp((2.0,), (1,)) == (4.0, 4.0)
    assert square.program(*square.inputs) == (4.0, (4.0,))
    assert ag.hvp(compile(lambda x: x * x * x), 2.0, 1.0) == pytest.approx(12.0)
    exact = compile(lambda x: x * x, exact=True)
    exact(2.0)
    with pytest.raises(GraphError, match="there is no source"):
        _ = exact.program


def test_constants_that_are_replaced_are_noticed():
    c = Tensor([1.0, 2.0], constant=True)
    for exact in (False, True):
        c.data = [1.0, 2.0]
        step = compile(lambda t: (t * c).sum(), exact=exact)
        assert float(step(Tensor([1.0, 1.0]))) == 3.0
        c.data = [5.0, 6.0]
        assert float(step(Tensor([1.0, 1.0]))) == 11.0
        assert step.traces == 2


def test_copies_of_results():
    w = Value(2.0)
    L = compile(lambda: w * w)()
    twin = copy.deepcopy(L)
    twin.backward()
    assert w.grad == 0.0
    assert twin.parents[0].grad == 4.0
    t = copy.deepcopy(compile(lambda t: t * 2.0)(Tensor([1.0, 2.0])))
    t.sum().backward()
    assert t.parents[0].grad.tolist() == [2.0, 2.0]
    with pytest.raises(GraphError, match=r"a result of compile\(\) cannot be pickled with its history: pickle y.detach\(\)"):
        pickle.dumps(L)


def test_who_needs_every_node_gets_the_function_itself():
    w = Value(0.0, name="w")
    step = compile(lambda: w.log())
    assert step().data == -math.inf
    with pytest.raises(ag.AnomalyError, match="log made -inf of 'w'"), ag.anomaly():
        step()
    seen = []
    w.data = 2.0
    y = None
    with w.register_hook(seen.append):
        y = step()
        y.backward()
    assert seen == [0.5]
    assert y.op.name == "log"


# --------------------------------------------------------------------------------------------------------------------------
# Odd programs


GRID = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0], [0.5, 0.25, 0.125]]
CASES = [
    lambda x: x[0] / x[1] + x[1] ** 3 + x[0] ** -1 + 2.0 ** x[2] + abs(x[0]) ** 0.5,
    lambda x: x[0] + x[0] + x[0] - x[1] - (x[2] - x[1]) + 0.0,
    lambda x: -ag.negative(x[0]) + -(x[1] + x[2]) * 1.0 + x[0] * -1.0,
    lambda x: sum(v * 2.0 for v in x) + sum([x[0]]) + sum(-v for v in x),
    lambda x: sum(a * b for a in x for b in x),
    lambda x: sum((a - b) ** 2 for a in x for b in x),
    lambda x: sum(a * 3.0 + a * 4.0 for a in x) * x[0],
    lambda x: sum(x[i] * x[2 - i] for i in range(3)) + sum(x[::-1]) * sum(x[:2]),
    lambda x: (
        np.sum(np.outer(x, x) * np.arange(9.0).reshape(3, 3))
        if False
        else sum(x[i] * x[j] * float(3 * i + j) for i in range(3) for j in range(3))
    ),
    lambda x: (
        ag.logsumexp(ag.stack(list(x))) + ag.norm(ag.stack(list(x))) + ag.prod(ag.stack(list(x))) + ag.norm(ag.stack(list(x)), 3)
    ),
    lambda x: ag.softmax(ag.stack(list(x)))[0] * ag.log_softmax(ag.stack(list(x)))[1] + ag.cumsum(ag.stack(list(x)))[1],
    lambda x: ag.det(ag.stack([ag.stack(list(x)), np.array([1.0, 2.0, 0.5]), np.array([0.0, 1.0, 3.0])])) * x[0],
    lambda x: ag.solve(ag.stack([ag.stack(list(x)[:2]), np.array([0.5, 2.0])]), np.array([1.0, 2.0]))[0],
    lambda x: (
        ag.inv(ag.stack([ag.stack(list(x)[:2]), np.array([0.5, 2.0])]))[0, 1]
        + ag.slogdet(ag.stack([ag.stack(list(x)[:2]), np.array([0.5, 2.0])]))[1]
    ),
    lambda x: ag.einsum("i,i->", ag.stack(list(x)), ag.stack(list(x))) + ag.trace(ag.outer(ag.stack(list(x)), np.ones(3))),
    lambda x: (
        ag.flip(ag.stack(list(x)))[0]
        + ag.swapaxes(ag.stack([ag.stack(list(x))] * 2), 0, 1)[1, 0]
        + ag.squeeze(ag.stack(list(x))[None])[1]
    ),
    lambda x: (
        ag.erf(x[0]) + ag.erfc(x[1]) + ag.gelu(x[2]) + ag.silu(x[0]) + ag.cbrt(x[1] + 3) + ag.exp2(x[0]) + ag.arctan2(x[0], x[1])
    ),
    lambda x: (ag.erf(ag.stack(list(x))) + ag.gelu(ag.stack(list(x)))).sum() + ag.expand_dims(ag.stack(list(x)), 0)[0, 1],
    lambda x: ag.clip(ag.stack(list(x)), -0.5, 0.5).sum() + ag.clip(x[0], np.float64(0.1), x[1]) + ag.minimum(x[0], x[2]),
    lambda x: (
        ag.stack(list(x))[np.array([0, 0, 2])].sum()
        + ag.stack(list(x))[1:][0]
        + ag.stack(list(x))[..., -1]
        + ag.stack(list(x))[[True, False, True]].sum()
    ),
    lambda x: (
        ag.max(ag.stack(list(x)))
        - ag.min(ag.stack(list(x)))
        + ag.mean(ag.stack(list(x)))
        + ag.stack([ag.stack(list(x))] * 2).mean(axis=0)[1]
    ),
    lambda x: ag.affine(ag.stack([ag.stack(list(x))] * 2), Tensor(np.ones((2, 3)), constant=True), ag.stack(list(x)[:2])).sum(),
    lambda x: sum(v.tanh() * w for v, w in zip(x, (0.5, 0.25, 2.0))) + sum(v.sin() * w for v, w in zip(x, (0.5, 0.5, 0.5))),
    lambda x: ag.where(np.array([True, False, True]), ag.stack(list(x)), 2.0).sum() + ag.where(True, x[0], x[1]),
    lambda x: (lambda h: h[0] * h[1])([sum(x[i] * x[j] for j in range(i + 1)) for i in range(3)]),
    lambda x: sum(x) * sum(x) / len(x) + (1.0 / (1.0 + (-x[0]).exp())) + (1.0 + (-x[1]).exp()) ** -1,
    lambda x: x[0] * math.inf * 0.0 + x[1] * math.nan if False else x[0] * 1e300 * 1e-300,
    lambda x: ag.rint(x[0] * 1.3) + ag.floor(x[1]) + ag.sign(x[2]) + x[0] // 0.3 + x[0] * 1.0,
    lambda x: (
        ag.remainder(ag.stack(list(x)), 0.7).sum()
        + ag.hypot(ag.stack(list(x)), 1.0).sum()
        + ag.stack(list(x)).astype(np.float32).sum() * 1.0
    ),
    lambda x: x[0] * (Value(0.0) + 0.0 + 0.0 + 0.0) + sum(Value(a) * Value(b) for a, b in ((1.0, 2.0), (3.0, 4.0))) * x[1],
    lambda x: sum(v * v for v in [sum([v] * 4) for v in x]) + sum([x[0]] * 5) * x[1],
    lambda x: (lambda t: (t - (-t)).sum() / 1.0 + ag.sum(t, axis=()).sum() + ag.sum(ag.stack([t, t]), axis=(0, 1)))(
        ag.stack(list(x))
    ),
    lambda x: sum(1.0 / (1.0 + v.exp()) for v in x) + sum(1.0 / (v.exp() + 2.0) for v in x),
    lambda x: (lambda t: ag.where([True, False, True], t, 0.0).sum() * ag.where([True, False, True], 1.0, t).sum())(
        ag.stack(list(x))
    ),
    lambda x: [sum(a * b for a, b in zip(row, x)) for row in GRID][1] * sum(sum(a * b for a, b in zip(row, x)) for row in GRID),
    lambda x: sum(sum(x[(i + j) % 3] * x[j] for j in range(3)) * (i + 1.0) for i in range(3)),
    lambda x: x[0] * x[1].data + x[2],
    lambda x: sum(1.0 / (1.0 + (-v).exp()) for v in x),
    lambda x: sum(sum(x[i] for _ in range(5)) * (i + 2.0) for i in range(3)),
    lambda x: sum(sum(x[0] for _ in range(5)) * (i + 2.0) for i in range(5)) * x[1],
    lambda x: sum((a * b).tanh() for a, b in ((x[i], x[j]) for j in range(3) for i in range(3))),
    lambda x: sum(v.tanh() for v in [sum(x[i] * x[j] for j in range(i + 1)) for i in range(3)][1:]) * x[0],
    lambda x: ag.reshape(ag.stack(list(x) * 2), (2, 3)).T.reshape(6)[2] * ag.broadcast_to(x[0], (2,)).sum(),
]


@pytest.mark.parametrize("k", range(len(CASES)))
def test_odd_programs(k):
    f = CASES[k]
    step = compile(f)
    for point in (np.array([0.6, -0.4, 1.7]), np.array([0.7, -0.3, 1.2])):
        values, gradient = eager(f, (point,))
        value, slope = step.value_and_grad(point)
        assert close([value], values)
        assert close(slope, gradient)
    assert "replayed" not in str(step.report())
    assert all(not unknown for unknown in names_of(step.source))


@pytest.mark.parametrize(
    "point", [[0.0, 1.0], [1.0, 0.0], [-1.0, 800.0], [math.inf, 1.0], [math.nan, 1.0], [1e200, 1e200], [-0.5, 0.5]]
)
def test_values_follow_ieee(point):
    def f(x):
        return (
            x[0].log() * x[1] + x[0] / x[1] + x[1].exp() + x[0] ** x[1] + x[0].sqrt() + x[0] * x[1] + ag.arcsin(x[0]) + x[0] ** 0.5
        )

    a, b = Value(0.5), Value(0.25)
    step = compile(lambda: f([a, b]))
    step()
    a.data, b.data = point
    y = f([Value(point[0]), Value(point[1])])
    assert np.array_equal(step().data, y.data, equal_nan=True)


def test_rows_that_users_define():
    cube = define("compiled_cube", lambda xp, a: a * a * xp.exp(a), lambda xp, y, a: 2.0 * a * xp.exp(a) + y)
    step = compile(lambda x: sum(cube(v) for v in x))
    assert step.value_and_grad(np.array([0.5, 1.0]))[0] == pytest.approx(0.25 * math.exp(0.5) + math.e)
    odd = define("compiled_odd", lambda xp, a: a if a > 0 else -a, lambda xp, y, a: 1.0 if a > 0 else -1.0)
    step = compile(lambda x: odd(x) * x)
    assert step.value_and_grad(-2.0) == (-4.0, 4.0)
    assert "replayed" in str(step.report())
    assert step(3.0) == 9.0


def test_names_never_break_the_source():
    odd = [
        Value(1.0, name="x; import os"),
        Value(2.0, name="class"),
        Value(3.0, name="np"),
        Value(4.0, name="1st"),
        Value(5.0, name="größe"),
    ]
    step = compile(lambda: odd[0] * odd[1] + odd[2].exp() * odd[3].tanh() + odd[4].sin())
    step().backward()
    assert all(not unknown for unknown in names_of(step.source))
    assert "import os" not in step.source.replace("import", "", 0).split("def ")[1]
    shadows = compile(lambda value, run, abs: ag.absolute(value) * run + abs)
    assert shadows.value_and_grad(-1.0, 2.0, 3.0) == (5.0, -2.0)
    assert "replayed" not in str(shadows.report())
    layers = [Value(float(i), name=f"layer{i}") for i in range(5)]
    step = compile(lambda: sum(v.tanh() for v in layers))
    step().backward()
    assert "(layer)" in step.source


def test_tensor_networks():
    X, Y = rng.normal(size=(6, 3)), np.eye(2)[rng.integers(0, 2, 6)]
    for make in (
        lambda: nn.MLP([3, 4, 2], hidden="tanh", rng=0),
        lambda: nn.Sequential(nn.Linear(3, 4, rng=0), nn.LayerNorm(4), nn.Linear(4, 2, rng=1)),
        lambda: nn.Sequential(nn.Linear(3, 4, rng=0), nn.RMSNorm(4), nn.Linear(4, 2, rng=1)),
    ):
        model = make()
        step = compile(lambda model=model: nn.losses.cross_entropy(model(X), Y))
        L = step()
        L.backward()
        mine = [p.grad.copy() for p in model.parameters()]
        model.zero_grad()
        nn.losses.cross_entropy(model(X), Y).backward()
        assert all(close(a, p.grad) for a, p in zip(mine, model.parameters(), strict=True))
        assert "replayed" not in str(step.report())


def test_the_inverse_of_a_branch_is_pythons():
    step = compile(lambda x: x * ~(x > 2.2))
    assert (step(2.0), step(3.0)) == (-2.0, -6.0)  # Python's ~True is -2, and later versions warn of it


def test_a_program_keeps_no_graph():
    def alive():
        gc.collect()
        return sum(type(x) is Value for x in gc.get_objects())

    before = alive()
    step = compile(lambda x: sum(v * v for v in x) * float(round(x[0].data, 0)) + (1.0 if x[1] > 0 else 2.0) * x[2])
    step(np.arange(1.0, 100.0))
    assert alive() == before


def test_every_comparison_raises():
    t = Tensor([0.5, -0.5, 2.0])
    step = compile(lambda: (t * ag.where(((t > 0) | (t < -1)) & ((t > 1) != (t > -1)), 2.0, 3.0)).sum())
    assert float(step()) == float((t * ag.where(((t > 0) | (t < -1)) & ((t > 1) != (t > -1)), 2.0, 3.0)).sum())
    assert "replayed" not in str(step.report())


def test_threads_compile_and_call_at_once():
    step, found = compile(lambda x: x * max(x.data, 1.0)), []

    def work(v):
        found.append(step(v) == v * max(v, 1.0))

    threads = [threading.Thread(target=work, args=(float(v),)) for v in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8


# --------------------------------------------------------------------------------------------------------------------------
# Out of the library


def test_exported_files_stand_alone(tmp_path):
    _, loss = demo()
    step = compile(loss)
    L = step()
    path = step.export(tmp_path / "step.py")
    np.savez(tmp_path / "inputs.npz", *step.inputs)
    code = (
        "import sys, numpy as np, step; z = np.load('inputs.npz'); value, gradients = step.run(*(z[k] for k in z.files));"
        "assert not any(m.split('.')[0] in ('autograd', 'nn') for m in sys.modules); print(repr(float(value)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert float(done.stdout) == L.data
    assert path.read_text(encoding="utf-8").startswith('"""The program of loss, compiled by autograd')
    odd = compile(lambda x: ag.where(x > 0, ag.erf(x), x * math.nan) * np.array([1.0, math.inf])[0])
    odd(1.0)
    odd.f.__name__ = odd.__name__ = 'x"""; import os; """'
    odd.export(tmp_path / "odd.py")
    done = subprocess.run(
        [sys.executable, "-c", "import odd; print(odd.run(1.0))"], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert float(done.stdout) == math.erf(1.0)


def test_the_program_is_a_pure_function():
    step = compile(lambda W, x: sum((wi * xi).tanh() for wi, xi in zip(W, x)))
    W, x = np.ones(3), np.arange(3.0)
    value = step(W, x)
    assert step.program(*step.inputs) == value


def test_the_same_program_runs_on_jax():
    pytest.importorskip("jax")
    code = """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
import jax, jax.numpy as jnp, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
jax.config.update("jax_enable_x64", True)
from autograd import compile, erf

def sample(w, x, t):
    a = [sum(wi * xi for wi, xi in zip(row, x)).tanh() for row in w[:3]]
    b = [a[0] * a[1], a[2], a[0]]
    return sum((p - t[0]) ** 2 for p in b) + erf(a[0]) * (a[1] - max(v.data for v in a))

rng = np.random.default_rng(0)
W, X, T = rng.normal(size=(4, 5)), rng.normal(size=(16, 5)), rng.normal(size=(16, 1))
plain, ours = compile(sample, in_axes=(None, 0, 0)), compile(sample, in_axes=(None, 0, 0), xp=jnp)
a, b = plain.value_and_grad(W, X, T), ours.value_and_grad(W, X, T)
assert np.allclose(a[0], b[0]) and np.allclose(a[1], b[1])
mesh = Mesh(np.array(jax.devices()), ("batch",))
assert len(jax.devices()) == 8
inputs = [jax.device_put(x, NamedSharding(mesh, PartitionSpec("batch") if len(x) == 16 else PartitionSpec())) for x in ours.inputs]
value, gradients = jax.jit(ours.program)(*inputs)
assert np.allclose(value, a[0]) and np.allclose(gradients[0], a[1])
print("same")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "JAX_PLATFORMS": "cpu"})
    assert done.stdout.strip() == "same", done.stderr


def test_lines_are_written_once():
    step = compile(lambda x: x[0] * x[1] + x[0] * x[1] + (x[0] * x[1]).tanh())
    step(np.array([1.0, 2.0]))
    variant = step._variants[next(iter(step._variants))][0]
    assert repr(below(variant.outputs)[-1]) == "<line add ()>"
    with pytest.raises(TypeError, match="a line has no truth value"):
        bool(below(variant.outputs)[-1])


def test_what_moves_on_unevenly_is_no_loop():
    loop = Loop(10, 2, 4)
    assert read(loop, 0, np.array([9, 10, 14, 14]), False, []) is None
    assert read(loop, 0, np.array([11, 13, 15, 17]), False, []) is None
    assert read(loop, 1, np.array([10, 12, 14, 16]), False, []).kind == "step"
    assert read(loop, 0, np.array([1, 2, 4, 5]), False, [Loop(0, 1, 8)]) is None
    assert read(loop, 0, np.array([4, 6, 8, 10]), True, []) == ("number", 4, 2, None)
    assert read(loop, 0, np.array([4, 6, 8, 11]), True, []) is None
    assert list(_trimmed(Loop(0, 1, 4))) == [Loop(0, 1, 4)]
    assert [_affine(a, d, "k") for a, d in ((3, 0), (0, 1), (0, 2), (3, 1), (3, -2), (0, -1))] == [
        "3",
        "k",
        "2 * k",
        "3 + k",
        "3 - 2 * k",
        "0 - k",
    ]
