"""BatchNorm: statistics of the batch in training, running statistics afterwards."""

import numpy as np
import pytest

import nn
from autograd import ShapeError
from autograd.testing import check_grad


def test_training_normalises_by_the_batch_and_evaluation_by_the_running_statistics():
    x = np.random.default_rng(0).normal(3.0, 2.0, size=(6, 2, 5))
    layer = nn.BatchNorm(2, momentum=0.5)
    out = layer(x).data
    np.testing.assert_allclose(out.mean(axis=(0, 2)), 0.0, atol=1e-12)
    np.testing.assert_allclose(out.var(axis=(0, 2)), 1.0, atol=1e-4)
    np.testing.assert_allclose(layer.running_mean.data, 0.5 * x.mean(axis=(0, 2)))
    np.testing.assert_allclose(layer.running_variance.data, 0.5 + 0.5 * x.var(axis=(0, 2), ddof=1))
    layer.eval()
    mean, variance = layer.running_mean.data[:, None], layer.running_variance.data[:, None]
    np.testing.assert_allclose(layer(x).data, (x - mean) / np.sqrt(variance + 1e-5))


def test_the_gradient_goes_through_the_statistics_of_the_batch():
    layer = nn.BatchNorm(2)
    x = np.random.default_rng(1).normal(size=(5, 2))
    assert check_grad(lambda x: np.tanh(layer(x)), x).verdict == "pass"


def test_running_statistics_are_saved_and_stay_constant():
    layer = nn.BatchNorm(2)
    layer(np.array([[1.0, 2.0], [3.0, 8.0]]))
    assert list(layer.state_dict()) == ["g", "b", "running_mean", "running_variance"]
    copy = nn.BatchNorm(2)
    copy.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(copy.running_mean.data, [0.2, 0.5])
    layer.freeze()
    assert layer.parameters() == []
    layer.unfreeze()
    assert [name for name, _ in layer.named_parameters()] == ["g", "b"]
    assert layer.num_parameters() == 4


def test_patience_restores_the_running_statistics_of_the_best_epoch():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
    model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.BatchNorm(8), "tanh", nn.Linear(8, 2, rng=1))
    states = []
    history = nn.fit(
        model, X, y, loss="cross_entropy", lr=0.5, epochs=30, batch_size=5, validation=(-X, y), patience=3, progress=False, rng=0,
        callback=lambda history: states.append(model.state_dict()),
    )  # fmt: skip
    best = states[int(np.argmin(history.validation_loss))]
    assert history.epochs < 30
    for name, x in model.state_dict().items():
        np.testing.assert_array_equal(x, best[name])


def test_what_it_cannot_normalise_is_named():
    with pytest.raises(ShapeError, match=r"BatchNorm\(2\) takes inputs \(N, 2, …\), but x has shape \(4, 3\)"):
        nn.BatchNorm(2)(np.ones((4, 3)))
    with pytest.raises(
        ShapeError,
        match=r"BatchNorm\(2\) needs more than one entry per channel in training, but x has shape \(1, 2\); call eval\(\) first",
    ):
        nn.BatchNorm(2)(np.ones((1, 2)))
    assert nn.BatchNorm(2).eval()(np.ones((1, 2))).shape == (1, 2)


@pytest.mark.parametrize("compiled", [True, "auto"])
def test_compiled_steps_move_running_statistics(compiled, monkeypatch):
    """With validation, which changes to eval mode and back, with a last batch that is smaller, and with Dropout behind."""
    monkeypatch.setattr(nn.training.training_step, "STEPS_BEFORE_COMPILING", 3)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(22, 3)), rng.normal(size=(22, 2))
    states, losses = [], []
    for way in (False, compiled):
        model = nn.Sequential(
            nn.Linear(3, 5, bias=False, rng=0), nn.BatchNorm(5), "tanh", nn.Dropout(0.3, rng=1), nn.Linear(5, 2, rng=2)
        )
        history = nn.fit(
            model, X, Y, loss="mse", optimizer=nn.Adam(model.parameters(), lr=0.01), epochs=5, batch_size=8, validation=(X, Y),
            compiled=way, progress=False, rng=3,
        )  # fmt: skip
        states.append(model.state_dict())
        losses.append([history.loss, history.validation_loss])
    for name, expected in states[0].items():
        np.testing.assert_allclose(states[1][name], expected, rtol=1e-9, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-9)


def test_compiled_running_statistics_follow_the_batches():
    """One batch after the other, by the formula of the running statistics."""
    rng = np.random.default_rng(0)
    batches, layer = rng.normal(2.0, 3.0, size=(4, 6, 2)), nn.BatchNorm(2, momentum=0.3)
    step = nn.TrainingStep(layer, "mse", nn.SGD(layer.parameters(), lr=0.1), compiled=True)
    mean, variance = np.zeros(2), np.ones(2)
    for x in batches:
        step(x, np.zeros((6, 2)))
        mean, variance = 0.7 * mean + 0.3 * x.mean(axis=0), 0.7 * variance + 0.3 * x.var(axis=0, ddof=1)
        np.testing.assert_allclose(layer.running_mean.data, mean, rtol=1e-12)
        np.testing.assert_allclose(layer.running_variance.data, variance, rtol=1e-12)
    assert step.separate_reason == ""


def test_a_layer_that_is_used_twice_follows_both_batches():
    x = np.random.default_rng(0).normal(size=(6, 2))
    ends = []
    for compiled in (False, True):
        layer = nn.BatchNorm(2)
        model = nn.Sequential(layer, "tanh", layer)
        step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled=compiled)
        for _ in range(3):
            step(x, np.zeros((6, 2)))
        ends.append([layer.running_mean.data, layer.running_variance.data])
    np.testing.assert_allclose(ends[1], ends[0], rtol=1e-12, atol=1e-14)
