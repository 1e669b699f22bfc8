"""The operations of a scalar graph in an order, with their operands in one array."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.scalar_graph import EXTREMUM, ScalarGraph
from autograd.compiler.ir.sums import BoolArray


class Operations:
    """The scalar operations of a graph, numbered in an order: the places at which repetitions are searched.

    Leaves and constants have no place, since the program makes them when they first occur.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.
    order : array of int, shape (n_operations,), optional
        The ids of the operations at the places; in program order by default.

    Attributes
    ----------
    nodes : array of int, shape (n_operations,)
        The id of the node at each place.
    places : array of int, shape (n_nodes,)
        The place of each node; -1 if it is not an operation.
    kinds : array of int, shape (n_operations,)
        Numbers that are equal for equal operations with equally many operands.
    offsets : array of int, shape (n_operations + 1,)
        The operands of place ``p`` are those from ``offsets[p]`` to ``offsets[p + 1]``.
    operands : array of int
        The ids of the operands.
    producers : array of int
        The place of the operation that computes each operand; -1 for leaves and constants.
    owners : array of int
        The place of the operation that each operand belongs to.
    """

    def __init__(self, graph: ScalarGraph, order: npt.NDArray[Any] | None = None) -> None:
        op_ids = np.array(graph.op_ids, dtype=np.int64)
        n = len(op_ids)
        third = np.full(n, -1)
        third[list(graph.third_args)] = list(graph.third_args.values())
        columns = np.stack([np.array(graph.first_args, dtype=np.int64), np.array(graph.second_args, dtype=np.int64), third], axis=1)
        extrema = np.flatnonzero(op_ids == EXTREMUM)
        self.nodes: npt.NDArray[Any] = np.flatnonzero((op_ids >= 0) | (op_ids == EXTREMUM)) if order is None else order
        self.places: npt.NDArray[Any] = np.full(n, -1)
        self.places[self.nodes] = np.arange(len(self.nodes))
        counts = (columns >= 0).sum(axis=1)
        lists = [[arg.node for arg in graph.array_ops[i].args] for i in extrema.tolist()]
        counts[extrema] = [len(nodes) for nodes in lists]
        self.offsets: npt.NDArray[Any] = np.concatenate([[0], np.cumsum(counts[self.nodes])])
        self.owners: npt.NDArray[Any] = np.repeat(np.arange(len(self.nodes)), counts[self.nodes])
        self.operands: npt.NDArray[Any] = np.empty(len(self.owners), dtype=np.int64)
        is_extremum = op_ids[self.nodes[self.owners]] == EXTREMUM
        flat = columns[self.nodes]
        flat = flat[(flat >= 0) & (op_ids[self.nodes] >= 0)[:, None]]
        self.operands[~is_extremum] = flat
        self.operands[is_extremum] = [node for i in np.argsort(self.places[extrema]) for node in lists[i]]
        self.producers: npt.NDArray[Any] = self.places[self.operands]
        codes = op_ids.copy()
        codes[extrema] = [-1 if graph.array_ops[i].op == "max" else -2 for i in extrema.tolist()]
        self.kinds: Any = codes[self.nodes] * (int(counts.max(initial=0)) + 1) + counts[self.nodes]

    def find_matches(self, period: int) -> BoolArray:
        """Return for each place whether the operation one period later is the same on corresponding operands.

        Operands correspond if both come from the same distance, are the same node, are not results of operations, or both were
        computed more than one period before: such values may be elements of a list, one after the other.

        Parameters
        ----------
        period : int
            The period.

        Returns
        -------
        array of bool, shape (n_operations - period,)
            Whether the places match.
        """
        n = len(self.nodes) - period
        matches: BoolArray = self.kinds[:n] == self.kinds[period:]
        owners = self.owners[: self.offsets[n]]
        later = np.arange(len(owners)) + (self.offsets[owners + period] - self.offsets[owners])
        later = np.minimum(later, len(self.operands) - 1)  # where the kinds differ, the operands may
        a, b = self.producers[: len(owners)], self.producers[later]
        is_far = (owners - a > period) & (owners + period - b > period)
        corresponds = (b - a == period) | (self.operands[: len(owners)] == self.operands[later]) | ((a < 0) & (b < 0))
        corresponds |= (a >= 0) & (b >= 0) & is_far
        matches[owners[~corresponds]] = False
        return matches
