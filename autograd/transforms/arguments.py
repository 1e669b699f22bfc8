"""What goes into the call of a transform and what comes out: argnums, inputs as nodes, outputs as leaves."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.core.coercion import describe, suggest_fix, to_array
from autograd.core.node import Node
from autograd.core.operators import apply
from autograd.core.pytree import Build, flatten, only_leaf
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import DataError, SettingError
from autograd.numpy_api.apply import to_operand
from autograd.ops import find


def validate_argnums(call: str, argnums: Any) -> tuple[int, ...]:
    """Return ``argnums`` as a tuple.

    Parameters
    ----------
    call : str
        The call that errors name, such as ``"grad()"``.
    argnums : int or sequence of int
        Positions of the arguments to differentiate with respect to.

    Returns
    -------
    tuple of int
        The positions as they were given; negative ones count from the end.

    Raises
    ------
    SettingError
        If ``argnums`` is not an integer or a non-empty tuple or list of integers.
    """
    positions = (argnums,) if isinstance(argnums, int) else argnums
    if not isinstance(positions, tuple | list) or not positions or not all(isinstance(n, int) for n in positions):
        raise SettingError(
            f"{call}: argnums must be an integer or a tuple of integers, not {argnums!r}; "
            "pass the arguments of f to the returned function"
        )
    return tuple(positions)


def resolve_argnums(call: str, argnums: Any, count: int) -> tuple[int, ...]:
    """Return ``argnums`` as positions counted from the first argument.

    Parameters
    ----------
    call : str
        The call that errors name.
    argnums : int or sequence of int
        Positions of the arguments to differentiate with respect to.
    count : int
        The number of positional arguments.

    Returns
    -------
    tuple of int
        Positions from 0 to ``count`` - 1.

    Raises
    ------
    SettingError
        If a position does not exist or is named twice.
    """
    if type(argnums) is int and 0 <= argnums < count:
        return (argnums,)
    positions = validate_argnums(call, argnums)
    if any(not -count <= n < count for n in positions):
        raise SettingError(
            f"{call}: argnums is {argnums!r}, but the number of positional arguments is {count}: "
            "pass differentiated arguments by position"
        )
    resolved = tuple(n % count for n in positions)
    if len(set(resolved)) < len(resolved):
        raise SettingError(f"{call}: argnums {argnums!r} names an argument twice")
    return resolved


def input_node(call: str, x: Any) -> Node:
    """Make the node that stands for an input during one recorded call.

    Parameters
    ----------
    call : str
        The call that errors name.
    x : float or int or complex or array or Node
        The input. Whole numbers become floats, as in ``Value(3)``. A complex number becomes a Tensor of shape ().

    Returns
    -------
    Node
        A new node. If ``x`` is a node that records, the new node is connected to it.

    Raises
    ------
    DataError
        If ``x`` is a boolean, or no number at all.
    """
    if type(x) is float:
        return Value(x)
    if type(x) is Value:
        return +x  # type: ignore[no-any-return]
    if isinstance(x, Tensor) and x.constant:
        return Tensor(x.data)
    if isinstance(x, Node):
        return apply(find("positive"), x)  # type: ignore[no-any-return]
    if is_foreign_array(x):
        x = to_numpy(x, call)
    if isinstance(x, bool | np.bool_) or (isinstance(x, np.ndarray) and x.dtype.kind == "b"):
        raise DataError(
            f"{call} differentiates numbers, not {describe(x)}: pass a float, as in float(x) or x.astype(float), or exclude the "
            f"argument by argnums"
        )
    if isinstance(x, float | int | np.floating | np.integer):
        return Value(x)
    if isinstance(x, np.ndarray | complex | np.complexfloating):
        return Tensor(x)
    raise DataError(f"{call} differentiates floats, arrays, nodes and nested containers of them, not {describe(x)}{suggest_fix(x)}")


def flatten_outputs(call: str, result: Any) -> tuple[list[Any], Build]:
    """Take apart what the function returned.

    Parameters
    ----------
    call : str
        The call that errors name.
    result : pytree
        What the function returned.

    Returns
    -------
    leaves : list
        Nodes as they are, and plain numbers as float arrays or NumPy scalars.
    unflatten : callable
        Builds the structure of ``result`` from a list of as many leaves.

    Raises
    ------
    DataError
        If a leaf is neither a node nor a number.
    """
    if isinstance(result, Node):
        return [result.current], only_leaf
    if isinstance(result, np.ndarray) and result.dtype == object:
        result = to_operand(result, call)
    leaves, unflatten = flatten(result)
    for leaf in leaves:
        if not isinstance(leaf, Node | float | int | complex | np.ndarray | np.number | np.bool_):
            raise DataError(f"{call}: the function must return nodes, numbers or containers of them, not {describe(leaf)}")
    return [leaf.current if isinstance(leaf, Node) else to_array(leaf, call)[()] for leaf in leaves], unflatten
