"""Dual numbers, and the backend that computes on them.

A dual number is a primal (a number or an array) together with its tangent. The backend DUAL computes rows on dual numbers. A row's
derivative is a formula of the row's arguments, so that DUAL also computes the derivative of the derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd.backends.backend import Backend
from autograd.backends.numpy_backend import ARRAY
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.graph.forward_mode import pushforward
from autograd.numpy_api.graph_backend import GRAPH
from autograd.ops import Bilinear, Elementwise, Linear, Op


class Dual:
    """A dual number: a primal and its tangent, of one shape.

    Arithmetic follows the rules of differentiation: ε² = 0 in primal + ε tangent. Comparisons compare primals.

    Parameters
    ----------
    primal : float or array
        The number or array.
    tangent : float or array
        Its derivative along a direction, which is broadcast to the shape of ``primal``.

    Examples
    --------
    >>> x = Dual(3.0, 1.0)
    >>> (x * x).primal, (x * x).tangent
    (9.0, 6.0)
    """

    __slots__ = ("primal", "tangent")
    __array_ufunc__ = None  # so that array * dual calls Dual.__rmul__

    def __init__(self, primal: Any, tangent: Any) -> None:
        self.primal: Any = primal
        self.tangent: Any = tangent if np.shape(tangent) == np.shape(primal) else np.broadcast_to(tangent, np.shape(primal))

    def __add__(self, other: Any) -> Dual:
        if type(other) is Dual:
            return Dual(self.primal + other.primal, self.tangent + other.tangent)
        return Dual(self.primal + other, self.tangent)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dual:
        if type(other) is Dual:
            return Dual(self.primal - other.primal, self.tangent - other.tangent)
        return Dual(self.primal - other, self.tangent)

    def __rsub__(self, other: Any) -> Dual:
        return Dual(other - self.primal, -self.tangent)

    def __mul__(self, other: Any) -> Dual:
        if type(other) is Dual:
            tangent = self.tangent * other.primal
            tangent += self.primal * other.tangent
            return Dual(self.primal * other.primal, tangent)
        return Dual(self.primal * other, self.tangent * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        if type(other) is Dual:
            y = self.primal / other.primal
            return Dual(y, (self.tangent - y * other.tangent) / other.primal)
        return Dual(self.primal / other, self.tangent / other)

    def __rtruediv__(self, other: Any) -> Dual:
        y = other / self.primal
        return Dual(y, -y / self.primal * self.tangent)

    def __pow__(self, other: Any) -> Any:
        return DUAL.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return DUAL.power(other, self)

    def __neg__(self) -> Dual:
        return Dual(-self.primal, -self.tangent)

    def __abs__(self) -> Any:
        return DUAL.absolute(self)

    def __gt__(self, other: Any) -> Any:
        return self.primal > primal_of(other)

    def __ge__(self, other: Any) -> Any:
        return self.primal >= primal_of(other)

    def __lt__(self, other: Any) -> Any:
        return self.primal < primal_of(other)

    def __le__(self, other: Any) -> Any:
        return self.primal <= primal_of(other)


def primal_of(x: Any) -> Any:
    """Return the primal of a dual number, and anything else as it is.

    Parameters
    ----------
    x : Dual or float or array

    Returns
    -------
    float or array
    """
    return x.primal if type(x) is Dual else x


def tangent_of(x: Any) -> Any:
    """Return the tangent of a dual number, or None for anything else.

    Parameters
    ----------
    x : Dual or float or array

    Returns
    -------
    float or array or None
    """
    return x.tangent if type(x) is Dual else None


class _DualBackend(Backend):
    """The backend that computes each row on dual numbers, by the row's own derivative."""

    def row(self, op: Op) -> Callable[..., Any]:
        if isinstance(op, Linear) and op.arity == 1:
            return partial(_apply_linear, getattr(ARRAY, op.name))
        if isinstance(op, Elementwise | Bilinear):
            return partial(_apply_row, op, getattr(ARRAY, op.name))
        return partial(_apply_by_recording, op.name)

    def library_function(self, name: str) -> Callable[..., Any]:
        return partial(_apply_by_recording, name)


def _apply_linear(f: Callable[..., Any], a: Any, *settings: Any, **static: Any) -> Any:
    """A linear function, which maps primals and tangents alike."""
    if type(a) is not Dual:
        return f(a, *settings, **static)
    return Dual(f(a.primal, *settings, **static), f(a.tangent, *settings, **static))


def _apply_row(op: Op, f: Callable[..., Any], *args: Any, **static: Any) -> Any:
    """A row's value, and its tangent by the row's own forward mode."""
    has_positional_settings = len(args) != op.arity
    if has_positional_settings:
        return _apply_by_recording(op.name, *args, **static)
    primals, tangents = list(map(primal_of, args)), list(map(tangent_of, args))
    y = f(*primals, **static)
    if all(tangent is None for tangent in tangents):
        return y
    return Dual(y, op.jvp(ARRAY, tangents, y, primals, static))


def _apply_by_recording(name: str, *args: Any, **static: Any) -> Any:
    """Any differentiable function: record it on Tensors, and push the tangents forward along the graph."""
    sources: list[Tensor] = []
    tangents: list[Any] = []

    def to_tensors(x: Any) -> Any:
        if isinstance(x, list | tuple):
            return type(x)(map(to_tensors, x))
        if type(x) is not Dual:
            return x
        sources.append(Tensor(x.primal))
        tangents.append(x.tangent)
        return sources[-1]

    y = getattr(GRAPH, name)(*map(to_tensors, args), **static)
    if not isinstance(y, Node):
        return y
    (tangent,) = pushforward([y], sources, tangents)
    return y._primal if tangent is None else Dual(y._primal, tangent)


def _where(condition: Any, a: Any, b: Any) -> Any:
    y = np.where(condition, primal_of(a), primal_of(b))
    if type(a) is not Dual and type(b) is not Dual:
        return y
    tangent_a, tangent_b = (x.tangent if type(x) is Dual else 0.0 for x in (a, b))
    return Dual(y, np.where(condition, tangent_a, tangent_b))


def _on_primals(name: str) -> Callable[..., Any]:
    """A function whose result has no tangent."""
    f = getattr(ARRAY, name)
    return lambda *args: f(*map(primal_of, args))


DUAL = _DualBackend(
    "DUAL",
    {
        "where": _where,
        **{name: _on_primals(name) for name in ("equal", "any", "has_ties", "isfinite", "shape", "constant")},
        **{name: _on_primals(name) for name in ("are_equal", "is_negligible", "require_negligible")},
        **{name: getattr(ARRAY, name) for name in ("eye", "zeros")},
    },
)
