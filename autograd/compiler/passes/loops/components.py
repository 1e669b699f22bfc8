"""Cycles of a directed graph: which nodes are on one, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def find_cyclic_components(successors: Sequence[Sequence[int]]) -> list[list[int]]:
    """Find the strongly connected components that contain a cycle.

    Parameters
    ----------
    successors : sequence of sequence of int
        The successors of each node.

    Returns
    -------
    list of list of int
        The nodes of each component.

    References
    ----------
    .. [1] Gabow, "Path-based depth-first search for strong and biconnected components", Information Processing Letters 74, 2000.
    """
    order: dict[int, int] = {}
    assigned: set[int] = set()
    open_nodes: list[int] = []
    borders: list[int] = []
    components = []
    for root in range(len(successors)):
        path = [] if root in order else [(root, iter(successors[root]))]
        while path:
            node, remaining = path[-1]
            if node not in order:
                order[node] = len(order)
                open_nodes.append(node)
                borders.append(node)
            for child in remaining:
                if child not in order:
                    path.append((child, iter(successors[child])))
                    break
                if child not in assigned:
                    while order[borders[-1]] > order[child]:
                        borders.pop()
            else:
                path.pop()
                if borders[-1] == node:
                    borders.pop()
                    component = [open_nodes.pop()]
                    while component[-1] != node:
                        component.append(open_nodes.pop())
                    assigned.update(component)
                    if len(component) > 1 or node in successors[node]:
                        components.append(component)
    return components


def find_reachable(successors: Sequence[Sequence[int]], starts: Iterable[int]) -> set[int]:
    """Return the nodes that can be reached from some nodes, these included."""
    reached = set(starts)
    stack = list(reached)
    while stack:
        for child in successors[stack.pop()]:
            if child not in reached:
                reached.add(child)
                stack.append(child)
    return reached
