"""Takes the recurrences of a scalar graph out of it: each becomes one node, a loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.scalar_graph import INSIDE, LOOP, LOOP_VALUE, ArrayOp, Ref, ScalarGraph
from autograd.compiler.ir.sums import BoolArray
from autograd.compiler.passes.loops.interchange import interchange_loops
from autograd.compiler.passes.loops.operations import Operations
from autograd.compiler.passes.loops.recurrences import Recurrence, find_recurrence
from autograd.compiler.passes.loops.repetitions import find_repetitions
from autograd.compiler.passes.loops.scalar_loop import ScalarLoop


class ContractedGraph:
    """A scalar graph without the insides of its loops.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.
    used_outside : sequence of int
        The nodes that are needed themselves, such as results.

    Attributes
    ----------
    graph : ScalarGraph
        The graph in which each loop is a LOOP node. All other nodes keep their ids.
    loops : dict of int to ScalarLoop
        The loops by their nodes.
    loop_values : array of int
        The numbers that loops compute and that are read outside.
    read_by_loops : array of int
        The nodes that loops read.
    order : sequence of int
        The nodes such that each follows what it reads.
    """

    def __init__(self, graph: ScalarGraph, used_outside: Sequence[int]) -> None:
        self.graph: ScalarGraph = graph
        self.loops: dict[int, ScalarLoop] = {}
        self.loop_values: npt.NDArray[Any] = np.zeros(0, dtype=np.int64)
        self.read_by_loops: npt.NDArray[Any] = self.loop_values
        self.order: Sequence[int] = range(len(graph.op_ids))
        loops = [ScalarLoop(graph, recurrence) for recurrence in _find_recurrences(graph, used_outside)]
        order = None
        while loops and order is None:
            self._contract(graph, loops, used_outside)
            order, circle = self._sort()
            if circle:
                loops.remove(min((self.loops[node] for node in circle), key=lambda loop: loop.nodes.size))
        if order is None:
            self.graph, self.loops = graph, {}
            self.loop_values = self.read_by_loops = np.zeros(0, dtype=np.int64)
            return
        _mark_interrupted(loops)
        self.order = order

    def _contract(self, graph: ScalarGraph, loops: Sequence[ScalarLoop], used_outside: Sequence[int]) -> None:
        inside = np.zeros(len(graph.op_ids), dtype=bool)
        for loop in loops:
            inside[loop.nodes] = True
        self.read_by_loops = np.unique(np.concatenate([loop.outer_ids for loop in loops]))
        columns = [np.array(column) for column in (graph.op_ids, graph.first_args, graph.second_args)]
        for column, number in zip(columns, (INSIDE, -1, -1), strict=True):
            column[inside] = number
        contracted = ScalarGraph()
        contracted.ops = graph.ops
        contracted.third_args = {i: arg for i, arg in graph.third_args.items() if not inside[i]}
        contracted.array_ops = {i: operation for i, operation in graph.array_ops.items() if not inside[i]}
        contracted.array_dtypes = graph.array_dtypes
        read = [
            columns[1],
            columns[2],
            np.array([*contracted.third_args.values(), *find_referenced_nodes(contracted), *used_outside]),
        ]
        is_read = np.zeros(len(inside), dtype=bool)
        for ids in (*read, self.read_by_loops):
            is_read[ids[ids >= 0].astype(np.int64)] = True
        self.loop_values = np.flatnonzero(inside & is_read)
        columns[0][self.loop_values] = LOOP_VALUE
        contracted.op_ids, contracted.first_args, contracted.second_args = (column.tolist() for column in columns)
        contracted.values = [*graph.values]
        self.loops = {contracted.add(LOOP): loop for loop in loops}
        self.graph = contracted

    def _sort(self) -> tuple[list[int] | None, list[int]]:
        """Order the nodes as they are, but each loop and what it reads before the first number of the loop.

        Returns
        -------
        tuple (list of int or None, list of int)
            The order, and no loops; or None, and loops that depend on each other in a circle.
        """
        op_ids = np.array(self.graph.op_ids)
        loop_of = {i: node for node, loop in self.loops.items() for i in loop.nodes[op_ids[loop.nodes] == LOOP_VALUE].tolist()}
        order: list[int] = []
        is_written = bytearray(len(op_ids))
        remaining = np.flatnonzero(op_ids != INSIDE)
        begins_loop = np.isin(op_ids[remaining], (LOOP_VALUE, LOOP)).tolist()
        for root, begins in zip(remaining.tolist(), begins_loop, strict=True):
            if begins and not is_written[loop_of.get(root, root)]:
                circle = self._write_before(loop_of.get(root, root), loop_of, order, is_written)
                if circle:
                    return None, circle
            if not is_written[root]:
                is_written[root] = 1
                order.append(root)
        return order, []

    def _write_before(self, loop: int, loop_of: dict[int, int], order: list[int], is_written: bytearray) -> list[int]:
        """Append a loop to an order, after what it reads and what that reads in turn. Return the loops of a circle, if any."""
        stack = [loop]
        opened: dict[int, None] = {}  # the nodes that wait for the one at the end, in order
        while stack:
            node = stack[-1]
            missing = [] if is_written[node] else [arg for arg in self._arguments(node, loop_of) if not is_written[arg]]
            if missing:
                opened[node] = None
                met = next((arg for arg in missing if arg in opened), None)
                if met is not None:
                    path = list(opened)
                    return [x for x in path[path.index(met) :] if x in self.loops]
                stack += missing
                continue
            stack.pop()
            opened.pop(node, None)
            if not is_written[node]:
                is_written[node] = 1
                order.append(node)
        return []

    def _arguments(self, node: int, loop_of: dict[int, int]) -> list[int]:
        """Return what a node reads; of a number of a loop, the loop."""
        graph = self.graph
        if graph.op_ids[node] == LOOP:
            ids: list[int] = self.loops[node].outer_ids.tolist()
            return ids
        if graph.op_ids[node] == LOOP_VALUE:
            return [loop_of[node]]
        found = [graph.first_args[node], graph.second_args[node], graph.third_args.get(node, -1)]
        if node in graph.array_ops:
            found += _references(graph.array_ops[node])
        return [arg for arg in found if arg >= 0]


def _mark_interrupted(loops: Sequence[ScalarLoop]) -> None:
    """Mark the loops that end at an iteration that differs, after which a loop of the same body follows."""
    for loop in loops:
        end = loop.nodes[-1].max()
        followers = [other for other in loops if other.nodes[0].min() > end]
        following = min(followers, key=lambda other: int(other.nodes[0].min()), default=None)
        loop.is_interrupted = following is not None and _operations_of(following) == _operations_of(loop)


def _operations_of(loop: ScalarLoop) -> list[int]:
    return sorted(op_id for op_id in loop.body.op_ids if op_id >= 0)


def find_referenced_nodes(graph: ScalarGraph) -> list[int]:
    """Return the nodes that operations on arrays read, and those whose extrema are taken."""
    return [node for operation in graph.array_ops.values() for node in _references(operation)]


def _references(operation: ArrayOp) -> list[int]:
    return [x.node for x in (*operation.args, *operation.static.values()) if isinstance(x, Ref)]


def _find_recurrences(graph: ScalarGraph, used_outside: Sequence[int]) -> list[Recurrence]:
    """Return recurrences that have no node in common, the longest first."""
    operations = Operations(graph)
    use_counts = np.bincount(operations.operands, minlength=len(graph.op_ids))
    np.add.at(use_counts, np.array([*used_outside, *find_referenced_nodes(graph)], dtype=np.int64), 1)
    taken: BoolArray = np.zeros(len(graph.op_ids), dtype=bool)
    found = []
    repetitions = find_repetitions(operations)
    order, candidates = interchange_loops(graph, operations, repetitions, use_counts)
    if order is not None:
        operations = Operations(graph, order)
        candidates = find_repetitions(operations)
    for repetition in candidates:
        if taken[operations.nodes[repetition.start : repetition.stop]].all():
            continue
        recurrence = find_recurrence(graph, operations, repetition, use_counts)
        if recurrence is not None and not taken[recurrence.nodes].any():
            taken[recurrence.nodes] = True
            found.append(recurrence)
    return found
