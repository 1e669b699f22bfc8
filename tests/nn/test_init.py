"""Initialisers have the variance that they promise."""

import numpy as np
import pytest

import nn
from autograd import SettingError
from nn import init


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("lecun_normal", 1 / 200),
        ("lecun_uniform", 1 / 200),
        ("glorot_normal", 2 / 500),
        ("glorot_uniform", 2 / 500),
        ("he_normal", 2 / 200),
        ("he_uniform", 2 / 200),
        ("uniform", 1 / 3),
        ("normal", 1.0),
        ("zeros", 0.0),
    ],
)
def test_initialisers_have_the_variance_they_promise(name, variance):
    W = init.initialise((300, 200), name, 0)  # H01
    assert W.shape == (300, 200)
    assert abs(W.mean()) < 5 * np.sqrt(variance / W.size) + 1e-12
    assert abs(W.var() - variance) < 0.02 * variance + 1e-12
    assert np.array_equal(W, init.initialise((300, 200), name, 0))


def test_initialisers_can_be_functions():
    layer = nn.Linear(2, 3, init=init.constant(0.5), rng=0)
    np.testing.assert_array_equal(layer.W.data, np.full((3, 2), 0.5))
    np.testing.assert_array_equal(layer.b.data, np.zeros(3))
    assert nn.activations.name_of(np.tanh) == "tanh"


def test_orthogonal_matrices_are_orthogonal():
    for shape in ((3, 5), (5, 3), (4, 4)):
        W = nn.init.initialise(shape, "orthogonal", 0)
        product = W @ W.T if shape[0] <= shape[1] else W.T @ W
        np.testing.assert_allclose(product, np.eye(min(shape)), atol=1e-12)
    with pytest.raises(SettingError, match=r"the orthogonal initialiser takes matrices, not shape \(3,\)"):
        nn.init.initialise((3,), "orthogonal", 0)
