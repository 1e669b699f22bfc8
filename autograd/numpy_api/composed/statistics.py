"""Variance, standard deviation, weighted means, ranges and medians."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from autograd.core.mixins.array_methods import Axis
from autograd.core.tensor import Tensor
from autograd.errors import DataError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor
from autograd.numpy_api.composed.rearrangements import make_rearrangement, sort
from autograd.numpy_api.graph_backend import GRAPH


def var(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
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

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(var(Tensor([1.0, 3.0])))
    1.0
    """
    centred = _subtract_mean(as_tensor(a), axis)
    total = (centred * centred).sum(axis, keepdims)
    return total / _degrees_of_freedom(centred, total, ddof)


def std(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
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

    Returns
    -------
    Tensor

    Notes
    -----
    Where all entries are equal, the derivatives are 0, as those of a norm at the origin are. There the entries minus their first
    are exactly 0, while the entries minus their mean may differ from 0 by rounding. So the first is subtracted before the mean.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(std(Tensor([1.0, 3.0])))
    1.0
    """
    tensor = as_tensor(a)
    axes = range(tensor.ndim) if axis is None else [i % tensor.ndim for i in np.atleast_1d(axis)]
    first_entries = tuple(slice(1) if i in axes else slice(None) for i in range(tensor.ndim))
    centred = _subtract_mean(tensor - GRAPH.constant(tensor[first_entries]), axis)
    length = functions.norm(centred, None, axis, keepdims)
    return length / sqrt(_degrees_of_freedom(centred, length, ddof))


def _subtract_mean(tensor: Tensor, axis: Axis) -> Tensor:
    centred: Tensor = tensor - tensor.mean(axis, keepdims=True)
    return centred


def _degrees_of_freedom(tensor: Tensor, reduced: Tensor, ddof: float) -> float:
    """Return how many entries go into each entry of a reduction, less ``ddof``, but not less than 0, as in NumPy."""
    return max(float(tensor.size / max(reduced.size, 1) - ddof), 0.0)


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
