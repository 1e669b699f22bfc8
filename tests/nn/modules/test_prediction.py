"""Predictions are plain arrays of a model in eval mode, and leave the model as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import DataError, SettingError, ShapeError, Tensor


@settings(max_examples=20)
@given(st.integers(1, 7), st.integers(1, 4), st.none() | st.integers(1, 9), st.integers(0, 10**6))
def test_predictions_are_those_of_the_formulas(n, classes, batch_size, seed):
    rng = np.random.default_rng(seed)
    X, layer = rng.normal(size=(n, 3)), nn.Linear(3, classes, rng=seed)
    z = X @ layer.W.data.T + layer.b.data
    np.testing.assert_allclose(layer.predict(X, batch_size), z, rtol=1e-12, atol=1e-12)
    yes = 1.0 / (1.0 + np.exp(-z[:, 0]))
    e = np.exp(z)
    expected = np.stack([1.0 - yes, yes], axis=1) if classes == 1 else e / e.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(layer.predict_proba(X, batch_size), expected, rtol=1e-12)
    np.testing.assert_array_equal(layer.predict_labels(X, batch_size), expected.argmax(axis=1))


def test_the_model_keeps_its_modes_and_no_graph_is_made():
    model = nn.Sequential(nn.Linear(2, 8, rng=0), nn.Dropout(0.5, rng=0), nn.BatchNorm(8), nn.Linear(8, 1, rng=1))
    model.train()
    model.steps[2].eval()
    before = [module.training for _, module in model.named_modules()]
    X = np.ones((4, 2))
    assert type(model.predict(X)) is np.ndarray
    np.testing.assert_array_equal(model.predict(X), model.predict(X))
    assert [module.training for _, module in model.named_modules()] == before
    assert not model.steps[0].W.has_grad
    with pytest.raises(ShapeError, match="takes inputs of width 2"):
        model.predict(np.ones((4, 3)))
    assert [module.training for _, module in model.named_modules()] == before


def test_models_with_one_number_per_sample():
    class Sum(nn.Module):
        def forward(self, x):
            return Tensor(x).sum(axis=-1)

    assert Sum().predict([[1.0, 2.0], [3.0, -9.0]]).tolist() == [3.0, -6.0]
    assert Sum().predict_labels([[1.0, 2.0], [3.0, -9.0]]).tolist() == [1, 0]


class Mean(nn.Module):
    def forward(self, x):
        return Tensor(x).mean()


def test_a_number_per_batch_is_kept():
    assert Mean().predict([[1.0], [3.0], [5.0]], batch_size=2).tolist() == [2.0, 5.0]


@pytest.mark.parametrize(
    ("X", "error", "text"),
    [
        ([["a"]], DataError, r"predict\(\): X holds <U1, not real numbers: prepare it like the training data"),
        ([[np.nan, 1.0], [np.inf, 2.0]], DataError, r"predict\(\): 2 entries of X are nan or infinite: drop or fill those samples"),
        (np.zeros((0, 2)), ShapeError, r"predict\(\) takes samples of shape \(N, …\) with N > 0, not an array of shape \(0, 2\)"),
        (1.0, ShapeError, r"not an array of shape \(\); pass one sample as x\[None\]"),
        ([1.0, 2.0], ShapeError, r"predict\(\): outputs of shape \(1,\) do not fit 2 samples; pass one sample as x\[None\]"),
        ([[1.0], [1.0, 2.0]], DataError, "rows of unequal lengths"),
        (np.ma.array([[1.0, 2.0]], mask=[[True, False]]), DataError, "1 entries are masked"),
    ],
)
def test_data_that_do_not_fit_are_named(X, error, text):
    with pytest.raises(error, match=text):
        nn.Linear(2, 1).predict(X)


def test_wrong_settings_are_named():
    with pytest.raises(SettingError, match=r"predict\(\): batch_size must be a positive integer, not 0"):
        nn.Linear(2, 1).predict([[1.0, 2.0]], batch_size=0)
    model = nn.Sequential(nn.Linear(2, 3, rng=0), "softmax")
    with pytest.raises(DataError, match=r"the outputs of the model are probabilities already: use predict\(X\), or let it return"):
        model.predict_proba([[1.0, 2.0], [0.0, 1.0]])
