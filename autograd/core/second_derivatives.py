"""Directional derivatives of the partials of elementwise rows, generated from their expressions.

They give forward-over-reverse products of scalars without a second graph.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from autograd.backends.backend import MATH_ERRORS
from autograd.backends.expressions import OPERATORS, UNEXPANDED, Expr, assignments, symbol, to_source
from autograd.backends.float_backend import FLOAT
from autograd.backends.row_expressions import operators_used, row_expressions, scalar_row
from autograd.ops import Elementwise

ZERO = Expr("number", (0.0,))
ROW_OF_OPERATOR = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "neg": "negative", "abs": "absolute"}

PartialsJvp = Callable[..., tuple[float, float] | None]


@cache
def partials_jvp(op: Elementwise, moves: str) -> PartialsJvp:
    """Return the function that computes the tangents of the partials of a row.

    Parameters
    ----------
    op : Elementwise
        The row.
    moves : str
        The arguments whose partials are asked for, and which have tangents: "a", "b" or "ab".

    Returns
    -------
    callable
        A function of a, b, y and of their tangents that returns the tangents of ∂y/∂a and ∂y/∂b (0.0 for a partial that is not
        asked for). It returns None if Python's math raises, and at isolated points where a partial has a branch of its own.

    Examples
    --------
    >>> partials_jvp(scalar_row("multiply"), "ab")(3.0, 2.0, 6.0, 0.5, 0.25, 1.75)
    (0.25, 0.5)
    """
    tangents = {symbol(name): symbol("t" + name) for name in (*moves, "y")}
    isolated_points: dict[Expr, None] = {}
    partial_tangents: dict[str, Expr] = {}
    try:
        for name, expression in row_expressions(op, UNEXPANDED).items():
            if name != "y":
                tangent = _jvp(expression, tangents, isolated_points) if name[1:] in moves else None
                partial_tangents[f"t{name}"] = ZERO if tangent is None else tangent
    except Exception:  # a rule that branches on its numbers, or calls functions that math lacks, has no expression
        return lambda *numbers: None
    return _compile_partials_jvp(op.name, partial_tangents, list(isolated_points))


def _compile_partials_jvp(row: str, partial_tangents: dict[str, Expr], isolated_points: list[Expr]) -> PartialsJvp:
    """Compile the function of :func:`partials_jvp`."""
    missing = 2 - len(partial_tangents)
    results = ", ".join([*partial_tangents, *["0.0"] * missing])
    lines = ["def partial_tangents(a, b, y, ta, tb, ty):"]
    for condition in isolated_points:
        lines += [f"    if {to_source(condition)}:", "        return None"]
    lines += ["    try:", *("        " + line for line in assignments(partial_tangents)), f"        return {results}"]
    lines += ["    except MATH_ERRORS:", "        return None"]
    functions = operators_used([*partial_tangents.values(), *isolated_points]) - OPERATORS
    scope: dict[str, Any] = {"MATH_ERRORS": MATH_ERRORS, **{function: getattr(FLOAT, function) for function in functions}}
    exec(compile("\n".join(lines), f"<second derivatives of row {row}>", "exec"), scope)  # noqa: S102 - our own text
    function: PartialsJvp = scope["partial_tangents"]
    return function


def _jvp(e: Expr, tangents: dict[Expr, Expr], isolated_points: dict[Expr, None]) -> Expr | None:
    """Return the tangent of an expression by the partials of the rows; None for zero.

    Conditions that hold at isolated points are added to ``isolated_points``: the branch that is taken there does not tell how the
    expression changes.
    """
    if e.head == "name":
        return tangents.get(e)
    if e.head == "number" or e.is_condition:
        return None
    arg_tangents = [_jvp(arg, tangents, isolated_points) for arg in e.args]
    if e.head == "where":
        return _jvp_of_where(e, arg_tangents, isolated_points)
    total: Expr | None = None
    row = scalar_row(ROW_OF_OPERATOR.get(e.head, e.head))
    for tangent, partial in zip(arg_tangents, row.partials, strict=True):
        if tangent is None:
            continue
        term = _product(tangent, partial(UNEXPANDED, e, *e.args))
        if term is not None:
            total = term if total is None else total + term
    return total


def _jvp_of_where(e: Expr, arg_tangents: list[Expr | None], isolated_points: dict[Expr, None]) -> Expr | None:
    condition = e.args[0]
    _, if_true, if_false = arg_tangents
    if if_true is None and if_false is None:
        return None
    if "==" in operators_used([condition]):
        isolated_points[condition] = None
    return Expr("where", (condition, ZERO if if_true is None else if_true, ZERO if if_false is None else if_false))


def _product(tangent: Expr, partial: Expr | float) -> Expr | None:
    """Return tangent × partial, without the factor 1; None if the partial is 0."""
    if isinstance(partial, float) and partial == 0.0:
        return None
    return tangent if isinstance(partial, float) and partial == 1.0 else tangent * partial
