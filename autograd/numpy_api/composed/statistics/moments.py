"""Variance, standard deviation, covariances, weighted means, ranges and medians."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.tensor import Tensor, is_complex
from autograd.errors import DataError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor
from autograd.numpy_api.composed.rearrangements import make_rearrangement, sort
from autograd.numpy_api.composed.ufunc_methods import count_chosen, masked_mean
from autograd.numpy_api.graph_backend import GRAPH


def var(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False, where: Any = True, dtype: Any = None) -> Any:
    """Return the variance Σ(a - mean)² / (n - ddof).

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, tuple of int or None, optional
        The axes; all of them by default.
    ddof : float, optional
        What to subtract from the number of entries: 1 for the unbiased estimate.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.
    where : array_like of bool, optional
        Which entries count; all of them by default.
    dtype : dtype, optional
        A float or complex type to compute in.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(var(Tensor([1.0, 3.0])))
    1.0
    """
    centred = _subtract_mean(as_tensor(a) if dtype is None else as_tensor(a).astype(dtype), axis, where)
    total = (abs(centred) ** 2 if is_complex(centred) else centred * centred).sum(axis, keepdims)
    return total / _degrees_of_freedom(centred, axis, keepdims, ddof, where)


def std(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False, where: Any = True, dtype: Any = None) -> Any:
    """Return the standard deviation, the square root of the variance.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, tuple of int or None, optional
        The axes; all of them by default.
    ddof : float, optional
        What to subtract from the number of entries: 1 for the square root of the unbiased variance.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.
    where : array_like of bool, optional
        Which entries count; all of them by default.
    dtype : dtype, optional
        A float or complex type to compute in.

    Returns
    -------
    Tensor

    Notes
    -----
    Where all entries are equal, the derivatives are 0, as those of a norm at the origin are. There the entries minus one of them
    are exactly 0, while the entries minus their mean may differ from 0 by rounding. So one is subtracted before the mean.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(std(Tensor([1.0, 3.0])))
    1.0
    """
    tensor = as_tensor(a) if dtype is None else as_tensor(a).astype(dtype)
    axes = range(tensor.ndim) if axis is None else [i % tensor.ndim for i in np.atleast_1d(axis)]
    first_entries = tuple(slice(1) if i in axes else slice(None) for i in range(tensor.ndim))
    if where is not True:  # the first entry may not be among those that count
        tensor = functions.where(where, tensor, masked_mean(tensor, axis, True, where))
    centred = _subtract_mean(tensor - GRAPH.constant(tensor[first_entries]), axis, where)
    length = functions.norm(centred, None, axis, keepdims)
    return length / np.sqrt(_degrees_of_freedom(centred, axis, keepdims, ddof, where))


def _subtract_mean(tensor: Tensor, axis: Axis, where: Any) -> Any:
    centred = tensor - masked_mean(tensor, axis, True, where)
    return centred if where is True else functions.where(where, centred, 0.0)


def _degrees_of_freedom(tensor: Tensor, axis: Axis, keepdims: bool, ddof: float, where: Any) -> Any:
    """Return how many entries go into each entry of a reduction, less ``ddof``, but not less than 0, as in NumPy."""
    if where is True:
        shape = tensor.shape
        return max(float(prod(shape if axis is None else [shape[i] for i in np.atleast_1d(axis)]) - ddof), 0.0)
    return np.maximum(count_chosen(tensor, axis, keepdims, where) - ddof, 0.0)


def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """Return the matrix of the covariances of variables.

    Parameters
    ----------
    m : array_like or Tensor, shape (n,) or (k, n)
        Each row holds the observations of one variable.
    y : array_like or Tensor, optional
        More variables.
    rowvar : bool, optional
        Whether rows are variables, and not columns.
    bias : bool, optional
        Whether to divide by the number of observations instead of one less.
    ddof : int, optional
        What to subtract from the number of observations, whatever ``bias`` is.
    fweights, aweights : array_like, optional
        How often each observation occurs, and its relative importance: plain numbers.
    dtype : dtype, optional
        A float type.

    Returns
    -------
    Tensor, shape (k, k), or () for one variable

    Raises
    ------
    ShapeError
        If the arrays have more than two axes.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(cov(Tensor([1.0, 3.0])))
    2.0
    """
    parts = [_variables(part, rowvar) for part in (m, y) if part is not None]
    rows = functions.concatenate(parts) if len(parts) > 1 else parts[0]
    rows = rows if dtype is None else rows.astype(dtype)
    n = rows.shape[1]
    counts = np.ones(n) if fweights is None else np.asarray(fweights, float)
    weights = counts if aweights is None else counts * np.asarray(aweights, float)
    if ddof is None:
        ddof = 0 if bias else 1
    total = weights.sum()
    freedom = total - ddof * (weights if aweights is None else weights * np.asarray(aweights, float)).sum() / total
    centred = rows - (rows * weights).sum(1, keepdims=True) / total
    adjoint = functions.swapaxes(functions.conj(centred) if is_complex(centred) else centred, 0, 1)
    covariances = functions.matmul(centred * weights, adjoint) / (freedom if freedom > 0.0 else np.nan)
    return covariances.reshape(()) if covariances.size == 1 else covariances


def _variables(m: Any, rowvar: bool) -> Tensor:
    tensor = as_tensor(m)
    if tensor.ndim > 2:
        raise ShapeError(f"np.cov takes a vector or a matrix, not an array of shape {tensor.shape}")
    if tensor.ndim < 2:
        return tensor.reshape(1, -1)
    return tensor if rowvar else tensor.T


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """Return the matrix of the correlation coefficients of variables; see `cov` for the arguments.

    Examples
    --------
    >>> from autograd import Tensor
    >>> corrcoef(Tensor([1.0, 2.0, 3.0]), [1.0, 3.0, 2.0]).data.round(6)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    covariances = cov(x, y, rowvar, dtype=dtype)
    if not covariances.ndim:
        return covariances / covariances
    variances: Any = np.diagonal(covariances)
    deviations = functions.sqrt(variances.real if is_complex(variances) else variances)
    return covariances / deviations / deviations.reshape(-1, 1)


def average(a: Any, axis: Axis = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    """Return the weighted mean Σ w a / Σ w.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, tuple of int or None, optional
        The axes; all of them by default.
    weights : array_like, Tensor or None, optional
        In the shape of ``a``, or a vector along the one ``axis``; None for equal weights.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor

    Raises
    ------
    ShapeError
        If the weights do not fit.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(average(Tensor([1.0, 3.0]), weights=[3.0, 1.0]))
    1.5
    """
    if weights is None:
        return functions.mean(a, axis, keepdims)
    tensor, w = as_tensor(a), as_tensor(weights)
    if w.shape != tensor.shape:
        if not isinstance(axis, int) or w.shape != (tensor.shape[axis],):
            raise ShapeError(f"average: weights of shape {w.shape} do not fit an array of shape {tensor.shape} over axis {axis}")
        w = w.reshape(tuple(-1 if i == axis % tensor.ndim else 1 for i in range(tensor.ndim)))
    w = functions.broadcast_to(w, tensor.shape)
    return functions.sum(tensor * w, axis, keepdims) / functions.sum(w, axis, keepdims)


def ptp(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the range, the largest entry minus the smallest ("peak to peak").

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, tuple of int or None, optional
        The axes; all of them by default.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(ptp(Tensor([1.0, 3.0])))
    2.0
    """
    return functions.max(a, axis, keepdims) - functions.min(a, axis, keepdims)


def median(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """Return the middle entry, or the mean of the two in the middle.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or None, optional
        The axis; None flattens the array first.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    Tensor
        nan where an entry is nan, as in NumPy.

    Raises
    ------
    DataError
        If ``axis`` is a tuple.
    ShapeError
        If the axis has length 0.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(median(Tensor([5.0, 1.0, 3.0])))
    3.0
    """
    if isinstance(axis, tuple | list):
        raise DataError(f"np.median takes one axis here, not {axis}: reshape the axes into one first")
    ordered = sort(a, axis)
    along = -1 if axis is None else axis
    n = ordered.shape[along]
    if not n:
        raise ShapeError(f"np.median of shape {as_tensor(a).shape}: an axis of length 0 has no median; leave empty slices out")
    ordered = ordered + 0.0 * functions.max(ordered, along, keepdims=True)  # a nan, which sorts last, reaches the middle
    take_middle = make_rearrangement(lambda t: np.take(t, [(n - 1) // 2, n // 2], axis=along), "t")
    middle = functions.mean(take_middle(ordered), along, keepdims)
    return middle.reshape((1,) * as_tensor(a).ndim) if keepdims and axis is None else middle
