"""The functions that add a row to the table, one for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.ops.kinds import Bilinear, Custom, Elementwise, Linear
from autograd.ops.op import REAL, Domain, Op, Rule, register


def _make_facts(domain: Domain | Sequence[Domain], count: int, kink: str, ties: bool) -> dict[str, Any]:
    domains = (domain,) * count if isinstance(domain, Domain) else tuple(domain)
    return {"domains": domains, "kink": kink, "ties": ties}


def elementwise(
    name: str, f: Rule, *partials: Rule, domain: Domain | Sequence[Domain] = REAL, kink: str = "", ties: bool = False
) -> Op:
    """Add a row that acts elementwise.

    Parameters
    ----------
    name : str
    f : callable
        The value, ``f(xp, a, b, ...)``.
    *partials : callable
        ``partial(xp, y, a, b, ...)`` for each argument.
    domain : Domain or sequence of Domain, optional
        Where the arguments live: one domain for all of them, or one for each.
    kink : str, optional
        Which subgradient was chosen, and where.
    ties : bool, optional
        Whether there is a kink where the arguments are equal.

    Returns
    -------
    Op

    Raises
    ------
    DefinitionError
        If the name is taken.
    """
    return register(Elementwise(name, f, partials, **_make_facts(domain, len(partials), kink, ties)))


def linear(name: str, f: Rule, transpose: Rule, *, variadic: bool = False, accumulate_cotangent: Rule | None = None) -> Op:
    """Add a row that is linear in its argument.

    Parameters
    ----------
    name : str
    f : callable
        The value, ``f(xp, a)``.
    transpose : callable
        The adjoint, ``transpose(xp, g, a)``; of a variadic row ``transpose(xp, g, i, args)``.
    variadic : bool, optional
        Whether it takes any number of arguments.
    accumulate_cotangent : callable, optional
        ``accumulate_cotangent(xp, total, g)``, which adds the cotangent of the argument to ``total`` in place.

    Returns
    -------
    Op

    Raises
    ------
    DefinitionError
        If the name is taken.
    """
    op = Linear(name, f, transpose, variadic=variadic, **_make_facts(REAL, 1, "", False))
    op.accumulate_cotangent = accumulate_cotangent
    return register(op)


def bilinear(name: str, f: Rule, left: Rule, right: Rule) -> Op:
    """Add a row that is linear in each of two arguments.

    Parameters
    ----------
    name : str
    f : callable
        The value, ``f(xp, a, b)``.
    left, right : callable
        The adjoints ``left(xp, g, a, b)`` and ``right(xp, g, a, b)``: the cotangents of ``a`` and of ``b``.

    Returns
    -------
    Op

    Raises
    ------
    DefinitionError
        If the name is taken.
    """
    return register(Bilinear(name, f, left, right, **_make_facts(REAL, 2, "", False)))


def custom(
    name: str,
    f: Rule,
    vjp: Rule,
    jvp: Rule,
    *,
    arity: int | None = 1,
    domain: Domain = REAL,
    kink: str = "",
    ties: bool = False,
    vjp_allocates: bool = False,
) -> Op:
    """Add a row with both derivatives written out.

    Parameters
    ----------
    name : str
    f : callable
        The value, ``f(xp, *args)``.
    vjp : callable
        ``vjp(xp, i, g, y, *args)``, the cotangent of argument ``i``.
    jvp : callable
        ``jvp(xp, i, t, y, *args)``, the tangent of the result for the tangent ``t`` of argument ``i`` alone.
    arity : int or None, optional
        The number of arguments; None for any number.
    domain : Domain, optional
        Where all the arguments live.
    kink : str, optional
        Which subgradient was chosen, and where.
    ties : bool, optional
        Whether there is a kink where entries are equal.
    vjp_allocates : bool, optional
        Whether ``vjp`` returns a new array, or ``g`` itself, but neither a view nor an argument.

    Returns
    -------
    Op

    Raises
    ------
    DefinitionError
        If the name is taken.
    """
    op = Custom(name, f, vjp, jvp, arity=arity, **_make_facts(domain, arity or 1, kink, ties))
    op.vjp_allocates = vjp_allocates
    return register(op)
