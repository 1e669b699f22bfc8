"""Transforms, schedules and groups."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value
from nn import optim
from nn.optim import Optimizer, adam, chain, clip_by_norm, clip_by_value, scale, weight_decay


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6), st.floats(0.01, 10.0))
def test_clipping_by_norm_keeps_the_direction(g, limit):
    a, b = Tensor(np.zeros(len(g))), Value(0.0)
    a.grad, b.grad = np.array(g), 1.0
    Optimizer([a, b], chain(clip_by_norm(limit), scale(1.0))).step()
    moved, whole = -np.append(a.data, b.data), np.append(g, 1.0)
    assert np.linalg.norm(moved) <= limit * (1 + 1e-12) or np.linalg.norm(whole) <= limit
    np.testing.assert_allclose(moved * np.linalg.norm(whole), whole * np.linalg.norm(moved), rtol=1e-9, atol=1e-9)


def test_transforms_are_applied_in_their_order():
    def one(*transforms):
        p = Tensor([[2.0, -1.0]])
        p.grad = np.array([[0.5, 3.0]])
        Optimizer([p], chain(*transforms)).step()
        return p.data

    np.testing.assert_allclose(one(clip_by_value(1.0), weight_decay(0.1), scale(0.5)), [[2.0 - 0.35, -1.0 - 0.45]])
    np.testing.assert_allclose(one(weight_decay(0.1), scale(0.5)), [[2.0 - 0.5 * 0.7, -1.0 - 0.5 * 2.9]])
    np.testing.assert_allclose(one(adam(), weight_decay(0.1), scale(0.1)), [[2.0 - 0.12, -1.0 - 0.09]], rtol=1e-6)
    np.testing.assert_allclose(one(scale(0.5), weight_decay(0.1)), [[2.0 - 0.45, -1.0 - 1.4]])
    bias = Tensor([2.0])
    bias.grad = np.array([1.0])
    Optimizer([bias], chain(weight_decay(0.1, biases=False), scale(0.5))).step()
    assert bias.data[0] == 1.5


def test_schedules_are_their_formulas():
    cosine = optim.cosine(1.0, steps=4, floor=0.2)
    np.testing.assert_allclose([cosine(t) for t in (0, 2, 4, 9)], [1.0, 0.6, 0.2, 0.2])
    warm = optim.warmup(optim.exponential(1.0, 0.5), steps=2)
    assert [warm(t) for t in range(3)] == [0.5, 0.5, 0.25]
    p = Value(0.0)
    optimizer = nn.SGD([p], lr=lambda step: 1.0 / (step + 1))
    assert optimizer.lr == 1.0
    for expected in (-1.0, -1.5, -1.5 - 1.0 / 3.0):
        p.grad = 1.0
        optimizer.step()
        assert p.data == pytest.approx(expected)
    assert optimizer.lr == 0.25
    assert nn.SGD([p], lr=optim.constant(0.5)).lr == 0.5
    assert nn.SGD([p], lr=optim.step_decay(1.0, 1)).lr == 1.0


def test_groups_have_settings_of_their_own():
    a, b, c = (Tensor([1.0]) for _ in range(3))
    optimizer = nn.SGD([{"params": [a], "lr": 0.5}, {"params": [b, c]}], lr=0.1)
    for p in (a, b, c):
        p.grad = np.array([1.0])
    optimizer.step()
    assert [p.data[0] for p in (a, b, c)] == [0.5, 0.9, 0.9]
    assert [p is q for p, q in zip(optimizer.parameters, (a, b, c), strict=True)] == [True] * 3
    optimizer.zero_grad()
    assert a.grad[0] == 0.0
