"""Algebraic simplification: rules by which an operation is replaced by an equal one that is cheaper or shorter.

A rule takes the builder and the arguments of an operation, and returns an instruction or number, or None if it does not apply. The
rules of elementwise arithmetic are here, those of shapes and reductions in :mod:`autograd.compiler.ir.array_simplification`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.array_simplification import ARRAY_RULES
from autograd.compiler.ir.instruction import Instruction, is_op
from autograd.ops import TABLE, Op

# Two constant factors are merged, c₁·(c₂·x) = (c₁·c₂)·x, only if both are between these bounds. Derived: c₁·c₂ is then between
# 1e-60 and 1e60, so it neither overflows nor underflows, and c₂·x overflows for no x below 1e278. Twice the exponents would be safe
# as well; from 1e154 on, c₁·c₂ could overflow although c₁·(c₂·x) does not.
SMALLEST_FACTOR, LARGEST_FACTOR = 1e-30, 1e30


def simplify(builder: Any, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any:
    """Return what is equal to an operation and simpler.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    op : Op
        The row of the table.
    args : sequence of Instruction or float
        The arguments.
    static : dict
        The settings.

    Returns
    -------
    Instruction, float or None
        The result, or None if no rule applies.
    """
    rule = RULES.get(op.name)
    return rule(builder, *args, **static) if rule else None


def _call(builder: Any, name: str, *args: Any) -> Any:
    return builder.call(TABLE[name], args, {})


def _is_number(x: Any, number: float) -> bool:
    return isinstance(x, float) and x == number


def _keeps_type(builder: Any, x: Any, number: Any) -> bool:
    """Return whether an operation of an array with a plain number keeps the shape and the dtype of the array."""
    return isinstance(x, Instruction) and builder.shape(number) == () and np.asarray(x.data).dtype.kind in "fc"


def _drop_broadcasts(builder: Any, name: str, a: Any, b: Any) -> Any:
    """Return the operation without explicit broadcasts of its arguments, if it broadcasts them to the same shape itself."""
    shape = np.broadcast_shapes(builder.shape(a), builder.shape(b))
    x, y = a, b
    if is_op(x, "broadcast_to") and np.broadcast_shapes(builder.shape(x.args[0]), builder.shape(y)) == shape:
        x = x.args[0]
    if is_op(y, "broadcast_to") and np.broadcast_shapes(builder.shape(y.args[0]), builder.shape(x)) == shape:
        y = y.args[0]
    return None if x is a and y is b else _call(builder, name, x, y)


def _simplify_add(builder: Any, a: Any, b: Any) -> Any:
    if a is b and isinstance(a, Instruction):
        return _call(builder, "multiply", 2.0, a)
    if is_op(b, "negative"):
        return _call(builder, "subtract", a, b.args[0])
    if is_op(a, "negative"):
        return _call(builder, "subtract", b, a.args[0])
    return _drop_broadcasts(builder, "add", a, b)


def _simplify_subtract(builder: Any, a: Any, b: Any) -> Any:
    if is_op(b, "negative"):
        return _call(builder, "add", a, b.args[0])
    return _drop_broadcasts(builder, "subtract", a, b)


def _simplify_multiply(builder: Any, a: Any, b: Any) -> Any:
    for x, y in ((a, b), (b, a)):
        rule = _multiply_by_number if isinstance(y, float) else _multiply_by_instruction
        simpler = rule(builder, x, y)
        if simpler is not None:
            return simpler
    if isinstance(b, float) and isinstance(a, Instruction):
        return _call(builder, "multiply", b, a)  # numbers come first
    return _drop_broadcasts(builder, "multiply", a, b)


def _multiply_by_number(builder: Any, x: Any, c: float) -> Any:
    """Simplify x·c."""
    if c == 1.0 and _keeps_type(builder, x, c):
        return x
    if c == -1.0 and _keeps_type(builder, x, c):
        return -x
    if is_op(x, "multiply") and any(isinstance(factor, float) for factor in x.args):
        first, second = x.args if isinstance(x.args[0], float) else x.args[::-1]
        if all(SMALLEST_FACTOR < abs(factor) < LARGEST_FACTOR for factor in (first, c)):
            return _call(builder, "multiply", first * c, second)
    if is_op(x, "negative"):
        return _call(builder, "multiply", -c, x.args[0])
    if is_op(x, "broadcast_to"):
        return builder.broadcast_to(_call(builder, "multiply", c, x.args[0]), x.shape)
    return None


def _multiply_by_instruction(builder: Any, x: Any, y: Any) -> Any:
    """Simplify x·(1/z) to x/z, and x·where(m, 1, 0) to x·m."""
    if not builder.is_lowering and is_op(y, "divide") and _is_number(y.args[0], 1.0):
        return _call(builder, "divide", x, y.args[1])
    is_choice = is_op(y, "where") and isinstance(y.static["condition"], Instruction)
    if is_choice and _is_number(y.args[0], 1.0) and _is_number(y.args[1], 0.0):
        return _call(builder, "multiply", x, y.static["condition"])
    return None


def _simplify_divide(builder: Any, a: Any, b: Any) -> Any:
    if not builder.is_lowering and _is_number(a, 1.0):
        z = _sigmoid_argument(b)
        if z is not None:
            return _call(builder, "sigmoid", z)
    if _is_number(b, 1.0) and _keeps_type(builder, a, b):
        return a
    return _drop_broadcasts(builder, "divide", a, b)


def _sigmoid_argument(x: Any) -> Any:
    """Return z if x is 1 + exp(-z), else None."""
    if not is_op(x, "add"):
        return None
    for one, other in (x.args, x.args[::-1]):
        if _is_number(one, 1.0) and is_op(other, "exp") and is_op(other.args[0], "negative"):
            return other.args[0].args[0]
    return None


def _simplify_negative(builder: Any, a: Any) -> Any:
    if is_op(a, "broadcast_to"):
        return builder.broadcast_to(-a.args[0], a.shape)
    if is_op(a, "negative"):
        return a.args[0]
    if is_op(a, "multiply") and isinstance(a.args[0], float):
        return _call(builder, "multiply", -a.args[0], a.args[1])
    return None


def _simplify_power(builder: Any, a: Any, b: Any) -> Any:
    if not isinstance(a, Instruction):
        return None
    if _is_number(b, 2.0):
        return _call(builder, "multiply", a, a)
    if _is_number(b, -1.0):
        return _call(builder, "divide", 1.0, a)
    return a if _is_number(b, 1.0) else None


RULES: dict[str, Callable[..., Any]] = {
    "add": _simplify_add,
    "subtract": _simplify_subtract,
    "multiply": _simplify_multiply,
    "divide": _simplify_divide,
    "negative": _simplify_negative,
    "positive": lambda builder, a: a,
    "power": _simplify_power,
    **ARRAY_RULES,
}
