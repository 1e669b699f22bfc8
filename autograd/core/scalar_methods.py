"""The scalar operators' own methods, written out from the rows: no closure, no container, no call that the row does not make.

Each is written twice: plainly, and, for when a no_grad, scope or anomaly block is open somewhere, with a look at what it asks for.

>>> print(method_source("multiply", "__mul__"))  # doctest: +ELLIPSIS
def __mul__(self, other):
    ...
            y = a * b
            da = b
            db = a
...
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from autograd.backends.backend import RAISED
from autograd.backends.expressions import KEPT, SOURCE, Expr, Symbols, assignments, symbol, to_source
from autograd.backends.float_backend import FLOAT, evaluated
from autograd.core.coercion import to_float
from autograd.ops import TABLE, Elementwise
from autograd.state import context

SAFE = {
    "name",
    "number",
    "+",
    "-",
    "*",
    "neg",
    "abs",
    "where",
    ">",
    ">=",
    "<",
    "<=",
    "==",
    "&",
    "maximum",
    "minimum",
    "sign",
}  # what never raises on floats


def method_source(row: str, name: str, reflected: bool = False, watched: bool = False) -> str:
    """The source of the method ``name`` that applies ``row`` to one or two scalars; ``watched`` obeys the open blocks."""
    op = scalar_row(row)
    if op.arity == 1:
        return _unary(op, name, watched)
    return _binary(op, name, reflected, watched)


def scalar_row(row: str) -> Elementwise:
    """The elementwise row of that name."""
    op = TABLE[row]
    assert isinstance(op, Elementwise), f"{row} does not act entry by entry"
    return op


def _unary(op: Elementwise, name: str, watched: bool) -> str:
    call = "apply(ROW, self)"
    body = _guarded(values_of(op), call)
    return _text(
        [
            f"def {name}(self):",
            *_indented(_opening("self", call, watched)),
            "    a = self._primal",
            *_indented(body),
            *_indented(_made("self", "None", "da", "None", call, watched)),
        ]
    )


def _binary(op: Elementwise, name: str, reflected: bool, watched: bool) -> str:
    first, second = ("other", "self") if reflected else ("self", "other")
    call = f"apply(ROW, {first}, {second})"
    stranger = f"operate(ROW, {first}, {second}, other)" if name.startswith("__") else call
    values = values_of(op)
    both, constant = _guarded(values, call), _guarded({k: v for k, v in values.items() if k != _fixed(reflected)}, call)
    given = "a" if reflected else "b"
    edges = ("a", "self", "None", "db") if reflected else ("self", "b", "da", "None")
    return _text(
        [
            f"def {name}(self, other):",
            *_indented(_opening("self, other", stranger, watched)),
            "    kind = type(other)",
            "    if kind is Value:",
            f"        a = {first}._primal",
            f"        b = {second}._primal",
            *_indented(_indented(both)),
            *_indented(_indented(_made(first, second, "da", "db", call, watched))),
            "    if kind is float or kind is int:",
            f"        {given} = other if kind is float else to_float(other, ROW.name)",
            f"        {'b' if reflected else 'a'} = self._primal",
            *_indented(_indented(constant)),
            *_indented(_indented(_made(*edges, call, watched))),
            f"    return {stranger}",
        ]
    )


def _fixed(reflected: bool) -> str:
    return "da" if reflected else "db"


@cache
def values_of(op: Elementwise, xp: Symbols = SOURCE) -> dict[str, Expr]:
    """The row's value and partials as expressions in the variables a, b and y, written in the backend ``xp``."""
    names = "ab"[: op.arity]
    args = [symbol(n) for n in names]
    values = {"y": op.f(xp, *args)}
    for n, partial in zip(names, op.partials, strict=True):
        local = partial(xp, symbol("y"), *args)
        values[f"d{n}"] = local if isinstance(local, Expr) else Expr("number", (local,))
    return values


def _guarded(values: dict[str, Expr], otherwise: str) -> list[str]:
    """The assignments; where Python's math can raise (log 0, overflow), the careful way is taken instead."""
    body = assignments(values)
    if heads(values.values()) <= SAFE:
        return body
    return ["try:", *_indented(body), "except RAISED:", f"    return {otherwise}"]


def _opening(args: str, otherwise: str, watched: bool) -> list[str]:
    """What comes before the arithmetic: the plain method hands on to the watched one, which looks at the open blocks."""
    if not watched:
        return ["if special:", f"    return watched({args})"]
    return ["state = current()", "if not state.recording:", f"    return {otherwise}"]


def _made(left: str, right: str, dleft: str, dright: str, careful: str, watched: bool) -> list[str]:
    """The new node; a watched one that is not finite is made again by ``careful``, which says what anomaly() wants to hear."""
    look = ["if state.anomaly and y - y != 0.0:", f"    return {careful}"] if watched else []
    return [
        *look,
        "out = new(Value)",
        "out.op = ROW",
        f"out.left = {left}",
        f"out.right = {right}",
        f"out.dleft = {dleft}",
        f"out.dright = {dright}",
        "out._primal = y",
        "out._grad = 0.0",
        "out.stamp = clock",
        f"out.metadata = {'state.metadata_for(getframe(2)) if state.lines else state.metadata' if watched else 'None'}",
        "return out",
    ]


def _indented(body: list[str]) -> list[str]:
    return ["    " + line for line in body]


def _text(body: list[str]) -> str:
    return "\n".join(body)


def compiled(row: str, name: str, names: dict[str, Any], reflected: bool = False) -> Callable[..., Any]:
    """The method itself, which writes its watched twin when that is first needed."""

    def twin(*args: Any) -> Any:
        cell = method.__closure__[method.__code__.co_freevars.index("watched")]  # type: ignore[index]  # it has one
        cell.cell_contents = _compiled(row, name, {**names, "current": context.current, "getframe": sys._getframe}, reflected, True)
        return cell.cell_contents(*args)

    method = _compiled(row, name, {**names, "watched": twin}, reflected, False)
    return method


def _compiled(row: str, name: str, names: dict[str, Any], reflected: bool, watched: bool) -> Callable[..., Any]:
    """The source run; ``names`` are bound as closure variables, which the interpreter reads as fast as locals."""
    op = scalar_row(row)
    source = method_source(row, name, reflected, watched).replace(f"def {name}(", "def method(", 1)  # tanh calls math's tanh
    given = {**names, "ROW": op, "RAISED": RAISED, "new": object.__new__, "to_float": to_float}
    given |= {head: getattr(FLOAT, head) for head in heads(values_of(op).values()) if head in vars(FLOAT) and head != "where"}
    factory = [f"def factory({', '.join(given)}):", *_indented(source.splitlines()), "    return method"]
    scope: dict[str, Any] = {}
    # The globals are those of modes, where ``special`` is.
    exec(compile(_text(factory), f"<written from row {row}>", "exec"), vars(context), scope)  # noqa: S102 - our own text
    method: Callable[..., Any] = scope["factory"](**given)
    method.__name__, method.__qualname__ = name, f"Value.{name}"
    method.__doc__ = f"Row {row} of the table of operations, on a scalar."
    return method


@cache
def evaluator(op: Elementwise) -> Callable[..., tuple[float, ...]]:
    """The row as a function of floats that gives its value and its partials, from the lines that the methods are made of.

    >>> evaluator(scalar_row("multiply"))(3.0, 2.0)
    (6.0, 2.0, 3.0)
    """

    def careful(*args: float) -> tuple[float, ...]:
        y = evaluated(op.f, args, {})
        return (y, *(evaluated(partial, (y, *args), {}) for partial in op.partials))

    try:
        values = values_of(op)
    except TypeError:  # a rule that branches on its numbers cannot be written down
        return careful
    names = ", ".join("ab"[: op.arity])
    otherwise = f"careful({names})"
    body = [f"def row({names}):", *_indented([*_guarded(values, otherwise), f"return {', '.join(values)}"])]
    scope: dict[str, Any] = {
        head: getattr(FLOAT, head) for head in heads(values.values()) if head in vars(FLOAT) and head != "where"
    }
    scope |= {"RAISED": RAISED, "careful": careful}
    exec(compile(_text(body), f"<evaluated from row {op.name}>", "exec"), scope)  # noqa: S102 - our own text
    row: Callable[..., tuple[float, ...]] = scope["row"]
    return row


def heads(expressions: Iterable[Expr]) -> set[str]:
    """Every operator and function that the expressions use."""
    uses: dict[Expr, int] = {}
    for e in expressions:
        e.count(uses)
    return {part.head for part in uses}


ZERO = Expr("number", (0.0,))
OPERATORS = {"name", "number", "where", "&", ">", ">=", "<", "<=", "==", "+", "-", "*", "/", "neg", "abs"}  # what is not called
ROW_OF = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "neg": "negative", "abs": "absolute"}


@cache
def bend(op: Elementwise, moves: str) -> Callable[..., tuple[float, float] | None]:
    """How the partials by the arguments that ``moves`` names change: a function of a, b, y and of their tangents.

    It returns None where Python's math cannot say, and at the points that a partial treats apart.

    >>> bend(scalar_row("multiply"), "ab")(3.0, 2.0, 6.0, 0.5, 0.25, 1.75)
    (0.25, 0.5)
    """
    moving = {symbol(name): symbol("t" + name) for name in (*moves, "y")}
    apart: dict[Expr, None] = {}
    try:
        changes = {
            f"t{n}": _changed(e, moving, apart) if n[1:] in moves else None for n, e in values_of(op, KEPT).items() if n != "y"
        }
    except Exception:  # a rule that branches on its numbers, or asks for functions that math lacks, cannot be written down
        return lambda *numbers: None
    values = {name: ZERO if change is None else change for name, change in changes.items()}
    result = ", ".join([*values, *["0.0"] * (2 - len(values))])
    body = [
        "def bent(a, b, y, ta, tb, ty):",
        *_indented([line for condition in apart for line in (f"if {to_source(condition)}:", "    return None")]),
        *_indented(["try:", *_indented([*assignments(values), f"return {result}"]), "except RAISED:", "    return None"]),
    ]
    used = heads([*values.values(), *apart])
    scope: dict[str, Any] = {"RAISED": RAISED, **{head: getattr(FLOAT, head) for head in used - OPERATORS}}
    exec(compile(_text(body), f"<second derivatives of row {op.name}>", "exec"), scope)  # noqa: S102 - our own text
    bent: Callable[..., tuple[float, float] | None] = scope["bent"]
    return bent


def _changed(e: Expr, moving: dict[Expr, Expr], apart: dict[Expr, None]) -> Expr | None:
    """The derivative of an expression along a direction, by the rows' own partials; None for zero.

    The conditions that hold at single points, where the branch that is taken there does not say how the expression changes, are
    put into ``apart``.
    """
    if e.head == "name":
        return moving.get(e)
    if e.head == "number" or e.is_condition:
        return None
    changes = [_changed(arg, moving, apart) for arg in e.args]
    if e.head == "where":
        _, one, other = changes
        if one is None and other is None:
            return None
        if "==" in heads([e.args[0]]):
            apart[e.args[0]] = None
        return Expr("where", (e.args[0], ZERO if one is None else one, ZERO if other is None else other))
    total: Expr | None = None
    for change, partial in zip(changes, scalar_row(ROW_OF.get(e.head, e.head)).partials, strict=True):
        local = partial(KEPT, e, *e.args) if change is not None else 0.0
        if change is not None and not (isinstance(local, float) and local == 0.0):
            term = change if isinstance(local, float) and local == 1.0 else change * local
            total = term if total is None else total + term
    return total
