"""Weights of samples and classes, and batches that are divided: both against the same training written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import DataError, SettingError, ShapeError


def train(X, y, loss="cross_entropy", **options):
    """Five epochs; return all parameters and the losses."""
    model = nn.MLP([2, 3, 2], rng=0)
    history = nn.fit(model, X, y, loss=loss, lr=0.5, epochs=5, progress=False, rng=0, **options)
    return nn.parameters_to_vector(model.parameters()), history.loss


@settings(max_examples=8)
@given(st.lists(st.integers(0, 3), min_size=4, max_size=8).filter(any), st.sampled_from(["cross_entropy", "mse"]), st.booleans())
def test_a_weight_counts_as_so_many_samples(weights, loss, compiled):
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(len(weights), 2)), rng.integers(0, 2, len(weights))
    y = labels if loss == "cross_entropy" else rng.normal(size=(len(weights), 2))
    weighted, weighted_loss = train(X, y, loss, sample_weight=np.array(weights) * 0.7, compiled=compiled)
    repeated, repeated_loss = train(np.repeat(X, weights, axis=0), np.repeat(y, weights, axis=0), loss)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(weighted_loss, repeated_loss, rtol=1e-9)


def test_weights_of_classes_are_weights_of_their_samples():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(9, 2)), np.array([0] * 6 + [1] * 3)
    by_sample, _ = train(X, y, sample_weight=np.where(y == 0, 1.0, 2.0))
    for class_weight in ("balanced", {0: 5.0, 1: 10.0}, [0.5, 1.0]):
        np.testing.assert_allclose(train(X, y, class_weight=class_weight)[0], by_sample, rtol=1e-12)
    both, _ = train(X, np.eye(2)[y], sample_weight=y + 1.0, class_weight=[2.0, 1.0])
    np.testing.assert_allclose(both, train(X, y)[0], rtol=1e-12)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_divided_batch_takes_the_step_of_the_whole(compiled):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(11, 2)), rng.integers(0, 2, 11)
    whole, whole_losses = train(X, y, batch_size=8, sample_weight=y + 1.0)
    divided, divided_losses = train(X, y, batch_size=8, sample_weight=y + 1.0, micro_batch_size=3, compiled=compiled)
    np.testing.assert_allclose(divided, whole, rtol=1e-12)
    np.testing.assert_allclose(divided_losses, whole_losses, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sample_weight": [1.0, 2.0]}, ShapeError, r"fit\(\): sample_weight has shape \(2,\), but there are 3 samples: give one for each"),
        ({"sample_weight": [1.0, -2.0, 1.0]}, DataError, r"weights of samples and classes must be finite numbers of at least 0, and not all 0"),
        ({"sample_weight": [0.0, 0.0, 0.0]}, DataError, "and not all 0"),
        ({"class_weight": [np.inf, 1.0]}, DataError, "must be finite numbers"),
        ({"class_weight": {0: 1.0}}, SettingError, r"fit\(\): class_weight has no weight for class 1"),
        ({"class_weight": "even"}, SettingError, r"class_weight must be 'balanced', or a weight for each class, not 'even'"),
        ({"micro_batch_size": 0}, SettingError, "micro_batch_size must be a positive integer, not 0"),
        ({"class_weight": "balanced", "loss": lambda pred, y: nn.losses.cross_entropy(pred, y)}, SettingError, r"weights of samples need a loss that takes reduction='none', as those of nn\.losses do: .*reduction"),
        ({"class_weight": "balanced", "loss": lambda pred, y, reduction: pred.sum()}, SettingError, r"weights of samples need one loss for each, but with reduction='none' the loss has shape \(\)"),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_are_named(options, error, message):
    with pytest.raises(error, match=message):
        train(np.eye(3)[:, :2], np.array([0, 1, 0]), **options)


def test_a_checkpoint_belongs_to_its_weights(tmp_path):
    X, y = np.eye(3)[:, :2], np.array([0, 1, 0])
    train(X, y, checkpoint=tmp_path / "a.npz", sample_weight=[1.0, 2.0, 3.0])
    with pytest.raises(DataError, match="the weights of the samples is not the same as in the run that wrote it"):
        train(X, y, checkpoint=tmp_path / "a.npz", sample_weight=[3.0, 2.0, 1.0])
