"""The topological order of a graph, found without recursion.

A *flat* node (a scalar operation of one or two arguments) stores its arguments in ``left`` and ``right`` and its partials in
``dleft`` and ``dright``; None there means that no gradient flows. Every other node is *packed*: ``dleft is PACKED``, and ``left``
is the tuple of its arguments. A leaf stores in ``right`` the time at which it was made, which no visit changes, or UNRECORDED, and
in ``left`` True once a gradient has reached it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd.graph.graph_lock import graph_lock
from autograd.graph.original_nodes import ASSIGNED, correct_edges
from autograd.state import context
from autograd.state.engine import native

Visit = Callable[[Iterable[Any], int, int], tuple[list[Any], list[Any]]]

# The mark of a node whose arguments stand in one tuple.
PACKED: Any = object()

# When a constant was made, as far as it matters: nobody asks for derivatives with respect to it.
UNRECORDED = math.inf


def topological_order(roots: Iterable[Any], since: int = 0) -> tuple[list[Any], list[Any]]:
    """Return the interior nodes below ``roots`` in topological order, and the leaves in order of first use.

    Parameters
    ----------
    roots : iterable of Node
        The nodes to start from.
    since : int, default 0
        A value of the clock. Nodes that were made before it are not entered: they count as leaves, once for each use.

    Returns
    -------
    nodes : list of Node
        The interior nodes, arguments before the nodes that use them.
    leaves : list of Node
        The leaves.
    """
    with graph_lock:
        if ASSIGNED:
            roots, stamp = list(roots), context.tick()
            correct_edges(roots, lambda nodes: _visit(nodes, stamp, since)[0])
        return _visit(roots, context.tick(), since)


def visit(roots: Iterable[Any], stamp: int, since: int) -> tuple[list[Any], list[Any]]:
    """The walk itself, in Python: what it visits carries ``stamp`` afterwards.

    This function is long for speed. With the branches for the left and for the right argument written out, a node costs 100 ns;
    with one loop over the arguments, 450 ns.
    """
    nodes: list[Any] = []
    leaves: list[Any] = []
    emit, leaf = nodes.append, leaves.append
    stack: list[Any] = []
    push, pop = stack.append, stack.pop
    remaining_sources: list[Iterator[Any]] = []  # of each packed node on the stack
    for node in roots:
        if node.stamp is stamp:
            continue
        if node.stamp < since:
            leaf(node)
            continue
        node.stamp = stamp
        if node.op is None:
            leaf(node)
            continue
        entering = True  # and not coming back from an argument, in which case the left one is done
        while True:
            partial = node.dleft
            if partial is PACKED:
                if entering:
                    remaining_sources.append(iter(node.sources))
                for _, following in remaining_sources[-1]:
                    if following.stamp is not stamp:
                        if following.stamp < since:
                            leaf(following)
                            continue
                        following.stamp = stamp
                        if following.op is not None:
                            push(node)
                            node = following
                            entering = True
                            break
                        leaf(following)
                else:
                    remaining_sources.pop()
                    entering = False
                if entering:
                    continue
            else:
                if entering and partial is not None:
                    following = node.left
                    if following.stamp is not stamp:
                        if following.stamp < since:
                            leaf(following)
                        else:
                            following.stamp = stamp
                            if following.op is not None:
                                push(node)
                                node = following
                                continue
                            leaf(following)
                if node.dright is not None:
                    following = node.right
                    if following.stamp is not stamp:
                        if following.stamp < since:
                            leaf(following)
                        else:
                            following.stamp = stamp
                            if following.op is not None:
                                push(node)
                                node = following
                                entering = True
                                continue
                            leaf(following)
            emit(node)
            if not stack:
                break
            node = pop()
            entering = False
    return nodes, leaves


_visit: Visit = visit if native is None else native.topological_order


def is_older(end: Any, since: int) -> bool:
    """Return whether a node at which a walk ended has a time of creation before ``since``. No visit changes that of a leaf."""
    return bool(end.right < since if end.op is None else end.stamp < since)
