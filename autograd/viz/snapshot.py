"""Snapshot: a graph as it is now, as columns of numbers; what happens to the graph afterwards does not change it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.backends.backend import QUIET
from autograd.backends.numpy_backend import ARRAY
from autograd.core.coercion import described
from autograd.core.node import Node
from autograd.errors import GraphError
from autograd.graph.topological_order import WIDE, topological_order
from autograd.ops import Elementwise
from autograd.viz.colour_refinement import Ints, Wiring

Floats = npt.NDArray[np.float64]
ORDERLESS = {"add", "multiply", "maximum", "minimum", "logaddexp", "hypot"}  # whose arguments can change places


@dataclass(frozen=True, eq=False)
class Column:
    """What each node, or each edge, holds: its range and how many of its numbers are nan, infinite or zero.

    A number is an array of one entry. ``low`` and ``high`` are nan where there is nothing, or nothing but nan; ``mark`` tells one
    array from another.
    """

    low: Floats
    high: Floats
    size: Ints
    nans: Ints
    infs: Ints
    zeros: Ints
    mark: Ints

    @classmethod
    def of(cls, numbers: Sequence[Any]) -> Column:
        """The column of floats and arrays; None is nothing."""
        if all(type(x) is float for x in numbers):
            flat = np.array(numbers, dtype=float)
            ones = np.ones(len(flat), dtype=np.int64)
            nans, infs, zeros = (np.asarray(f(flat), dtype=np.int64) for f in (np.isnan, np.isinf, _is_zero))
            return cls(flat, flat, ones, nans, infs, zeros, flat.view(np.int64))
        rows = [_summary(x) for x in numbers]
        low, high, *counts = zip(*rows, strict=True) if rows else ((),) * 7
        return cls(np.array(low, float), np.array(high, float), *(np.array(c, dtype=np.int64) for c in counts))

    def where(self, chosen: Ints) -> tuple[float, float, int, int, int, int]:
        """The range over some rows, and the sums of their counts."""
        low, high = self.low[chosen], self.high[chosen]
        known = ~np.isnan(low)
        ends = (float(low[known].min()), float(high[known].max())) if known.any() else (np.nan, np.nan)
        counts = (int(c[chosen].sum()) for c in (self.size, self.nans, self.infs, self.zeros))
        return (*ends, *counts)  # type: ignore[return-value]  # mypy does not count the generator


def _is_zero(x: Any) -> Any:
    return x == 0.0


def _summary(x: Any) -> tuple[float, float, int, int, int, int, int]:
    if x is None:
        return (np.nan, np.nan, 0, 0, 0, 0, 0)
    x = np.asarray(x, dtype=float)
    known = x[~np.isnan(x)]
    ends = (float(known.min()), float(known.max())) if known.size else (np.nan, np.nan)
    return (
        *ends,
        x.size,
        x.size - known.size,
        int(np.isinf(known).sum()),
        int((known == 0.0).sum()),
        zlib.crc32(np.ascontiguousarray(x).tobytes()),
    )


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A graph at one moment: nodes in the order in which they were made, one edge for each argument slot.

    ``paths`` are their names behind their scopes. ``data`` and ``grad`` are columns over the nodes, ``local`` (∂out/∂in) and
    ``push`` (local × upstream) over the edges. Before a backward pass ``grad`` and ``push`` are None.
    """

    nodes: tuple[Node, ...]
    paths: tuple[str, ...]
    scopes: tuple[str, ...]
    wiring: Wiring
    roots: Ints
    data: Column
    grad: Column | None
    local: Column
    push: Column | None
    marks: dict[int, str]

    def __getstate__(self) -> dict[str, Any]:
        """Without what was looked up: the nodes of a copy have places of their own."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.nodes)

    @cached_property
    def sums(self) -> npt.NDArray[np.bool_]:
        """Which nodes are additions."""
        return np.array([node.op is not None and node.op.name == "add" for node in self.nodes], dtype=bool)

    def index(self, node: Node) -> int:
        """The number of a node; GraphError where it is not in the graph."""
        if not isinstance(node, Node):
            raise GraphError(f"a node of this graph belongs here, not {described(node)}")
        place = self.places.get(id(node))
        if place is None:
            raise GraphError(f"{node.brief()} is not in this graph of {self.size} nodes")
        return place

    @cached_property
    def tops(self) -> set[int]:
        """The numbers of the roots."""
        return set(self.roots.tolist())

    @cached_property
    def bad(self) -> npt.NDArray[np.bool_]:
        """Which nodes hold a nan or an infinity, as data or as gradient."""
        columns = (self.data,) if self.grad is None else (self.data, self.grad)
        found: npt.NDArray[np.bool_] = np.any([(column.nans > 0) | (column.infs > 0) for column in columns], axis=0)
        return found

    @cached_property
    def places(self) -> dict[int, int]:
        """The number of each node, by its identity."""
        return {id(node): i for i, node in enumerate(self.nodes)}


def snapshot(roots: Any, gradients: Mapping[int, Any] = MappingProxyType({})) -> Snapshot:
    """The graph below one node, or below several; GraphError for anything else.

    ``gradients`` stand in for those that some nodes hold, by the nodes' identity.

    >>> from autograd import Value
    >>> a = Value(3.0); shot = snapshot(a * a)
    >>> shot.size, shot.wiring.tails.tolist(), shot.local.low.tolist()
    (2, [0, 0], [3.0, 3.0])
    """
    tops = [roots] if isinstance(roots, Node) else list(roots) if isinstance(roots, list | tuple) else []
    if not tops or not all(isinstance(top, Node) for top in tops):
        if hasattr(roots, "named_parameters"):
            raise GraphError(
                "draw() takes the result of a module, recorded in its scopes: with model.scopes(): y = model(x); draw(y)"
            )
        raise GraphError(f"draw() takes a Value, a Tensor or a list of them, as in draw(loss), not {described(roots)}")
    inner, leaves = topological_order(tops)
    nodes = [*leaves, *inner]
    places = {id(node): i for i, node in enumerate(nodes)}
    tails, heads, slots, locals_ = _edges(nodes, places)
    wiring = Wiring(_kinds(nodes), *(np.array(column, dtype=np.int64) for column in (tails, heads, slots)))
    began = any(_began(top) for top in tops)
    grads = [_numbers(gradients.get(id(node), node._grad)) for node in nodes] if began else None
    with np.errstate(**QUIET):
        pushes = _pushes(nodes, grads, heads, slots, locals_) if grads else None
        data = Column.of([_numbers(node._primal) for node in nodes])
        local = Column.of([_local(nodes[h], s) if x is None else x for x, h, s in zip(locals_, heads, slots, strict=True)])
    grad, push = Column.of(grads) if grads else None, Column.of(pushes) if pushes is not None else None
    loose = np.array([node.op is not None and node.op.name in ORDERLESS for node in nodes], dtype=bool)
    wiring = wiring._replace(slots=np.where(loose[wiring.heads], 0, wiring.slots))
    marks = _first_bad(wiring, data, grad, push)
    ends = np.array(sorted({places[id(top)] for top in tops}), dtype=np.int64)
    paths, scopes = (
        tuple(node.path if node.metadata else "" for node in nodes),
        tuple(node.scope if node.metadata else "" for node in nodes),
    )
    return Snapshot(tuple(nodes), paths, scopes, wiring, ends, data, grad, local, push, marks)


def _numbers(x: Any) -> Any:
    """A float, or an array, without a graph behind it."""
    x = getattr(x, "_primal", x)
    return x if type(x) is float else np.array(x, dtype=float)


def _began(top: Node) -> bool:
    """Whether a backward pass has begun here."""
    return bool(np.any(_numbers(top._grad) != 0.0))


def _edges(nodes: Sequence[Any], places: dict[int, int]) -> tuple[list[int], list[int], list[int], list[Any]]:
    """Argument, consumer, place and, of a flat node, the local derivative of each edge."""
    tails: list[int] = []
    heads: list[int] = []
    slots: list[int] = []
    locals_: list[Any] = []
    for h, node in enumerate(nodes):
        if node.op is None:
            continue
        if node.dleft is WIDE:
            for i, source in node.sources:
                tails.append(places[id(source)])
                heads.append(h)
                slots.append(i)
                locals_.append(None)
            continue
        for i, source, local in ((0, node.left, node.dleft), (1, node.right, node.dright)):
            if local is not None:
                tails.append(places[id(source)])
                heads.append(h)
                slots.append(i)
                locals_.append(local)
    return tails, heads, slots, locals_


def _kinds(nodes: Iterable[Any]) -> Ints:
    """A number for each operation and shape, in order of first appearance."""
    seen: dict[Any, int] = {}
    return np.array([seen.setdefault((node.op, node.shape), len(seen)) for node in nodes], dtype=np.int64)


def _local(node: Any, i: int) -> Any:
    """The local derivative of a wide node by argument ``i``: of an array the partial of each entry; None where it is no product."""
    if not node.shape and not node.args[i].shape:
        return _asked(lambda: node.vjp(i, 1.0 if node.rank == 0 else np.ones(()), None))
    if isinstance(node.op, Elementwise):
        args = [np.asarray(getattr(a, "_primal", a), dtype=float) for a in node.args]
        return _asked(lambda: node.op.partials[i](ARRAY, np.asarray(node._primal), *args, **node.static))
    return None


def _asked(rule: Callable[[], Any]) -> Any:
    """What a rule says; None where it raises, since a graph with a broken rule is to be seen as well."""
    try:
        return _numbers(rule())
    except Exception:
        return None


def _pushes(nodes: Sequence[Any], grads: list[Any], heads: list[int], slots: list[int], locals_: list[Any]) -> list[Any]:
    """What each edge hands on in the backward pass whose gradients the nodes hold."""
    return [
        float(local * grads[h]) if local is not None else _asked(partial(_push, nodes[h], s, grads[h]))
        for h, s, local in zip(heads, slots, locals_, strict=True)
    ]


def _push(node: Any, i: int, grad: Any) -> Any:
    return node.vjp(i, node.plain(np.asarray(grad)), None)


def _first_bad(wiring: Wiring, data: Column, grad: Column | None, push: Column | None) -> dict[int, str]:
    """The first node that made a nan or an infinity, forward, and the first whose derivative did, backward."""
    marks: dict[int, str] = {}
    bad = (data.nans > 0) | (data.infs > 0)
    given = np.zeros(wiring.size, dtype=bool)
    given[wiring.heads[bad[wiring.tails]]] = True
    made = np.flatnonzero(bad & ~given)
    if len(made):
        marks[int(made[0])] = ("first nan" if data.nans[made[0]] else "first inf") + " of the forward pass"
    if grad is not None and push is not None:
        lost = (grad.nans > 0) | (grad.infs > 0)
        broke = wiring.heads[((push.nans > 0) | (push.infs > 0)) & ~lost[wiring.heads]]
        if len(broke):
            k = int(broke.max())
            marks[k] = f"{marks[k]}, and of the backward pass" if k in marks else "first nan or inf of the backward pass"
    return marks
