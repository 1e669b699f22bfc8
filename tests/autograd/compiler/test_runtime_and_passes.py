"""compile: replay, loops, index expressions, matrix products, buffers, the self-check and its fallbacks."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import Value, compile
from autograd.compiler.codegen.numpy_source import generate_source
from autograd.compiler.codegen.source_writer import SourceWriter
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.passes.vectorization.matmul_detection import find_matmul
from compiled_source import names_of
from scalar_programs import close, demo, eager

rng = np.random.default_rng(0)


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


def test_products_of_matrices_are_found():
    rows, columns = np.arange(12).reshape(4, 3), 100 + np.arange(6).reshape(2, 3)
    y, x = (table.reshape(8, 3) for table in np.broadcast_arrays(rows[:, None], columns[None]))
    found = find_matmul(x, y, x, y)
    assert found.layout.table.shape == (4, 2)
    assert np.array_equal(found.rows[0], rows)
    assert np.array_equal(found.columns[0], columns)
    assert find_matmul(x[:-1], y[:-1], x[:-1], y[:-1]).layout.mask.sum() == 7
    assert find_matmul(x[[0, 3]], y[[0, 3]], x[[0, 3]], y[[0, 3]]) is None
    twice_ = np.concatenate([x, x]), np.concatenate([y, y])
    assert find_matmul(*twice_, *twice_) is None
    uneven = np.array([0, 1, 2, 4, 6])
    assert find_matmul(x[uneven], y[uneven], x[uneven], y[uneven]) is not None
    ragged = np.array([[1, 2, -1], [1, 3, 4]]), np.array([[5, 6, -1], [5, 7, 8]])
    assert find_matmul(*ragged, *ragged) is None
    swapped = np.array([[1, 2, -1], [3, 4, 5]]), np.array([[5, 6, -1], [5, 6, 7]])
    assert find_matmul(*swapped, *swapped).rows[0].tolist() == [[5, 6, 7]]
    other = swapped[::-1]
    assert find_matmul(*other, *other).columns[0].tolist() == [[5, 6, 7]]


def test_buffers_are_used_over_and_over():
    _, loss = demo()
    step, plain_ = compile(loss, buffers=True), compile(loss)
    for _ in range(2):
        assert step().data == pytest.approx(plain_().data)
    assert step.source.count("out=") > step.source.split(":")[0].count(" B") > 2


def test_a_buffer_is_not_reused_while_a_flipped_view_of_it_is_read():
    def f(x):
        flipped = ag.flip(np.exp(x), axis=0)
        product = np.sin(x) * np.cos(x)
        return (flipped * (np.cos(product) + np.sin(product)) + product + flipped).sum()

    x = np.linspace(0.0, 1.0, 5)
    step = compile(f, tensors=True, buffers=True)
    assert step(x) == f(x)
    assert "np.flip(B1, axis=0)" in step.source


def test_a_power_with_an_infinite_exponent_is_compiled():
    step = compile(lambda x: x**math.inf)
    assert (step(0.5), step(2.0)) == (0.0, math.inf)
    assert "math.pow(x, np.inf)" in step.source


def test_source_for_other_libraries_writes_nothing_in_place():
    builder = ProgramBuilder()
    x = builder.input("x", np.arange(6.0))
    y = builder.scatter_sum(
        [builder.getitem(x, index=slice(0, 2)), builder.getitem(x, index=np.array([1, 1]))],
        [slice(2, 4), np.array([0, 0])],
        (6,),
        np.float64,
    )
    text = generate_source("f", [x], [[y]], [True], SourceWriter(arrays_only=True)).text
    assert "np.zeros((6,)).at[2:4].add(x[0:2]).at[I2].add(x[I1])" in text
