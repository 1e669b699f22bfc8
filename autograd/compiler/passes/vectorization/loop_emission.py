"""Writes a loop of a scalar graph, whose body is vectorized, as an instruction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.instruction import Instruction, is_op
from autograd.compiler.ir.loop import Loop, carried_result, emit_loop, stacked_result
from autograd.compiler.passes.loops.scalar_loop import ScalarLoop
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph
from autograd.ops import find


class LoopBody:
    """A loop whose body is written.

    Parameters
    ----------
    node : int
        Its node in the graph outside.
    loop : ScalarLoop
        The loop.
    body : VectorizedGraph
        The instructions of the body. Its leaves are placeholders.
    loop_values : array of int
        The numbers of loops that are read outside.
    """

    def __init__(self, node: int, loop: ScalarLoop, body: VectorizedGraph, loop_values: IntArray) -> None:
        self.node = node
        self.loop = loop
        self.body = body
        self.carried: list[IntArray] = []  # the leaves of each carried placeholder, in its shape
        self.strided: list[IntArray] = []
        self.invariant: list[IntArray] = []
        self.updates: list[Any] = []
        self._arrange_leaves()
        self._is_read = np.isin(loop.nodes, loop_values)
        self._keys: dict[Any, int] = {}  # of each result that is read, a node of it

    def _arrange_leaves(self) -> None:
        """Collect the placeholders. An update may read leaves that nothing else reads, which then become placeholders, too."""
        loop, layouts = self.loop, self.body.leaf_layouts
        done = 0
        while done < len(layouts):
            ids = layouts[done][1]
            done += 1
            leaf = int(ids.flat[0])
            if leaf in loop.strided:
                self.strided.append(ids)
            elif leaf in loop.invariant:
                self.invariant.append(ids)
            else:
                self.carried.append(ids)
                self.updates.append(self.body.read_in_shape(_map(ids, lambda i: loop.carried[i].update)))

    def locate_values(self) -> dict[int, tuple[Any, int]]:
        """Return the result of the loop, and the position in it, of each number that is read outside.

        Returns
        -------
        dict of int to tuple (key, position)
            By the nodes outside. A value that is carried is taken after the last iteration if no other iteration is read.
        """
        finals = {
            self.loop.carried[i].update: (k, p) for k, ids in enumerate(self.carried) for p, i in enumerate(ids.ravel().tolist())
        }
        places: dict[int, tuple[Any, int]] = {}
        for column, body_id in enumerate(self.loop.body_ids.tolist()):
            rows = np.flatnonzero(self._is_read[:, column])
            if len(rows) and body_id in finals and rows[0] == self.loop.length - 1:
                k, position = finals[body_id]
                places[int(self.loop.nodes[-1, column])] = ("last", self.node, k), position
                continue
            for row in rows.tolist():
                places[int(self.loop.nodes[row, column])] = self._locate(row, body_id)
        for i, (key, _) in places.items():
            self._keys.setdefault(key, i)
        return places

    def _locate(self, row: int, body_id: int) -> tuple[Any, int]:
        """Return the key of the stacked values of a node of the body, and the position of one iteration in them."""
        group, position = self.body.group_of(body_id), int(self.body.positions[body_id])
        if group in self.body.numbers:
            return ("all", self.node, group, position), row
        size = int(np.prod(self.body.builder.shape(self.body.arrays[group])))
        return ("all", self.node, group), row * size + position

    def write(self, graph: VectorizedGraph) -> None:
        """Append the loop to the program, and store its results.

        Parameters
        ----------
        graph : VectorizedGraph
            The graph outside.
        """
        loop, body = self.loop, self.body
        carried, strided, invariant = (
            [body.arrays[body.group_of(ids.flat[0])] for ids in part] for part in (self.carried, self.strided, self.invariant)
        )
        args = [graph.read_in_shape(_map(ids, lambda i: loop.carried[i].initial)) for ids in self.carried]
        args += [
            graph.read_in_shape(np.stack([loop.strided[i] for i in ids.ravel().tolist()], axis=1).reshape(-1, *ids.shape))
            for ids in self.strided
        ]
        args += [graph.read_in_shape(_map(ids, loop.invariant.__getitem__)) for ids in self.invariant]
        if self._is_running_sum(carried, strided):
            self._write_running_sum(graph, *args)
            return
        instruction = emit_loop(graph.builder, Loop(loop.length, False, carried, strided, invariant, self.updates, []), args)
        end = "; the one after them differs" if loop.is_interrupted else ""
        graph.add_report(loop.nodes.ravel(), "recurrence", f"loop of {loop.length} iterations{end}")
        for key, node in self._keys.items():
            graph.arrays[graph.group_of(node)] = self._read_result(instruction, key)

    def _is_running_sum(self, carried: Sequence[Any], strided: Sequence[Any]) -> bool:
        """Return whether all that an iteration does is to add an entry to the carried value."""
        if len(carried) != 1 or len(strided) != 1 or not is_op(self.updates[0], "add"):
            return False
        return {id(x) for x in self.updates[0].args} == {id(carried[0]), id(strided[0])} and carried[0].shape == strided[0].shape

    def _write_running_sum(self, graph: VectorizedGraph, initial: Any, terms: Any) -> None:
        """Store the results of a running sum, which is one operation of NumPy."""
        builder, loop = graph.builder, self.loop
        sums = builder.call(find("cumsum"), (terms,), {"axis": 0})
        sums = sums if isinstance(initial, float) and initial == 0.0 else initial + sums
        graph.add_report(loop.nodes.ravel(), "running sum", f"cumulative sum {builder.shape(sums)}")
        for key, node in self._keys.items():
            graph.arrays[graph.group_of(node)] = sums if key[0] == "all" else builder.getitem(sums, index=loop.length - 1)

    def _read_result(self, instruction: Instruction, key: Any) -> Any:
        """Return the instruction of a result by its key."""
        if key[0] == "last":
            return carried_result(instruction, key[2])
        group = key[2]
        value = self.body.numbers[group][key[3]] if group in self.body.numbers else self.body.arrays[group]
        return stacked_result(instruction, value)


def _map(ids: IntArray, function: Any) -> IntArray:
    """Return an array of the same shape with a function applied to each entry."""
    return np.array([function(i) for i in ids.ravel().tolist()], dtype=np.int64).reshape(ids.shape)
