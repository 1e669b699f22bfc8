"""Functions that call the user's function on parts of an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.tracing import call_with_guard
from autograd.errors import ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor

dispatched: Any = np  # NumPy's functions on Tensors, which its stubs do not know


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the results of a function of one vector, for each vector along an axis.

    Parameters
    ----------
    func1d : callable
        ``func1d(vector, *args, **kwargs)`` returns a number or an array, of one shape for all vectors.
    axis : int
    arr : array_like or Tensor
    *args, **kwargs
        More arguments of the function.

    Returns
    -------
    Tensor
        The axis is replaced by those of the results.

    Raises
    ------
    ShapeError
        If there is no vector.

    Examples
    --------
    >>> from autograd import Tensor
    >>> apply_along_axis(lambda v: v @ v, 0, Tensor([[1.0, 2.0], [3.0, 4.0]])).data
    array([10., 20.])
    """
    tensor = as_tensor(arr)
    vectors = dispatched.moveaxis(tensor, axis, -1)
    outer = vectors.shape[:-1]
    if not np.prod(outer):
        raise ShapeError(
            f"np.apply_along_axis of shape {tensor.shape}: there is no vector along axis {axis} to call the function on"
        )
    results = [as_tensor(func1d(vectors[index], *args, **kwargs)) for index in np.ndindex(outer)]
    inner = results[0].shape
    stacked = functions.stack(results).reshape(outer + inner)
    position = axis % tensor.ndim
    last = range(len(outer), len(outer) + len(inner))
    return dispatched.moveaxis(stacked, list(last), list(range(position, position + len(inner))))


def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """Apply a reduction ``func(a, axis)`` over several axes, one after the other; reduced axes stay with length one.

    Examples
    --------
    >>> from autograd import Tensor
    >>> apply_over_axes(np.sum, Tensor([[1.0, 2.0], [3.0, 4.0]]), [0, 1]).data
    array([[10.]])
    """
    tensor = as_tensor(a)
    for axis in np.atleast_1d(axes):
        reduced = as_tensor(func(tensor, int(axis)))
        tensor = reduced if reduced.ndim == tensor.ndim else functions.expand_dims(reduced, int(axis))
    return tensor


def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """Evaluate another function wherever another condition is true, as np.piecewise does.

    Parameters
    ----------
    x : array_like or Tensor
    condlist : sequence of array_like of bool
        If several are true for an entry, the last of them counts.
    funclist : sequence of callable or number
        One for each condition, and perhaps one more for all other entries, which are 0 otherwise.
    *args, **kw
        More arguments of the functions.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If the numbers of conditions and functions do not fit.

    Examples
    --------
    >>> from autograd import Tensor
    >>> x = Tensor([-2.0, 3.0])
    >>> piecewise(x, [x < 0.0], [lambda x: -x, lambda x: x**2]).data
    array([2., 9.])
    """
    tensor = as_tensor(x)
    several = tensor.ndim == 0 or np.ndim(condlist[0]) > 0
    conditions = [call_with_guard(lambda c: np.asarray(c, bool), c) for c in (condlist if several else [condlist])]
    if len(funclist) - len(conditions) not in (0, 1):
        raise ShapeError(f"np.piecewise: {len(funclist)} functions for {len(conditions)} conditions: pass as many, or one more")
    pairs = list(zip(conditions, funclist, strict=False))
    if len(funclist) > len(conditions):
        pairs.append((~np.any(conditions, axis=0), funclist[-1]))
    result = functions.zeros(tensor.shape, tensor.dtype)
    for condition, function in pairs:
        result[condition] = function(tensor[condition], *args, **kw) if callable(function) else function
    return result.current
