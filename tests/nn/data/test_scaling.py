"""Standardiser uses the training data only."""

import numpy as np
import pytest

from autograd import ShapeError
from nn import data


def test_standardising_uses_the_training_data_only():
    train, test = np.random.default_rng(0).normal(3.0, 2.0, (50, 3)), np.ones((4, 3))
    scale = data.Standardiser(train)
    np.testing.assert_allclose(scale(train).mean(axis=0), 0.0, atol=1e-13)
    np.testing.assert_allclose(scale(train).std(axis=0), 1.0)
    np.testing.assert_allclose(scale.back(scale(test)), test)
    with pytest.raises(ShapeError, match=r"fitted on samples of shape \(3,\), called with \(2,\)"):
        scale(np.ones((4, 2)))
    with pytest.raises(ShapeError, match=r"takes training data \(N, …\), not an array of shape \(0, 2\)"):
        data.Standardiser(np.ones((0, 2)))


def test_columns_that_do_not_vary_are_only_shifted():
    for constant in (0.1, 0.3, 1e6 + 0.1):
        for n in (3, 7, 49):
            assert data.Standardiser(np.full((n, 1), constant)).deviation[0] == 1.0


def test_targets_of_a_regression_are_scaled_and_scaled_back():
    y = np.array([10.0, 20.0, 60.0])
    scale = data.Standardiser(y)
    assert abs(scale(y).mean()) < 1e-15
    np.testing.assert_allclose(scale.back(scale(y)), y)
    with pytest.raises(ShapeError, match=r"takes training data \(N, …\), not an array of shape \(\)"):
        data.Standardiser(1.0)
