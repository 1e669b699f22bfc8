"""Lists of floats among the arguments: one input of the program each, and lists again in the function."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.pytree import flatten_one_level
from autograd.state.engine import native

ONLY_FLOATS = {float}


class FloatList(np.ndarray[Any, Any]):
    """The floats of a list, or of a list of lists of one length, as an array."""


def read_floats_in_python(x: list[Any]) -> Any:
    """Return a list of floats as an array, and None for any other list."""
    return np.array(x) if set(map(type, x)) == ONLY_FLOATS else None


def read_floats_in_c(x: list[Any]) -> Any:
    """Return the same, also for lists of such lists. It takes a tenth of the time."""
    packed = native.pack_floats(x)
    return None if packed is None else np.frombuffer(packed[0]).reshape(packed[1])


_read_floats: Callable[[list[Any]], Any] = read_floats_in_python if native is None else read_floats_in_c


def pack_float_lists(tree: Any) -> Any:
    """Replace lists of floats in nested lists, tuples, dicts and dataclasses by arrays.

    Parameters
    ----------
    tree : object
        An argument.

    Returns
    -------
    object
        The argument with a `FloatList` for each list of floats, and for each list of such lists of one shape.
    """
    kind = type(tree)
    if kind is list:
        array = _read_floats(tree)
        if array is not None:
            return array.view(FloatList)
        parts = [pack_float_lists(part) for part in tree]
        shapes = {part.shape if type(part) is FloatList else None for part in parts}
        if len(shapes) == 1 and None not in shapes:
            return np.stack(parts).view(FloatList)
        return tree if all(map(operator.is_, parts, tree)) else parts
    if kind is tuple:
        return tuple(map(pack_float_lists, tree))
    if kind is dict:
        return {key: pack_float_lists(part) for key, part in tree.items()}
    if hasattr(kind, "_fields") or dataclasses.is_dataclass(kind):
        children, rebuild = flatten_one_level(tree)
        packed = list(map(pack_float_lists, children))
        is_same = all(map(operator.is_, packed, children))
        return tree if rebuild is None or is_same else rebuild(packed)
    return tree


def like_leaf(leaf: Any, data: Any) -> Any:
    """Return numbers in the form in which a leaf was passed.

    Parameters
    ----------
    leaf : object
        A leaf of the arguments.
    data : float or array
        Numbers in its shape.

    Returns
    -------
    float, array or list
        Lists for a `FloatList`.
    """
    return data.tolist() if isinstance(leaf, FloatList) else data
