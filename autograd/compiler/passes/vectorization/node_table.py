"""The columns of a scalar graph as arrays, with its contracted sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.scalar_graph import ScalarGraph
from autograd.compiler.ir.sums import Sums, contract_sums
from autograd.compiler.passes.loops.loop_extraction import ContractedGraph, find_referenced_nodes
from autograd.compiler.passes.loops.scalar_loop import ScalarLoop


class NodeTable:
    """A scalar graph in arrays with one entry per node.

    Parameters
    ----------
    contracted : ContractedGraph
        The graph, with its loops taken out.
    used_outside : sequence of int
        The nodes that are needed themselves, such as results.
    by_level : bool, default False
        How sums are contracted; see `contract_sums`.

    Attributes
    ----------
    graph : ScalarGraph
    loops : dict of int to ScalarLoop
        The loops by their nodes.
    order : sequence of int
        The nodes such that each follows what it reads.
    op_ids : array of int
        See `ScalarGraph`.
    operands : tuple of three arrays of int
        The first, second and third argument of each node; -1 for none.
    values : array of float
        The numbers that the trace computed.
    sums : Sums
    """

    def __init__(self, contracted: ContractedGraph, used_outside: Sequence[int], by_level: bool = False) -> None:
        self.graph: ScalarGraph = contracted.graph
        self.loops: dict[int, ScalarLoop] = contracted.loops
        self.order: Sequence[int] = contracted.order
        graph = self.graph
        self.op_ids: npt.NDArray[Any] = np.array(graph.op_ids, dtype=np.int64)
        self.values: npt.NDArray[Any] = np.array(graph.values)
        third_args = np.full(len(graph.op_ids), -1)
        third_args[list(graph.third_args)] = list(graph.third_args.values())
        self.operands: tuple[npt.NDArray[Any], ...] = (
            np.array(graph.first_args, dtype=np.int64),
            np.array(graph.second_args, dtype=np.int64),
            third_args,
        )
        read = [*used_outside, *contracted.read_by_loops.tolist(), *find_referenced_nodes(graph), *graph.third_args.values()]
        self.sums: Sums = contract_sums(graph, read, by_level)
