"""The ways to fold a graph: by structure, by scope, by depth, and by the lines of a compiled program."""

from __future__ import annotations

import numpy as np

from autograd.compiler.runtime.picture_groups import PictureGroups
from autograd.viz.folding.colour_refinement import contract_sums, structural_classes
from autograd.viz.folding.depths import depths
from autograd.viz.folding.grouping import BoxName, Grouping, last_with_same_key, make_grouping
from autograd.viz.snapshots.graph_arrays import Ints
from autograd.viz.snapshots.snapshot import Snapshot

# The most boxes that folding by structure aims at, which is what fits on a screen. A loss of an MLP with two hidden layers has 17
# boxes. With half the limit its layers share boxes; with twice the limit it has the same 17, and deeper networks become wider
# than a screen.
MAX_FOLDED_BOXES = 25


def fold_by_structure(snapshot: Snapshot, hops: int | None) -> Grouping:
    """Fold nodes with like surroundings. Chains of additions are contracted to sums.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.
    hops : int or None
        How many edges wide the surroundings are; None for as many as some 25 boxes allow.

    Returns
    -------
    Grouping
    """
    representatives = contract_sums(snapshot.graph, snapshot.is_addition)
    classes = structural_classes(snapshot.graph, representatives, hops, MAX_FOLDED_BOXES)
    return make_grouping(representatives, classes, {})


def fold_by_depth(snapshot: Snapshot) -> Grouping:
    """Fold nodes with equal distance from the root.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.

    Returns
    -------
    Grouping
    """
    depth = depths(snapshot.graph, np.arange(snapshot.size))
    deepest = int(depth.max())
    names = {box: BoxName(f"depth {deepest - box}") for box in range(deepest + 1)}
    return make_grouping(last_with_same_key(depth), deepest - depth, names, by_last_node=False)


def fold_by_scope(snapshot: Snapshot, hops: int | None) -> Grouping:
    """Fold all nodes of each scope into one box, and the nodes outside all scopes by structure.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.
    hops : int or None
        As in :func:`fold_by_structure`, for the nodes outside.

    Returns
    -------
    Grouping
    """
    scopes = _scopes_with_their_leaves(snapshot)
    scope_names = list(dict.fromkeys(scope for scope in scopes if scope))
    scope_number = {name: k for k, name in enumerate(scope_names)}
    scope_of_node = np.array([scope_number.get(scope, -1) for scope in scopes])
    is_inside = scope_of_node >= 0
    # To the nodes outside, each scope is one kind of node.
    graph = snapshot.graph._replace(kinds=np.where(is_inside, scope_of_node, len(scopes) + snapshot.graph.kinds))
    representatives = contract_sums(graph, snapshot.is_addition & ~is_inside)
    outside_classes = structural_classes(graph, representatives, hops, MAX_FOLDED_BOXES)
    classes = np.where(is_inside, scope_of_node, len(scope_names) + outside_classes)
    representatives = np.where(is_inside, last_with_same_key(scope_of_node), representatives)
    return make_grouping(representatives, classes, {k: BoxName(name) for k, name in enumerate(scope_names)})


def _scopes_with_their_leaves(snapshot: Snapshot) -> list[str]:
    """The scope of each node. A leaf outside all scopes belongs to the scope of its consumers if they all have the same."""
    consumer_scopes: list[set[str]] = [set() for _ in snapshot.scopes]
    for tail, head in zip(snapshot.graph.tails.tolist(), snapshot.graph.heads.tolist(), strict=True):
        consumer_scopes[tail].add(snapshot.scopes[head])
    scopes = list(snapshot.scopes)
    for i, node in enumerate(snapshot.nodes):
        if not scopes[i] and node.op is None and len(consumer_scopes[i]) == 1:
            (scopes[i],) = consumer_scopes[i]
    return scopes


def fold_by_program(snapshot: Snapshot, groups: PictureGroups, max_boxes: int) -> Grouping | None:
    """Fold the graph of a compiled function by the lines of its source.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.
    groups : PictureGroups
        The line of the source that each node became.
    max_boxes : int
        The most boxes to draw.

    Returns
    -------
    Grouping or None
        None if there are more than ``max_boxes`` lines, or a node is in none of them.
    """
    parts = [groups.parts.get(id(node), -1) for node in snapshot.nodes]
    if -1 in parts or len(set(groups.groups.values())) > max_boxes:
        return None
    representatives = last_with_same_key(np.array(parts))
    classes: Ints = np.array([groups.groups[id(node)] for node in snapshot.nodes])
    return make_grouping(representatives, classes, {group: BoxName(name, is_scope=False) for group, name in groups.names.items()})
