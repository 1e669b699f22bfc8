"""Broadcasting undone: the adjoint of repeating an argument along an axis is a sum."""

from __future__ import annotations

from typing import Any

from autograd.backends.numpy_backend import ARRAY
from autograd.errors import ShapeError


def unbroadcast(xp: Any, g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a cotangent over the axes along which an argument was repeated: the adjoint of broadcasting.

    Parameters
    ----------
    xp : Backend
        The backend that sums.
    g : float, array or Node
        The cotangent of the broadcast argument.
    shape : tuple of int
        The shape of the argument itself.

    Returns
    -------
    float, array or Node
        The cotangent in the shape of the argument.

    Raises
    ------
    ShapeError
        If ``shape`` does not broadcast to the shape of ``g``.
    """
    have = xp.shape(g)
    if have == shape:
        return g
    extra = len(have) - len(shape)
    if extra > 0 and have[extra:] == shape:
        if extra == 1 and xp is ARRAY:
            return ARRAY.sum_of_rows(g)
        return xp.sum(g, axis=0 if extra == 1 else tuple(range(extra)), keepdims=False)
    stretched = tuple(extra + i for i, n in enumerate(shape) if n == 1 and extra >= 0 and have[extra + i] != 1)
    reduced = xp.sum(g, axis=(*range(extra), *stretched), keepdims=False)
    if xp.shape(reduced) != tuple(n for i, n in enumerate(shape) if extra + i not in stretched):
        raise ShapeError(f"a cotangent of shape {have} does not fit an argument of shape {shape}")
    return xp.reshape(reduced, shape) if stretched else reduced
