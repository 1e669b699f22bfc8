"""Simplification of operations on shapes, axes and entries, and of reductions. See :mod:`autograd.compiler.ir.simplification`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import data_of, is_op
from autograd.ops import TABLE


def _simplify_reshape(builder: Any, a: Any, shape: Any) -> Any:
    if builder.shape(a) == shape:
        return a
    if is_op(a, "reshape"):
        return builder.reshape(a.args[0], shape)
    if is_op(a, "broadcast_to") and builder.shape(a.args[0]) == ():
        return builder.broadcast_to(a.args[0], shape)
    return None


def _simplify_transpose(builder: Any, a: Any, axes: Any) -> Any:
    rank = len(builder.shape(a))
    if rank < 2:
        return a
    in_order = tuple(range(rank))
    order = in_order[::-1] if axes is None else tuple(axis % rank for axis in axes)
    if order == in_order:
        return a
    if order == in_order[::-1] and axes is not None:
        return builder.transpose(a, axes=None)
    if is_op(a, "transpose"):
        inner_order = a.static["axes"] or in_order[::-1]
        return builder.transpose(a.args[0], axes=tuple(inner_order[axis] for axis in order))
    if is_op(a, "matmul") and order == (1, 0) and is_op(a.args[0], "transpose"):  # (Aᵀ B)ᵀ = Bᵀ A
        left, right = a.args
        return builder.matmul(builder.transpose(right, axes=None), builder.transpose(left, axes=None))
    return None


def _simplify_broadcast_to(builder: Any, a: Any, shape: Any) -> Any:
    return a if builder.shape(a) == shape else None


def _simplify_sum(builder: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    if axis == () or (isinstance(a, float) and axis is None):
        return a
    if isinstance(axis, tuple) and len(axis) == 1:
        return builder.sum(a, axis[0], keepdims)
    if not keepdims and _reduces_all_axes(builder, a, axis):
        return builder.sum(a)
    if is_op(a, "multiply") and isinstance(a.args[0], float):
        return a.args[0] * builder.sum(a.args[1], axis, keepdims)
    if axis is None and not keepdims:
        return _simplify_whole_sum(builder, a)
    return None


def _reduces_all_axes(builder: Any, a: Any, axis: Any) -> bool:
    """Return whether axes that are not None are all axes of an array."""
    rank = len(builder.shape(a))
    return (axis in (0, -1) and rank == 1) or (isinstance(axis, tuple) and len(axis) == rank)


def _simplify_whole_sum(builder: Any, a: Any) -> Any:
    """Simplify the sum of all entries: of a sum, and of squares."""
    if is_op(a, "sum"):
        return builder.sum(a.args[0])
    if is_op(a, "multiply") and a.args[0] is a.args[1] and a.shape and not np.iscomplexobj(a.data):
        return builder.vdot(*a.args)
    return None


def _make_extremum_rule(name: str) -> Callable[..., Any]:
    """Return the rule of "max" or "min", which writes the axis as simply as possible."""

    def simplify_extremum(builder: Any, a: Any, axis: Any, keepdims: bool) -> Any:
        if axis in (0, -1, (0,)) and len(builder.shape(a)) == 1 and not keepdims:
            return builder.call(TABLE[name], (a,), {"axis": None, "keepdims": False})
        if isinstance(axis, tuple) and len(axis) == 1:
            return builder.call(TABLE[name], (a,), {"axis": axis[0], "keepdims": keepdims})
        return None

    return simplify_extremum


def _simplify_vdot(builder: Any, a: Any, b: Any) -> Any:
    """Drop reshapes of both arguments that keep their entries in pairs."""
    x, y = (argument.args[0] if is_op(argument, "reshape") else argument for argument in (a, b))
    if (x is not a or y is not b) and builder.shape(x) == builder.shape(y):
        return builder.call(TABLE["vdot"], (x, y), {})
    return None


def _expand_half_squared_distance(builder: Any, a: Any, y: Any, divisor: float) -> Any:
    """Write the loss as the difference and its square, since other operations may use the difference."""
    error = a - y
    return 0.5 * builder.vdot(error, error) / divisor


def _simplify_getitem(builder: Any, a: Any, index: Any) -> Any:
    """Simplify ``(A @ v.reshape(n, 1))[..., 0]`` to ``A @ v``."""
    if not (_is_first_column(index) and is_op(a, "matmul") and is_op(a.args[1], "reshape")):
        return None
    left, column = a.args
    vector = column.args[0]
    is_column = len(builder.shape(vector)) == 1 and builder.shape(column)[1] == 1
    return builder.matmul(left, vector) if len(builder.shape(left)) == 2 and is_column else None


def _is_first_column(index: Any) -> bool:
    """Return whether an index is ``[..., 0]``."""
    if not isinstance(index, tuple) or len(index) != 2:
        return False
    first, last = index
    return first is ... and isinstance(last, int) and last == 0


def _simplify_squeeze(builder: Any, a: Any, axis: Any) -> Any:
    return builder.reshape(a, np.squeeze(np.empty(builder.shape(a)), axis).shape)


def _simplify_astype(builder: Any, a: Any, dtype: Any) -> Any:
    """Drop a conversion that changes nothing; one to real numbers takes the real part, since NumPy would warn."""
    data = np.asarray(data_of(a))
    if data.dtype.kind == "c" and np.dtype(dtype).kind != "c":
        return builder.astype(builder.real(a), dtype=dtype)
    return a if data.dtype == dtype else None


ARRAY_RULES: dict[str, Callable[..., Any]] = {
    "reshape": _simplify_reshape,
    "ravel": lambda builder, a: builder.reshape(a, (-1,)),
    "squeeze": _simplify_squeeze,
    "expand_dims": lambda builder, a, axis: builder.expand_dims(a, axis),
    "item": lambda builder, a: builder.reshape(a, ()),
    "transpose": _simplify_transpose,
    "swapaxes": lambda builder, a, axis1, axis2: builder.swapaxes(a, axis1, axis2),
    "broadcast_to": _simplify_broadcast_to,
    "sum": _simplify_sum,
    "vdot": _simplify_vdot,
    "half_squared_distance": _expand_half_squared_distance,
    "max": _make_extremum_rule("max"),
    "min": _make_extremum_rule("min"),
    "getitem": _simplify_getitem,
    "astype": _simplify_astype,
}
