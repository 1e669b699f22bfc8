"""Attention and the encoding of positions."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from autograd import SettingError, ShapeError
from nn.init import Initialiser
from nn.input_checks import plain_array, positive_integer, real_tensor
from nn.modules.dropout import Dropout
from nn.modules.layers import Linear
from nn.modules.module import Module
from nn.modules.paths import count_text
from nn.random import Seed, generator

# The base of the wavelengths of PositionalEncoding: from 2π to 10 000 · 2π positions (A. Vaswani et al. (2017), section 3.5). At
# twice as much, the slowest waves tell apart positions that are twice as far from each other.
WAVELENGTH_BASE = 10_000.0


def scaled_dot_product_attention(query: Any, key: Any, value: Any, mask: Any = None, causal: bool = False) -> Any:
    """Return softmax(Q Kᵀ / √d) V: for each query a mean of the values, weighted by how well their keys fit.

    Parameters
    ----------
    query : Tensor or array_like, shape (..., T, d)
        The queries Q.
    key : Tensor or array_like, shape (..., S, d)
        The keys K.
    value : Tensor or array_like, shape (..., S, e)
        The values V.
    mask : array_like of bool, broadcastable to (..., T, S), optional
        Which keys a query may look at. True means that it may.
    causal : bool, default False
        Whether query t may look at keys 0 to t only.

    Returns
    -------
    Tensor, shape (..., T, e)
        The means.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    SettingError
        If the mask does not hold bools, or leaves a query without any key.

    References
    ----------
    A. Vaswani et al., "Attention Is All You Need" (2017), eq. 1.

    Examples
    --------
    >>> scaled_dot_product_attention([[0.0]], [[1.0], [2.0]], [[3.0], [5.0]]).data
    array([[4.]])
    """
    Q, K, V = (real_tensor(x, "scaled_dot_product_attention()") for x in (query, key, value))
    if Q.ndim < 2 or K.shape[-1:] != Q.shape[-1:] or V.shape[:-1] != K.shape[:-1]:
        raise ShapeError(
            f"scaled_dot_product_attention() takes queries (…, T, d), keys (…, S, d) and values (…, S, e), not shapes {Q.shape}, "
            f"{K.shape} and {V.shape}"
        )
    scores = (Q @ ag.swapaxes(K, -1, -2)) * (Q.shape[-1] ** -0.5)
    allowed = _allowed(mask, causal, scores.shape)
    if allowed is not None:
        scores = ag.where(allowed, scores, -np.inf)
    return ag.softmax(scores, axis=-1) @ V


def _allowed(mask: Any, causal: bool, shape: tuple[int, ...]) -> Any:
    """Return which keys each query may look at, or None if these are all."""
    triangle = np.tri(*shape[-2:], dtype=np.bool_) if causal else None
    if mask is None:
        return triangle
    allowed = plain_array(mask, "scaled_dot_product_attention(mask=)")
    if allowed.dtype != np.bool_:
        raise SettingError(
            f"scaled_dot_product_attention(): the mask must hold bools, True for the keys that count, not {allowed.dtype}"
        )
    try:
        allowed = np.broadcast_to(allowed, shape)
    except ValueError:
        raise ShapeError(
            f"scaled_dot_product_attention(): the mask of shape {allowed.shape} does not broadcast to (…, T, S) = {shape}"
        ) from None
    allowed = allowed if triangle is None else allowed & triangle
    if not np.all(np.any(allowed, axis=-1)):
        raise SettingError("scaled_dot_product_attention(): the mask leaves a query without any key")
    return allowed


class MultiHeadAttention(Module):
    """Attention of several heads: each looks at its own part of the features, and a Linear layer joins them.

    Parameters
    ----------
    width : int
        The number of features, a multiple of ``heads``.
    heads : int
        The number of heads.
    dropout : float, default 0.0
        The probability that a feature of the result is 0 in training.
    causal : bool, default False
        Whether position t may look at positions 0 to t only.
    init : str or callable, default "glorot_uniform"
        The initialiser of the matrices.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the initialiser and of the dropout.
    bias : bool, default True
        Whether the Linear layers have biases.

    Attributes
    ----------
    query, key, value, out : Linear
        The four layers, each of shape (width, width).

    Raises
    ------
    SettingError
        If ``heads`` does not divide ``width``.

    References
    ----------
    A. Vaswani et al., "Attention Is All You Need" (2017), section 3.2.2.

    Examples
    --------
    >>> layer = MultiHeadAttention(8, heads=2, rng=0)
    >>> layer(np.ones((4, 5, 8))).shape, layer
    ((4, 5, 8), MultiHeadAttention(8, heads=2, 288 parameters))
    """

    def __init__(
        self,
        width: int,
        heads: int,
        dropout: float = 0.0,
        causal: bool = False,
        init: str | Initialiser = "glorot_uniform",
        rng: Seed = None,
        bias: bool = True,
    ) -> None:
        self.width: int = positive_integer("the width", width)
        self.heads: int = positive_integer("heads", heads)
        if width % heads:
            raise SettingError(f"MultiHeadAttention: {heads} heads cannot share {width} features equally")
        rng = generator(rng)
        self.query: Linear
        self.key: Linear
        self.value: Linear
        self.out: Linear
        self.query, self.key, self.value, self.out = (Linear(width, width, init, rng, bias) for _ in range(4))
        self.dropout: Dropout = Dropout(dropout, rng)
        self.causal = causal

    def forward(self, query: Any, key: Any = None, value: Any = None, mask: Any = None) -> Any:
        """Return the attended features.

        Parameters
        ----------
        query : Tensor or array_like, shape (..., T, width)
            The queries.
        key, value : Tensor or array_like, shape (..., S, width), optional
            The keys, by default the queries, and the values, by default the keys.
        mask : array_like of bool, broadcastable to (..., heads, T, S), optional
            Which keys a query may look at.

        Returns
        -------
        Tensor, shape (..., T, width)
            The features.

        Raises
        ------
        ShapeError, SettingError
            As in :func:`scaled_dot_product_attention`.
        """
        key = query if key is None else key
        value = key if value is None else value
        Q, K, V = (self._divide(layer(x)) for layer, x in ((self.query, query), (self.key, key), (self.value, value)))
        joined = ag.swapaxes(scaled_dot_product_attention(Q, K, V, mask, self.causal), -2, -3)
        return self.dropout(self.out(joined.reshape((*joined.shape[:-2], self.width))))

    def _divide(self, x: Any) -> Any:
        """Turn (..., T, width) into (..., heads, T, width / heads)."""
        if x.ndim < 2:
            raise ShapeError(f"{self} takes sequences (…, T, {self.width}), not one position of shape {x.shape}")
        return ag.swapaxes(x.reshape((*x.shape[:-1], self.heads, self.width // self.heads)), -2, -3)

    def __repr__(self) -> str:
        return f"MultiHeadAttention({self.width}, heads={self.heads}, {count_text(self.num_parameters())})"


class PositionalEncoding(Module):
    """Add waves of many lengths to the features, by which a network can tell positions apart.

    Feature 2i of position t gets sin(t / 10000^(2i / width)), and feature 2i + 1 the cosine.

    Parameters
    ----------
    width : int
        The number of features.

    Raises
    ------
    SettingError
        If ``width`` is not a positive whole number.

    See Also
    --------
    Embedding : A table of learnt encodings: ``x + table(np.arange(T))``.

    References
    ----------
    A. Vaswani et al., "Attention Is All You Need" (2017), section 3.5.

    Examples
    --------
    >>> PositionalEncoding(2)(np.zeros((2, 2))).data.round(3)
    array([[0.   , 1.   ],
           [0.841, 0.54 ]])
    """

    def __init__(self, width: int) -> None:
        self.width: int = positive_integer("the width", width)

    def forward(self, x: Any) -> Any:
        """Return the features with the encoding of their positions added.

        Parameters
        ----------
        x : Tensor or array_like, shape (..., T, width)
            The features of T positions.

        Returns
        -------
        Tensor, shape (..., T, width)
            The sum.

        Raises
        ------
        ShapeError
            If the input has another width, or fewer than two axes.
        """
        x = real_tensor(x, "PositionalEncoding()")
        if x.ndim < 2 or x.shape[-1] != self.width:
            raise ShapeError(f"{self} takes sequences (…, T, {self.width}), but x has shape {x.shape}")
        features = np.arange(self.width)
        angles = np.arange(x.shape[-2])[:, None] / WAVELENGTH_BASE ** (features // 2 * 2 / self.width)
        return x + np.where(features % 2 == 0, np.sin(angles), np.cos(angles)).astype(x.dtype)

    def __repr__(self) -> str:
        return f"PositionalEncoding({self.width})"
