"""Attention: masks, heads, positions, and the texts of its errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import SettingError, ShapeError
from autograd.testing import check_grad


def attend_by_hand(Q, K, V, allowed):
    """The definition for one sequence, query by query."""
    rows = []
    for q, keys in zip(Q, allowed, strict=True):
        weights = np.array([np.exp(q @ k / np.sqrt(len(q))) if use else 0.0 for k, use in zip(K, keys, strict=True)])
        rows.append(weights @ V / weights.sum())
    return np.array(rows)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.booleans())
def test_each_query_gets_the_mean_of_the_values_by_its_weights(seed, causal):
    rng = np.random.default_rng(seed)
    Q, K, V = rng.normal(size=(4, 2)), rng.normal(size=(4, 2)), rng.normal(size=(4, 3))
    mask = rng.random((4, 4)) < 0.6
    mask[:, 0] = True
    allowed = mask & np.tri(4, dtype=bool) if causal else mask
    out = nn.scaled_dot_product_attention(Q, K, V, mask, causal).data
    np.testing.assert_allclose(out, attend_by_hand(Q, K, V, allowed), rtol=1e-12, atol=1e-14)


@settings(max_examples=3)
@given(st.integers(0, 1000))
def test_the_gradient_of_attention_is_right(seed):
    x = np.random.default_rng(seed).normal(size=(3, 4))
    layer = nn.MultiHeadAttention(4, heads=2, causal=True, rng=seed)
    assert check_grad(layer, x).verdict == "pass"


def test_queries_keys_and_values_may_differ():
    layer = nn.MultiHeadAttention(4, heads=2, rng=0, bias=False)
    rng = np.random.default_rng(0)
    query, key, value = rng.normal(size=(3, 4)), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    Q, K, V = (m.W.numpy() for m in (layer.query, layer.key, layer.value))
    heads = [
        attend_by_hand(query @ Q[part].T, key @ K[part].T, value @ V[part].T, np.ones((3, 5)))
        for part in (slice(0, 2), slice(2, 4))
    ]
    np.testing.assert_allclose(layer(query, key, value).data, np.hstack(heads) @ layer.out.W.numpy().T, rtol=1e-12)
    np.testing.assert_array_equal(layer(query, key).data, layer(query, key, key).data)


def test_dropout_of_attention_holds_in_training_only():
    layer = nn.MultiHeadAttention(4, heads=1, dropout=0.9, rng=0)
    x = np.ones((2, 8, 4))
    assert (layer(x).data == 0.0).mean() > 0.5
    assert (layer.eval()(x).data != 0.0).all()


def test_positions_have_waves_of_many_lengths():
    table = nn.PositionalEncoding(5)(np.zeros((7, 5))).data
    for t, feature in [(0, 0), (3, 1), (6, 2), (5, 3), (2, 4)]:
        wave = t / 10000.0 ** ((feature - feature % 2) / 5)
        assert table[t, feature] == pytest.approx(np.cos(wave) if feature % 2 else np.sin(wave), abs=1e-15)
    assert str(nn.PositionalEncoding(5)) == "PositionalEncoding(5)"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.MultiHeadAttention(5, 2), SettingError, "MultiHeadAttention: 2 heads cannot share 5 features equally"),
        (lambda: nn.MultiHeadAttention(4, 2)(np.ones(4)), ShapeError, r"takes sequences \(…, T, 4\), not one position of shape \(4,\)"),
        (lambda: nn.PositionalEncoding(4)(np.ones((2, 3))), ShapeError, r"PositionalEncoding\(4\) takes sequences \(…, T, 4\), but x has shape \(2, 3\)"),
        (lambda: nn.scaled_dot_product_attention(np.ones((2, 3)), np.ones((2, 4)), np.ones((2, 4))), ShapeError, r"takes queries \(…, T, d\), keys \(…, S, d\) and values \(…, S, e\), not shapes \(2, 3\), \(2, 4\) and \(2, 4\)"),
        (lambda: nn.scaled_dot_product_attention(*[np.ones((2, 3))] * 3, mask=np.ones((2, 2))), SettingError, "the mask must hold bools, True for the keys that count, not float64"),
        (lambda: nn.scaled_dot_product_attention(*[np.ones((2, 3))] * 3, mask=np.ones((3, 2), bool)), ShapeError, r"the mask of shape \(3, 2\) does not broadcast to \(…, T, S\) = \(2, 2\)"),
        (lambda: nn.scaled_dot_product_attention(*[np.ones((2, 3))] * 3, mask=np.array([[False, True], [True, True]]), causal=True), SettingError, "the mask leaves a query without any key"),
    ],
)  # fmt: skip
def test_wrong_settings_and_shapes_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()
