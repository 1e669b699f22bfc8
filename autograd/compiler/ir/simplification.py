"""Simpler ways to say the same: rules of arithmetic that a line obeys when it is written down.

Each takes the builder and the arguments of a row, and returns another line, or None where there is nothing simpler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction, data_of
from autograd.ops import TABLE


def _is(x: Any, number: float) -> bool:
    return isinstance(x, float) and x == number


def is_op(x: Any, name: str) -> bool:
    return isinstance(x, Instruction) and x.op_name == name


def _bare(builder: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Two arguments that broadcast anyway, without a broadcasting of their own."""
    shape = np.broadcast_shapes(builder.shape(a), builder.shape(b))
    for _ in range(2):
        if is_op(a, "broadcast_to") and np.broadcast_shapes(builder.shape(a.args[0]), builder.shape(b)) == shape:
            a = a.args[0]
        a, b = b, a
    return a, b


def _fits(builder: Any, x: Any, other: Any) -> bool:
    """Whether an operation with a plain number ``other`` keeps the shape and the type of ``x``."""
    return isinstance(x, Instruction) and builder.shape(other) == () and np.asarray(x.data).dtype.kind == "f"


def _add(builder: Any, a: Any, b: Any) -> Any:
    if a is b and isinstance(a, Instruction):
        return builder.call(TABLE["multiply"], (2.0, a), {})
    if is_op(b, "negative"):
        return builder.call(TABLE["subtract"], (a, b.args[0]), {})
    if is_op(a, "negative"):
        return builder.call(TABLE["subtract"], (b, a.args[0]), {})
    return _stripped(builder, "add", a, b)


def _stripped(builder: Any, name: str, a: Any, b: Any) -> Any:
    """The same operation on arguments that broadcast by themselves; None where they stand bare already."""
    x, y = _bare(builder, a, b)
    return None if x is a and y is b else builder.call(TABLE[name], (x, y), {})


def _subtract(builder: Any, a: Any, b: Any) -> Any:
    if is_op(b, "negative"):
        return builder.call(TABLE["add"], (a, b.args[0]), {})
    return _stripped(builder, "subtract", a, b)


def _multiply(builder: Any, a: Any, b: Any) -> Any:
    for x, y in ((a, b), (b, a)):
        if _is(y, 1.0) and _fits(builder, x, y):
            return x
        if _is(y, -1.0) and _fits(builder, x, y):
            return -x
        if isinstance(y, float) and is_op(x, "multiply") and any(isinstance(z, float) for z in x.args):
            first, second = x.args if isinstance(x.args[0], float) else x.args[::-1]
            if not all(1e-30 < abs(c) < 1e30 for c in (first, y)):
                continue  # what overflows in one order may not in another
            return builder.call(TABLE["multiply"], (first * y, second), {})
        if not builder.is_lowering and is_op(y, "divide") and _is(y.args[0], 1.0):
            return builder.call(TABLE["divide"], (x, y.args[1]), {})
        if isinstance(y, float) and is_op(x, "negative"):
            return builder.call(TABLE["multiply"], (-y, x.args[0]), {})
        if is_op(y, "where") and isinstance(y.static["condition"], Instruction) and _is(y.args[0], 1.0) and _is(y.args[1], 0.0):
            return builder.call(TABLE["multiply"], (x, y.static["condition"]), {})
        if isinstance(y, float) and is_op(x, "broadcast_to"):
            return builder.broadcast_to(builder.call(TABLE["multiply"], (y, x.args[0]), {}), x.shape)
    if isinstance(b, float) and isinstance(a, Instruction):
        return builder.call(TABLE["multiply"], (b, a), {})
    return _stripped(builder, "multiply", a, b)


def _divide(builder: Any, a: Any, b: Any) -> Any:
    if not builder.is_lowering and _is(a, 1.0) and _exponent(b) is not None:
        return builder.call(TABLE["sigmoid"], (_exponent(b),), {})
    if _is(b, 1.0) and _fits(builder, a, b):
        return a
    return _stripped(builder, "divide", a, b)


def _negative(builder: Any, a: Any) -> Any:
    if is_op(a, "broadcast_to"):
        return builder.broadcast_to(-a.args[0], a.shape)
    if is_op(a, "negative"):
        return a.args[0]
    if is_op(a, "multiply") and isinstance(a.args[0], float):
        return builder.call(TABLE["multiply"], (-a.args[0], a.args[1]), {})
    return None


def _exponent(x: Any) -> Any:
    """The z of 1 + exp(-z); None where it is none."""
    if is_op(x, "add"):
        for one, other in (x.args, x.args[::-1]):
            if _is(one, 1.0) and is_op(other, "exp") and is_op(other.args[0], "negative"):
                return other.args[0].args[0]
    return None


def _power(builder: Any, a: Any, b: Any) -> Any:
    if _is(b, 2.0) and isinstance(a, Instruction):
        return builder.call(TABLE["multiply"], (a, a), {})
    if _is(b, -1.0) and isinstance(a, Instruction):
        return builder.call(TABLE["divide"], (1.0, a), {})
    return a if _is(b, 1.0) and isinstance(a, Instruction) else None


def _reshape(builder: Any, a: Any, shape: Any) -> Any:
    if builder.shape(a) == shape:
        return a
    if is_op(a, "reshape"):
        return builder.reshape(a.args[0], shape)
    if is_op(a, "broadcast_to") and builder.shape(a.args[0]) == ():
        return builder.broadcast_to(a.args[0], shape)
    return None


def _transpose(builder: Any, a: Any, axes: Any) -> Any:
    rank = len(builder.shape(a))
    if rank < 2:
        return a
    given = axes
    axes = tuple(range(rank))[::-1] if axes is None else tuple(i % rank for i in axes)
    if given is not None and axes == tuple(range(rank))[::-1] and axes != tuple(range(rank)):
        return builder.transpose(a, axes=None)
    if axes == tuple(range(rank)):
        return a
    if is_op(a, "transpose"):
        before = a.static["axes"] or tuple(range(rank))[::-1]
        return builder.transpose(a.args[0], axes=tuple(before[i] for i in axes))
    if is_op(a, "matmul") and rank == 2 and axes == (1, 0) and is_op(a.args[0], "transpose"):
        left, right = a.args
        return builder.matmul(builder.transpose(right, axes=None), builder.transpose(left, axes=None))
    return None


def _broadcast_to(builder: Any, a: Any, shape: Any) -> Any:
    return a if builder.shape(a) == shape else None


def _sum(builder: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    if isinstance(axis, tuple) and len(axis) == 1:
        return builder.sum(a, axis[0], keepdims)
    if axis in (0, -1) and len(builder.shape(a)) == 1 and not keepdims:
        return builder.sum(a)
    if axis == () or (isinstance(a, float) and axis is None):
        return a
    if is_op(a, "multiply") and isinstance(a.args[0], float):
        return a.args[0] * builder.sum(a.args[1], axis, keepdims)
    if axis is None and not keepdims and is_op(a, "sum"):
        return builder.sum(a.args[0])
    if axis is None and not keepdims and is_op(a, "multiply") and a.args[0] is a.args[1] and a.shape:
        return builder.vdot(*a.args)
    if isinstance(axis, tuple) and len(axis) == len(builder.shape(a)) and not keepdims:
        return builder.sum(a)
    return None


def _extreme(name: str) -> Callable[..., Any]:
    def simpler(builder: Any, a: Any, axis: Any, keepdims: bool) -> Any:
        if axis in (0, -1, (0,)) and len(builder.shape(a)) == 1 and not keepdims:
            return builder.call(TABLE[name], (a,), {"axis": None, "keepdims": False})
        if isinstance(axis, tuple) and len(axis) == 1:
            return builder.call(TABLE[name], (a,), {"axis": axis[0], "keepdims": keepdims})
        return None

    return simpler


def _vdot(builder: Any, a: Any, b: Any) -> Any:
    """Both flattened in the same way need not be."""
    x, y = (c.args[0] if is_op(c, "reshape") else c for c in (a, b))
    if (x is not a or y is not b) and builder.shape(x) == builder.shape(y):
        return builder.call(TABLE["vdot"], (x, y), {})
    return None


def _getitem(builder: Any, a: Any, index: Any) -> Any:
    """A column put up for a product of matrices, and taken down again, was a vector."""
    if (
        isinstance(index, tuple)
        and len(index) == 2
        and index[0] is ...
        and isinstance(index[1], int)
        and index[1] == 0
        and is_op(a, "matmul")
        and is_op(a.args[1], "reshape")
    ):
        left, vector = a.args[0], a.args[1].args[0]
        if len(builder.shape(left)) == 2 and len(builder.shape(vector)) == 1 and builder.shape(a.args[1])[1] == 1:
            return builder.matmul(left, vector)
    return None


def _astype(builder: Any, a: Any, dtype: Any) -> Any:
    return a if np.asarray(data_of(a)).dtype == dtype else None


SIMPLIFICATION_RULES: dict[str, Callable[..., Any]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "negative": _negative,
    "positive": lambda builder, a: a,
    "power": _power,
    "reshape": _reshape,
    "ravel": lambda builder, a: builder.reshape(a, (-1,)),
    "squeeze": lambda builder, a, axis: builder.reshape(a, np.squeeze(np.empty(builder.shape(a)), axis).shape),
    "expand_dims": lambda builder, a, axis: builder.expand_dims(a, axis),
    "item": lambda builder, a: builder.reshape(a, ()),
    "transpose": _transpose,
    "swapaxes": lambda builder, a, axis1, axis2: builder.swapaxes(a, axis1, axis2),
    "broadcast_to": _broadcast_to,
    "sum": _sum,
    "vdot": _vdot,
    "max": _extreme("max"),
    "min": _extreme("min"),
    "getitem": _getitem,
    "astype": _astype,
}
