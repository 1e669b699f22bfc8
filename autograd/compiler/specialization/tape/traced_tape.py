"""The tape of a trace, made when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.frontend.arguments import TracedArguments
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.ir.scalar_graph import ScalarGraph
from autograd.compiler.specialization.specialization import InputSlot
from autograd.compiler.specialization.tape.instructions import IntArray, tape_instructions
from autograd.compiler.specialization.tape.scalar_tape import ScalarTape, TapeInput


class LazyTape:
    """The tape of a program, made when it is first needed. The parameters are those of :class:`ScalarTape`.

    Attributes
    ----------
    node_count : int
        The number of nodes of the scalar graph.
    """

    def __init__(self, graph: ScalarGraph, *settings: Any) -> None:
        self.node_count: int = len(graph.op_ids)
        self._source: tuple[Any, ...] | None = (graph, *settings)
        self._tape: ScalarTape | None = None

    def get(self) -> ScalarTape | None:
        """Return the tape, or None if the graph cannot be on one, or was dropped."""
        if self._source is not None:
            graph, *settings = self._source
            instructions = tape_instructions(graph)
            if instructions is not None:
                self._tape = ScalarTape(graph, instructions, *settings)
            self.drop()
        return self._tape

    def drop(self) -> None:
        """Let go of the scalar graph, which is as long as the trace: nobody needs it any more."""
        self._source = None


def tape_of_trace(
    traced: TracedFunction,
    arguments: TracedArguments,
    slots: Sequence[InputSlot],
    value_ids: Sequence[IntArray],
    guarded_ids: Sequence[IntArray],
) -> LazyTape:
    """Return the tape of a trace.

    Parameters
    ----------
    traced : TracedFunction
        The trace.
    arguments : TracedArguments
        The arguments that it was made for.
    slots : sequence of InputSlot
        The inputs of the program. The last ones stand for groups of captured Values.
    value_ids : sequence of array of int
        The ids of the nodes of these groups.
    guarded_ids : sequence of array of int
        The ids of the nodes that the guards read.

    Returns
    -------
    LazyTape
        The tape.
    """
    entries_by_argument: dict[int | None, list[tuple[int, int]]] = {}
    for i, k in traced.argument_leaves.items():
        argument, entry = arguments.node_positions[k]
        entries_by_argument.setdefault(argument, []).append((i, entry))
    batch = arguments.batch or {}
    group_start = len(slots) - len(value_ids)
    inputs = []
    for slot in slots[:group_start]:
        pairs = np.array(entries_by_argument.get(slot.argument, []), dtype=np.int64).reshape(-1, 2)
        inputs.append(TapeInput(slot.shape, pairs[:, 0], pairs[:, 1], slot.argument in batch))
    for slot, ids in zip(slots[group_start:], value_ids, strict=True):
        inputs.append(TapeInput(slot.shape, ids, np.arange(len(ids)), False))
    outputs = [i if i >= 0 else float(x) for i, x in zip(traced.output_ids, traced.run.outputs, strict=True)]
    batch_size = None if arguments.batch is None else len(next(iter(batch.values())))
    return LazyTape(traced.scalar_graph, inputs, outputs, guarded_ids, batch_size)
