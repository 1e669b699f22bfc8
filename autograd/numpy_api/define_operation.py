"""define: adds an operation to the table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.errors import DataError, DefinitionError
from autograd.numpy_api import functions
from autograd.ops import REAL, Domain, Elementwise, Op, Rule, custom, elementwise, linear


def define(
    name: str,
    f: Rule,
    *partials: Rule,
    vjp: Rule | None = None,
    jvp: Rule | None = None,
    transpose: Rule | None = None,
    domain: Domain | Sequence[Domain] = REAL,
    kink: str = "",
) -> Callable[..., Any]:
    """A new operation as a function of numbers, arrays, Values and Tensors, written once as a line of calculus.

    ``f(xp, a, …)`` computes it with the mathematics ``xp`` it is handed. Its derivative is given in one of three ways:
    a partial ``(xp, y, a, …)`` per argument, for operations that act entry by entry; ``transpose(xp, g, a)`` for a linear map
    of one array; or ``vjp(xp, i, g, y, a, …)`` and ``jvp(xp, i, t, y, a, …)``, one argument ``i`` at a time, for all others
    (``f(xp, *args)`` takes any number).
    Keyword arguments of ``f`` are settings, handed on to the derivatives. DefinitionError where the pieces do not fit together.
    Under the name of a function of NumPy that has no derivative yet, it answers for that function: ``np.sinc(t)``.

    >>> from autograd import Value
    >>> cube = define("cube", lambda xp, a: a**3, lambda xp, y, a: 3 * a**2)
    >>> x = Value(2.0); cube(x).backward(); x.grad
    12.0
    """
    ways = [bool(partials), transpose is not None, vjp is not None]
    if sum(ways) != 1:
        raise DefinitionError(f"define({name!r}): give the derivative in one way: partials, transpose=, or vjp= with jvp=")
    takes = _arguments(name, "f", f)
    arity = None if takes is None else takes - 1
    if partials:
        _check_partials(name, partials, arity)
        return _function(elementwise(name, f, *partials, domain=domain, kink=kink))
    if transpose is not None:
        return _function(linear(name, f, transpose))
    if vjp is None or jvp is None:
        raise DefinitionError(f"define({name!r}): vjp= needs jvp= beside it, for forward mode")
    return _function(custom(name, f, vjp, jvp, arity=arity, kink=kink))


def _arguments(name: str, what: str, rule: Rule) -> int | None:
    """How many positional arguments a rule takes; None for any number."""
    if not callable(rule):
        raise DefinitionError(f"define({name!r}): {what} is {rule!r}, not a function")
    kinds = [p.kind for p in inspect.signature(rule).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return None
    return sum(kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds)


def _check_partials(name: str, partials: Sequence[Rule], arity: int | None) -> None:
    if arity is None:
        raise DefinitionError(f"define({name!r}): f takes any number of arguments; give vjp= and jvp= instead of partials")
    if len(partials) != arity:
        raise DefinitionError(
            f"define({name!r}): f takes {arity} argument(s) after xp, but {len(partials)} partial(s) were given: one for each"
        )
    for i, partial in enumerate(partials):
        takes = _arguments(name, f"partial {i}", partial)
        if takes != arity + 2:
            raise DefinitionError(
                f"define({name!r}): partial {i} takes {takes} arguments; it is called as (xp, y, and the {arity} of f)"
            )


def _function(op: Op) -> Callable[..., Any]:
    def function(*args: Any, **static: Any) -> Any:
        if op.arity is not None and len(args) != op.arity:
            raise TypeError(f"{op.name}() takes {op.arity} argument(s), not {len(args)}")
        return functions.call_row(op, *args, **{k: _setting(op.name, k, v) for k, v in static.items()})

    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = _described(op)
    return function


def _setting(name: str, key: str, value: Any) -> Any:
    """A setting as it is now: arrays are copied, and nodes are refused, since no gradient would reach them."""
    if isinstance(value, Node):
        raise DataError(f"{name}({key}=) is a setting, to which no gradient flows: make it an argument of f, or pass its .data")
    return np.array(value) if isinstance(value, np.ndarray) else value


def _described(op: Op) -> str:
    """The row as a formula, where it can be written down: a rule that branches on its numbers cannot."""
    try:
        return functions.formula(op) if isinstance(op, Elementwise) else repr(op)
    except Exception:
        return repr(op)
