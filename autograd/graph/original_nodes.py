"""Results that the program assigned to after graphs had taken them: graphs go on with the node that the result was before.

An edge that leads to such a result means its *original*. No node knows its consumers, so edges are corrected by the first walk that
meets them.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.graph.graph_lock import graph_lock

# The originals whose results are still there. While there are none, walks have nothing to look for.
ASSIGNED: set[weakref.ref[Original]] = set()
# The classes of results that were assigned to; buffer.py adds its own.
ASSIGNED_CLASSES: set[type[Any]] = set()

# An assignment such as y[0] = z, where z was computed from y before, closes a reference cycle, which the next walk that meets the
# edge opens. Without such a walk, edges are corrected after so many results, or so many bytes of them. For a thousand results of
# three numbers that takes a sixth of the time of the programs that made them, and until then they have 5 MB (both measured).
MAX_COUNT = 1000
MAX_BYTES = 2**26


class Original:
    """What a result that was assigned to refers to: the node that it was before. It lives as long as the result.

    Parameters
    ----------
    node : Node
        The node.

    Attributes
    ----------
    version : Node
        The node that the result stands for now.
    """

    __slots__ = ("__weakref__", "node", "version")

    def __init__(self, node: Any) -> None:
        self.node: Any = node
        self.version: Any = node
        if not node.constant:  # no edge leads to a constant
            ASSIGNED.add(weakref.ref(self, ASSIGNED.discard))
            _unvisited.add(node)


class _Unvisited:
    """How many results were assigned to since the last time that edges to all of them were corrected."""

    def __init__(self) -> None:
        self._count: int = 0
        self._limit: int = MAX_COUNT
        self._bytes: int = 0

    def add(self, node: Any) -> None:
        """Count a result. If there are many, correct the edges."""
        self._count += 1
        self._bytes += node._primal.nbytes
        if self._count > self._limit or self._bytes > MAX_BYTES:
            self._count = self._bytes = 0
            open_cycles()
            self._limit = max(MAX_COUNT, len(ASSIGNED))


_unvisited = _Unvisited()


def open_cycles() -> None:
    """Correct the edges below all results that were assigned to, so that none of them refers to itself."""
    with graph_lock:
        originals = [reference() for reference in list(ASSIGNED)]
        seen: set[Any] = set()
        correct_edges([x.version for x in originals if x is not None], lambda roots: _unseen_nodes(roots, seen))


def _unseen_nodes(roots: Iterable[Any], seen: set[Any]) -> list[Any]:
    """Return the nodes with an operation below some roots, without those that were seen before. No node gets a stamp."""
    nodes, stack = [], list(roots)
    while stack:
        node = stack.pop()
        if node.op is not None and node not in seen:
            seen.add(node)
            nodes.append(node)
            stack += [arg for arg in node.args if hasattr(arg, "stamp")]
    return nodes


def to_originals(nodes: Iterable[Any]) -> list[Any]:
    """Return nodes that were kept since they were recorded, with the original in place of a result that was assigned to."""
    return [node.original for node in nodes]


def correct_nodes(nodes: Sequence[Any]) -> Sequence[Any]:
    """Return nodes in the order in which they were kept, with originals among them and at the ends of their edges."""
    if not ASSIGNED:
        return nodes
    originals = to_originals(nodes)
    for node in originals:
        _correct_edges_of(node)
    return originals


def correct_edges(roots: Iterable[Any], visit: Callable[[Iterable[Any]], Sequence[Any]]) -> None:
    """Make the edges below ``roots`` lead to originals.

    Parameters
    ----------
    roots : iterable of Node
        The nodes to start from.
    visit : callable
        A function that returns the packed and flat nodes below some roots, without those that it has returned before.
    """
    while roots:
        roots = [original for node in visit(roots) for original in _correct_edges_of(node)]


def _correct_edges_of(node: Any) -> list[Any]:
    """Make the edges of one node lead to originals, and return those. The arguments of a flat node are Values."""
    args = node.left
    if type(args) is not tuple or ASSIGNED_CLASSES.isdisjoint(map(type, args)):
        return []
    node.left = tuple(arg.original if type(arg) in ASSIGNED_CLASSES else arg for arg in args)
    return [new for new, old in zip(node.left, args, strict=True) if new is not old]
