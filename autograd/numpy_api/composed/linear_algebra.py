"""Condition numbers, tensor equations, and the norms and products that NumPy's array-API namespace names."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.tensor import is_complex
from autograd.errors import DataError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor, keep_reduced_axes


def cond(x: Any, p: Any = None) -> Any:
    """Return the condition number of a matrix, or of each matrix of a stack.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (..., m, n).
    p : {None, 1, -1, 2, -2, inf, -inf, "fro", "nuc"}, optional
        The norm; None is 2.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(cond(Tensor([[4.0, 0.0], [0.0, 2.0]])))
    2.0
    """
    t = as_tensor(x)
    if p in (None, 2, -2):
        s = functions.svdvals(t)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return functions.norm(t, p, (-2, -1)) * functions.norm(functions.inv(t), p, (-2, -1))


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """Return the solution x of a x = b, summed over all axes of x.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape ``b.shape + x.shape``, where both have equally many entries.
    b : array_like or Tensor
    axes : tuple of int, optional
        Axes of ``a`` to move to the end first.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If ``a`` is not square in this sense.

    Examples
    --------
    >>> from autograd import Tensor
    >>> tensorsolve(Tensor([[2.0, 0.0], [0.0, 4.0]]), [2.0, 2.0]).data
    array([1. , 0.5])
    """
    t, u = as_tensor(a), as_tensor(b)
    if axes is not None:
        last = [i % t.ndim for i in axes]
        t = t.transpose([*(i for i in range(t.ndim) if i not in last), *last])
    shape = t.shape[u.ndim :]
    if t.size != u.size**2 or prod(shape) != u.size:
        raise ShapeError(f"tensorsolve of shapes {t.shape} and {u.shape}: a takes the shape of b, then that of x")
    return functions.solve(t.reshape((u.size, u.size)), u.ravel()).reshape(shape)


def tensorinv(a: Any, ind: int = 2) -> Any:
    """Return the inverse of an array as a map from its last axes to its first ``ind`` axes.

    Parameters
    ----------
    a : array_like or Tensor
    ind : int, optional
        How many axes come first.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If the first axes and the others have different numbers of entries.

    Examples
    --------
    >>> from autograd import Tensor
    >>> tensorinv(Tensor([[2.0, 0.0], [0.0, 4.0]]), 1).data
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    t = as_tensor(a)
    first, last = t.shape[:ind], t.shape[ind:]
    if ind < 1 or prod(first) != prod(last):
        raise ShapeError(f"tensorinv of shape {t.shape} with ind={ind}: the first axes and the others have different sizes")
    return functions.inv(t.reshape((prod(first), prod(last)))).reshape((*last, *first))


def vecdot(a: Any, b: Any, axis: int = -1) -> Any:
    """Return the sums of conj(a) b along one axis, with broadcasting.

    Parameters
    ----------
    a, b : array_like or Tensor
    axis : int, optional

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> vecdot(Tensor([[1.0, 2.0], [3.0, 4.0]]), [1.0, 1.0]).data
    array([3., 7.])
    """
    t, u = as_tensor(a), as_tensor(b)
    if not t.ndim or not u.ndim or t.shape[axis] != u.shape[axis]:
        raise ShapeError(f"vecdot of shapes {t.shape} and {u.shape}: axis {axis} has different lengths")
    return ((functions.conj(t) if is_complex(t) else t) * u).sum(axis)


def vector_norm(x: Any, *, axis: Axis = None, ord: Any = 2, keepdims: bool = False) -> Any:
    """Return the norm of vectors, as np.linalg.vector_norm does; several axes count as one.

    Parameters
    ----------
    x : array_like or Tensor
    axis : int, tuple of int or None, optional
        The axes; all of them by default.
    ord : float, optional
        The order.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(vector_norm(Tensor([[3.0, 4.0]])))
    5.0
    """
    t = as_tensor(x)
    axes = tuple(range(t.ndim)) if axis is None else tuple(i % t.ndim for i in np.atleast_1d(axis))
    rest = [i for i in range(t.ndim) if i not in axes]
    vectors = t.transpose([*rest, *axes]).reshape((*(t.shape[i] for i in rest), -1))
    norms = functions.norm(vectors, ord, -1)
    return norms.reshape(keep_reduced_axes(t.shape, axes)) if keepdims else norms


def matrix_norm(x: Any, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """Return the norm of each matrix of a stack, as np.linalg.matrix_norm does.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (..., m, n).
    keepdims : bool, optional
        Whether the last axes stay, with length one.
    ord : optional
        As for :func:`autograd.norm`.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(matrix_norm(Tensor([[3.0, 0.0], [0.0, 4.0]]), ord="nuc"))
    7.0
    """
    t = as_tensor(x)
    if t.ndim < 2:
        raise DataError(f"matrix_norm takes matrices, not an array of shape {t.shape}: use vector_norm")
    return functions.norm(t, ord, (-2, -1), keepdims)
