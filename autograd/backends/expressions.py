"""SOURCE, TEXT and KEPT: backends that write a row down as an expression instead of computing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from autograd.backends.float_backend import FLOAT
from autograd.ops import TABLE


class Expr:
    """A symbolic expression, written by a row.

    Parameters
    ----------
    head : str
        An operator or a function; "name" or "number" for a leaf.
    args : tuple
        The arguments, or the name or number of a leaf.
    """

    __slots__ = ("_hash", "args", "head")

    def __init__(self, head: str, args: tuple[Any, ...]) -> None:
        self.head: str = head
        self.args: tuple[Any, ...] = args
        self._hash = hash((head, args))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expr) and self._hash == other._hash and self.head == other.head and self.args == other.args

    def __add__(self, other: Any) -> Expr:
        return expr("+", self, other)

    def __radd__(self, other: Any) -> Expr:
        return expr("+", other, self)

    def __sub__(self, other: Any) -> Expr:
        return expr("-", self, other)

    def __rsub__(self, other: Any) -> Expr:
        return expr("-", other, self)

    def __mul__(self, other: Any) -> Expr:
        return expr("*", self, other)

    def __rmul__(self, other: Any) -> Expr:
        return expr("*", other, self)

    def __truediv__(self, other: Any) -> Expr:
        return expr("/", self, other)

    def __rtruediv__(self, other: Any) -> Expr:
        return expr("/", other, self)

    def __neg__(self) -> Expr:
        return expr("neg", self)

    def __pos__(self) -> Expr:
        return self

    def __abs__(self) -> Expr:
        return expr("abs", self)

    def __pow__(self, other: Any) -> Expr:
        return expr("power", self, other)

    def __gt__(self, other: Any) -> Expr:
        return expr(">", self, other)

    def __ge__(self, other: Any) -> Expr:
        return expr(">=", self, other)

    def __lt__(self, other: Any) -> Expr:
        return expr("<", self, other)

    def __le__(self, other: Any) -> Expr:
        return expr("<=", self, other)

    def __and__(self, other: Any) -> Expr:
        return expr("&", self, other)

    def __bool__(self) -> bool:
        raise TypeError("a formula has no truth value: rows choose with xp.where")

    def count(self, uses: dict[Expr, int]) -> None:
        """Add to ``uses`` how often each distinct subexpression occurs, arguments before the expressions that use them."""
        if self not in uses:
            for arg in self.args:
                if isinstance(arg, Expr):
                    arg.count(uses)
        uses[self] = uses.get(self, 0) + 1

    @property
    def is_leaf(self) -> bool:
        return self.head in ("name", "number")

    @property
    def is_condition(self) -> bool:
        return self.head in (">", ">=", "<", "<=", "==", "&")


def expr(head: str, *args: Any) -> Expr:
    """Return an expression; numbers among its arguments become leaves."""
    return Expr(head, tuple(a if isinstance(a, Expr) else Expr("number", (a,)) for a in args))


def symbol(name: str) -> Expr:
    return Expr("name", (name,))


class SymbolicBackend:
    """A backend in which ``xp.exp(a)`` is the expression exp(a). It expands functions that ``keep`` rejects."""

    def __init__(self, keep: Callable[[str], bool]) -> None:
        self._keep = keep

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "equal":
            return partial(expr, "==")
        return partial(self._expand_or_keep, name)

    def _expand_or_keep(self, name: str, *args: Any, **settings: Any) -> Any:
        """Return a call of the function if this backend keeps it or a library has it, and the expression of its row otherwise."""
        is_kept = not settings and (self._keep(name) or bool(TABLE[name].library))
        return expr(name, *args) if is_kept else TABLE[name].f(self, *args, **settings)


SOURCE = SymbolicBackend(frozenset(vars(FLOAT)).__contains__)  # FLOAT itself collects the rows that it has opened
TEXT = SymbolicBackend(lambda name: not name.endswith("_slope"))  # a slope is read as the formula that it is
UNEXPANDED = SymbolicBackend(lambda name: True)

# The heads that are written as operators or leaves. All others are calls of functions.
OPERATORS = {"name", "number", "where", "&", ">", ">=", "<", "<=", "==", "+", "-", "*", "/", "neg", "abs"}

# How tightly each operator binds; a function call and a leaf bind tightest.
PRECEDENCE = {"where": 0, "&": 1, ">": 2, ">=": 2, "<": 2, "<=": 2, "==": 2, "+": 3, "-": 3, "*": 4, "/": 4, "neg": 5}
ATOM_PRECEDENCE = 6


class Dialect(NamedTuple):
    """How one language writes what the languages write differently."""

    number: Callable[[float], str]
    conjunction: str
    choice: str  # with the fields ``condition``, ``yes`` and ``no``
    assignment: str  # with the fields ``name`` and ``value``
    call: Callable[[str, Sequence[str]], str]  # a function and its arguments
    quotient: Callable[[str, str], str] | None  # a division that is written as a call, or None for the operator


def _python_call(function: str, args: Sequence[str]) -> str:
    return f"{function}({', '.join(args)})"


PYTHON = Dialect(repr, "and", "{yes} if {condition} else {no}", "{name} = {value}", _python_call, None)


def to_source(e: Expr, variables: dict[Expr, str] | None = None, dialect: Dialect = PYTHON) -> str:
    """The expression as source text that computes on floats.

    ``variables`` maps expressions that are already stored in a variable to its name.
    """
    return _write(e, variables or {}, dialect)[0]


def _write(e: Expr, variables: dict[Expr, str], dialect: Dialect) -> tuple[str, int]:
    """The text of an expression, and how tightly its outermost operator binds."""
    if e in variables:
        return variables[e], ATOM_PRECEDENCE
    if e.head == "name":
        return e.args[0], ATOM_PRECEDENCE
    if e.head == "number":
        return dialect.number(e.args[0]), ATOM_PRECEDENCE if e.args[0] >= 0 else PRECEDENCE["neg"]

    def inner(i: int, at_least: int) -> str:
        text, binds = _write(e.args[i], variables, dialect)
        return text if binds >= at_least else f"({text})"

    binds = PRECEDENCE.get(e.head, ATOM_PRECEDENCE)
    match e.head:
        case "neg":
            return f"-{inner(0, binds)}", binds
        case "&":
            return f"{inner(0, binds)} {dialect.conjunction} {inner(1, binds + 1)}", binds
        case "where":
            return dialect.choice.format(condition=inner(0, binds + 1), yes=inner(1, binds + 1), no=inner(2, binds)), binds
        case "maximum" | "minimum" if e.args[1].head == "number":
            sign = "<" if e.head == "maximum" else ">"
            condition = f"{inner(0, 3)} {sign} {inner(1, 3)}"
            return dialect.choice.format(condition=condition, yes=inner(1, 1), no=inner(0, 1)), PRECEDENCE["where"]
        case "/" if dialect.quotient is not None:
            return dialect.quotient(inner(0, 0), inner(1, 0)), ATOM_PRECEDENCE
        case _ if e.head in PRECEDENCE:
            return f"{inner(0, binds)} {e.head} {inner(1, binds + 1)}", binds
        case _:
            return dialect.call(e.head, [inner(i, 0) for i in range(len(e.args))]), ATOM_PRECEDENCE


def assignments(results: dict[str, Expr], dialect: Dialect = PYTHON) -> list[str]:
    """Assignments ``name = expression``; what several of them share is computed once, in a variable of its own."""
    uses: dict[Expr, int] = {}
    for result in results.values():
        result.count(uses)
    variables: dict[Expr, str] = {}
    out: list[str] = []
    shared = 0
    for name, result in results.items():
        parts: dict[Expr, int] = {}
        result.count(parts)
        for part in parts:
            if uses[part] > 1 and not part.is_leaf and part not in variables and part not in results.values():
                text = to_source(part, variables, dialect)
                variables[part] = f"t{shared}"
                shared += 1
                out.append(dialect.assignment.format(name=variables[part], value=text))
        value = as_number(to_source(result, variables, dialect), result, dialect)
        out.append(dialect.assignment.format(name=name, value=value))
        if not result.is_leaf and not result.is_condition:
            variables[result] = name
    return out


def as_number(text: str, e: Expr, dialect: Dialect = PYTHON) -> str:
    """The text of an expression whose value is a number; a condition counts as 1 or 0."""
    return dialect.choice.format(condition=text, yes="1.0", no="0.0") if e.is_condition else text
