"""Optimizers: their published formulas, PyTorch's trajectories, schedules, groups, and state in and out."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import SettingError, ShapeError, Tensor, Value
from nn import optim
from nn.optim import Optimizer, adam, chain, clip_by_norm, clip_by_value, momentum, scale, weight_decay

spec = importlib.util.spec_from_file_location("make_trajectories", Path(__file__).with_name("make_trajectories.py"))
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)
STORED = json.loads(make.FILE.read_text("utf-8"))


def ours(name, settings, kind=Tensor):
    """Every point of one of our optimizers."""
    parameters = [Tensor(make.START)] if kind is Tensor else [Value(x) for x in make.START.ravel()]
    optimizer = getattr(nn, name)(parameters, **settings)
    points = []
    for step in range(make.STEPS):
        here = np.reshape([p.data for p in parameters], (3, 2))
        for p, g in zip(
            parameters, [make.gradient(here, step)] if kind is Tensor else make.gradient(here, step).ravel(), strict=True
        ):
            p.grad = g
        optimizer.step()
        points.append(np.reshape([p.data for p in parameters], (3, 2)).copy())
    return np.array(points)


@pytest.mark.parametrize("kind", [Tensor, Value])
@pytest.mark.parametrize("case", list(make.CASES))
def test_they_go_where_pytorchs_go(case, kind):
    name, settings, *_ = make.CASES[case]
    np.testing.assert_allclose(ours(name, settings, kind), STORED[case], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("case", list(make.CASES))
def test_the_stored_trajectories_are_pytorchs(case):
    pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    *_, name, settings = make.CASES[case]
    np.testing.assert_allclose(make.theirs(name, settings), STORED[case], rtol=1e-12, atol=1e-14)


def test_lion_is_its_papers_two_lines():
    p, m, theta = Tensor(make.START), np.zeros((3, 2)), make.START.copy()
    optimizer = nn.Lion([p], lr=0.01, betas=(0.9, 0.99), weight_decay=0.1)
    for step in range(10):
        g = make.gradient(p.numpy(), step)
        p.grad = g
        optimizer.step()
        theta = theta - 0.01 * (np.sign(0.9 * m + 0.1 * g) + 0.1 * theta)
        m = 0.99 * m + 0.01 * g
        np.testing.assert_allclose(p.data, theta, rtol=1e-13)


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


def test_schedules():
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


@pytest.mark.parametrize("case", list(make.CASES))
def test_state_goes_out_and_in(case):
    name, settings, *_ = make.CASES[case]

    def run(steps, state=None, start=None):
        p = Tensor(make.START if start is None else start)
        v = Value(1.0 if start is None else 0.5)
        optimizer = getattr(nn, name)([p, v], **settings)
        if state is not None:
            optimizer.load_state_dict(state)
        for _ in range(steps):
            p.grad, v.grad = make.gradient(p.numpy(), optimizer.steps), 0.25
            optimizer.step()
        return p.numpy(), optimizer.state_dict()

    whole, _ = run(9)
    half, state = run(4)
    rest, end = run(5, state, half)
    assert np.array_equal(rest, whole)
    assert int(end["steps"]) == 9


@pytest.mark.parametrize(
    ("attempt", "error", "text"),
    [
        (lambda: chain(0.1), SettingError, r"chain\(\) takes transforms, such as adam\(\) and scale\(0.01\), not 0.1"),
        (lambda: scale(-1.0), SettingError, "the learning rate lr must be a finite number above 0, not -1.0"),
        (lambda: momentum(1.5), SettingError, "momentum must be a number with 0 ≤ x < 1"),
        (lambda: clip_by_norm(0.0), SettingError, "clip_by_norm must be a finite number above 0"),
        (lambda: nn.SGD([{"lr": 1.0}], lr=0.1), SettingError, "a group of parameters is a dict with 'params', not one with 'lr'"),
        (
            lambda: nn.SGD([{"params": [Value(1.0)], "eta": 1.0}], lr=0.1),
            SettingError,
            "a group has no setting 'eta'; it may have lr",
        ),
        (lambda: nn.SGD([v := Value(1.0), v], lr=0.1), SettingError, "is given to an optimizer twice"),
        (lambda: nn.Adam([Value(1.0)]).load_state_dict({}), SettingError, "the state has no 'steps'"),
        (
            lambda: nn.SGD([Value(1.0)], lr=0.1).load_state_dict({"steps": 1, "0.adam7.0.m": 1.0}),
            SettingError,
            "no place for '0.adam7.0.m': its transforms or its parameters are others",
        ),
        (
            lambda: nn.Adam([Tensor([1.0])]).load_state_dict({"steps": 1, "0.adam0.0.m": np.ones(3)}),
            ShapeError,
            r"0.adam0.0.m holds float64 of shape \(3,\), the parameter has shape \(1,\)",
        ),
    ],
)
def test_wrong_settings_are_named(attempt, error, text):
    with pytest.raises(error, match=text):
        attempt()
