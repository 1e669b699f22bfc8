"""What a compiled function returns where nodes take part: a node whose gradient is at hand, or is pulled when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import modes, walk
from autograd.compiler.ir.instruction import Line
from autograd.errors import GraphError
from autograd.core.node import Node, stale
from autograd.state.metadata import Hooks
from autograd.ops.op import Custom
from autograd.core.tensor import Tensor
from autograd.core.pytree import flatten
from autograd.core.value import Value
from autograd.graph.reverse_mode import WIDE


class Pulled:
    """The pullback of one call: cotangents of the inputs ``moves`` for that of the result at ``place``."""

    __slots__ = ("call", "gradients", "inputs", "known", "moves", "owner", "place", "used", "variant")

    def __init__(
        self, owner: Any, variant: Any, call: Any, moves: tuple[int, ...], inputs: Sequence[Any], place: int, gradients: Any
    ) -> None:
        self.owner = owner
        self.variant = variant
        self.call = call
        self.moves = moves
        self.inputs = inputs
        self.place = place
        self.gradients = gradients  # for a cotangent of one
        self.known: Any = None
        self.used = False

    def pairs(self) -> tuple[tuple[int, Any], ...]:
        """The nodes to which gradients flow, numbered."""
        return self.variant.outside if self.moves == self.variant.outer else tuple(enumerate(self.below()))

    def below(self) -> tuple[Any, ...]:
        """The nodes to which gradients flow."""
        if self.moves == self.variant.outer:
            return self.variant.below  # type: ignore[no-any-return]
        slots = [self.variant.slots[k] for k in self.moves]
        return tuple(node for slot in slots for node in slot.nodes or [self.call.leaves[slot.arg]])

    @property
    def leafy(self) -> bool:
        """Whether all of these nodes are leaves."""
        return self.moves == self.variant.outer and self.variant.leafy  # type: ignore[no-any-return]

    def cotangents(self, g: Any) -> Sequence[Any]:
        """An array or a number for each input."""
        if self.gradients is not None:
            if self.used:  # others have them now, and may have written to them
                self.gradients = self.variant.function("value_and_gradients", self.moves)(self.inputs)[1]
                self.used = False
            return self.gradients if g == 1.0 else [g * x for x in self.gradients]
        seeds = {k: np.zeros(y.shape)[()] for k, y in enumerate(self.variant.outputs) if isinstance(y, Line)}
        seeds[self.place] = g
        return list(self.variant.function("pullback", self.moves)([*self.inputs, *seeds.values()])[0])

    def spread(self, g: Any) -> Sequence[Any]:
        """A cotangent for each node: whole for arrays, number by number for Values from outside."""
        cotangents = self.cotangents(g)
        if self.moves and self.moves[-1] < self.variant.whole:
            return cotangents
        numbers: list[Any] = []
        for k, c in zip(self.moves, cotangents, strict=True):
            if k < self.variant.whole:
                numbers.append(c)
            else:
                numbers += c.ravel().tolist() if type(c) is np.ndarray else [float(c)]
        return numbers

    def __reduce__(self) -> Any:
        raise GraphError("a result of compile() cannot be pickled with its history: pickle y.detach(), or the parameters")

    def one(self, i: int, g: Any) -> Any:
        """The cotangent of one node; those of all are kept for the next."""
        if self.known is None or self.known[0] is not g:
            self.known = (g, self.spread(g))
        return self.known[1][i]


class _Result:
    """What results of both kinds share."""

    __slots__ = ()

    def pull(self: Any) -> None:
        """Hand the gradient on."""
        pulled: Pulled = self.right["pulled"]
        for source, c in zip(self.args, pulled.spread(self._grad), strict=True):
            source.receive(c, self.op, False)

    def backward(self: Any, cotangent: Any = None, *, create_graph: bool = False) -> None:
        """Fill ``.grad`` of every node below: at once where all of them are leaves that stand still."""
        pulled: Pulled | None = self.right["pulled"] if self.op is not None else None
        if pulled is None or create_graph or modes.special or Hooks.living or pulled.gradients is None or not pulled.leafy:
            Node.backward(self, cotangent, create_graph=create_graph)
            return
        with walk.lock:
            g: Any = 1.0
            if cotangent is not None:
                self._grad = g = self.seed(cotangent)
            else:
                self._grad = self.plain(1.0) if self.rank else 1.0
            fresh = pulled.variant.exclusive
            for source, c in zip(self.left, pulled.spread(g), strict=True):
                if type(c) is float and not source.rank:
                    source._grad += c
                else:
                    source.receive(c, None, fresh)
            pulled.used = fresh

    def numeric_vjp(self: Any, i: int, g: Any) -> Any:
        """The cotangent of one argument."""
        pulled: Pulled = self.right["pulled"]
        return self.args[i].fitted(pulled.one(i, g), self.op)

    def numeric_jvp(self: Any, tangents: Sequence[Any]) -> Any:
        """The tangent, out of the eager function."""
        eager = _eager(self)
        pairs = [(s, t) for s, t in zip(self.args, tangents, strict=True) if t is not None]
        (moved,) = walk.pushforward([eager], [s for s, _ in pairs], [t for _, t in pairs])
        return moved

    def check_unchanged(self: Any) -> None:
        """Nothing to do: the function is run again where its graph is needed."""


class ResultValue(_Result, Value):
    """A number that a compiled function gave."""

    __slots__ = ()

    def connect(self) -> None:
        """Find the sources, after the arguments were put in place by hand."""
        self.dright = tuple(enumerate(self.left or ()))

    @property
    def sources(self) -> Sequence[tuple[int, Any]]:
        """The nodes to which gradients flow."""
        return self.dright  # type: ignore[no-any-return]


class ResultTensor(_Result, Tensor):
    """An array that a compiled function gave."""

    __slots__ = ()

    @property
    def sources(self) -> Sequence[tuple[int, Any]]:
        """The nodes to which gradients flow."""
        return self._sources


def _eager(result: Any) -> Any:
    """The same result with its graph."""
    pulled: Pulled = result.right["pulled"]
    now = pulled.variant.inputs(pulled.call.leaves)
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(now, pulled.inputs, strict=True)):
        raise stale(result)
    outputs, _ = flatten(pulled.owner.f(*pulled.call.args, **pulled.call.kwargs))
    return outputs[pulled.place]


def _vjp(xp: Any, i: int, g: Any, y: Any, *args: Any, pulled: Pulled) -> Any:
    if not isinstance(y, Node):
        raise NotImplementedError("a compiled function has no rule in this world")
    eager = _eager(y)
    (c,) = walk.pullback([eager], [g], [args[i]], xp)
    return c if c is not None else np.zeros(args[i].shape)


def _jvp(xp: Any, i: int, t: Any, y: Any, *args: Any, pulled: Pulled) -> Any:
    eager = _eager(y)
    (moved,) = walk.pushforward([eager], [args[i]], [t], xp)
    return moved if moved is not None else np.zeros(y.shape)


COMPILED = Custom("compiled", lambda xp, *args, pulled: None, _vjp, _jvp, arity=None, domains=(), kink="", ties=False)


def make_result(owner: Any, variant: Any, call: Any, moves: tuple[int, ...], inputs: Sequence[Any], results: Any) -> Any:
    """What the caller gets: nodes where nodes take part, plain numbers elsewhere."""
    values, gradients = results[0], results[1] if moves and variant.single else None
    if moves and gradients is None:
        inputs = [np.array(x) if isinstance(x, np.ndarray) else x for x in inputs]  # for a pullback that comes later
    if not call.nodes and not variant.outside:
        return variant.build([float(x) if np.ndim(x) == 0 else np.asarray(x) for x in values])
    built = []
    for k, (x, kind) in enumerate(zip(values, variant.kinds, strict=True)):
        built.append(x if kind is None else _node(Pulled(owner, variant, call, moves, inputs, k, gradients), x, kind))
    return variant.build(built)


def _node(pulled: Pulled, x: Any, kind: type[Any]) -> Any:
    """One result as a node."""
    array = issubclass(kind, Tensor) or np.ndim(x) > 0
    out: Any = (ResultTensor if array else ResultValue).blank()
    out._data = np.asarray(x) if array else float(x)
    if pulled.moves:
        out.op, out.right, out.dleft = COMPILED, {"pulled": pulled}, WIDE
        out.dright, out.left = pulled.pairs(), pulled.below()
        if array:
            out._sources = out.dright
    return out
