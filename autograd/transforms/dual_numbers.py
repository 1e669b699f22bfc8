"""Reverse mode along a direction: the gradient and how it changes, in one pass and without a graph of the pass itself.

A dual is a number or an array together with its tangent. DUAL is the backend in which a row's derivative, which is a formula of
the row's arguments, is computed on duals: that is the derivative of the derivative (forward over reverse; Pearlmutter 1994).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.backends.backend import QUIET, Backend
from autograd.backends.numpy_backend import ARRAY
from autograd.core.node import Node
from autograd.core.scalar_methods import bend
from autograd.core.tensor import Tensor
from autograd.graph.broadcasting import unbroadcast
from autograd.graph.forward_mode import pushforward, tangents_below
from autograd.graph.topological_order import WIDE
from autograd.numpy_api.graph_backend import GRAPH
from autograd.ops import Bilinear, Elementwise, Linear, Op


class Dual:
    """A primal and its tangent, of one shape."""

    __slots__ = ("p", "t")
    __array_ufunc__ = None  # so that an array leaves the arithmetic to the dual

    def __init__(self, p: Any, t: Any) -> None:
        self.p = p
        self.t = t if np.shape(t) == np.shape(p) else np.broadcast_to(t, np.shape(p))

    def __add__(self, other: Any) -> Dual:
        return Dual(self.p + other.p, self.t + other.t) if type(other) is Dual else Dual(self.p + other, self.t)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dual:
        return Dual(self.p - other.p, self.t - other.t) if type(other) is Dual else Dual(self.p - other, self.t)

    def __rsub__(self, other: Any) -> Dual:
        return Dual(other - self.p, -self.t)

    def __mul__(self, other: Any) -> Dual:
        if type(other) is Dual:
            t = self.t * other.p
            t += self.p * other.t
            return Dual(self.p * other.p, t)
        return Dual(self.p * other, self.t * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        if type(other) is Dual:
            y = self.p / other.p
            return Dual(y, (self.t - y * other.t) / other.p)
        return Dual(self.p / other, self.t / other)

    def __rtruediv__(self, other: Any) -> Dual:
        y = other / self.p
        return Dual(y, -y / self.p * self.t)

    def __pow__(self, other: Any) -> Any:
        return DUAL.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return DUAL.power(other, self)

    def __neg__(self) -> Dual:
        return Dual(-self.p, -self.t)

    def __abs__(self) -> Any:
        return DUAL.absolute(self)

    def __gt__(self, other: Any) -> Any:
        return self.p > primal(other)

    def __ge__(self, other: Any) -> Any:
        return self.p >= primal(other)

    def __lt__(self, other: Any) -> Any:
        return self.p < primal(other)

    def __le__(self, other: Any) -> Any:
        return self.p <= primal(other)


def primal(x: Any) -> Any:
    """A dual without its tangent; anything else as it is."""
    return x.p if type(x) is Dual else x


def tangent(x: Any) -> Any:
    """The tangent of a dual; None of what does not move."""
    return x.t if type(x) is Dual else None


class _DualBackend(Backend):
    """The backend that computes on duals: each row by its own derivative."""

    def row(self, op: Op) -> Callable[..., Any]:
        if isinstance(op, Linear) and op.arity == 1:
            return partial(_linear, getattr(ARRAY, op.name))
        if isinstance(op, Elementwise | Bilinear):
            return partial(_by_row, op, getattr(ARRAY, op.name))
        return partial(_by_graph, op.name)

    def foreign(self, name: str) -> Callable[..., Any]:
        return partial(_by_graph, name)


def _linear(f: Callable[..., Any], a: Any, *rest: Any, **static: Any) -> Any:
    return Dual(f(a.p, *rest, **static), f(a.t, *rest, **static)) if type(a) is Dual else f(a, *rest, **static)


def _by_row(op: Op, f: Callable[..., Any], *args: Any, **static: Any) -> Any:
    """A row's value, and its tangent by its own forward mode."""
    if len(args) != op.arity:  # settings given by position
        return _by_graph(op.name, *args, **static)
    numbers, tangents = list(map(primal, args)), list(map(tangent, args))
    y = f(*numbers, **static)
    if all(t is None for t in tangents):
        return y
    return Dual(y, op.jvp(ARRAY, tangents, y, numbers, static))


def _by_graph(name: str, *args: Any, **static: Any) -> Any:
    """Any function that has a derivative, by recording it for a moment."""
    sources: list[Tensor] = []
    tangents: list[Any] = []

    def taped(x: Any) -> Any:
        if isinstance(x, list | tuple):
            return type(x)(map(taped, x))
        if type(x) is not Dual:
            return x
        sources.append(Tensor(x.p))
        tangents.append(x.t)
        return sources[-1]

    y = getattr(GRAPH, name)(*map(taped, args), **static)
    if not isinstance(y, Node):
        return y
    (moved,) = pushforward([y], sources, tangents)
    return y._primal if moved is None else Dual(y._primal, moved)


def _where(condition: Any, a: Any, b: Any) -> Any:
    y = np.where(condition, primal(a), primal(b))
    parts = [x.t if type(x) is Dual else 0.0 for x in (a, b)]
    return Dual(y, np.where(condition, *parts)) if type(a) is Dual or type(b) is Dual else y


def _still(name: str) -> Callable[..., Any]:
    f = getattr(ARRAY, name)
    return lambda *args: f(*map(primal, args))


DUAL = _DualBackend(
    "DUAL",
    {
        "where": _where,
        **{name: _still(name) for name in ("equal", "any", "isfinite", "shape", "constant")},
        **{name: getattr(ARRAY, name) for name in ("eye", "zeros")},
    },
)


def pull_along(root: Node, cotangent: Any, sources: Sequence[Node], tangents: Sequence[Any], nodes: Sequence[Node]) -> list[Any]:
    """How the cotangents of ``sources`` change when these move along ``tangents``; None where they do not.

    For a ``root`` that is one number this is its Hessian times the tangents. ``nodes`` are those below it, in order.
    """
    with np.errstate(**QUIET):
        moving = tangents_below(nodes, sources, tangents)
        return _Pull(moving).run(nodes, root, cotangent, sources)


class _Pull:
    """One pass: ``first`` holds the cotangents that have arrived, and ``second`` how they change, where they do."""

    def __init__(self, moving: dict[Any, Any]) -> None:
        self.moving = moving
        self.first: dict[Any, Any] = {}
        self.second: dict[Any, Any] = {}
        self.parts: dict[Any, list[tuple[Any, Any, Any]]] = {}

    def run(self, nodes: Sequence[Any], root: Node, cotangent: Any, sources: Sequence[Node]) -> list[Any]:
        """From the root down to the sources."""
        self.first[root] = cotangent
        first, second, moving, parts = self.first, self.second, self.moving, self.parts
        ends = set(sources)
        for node in reversed(nodes):
            if node in parts:
                self._gather(node)
            if node not in first or node not in moving or node in ends:
                continue
            if node.dleft is WIDE:
                self._wide(node, first.pop(node), second.pop(node, None))
                continue
            g, h = first.pop(node), second.pop(node, None)
            left, right, da, db = node.left, node.right, node.dleft, node.dright
            ta = moving.get(left) if da is not None else None
            tb = moving.get(right) if db is not None else None
            a, b = getattr(left, "_primal", left), getattr(right, "_primal", right)
            moves = "ab" if ta is not None and tb is not None else "a" if tb is None else "b"
            bent = bend(node.op, moves)(a, b, node._primal, ta, tb, moving[node])
            ba, bb = bent if bent is not None else self._carefully(node.op, (a, ta), (b, tb), (node._primal, moving[node]))
            if ta is not None:
                first[left] = first.get(left, 0.0) + g * da
                second[left] = second.get(left, 0.0) + (g * ba if h is None else h * da + g * ba)
            if tb is not None:
                first[right] = first.get(right, 0.0) + g * db
                second[right] = second.get(right, 0.0) + (g * bb if h is None else h * db + g * bb)
        for source in list(parts):
            self._gather(source)
        return [second.get(source) for source in sources]

    @staticmethod
    def _carefully(op: Elementwise, *given: tuple[Any, Any]) -> list[float]:
        """How the partials of a scalar row change, as NumPy computes it, where Python's math raises; y is given last."""
        count = len(op.partials)
        args = [x if t is None else Dual(np.float64(x), np.float64(t)) for x, t in given[:count]]
        y = Dual(*map(np.float64, given[-1]))
        changes = [0.0 if t is None else rule(DUAL, y, *args) for rule, (_, t) in zip(op.partials, given, strict=False)]
        return [float(c.t) if type(c) is Dual else 0.0 for c in changes] + [0.0] * (2 - count)

    def _wide(self, node: Any, g: Any, h: Any) -> None:
        """A node whose row is run on duals."""
        if node.op.into is not None:
            self.parts.setdefault(node.left[0], []).append((node, g, h))
            return
        numbers = [self._dual(arg) for arg in node.args]
        y, given = self._dual(node), g if h is None else Dual(g, h)
        for i, source in node.sources:
            if source in self.moving:
                c = unbroadcast(DUAL, node.op.vjp(DUAL, i, given, y, numbers, node.static), source.shape)
                self._arrive(source, primal(c), tangent(c))

    def _dual(self, x: Any) -> Any:
        if not isinstance(x, Node):
            return x
        data = np.float64(x._primal) if type(x._primal) is float else x._primal  # which divides by 0 as arrays do
        return Dual(data, self.moving[x]) if x in self.moving else data

    def _arrive(self, source: Any, c: Any, d: Any) -> None:
        """Add to what a node has received, in the type of its own numbers."""
        for total, part in ((self.first, c), (self.second, d)):
            if part is None:
                continue
            own = source.plain(part) if np.shape(part) == () else part.astype(source.dtype, copy=False)
            total[source] = total[source] + own if source in total else own

    def _gather(self, source: Any) -> None:
        """What parts of an array have received, as one array."""
        totals = np.zeros(source.shape), np.zeros(source.shape)
        for node, *received in self.parts.pop(source):
            for total, g in zip(totals, received, strict=True):
                if g is not None:
                    node.op.into(ARRAY, total, g, **node.static)
        self._arrive(source, *totals)
