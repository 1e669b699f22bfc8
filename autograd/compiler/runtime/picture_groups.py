"""Which line of a program each node of its graph became: the groups in which the graph is drawn."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.codegen.generated_function import GeneratedFunction
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.ir.scalar_graph import CONSTANT, ENTRY
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph
from autograd.core.node import Node


class PictureGroups(NamedTuple):
    """A graph by its roots; of its nodes, by their identity, the gradients of leaves, the group and what each is a part of; names.

    An addition inside a sum is a part of the last one, any other node of itself. ``names`` are what the source calls the
    groups that have a line there.
    """

    roots: list[Node]
    gradients: dict[int, Any]
    groups: dict[int, int]
    parts: dict[int, int]
    names: dict[int, str]


def grouped(
    roots: list[Node], gradients: dict[int, Any], traced: TracedFunction, vectorized: VectorizedGraph, function: GeneratedFunction
) -> PictureGroups:
    """The groups of a traced graph as the program has them, with the names that one of its functions gives them."""
    groups, stands = _resolved(vectorized)
    ids = {id(node): i for node, i in zip(traced.run.nodes, traced.node_ids, strict=True) if type(i) is int} | traced.other_node_ids
    lines = vectorized.arrays | {c: members[0] for c, members in vectorized.numbers.items() if len(members) == 1}
    inputs = {vectorized.group_of(i) for i in traced.leaves}
    names: dict[str, int] = {}  # of several groups with one line, the first has its name
    for c, line in sorted(lines.items(), key=lambda item: item[0] not in inputs):
        names.setdefault(function.find_variable(line), c)
    return PictureGroups(
        roots,
        gradients,
        {node: int(groups[i]) for node, i in ids.items()},
        {node: int(stands[i]) for node, i in ids.items()},
        {c: name for name, c in names.items() if name},
    )


def _resolved(vectorized: VectorizedGraph) -> tuple[Any, Any]:
    """For each column its group, and what it is a part of: products in a sum are a group, constants are told apart by their use."""
    groups, n = vectorized.group_ids.copy(), len(vectorized.group_ids)
    stands = np.arange(n)
    consumers: list[list[int]] = [[] for _ in range(n)]
    for column in vectorized.table.operands:
        for i in np.flatnonzero(column >= 0).tolist():
            consumers[column[i]].append(i)
    times = {k for k, kind in enumerate(vectorized.table.graph.ops) if getattr(kind.op, "name", "") == "multiply"}
    known: dict[Any, int] = {}
    for i in range(n - 1, -1, -1):
        kind = int(vectorized.table.op_ids[i])
        if vectorized.table.sums.absorbed[i] and kind not in times:
            stands[i], groups[i] = stands[consumers[i][0]], groups[consumers[i][0]]
        elif vectorized.table.sums.absorbed[i] or kind in (CONSTANT, ENTRY):
            key = kind, frozenset(groups[j] for j in consumers[i]), tuple(sorted(_factors(vectorized, i)))
            groups[i] = known.setdefault(key, n + len(known))
    return groups, stands


def _factors(vectorized: VectorizedGraph, i: int) -> list[int]:
    """The classes of what a product multiplies."""
    return [vectorized.group_of(column[i]) for column in vectorized.table.operands if column[i] >= 0]
