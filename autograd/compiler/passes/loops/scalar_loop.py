"""A recurrence as a loop: its body is a scalar graph of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.scalar_graph import CONSTANT, EXTREMUM, LEAF, ArrayOp, Ref, ScalarGraph
from autograd.compiler.passes.loops.recurrences import Recurrence


class Carried(NamedTuple):
    """A leaf of a body that holds a value of the iteration before.

    Attributes
    ----------
    initial : int
        The node outside that the first iteration reads.
    update : int
        The node of the body that holds the value for the next iteration.
    """

    initial: int
    update: int


class ScalarLoop:
    """A loop over a scalar graph.

    Parameters
    ----------
    graph : ScalarGraph
        The graph that the recurrence was found in.
    recurrence : Recurrence
        The recurrence.

    Attributes
    ----------
    body : ScalarGraph
        The operations of one iteration.
    nodes : array of int, shape (n_iterations, n_columns)
        The ids, outside, of the operations of all iterations.
    body_ids : array of int, shape (n_columns,)
        The ids of the same operations in the body.
    carried : dict of int to Carried
        The leaves of the body that hold values of the iteration before.
    invariant : dict of int to int
        The leaves that are the same in all iterations, and the node outside that each stands for.
    strided : dict of int to array of int, shape (n_iterations,)
        The leaves that differ from iteration to iteration, and the nodes outside that they stand for.
    is_interrupted : bool
        Whether the loop ends at an iteration that differs, and a loop of the same body follows.
    """

    def __init__(self, graph: ScalarGraph, recurrence: Recurrence) -> None:
        self.body: ScalarGraph = ScalarGraph()
        self.body.ops = graph.ops
        self.nodes: IntArray = recurrence.nodes
        self.carried: dict[int, Carried] = {}
        self.invariant: dict[int, int] = {}
        self.strided: dict[int, IntArray] = {}
        self.is_interrupted = False
        self._graph = graph
        self._leaves: dict[object, int] = {}
        self._registers: list[tuple[int, int, int]] = []  # of each carried leaf: its id, its column, and the leaf of the lag before
        self._read_by_column(recurrence)

    @property
    def length(self) -> int:
        """The number of iterations."""
        return len(self.nodes)

    @property
    def outer_ids(self) -> IntArray:
        """The nodes outside that the loop reads."""
        single = [*(x.initial for x in self.carried.values()), *self.invariant.values()]
        return np.unique(np.concatenate([np.array(single, dtype=np.int64), *self.strided.values()]))

    def _read_by_column(self, recurrence: Recurrence) -> None:
        ends = np.searchsorted(recurrence.owners, np.arange(self.nodes.shape[1]) + 1)
        ids: list[int] = []
        for column, (first, last) in enumerate(zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)):
            args = [self._read(recurrence, operand, ids) for operand in range(first, last)]
            ids.append(self._add_operation(int(self.nodes[0, column]), args))
        self.body_ids: npt.NDArray[Any] = np.array(ids)
        for leaf, column, previous in self._registers:
            update = ids[column] if previous < 0 else previous
            self.carried[leaf] = Carried(self.carried[leaf].initial, update)

    def _read(self, recurrence: Recurrence, operand: int, ids: Sequence[int]) -> int:
        """Return the node of the body for an operand."""
        column, lag = int(recurrence.sources[operand]), int(recurrence.lags[operand])
        outside = recurrence.operands[:, operand]
        if column < 0:
            return self._read_outside(outside)
        return ids[column] if not lag else self._read_earlier(column, outside[:lag].tolist())

    def _read_earlier(self, column: int, initial: list[int]) -> int:
        """Return the leaf of a value of as many iterations before as there are initial values."""
        key = (column, *map(self._identify, initial))
        if key not in self._leaves:
            previous = -1 if len(initial) == 1 else self._read_earlier(column, initial[1:])
            leaf = self._leaves[key] = self._add_leaf(initial[0])
            self.carried[leaf] = Carried(initial[0], -1)
            self._registers.append((leaf, column, previous))
        return self._leaves[key]

    def _read_outside(self, nodes: IntArray) -> int:
        """Return the leaf or constant that stands for nodes outside, one for each iteration."""
        graph, first = self._graph, int(nodes[0])
        is_same = bool((nodes == first).all())
        if graph.op_ids[first] == CONSTANT and (is_same or self._is_one_constant(nodes)):
            key: object = ("constant", first)
            if key not in self._leaves:
                self._leaves[key] = self.body.add(CONSTANT, value=graph.values[first])
            return self._leaves[key]
        key = first if is_same else nodes.tobytes()
        if key not in self._leaves:
            leaf = self._leaves[key] = self._add_leaf(first)
            if is_same:
                self.invariant[leaf] = first
            else:
                self.strided[leaf] = nodes
        return self._leaves[key]

    def _identify(self, outside: int) -> object:
        """Return what is equal for equal nodes: for constants their bits."""
        is_constant = self._graph.op_ids[outside] == CONSTANT
        return float(self._graph.values[outside]).hex() if is_constant else outside

    def _is_one_constant(self, nodes: IntArray) -> bool:
        """Return whether nodes are constants of one value."""
        return len(set(map(self._identify, nodes.tolist()))) == 1

    def _add_leaf(self, outside: int) -> int:
        return self.body.add(LEAF, value=self._graph.values[outside])

    def _add_operation(self, outside: int, args: list[int]) -> int:
        """Add an operation like a node outside."""
        graph = self._graph
        op_id, value = graph.op_ids[outside], graph.values[outside]
        if op_id == EXTREMUM:
            i = self.body.add(EXTREMUM, value=value)
            self.body.array_ops[i] = ArrayOp(graph.array_ops[outside].op, [Ref(arg) for arg in args], {})
            return i
        i = self.body.add(op_id, args[0], args[1] if len(args) > 1 else -1, value)
        if len(args) > 2:
            self.body.third_args[i] = args[2]
        return i
