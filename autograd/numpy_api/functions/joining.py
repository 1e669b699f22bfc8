"""Functions that join arrays: concatenate and stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.coercion import to_array
from autograd.core.node import Node
from autograd.core.operators import apply
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError
from autograd.numpy_api.apply import evaluate_arrays, to_operand
from autograd.numpy_api.functions.shapes import ravel
from autograd.ops import Op, find

_CONCATENATE, _STACK = find("concatenate"), find("stack")


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Join arrays along an axis that they have.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor, or Tensor
        At least one. Their shapes are equal except along ``axis``. If this is one Tensor, the entries along its first axis are
        joined.
    axis : int or None, optional
        The axis; None flattens the arrays first.

    Returns
    -------
    array or Tensor
        In the shape of the arrays; along ``axis`` their lengths are added.

    Raises
    ------
    ShapeError
        If there is no array, or if the shapes do not fit.
    DataError
        If an entry is not real.

    Examples
    --------
    >>> from autograd import Tensor
    >>> concatenate([Tensor([1.0]), [2.0, 3.0]]).data
    array([1., 2., 3.])
    """
    if axis is None:
        return concatenate([ravel(a) for a in arrays], 0)
    return _join(_CONCATENATE, arrays, axis)


def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Join arrays of one shape along a new axis.

    Parameters
    ----------
    arrays : sequence of array_like, Value or Tensor, or Tensor
        At least one, all of the same shape. Values become a Tensor.
    axis : int, optional
        The position of the new axis in the result.

    Returns
    -------
    array or Tensor
        With one axis more than the arrays.

    Raises
    ------
    ShapeError
        If there is no array, or if the shapes differ.
    DataError
        If an entry is not real.

    Examples
    --------
    >>> from autograd import Value
    >>> stack([Value(1.0), Value(2.0)]).data
    array([1., 2.])
    """
    return _join(_STACK, arrays, axis)


def _join(op: Op, arrays: Sequence[Any], axis: int) -> Any:
    if isinstance(arrays, Tensor):
        arrays = list(arrays)
    if not isinstance(arrays, list | tuple | np.ndarray) or not len(arrays):
        raise ShapeError(f"{op.name} takes a list of at least one array, not {arrays!r}")
    operands = [to_operand(a, op.name) for a in arrays]
    operands = [x if isinstance(x, Node) else to_array(x, op.name) for x in operands]
    if any(isinstance(x, Node) for x in operands):
        return apply(op, *operands, axis=axis)
    return evaluate_arrays(op, operands, {"axis": axis})
