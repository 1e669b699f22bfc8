"""Colour refinement: which nodes of a graph play the same part, found from its structure alone.

Chains of additions are contracted into sums first. Then nodes are told apart by their surroundings, hop by hop (Weisfeiler and
Leman 1968), on 64-bit hashes that NumPy computes for all nodes at once.

References
----------
B. Weisfeiler and A. Leman, "The reduction of a graph to canonical form and the algebra which appears therein" (1968).
G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA (2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from autograd.viz.snapshots.graph_arrays import GraphArrays, Ints

Hashes: TypeAlias = npt.NDArray[np.uint64]

# The constants of the generator splitmix64 (Steele, Lea and Flood 2014): 2⁶⁴ divided by the golden ratio, and two multipliers
# found by search. They are odd, so that multiplication is a bijection of 64-bit words; twice their values would lose a bit.
GOLDEN_RATIO = np.uint64(0x9E3779B97F4A7C15)
FIRST_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
SECOND_MULTIPLIER = np.uint64(0x94D049BB133111EB)

# Hops of refinement that are kept if refinement to the end takes too many classes. Each further hop draws one more step at both
# ends of a recurrence apart: a recurrence of 400 steps has 9 boxes with one hop, 12 with two, 16 with three and, if doubled, 18
# with four. With one hop its inputs and weights share a box.
MAX_HOPS_IF_TOO_MANY = 2


def contract_sums(graph: GraphArrays, is_addition: npt.NDArray[np.bool_]) -> Ints:
    """Contract chains of additions: additions whose only consumer is another addition.

    Parameters
    ----------
    graph : GraphArrays
        The graph.
    is_addition : array of bool
        Which nodes are additions that may be contracted.

    Returns
    -------
    array of int
        For each node its representative: the last addition of the chain, or the node itself if it is not in a chain.

    Examples
    --------
    >>> chain = GraphArrays(*map(np.array, ([0, 0, 1, 1], [0, 1, 1, 2], [2, 2, 3, 3], [0, 0, 0, 0])))  # (a + b) + b
    >>> contract_sums(chain, np.array([False, False, True, True])).tolist()
    [0, 1, 3, 3]
    """
    consumer_count = np.bincount(graph.tails, minlength=graph.size)
    is_inner = is_addition[graph.tails] & is_addition[graph.heads] & (consumer_count[graph.tails] == 1)
    representatives = np.arange(graph.size)
    representatives[graph.tails[is_inner]] = graph.heads[is_inner]
    while True:  # pointer jumping: each pass doubles the distance
        jumped = representatives[representatives]
        if np.array_equal(jumped, representatives):
            return representatives
        representatives = jumped


def contract_edges(graph: GraphArrays, representatives: Ints) -> GraphArrays:
    """Move all edges to the representatives of their ends, and drop those inside one representative.

    Parameters
    ----------
    graph : GraphArrays
        The graph.
    representatives : array of int
        The representative of each node.

    Returns
    -------
    GraphArrays
        The same nodes with fewer edges. The arguments of a contracted sum have no order.
    """
    tails, heads = representatives[graph.tails], representatives[graph.heads]
    is_outer = tails != heads
    enters_inner_addition = representatives[graph.heads] != graph.heads
    slots = np.where(enters_inner_addition, 0, graph.slots)
    return GraphArrays(graph.kinds, tails[is_outer], heads[is_outer], slots[is_outer])


def refine_classes(graph: GraphArrays, members: Ints) -> Iterator[Ints]:
    """Divide nodes into classes by their kind, then by what is within one hop, two hops, and so on.

    Parameters
    ----------
    graph : GraphArrays
        The graph.
    members : array of int
        The nodes to divide.

    Yields
    ------
    array of int
        The class of each member, numbered by first appearance. The last one is the first that another hop does not divide further.

    Examples
    --------
    >>> square = GraphArrays(*map(np.array, ([0, 0, 1], [0, 1], [2, 2], [0, 1])))
    >>> [classes.tolist() for classes in refine_classes(square, np.arange(3))]
    [[0, 0, 1], [0, 1, 2]]
    """
    colours = _mix(graph.kinds.astype(np.uint64))
    slots = graph.slots.astype(np.uint64)
    previous_count = -1
    while True:
        classes = _number_by_first_appearance(colours[members])
        count = int(classes.max(initial=-1)) + 1
        if count == previous_count:
            return
        previous_count = count
        yield classes
        colours = _next_colours(graph, slots, colours)


def _next_colours(graph: GraphArrays, slots: Hashes, colours: Hashes) -> Hashes:
    """One hop: hash the colour of each node with the multisets of its arguments' and of its consumers' colours."""
    below, above = np.zeros_like(colours), np.zeros_like(colours)
    np.add.at(below, graph.heads, _mix(colours[graph.tails] + slots * GOLDEN_RATIO))
    np.add.at(above, graph.tails, _mix(colours[graph.heads] ^ _mix(slots + np.uint64(1))))
    return _mix(colours + _mix(below) * np.uint64(3) + _mix(above ^ GOLDEN_RATIO))


def structural_classes(graph: GraphArrays, representatives: Ints, hops: int | None, max_classes: int) -> Ints:
    """Divide the nodes of a contracted graph into classes that play the same part.

    Parameters
    ----------
    graph : GraphArrays
        The graph before contraction.
    representatives : array of int
        The representative of each node.
    hops : int or None
        How many edges away nodes can make a difference. None refines until no further node is told apart, or, if that takes more
        than ``max_classes`` classes, two hops or fewer.
    max_classes : int
        The number of classes that is too many to read. It does not count if ``hops`` is given.

    Returns
    -------
    array of int
        The class of each node. Nodes with one representative share its class.
    """
    members = np.flatnonzero(representatives == np.arange(graph.size))
    refinements: list[Ints] = []
    for classes in refine_classes(contract_edges(graph, representatives), members):
        has_too_many = int(classes.max(initial=-1)) >= max_classes
        if hops is None and has_too_many and refinements:
            refinements = refinements[: MAX_HOPS_IF_TOO_MANY + 1]
            break
        refinements.append(classes)
        if hops is not None and len(refinements) == hops + 1:
            break
    class_of_node = np.zeros(graph.size, dtype=np.int64)
    class_of_node[members] = refinements[-1]
    return class_of_node[representatives]


def _number_by_first_appearance(colours: Hashes) -> Ints:
    """Colours as 0, 1, 2, … in the order in which they first appear."""
    _, first, inverse = np.unique(colours, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _mix(words: Hashes) -> Hashes:
    """The output function of splitmix64: changing one bit of a word changes about half of the bits of the result."""
    words = words + GOLDEN_RATIO
    words = (words ^ (words >> np.uint64(30))) * FIRST_MULTIPLIER
    words = (words ^ (words >> np.uint64(27))) * SECOND_MULTIPLIER
    return words ^ (words >> np.uint64(31))
