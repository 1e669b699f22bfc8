"""Recurrences in compiled functions become loops in their source."""

import numpy as np
import pytest

from autograd import Value, compile
from compiled_source import find_undefined_names
from scalar_programs import close, eager

rng = np.random.default_rng(0)


def test_a_recurrent_layer_becomes_a_loop():
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
    assert all(not unknown for unknown in find_undefined_names(step.source))
    assert len(step.source.splitlines()) < 130


def test_gates_that_slice_a_layer_become_a_loop():
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


def test_a_recurrence_of_two_numbers_gives_the_gradient_of_the_function():
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


def test_a_sum_over_a_recurrence_becomes_part_of_its_loop():
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
