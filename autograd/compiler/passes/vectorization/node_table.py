"""The columns of a scalar graph as arrays, with its contracted sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.compiler.ir.scalar_graph import Ref, ScalarGraph
from autograd.compiler.ir.sums import contract_sums


class NodeTable:
    """A scalar graph in arrays with one entry per node.

    Parameters
    ----------
    graph : ScalarGraph
    used_outside : sequence of int
        The nodes that are needed themselves, such as results.

    Attributes
    ----------
    graph : ScalarGraph
    op_ids : array of int
        See `ScalarGraph`.
    operands : tuple of three arrays of int
        The first, second and third argument of each node; -1 for none.
    values : array of float
        The numbers that the trace computed.
    sums : Sums
    """

    def __init__(self, graph: ScalarGraph, used_outside: Sequence[int]) -> None:
        self.graph = graph
        self.op_ids = np.array(graph.op_ids, dtype=np.int64)
        self.values = np.array(graph.values)
        third_args = np.full(len(graph.op_ids), -1)
        third_args[list(graph.third_args)] = list(graph.third_args.values())
        self.operands = (
            np.array(graph.first_args, dtype=np.int64),
            np.array(graph.second_args, dtype=np.int64),
            third_args,
        )
        self.sums = contract_sums(graph, [*used_outside, *_find_referenced_nodes(graph), *graph.third_args.values()])


def _find_referenced_nodes(graph: ScalarGraph) -> list[int]:
    """Return the nodes that operations on arrays read."""
    return [
        x.node
        for operation in graph.array_ops.values()
        for x in (*operation.args, *operation.static.values())
        if isinstance(x, Ref)
    ]
