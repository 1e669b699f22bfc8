"""What a row of the table is: the Op record, its four kinds, and the way into the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

from autograd.errors import DefinitionError

Rule = Callable[..., Any]


class Domain(NamedTuple):
    """Where an argument may be drawn from: ``low < a < high``, and the kinks to stay away from when differences are taken.

    >>> Domain(low=0.0).high
    inf
    """

    low: float = -inf
    high: float = inf
    kinks: tuple[float, ...] = ()


REAL = Domain()
POSITIVE = Domain(low=0.0)
UNIT = Domain(-1.0, 1.0)
KINK_AT_0 = Domain(kinks=(0.0,))


class Op:
    """One row: a name, the value ``f(xp, *args, **static)``, and the two linear maps that differentiate it.

    ``vjp(xp, i, g, y, args, static)`` is the cotangent of argument ``i``; ``jvp(xp, tangents, y, args, static)`` is the
    tangent of the result, where a tangent is None for an argument that does not move.
    """

    kind = "custom"
    fresh = False  # whether a vjp always allocates its result, so that the walk may keep it without a copy
    # ``into(xp, total, g, **static)`` adds a cotangent of the argument, most of it zeros, to ``total`` in place
    into: Rule | None = None

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
        raise NotImplementedError

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        raise NotImplementedError


def times(g: Any, partial: Any) -> Any:
    """A cotangent or tangent times a local derivative; a plain 1 costs nothing."""
    return g if type(partial) is float and partial == 1.0 else g * partial


class Elementwise(Op):
    """``y = f(a, b, …)`` entry by entry, with one partial derivative per argument."""

    kind = "elementwise"
    fresh = True

    def __init__(self, name: str, f: Rule, partials: Sequence[Rule], **facts: Any) -> None:
        super().__init__(name, f, arity=len(partials), **facts)
        self.partials = tuple(partials)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        return times(g, self.partials[i](xp, y, *args, **static))

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        pairs = zip(tangents, self.partials, strict=True)
        return total([times(t, partial(xp, y, *args, **static)) for t, partial in pairs if t is not None])


class Linear(Op):
    """``y = f(a)`` linear in its argument, or in all of several; ``transpose(xp, g, a)`` is its adjoint.

    With several arguments (concatenate, stack) the adjoint reads ``transpose(xp, g, i, args)``.
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
        full = [xp.zeros(xp.shape(a)) if t is None else t for t, a in zip(tangents, args, strict=True)]
        return self.f(xp, *full, **static)


class Bilinear(Op):
    """``y = f(a, b)`` linear in each of two arguments; ``left(xp, g, a, b)`` and ``right(xp, g, a, b)`` are the adjoints."""

    kind = "bilinear"
    fresh = True

    def __init__(self, name: str, f: Rule, left: Rule, right: Rule, **facts: Any) -> None:
        super().__init__(name, f, arity=2, **facts)
        self.adjoints = (left, right)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        return self.adjoints[i](xp, g, *args, **static)

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        (ta, tb), (a, b) = tangents, args
        moving = ([] if ta is None else [self.f(xp, ta, b, **static)]) + ([] if tb is None else [self.f(xp, a, tb, **static)])
        return total(moving)


class Custom(Op):
    """Anything odd: ``vjp(xp, i, g, y, *args)`` and ``jvp(xp, i, t, y, *args)`` written out, one argument ``i`` at a time."""

    kind = "custom"

    def __init__(self, name: str, f: Rule, vjp: Rule, jvp: Rule, *, arity: int | None, **facts: Any) -> None:
        super().__init__(name, f, arity=arity, **facts)
        self.rules = (vjp, jvp)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        return self.rules[0](xp, i, g, y, *args, **static)

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        push = self.rules[1]
        return total([push(xp, i, t, y, *args, **static) for i, t in enumerate(tangents) if t is not None])


def total(terms: Sequence[Any]) -> Any:
    """The sum of at least one term."""
    first, *rest = terms
    for term in rest:
        first = first + term
    return first


# --------------------------------------------------------------------------------------------------------------------------
# The table

TABLE: dict[str, Op] = {}


def find(name: str) -> Op:
    """The row called ``name``; a LookupError that says how to add one where there is none.

    >>> find("tanh")
    <elementwise operation tanh>
    """
    if name not in TABLE:
        raise LookupError(f"no operation is called {name!r} here: define() it before a graph that uses it is loaded")
    return TABLE[name]


def enter(op: Op) -> Op:
    """Put a row into the table; a name that is taken is an error, since graphs are stored by name.

    What was defined at the prompt or in a notebook can be defined there again.
    """
    if op.name in TABLE and not TABLE[op.name].f.__module__ == op.f.__module__ == "__main__":
        raise DefinitionError(f"an operation called {op.name!r} is in the table already: choose another name")
    TABLE[op.name] = op
    return op


def _facts(domain: Domain | Sequence[Domain], count: int, kink: str, ties: bool) -> dict[str, Any]:
    domains = (domain,) * count if isinstance(domain, Domain) else tuple(domain)
    return {"domains": domains, "kink": kink, "ties": ties}


def elementwise(
    name: str, f: Rule, *partials: Rule, domain: Domain | Sequence[Domain] = REAL, kink: str = "", ties: bool = False
) -> Op:
    """A row that acts entry by entry: ``f(xp, a, …)`` and a partial ``(xp, y, a, …)`` for each argument."""
    return enter(Elementwise(name, f, partials, **_facts(domain, len(partials), kink, ties)))


def linear(name: str, f: Rule, transpose: Rule, *, variadic: bool = False, into: Rule | None = None) -> Op:
    """A row that is linear in its argument: ``f(xp, a)`` and its adjoint ``transpose(xp, g, a)``."""
    op = Linear(name, f, transpose, variadic=variadic, **_facts(REAL, 1, "", False))
    op.into = into
    return enter(op)


def bilinear(name: str, f: Rule, left: Rule, right: Rule) -> Op:
    """A row that is linear in each of two arguments, with the adjoint for either."""
    return enter(Bilinear(name, f, left, right, **_facts(REAL, 2, "", False)))


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
    """A row with both derivatives written out; ``arity=None`` takes any number of arguments."""
    return enter(Custom(name, f, vjp, jvp, arity=arity, **_facts(domain, arity or 1, kink, ties)))
