"""What a row of the table is: the Op record, its four kinds, and the functions that add a row to the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

from autograd.errors import DefinitionError

Rule = Callable[..., Any]


class Domain(NamedTuple):
    """The open interval ``low < a < high`` that checks of derivatives draw an argument from.

    Attributes
    ----------
    low, high : float
        The bounds; infinite by default.
    kinks : tuple of float
        Points inside where the function is not differentiable. Finite differences keep away from them.

    Examples
    --------
    >>> Domain(low=0.0).high
    inf
    """

    low: float = -inf
    high: float = inf
    kinks: tuple[float, ...] = ()


REAL = Domain()


class Op:
    """One row of the table: an operation and the two linear maps that differentiate it.

    Parameters
    ----------
    name : str
        The name, which is unique in the table.
    f : callable
        The value, ``f(xp, *args, **static)``. ``xp`` is the backend, and ``static`` are the settings of the operation, such as
        ``axis``, to which no gradient flows.
    arity : int or None
        The number of arguments; None for any number.
    domains : sequence of Domain
        One for each argument.
    kink : str
        Which subgradient was chosen, and where; empty for a smooth function.
    ties : bool
        Whether the function has a kink where two arguments, or two entries, are equal.

    Attributes
    ----------
    kind : str
        "elementwise", "linear", "bilinear" or "custom".
    vjp_allocates : bool
        Whether ``vjp`` always returns a new array, which the reverse pass may then keep without a copy.
    accumulate_cotangent : callable or None
        ``accumulate_cotangent(xp, total, g, **static)`` adds the cotangent of the argument to the array ``total`` in place. Rows
        whose cotangents are mostly zeros have it.
    """

    kind = "custom"
    vjp_allocates = False
    accumulate_cotangent: Rule | None = None

    def __init__(self, name: str, f: Rule, *, arity: int | None, domains: Sequence[Domain], kink: str, ties: bool) -> None:
        self.name = name
        self.f = f
        self.arity = arity
        self.domains = tuple(domains)
        self.kink = kink
        self.ties = ties

    def __repr__(self) -> str:
        return f"<{self.kind} operation {self.name}>"

    def __reduce__(self) -> tuple[Rule, tuple[str]]:
        return find, (self.name,)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        """Return the cotangent of argument ``i`` (vector-Jacobian product).

        Parameters
        ----------
        xp : backend
        i : int
            The position of the argument.
        g : array
            The cotangent of the result, in its shape.
        y : array
            The result.
        args : sequence
            The arguments.
        static : dict
            The settings.

        Returns
        -------
        array
            In the shape of the argument, or in a shape that broadcasting has made of it.
        """
        raise NotImplementedError

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        """Return the tangent of the result (Jacobian-vector product).

        Parameters
        ----------
        xp : backend
        tangents : sequence
            One tangent for each argument; None for an argument that is constant.
        y : array
            The result.
        args : sequence
            The arguments.
        static : dict
            The settings.

        Returns
        -------
        array
        """
        raise NotImplementedError


def scale_by_partial(g: Any, partial: Any) -> Any:
    """Multiply a cotangent or tangent by a partial derivative; for a plain 1.0 there is nothing to compute."""
    return g if type(partial) is float and partial == 1.0 else g * partial


def sum_terms(terms: Sequence[Any]) -> Any:
    """Return the sum of at least one term, without the 0 that ``sum`` would start from."""
    total, *rest = terms
    for term in rest:
        total = total + term
    return total


class Elementwise(Op):
    """An operation ``y = f(a, b, ...)`` entry by entry, with one partial derivative for each argument.

    Parameters
    ----------
    name : str
    f : callable
    partials : sequence of callable
        ``partial(xp, y, a, b, ..., **static)`` for each argument.
    **facts
        ``domains``, ``kink`` and ``ties``, as for `Op`.
    """

    kind = "elementwise"
    vjp_allocates = True

    def __init__(self, name: str, f: Rule, partials: Sequence[Rule], **facts: Any) -> None:
        super().__init__(name, f, arity=len(partials), **facts)
        self.partials = tuple(partials)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        return scale_by_partial(g, self.partials[i](xp, y, *args, **static))

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        pairs = zip(tangents, self.partials, strict=True)
        return sum_terms([scale_by_partial(t, partial(xp, y, *args, **static)) for t, partial in pairs if t is not None])


class Linear(Op):
    """An operation ``y = f(a)`` that is linear in its argument, or in all of several together.

    Parameters
    ----------
    name : str
    f : callable
    transpose : callable
        The adjoint, ``transpose(xp, g, a, **static)``; of a variadic operation ``transpose(xp, g, i, args, **static)``.
    variadic : bool, optional
        Whether it takes any number of arguments, as concatenate does.
    **facts
        ``domains``, ``kink`` and ``ties``, as for `Op`.
    """

    kind = "linear"

    def __init__(self, name: str, f: Rule, transpose: Rule, *, variadic: bool = False, **facts: Any) -> None:
        super().__init__(name, f, arity=None if variadic else 1, **facts)
        self.transpose = transpose

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        if self.arity is None:
            return self.transpose(xp, g, i, args, **static)
        return self.transpose(xp, g, *args, **static)

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        filled = [xp.zeros(xp.shape(a)) if t is None else t for t, a in zip(tangents, args, strict=True)]
        return self.f(xp, *filled, **static)


class Bilinear(Op):
    """An operation ``y = f(a, b)`` that is linear in each of two arguments.

    Parameters
    ----------
    name : str
    f : callable
    left, right : callable
        The adjoints ``left(xp, g, a, b, **static)`` and ``right(xp, g, a, b, **static)``: the cotangents of ``a`` and of ``b``.
    **facts
        ``domains``, ``kink`` and ``ties``, as for `Op`.
    """

    kind = "bilinear"
    vjp_allocates = True

    def __init__(self, name: str, f: Rule, left: Rule, right: Rule, **facts: Any) -> None:
        super().__init__(name, f, arity=2, **facts)
        self.adjoints = (left, right)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        return self.adjoints[i](xp, g, *args, **static)

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        (ta, tb), (a, b) = tangents, args
        by_a = [] if ta is None else [self.f(xp, ta, b, **static)]
        by_b = [] if tb is None else [self.f(xp, a, tb, **static)]
        return sum_terms(by_a + by_b)


class Custom(Op):
    """An operation of any other kind, with both derivatives written out.

    Parameters
    ----------
    name : str
    f : callable
    vjp : callable
        ``vjp(xp, i, g, y, *args, **static)``, the cotangent of argument ``i``.
    jvp : callable
        ``jvp(xp, i, t, y, *args, **static)``, the tangent of the result for the tangent ``t`` of argument ``i`` alone.
    arity : int or None
        The number of arguments; None for any number.
    **facts
        ``domains``, ``kink`` and ``ties``, as for `Op`.
    """

    kind = "custom"

    def __init__(self, name: str, f: Rule, vjp: Rule, jvp: Rule, *, arity: int | None, **facts: Any) -> None:
        super().__init__(name, f, arity=arity, **facts)
        self.rules = (vjp, jvp)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        return self.rules[0](xp, i, g, y, *args, **static)

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        rule = self.rules[1]
        return sum_terms([rule(xp, i, t, y, *args, **static) for i, t in enumerate(tangents) if t is not None])


# --------------------------------------------------------------------------------------------------------------------------
# The table

TABLE: dict[str, Op] = {}


def find(name: str) -> Op:
    """Return the row called ``name``.

    Parameters
    ----------
    name : str

    Returns
    -------
    Op

    Raises
    ------
    LookupError
        If there is no such row.

    Examples
    --------
    >>> find("tanh")
    <elementwise operation tanh>
    """
    if name not in TABLE:
        raise LookupError(f"no operation is called {name!r} here: define() it before a graph that uses it is loaded")
    return TABLE[name]


def register(op: Op) -> Op:
    """Add a row to the table.

    Parameters
    ----------
    op : Op

    Returns
    -------
    Op
        The same row.

    Raises
    ------
    DefinitionError
        If the name is taken, since graphs are stored by the names of their operations. What was defined at the prompt or in a
        notebook can be defined there again.
    """
    if op.name in TABLE and not TABLE[op.name].f.__module__ == op.f.__module__ == "__main__":
        raise DefinitionError(f"an operation called {op.name!r} is in the table already: choose another name")
    TABLE[op.name] = op
    return op


def _make_facts(domain: Domain | Sequence[Domain], count: int, kink: str, ties: bool) -> dict[str, Any]:
    domains = (domain,) * count if isinstance(domain, Domain) else tuple(domain)
    return {"domains": domains, "kink": kink, "ties": ties}


def elementwise(
    name: str, f: Rule, *partials: Rule, domain: Domain | Sequence[Domain] = REAL, kink: str = "", ties: bool = False
) -> Op:
    """Add a row that acts entry by entry.

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

    Returns
    -------
    Op

    Raises
    ------
    DefinitionError
        If the name is taken.
    """
    return register(Custom(name, f, vjp, jvp, arity=arity, **_make_facts(domain, arity or 1, kink, ties)))
