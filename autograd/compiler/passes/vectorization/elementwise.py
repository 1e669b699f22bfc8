"""Writes a group of elementwise operations as one operation on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.passes.vectorization.layout_choice import arrange_elementwise
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph
from autograd.ops import Op

# Members of a group that stay single numbers if their operands are single numbers. An operation takes 15 to 40 ns on a Python float
# and 700 ns on a short array, plus 8 µs to stack the operands, so time alone would allow about twenty; but each number is a line of
# source, and another one in the gradient. Doubled: none of 1030 functions of test programs changes, since few groups are that small
# and have no operand in an array.
MAX_NUMBERS = 3


def vectorize_elementwise(graph: VectorizedGraph, members: IntArray, summed_rows: IntArray | None) -> None:
    """Write one operation that computes all members of a group.

    Members that compute the same of the same operands become one. Few members of single numbers stay operations on numbers.

    Parameters
    ----------
    graph : VectorizedGraph
    members : array of int
        Isomorphic nodes.
    summed_rows : array of int, optional
        The rows in which sums read the group.
    """
    first = members[0]
    op = graph.table.graph.ops[graph.table.op_ids[first]]
    operands = [column for column in graph.table.operands if column[first] >= 0]
    distinct, representatives = _merge_equal(graph, members, operands)
    if _stays_scalar(graph, distinct, operands):
        graph.add_report(members, name_of(op.op))
        numbers = [
            apply_operation(graph.builder, op.op, [graph.read(column[i]) for column in operands], op.static) for i in distinct
        ]
        graph.store_numbers(distinct, numbers)
    else:
        layout = arrange_elementwise(graph, distinct, operands, summed_rows)
        graph.add_report(members, name_of(op.op), f"one operation {layout.table.shape}")
        ids = distinct[layout.table]
        array = apply_operation(graph.builder, op.op, [graph.read(column[ids]) for column in operands], op.static)
        graph.store_array(distinct, layout, array)
    graph.positions[members] = graph.positions[representatives]


def _merge_equal(graph: VectorizedGraph, members: IntArray, operands: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """Return members with distinct operands, and for each member the one of these that computes the same."""
    keys, *more = (graph.encode(column[members]) for column in operands)
    for codes in more:
        keys = np.unique(keys, return_inverse=True)[1] * (int(codes.max()) + 1) + codes
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    distinct = members[np.sort(first)]
    rank = np.argsort(np.argsort(first))
    return distinct, distinct[rank[inverse]]


def _stays_scalar(graph: VectorizedGraph, members: IntArray, operands: Sequence[IntArray]) -> bool:
    if len(members) == 1:
        return True
    return len(members) <= MAX_NUMBERS and not any(graph.is_in_array(column[members[0]]) for column in operands)


def apply_operation(builder: ProgramBuilder, op: Op | str, args: Sequence[Any], static: dict[str, Any]) -> Any:
    """Return the instruction of an operation of the table, or of one of the few that a trace has besides.

    Parameters
    ----------
    builder : ProgramBuilder
    op : Op or str
        A row of the table, "stop_gradient", "mask_to_float", "where" or the sign of a comparison.
    args : sequence of Instruction or float
    static : dict
        The settings of the operation.

    Returns
    -------
    Instruction or float
    """
    if isinstance(op, Op):
        return builder.call(op, args, static)
    if op == "stop_gradient":
        return builder.constant(args[0])
    if op == "mask_to_float":
        return builder.where(args[0], 1.0, 0.0)
    if op == "where":
        a, b, condition = args
        return builder.where(condition, a, b)
    return builder.compare(op, *args)


def name_of(op: Op | str) -> str:
    """Return the name of an operation for the report."""
    return op.name if isinstance(op, Op) else op
