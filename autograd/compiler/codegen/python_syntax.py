"""The building blocks of generated Python code: expressions with their precedence, and lines."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

from autograd.core.tracing import COMPARISONS


class Precedence(IntEnum):
    """How tightly an operator binds, from the loosest to the tightest; see "Operator precedence" in the Python reference."""

    CONDITIONAL = 1
    COMPARISON = 2
    BITWISE = 3
    SUM = 4
    PRODUCT = 5
    UNARY = 6
    POWER = 7
    ATOM = 8


class Expression(NamedTuple):
    """Python code of an expression.

    Attributes
    ----------
    code : str
    precedence : Precedence, default ATOM
        Of its outermost operator; ATOM for a name, a call, an attribute or a subscript.
    """

    code: str
    precedence: int = Precedence.ATOM

    def as_operand(self, precedence: int) -> str:
        """Return the code, in parentheses if it binds less tightly than ``precedence``."""
        return self.code if self.precedence >= precedence else f"({self.code})"


# The symbol and the precedence of each operation that Python has a binary operator for.
INFIX_OPERATORS = {
    "add": ("+", Precedence.SUM),
    "subtract": ("-", Precedence.SUM),
    "multiply": ("*", Precedence.PRODUCT),
    "divide": ("/", Precedence.PRODUCT),
    "matmul": ("@", Precedence.PRODUCT),
    "power": ("**", Precedence.POWER),
    "&": ("&", Precedence.BITWISE),
    "|": ("|", Precedence.BITWISE),
    **{symbol: (symbol, Precedence.COMPARISON) for symbol in COMPARISONS if symbol not in "&|"},
}


def join_with_operator(op_name: str, left: Expression, right: Expression) -> Expression:
    """Return ``left <operator> right`` for an operation of `INFIX_OPERATORS`.

    Examples
    --------
    >>> product = join_with_operator("multiply", Expression("a"), Expression("b"))
    >>> join_with_operator("power", product, Expression("2.0")).code
    '(a * b)**2.0'
    """
    symbol, precedence = INFIX_OPERATORS[op_name]
    if op_name == "power":  # Python reads -a**b as -(a**b), and a**-b as a**(-b)
        return Expression(f"{left.as_operand(Precedence.ATOM)}**{right.as_operand(Precedence.UNARY)}", precedence)
    is_chained = precedence in (Precedence.COMPARISON, Precedence.BITWISE)  # Python reads a < b < c as a < b and b < c
    left_code = left.as_operand(precedence + is_chained)
    return Expression(f"{left_code} {symbol} {right.as_operand(precedence + 1)}", precedence)


def format_float(x: float) -> Expression:
    """Return a literal that evaluates to exactly this float, bit for bit except for the payload of nan.

    Examples
    --------
    >>> format_float(0.1).code, format_float(float("-inf")).code
    ('0.1', '-np.inf')
    """
    if math.isnan(x):
        return Expression("np.nan")
    if math.isinf(x):
        return Expression("np.inf") if x > 0 else Expression("-np.inf", Precedence.UNARY)
    return Expression(repr(float(x)), Precedence.UNARY if math.copysign(1.0, x) < 0 else Precedence.ATOM)


class SourceLine(NamedTuple):
    """One line of source, without the indentation of the function, and the comment after it."""

    code: str
    comment: str = ""
