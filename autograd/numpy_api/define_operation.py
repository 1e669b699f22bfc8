"""define: adds an operation to the table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.errors import DataError, DefinitionError
from autograd.numpy_api.apply import apply_op
from autograd.numpy_api.row_formulas import format_row
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
    """Define a new operation.

    Give the derivative in one of three ways: as partials, for an operation that acts elementwise; as ``transpose``, for a linear
    map of one array; or as ``vjp`` and ``jvp``, for any other operation.

    Parameters
    ----------
    name : str
        A name that is not in the table. Under the name of a function of NumPy that has no derivative yet, the operation also
        answers for that function, as for ``np.sinc(t)``.
    f : callable
        The value, ``f(xp, a, ...)``, computed with the functions of the backend ``xp``. Keyword arguments are settings; they are
        also given to the derivatives.
    *partials : callable
        ``partial(xp, y, a, ...)`` for each argument; ``y`` is the value.
    vjp : callable, optional
        ``vjp(xp, i, g, y, a, ...)``, the cotangent of argument ``i`` for the cotangent ``g`` of the result.
    jvp : callable, optional
        ``jvp(xp, i, t, y, a, ...)``, the tangent of the result for the tangent ``t`` of argument ``i``. With ``vjp`` and ``jvp``,
        ``f(xp, *args)`` may take any number of arguments.
    transpose : callable, optional
        The adjoint, ``transpose(xp, g, a)``.
    domain : Domain or sequence of Domain, optional
        Where the arguments live; only for partials.
    kink : str, optional
        Which subgradient was chosen, and where.

    Returns
    -------
    callable
        The operation as a function of numbers, arrays, Values and Tensors.

    Raises
    ------
    DefinitionError
        If the name is taken, or if the derivative is given in no way or in several, or does not fit the arguments of ``f``.

    Examples
    --------
    >>> from autograd import Value
    >>> cube = define("cube", lambda xp, a: a**3, lambda xp, y, a: 3 * a**2)
    >>> x = Value(2.0); cube(x).backward(); x.grad
    12.0
    """
    ways = [bool(partials), transpose is not None, vjp is not None]
    if sum(ways) != 1:
        raise DefinitionError(f"define({name!r}): give the derivative in one way: partials, transpose=, or vjp= with jvp=")
    parameters = _count_positional_parameters(name, "f", f)
    arity = None if parameters is None else parameters - 1
    if partials:
        _check_partials(name, partials, arity)
        return _make_function(elementwise(name, f, *partials, domain=domain, kink=kink))
    if transpose is not None:
        return _make_function(linear(name, f, transpose))
    if vjp is None or jvp is None:
        raise DefinitionError(f"define({name!r}): vjp= also needs jvp=, for forward mode")
    return _make_function(custom(name, f, vjp, jvp, arity=arity, kink=kink))


def _count_positional_parameters(name: str, what: str, rule: Rule) -> int | None:
    """Count the positional parameters of a rule; None for any number."""
    if not callable(rule):
        raise DefinitionError(f"define({name!r}): {what} is {rule!r}, not a function")
    kinds = [p.kind for p in inspect.signature(rule).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return None
    return sum(kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds)


def _check_partials(name: str, partials: Sequence[Rule], arity: int | None) -> None:
    """Raise DefinitionError unless there is one partial for each argument, and each takes (xp, y, arguments)."""
    if arity is None:
        raise DefinitionError(f"define({name!r}): f takes any number of arguments; give vjp= and jvp= instead of partials")
    if len(partials) != arity:
        raise DefinitionError(
            f"define({name!r}): f takes {arity} argument(s) after xp, but {len(partials)} partial(s) were given: one for each"
        )
    for i, partial in enumerate(partials):
        parameters = _count_positional_parameters(name, f"partial {i}", partial)
        if parameters != arity + 2:
            raise DefinitionError(
                f"define({name!r}): partial {i} takes {parameters} arguments; it is called as (xp, y, and the {arity} of f)"
            )


def _make_function(op: Op) -> Callable[..., Any]:
    def function(*args: Any, **static: Any) -> Any:
        if op.arity is not None and len(args) != op.arity:
            raise TypeError(f"{op.name}() takes {op.arity} argument(s), not {len(args)}")
        return apply_op(op, *args, **{k: _freeze_setting(op.name, k, v) for k, v in static.items()})

    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = _describe(op)
    return function


def _freeze_setting(name: str, key: str, value: Any) -> Any:
    """Copy a setting that is an array; refuse a node, since no gradient would reach it."""
    if isinstance(value, Node):
        raise DataError(f"{name}({key}=) is a setting, to which no gradient flows: make it an argument of f, or pass its .data")
    return np.array(value) if isinstance(value, np.ndarray) else value


def _describe(op: Op) -> str:
    """Return the row as formulas, or its name if a rule cannot be written down because it branches on its numbers."""
    try:
        return format_row(op) if isinstance(op, Elementwise) else repr(op)
    except Exception:
        return repr(op)
