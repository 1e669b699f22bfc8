"""Norms, traces, determinants, inverses and linear systems."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.coercion import to_float
from autograd.core.operators import apply
from autograd.core.tensor import Tensor, is_complex
from autograd.core.tracing import call_with_guard
from autograd.errors import DataError
from autograd.numpy_api.apply import apply_to_tensors, as_tensor, keep_reduced_axes
from autograd.numpy_api.functions.elementwise import absolute
from autograd.numpy_api.functions.factorizations import svdvals
from autograd.ops import find

_P_NORM, _INV, _DET, _LOGABSDET, _SOLVE = find("p_norm"), find("inv"), find("det"), find("logabsdet"), find("solve")


def norm(a: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the norm (Σ|a|ᵖ)^(1/p) of vectors along one axis, or a norm of matrices along two.

    Parameters
    ----------
    a : array_like or Tensor
        The vectors or matrices.
    ord : float, "fro" or None, optional
        The order p, which is not 0: 2 for the Euclidean norm, ``np.inf`` for the largest absolute value, ``-np.inf`` for the
        smallest. None is 2, and for matrices, as "fro", the Frobenius norm. Matrices take "nuc", ±1, ±2 and ±inf, too, as in NumPy.
    axis : int, tuple of int or None, optional
        The axes; all of them by default.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a`` without the reduced axes.

    Raises
    ------
    DataError
        If ``ord`` is not positive for vectors, or is not a norm of matrices.
    ShapeError
        If an axis does not exist or appears twice.

    Notes
    -----
    For p = 2 the gradient at 0 is 0.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(norm(Tensor([3.0, 4.0]))), float(norm(Tensor([3.0, -4.0]), 1))
    (5.0, 7.0)
    """
    return apply_to_tensors(lambda t: _norm(t, ord, axis, keepdims), "norm", a)


def _norm(t: Tensor, ord: Any, axis: Axis, keepdims: bool) -> Tensor:
    t = absolute(t) if is_complex(t) and ord not in ("nuc", 2, -2) else t
    axes = len(axis) if isinstance(axis, tuple | list) else 1
    if axis is None:
        axes = t.ndim
    if ord in (None, "fro") or (ord == 2 and axes == 1):
        return (absolute(t) if is_complex(t) else t)._reduce("norm", axis, keepdims)
    if axes == 2:
        return _matrix_norm(t, ord, axis, keepdims)
    if axes != 1 or isinstance(ord, str) or not abs(ord) > 0:
        raise DataError(
            f"norm: ord={ord!r} over {axes} axes has no derivative here; "
            "vectors take numbers other than 0, matrices None, 'fro', 'nuc', ±1, ±2 and ±inf"
        )
    if ord == 1:
        return absolute(t).sum(axis, keepdims)
    if ord == np.inf:
        return absolute(t).max(axis, keepdims)
    if ord == -np.inf:
        return absolute(t).min(axis, keepdims)
    settings = {"axis": t._axis(axis, "norm"), "keepdims": keepdims, "ord": to_float(ord, "norm")}
    return Tensor.record(_P_NORM, (t,), settings)


def _matrix_norm(t: Tensor, ord: Any, axis: Axis, keepdims: bool) -> Tensor:
    """Return a norm of matrices that is not the Frobenius norm."""
    rows, columns = (i % t.ndim for i in (axis if isinstance(axis, tuple | list) else (0, 1)))
    matrices = t.transpose([*(i for i in range(t.ndim) if i not in (rows, columns)), rows, columns])
    largest = not (isinstance(ord, int | float) and ord < 0)
    result: Tensor
    if ord == "nuc":
        result = svdvals(matrices).sum(-1)
    elif ord in (2, -2):
        result = svdvals(matrices)[..., 0 if largest else -1]
    elif ord in (1, -1, np.inf, -np.inf):
        sums = absolute(matrices).sum(-2 if abs(ord) == 1 else -1)
        result = sums.max(-1) if largest else sums.min(-1)
    else:
        raise DataError(f"norm: matrices have the orders None, 'fro', 'nuc', ±1, ±2 and ±inf, not {ord!r}")
    return result.reshape(keep_reduced_axes(t.shape, (rows, columns))) if keepdims else result


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sum along a diagonal.

    Parameters
    ----------
    a : array_like or Tensor
        A matrix, or a stack of matrices.
    offset : int, optional
        Which diagonal; 0 is the main one, and positive ones are above it.
    axis1, axis2 : int, optional
        The rows and the columns of the matrices.

    Returns
    -------
    float, array or Tensor
        One number for each matrix.

    Raises
    ------
    ShapeError
        If an axis does not exist.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(trace(Tensor([[1.0, 2.0], [3.0, 4.0]])))
    5.0
    """
    return apply_to_tensors(lambda t: t.trace(offset, axis1, axis2), "trace", a)


def inv(a: Any) -> Any:
    """Return the inverse of a matrix, or of each matrix of a stack.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).

    Returns
    -------
    array or Tensor
        Of shape (..., n, n).

    Raises
    ------
    AutogradError
        If a matrix is singular.
    ShapeError
        If the matrices are not square.
    DataError
        If an argument holds something other than numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> inv(Tensor([[2.0, 0.0], [0.0, 4.0]])).data
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    return apply_to_tensors(lambda t: apply(_INV, t), "inv", a)


def det(a: Any) -> Any:
    """Return the determinant of a matrix, or of each matrix of a stack.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).

    Returns
    -------
    float, array or Tensor
        One number for each matrix, of shape (...).

    Raises
    ------
    ShapeError
        If the matrices are not square.
    DataError
        If an argument holds something other than numbers.

    Notes
    -----
    The derivative is computed with the inverse, and of a singular matrix by its minors. A compiled program uses the inverse.

    Examples
    --------
    >>> from autograd import Tensor
    >>> round(float(det(Tensor([[1.0, 2.0], [3.0, 4.0]]))), 12)
    -2.0
    """
    return apply_to_tensors(lambda t: apply(_DET, t), "det", a)


def slogdet(a: Any) -> Any:
    """Return the sign and the logarithm of the absolute value of a determinant.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).

    Returns
    -------
    SlogdetResult
        NumPy's named tuple. The sign is a plain number or array, since its derivative is 0; ``logabsdet`` is a Tensor if ``a``
        is one.

    Raises
    ------
    ShapeError
        If the matrices are not square.

    Examples
    --------
    >>> from autograd import Tensor
    >>> sign, value = slogdet(Tensor([[1.0, 2.0], [3.0, 4.0]])); float(sign), round(float(value), 6)
    (-1.0, 0.693147)
    """
    tensor = as_tensor(a, "slogdet")
    logabsdet = apply_to_tensors(lambda t: apply(_LOGABSDET, t), "slogdet", a)  # first, since its errors name the shape
    sign = call_with_guard(lambda x: np.linalg.slogdet(x)[0], tensor)
    return type(np.linalg.slogdet(tensor._primal))(sign, logabsdet)


def solve(a: Any, b: Any) -> Any:
    """Return the solution x of a x = b.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).
    b : array_like or Tensor
        One vector of shape (n,), or columns of shape (..., n, k).

    Returns
    -------
    array or Tensor
        In the shape of ``b``.

    Raises
    ------
    AutogradError
        If a matrix is singular.
    ShapeError
        If the shapes do not fit.
    DataError
        If an argument holds something other than numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> solve(Tensor([[2.0, 0.0], [0.0, 4.0]]), [2.0, 2.0]).data
    array([1. , 0.5])
    """
    return apply_to_tensors(lambda t, u: apply(_SOLVE, t, u), "solve", a, b)
