"""Writes scalar rows as JavaScript functions, from the expressions that the Python methods and the C functions are written from.

>>> from autograd.ops import TABLE
>>> print(write_row(TABLE["tanh"]))
{value: (a) => Math.tanh(a), partials: [(y, a) => 1.0 - y * y]}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.backends.expressions import OPERATORS, Dialect, Expr, assignments
from autograd.backends.row_expressions import operators_used, row_expressions
from autograd.ops import Elementwise, Op

# Functions of JavaScript that agree with Python's and NumPy's, also for nan, infinities and signed zeros.
MATH = ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
BUILT_IN = {name: f"Math.{name}" for name in (*MATH, "abs", "sign", "floor", "ceil", "trunc")}
BUILT_IN |= {"arc" + name: f"Math.a{name}" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")}

# Functions of the file ``float_functions.js``: those that JavaScript lacks or that differ there.
OURS = ("power", "exp2", "maximum", "minimum", "rint", "remainder", "fmod", "floor_divide", "logaddexp", "hypot")
FUNCTIONS = BUILT_IN | {name: name for name in OURS}


def _number(x: float) -> str:
    if isinstance(x, bool):
        return "true" if x else "false"
    return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(float(x)), repr(float(x)))


def _call(function: str, args: Sequence[str]) -> str:
    return f"{FUNCTIONS[function]}({', '.join(args)})"


JAVASCRIPT = Dialect(_number, "&&", "{condition} ? {yes} : {no}", "const {name} = {value};", _call, None)


def missing_functions(op: Op, static: dict[str, Any]) -> list[str]:
    """List what a row needs and JavaScript lacks.

    Parameters
    ----------
    op : Op
        The row.
    static : dict
        Its settings.

    Returns
    -------
    list of str
        The names of functions, such as "erf"; the name of the row if it is not a formula of numbers; nothing if it can be written.

    Examples
    --------
    >>> from autograd.ops import TABLE
    >>> missing_functions(TABLE["gelu"], {}), missing_functions(TABLE["tanh"], {}), missing_functions(TABLE["matmul"], {})
    (['erfc'], [], ['matmul'])
    """
    if not isinstance(op, Elementwise):
        return [op.name]
    try:
        expressions = row_expressions(op, **static)
    except Exception:  # it branches on its numbers, or calls functions that have no formula
        return [op.name]
    return sorted(operators_used(expressions.values()) - OPERATORS - set(FUNCTIONS))


def write_row(op: Elementwise, static: dict[str, Any] | None = None) -> str:
    """Write a row as JavaScript.

    Parameters
    ----------
    op : Elementwise
        A row without missing functions.
    static : dict, optional
        Its settings.

    Returns
    -------
    str
        An object with the function ``value`` of the arguments, and the list ``partials`` of functions of the value and the
        arguments.
    """
    names = list("ab"[: op.arity])
    expressions = row_expressions(op, **(static or {}))
    partials = ", ".join(_function(["y", *names], expressions[f"d{name}"]) for name in names)
    return f"{{value: {_function(names, expressions['y'])}, partials: [{partials}]}}"


def _function(args: Sequence[str], result: Expr) -> str:
    """An arrow function."""
    *shared, last = assignments({"result": result}, JAVASCRIPT)
    head, value = f"({', '.join(args)}) =>", last.removeprefix("const result = ").removesuffix(";")
    if not shared:
        return f"{head} {value}"
    return f"{head} {{ {' '.join(shared)} return {value}; }}"
