"""The textbook's backward pass agrees with the engine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import SettingError, ShapeError


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=4),
    st.sampled_from(["identity", "sigmoid", "tanh", "relu", "softplus"]),
    st.sampled_from([("quadratic", "sigmoid"), ("quadratic", "softmax"), ("mse", "tanh"), ("cross_entropy", "identity")]),
    st.integers(0, 10**6),
)
def test_the_backward_pass_of_the_textbook_equals_that_of_the_engine(sizes, hidden, ends, seed):
    loss, output = ends
    sizes[-1] += loss == "cross_entropy"  # which is refused for one class
    rng = np.random.default_rng(seed)
    model = nn.MLP(sizes, hidden=hidden, output=output, rng=rng)
    X = rng.normal(size=(4, sizes[0]))
    Y = rng.integers(0, sizes[-1], 4) if loss == "cross_entropy" else rng.normal(size=(4, sizes[-1]))
    by_hand, by_engine = nn.delta.textbook(model, X, Y, loss), nn.delta.inspect(model, X, Y, loss)
    assert len(by_hand) == len(by_engine) == len(sizes) - 1
    for a, b in zip(by_hand, by_engine, strict=True):
        for name in ("a_before", "z", "a", "delta", "dW", "db"):
            np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-10, atol=1e-13)
    assert all(not np.any(p.grad) for p in model.parameters())


def test_what_the_textbook_has_no_formula_for_is_named():
    with pytest.raises(SettingError, match=r"the texts have no derivative for 'gelu'; they have identity, sigmoid"):
        nn.delta.textbook(nn.MLP([1, 2, 1], hidden="gelu"), [[1.0]], [[1.0]])
    with pytest.raises(SettingError, match="cross_entropy takes logits, so the output must be the identity, not tanh"):
        nn.delta.textbook(nn.MLP([1, 2], output="tanh"), [[1.0]], [0], "cross_entropy")
    with pytest.raises(SettingError, match="the loss must be cross_entropy, quadratic or mse, not 'hinge'"):
        nn.delta.textbook(nn.MLP([1, 2]), [[1.0]], [[1.0, 1.0]], "hinge")


def test_wrong_shapes_are_named():
    model = nn.MLP([2, 3], rng=0)
    for X, Y, text in (
        (np.ones((4, 2)), np.ones(4), r"the targets must have shape \(4, 3\), not \(4,\)"),
        (np.ones(2), np.ones(3), r"X must be a batch of shape \(N, 2\), not \(2,\)"),
        (np.ones((0, 2)), np.ones((0, 3)), "X must be a batch"),
    ):
        with pytest.raises(ShapeError, match=text):
            nn.delta.textbook(model, X, Y)
    soft = np.random.default_rng(0).random((4, 3))  # rows that do not add up to 1
    X = np.random.default_rng(1).normal(size=(4, 2))
    a, b = nn.delta.textbook(model, X, soft, "cross_entropy")[0], nn.delta.inspect(model, X, soft, "cross_entropy")[0]
    np.testing.assert_allclose(a.delta, b.delta, rtol=1e-10)
