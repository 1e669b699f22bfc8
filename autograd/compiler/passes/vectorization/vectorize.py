"""The vectorization pass: writes the nodes of a scalar graph group by group as instructions on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.ir.scalar_graph import ARRAY, EXTREMUM, LOOP, ScalarGraph
from autograd.compiler.passes.loops.loop_extraction import ContractedGraph
from autograd.compiler.passes.vectorization.array_operations import vectorize_extrema, write_array_operation
from autograd.compiler.passes.vectorization.elementwise import vectorize_elementwise
from autograd.compiler.passes.vectorization.isomorphism import Placeholder, group_in_fewest_lines
from autograd.compiler.passes.vectorization.layout_choice import lay_out_summed_groups
from autograd.compiler.passes.vectorization.loop_emission import LoopBody
from autograd.compiler.passes.vectorization.node_table import NodeTable
from autograd.compiler.passes.vectorization.sums import vectorize_sums
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph


def vectorize(
    builder: ProgramBuilder,
    graph: ScalarGraph,
    leaves: dict[int, tuple[Any, int]],
    inputs: dict[Any, Instruction],
    used_outside: Sequence[int],
) -> VectorizedGraph:
    """Write a scalar graph as a program of array instructions.

    Parameters
    ----------
    builder : ProgramBuilder
        Where the instructions are written.
    graph : ScalarGraph
    leaves : dict of int to tuple (key, position)
        For each leaf that is a number, the key of its input and its flat position there. The key is None for captured numbers,
        which get inputs of their own; see `VectorizedGraph.leaf_layouts`.
    inputs : dict of hashable to Instruction
        The inputs by their keys, and those of leaves that are arrays by their nodes.
    used_outside : sequence of int
        The nodes that will be read.

    Returns
    -------
    VectorizedGraph
    """
    contracted = ContractedGraph(graph, used_outside)
    bodies = {node: _vectorize_body(builder, node, contracted, leaves, inputs) for node in contracted.loops}
    leaves = {**leaves, **{i: place for body in bodies.values() for i, place in body.locate_values().items()}}
    table, group_ids = group_in_fewest_lines(contracted, used_outside, {i: key for i, (key, _) in leaves.items()})
    vectorized = VectorizedGraph(builder, table, group_ids)
    vectorized.add_leaves(leaves, inputs)
    summed_rows = lay_out_summed_groups(vectorized)
    for group, ids in [*vectorized.unordered_leaves.items()]:
        if len(ids) == 1:
            vectorized.lay_out_leaves(group, ids)
    for members in vectorized.split_by_group(_find_operations(table)):
        op_id = table.op_ids[members[0]]
        if op_id == ARRAY:
            write_array_operation(vectorized, int(members[0]), inputs)
        elif op_id == LOOP:
            bodies[int(members[0])].write(vectorized)
        elif op_id == EXTREMUM:
            vectorize_extrema(vectorized, members)
        elif table.sums.roots[members[0]]:
            vectorize_sums(vectorized, members)
        else:
            vectorize_elementwise(vectorized, members, summed_rows.get(vectorized.group_of(members[0])))
    return vectorized


def _vectorize_body(
    builder: ProgramBuilder,
    node: int,
    contracted: ContractedGraph,
    outer_leaves: dict[int, tuple[Any, int]],
    inputs: dict[Any, Instruction],
) -> LoopBody:
    """Write the body of a loop, in which there may be loops again."""
    loop = contracted.loops[node]
    read_columns = np.flatnonzero(np.isin(loop.nodes, contracted.loop_values).any(axis=0))
    used = [*(carried.update for carried in loop.carried.values()), *loop.body_ids[read_columns].tolist()]

    def describe(name: str, outside: int) -> tuple[Placeholder, int]:
        """Return the key of a leaf, and its position in the array outside that it is an entry of."""
        origin, position = outer_leaves.get(outside, (contracted.graph.op_ids[outside], 0))
        return Placeholder(name, origin, inputs[origin].shape if origin in inputs else ()), position

    leaves: dict[int, tuple[Any, int]] = dict.fromkeys(loop.carried, (Placeholder("h", None), 0))
    leaves |= {i: (describe("x", int(ids[0]))[0]._replace(shape=()), 0) for i, ids in loop.strided.items()}
    leaves |= {i: describe("p", outside) for i, outside in loop.invariant.items()}
    return LoopBody(node, loop, vectorize(builder, loop.body, leaves, {}, used), contracted.loop_values)


def _find_operations(table: NodeTable) -> IntArray:
    """Return the nodes that need an instruction: all but leaves, constants and the inner parts of sums."""
    is_operation = (table.op_ids >= 0) | np.isin(table.op_ids, (ARRAY, EXTREMUM, LOOP))
    return np.flatnonzero(is_operation & ~table.sums.absorbed)
