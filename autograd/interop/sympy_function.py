"""from_sympy: an expression of SymPy as a function of numbers, arrays and nodes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import cache, partial, reduce
from typing import Any

import numpy as np

from autograd.core.pytree import flatten, tree_map
from autograd.errors import DataError
from autograd.interop.requirement import import_library
from autograd.interop.sympy_backend import function_classes
from autograd.numpy_api.apply import apply_elementwise
from autograd.numpy_api.functions import sqrt, where
from autograd.ops import TABLE
from autograd.ops.op import find_library_row


def from_sympy(expression: Any, symbols: Sequence[Any]) -> Callable[..., Any]:
    """Make a function of an expression of SymPy, as ``sympy.lambdify`` does, for numbers, arrays and nodes.

    Parameters
    ----------
    expression : sympy.Expr, or container of them
        The expressions. Matrices and arrays are nested lists.
    symbols : sequence of sympy.Symbol
        The arguments of the function, in their order.

    Returns
    -------
    callable
        Takes a number, an array, a Value or a Tensor for each symbol; arrays are broadcast. It can be differentiated and compiled.
        Subexpressions that occur several times are computed once.

    Raises
    ------
    ImportError
        If SymPy is not installed.
    DataError
        If the expression contains a symbol that is not in ``symbols``, or a function that no row stands for.

    Examples
    --------
    >>> import sympy  # doctest: +SKIP
    >>> from autograd import grad  # doctest: +SKIP
    >>> x, y = sympy.symbols("x y")  # doctest: +SKIP
    >>> f = from_sympy(sympy.diff(sympy.sin(x * y), x), [x, y])  # doctest: +SKIP
    >>> grad(f)(0.0, 2.0), grad(f, argnums=1)(0.0, 2.0)  # doctest: +SKIP
    (-0.0, 1.0)
    """
    sympy = import_library("sympy", "from_sympy()")
    leaves, build = flatten(tree_map(lambda leaf: leaf.tolist() if hasattr(leaf, "tolist") else leaf, expression))
    expressions = [sympy.sympify(leaf) for leaf in leaves]
    for e in expressions:
        _check(sympy, e, symbols)
    steps, results = sympy.cse(expressions)

    def function(*args: Any) -> Any:
        if len(args) != len(symbols):
            raise TypeError(f"a function of the symbols {list(symbols)} takes {len(symbols)} arguments, not {len(args)}")
        numbers = dict(zip(symbols, args, strict=True))
        for symbol, e in steps:
            numbers[symbol] = _evaluate(e, numbers)
        return build([_evaluate(e, numbers) for e in results])

    function.__doc__ = f"The function {expression} of {list(symbols)}."
    return function


def _check(sympy: Any, expression: Any, symbols: Sequence[Any]) -> None:
    """Raise DataError if an expression cannot be evaluated."""
    missing = sorted(map(str, getattr(expression, "free_symbols", set()) - set(symbols)))
    if missing:
        raise DataError(f"from_sympy(): {expression} contains {', '.join(missing)}: list all symbols, as in from_sympy(e, [x, y])")
    for part in sympy.preorder_traversal(expression):
        is_number = part.is_Atom and part.is_number and part.is_extended_real
        is_truth_value = part.is_Atom and part.is_Boolean
        if not (is_number or is_truth_value or part.is_Symbol or _find_rule(part.func) is not None):
            raise DataError(
                f"from_sympy(): no operation stands for {part} ({type(part).__name__}) in {expression}: rewrite it, as with "
                f"expression.rewrite(sympy.exp)"
            )


def _evaluate(e: Any, numbers: dict[Any, Any]) -> Any:
    """Return the number, array or node that an expression stands for."""
    if e in numbers:
        return numbers[e]
    if e.is_Boolean and e.is_Atom:
        return bool(e)
    if e.is_Atom:
        return int(e) if e.is_Integer else float(e)
    rule = _find_rule(e.func)
    assert rule is not None, "the expression was checked"
    return rule(*(_evaluate(part, numbers) for part in e.args))


@cache
def _find_rule(kind: Any) -> Callable[..., Any] | None:
    """Return the function of numbers for a class of expressions, or None."""
    rules = _rules()
    return next((rules[base] for base in kind.__mro__ if base in rules), None)


@cache
def _rules() -> dict[type[Any], Callable[..., Any]]:
    sympy = import_library("sympy", "from_sympy()")
    return {
        **{kind: _reduce_by_row(name) for name, kind in function_classes().items()},
        sympy.Add: _reduce_by_row("add"),
        sympy.Mul: _reduce_by_row("multiply"),
        sympy.Pow: _power,
        sympy.Piecewise: _choose,
        sympy.functions.elementary.piecewise.ExprCondPair: lambda value, condition: (value, condition),
        sympy.And: lambda *conditions: reduce(operator.and_, conditions),
        sympy.Or: lambda *conditions: reduce(operator.or_, conditions),
        sympy.Lt: operator.lt,
        sympy.Le: operator.le,
        sympy.Gt: operator.gt,
        sympy.Ge: operator.ge,
        sympy.Eq: operator.eq,
        sympy.Ne: operator.ne,
    }


def _reduce_by_row(name: str) -> Callable[..., Any]:
    """Return the function of a row; of one with two arguments the function of any number, from left to right."""

    def function(*args: Any) -> Any:
        row = partial(apply_elementwise, TABLE[name] if name in TABLE else find_library_row(name))
        return reduce(row, args) if len(args) > 2 else row(*args)

    return function


def _power(base: Any, exponent: Any) -> Any:
    half = type(exponent) is float and exponent == 0.5
    return sqrt(base) if half else apply_elementwise(TABLE["power"], base, exponent)


def _choose(*pairs: Any) -> Any:
    """Return the value of the first pair whose condition holds; nan if there is none."""
    result: Any = np.nan
    for value, condition in reversed(pairs):
        result = value if condition is True else where(condition, value, result)
    return result
