"""Reductions that leave out nan. No gradient flows to an entry that is nan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.tensor import Tensor
from autograd.core.tracing import call_with_guard
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor

dispatched: Any = np  # NumPy's functions on Tensors, which its stubs do not know


def fill_nan(a: Any, filling: float) -> tuple[Tensor, Any]:
    """Return an array with a number in place of nan, and where nan was.

    >>> fill_nan([1.0, np.nan], 0.0)[0].data
    array([1., 0.])
    """
    tensor = as_tensor(a)
    is_nan = call_with_guard(np.isnan, tensor)
    return functions.where(is_nan, filling, tensor), is_nan


def make_nan_reduction(reduce: Callable[..., Any], filling: float) -> Callable[..., Any]:
    """Make a reduction that takes nan for a number that changes nothing, such as 0 in a sum.

    Parameters
    ----------
    reduce : callable
        The reduction, called as ``reduce(tensor, axis, keepdims=keepdims)``.
    filling : float
        The number.

    Returns
    -------
    callable
    """

    def reduce_without_nan(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
        return reduce(fill_nan(a, filling)[0], axis, keepdims=keepdims)

    return reduce_without_nan


def make_nan_extremum(reduce: Callable[..., Any], filling: float) -> Callable[..., Any]:
    """Make nanmax or nanmin, which are nan where all entries are."""

    def reduce_without_nan(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
        filled, is_nan = fill_nan(a, filling)
        return functions.where(is_nan.all(axis, keepdims=keepdims), np.nan, reduce(filled, axis, keepdims=keepdims))

    return reduce_without_nan


def make_nan_cumulation(cumulate: Callable[..., Any], filling: float) -> Callable[..., Any]:
    """Make nancumsum or nancumprod."""

    def cumulate_without_nan(a: Any, axis: int | None = None) -> Any:
        return cumulate(fill_nan(a, filling)[0], axis)

    return cumulate_without_nan


def nanmean(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the mean of the entries that are not nan; nan where all are.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, tuple of int or None, optional
    keepdims : bool, optional

    Returns
    -------
    Tensor

    Examples
    --------
    >>> float(nanmean(Tensor([1.0, np.nan, 3.0])))
    2.0
    """
    filled, is_nan = fill_nan(a, 0.0)
    return filled.sum(axis, keepdims) / _count_numbers(is_nan, axis, keepdims)


def _count_numbers(is_nan: Any, axis: Axis, keepdims: bool) -> Any:
    counts = np.sum(~is_nan, axis=axis, keepdims=keepdims)
    return np.where(counts == 0, np.nan, counts)


def nanvar(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the variance of the entries that are not nan.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, tuple of int or None, optional
    ddof : float, optional
        What to subtract from the number of entries.
    keepdims : bool, optional

    Returns
    -------
    Tensor
        nan where there are not more than ``ddof`` entries.

    Examples
    --------
    >>> float(nanvar(Tensor([1.0, np.nan, 3.0])))
    1.0
    """
    filled, is_nan = fill_nan(a, 0.0)
    centred = functions.where(is_nan, 0.0, filled - nanmean(a, axis, keepdims=True))
    freedom = _count_numbers(is_nan, axis, keepdims) - ddof
    return (abs(centred) ** 2).sum(axis, keepdims) / np.where(freedom > 0, freedom, np.nan)


def nanstd(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the standard deviation of the entries that are not nan; see `nanvar`.

    Examples
    --------
    >>> float(nanstd(Tensor([1.0, np.nan, 3.0])))
    1.0
    """
    filled, is_nan = fill_nan(a, 0.0)
    centred = functions.where(is_nan, 0.0, filled - nanmean(a, axis, keepdims=True))
    freedom = _count_numbers(is_nan, axis, keepdims) - ddof
    return functions.norm(centred, None, axis, keepdims) / np.sqrt(np.where(freedom > 0, freedom, np.nan))
