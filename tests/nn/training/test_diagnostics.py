"""Divergence, vanishing and exploding gradients and dead units give warnings."""

import numpy as np
import pytest

import nn
from nn import losses, toys


def test_divergence_vanishing_explosion_and_dead_units_give_warnings():
    X, Y = np.linspace(-1, 1, 8)[:, None], np.linspace(-1, 1, 8)[:, None]
    with pytest.warns(nn.TrainingWarning) as told:
        nn.fit(nn.Linear(1, 1, rng=0), X, Y, loss="mse", lr=20.0, epochs=8, progress=False)
    texts = [str(w.message) for w in told]
    assert sum(text.startswith("the loss diverges") for text in texts) == 1
    assert sum(text.startswith("the gradient explodes") for text in texts) == 1
    deep = nn.MLP([1, *[8] * 14, 1], hidden="sigmoid", rng=0)
    with pytest.warns(nn.TrainingWarning, match=r"the gradient vanishes in layers.0.W \(\d.*and is .* elsewhere"):
        nn.fit(deep, X, Y, loss="mse", epochs=1, progress=False)
    dead = nn.MLP([1, 6, 1], hidden="relu", rng=0)
    dead.layers[0].b.data = np.full(6, -50.0)
    with pytest.warns(nn.TrainingWarning, match="100% of the relu units of layers.0 are dead"):
        nn.fit(dead, X, Y, loss="mse", epochs=1, progress=False)


def test_losses_below_zero_do_not_diverge():
    model = nn.Linear(1, 1, rng=0)
    X, Y = toys.line(20, rng=0)
    rates = nn.SGD(model.parameters(), lambda step: -0.3 if step == 5 else 0.1)
    nn.fit(
        model, X, Y, loss=lambda a, y: losses.mse(a, y) - 1.0, optimizer=rates, epochs=12, progress=False
    )  # a warning is an error
