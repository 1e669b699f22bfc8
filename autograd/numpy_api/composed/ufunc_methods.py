"""The methods of ufuncs, such as ``np.add.outer`` and ``np.maximum.accumulate``, and reductions of some of the entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.tensor import Tensor
from autograd.core.tracing import call_with_guard
from autograd.errors import DataError, OutOfRangeError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor, keep_reduced_axes
from autograd.numpy_api.assignments.writing_functions import require_assignable
from autograd.numpy_api.composed.sequences import cumprod

Function = Callable[..., Any]

# The reductions that are rows, with the number that changes none of their results.
REDUCTIONS: dict[str, tuple[Function, float]] = {
    "add": (functions.sum, 0.0),
    "multiply": (functions.prod, 1.0),
    "maximum": (functions.max, -np.inf),
    "minimum": (functions.min, np.inf),
}
CUMULATIONS: dict[str, Function] = {"add": functions.cumsum, "multiply": cumprod}
# How ``ufunc.at`` updates entries: the methods of ``t.at[index]``.
UPDATES = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "divide": "divide",
    "power": "power",
    "maximum": "max",
    "minimum": "min",
}
# The keywords that the methods take.
KEYWORDS: dict[str, set[str]] = {
    "reduce": {"axis", "keepdims", "initial", "where"},
    "accumulate": {"axis"},
    "reduceat": {"axis"},
    "outer": set(),
    "at": set(),
}


def make_reduction(reduce: Function, combine: Function, identity: float) -> Function:
    """Make a reduction that takes ``initial`` and ``where``, from one that does not.

    Parameters
    ----------
    reduce : callable
        ``reduce(a, axis, keepdims)``.
    combine : callable
        What the reduction does with two numbers.
    identity : float
        The number that changes no result; an infinite one is no result itself, so ``where`` then needs ``initial``.

    Returns
    -------
    callable
        ``reduction(a, axis=None, keepdims=False, initial=None, where=True, dtype=None)``.

    Examples
    --------
    >>> total = make_reduction(functions.sum, functions.add, 0.0)
    >>> float(total(Tensor([1.0, 2.0, 4.0]), initial=10.0, where=np.array([True, False, True])))
    15.0
    """

    def reduction(
        a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True, dtype: Any = None
    ) -> Any:
        a = a if dtype is None else as_tensor(a).astype(dtype)
        if where is not True:
            if initial is None and not np.isfinite(identity):
                raise DataError("a maximum or minimum with where= needs initial=, the result where no entry is chosen")
            a = functions.where(where, a, identity)
        if initial is None:
            return reduce(a, axis, keepdims)
        tensor = as_tensor(a)
        if not tensor.size:  # where no entry is left, the result is the initial number
            return combine(np.sum(np.zeros(tensor.shape), axis=axis, keepdims=keepdims) + identity, initial)
        return combine(reduce(tensor, axis, keepdims), initial)

    return reduction


def masked_mean(a: Any, axis: Axis = None, keepdims: bool = False, where: Any = True, dtype: Any = None) -> Any:
    """Return the mean of the entries that ``where`` chooses.

    Examples
    --------
    >>> float(masked_mean(Tensor([1.0, 2.0, 6.0]), where=np.array([True, False, True])))
    3.5
    """
    a = a if dtype is None else as_tensor(a).astype(dtype)
    if where is True:
        return functions.mean(a, axis, keepdims)
    tensor = as_tensor(a)
    return functions.sum(functions.where(where, tensor, 0.0), axis, keepdims) / count_chosen(tensor, axis, keepdims, where)


def count_chosen(tensor: Tensor, axis: Axis, keepdims: bool, where: Any) -> Any:
    """Return how many entries ``where`` chooses, over the axes of a reduction.

    Examples
    --------
    >>> float(count_chosen(Tensor(np.ones((2, 3))), None, False, [[True], [False]]))
    3.0
    """
    chosen = np.broadcast_to(call_with_guard(np.asarray, where), tensor.shape)
    return np.sum(chosen, axis=axis, keepdims=keepdims, dtype=float)


def call_method(name: str, function: Function, method: str, inputs: Any, kwargs: dict[str, Any]) -> Any:
    """Answer a method of a ufunc of two arguments.

    Parameters
    ----------
    name : str
        The name of the ufunc.
    function : callable
        The ufunc on nodes.
    method : {"reduce", "accumulate", "reduceat", "outer", "at"}
    inputs : sequence
        The arguments by position.
    kwargs : dict
        The arguments by keyword.

    Returns
    -------
    Tensor or NotImplemented
        NotImplemented for keywords that have no meaning here, such as ``dtype``.

    Examples
    --------
    >>> call_method("subtract", functions.subtract, "outer", (Tensor([1.0, 2.0]), [1.0]), {}).data
    array([[0.],
           [1.]])
    """
    if not kwargs.keys() <= KEYWORDS[method]:
        return NotImplemented
    if method == "reduce":
        return _reduce(name, function, *inputs, **kwargs)
    if method == "accumulate":
        cumulate = CUMULATIONS.get(name)
        return cumulate(*inputs, **{"axis": 0, **kwargs}) if cumulate else _accumulate(function, *inputs, **kwargs)
    if method == "reduceat":
        return _reduce_slices(name, function, *inputs, **kwargs)
    if method == "outer":
        a, b = map(as_tensor, inputs)
        return function(a.reshape((*a.shape, *(1,) * b.ndim)), b)
    return _update(name, *inputs)


def _reduce(
    name: str, function: Function, a: Any, axis: Any = 0, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    if name in REDUCTIONS:
        reduce, identity = REDUCTIONS[name]
        return make_reduction(reduce, function, identity)(a, axis, keepdims, initial, where)
    if initial is not None or where is not True:
        return NotImplemented
    tensor = as_tensor(a)
    axes = range(tensor.ndim) if axis is None else [i % tensor.ndim for i in np.atleast_1d(axis)]
    rest = [i for i in range(tensor.ndim) if i not in axes]
    rows = tensor.transpose([*axes, *rest]).reshape((-1, *(tensor.shape[i] for i in rest)))
    if not len(rows):
        raise ShapeError(f"np.{name}.reduce of shape {tensor.shape}: an axis of length 0 has no result")
    result = _fold(function, rows)[-1]
    return result.reshape(keep_reduced_axes(tensor.shape, axes)) if keepdims else result


def _accumulate(function: Function, a: Any, axis: int = 0) -> Any:
    rows = functions.swapaxes(as_tensor(a), 0, axis)
    return functions.swapaxes(functions.stack(_fold(function, rows)), 0, axis) if len(rows) else rows


def _fold(function: Function, rows: Tensor) -> list[Any]:
    """Return the running results of a function of two numbers, along the first axis."""
    results: list[Any] = [rows[0]]
    for i in range(1, len(rows)):
        results.append(function(results[-1], rows[i]))
    return results


def _reduce_slices(name: str, function: Function, a: Any, indices: Any, axis: int = 0) -> Any:
    """Return a reduction of each slice from one index to the next one; where that is not larger, the entry at the index."""
    rows = functions.swapaxes(as_tensor(a), 0, axis)
    starts = np.asarray(indices, dtype=np.intp)
    if starts.size and not (starts.min() >= 0 and starts.max() < len(rows)):
        raise OutOfRangeError(f"np.{name}.reduceat: the indices {starts.tolist()} are not all in the range of {len(rows)} entries")
    stops = np.maximum([*starts[1:], len(rows)], starts + 1)
    parts = [_reduce(name, function, rows[i:j]) for i, j in zip(starts.tolist(), stops.tolist(), strict=True)]
    return functions.swapaxes(functions.stack(parts), 0, axis)


def _update(name: str, a: Any, indices: Any, *values: Any) -> Any:
    """Update entries of an array that may be assigned to, in place."""
    if name not in UPDATES or not values:
        return NotImplemented
    require_assignable(f"np.{name}.at", a)
    a[...] = getattr(a.at[indices], UPDATES[name])(*values)
    return None
