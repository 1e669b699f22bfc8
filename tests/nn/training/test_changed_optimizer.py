"""A compiled step notices every change of its optimizer."""

import numpy as np
import pytest

import nn
from nn.optim import Optimizer, chain, scale
from training_steps import T, X, assert_same_outcome


def replace_transforms(optimizer, step, model):
    optimizer.groups[0].transforms = [scale(0.5)]


def replace_all_states(optimizer, step, model):
    optimizer.groups[0].states = [[{}, {}], [{}, {}]]


def replace_one_state(optimizer, step, model):
    optimizer.groups[0].states[0][0] = {"velocity": np.ones((2, 3))}


def reverse_parameters(optimizer, step, model):
    optimizer.groups[0].parameters = optimizer.groups[0].parameters[::-1]
    optimizer.groups[0].states[0] = optimizer.groups[0].states[0][::-1]


def replace_optimizer(optimizer, step, model):
    step.optimizer = nn.SGD(model.parameters(), lr=0.5)


def replace_rate(optimizer, step, model):
    optimizer.groups[0].transforms[-1].rate = lambda t: 0.3


class SignOfRate(scale):
    """A rate that takes the sign of the updates."""

    def update_all(self, updates, states, params, step):
        return [np.sign(u) * self.at(step) for u in updates]


def test_a_loaded_state_is_used():
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        optimizer = nn.Adam(model.parameters(), lr=0.1)
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        fresh = optimizer.state_dict()
        step(X, T)
        kept = optimizer.state_dict()
        step(X, T)
        optimizer.load_state_dict(kept)
        step(X, T)
        optimizer.load_state_dict(fresh)
        step(X, T)
        outcomes.append([model.state_dict()["W"], optimizer.state_dict()])
        assert step.separate_reason == ""
    assert_same_outcome(*outcomes)


@pytest.mark.parametrize(
    "change", [replace_transforms, replace_all_states, replace_one_state, reverse_parameters, replace_optimizer, replace_rate]
)
def test_replaced_parts_of_an_optimizer_are_used(change):
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        for k in range(7):
            if k == 4:
                change(optimizer, step, model)
            step(X, T)
        outcomes.append([model.W.data, model.b.data, optimizer.state_dict()])
        assert step.separate_reason == ""
    assert_same_outcome(*outcomes)


@pytest.mark.parametrize("transforms", [(SignOfRate(0.5), scale(0.1)), (scale(0.1), SignOfRate(0.5))])
def test_a_users_rate_and_a_schedule_that_counts_its_calls(transforms):
    outcomes = []
    for compiled in (True, False):
        calls = []

        def counting(step, calls=calls):
            calls.append(step)
            return 0.1 / len(calls)

        model = nn.Linear(3, 2, rng=0)
        step = nn.TrainingStep(model, "mse", Optimizer(model.parameters(), chain(*transforms, scale(counting))), compiled)
        losses = [step(X, T) for _ in range(5)]
        outcomes.append([np.array(losses), model.W.data, calls, {}])
        assert step.separate_reason == ""
    assert_same_outcome(*outcomes)
    assert outcomes[0][2] == [0, 1, 2, 3, 4]


def test_settings_that_change_at_every_step_end_the_attempts_to_compile():
    model = nn.Linear(3, 2, rng=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.5)
    step = nn.TrainingStep(model, "mse", optimizer, compiled=True)
    for k in range(12):
        optimizer.groups[0].transforms[0].mu = 0.5 + 0.01 * k
        step(X, T)
    assert step.separate_reason == "its settings change at every step"
