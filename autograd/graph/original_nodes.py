"""Results that the program assigned to after graphs had taken them: graphs go on with the node that the result was before.

An edge that leads to such a result means its *original*. No node knows its consumers, so edges are corrected by the first walk that
meets them.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# The originals whose results are still there. While there are none, walks have nothing to look for.
ASSIGNED: set[weakref.ref[Original]] = set()


class Original:
    """What a result that was assigned to refers to: the node that it was before. It lives as long as the result.

    Parameters
    ----------
    node : Node
        The node.
    """

    __slots__ = ("__weakref__", "node")

    def __init__(self, node: Any) -> None:
        self.node: Any = node
        ASSIGNED.add(weakref.ref(self, ASSIGNED.discard))


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
    """Make the edges of one node lead to originals, and return those."""
    args = node.args
    corrected = tuple(arg.original if hasattr(arg, "stamp") else arg for arg in args)
    originals = [new for new, old in zip(corrected, args, strict=True) if new is not old]
    if originals:  # the node is packed, since the arguments of flat nodes are Values
        node.left = corrected
    return originals
