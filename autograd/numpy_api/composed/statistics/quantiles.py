"""Quantiles and percentiles by all of NumPy's methods."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.tensor import Tensor
from autograd.core.tracing import call_with_guard
from autograd.errors import DataError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor, has_nodes, keep_reduced_axes
from autograd.numpy_api.composed.rearrangements import make_rearrangement


def quantile(
    a: Any,
    q: Any,
    axis: Axis = None,
    *,
    method: str = "linear",
    keepdims: bool = False,
    overwrite_input: bool = False,
    **others: Any,
) -> Any:
    """Return quantiles along an axis, as np.quantile does.

    Parameters
    ----------
    a : array_like or Tensor
    q : float or array_like
        The probabilities, from 0 to 1: plain numbers.
    axis : int, tuple of int or None, optional
        The axes; all of them by default.
    method : str, optional
        One of the names that np.quantile takes.
    keepdims : bool, optional
    overwrite_input : bool, optional
        Accepted as np.quantile does, and ignored.

    Returns
    -------
    Tensor
        The axes of ``q`` come first. A quantile is a weighted sum of two neighbours in the sorted array, and the gradient flows to
        these. It is nan where an entry is.

    Raises
    ------
    DataError
        If ``q`` is a node, or if there are weights.

    Notes
    -----
    NumPy itself says between which neighbours a quantile lies: the quantile of 0, 1, 2, … is its position.

    Examples
    --------
    >>> q = quantile(Tensor([4.0, 1.0, 2.0]), 0.75); q.data
    array(3.)
    """
    _refuse("quantile", q, others)
    result = _quantile(as_tensor(a), np.asarray(q, float), axis, method, keepdims)
    is_nan = call_with_guard(lambda numbers: np.isnan(numbers).any(axis, keepdims=keepdims), as_tensor(a))
    return functions.where(is_nan, np.nan, result) if np.any(is_nan) else result


def nanquantile(
    a: Any,
    q: Any,
    axis: Axis = None,
    *,
    method: str = "linear",
    keepdims: bool = False,
    overwrite_input: bool = False,
    **others: Any,
) -> Any:
    """Return quantiles of the entries that are not nan; see `quantile`.

    Examples
    --------
    >>> float(nanquantile(Tensor([4.0, np.nan, 1.0, 2.0]), 0.5))
    2.0
    """
    _refuse("nanquantile", q, others)
    return _quantile(as_tensor(a), np.asarray(q, float), axis, method, keepdims)


def percentile(a: Any, q: Any, axis: Axis = None, **settings: Any) -> Any:
    """Return percentiles: quantiles for probabilities from 0 to 100.

    Examples
    --------
    >>> float(percentile(Tensor([4.0, 1.0, 2.0]), 50.0))
    2.0
    """
    return quantile(a, _from_percent("percentile", q), axis, **settings)


def nanpercentile(a: Any, q: Any, axis: Axis = None, **settings: Any) -> Any:
    """Return percentiles of the entries that are not nan.

    Examples
    --------
    >>> float(nanpercentile(Tensor([4.0, np.nan, 2.0]), 50.0))
    3.0
    """
    return nanquantile(a, _from_percent("nanpercentile", q), axis, **settings)


def nanmedian(a: Any, axis: Axis = None, *, keepdims: bool = False, overwrite_input: bool = False) -> Any:
    """Return the medians of the entries that are not nan.

    Examples
    --------
    >>> float(nanmedian(Tensor([4.0, np.nan, 2.0])))
    3.0
    """
    return nanquantile(a, 0.5, axis, keepdims=keepdims)


def _refuse(name: str, q: Any, others: dict[str, Any]) -> None:
    if has_nodes(q):
        raise DataError(
            f"np.{name}: no gradient flows to q, since a quantile jumps or bends between two entries: pass plain numbers"
        )
    if any(value is not None for value in others.values()):
        raise DataError(f"np.{name} with {', '.join(others)}= has no derivative here: leave it out")


def _from_percent(name: str, q: Any) -> Any:
    _refuse(name, q, {})
    return np.true_divide(q, 100.0)


def _quantile(tensor: Tensor, q: Any, axis: Axis, method: str, keepdims: bool) -> Any:
    """Return the quantiles of the entries that are not nan."""
    axes = tuple(range(tensor.ndim)) if axis is None else tuple(int(i) % tensor.ndim for i in np.atleast_1d(axis))
    kept = [i for i in range(tensor.ndim) if i not in axes]
    kept_shape = tuple(tensor.shape[i] for i in kept)
    rows = tensor.transpose([*kept, *axes]).reshape((math.prod(kept_shape), -1))
    order = call_with_guard(np.argsort, rows, axis=-1, kind="stable")  # nan comes last
    rows = make_rearrangement(lambda t: np.take_along_axis(t, order, -1), "t")(rows)
    counts = call_with_guard(lambda numbers: np.sum(~np.isnan(numbers), axis=-1), rows)
    positions = np.stack([_positions(int(n), q.ravel(), method) for n in counts]) if len(counts) else np.zeros((0, q.size))
    lower = np.floor(positions)
    weights = positions - lower
    number = np.arange(len(counts))[:, None]
    is_empty = np.isnan(positions)
    first = np.where(is_empty, 0, lower).astype(int)
    second = np.where(is_empty, 0, np.ceil(positions)).astype(int)
    values = rows[number, first] * (1.0 - weights) + rows[number, second] * weights
    lengths = keep_reduced_axes(tensor.shape, axes) if keepdims else kept_shape
    return functions.swapaxes(values, 0, 1).reshape(q.shape + lengths)


def _positions(n: int, q: Any, method: str) -> Any:
    """Where quantiles lie among ``n`` sorted entries: whole numbers are entries, and others between two; nan if there are none."""
    return np.quantile(np.arange(float(n)), q, method=method) if n else np.full(q.shape, np.nan)  # type: ignore[call-overload]
