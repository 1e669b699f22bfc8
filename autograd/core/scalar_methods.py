"""The operator methods of Value, generated as source text from the rows.

A generated method contains only the arithmetic of its row and the construction of the node: no closure, no container, no call that
the row does not make. Each row gives two methods. The fast method runs while no no_grad, scope or anomaly block is open anywhere.
Otherwise it hands over to the context-aware method, which looks up what the blocks of its own thread ask for.

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
from collections.abc import Callable, Sequence
from functools import cache
from math import nan
from typing import Any

from autograd.backends.backend import MATH_ERRORS
from autograd.backends.expressions import Expr, assignments
from autograd.backends.float_backend import FLOAT, evaluate
from autograd.backends.row_expressions import operators_used, row_expressions, scalar_row
from autograd.core.coercion import to_float
from autograd.ops import Elementwise
from autograd.state import context

# Operators and functions that raise no exception for any floats: their assignments need no try block.
NEVER_RAISING = {"name", "number", "where", "maximum", "minimum", "sign", "&"}
NEVER_RAISING |= {"+", "-", "*", "neg", "abs", ">", ">=", "<", "<=", "=="}


def method_source(row: str, name: str, reflected: bool = False, context_aware: bool = False) -> str:
    """Return the source of a method of Value.

    Parameters
    ----------
    row : str
        The row that the method applies, such as ``"multiply"``.
    name : str
        The name of the method, such as ``"__mul__"``.
    reflected : bool
        Whether ``self`` is the second argument of the row, as in ``__rmul__``.
    context_aware : bool
        Whether the method looks up what open no_grad, scope and anomaly blocks ask for.

    Returns
    -------
    str
        The source of one function definition.
    """
    op = scalar_row(row)
    if op.arity == 1:
        return _unary_source(op, name, context_aware)
    return _binary_source(op, name, reflected, context_aware)


def _unary_source(op: Elementwise, name: str, context_aware: bool) -> str:
    fallback = "apply(ROW, self)"
    return "\n".join(
        [
            f"def {name}(self):",
            *_indent(_prologue("self", fallback, context_aware)),
            "    a = self._primal",
            *_indent(_assignments_or_fallback(row_expressions(op), fallback)),
            *_indent(_return_new_node(("self", "None", "da", "None"), fallback, context_aware)),
        ]
    )


def _binary_source(op: Elementwise, name: str, reflected: bool, context_aware: bool) -> str:
    first, second = ("other", "self") if reflected else ("self", "other")
    fallback = f"apply(ROW, {first}, {second})"
    other_types = f"operate(ROW, {first}, {second}, other)" if name.startswith("__") else fallback
    other_variable, self_variable = ("a", "b") if reflected else ("b", "a")
    constant_edges = ("a", "self", "None", "db") if reflected else ("self", "b", "da", "None")
    expressions = row_expressions(op)
    constant_expressions = {key: value for key, value in expressions.items() if key != f"d{other_variable}"}
    return "\n".join(
        [
            f"def {name}(self, other):",
            *_indent(_prologue("self, other", other_types, context_aware)),
            "    kind = type(other)",
            "    if kind is Value:",
            f"        a = {first}._primal",
            f"        b = {second}._primal",
            *_indent(_assignments_or_fallback(expressions, fallback), 2),
            *_indent(_return_new_node((first, second, "da", "db"), fallback, context_aware), 2),
            "    if kind is float or kind is int:",
            f"        {other_variable} = other if kind is float else to_float(other, ROW.name)",
            f"        {self_variable} = self._primal",
            *_indent(_assignments_or_fallback(constant_expressions, fallback), 2),
            *_indent(_return_new_node(constant_edges, fallback, context_aware), 2),
            f"    return {other_types}",
        ]
    )


def _assignments_or_fallback(expressions: dict[str, Expr], fallback: str) -> list[str]:
    """Return assignments of the expressions; if Python's math raises (log 0, overflow), the method returns ``fallback``."""
    body = assignments(expressions)
    if operators_used(expressions.values()) <= NEVER_RAISING:
        return body
    return ["try:", *_indent(body), "except MATH_ERRORS:", f"    return {fallback}"]


def _prologue(args: str, fallback: str, context_aware: bool) -> list[str]:
    """Return the lines before the arithmetic, which look at the open blocks."""
    if not context_aware:
        return ["if open_block_count:", f"    return context_aware({args})"]
    return ["state = current()", "if not state.recording:", f"    return {fallback}"]


def _return_new_node(edges: Sequence[str], fallback: str, context_aware: bool) -> list[str]:
    """Return the lines that construct the node; ``edges`` are the arguments and the partials.

    Inside anomaly(), a result that is not finite is computed again by ``fallback``, which raises the error.
    """
    left, right, dleft, dright = edges
    anomaly_check = ["if state.anomaly and y - y != 0.0:", f"    return {fallback}"] if context_aware else []
    metadata = "state.metadata_for(getframe(2)) if state.records_lines else state.metadata" if context_aware else "None"
    return [
        *anomaly_check,
        "out = new(Value)",
        "out.op = ROW",
        f"out.left = {left}",
        f"out.right = {right}",
        f"out.dleft = {dleft}",
        f"out.dright = {dright}",
        "out._primal = y",
        "out._grad = 0.0",
        "out.stamp = clock",
        f"out.metadata = {metadata}",
        *(["if state.created is not None:", "    state.created.append(out)"] if context_aware else []),
        "return out",
    ]


def _indent(lines: Sequence[str], levels: int = 1) -> list[str]:
    return ["    " * levels + line for line in lines]


def compile_method(row: str, name: str, names: dict[str, Any], reflected: bool = False) -> Callable[..., Any]:
    """Compile the fast method of a row; it compiles its context-aware method at the first call that needs it.

    Parameters
    ----------
    row, name, reflected
        As in :func:`method_source`.
    names : dict of str to object
        What the source refers to: ``Value``, ``apply`` and ``operate``.

    Returns
    -------
    callable
        The method.
    """

    def compile_context_aware(*args: Any) -> Any:
        cell = method.__closure__[method.__code__.co_freevars.index("context_aware")]  # type: ignore[index]  # it has one
        context_names = {**names, "current": context.current, "getframe": sys._getframe}
        cell.cell_contents = _execute_source(row, name, context_names, reflected, True)
        return cell.cell_contents(*args)

    method = _execute_source(row, name, {**names, "context_aware": compile_context_aware}, reflected, False)
    return method


def _execute_source(row: str, name: str, names: dict[str, Any], reflected: bool, context_aware: bool) -> Callable[..., Any]:
    """Compile a method; ``names`` become closure variables, which the interpreter reads as fast as locals."""
    op = scalar_row(row)
    source = method_source(row, name, reflected, context_aware)
    source = source.replace(f"def {name}(", "def method(", 1)  # so that the method tanh can call math's tanh
    bound = {**names, "ROW": op, "MATH_ERRORS": MATH_ERRORS, "new": object.__new__, "to_float": to_float}
    bound |= _float_functions(row_expressions(op))
    factory = [f"def factory({', '.join(bound)}):", *_indent(source.splitlines()), "    return method"]
    scope: dict[str, Any] = {}
    # The globals are those of the context module: the source reads ``open_block_count`` and ``clock`` there.
    exec(compile("\n".join(factory), f"<written from row {row}>", "exec"), vars(context), scope)  # noqa: S102 - our own text
    method: Callable[..., Any] = scope["factory"](**bound)
    method.__name__, method.__qualname__ = name, f"Value.{name}"
    method.__doc__ = f"Return {row}. The formulas are those of the row {row} in the table of operations."
    return method


def _float_functions(expressions: dict[str, Expr]) -> dict[str, Any]:
    """Return the functions of FLOAT that the expressions call."""
    functions = operators_used(expressions.values()) & vars(FLOAT).keys() - {"where"}
    return {function: getattr(FLOAT, function) for function in sorted(functions)}


@cache
def evaluator(op: Elementwise) -> Callable[..., tuple[float, ...]]:
    """Return a function of floats that computes the value and the partials of a row.

    It is generated from the same expressions as the methods, so it gives the same bits.

    Parameters
    ----------
    op : Elementwise
        The row.

    Returns
    -------
    callable
        A function from the arguments to the tuple (value, partial by a, partial by b).

    Examples
    --------
    >>> evaluator(scalar_row("multiply"))(3.0, 2.0)
    (6.0, 2.0, 3.0)
    """

    def evaluate_row(*args: float) -> tuple[float, ...]:
        y = evaluate(op.f, args, {})
        partials = enumerate(op.partials)
        return (y, *(nan if i in op.refused else evaluate(partial, (y, *args), {}) for i, partial in partials))

    try:
        expressions = row_expressions(op)
    except TypeError:  # a rule that branches on its numbers has no expression
        return evaluate_row
    names = ", ".join("ab"[: op.arity])
    body = [*_assignments_or_fallback(expressions, f"evaluate_row({names})"), f"return {', '.join(expressions)}"]
    source = "\n".join([f"def row({names}):", *_indent(body)])
    scope = {"MATH_ERRORS": MATH_ERRORS, "evaluate_row": evaluate_row, **_float_functions(expressions)}
    exec(compile(source, f"<evaluated from row {op.name}>", "exec"), scope)  # noqa: S102 - our own text
    row: Callable[..., tuple[float, ...]] = scope["row"]
    return row
