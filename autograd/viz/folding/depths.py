"""Depths: how far each node is from the root."""

from __future__ import annotations

import numpy as np

from autograd.viz.folding.colour_refinement import contract_edges
from autograd.viz.snapshots.graph_arrays import GraphArrays, Ints


def depths(graph: GraphArrays, representatives: Ints) -> Ints:
    """Measure the longest path from each node to a node without consumers.

    Parameters
    ----------
    graph : GraphArrays
        The graph.
    representatives : array of int
        The representative of each node: a contracted sum is one step of a path.

    Returns
    -------
    array of int
        The number of edges on the path.
    """
    contracted = contract_edges(graph, representatives)
    depth = [0] * graph.size
    edges = list(zip(contracted.heads.tolist(), contracted.tails.tolist(), strict=True))
    for head, tail in sorted(edges, reverse=True):
        depth[tail] = max(depth[tail], depth[head] + 1)
    return np.array(depth, dtype=np.int64)[representatives]
