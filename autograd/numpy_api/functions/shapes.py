"""Functions that change the shape of an array, or the order of its axes and entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.array_mixins.in_place import mark_as_view
from autograd.core.operators import apply
from autograd.numpy_api.apply import apply_to_tensors
from autograd.ops import find

_EXPAND_DIMS, _FLIP, _BROADCAST_TO = find("expand_dims"), find("flip"), find("broadcast_to")


def reshape(a: Any, shape: Any, order: str = "C") -> Any:
    """Return the same entries in another shape.

    Parameters
    ----------
    a : array_like or Tensor
        The array.
    shape : int or sequence of int
        The new shape. One length may be -1: it is computed from the others.
    order : {"C", "F", "A"}, optional
        Whether entries are read and written row by row or column by column; "A" takes columns if they lie one after the other.

    Returns
    -------
    array or Tensor
        The same entries in the new shape.

    Raises
    ------
    DataError
        If the order is another.
    ShapeError
        If the number of entries does not fit the shape.

    Examples
    --------
    >>> from autograd import Tensor
    >>> reshape(Tensor([1.0, 2.0]), (2, 1)).shape
    (2, 1)
    """
    return apply_to_tensors(lambda t: t.reshape(shape, order=order), "reshape", a)


def ravel(a: Any, order: str = "C") -> Any:
    """Return the entries as a vector.

    Parameters
    ----------
    a : array_like or Tensor
        The array.
    order : {"C", "F", "A"}, optional
        Whether entries are read row by row or column by column; "A" takes columns if they lie one after the other.

    Returns
    -------
    array or Tensor
        Of shape (size,).

    Raises
    ------
    DataError
        If the order is another.

    Examples
    --------
    >>> from autograd import Tensor
    >>> ravel(Tensor([[1.0], [2.0]])).shape
    (2,)
    """
    return apply_to_tensors(lambda t: t.ravel(order), "ravel", a)


def transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    """Return the array with its axes in another order.

    Parameters
    ----------
    a : array_like or Tensor
        The array.
    axes : sequence of int or None, optional
        Axis ``i`` of the result is axis ``axes[i]`` of ``a``. By default the order is reversed.

    Returns
    -------
    array or Tensor
        The same entries in the new shape.

    Raises
    ------
    ShapeError
        If ``axes`` is not a permutation of the axes.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> transpose(Tensor(np.ones((2, 3)))).shape
    (3, 2)
    """
    return apply_to_tensors(lambda t: t.transpose(axes), "transpose", a)


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Return the array with two axes exchanged.

    Parameters
    ----------
    a : array_like or Tensor
        The array.
    axis1, axis2 : int
        The axes to exchange.

    Returns
    -------
    array or Tensor
        The same entries in the new shape.

    Raises
    ------
    ShapeError
        If an axis does not exist.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> swapaxes(Tensor(np.ones((2, 3))), 0, 1).shape
    (3, 2)
    """
    return apply_to_tensors(lambda t: t.swapaxes(axis1, axis2), "swapaxes", a)


def expand_dims(a: Any, axis: Axis) -> Any:
    """Return the array with new axes of length one.

    Parameters
    ----------
    a : array_like or Tensor
        The array.
    axis : int or tuple of int
        The positions of the new axes in the result.

    Returns
    -------
    array or Tensor
        The same entries in the new shape.

    Raises
    ------
    ShapeError
        If a position does not exist or appears twice.

    Examples
    --------
    >>> from autograd import Tensor
    >>> expand_dims(Tensor([1.0, 2.0]), 0).shape
    (1, 2)
    """
    return apply_to_tensors(lambda t: apply(_EXPAND_DIMS, t, axis=axis), "expand_dims", a)


def squeeze(a: Any, axis: Axis = None) -> Any:
    """Return the array without axes of length one.

    Parameters
    ----------
    a : array_like or Tensor
        The array.
    axis : int, tuple of int or None, optional
        Which axes of length one to remove; all of them by default.

    Returns
    -------
    array or Tensor
        The same entries in the new shape.

    Raises
    ------
    ShapeError
        If an axis does not exist or has another length.

    Examples
    --------
    >>> from autograd import Tensor
    >>> squeeze(Tensor([[1.0]])).shape
    ()
    """
    return apply_to_tensors(lambda t: t.squeeze(axis), "squeeze", a)


def flip(a: Any, axis: Axis = None) -> Any:
    """Return the entries in reverse order along ``axis``.

    Parameters
    ----------
    a : array_like or Tensor
        The array.
    axis : int, tuple of int or None, optional
        The axes; all of them by default.

    Returns
    -------
    array or Tensor
        In the shape of ``a``.

    Raises
    ------
    ShapeError
        If an axis does not exist or appears twice.

    Examples
    --------
    >>> from autograd import Tensor
    >>> flip(Tensor([1.0, 2.0])).data
    array([2., 1.])
    """
    return apply_to_tensors(lambda t: apply(_FLIP, t, axis=t._axis(axis, "flip")), "flip", a)


def broadcast_to(a: Any, shape: int | Sequence[int]) -> Any:
    """Return the array, repeated to ``shape`` by NumPy's rules of broadcasting.

    Parameters
    ----------
    a : array_like or Tensor
        The array.
    shape : int or sequence of int
        The shape of the result.

    Returns
    -------
    array or Tensor
        The entries of ``a``, repeated along the new axes and the axes of length one.

    Raises
    ------
    ShapeError
        If the array does not broadcast to the shape.

    Examples
    --------
    >>> from autograd import Tensor
    >>> broadcast_to(Tensor([1.0, 2.0]), (3, 2)).shape
    (3, 2)
    """
    lengths = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    return apply_to_tensors(lambda t: mark_as_view(apply(_BROADCAST_TO, t, shape=lengths)), "broadcast_to", a)
