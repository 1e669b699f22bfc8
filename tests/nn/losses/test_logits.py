"""Losses of logits warn of probabilities and refuse a single class."""

import functools
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import ShapeError, Tensor, Value, softmax
from nn import losses
from nn.optim import SGD

X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


def apply_softmax(x):
    return softmax(x)


MODELS_WITH_PROBABILITIES = {
    "MLP": lambda: nn.MLP([2, 3], output="softmax", rng=0),
    "Sequential": lambda: nn.Sequential(nn.Linear(2, 3, rng=0), "softmax"),
    "nested": lambda: nn.Sequential(nn.Sequential(nn.Linear(2, 3, rng=0), "softmax")),
    "function": lambda: nn.Sequential(nn.Linear(2, 3, rng=0), apply_softmax),
    "lambda": lambda: nn.Sequential(nn.Linear(2, 3, rng=0), lambda x: softmax(x).reshape(-1, 3)),
    "sigmoid": lambda: nn.MLP([2, 3], output="sigmoid", rng=0),
}


@given(st.integers(1, 5))
def test_cross_entropy_over_one_class_is_refused(n):
    for logits, target in ((np.zeros((n, 1)), np.zeros(n, int)), (np.zeros((n, 1)), np.ones((n, 1))), (np.zeros(1), 0)):
        for settings in ({}, {"smoothing": 0.1}, {"reduction": "sum"}):
            with pytest.raises(ShapeError, match=r"of a single class is always 0: .* use binary_cross_entropy_with_logits"):
                losses.cross_entropy(Tensor(logits), target, **settings)
    with pytest.raises(ShapeError, match="of a single class is always 0"):
        nn.fit(nn.Linear(2, 1, rng=0), X, np.zeros(3, int), loss="cross_entropy", epochs=1, progress=False)


@pytest.mark.parametrize("name", MODELS_WITH_PROBABILITIES)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_softmax_before_a_loss_of_logits_gives_a_warning(name, compiled):
    for loss in (
        "cross_entropy",
        lambda p, t: losses.cross_entropy(p, t),
        functools.partial(losses.cross_entropy, reduction="mean"),
    ):
        model = MODELS_WITH_PROBABILITIES[name]()
        with pytest.warns(nn.TrainingWarning, match=r"cross_entropy\(\) takes logits, but these came out of (softmax|sigmoid)"):
            nn.TrainingStep(model, loss, SGD(model.parameters(), 0.1), compiled=compiled)(X, np.array([0, 1, 2]))


def test_a_sigmoid_before_a_loss_of_logits_and_probabilities_for_logarithms_give_warnings():
    with pytest.warns(nn.TrainingWarning, match=r"binary_cross_entropy_with_logits\(\) takes logits, but .* sigmoid"):
        losses.binary_cross_entropy_with_logits(Tensor([0.1, 0.2]).sigmoid(), [1.0, 0.0])
    with pytest.warns(
        nn.TrainingWarning, match=r"kl_divergence\(\) takes logarithms of probabilities, but .* softmax: pass log_softmax"
    ):
        losses.kl_divergence(softmax(Tensor([0.1, 0.2])), [0.5, 0.5])
    with pytest.warns(nn.TrainingWarning, match="came out of sigmoid"):
        losses.cross_entropy([Value(0.1).sigmoid(), Value(0.2).sigmoid()], 1)


def test_models_that_return_logits_give_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for output in ("identity", "tanh", "log_softmax"):
            model = nn.MLP([2, 3, 3], hidden="sigmoid", output=output, rng=0)
            nn.fit(model, X, np.array([0, 1, 2]), loss="cross_entropy", epochs=1, progress=False)
        model = nn.MLP([2, 3, 1], hidden="sigmoid", output="sigmoid", rng=0)
        nn.fit(model, X, Y, loss="binary_cross_entropy", epochs=1, progress=False)
