"""BatchNorm: statistics of the batch in training, running statistics afterwards."""

import numpy as np
import pytest

import nn
from autograd import GraphError, ShapeError
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


def test_a_compiled_step_refuses_to_move_running_statistics():
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.BatchNorm(4))
    with pytest.raises(GraphError):
        nn.fit(model, np.ones((6, 3)), np.ones((6, 4)), loss="mse", epochs=2, compiled=True, progress=False)
