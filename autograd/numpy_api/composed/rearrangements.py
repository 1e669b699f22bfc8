"""Functions that rearrange entries, such as np.roll, np.block, np.pad and np.sort.

NumPy itself rearranges the positions of the entries, and the entries are then gathered by these. So there is no formula of ours
that could disagree with NumPy's.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.array_mixins.in_place import mark_as_view
from autograd.core.coercion import check_array_kind
from autograd.core.pytree import flatten, tree_map
from autograd.core.tensor import Tensor
from autograd.core.tracing import call_with_guard, concretize
from autograd.errors import DataError
from autograd.numpy_api.apply import as_tensor, has_nodes
from autograd.numpy_api.functions.joining import concatenate
from autograd.numpy_api.functions.selection import where

PAD_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")  # the others compute new entries


def make_rearrangement(function: Any, *array_parameters: str) -> Callable[..., Any]:
    """Make a function of nodes from a function of NumPy that rearranges entries.

    Parameters
    ----------
    function : callable
        NumPy's function.
    *array_parameters : str
        The names of its parameters that hold arrays; with a leading "*" if they hold a sequence of arrays.

    Returns
    -------
    callable
        With NumPy's signature. It returns Tensors, in the structure that NumPy's function returns.
    """
    get_signature = functools.cache(lambda: inspect.signature(function))  # at the first call: forty of them would slow the import
    names = [name.removeprefix("*") for name in array_parameters]
    sequences = [name[1:] for name in array_parameters if name[0] == "*"]

    def rearrange(*args: Any, **kwargs: Any) -> Any:
        bound = get_signature().bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = bound.arguments
        tensors: list[Tensor] = []
        for name in names:
            array = arguments[name]
            if name in sequences:
                array = list(array) if isinstance(array, Tensor) else array
                arguments[name] = _number_all_entries(array, tensors)
            else:
                arguments[name] = _number_entries(array, tensors)
        for name, value in arguments.items():
            if name not in names:
                for leaf in flatten(value)[0]:
                    check_array_kind(leaf, f"np.{function.__name__}")
                arguments[name] = tree_map(concretize, value)  # conditions and counts, to which no gradient flows
        given = [leaf for name in names for leaf in flatten(arguments[name])[0]]
        positions = function(*bound.args, **bound.kwargs)
        entries = concatenate([tensor.ravel() for tensor in tensors])
        return tree_map(lambda p: _gather_like(entries, np.asarray(p), given), positions)

    return rearrange


def _number_entries(x: Any, tensors: list[Tensor]) -> Any:
    """Add ``x`` to the tensors, and return the positions of its entries among all entries.

    Positions count from 1, since 0 is what NumPy fills gaps with.
    """
    tensor = as_tensor(x)
    start = 1 + sum(t.size for t in tensors)
    tensors.append(tensor)
    return np.arange(start, start + tensor.size).reshape(tensor.shape)


def _number_all_entries(x: Any, tensors: list[Tensor]) -> Any:
    """Do the same for each array of a sequence or of nested lists."""
    if isinstance(x, list | tuple):
        return type(x)(_number_all_entries(part, tensors) for part in x)
    return _number_entries(x, tensors)


def _gather_like(entries: Tensor, positions: Any, given: list[Any]) -> Any:
    """Return the entries at these positions; it is a view if the positions are one of those that NumPy was given."""
    result = _gather(entries, positions)
    return mark_as_view(result) if any(np.may_share_memory(positions, x) for x in given) else result


def _gather(entries: Tensor, positions: Any) -> Any:
    """Return the entries at these positions, with zeros where a position is 0."""
    is_filled = positions == 0
    if not is_filled.any():
        return entries[positions - 1]
    if not entries.size:
        return Tensor(np.zeros(positions.shape), constant=True)
    return where(is_filled, 0.0, entries[np.maximum(positions - 1, 0)])


def pad(array: Any, pad_width: Any, mode: Any = "constant", **settings: Any) -> Any:
    """Pad an array, as np.pad does in the modes that repeat entries or fill with constants.

    Parameters
    ----------
    array : array_like or Tensor
    pad_width : int or sequence
        As np.pad takes it.
    mode : str, optional
        One of `PAD_MODES`.
    **settings
        The other keyword arguments of np.pad.

    Returns
    -------
    Tensor

    Raises
    ------
    DataError
        If the mode computes new entries, or if ``constant_values`` holds a node.

    Examples
    --------
    >>> from autograd import Tensor
    >>> pad(Tensor([1.0, 2.0]), 1, constant_values=9.0).data
    array([9., 1., 2., 9.])
    """
    if mode not in PAD_MODES:
        raise DataError(f"np.pad with mode={mode!r} has no derivative here: use constant, edge, reflect, symmetric or wrap")
    if settings.get("reflect_type", "even") != "even":
        raise DataError("np.pad with reflect_type='odd' computes new entries and has no derivative here: use 'even'")
    if mode != "constant":
        return make_rearrangement(lambda a: np.pad(a, pad_width, mode, **settings), "a")(array)
    if any(map(has_nodes, settings.values())):
        raise DataError("np.pad(constant_values=) is a plain number, to which no gradient flows: use np.concatenate for a node")
    shape = as_tensor(array).shape
    is_inside = np.pad(np.ones(shape, bool), pad_width)
    constants = np.pad(np.zeros(shape), pad_width, **settings)
    return where(is_inside, make_rearrangement(lambda a: np.pad(a, pad_width), "a")(array), constants)


def sort(a: Any, axis: int | None = -1, kind: Any = None, stable: Any = None) -> Any:
    """Sort the entries along an axis.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or None, optional
        The axis; None flattens the array first.
    kind, stable : optional
        Accepted as np.sort does, and ignored: the order of ties is always kept.

    Returns
    -------
    Tensor
        The gradient of each entry goes back to where the entry came from.

    Examples
    --------
    >>> from autograd import Tensor
    >>> t = Tensor([3.0, 1.0]); sort(t).backward([1.0, 10.0]); t.grad
    array([10.,  1.])
    """
    tensor = as_tensor(a) if axis is not None else as_tensor(a).ravel()
    axis = -1 if axis is None else axis
    order = call_with_guard(np.argsort, tensor, axis=axis, kind="stable")
    return make_rearrangement(lambda t: np.take_along_axis(t, order, axis), "t")(tensor)


def partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = None, order: Any = None) -> Any:
    """Bring the entry of rank ``kth`` to its place, with lesser entries before it and greater ones behind.

    Parameters
    ----------
    a : array_like or Tensor
    kth : int or sequence of int
    axis : int or None, optional
        The axis; None flattens the array first.
    kind, order : optional
        Accepted as np.partition does, and ignored.

    Returns
    -------
    Tensor
        The gradient of each entry goes back to where the entry came from.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(partition(Tensor([3.0, 1.0, 2.0]), 1)[1])
    2.0
    """
    tensor = as_tensor(a) if axis is not None else as_tensor(a).ravel()
    axis = -1 if axis is None else axis
    places = call_with_guard(np.argpartition, tensor, kth, axis=axis)
    return make_rearrangement(lambda t: np.take_along_axis(t, places, axis), "t")(tensor)
