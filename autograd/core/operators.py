"""How operations are applied to nodes: Python's operators, and ``apply`` for any row."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np

from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.core.coercion import NUMBER_KINDS, describe, suggest_fix, to_array
from autograd.core.node import Node
from autograd.errors import DataError
from autograd.ops import TABLE, Op

# Python's operators and the rows they stand for.
BINARY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "mod": "remainder",
    "floordiv": "floor_divide",
    "pow": "power",
}
UNARY = {"__neg__": "negative", "__pos__": "positive", "__abs__": "absolute"}

COMPLEX_TYPES = (complex, np.complexfloating)  # only a Tensor holds them
NUMBER_TYPES = (float, int, np.floating, np.integer, np.bool_, numbers.Real, Decimal)


def rank_of(x: Any, op: Op) -> int:
    """Return the rank of the node class that a plain argument needs: 0 (Value) for a real number, else 1 (Tensor)."""
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in NUMBER_KINDS:
            raise DataError(f"{op.name} takes real numbers, not {describe(x)}{suggest_fix(x)}")
        return 1 if x.ndim or x.dtype.kind == "c" else 0
    if isinstance(x, NUMBER_TYPES):
        return 0
    if isinstance(x, COMPLEX_TYPES):
        return 1
    raise DataError(f"{op.name} takes numbers, arrays and nodes, not {describe(x)}{suggest_fix(x)}")


_types_taken_as_they_are: set[type] = set()  # of the arguments so far: a look at each argument of each call would show


def _to_plain_argument(x: Any, op: Op) -> Any:
    """Return a list or an array of another library as a NumPy array, and anything else as it is."""
    if isinstance(x, list | tuple):
        return to_array(x, op.name)
    if is_foreign_array(x):
        return to_numpy(x, op.name)
    _types_taken_as_they_are.add(type(x))
    return x


def apply(op: Op, *args: Any, **static: Any) -> Any:
    """Apply an operation and record it, so that the result knows its derivatives.

    Parameters
    ----------
    op : Op
        The operation.
    *args : float, array, Node, list or tuple
        The arguments, at least one of which is a node. Arrays may be those of other libraries.
    **static
        The keyword arguments of the operation, such as ``axis``.

    Returns
    -------
    Node
        A Tensor if an argument is an array or a Tensor, or if the operation is not elementwise; otherwise a Value.

    Raises
    ------
    DataError
        If an argument is not a real number, an array of real numbers or a node.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.ops import find
    >>> apply(find("exp"), Value(0.0)).data
    1.0
    """
    rank = 0 if op.kind == "elementwise" else 1
    if not _types_taken_as_they_are.issuperset(map(type, args)):
        args = tuple(_to_plain_argument(arg, op) for arg in args)
    for arg in args:
        wants = arg.rank if isinstance(arg, Node) else rank_of(arg, op)
        if wants > rank:
            rank = wants
    return Node.by_rank[rank].record(op, args, static)


# The types of operands that our operators handle. For some of them they raise an error that says what to do.
OPERAND_TYPES = (Node, np.ndarray, np.generic, float, int, complex, str, bytes, list, tuple, dict, numbers.Real, Decimal)


def operate(op: Op, first: Any, second: Any, other: Any) -> Any:
    """Apply a Python operator to a node and ``other``; NotImplemented for an unknown type, whose own operator is then tried."""
    if getattr(other, "is_traced", False):
        return NotImplemented
    if isinstance(other, np.ndarray) and other.dtype == object:
        return NotImplemented
    if other is None or isinstance(other, OPERAND_TYPES) or is_foreign_array(other):
        return apply(op, first, second)
    return NotImplemented


def operators(unary: Any, binary: Any) -> dict[str, Any]:
    """Return Python's operator methods for a class, each made by ``unary(row, name)`` or ``binary(row, name, reflected)``."""
    methods = {name: unary(row, name) for name, row in UNARY.items()}
    for name, row in BINARY.items():
        methods[f"__{name}__"] = binary(row, f"__{name}__", False)
        methods[f"__r{name}__"] = binary(row, f"__r{name}__", True)
    return methods


def scalar_method_names() -> dict[Op, str]:
    """Return the name of the method of Value that a row is, for rows that are one."""
    rows = {TABLE[row]: name for name, row in UNARY.items()}
    rows |= {TABLE[row]: f"__{name}__" for name, row in BINARY.items()}
    return rows | {op: op.name for op in named_rows()}


def named_rows() -> list[Op]:
    """Return the elementwise rows that are methods under their own name: no settings, and no Python operator."""
    reserved = {*BINARY.values(), *UNARY.values(), "leaky_relu", "elu", "where", "clip", "power_derivative"}
    return [op for op in TABLE.values() if op.kind == "elementwise" and op.name not in reserved]
