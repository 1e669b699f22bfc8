"""Writes operations that are on arrays already, and maxima and minima of several numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.ir.gather import GATHER, to_integers
from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.scalar_graph import ARRAY, ArrayOp, Ref
from autograd.compiler.passes.vectorization.elementwise import apply_operation
from autograd.compiler.passes.vectorization.layout_choice import arrange_reductions
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph
from autograd.ops import Op, find

PAIRWISE = {"max": "maximum", "min": "minimum"}


def write_array_operation(graph: VectorizedGraph, i: int, inputs: dict[Any, Instruction]) -> None:
    """Write the operation of an array node as it is.

    Parameters
    ----------
    graph : VectorizedGraph
    i : int
        An ARRAY node.
    inputs : dict of hashable to Instruction
        The inputs of leaves, by their node.
    """
    graph.arrays[graph.group_of(i)] = _compute_array(graph, i, inputs)


def _compute_array(graph: VectorizedGraph, i: int, inputs: dict[Any, Instruction]) -> Any:
    operation = graph.table.graph.array_ops[i]
    if operation.op is None:
        return inputs[i]
    if operation.op == "constant":
        return graph.builder.make_constant(operation.args[0])
    stacked = _find_stacked_numbers(graph, operation)
    if stacked is not None:
        return graph.read_in_shape(stacked)
    args = [_resolve(graph, arg) for arg in operation.args]
    if operation.op is GATHER:
        args[1:] = [to_integers(graph.builder, x) for x in args[1:]]
    settings = {name: _resolve(graph, value) for name, value in operation.static.items()}
    array = apply_operation(graph.builder, operation.op, args, settings)
    dtype = graph.table.graph.array_dtypes.get(i)
    return array if dtype is None or not isinstance(array, Instruction) else graph.builder.astype(array, dtype=dtype)


def _find_stacked_numbers(graph: VectorizedGraph, operation: ArrayOp) -> IntArray | None:
    """Return the nodes that an operation stacks to a vector if they are numbers of one group, else None."""
    op, args, static = operation
    is_stack = isinstance(op, Op) and op.name == "stack" and static == {"axis": 0}
    if not is_stack or not all(isinstance(arg, Ref) for arg in args):
        return None
    nodes = np.array([arg.node for arg in args])
    is_one_group = (graph.group_ids[nodes] == graph.group_ids[nodes[0]]).all()
    return nodes if is_one_group and graph.table.op_ids[nodes[0]] != ARRAY else None


def _resolve(graph: VectorizedGraph, x: Any) -> Any:
    """Return the instruction of a node among arguments and settings that may be anything."""
    return graph.read_node(x.node) if isinstance(x, Ref) else x


def vectorize_extrema(graph: VectorizedGraph, members: IntArray) -> None:
    """Write a group of maxima, or of minima, of several numbers each.

    Parameters
    ----------
    graph : VectorizedGraph
    members : array of int
        Isomorphic EXTREMUM nodes.
    """
    name = graph.table.graph.array_ops[int(members[0])].op
    graph.add_report(members, name, f"one operation ({len(members)},)")
    tables = _tabulate_arguments(graph, members)
    layout = arrange_reductions(graph, tables, len(members))
    result: Any = None
    for ids in tables:
        operand = graph.read_in_shape(ids[layout.table])
        extremum = graph.builder.call(find(name), (operand,), {"axis": -1, "keepdims": False})
        result = extremum if result is None else graph.builder.call(find(PAIRWISE[name]), (result, extremum), {})
    graph.store_array(members, layout, result)


def _tabulate_arguments(graph: VectorizedGraph, members: IntArray) -> list[IntArray]:
    """Return the arguments of extrema, a table for each group; shorter rows repeat their first argument."""
    rows = [[arg.node for arg in graph.table.graph.array_ops[int(i)].args] for i in members]
    tables = []
    for group in dict.fromkeys(graph.group_of(node) for row in rows for node in row):
        own = [[node for node in row if graph.group_of(node) == group] for row in rows]
        width = max(map(len, own))
        tables.append(np.array([nodes + nodes[:1] * (width - len(nodes)) for nodes in own]))
    return tables
