"""What a compiled function returns where nodes take part: a node whose gradient is at hand, or is pulled when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.core.node import Node, apply, stale
from autograd.core.pytree import flatten, mapped
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import GraphError
from autograd.graph.forward_mode import pushforward
from autograd.graph.reverse_mode import pullback
from autograd.graph.topological_order import WIDE, graph_lock, topological_order
from autograd.ops import find
from autograd.ops.op import Custom
from autograd.state import context
from autograd.state.hooks import Hooks


class ResultPullback:
    """The pullback of one call: cotangents of the inputs ``moves`` for that of the result at ``place``."""

    __slots__ = ("call", "gradients", "inputs", "known", "moves", "owner", "place", "specialization", "used")

    def __init__(
        self, owner: Any, specialization: Any, call: Any, moves: tuple[int, ...], inputs: Sequence[Any], place: int, gradients: Any
    ) -> None:
        self.owner = owner
        self.specialization = specialization
        self.call = call
        self.moves = moves
        self.inputs = inputs
        self.place = place
        self.gradients = gradients  # for a cotangent of one
        self.known: Any = None
        self.used = False

    def pairs(self) -> tuple[tuple[int, Any], ...]:
        """The nodes to which gradients flow, numbered."""
        return self.specialization.outside if self.moves == self.specialization.outer else tuple(enumerate(self.below()))

    def below(self) -> tuple[Any, ...]:
        """The nodes to which gradients flow."""
        if self.moves == self.specialization.outer:
            return self.specialization.below  # type: ignore[no-any-return]
        slots = [self.specialization.slots[k] for k in self.moves]
        return tuple(node for slot in slots for node in slot.nodes or [self.call.leaves[slot.arg]])

    @property
    def leafy(self) -> bool:
        """Whether all of these nodes are leaves."""
        return self.moves == self.specialization.outer and self.specialization.leafy  # type: ignore[no-any-return]

    def cotangents(self, g: Any) -> Sequence[Any]:
        """An array or a number for each input."""
        if self.gradients is not None:
            if self.used:  # others have them now, and may have written to them
                self.gradients = self.specialization.function("value_and_gradients", self.moves)(self.inputs)[1]
                self.used = False
            return self.gradients if g == 1.0 else [g * x for x in self.gradients]
        seeds = {k: np.zeros(y.shape)[()] for k, y in enumerate(self.specialization.outputs) if isinstance(y, Instruction)}
        seeds[self.place] = g
        return list(self.specialization.function("pullback", self.moves)([*self.inputs, *seeds.values()])[0])

    def spread(self, g: Any) -> Sequence[Any]:
        """A cotangent for each node: whole for arrays, number by number for Values from outside."""
        cotangents = self.cotangents(g)
        if self.moves and self.moves[-1] < self.specialization.whole:
            return cotangents
        numbers: list[Any] = []
        for k, c in zip(self.moves, cotangents, strict=True):
            if k < self.specialization.whole:
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
        pulled: ResultPullback = self.right["pulled"]
        for source, c in zip(self.args, pulled.spread(self._grad), strict=True):
            source.receive(c, self.op, False)

    def backward(self: Any, cotangent: Any = None, *, create_graph: bool = False) -> None:
        """Fill ``.grad`` of every node below: at once where all of them are leaves that stand still."""
        pulled: ResultPullback | None = self.right["pulled"] if self.op is not None else None
        if pulled is None or create_graph or context.special or Hooks.living or pulled.gradients is None or not pulled.leafy:
            Node.backward(self, cotangent, create_graph=create_graph)
            return
        with graph_lock:
            g: Any = 1.0
            if cotangent is not None:
                self._grad = g = self.seed(cotangent)
            else:
                self._grad = self.plain(1.0) if self.rank else 1.0
            fresh = pulled.specialization.exclusive
            for source, c in zip(self.left, pulled.spread(g), strict=True):
                if type(c) is float and not source.rank:
                    source._grad += c
                else:
                    source.receive(c, None, fresh)
                source.left = True
            pulled.used = fresh

    def numeric_vjp(self: Any, i: int, g: Any) -> Any:
        """The cotangent of one argument."""
        pulled: ResultPullback = self.right["pulled"]
        return self.args[i].fitted(pulled.one(i, g), self.op)

    def numeric_jvp(self: Any, tangents: Sequence[Any]) -> Any:
        """The tangent, out of the eager function."""
        own = _own_graph(self)
        places = [(own.source(self.args, i), t) for i, t in enumerate(tangents) if t is not None]
        pairs = [(source, t) for source, t in places if source is not None]
        (moved,) = pushforward([own.output], [s for s, _ in pairs], [t for _, t in pairs], nodes=own.nodes) if pairs else (None,)
        return self.plain(0.0) if moved is None else moved

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


class _OwnGraph(NamedTuple):
    """A result with its graph: the nodes of one run of the function, on nodes of its own in place of the arguments."""

    output: Any
    nodes: Sequence[Any]
    inner: dict[int, Any]  # by the identity of an argument
    given: int  # so many of the result's edges lead to arguments, the others to what the function captured

    def source(self, args: Sequence[Any], i: int) -> Any:
        """The node of this run for edge ``i``; None where the result does not depend on it, or an earlier argument is the same."""
        if not isinstance(self.output, Node) or any(args[i] is other for other in args[:i] if i < self.given):
            return None
        return self.inner.get(id(args[i]), args[i]) if i < self.given else args[i]


def _own_graph(result: Any) -> _OwnGraph:
    """The function run again, so that what its arguments have in common is not taken for a part of it."""
    pulled: ResultPullback = result.right["pulled"]
    _check_inputs(result, pulled)
    since = context.tick()
    inner: dict[int, Any] = {}

    def own(x: Any) -> Any:
        if isinstance(x, Node) and not getattr(x, "constant", False):
            return inner.setdefault(id(x), apply(find("positive"), x))
        return x

    args, kwargs = mapped(own, (pulled.call.args, pulled.call.kwargs))
    output = flatten(pulled.owner.f(*args, **kwargs))[0][pulled.place]
    found = topological_order([output] if isinstance(output, Node) else [], since)[0]
    ends = {id(x) for x in inner.values()}
    nodes = [node for node in found if id(node) not in ends]  # without the ways on into the arguments' own history
    given = sum(pulled.specialization.slots[k].arg is not None for k in pulled.moves)
    return _OwnGraph(output, nodes, inner, given)


def _check_inputs(result: Any, pulled: ResultPullback) -> None:
    """GraphError where what went in has changed since."""
    now = pulled.specialization.inputs(pulled.call.leaves)
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(now, pulled.inputs, strict=True)):
        raise stale(result)


def _vjp(xp: Any, i: int, g: Any, y: Any, *args: Any, pulled: ResultPullback) -> Any:
    if not isinstance(y, Node):
        raise NotImplementedError("a compiled function has no rule in this builder")
    own = _own_graph(y)
    source = own.source(args, i)
    c = None if source is None else pullback([own.output], [g], [source], xp, own.nodes)[0]
    return c if c is not None else _zeros(args[i])


def _jvp(xp: Any, i: int, t: Any, y: Any, *args: Any, pulled: ResultPullback) -> Any:
    own = _own_graph(y)
    source = own.source(args, i)
    moved = None if source is None else pushforward([own.output], [source], [t], xp, own.nodes)[0]
    return moved if moved is not None else _zeros(y)


def _zeros(like: Any) -> Any:
    """Zeros as a node of the same kind, to which no gradient flows."""
    return Tensor(np.zeros(like.shape), constant=True) if like.rank else Value(0.0)


COMPILED = Custom("compiled", lambda xp, *args, pulled: None, _vjp, _jvp, arity=None, domains=(), kink="", ties=False)


def make_result(owner: Any, specialization: Any, call: Any, moves: tuple[int, ...], inputs: Sequence[Any], results: Any) -> Any:
    """What the caller gets: nodes where nodes take part, plain numbers elsewhere."""
    values, gradients = results[0], results[1] if moves and specialization.single else None
    if moves and gradients is None:
        inputs = [np.array(x) if isinstance(x, np.ndarray) else x for x in inputs]  # for a pullback that comes later
    if not call.has_nodes and not specialization.outside:
        return specialization.build([float(x) if np.ndim(x) == 0 else np.asarray(x) for x in values])
    built = []
    for k, (x, kind) in enumerate(zip(values, specialization.kinds, strict=True)):
        built.append(
            x if kind is None else _node(ResultPullback(owner, specialization, call, moves, inputs, k, gradients), x, kind)
        )
    return specialization.build(built)


def _node(pulled: ResultPullback, x: Any, kind: type[Any]) -> Any:
    """One result as a node."""
    array = issubclass(kind, Tensor) or np.ndim(x) > 0
    out: Any = (ResultTensor if array else ResultValue).blank()
    out._primal = np.asarray(x) if array else float(x)
    if pulled.moves:
        out.op, out.right, out.dleft = COMPILED, {"pulled": pulled}, WIDE
        out.dright, out.left = pulled.pairs(), pulled.below()
        if array:
            out._sources = out.dright
    return out
