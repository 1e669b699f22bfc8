"""The boxes in which the graph of a compiled function is drawn: which variable of its source each node became."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.codegen.generated_function import GeneratedFunction
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.ir.scalar_graph import CONSTANT, ENTRY
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph
from autograd.core.node import Node


class PictureGroups(NamedTuple):
    """A traced graph and its groups. Nodes are given by their identity.

    Attributes
    ----------
    roots : list of Node
        The results.
    gradients : dict of int to float or array
        The gradients of the leaves.
    groups : dict of int to int
        The group of each node.
    parts : dict of int to int
        What each node is drawn as a part of: an addition inside a sum is a part of the last addition, any other node of itself.
    names : dict of int to str
        The variables of the source, by their group.
    """

    roots: list[Node]
    gradients: dict[int, Any]
    groups: dict[int, int]
    parts: dict[int, int]
    names: dict[int, str]


def group_for_picture(
    roots: list[Node],
    gradients: dict[int, Any],
    traced: TracedFunction,
    vectorized: VectorizedGraph,
    function: GeneratedFunction,
) -> PictureGroups:
    """Group the nodes of a trace as its program does.

    Parameters
    ----------
    roots : list of Node
        The results of the trace.
    gradients : dict of int to float or array
        The gradients of its leaves, by their identity.
    traced : TracedFunction
        The trace.
    vectorized : VectorizedGraph
        Its nodes as arrays.
    function : GeneratedFunction
        The function whose source has the variables.

    Returns
    -------
    PictureGroups
        The groups.
    """
    groups, parts = _group_columns(vectorized)
    ids = {id(node): i for node, i in zip(traced.run.nodes, traced.node_ids, strict=True) if type(i) is int}
    ids |= traced.other_node_ids
    return PictureGroups(
        roots,
        gradients,
        {node: int(groups[i]) for node, i in ids.items()},
        {node: int(parts[i]) for node, i in ids.items()},
        _name_groups(traced, vectorized, function),
    )


def _name_groups(traced: TracedFunction, vectorized: VectorizedGraph, function: GeneratedFunction) -> dict[int, str]:
    """Return the variable of each group. If several groups share one, an input has it, or else the first of them."""
    single_numbers = {group: numbers[0] for group, numbers in vectorized.numbers.items() if len(numbers) == 1}
    instructions = vectorized.arrays | single_numbers
    input_groups = {vectorized.group_of(i) for i in traced.leaves}
    groups: dict[str, int] = {}
    for group in sorted(instructions, key=lambda group: group not in input_groups):
        groups.setdefault(function.find_variable(instructions[group]), group)
    return {group: name for name, group in groups.items() if name}


def _group_columns(vectorized: VectorizedGraph) -> tuple[Any, Any]:
    """Return for each node of the table its group and what it is a part of.

    The products in a sum are a group of their own, which the program does not have. Constants, which are one group there, are told
    apart by the nodes that use them.
    """
    table = vectorized.table
    n = len(vectorized.group_ids)
    groups, parts = vectorized.group_ids.copy(), np.arange(n)
    consumers = _find_consumers(vectorized)
    multiplications = {k for k, scalar_op in enumerate(table.graph.ops) if getattr(scalar_op.op, "name", "") == "multiply"}
    new_groups: dict[Any, int] = {}
    for i in range(n - 1, -1, -1):  # consumers first
        op_id = int(table.op_ids[i])
        if table.sums.absorbed[i] and op_id not in multiplications:
            parts[i], groups[i] = parts[consumers[i][0]], groups[consumers[i][0]]
        elif table.sums.absorbed[i] or op_id in (CONSTANT, ENTRY):
            operand_groups = sorted(vectorized.group_of(column[i]) for column in table.operands if column[i] >= 0)
            key = op_id, frozenset(groups[j] for j in consumers[i]), tuple(operand_groups)
            groups[i] = new_groups.setdefault(key, n + len(new_groups))
    return groups, parts


def _find_consumers(vectorized: VectorizedGraph) -> list[list[int]]:
    """Return for each node of the table the nodes that read it."""
    consumers: list[list[int]] = [[] for _ in vectorized.group_ids]
    for column in vectorized.table.operands:
        for i in np.flatnonzero(column >= 0).tolist():
            consumers[column[i]].append(i)
    return consumers
