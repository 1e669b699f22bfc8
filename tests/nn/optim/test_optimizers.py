"""Optimizers are their published formulas."""

import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value
from nn.optim import SGD, Adam, AdamW, Lion, RMSProp
from oracles import assert_close


def adam_by_hand(theta, grads, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    m = v = 0.0  # F01-F04 with E26's m_0 = v_0 = 0 and t from 1
    for t, g in enumerate(grads, 1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        theta = theta - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
    return theta


OURS = {
    "sgd": lambda p: nn.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    "adam": lambda p: nn.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.01),
}


spec = importlib.util.spec_from_file_location("make_trajectories", Path(__file__).with_name("make_trajectories.py"))


make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)


OPTIMIZERS = {
    "SGD": lambda p: SGD(p, 0.1, weight_decay=0.5),
    "momentum": lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
    "Adam": lambda p: Adam(p, 0.1, weight_decay=0.5),
    "AdamW": lambda p: AdamW(p, 0.1, weight_decay=0.5),
    "RMSProp": lambda p: RMSProp(p, 0.1, weight_decay=0.5, centered=True, momentum=0.5),
    "Adagrad": lambda p: nn.Adagrad(p, 0.1, weight_decay=0.5),
    "Lion": lambda p: Lion(p, 0.1, weight_decay=0.5),
    "clipped": lambda p: nn.optim.Optimizer(p, nn.optim.chain(nn.optim.clip_by_norm(0.1), nn.optim.scale(0.1))),
}


X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.floats(1e-4, 0.5))
def test_adam_is_the_four_lines_of_the_text(grads, lr):
    p, q = Value(1.0), Tensor([1.0, 2.0])
    scalar, array = nn.Adam([p], lr=lr), nn.Adam([q], lr=lr)
    for g in grads:
        p.grad, q.grad = g, [g, 2 * g]
        scalar.step()
        array.step()
    near = {"rtol": 1e-13, "atol": 2e-15}  # it starts at 1 or 2, and may come near 0
    assert_close(p.data, adam_by_hand(1.0, grads, lr), **near)
    assert_close(q.data, [adam_by_hand(1.0, grads, lr), adam_by_hand(2.0, [2 * g for g in grads], lr)], **near)


def test_the_first_adam_step_pins_the_place_of_epsilon():
    for g, step in ((3.0, 1.0), (-0.2, -1.0), (1e-9, 1e-9 / (1e-9 + 1e-8))):  # F04
        p = Value(0.0)
        p.grad = g
        nn.Adam([p], lr=0.5).step()
        assert_close(p.data, -0.5 * step, rtol=1e-6)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.sampled_from([0.0, 0.9]), st.sampled_from([0.0, 0.1]))
def test_sgd_is_gradient_descent_with_momentum_and_decay(grads, momentum, decay):
    p, theta, v = Value(1.0), 1.0, 0.0
    sgd = nn.SGD([p], lr=0.1, momentum=momentum, weight_decay=decay)
    for g in grads:
        p.grad = g
        sgd.step()
        v = momentum * v + g + decay * theta
        theta -= 0.1 * v
        assert_close(p.data, theta, rtol=1e-12)
    sgd.zero_grad()
    assert p.grad == 0.0


@pytest.mark.parametrize("name", list(OURS))
def test_optimizers_take_the_steps_of_pytorch(name):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    theirs = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
        "adam": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.01),
    }[name]
    start = np.random.default_rng(0).normal(size=(3, 2))
    ours, their = Tensor(start), torch.tensor(start, requires_grad=True)
    a, b = OURS[name]([ours]), theirs([their])
    for _ in range(20):
        for p, step, root in ((ours, a, lambda p: ((p * p).tanh() * p).sum()), (their, b, lambda p: ((p * p).tanh() * p).sum())):
            step.zero_grad()
            root(p).backward()
            step.step()
    assert_close(ours.data, their.detach().numpy(), rtol=1e-12)


def test_lion_is_the_two_lines_of_its_paper():
    p, m, theta = Tensor(make.START), np.zeros((3, 2)), make.START.copy()
    optimizer = nn.Lion([p], lr=0.01, betas=(0.9, 0.99), weight_decay=0.1)
    for step in range(10):
        g = make.gradient(p.numpy(), step)
        p.grad = g
        optimizer.step()
        theta = theta - 0.01 * (np.sign(0.9 * m + 0.1 * g) + 0.1 * theta)
        m = 0.99 * m + 0.01 * g
        np.testing.assert_allclose(p.data, theta, rtol=1e-13)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("kind", [Value, lambda x: Tensor([x, x])], ids=["Value", "Tensor"])
def test_a_parameter_without_a_gradient_does_not_move(name, kind):
    used, idle, alone = kind(2.0), kind(3.0), kind(2.0)
    both, one = OPTIMIZERS[name]([used, idle]), OPTIMIZERS[name]([alone])
    for part in (False, True, False):
        for optimizer, w in ((both, used), (one, alone)):
            optimizer.zero_grad()
            loss = w * w + (idle * 0.5 if part and optimizer is both else 0.0)
            (loss.sum() if isinstance(loss, Tensor) else loss).backward()
            before = np.array(idle.data)
            optimizer.step()
            assert np.array_equal(idle.data, before) == (not (part and optimizer is both))
        if name != "clipped":  # which looks at all gradients together
            np.testing.assert_array_equal(used.data, alone.data)


def test_a_compiled_step_does_not_move_a_parameter_without_a_gradient():
    class Branches(nn.Module):
        def __init__(self):
            self.used, self.idle = nn.Linear(2, 1, rng=0), nn.Linear(2, 1, rng=1)

        def forward(self, x):
            return self.used(x)

    moved = []
    for compiled in (False, True):
        model = Branches()
        before = model.idle.W.data.copy()
        step = nn.TrainingStep(model, "mse", AdamW(model.parameters(), 0.1, weight_decay=0.5), compiled=compiled)
        for _ in range(3):
            step(X, Y)
        np.testing.assert_array_equal(model.idle.W.data, before)
        moved.append(model.used.W.data.copy())
    np.testing.assert_allclose(moved[0], moved[1], rtol=1e-12)


def test_a_parameter_with_a_gradient_of_zero_decays():
    w = Tensor([2.0])
    optimizer = SGD([w], 0.1, weight_decay=0.5)
    (w * 0.0).sum().backward()
    optimizer.step()
    assert w.data[0] == pytest.approx(1.9)
    w.grad = np.zeros(1)
    optimizer.step()
    assert w.data[0] == pytest.approx(1.805)


@given(st.floats(-10, 10), st.floats(0.5, 0.999))
def test_centred_rmsprop_of_constant_gradients_is_finite(g, rho):
    w = Value(1.0)
    optimizer = RMSProp([w], 0.01, rho=rho, centered=True)
    for _ in range(50):
        w.grad = g
        optimizer.step()
        assert np.isfinite(w.data)


def test_optimizers_take_gradients_that_are_graphs():
    p, q = Value(1.0), Tensor([1.0])
    ((p * p) + (q * q).sum()).backward(create_graph=True)
    nn.SGD([p, q], lr=0.25).step()
    assert (p.data, q.data) == (0.5, 0.5)


@pytest.mark.parametrize("steps", [7, 11, 40])
def test_one_cycle_is_that_of_pytorch(steps):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.5, total_steps=steps, div_factor=10.0)
    theirs = []
    for step in range(steps):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < steps - 1:
            schedule.step()
    ours = nn.optim.one_cycle(0.5, steps, start=10.0)
    np.testing.assert_allclose([ours(t) for t in range(steps)], theirs, rtol=1e-12, atol=1e-15)
    assert ours(steps + 5) == ours(steps - 1)


def test_schedules_can_be_pickled():
    made = (
        nn.optim.warmup(nn.optim.cosine(1.0, 10, 0.1), 3),
        nn.optim.step_decay(1.0, 2),
        nn.optim.exponential(1.0, 0.5),
        nn.optim.constant(0.1),
    )
    for schedule in made:
        copy = pickle.loads(pickle.dumps(schedule))
        assert [copy(t) for t in range(12)] == [schedule(t) for t in range(12)]
