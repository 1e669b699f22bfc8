"""Toy data have their shapes and depend on the seed alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import SettingError
from nn import toys


@given(st.sampled_from(["moons", "circles", "spirals", "blobs", "line", "sine"]), st.integers(1, 40), st.integers(0, 10**6))
def test_toys_have_their_shapes_and_repeat_with_the_seed(name, n, seed):
    X, Y = getattr(toys, name)(n, rng=seed)
    again, _ = getattr(toys, name)(n, rng=seed)
    assert len(X) == len(Y) == n
    assert np.array_equal(X, again)
    assert np.all(np.isfinite(X))
    assert Y.shape == ((n, 1) if name in ("line", "sine") else (n,))


def test_gates_are_those_of_logic():
    for name, f in (("or", np.logical_or), ("and", np.logical_and), ("xor", np.logical_xor)):
        X, y = toys.gate(name)
        assert y.tolist() == f(X[:, 0], X[:, 1]).astype(int).tolist()
        assert toys.gate({"or": "nor", "and": "nand", "xor": "xnor"}[name])[1].tolist() == (1 - y).tolist()
    with pytest.raises(SettingError, match="no gate is called 'not': there are or, and, xor"):
        toys.gate("not")
    radii = np.linalg.norm(toys.circles(30, noise=0.0, rng=0)[0], axis=1)
    assert set(radii.round(12)) == {0.5, 1.0}
