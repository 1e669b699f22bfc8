"""Sums and other reductions."""

from __future__ import annotations

from typing import Any

from autograd.core.array_mixins.array_methods import Axis
from autograd.numpy_api.apply import apply_to_tensors

# The names that NumPy has for them hide Python's sum, max and min in this module.


def sum(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the sum of the entries over ``axis``.

    Parameters
    ----------
    a : array_like or Tensor
        The entries to add.
    axis : int, tuple of int or None, optional
        The axes to reduce; all of them by default.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a`` without the reduced axes.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Examples
    --------
    >>> from autograd import Tensor
    >>> sum(Tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0).data
    array([4., 6.])
    """
    return apply_to_tensors(lambda t: t.sum(axis, keepdims), "sum", a)


def mean(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the mean of the entries over ``axis``.

    Parameters
    ----------
    a : array_like or Tensor
        The entries to average.
    axis : int, tuple of int or None, optional
        The axes to reduce; all of them by default.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a`` without the reduced axes.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(mean(Tensor([1.0, 2.0])))
    1.5
    """
    return apply_to_tensors(lambda t: t.mean(axis, keepdims), "mean", a)


def prod(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the product of the entries over ``axis``.

    Parameters
    ----------
    a : array_like or Tensor
        The entries to multiply.
    axis : int, tuple of int or None, optional
        The axes to reduce; all of them by default.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a`` without the reduced axes.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Notes
    -----
    The derivative is exact where entries are zero.

    Examples
    --------
    >>> from autograd import Tensor
    >>> x = Tensor([2.0, 0.0]); prod(x).backward(); x.grad
    array([0., 2.])
    """
    return apply_to_tensors(lambda t: t.prod(axis, keepdims), "prod", a)


def max(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the largest entry over ``axis``.

    Parameters
    ----------
    a : array_like or Tensor
        The entries to compare.
    axis : int, tuple of int or None, optional
        The axes to reduce; all of them by default.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a`` without the reduced axes.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Notes
    -----
    Entries that tie share the gradient evenly.

    Examples
    --------
    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 3.0, 3.0]); max(x).backward(); x.grad
    array([0. , 0.5, 0.5])
    """
    return apply_to_tensors(lambda t: t.max(axis, keepdims), "max", a)


def min(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the smallest entry over ``axis``.

    Parameters
    ----------
    a : array_like or Tensor
        The entries to compare.
    axis : int, tuple of int or None, optional
        The axes to reduce; all of them by default.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a`` without the reduced axes.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Notes
    -----
    Entries that tie share the gradient evenly.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(min(Tensor([1.0, 3.0])))
    1.0
    """
    return apply_to_tensors(lambda t: t.min(axis, keepdims), "min", a)


def cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running sums along ``axis``.

    Parameters
    ----------
    a : array_like or Tensor
        The entries to add.
    axis : int or None, optional
        The axis; by default the array is flattened first.
    dtype : dtype, optional
        A float or complex type of the result.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a``, or flat if ``axis`` is None.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Examples
    --------
    >>> from autograd import Tensor
    >>> cumsum(Tensor([1.0, 2.0, 3.0])).data
    array([1., 3., 6.])
    """
    return apply_to_tensors(lambda t: t.cumsum(axis, dtype), "cumsum", a)
