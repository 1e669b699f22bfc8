"""Settings that are wrong or have no effect are named."""

import numpy as np
import pytest

import nn
from autograd import AutogradError, SettingError, ShapeError, Tensor, Value
from nn.optim import SGD, Adam, AdamW, Lion, Optimizer, chain, clip_by_norm, momentum, scale

X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


@pytest.mark.parametrize(
    ("attempt", "error", "text"),
    [
        (lambda: chain(0.1), SettingError, r"chain\(\) takes transforms, such as adam\(\) and scale\(0.01\), not 0.1"),
        (lambda: scale(-1.0), SettingError, "the learning rate lr must be a finite number above 0, not -1.0"),
        (lambda: momentum(1.5), SettingError, r"momentum must be a number in \[0, 1\)"),
        (lambda: clip_by_norm(0.0), SettingError, "clip_by_norm must be a finite number above 0"),
        (lambda: nn.SGD([{"lr": 1.0}], lr=0.1), SettingError, "a group of parameters is a dict with 'params', not one with 'lr'"),
        (
            lambda: nn.SGD([{"params": [Value(1.0)], "eta": 1.0}], lr=0.1),
            SettingError,
            "a group has no setting 'eta'; it may have lr",
        ),
        (
            lambda: Optimizer([{"params": [Value(1.0)], "lr": 1.0}], scale(0.1)),
            SettingError,
            "a group has no setting 'lr'; it may have transform",
        ),
        (lambda: nn.SGD([v := Value(1.0), v], lr=0.1), SettingError, "is given to an optimizer twice"),
        (lambda: nn.Adam([Value(1.0)]).load_state_dict({}), SettingError, "the state has no 'steps'"),
        (
            lambda: nn.SGD([Value(1.0)], lr=0.1).load_state_dict({"steps": 1, "0.adam7.0.m": 1.0}),
            SettingError,
            "no place for '0.adam7.0.m': its transforms or parameters are not those of the state",
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


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda: nn.SGD([], lr=0.1), r"an optimizer needs parameters: pass model.parameters\(\)"),
        (lambda: nn.SGD([1.0], lr=0.1), "an optimizer updates Values and Tensors, not 1.0"),
        (lambda: nn.SGD([Value(1.0)], lr=-0.1), "the learning rate lr must be a finite number above 0, not -0.1"),
        (lambda: nn.SGD([Value(1.0)], lr="fast"), "not 'fast'"),
        (lambda: nn.SGD([Value(1.0)], lr=0.1, momentum=1.0), r"momentum must be a number in \[0, 1\), not 1.0"),
        (lambda: nn.Adam([Value(1.0)], betas=(0.9, 1.5)), r"betas\[1\] must be a number in \[0, 1\), not 1.5"),
        (
            lambda: nn.SGD([Tensor([1.0])], 0.1).load_state_dict({"steps": 2.5}),
            "steps must be a whole number of at least 0, not 2.5",
        ),
        (lambda: nn.SGD([Tensor([1.0])], 0.1).load_state_dict({"steps": 1, "0.scale0.-1.m": 1.0}), "no place for '0.scale0.-1.m'"),
        (lambda: Adam([Value(1.0)], betas=0.9), r"Adam\(\): betas must be two numbers, such as \(0.9, 0.999\), not 0.9"),
        (lambda: AdamW([Value(1.0)], betas=(0.9,)), r"AdamW\(\): betas must be two numbers"),
        (lambda: Lion([Value(1.0)], betas="ab"), r"Lion\(\): betas must be two numbers"),
        (
            lambda: SGD(nn.Linear(2, 1, rng=0), 0.1),
            r"an optimizer takes a list of parameters, not Linear.*: pass model.parameters\(\)",
        ),
        (lambda: Adam(None), r"takes a list of parameters, not None: pass model.parameters\(\)"),
        (lambda: SGD("abc", 0.1), "takes a list of parameters"),
        (lambda: SGD([nn.Linear(2, 1, rng=0)], 0.1), r"updates Values and Tensors, not Linear.*: pass model.parameters\(\)"),
        (lambda: SGD(Value(1.0), 0.1), "takes a list of parameters"),
    ],
)
def test_wrong_parameters_rates_and_states_are_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


def test_nesterov_without_momentum_is_refused():
    w = Tensor([1.0])
    with pytest.raises(SettingError, match="nesterov=True changes nothing without momentum"):
        SGD([w], 0.1, nesterov=True)
    with pytest.raises(SettingError, match="nesterov=True changes nothing"):
        SGD([{"params": [w], "momentum": 0.0}], 0.1, momentum=0.9, nesterov=True)


def test_an_optimizer_of_another_model_is_refused():
    model, other = nn.Linear(2, 1, rng=0), nn.Linear(2, 1, rng=0)
    for compiled in (False, True):
        with pytest.raises(SettingError, match=r"TrainingStep\(\): the optimizer moves no parameter of this model"):
            nn.TrainingStep(model, "mse", SGD(other.parameters(), 0.1), compiled=compiled)
    with pytest.raises(SettingError, match=r"fit\(\): the optimizer moves no parameter of this model"):
        nn.fit(model, X, Y, loss="mse", optimizer=SGD(other.parameters(), 0.1), progress=False)
