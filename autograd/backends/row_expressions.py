"""Elementwise rows as symbolic expressions: the value and the partial derivatives of a row, written in variables a, b and y."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from autograd.backends.expressions import SOURCE, Expr, SymbolicBackend, symbol
from autograd.ops import TABLE, Elementwise


def scalar_row(row: str) -> Elementwise:
    """Return the elementwise row of a name."""
    op = TABLE[row]
    assert isinstance(op, Elementwise), f"{row} does not act elementwise"
    return op


@cache
def row_expressions(op: Elementwise, xp: SymbolicBackend = SOURCE, **static: Any) -> dict[str, Expr]:
    """Return the value and the partial derivatives of a row as expressions.

    Parameters
    ----------
    op : Elementwise
        The row.
    xp : SymbolicBackend
        The backend that writes the expressions.
    **static
        The settings of the row, such as ``slope=0.01``.

    Returns
    -------
    dict of str to Expr
        ``"y"`` is the value, ``"da"`` and ``"db"`` are the partials. Their variables are the arguments a and b and the value y.

    Raises
    ------
    TypeError
        If the row branches on its numbers, lacks settings or lacks a derivative, so that it cannot be written as an expression.
    """
    if op.refused:
        raise TypeError(f"{op.name} has no derivative with respect to all of its arguments")
    names = "ab"[: op.arity]
    args = [symbol(name) for name in names]
    expressions = {"y": op.f(xp, *args, **static)}
    for name, partial in zip(names, op.partials, strict=True):
        derivative = partial(xp, symbol("y"), *args, **static)
        expressions[f"d{name}"] = derivative if isinstance(derivative, Expr) else Expr("number", (derivative,))
    return expressions


def operators_used(expressions: Iterable[Expr]) -> set[str]:
    """Return every operator and function in the expressions."""
    uses: dict[Expr, int] = {}
    for expression in expressions:
        expression.count(uses)
    return {part.head for part in uses}
