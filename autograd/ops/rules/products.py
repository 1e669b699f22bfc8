"""Adjoints and tangents of matrix products, of a layer's affine map and of convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any


def as_column(xp: Any, v: Any) -> Any:
    """Return a vector, or a stack of vectors, as columns."""
    return xp.expand_dims(v, axis=-1)


def matmul_adjoint_left(xp: Any, g: Any, a: Any, b: Any) -> Any:
    """Return ḡ Bᵀ. A vector on either side counts as a row or a column, whose axis the product has dropped."""
    if len(xp.shape(b)) == 1:
        return (as_column(xp, g) if len(xp.shape(a)) > 1 else g) * b
    if len(xp.shape(a)) == 1:
        return xp.getitem(xp.matmul(b, as_column(xp, g)), index=(..., 0))
    return xp.matmul(g, xp.swapaxes(b, -1, -2))


def matmul_adjoint_right(xp: Any, g: Any, a: Any, b: Any) -> Any:
    """Return Aᵀ ḡ. A vector on either side counts as a row or a column, whose axis the product has dropped."""
    if len(xp.shape(a)) == 1:
        return a * g if len(xp.shape(b)) == 1 else as_column(xp, a) * xp.expand_dims(g, axis=-2)
    if len(xp.shape(b)) == 1:
        return xp.getitem(xp.matmul(xp.swapaxes(a, -1, -2), as_column(xp, g)), index=(..., 0))
    return xp.matmul(xp.swapaxes(a, -1, -2), g)


def affine_adjoint(xp: Any, i: int, g: Any, y: Any, x: Any, W: Any, b: Any) -> Any:
    """Return ∂C/∂x = δ W, ∂C/∂W = δᵀ x or ∂C/∂b = Σ δ over the batch, with δ = g.

    Notes
    -----
    The reverse pass sums over the batch, as it does wherever an argument was broadcast.

    References
    ----------
    S2:151 and S2:157, corrected.
    """
    if i == 0:
        return xp.matmul(g, W)
    if i == 2:
        return g
    if len(xp.shape(g)) != 2:
        (n_out, n_in), samples = xp.shape(W), prod(xp.shape(g)[:-1])
        g, x = xp.reshape(g, (samples, n_out)), xp.reshape(x, (samples, n_in))
    return xp.matmul(xp.transpose(g, axes=None), x)


def affine_tangent(xp: Any, i: int, t: Any, y: Any, x: Any, W: Any, b: Any) -> Any:
    """Return the tangent of x Wᵀ + b for a tangent of x, of W or of b."""
    if i == 0:
        return xp.matmul(t, xp.transpose(W, axes=None))
    if i == 1:
        return xp.matmul(x, xp.transpose(t, axes=None))
    return xp.broadcast_to(t, xp.shape(y))


def mode_of_adjoint(xp: Any, mode: str, a: Any, b: Any, axes: Sequence[int]) -> str:
    """Return which part of the convolution of ḡ with the flipped b is ā: all of it if b slides within a, else the full overlap."""
    slides_within = all(xp.shape(a)[i] >= xp.shape(b)[i] for i in axes)
    return "full" if mode == "valid" and slides_within else "valid"


def convolve_adjoint_left(xp: Any, g: Any, a: Any, b: Any, *, mode: str) -> Any:
    """Return āᵢ = Σₙ ḡₙ bₙ₋ᵢ, the convolution of ḡ with the flipped b."""
    return xp.convolve(g, xp.flip(b, axis=0), mode=mode_of_adjoint(xp, mode, a, b, (0,)))


def convolve_adjoint_right(xp: Any, g: Any, a: Any, b: Any, *, mode: str) -> Any:
    """Return the cotangent of the other factor: a convolution commutes."""
    return convolve_adjoint_left(xp, g, b, a, mode=mode)
