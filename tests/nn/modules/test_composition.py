"""Modules made of others: Residual and Flatten; Linear without biases."""

import numpy as np
import pytest

import nn
from autograd import SettingError, ShapeError


def test_a_residual_connection_adds_its_input():
    inner, skip, x = nn.Linear(2, 2, rng=0), nn.Linear(2, 3, rng=1), np.ones((4, 2))
    np.testing.assert_array_equal(nn.Residual(inner)(x).data, x + inner(x).data)
    wide = nn.Residual(nn.Sequential(nn.Linear(2, 3, rng=2), "tanh"), skip)
    np.testing.assert_array_equal(wide(x).data, skip(x).data + wide.inner(x).data)
    assert [name for name, _ in wide.named_parameters()] == ["inner.steps.0.W", "inner.steps.0.b", "skip.W", "skip.b"]
    assert str(nn.Residual(np.tanh)) == "Residual(tanh)"
    assert str(nn.Residual(inner, skip)) == f"Residual({inner}, {skip})"
    with pytest.raises(
        ShapeError, match=r"the inner module gives shape \(4, 3\), but the skip connection carries \(4, 2\); give skip="
    ):
        nn.Residual(skip)(x)
    with pytest.raises(SettingError, match="Residual takes modules and functions, not 'tanh'"):
        nn.Residual("tanh")


def test_flatten_joins_all_axes_but_the_first():
    assert nn.Flatten()(np.arange(24.0).reshape(2, 3, 4)).data.tolist() == np.arange(24.0).reshape(2, 12).tolist()
    assert nn.Flatten()(np.ones(3)).shape == (3, 1)
    assert str(nn.Flatten()) == "Flatten()"
    with pytest.raises(ShapeError, match=r"Flatten\(\) takes samples of shape \(N, \.\.\.\), not a single number"):
        nn.Flatten()(3.0)


def test_a_linear_layer_without_biases():
    layer = nn.Linear(2, 3, bias=False, rng=0)
    assert layer.b is None
    assert layer.num_parameters() == 6
    np.testing.assert_allclose(layer([[1.0, 2.0]]).data, [[1.0, 2.0]] @ layer.W.numpy().T)
