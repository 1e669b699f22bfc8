"""The four kinds of row: elementwise, linear, bilinear and custom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.ops.op import Op, Rule


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
    """An elementwise operation ``y = f(a, b, ...)``, with one partial derivative for each argument.

    Parameters
    ----------
    name : str
    f : callable
    partials : sequence of callable
        ``partial(xp, y, a, b, ..., **static)`` for each argument.
    **facts : Any
        ``domains``, ``kink`` and ``ties``, as for `Op`.
    """

    kind = "elementwise"
    vjp_allocates = True

    def __init__(self, name: str, f: Rule, partials: Sequence[Rule], **facts: Any) -> None:
        super().__init__(name, f, arity=len(partials), **facts)
        self.partials: tuple[Rule, ...] = tuple(partials)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        partial = self.partials[i](xp, y, *args, **static)
        return g if type(partial) is float and partial == 1.0 else g * partial  # scale_by_partial, without a call for each edge

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
    **facts : Any
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
    **facts : Any
        ``domains``, ``kink`` and ``ties``, as for `Op`.
    """

    kind = "bilinear"
    vjp_allocates = True

    def __init__(self, name: str, f: Rule, left: Rule, right: Rule, **facts: Any) -> None:
        super().__init__(name, f, arity=2, **facts)
        self.adjoints: tuple[Rule, Rule] = (left, right)

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
    **facts : Any
        ``domains``, ``kink`` and ``ties``, as for `Op`.
    """

    kind = "custom"

    def __init__(self, name: str, f: Rule, vjp: Rule, jvp: Rule, *, arity: int | None, **facts: Any) -> None:
        super().__init__(name, f, arity=arity, **facts)
        self.rules: tuple[Rule, Rule] = (vjp, jvp)

    def vjp(self, xp: Any, i: int, g: Any, y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        return self.rules[0](xp, i, g, y, *args, **static)

    def jvp(self, xp: Any, tangents: Sequence[Any], y: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        rule = self.rules[1]
        return sum_terms([rule(xp, i, t, y, *args, **static) for i, t in enumerate(tangents) if t is not None])
