"""The formulas of a row as text: its value and its derivatives, written by the backend TEXT."""

from __future__ import annotations

from typing import Any

from autograd.backends.expressions import TEXT, as_number, symbol, to_source
from autograd.ops import Elementwise, Op


def get_setting_names(op: Op) -> list[str]:
    """Return the names of a row's keyword arguments.

    Examples
    --------
    >>> from autograd.ops import find
    >>> get_setting_names(find("clip"))
    ['low', 'high']
    """
    code = op.f.__code__
    return list(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])


def get_formulas(op: Elementwise) -> list[str]:
    """Return the formulas of a row.

    Parameters
    ----------
    op : Elementwise

    Returns
    -------
    list of str
        What the row computes of a, b, ..., and its derivative with respect to each of them. In a derivative y is the value.

    Examples
    --------
    >>> from autograd.ops import find
    >>> get_formulas(find("tanh"))
    ['tanh(a)', '1.0 - y * y']
    """
    args = [symbol(name) for name in "abcdef"[: op.arity]]
    settings = {name: symbol(name) for name in get_setting_names(op)}
    partials = [partial(TEXT, symbol("y"), *args, **settings) for partial in op.partials]
    return [_write(e) for e in (op.f(TEXT, *args, **settings), *partials)]


def format_row(op: Elementwise) -> str:
    """Return the value, the derivatives and the kinks of a row in one line.

    Examples
    --------
    >>> from autograd.ops import find
    >>> format_row(find("relu"))
    'y = 0.0 if a < 0.0 else a,  ∂y/∂a = 1.0 if a > 0.0 else 0.0  (0 at 0)'
    """
    value, *partials = get_formulas(op)
    text = f"y = {value}"
    for name, partial in zip("abcdef", partials, strict=False):
        text += f",  ∂y/∂{name} = {partial}"
    return text + (f"  ({op.kink})" if op.kink else "")


def _write(e: Any) -> str:
    """Write an expression, or the constant that a row has returned in its place."""
    return as_number(to_source(e), e) if hasattr(e, "head") else str(e)
