"""Compiled functions return the numbers of the functions themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value, compile
from autograd.core.node import Node
from autograd.core.pytree import flatten
from autograd.testing.strategies import programs
from compiled_source import find_undefined_names, find_unread_variables
from scalar_programs import close, demo, eager, scalar_programs

rng = np.random.default_rng(0)


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
        assert all(not unknown for unknown in find_undefined_names(step.source))
        assert not find_unread_variables(step.source) - {"C1"}


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
        assert all(not unknown for unknown in find_undefined_names(step.source))


def test_cancellation_inside_one_operation_counts_as_rounding():
    def f(x):
        t = ag.softmax(x, axis=0).sum(axis=0)
        return np.cbrt(2.0 * t - 4.0 * t)

    step = compile(f)
    step(Tensor([0.5, 0.5625])).backward()
    assert "np.exp" in step.source


def test_training_with_captured_values_needs_one_trace():
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


def test_a_determinant_by_minors_has_the_gradient_of_linear_algebra():
    def det(M):
        return (
            M[0][0] if len(M) == 1 else sum((-1.0) ** j * M[0][j] * det([r[:j] + r[j + 1 :] for r in M[1:]]) for j in range(len(M)))
        )

    M = rng.normal(size=(5, 5))
    value, slope = compile(lambda M: det(M.tolist())).value_and_grad(M)
    assert value == pytest.approx(np.linalg.det(M))
    assert slope == pytest.approx(np.linalg.det(M) * np.linalg.inv(M).T)


def test_a_recurrence_of_single_numbers_stays_in_plain_python():
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
