"""Parts of a folded graph: a box taken apart, the neighbourhood of a node, and what is near a box."""

from __future__ import annotations

import numpy as np

from autograd.errors import GraphError
from autograd.viz.folding.colour_refinement import contract_edges, refine_classes
from autograd.viz.folding.grouping import Grouping
from autograd.viz.snapshots.graph_arrays import GraphArrays, Ints

# The most boxes that expanding one box may add. The SVG of 2000 boxes has 0.8 MB and takes 0.2 s to make; both grow in
# proportion, so that twice as many take twice as much. A reader who looks for one of so many nodes expands that node instead.
MAX_EXPANDED_PARTS = 2000


def expand_box(grouping: Grouping, box: int, label: int | str) -> Grouping:
    """Give each representative in a box a box of its own; if there is only one, which is a sum, each of its nodes.

    Parameters
    ----------
    grouping : Grouping
        The grouping.
    box : int
        The number of the box.
    label : int or str
        What an error calls the box.

    Returns
    -------
    Grouping

    Raises
    ------
    GraphError
        If the box has more than 2000 parts.
    """
    members = grouping.members(box)
    representatives = grouping.representatives.copy()
    parts = np.unique(representatives[members])
    if len(parts) == 1:
        representatives[members] = parts = members
    if len(parts) > MAX_EXPANDED_PARTS:
        raise GraphError(
            f"expand(): box {label!r} has {len(parts)} parts: expand one node of it, as in g.expand(g.nodes({label!r})[0])"
        )
    classes = grouping.boxes.copy()
    classes[members] = len(classes) + representatives[members]
    return grouping.regroup(representatives, classes)


def isolate_node(graph: GraphArrays, grouping: Grouping, i: int, hops: int) -> Grouping:
    """Give a node a box of its own, and divide the other boxes by their paths to it.

    Parameters
    ----------
    graph : GraphArrays
        The graph.
    grouping : Grouping
        The grouping.
    i : int
        The number of the node.
    hops : int
        The length of the paths that make a difference.

    Returns
    -------
    Grouping
    """
    representatives = grouping.representatives.copy()
    same_sum = representatives == representatives[i]
    representatives[same_sum] = np.flatnonzero(same_sum)
    kinds = grouping.boxes.copy()
    kinds[i] = graph.size
    members = np.flatnonzero(representatives == np.arange(len(representatives)))
    contracted = contract_edges(graph._replace(kinds=kinds), representatives)
    refinements = refine_classes(_edges_near(contracted, i, hops), members)
    class_of_node = np.zeros_like(kinds)
    for _, classes in zip(range(hops + 1), refinements, strict=False):
        class_of_node[members] = classes
    return grouping.regroup(representatives, class_of_node[representatives])


def _edges_near(graph: GraphArrays, i: int, hops: int) -> GraphArrays:
    """The edges between nodes at most ``hops`` edges from node ``i``, in any direction."""
    is_near = np.zeros(graph.size, dtype=bool)
    is_near[i] = True
    for _ in range(hops):
        touched = is_near[graph.tails] | is_near[graph.heads]
        is_near[graph.tails[touched]] = is_near[graph.heads[touched]] = True
    kept = is_near[graph.tails] & is_near[graph.heads]
    return GraphArrays(graph.kinds, graph.tails[kept], graph.heads[kept], graph.slots[kept])


def boxes_near(graph: GraphArrays, grouping: Grouping, box: int, up: int, down: int) -> tuple[int, ...]:
    """Find the boxes near a box.

    Parameters
    ----------
    graph : GraphArrays
        The graph.
    grouping : Grouping
        The grouping.
    box : int
        The number of the box.
    up, down : int
        The largest number of steps towards the root, and towards the leaves.

    Returns
    -------
    tuple of int
        The numbers of the boxes in order, with ``box`` among them.
    """
    tails, heads = grouping.boxes[graph.tails], grouping.boxes[graph.heads]
    return tuple(sorted(_reachable(box, tails, heads, up) | _reachable(box, heads, tails, down)))


def _reachable(start: int, origins: Ints, ends: Ints, steps: int) -> set[int]:
    """The boxes at most so many edges from ``start``."""
    reached = {start}
    for _ in range(steps):
        reached |= set(ends[np.isin(origins, list(reached))].tolist())
    return reached
