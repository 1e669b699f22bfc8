"""Groups the nodes of a scalar graph that compute the same formula.

Two nodes are isomorphic if they apply the same operation to isomorphic arguments, all the way down to the leaves. A sum is
described by the set of its kinds of terms, so sums with different numbers of terms can be isomorphic. This is value numbering
(Muchnick, "Advanced Compiler Design and Implementation", 1997, section 12.4) with all numbers of one input array counted as equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.scalar_graph import CONSTANT, ENTRY, EXTREMUM, LEAF, ScalarGraph
from autograd.compiler.passes.vectorization.node_table import NodeTable
from autograd.ops import Op

ABSORBED = -1  # the group of nodes that are a part of a sum


def group_nodes(table: NodeTable, leaf_keys: dict[int, Any]) -> IntArray:
    """Number the groups of isomorphic nodes.

    Parameters
    ----------
    table : NodeTable
    leaf_keys : dict of int to hashable
        For each leaf the input array that it is an entry of. Leaves with None are captured numbers; they are in one group if the
        same kinds of nodes use them, as the weights of one layer are.

    Returns
    -------
    array of int, shape (n_nodes,)
        The group of each node; ABSORBED for a part of a sum. The groups of arguments have smaller numbers than their users' groups.
    """
    coarse_groups = _number_structures(table, leaf_keys)
    captured = [i for i, key in leaf_keys.items() if key is None]
    uses = _collect_uses(table, coarse_groups, captured)
    refined_keys = {i: ("uses", frozenset(uses[i])) if key is None else key for i, key in leaf_keys.items()}
    return np.array(_number_structures(table, refined_keys), dtype=np.int64)


def _number_structures(table: NodeTable, leaf_keys: dict[int, Any]) -> list[int]:
    """Number the distinct structures of nodes.

    The loop runs once per node of the graph and is most of the time of this pass, so the keys of numbers are built in place: a
    function call for each adds 10 % to it.
    """
    graph, sums = table.graph, table.sums
    numbers: dict[Any, int] = {}
    groups = [ABSORBED] * len(graph.op_ids)
    is_absorbed, is_root = sums.absorbed.tolist(), sums.roots.tolist()
    terms = _TermKeys(table)
    powers = {position for position, op in enumerate(graph.ops) if isinstance(op.op, Op) and op.op.name == "power"}
    for i, (op_id, a, b) in enumerate(zip(graph.op_ids, graph.first_args, graph.second_args, strict=True)):
        if is_absorbed[i]:
            continue
        if is_root[i]:
            key: Any = ("sum", terms.collect(i, groups))
        elif op_id >= 0:
            exponent = graph.values[b] if op_id in powers and graph.op_ids[b] == CONSTANT else None
            third = graph.third_args.get(i)
            key = (op_id, groups[a], groups[b] if b >= 0 else -1, -1 if third is None else groups[third], exponent)
        elif op_id == LEAF:
            key = ("leaf", leaf_keys[i])
        elif op_id == CONSTANT:
            key = "constant"
        elif op_id == ENTRY:
            groups[i] = groups[graph.array_ops[i].args[0].node]
            continue
        else:
            key = _array_key(graph, i, groups)
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(numbers)
        groups[i] = number
    return groups


class _TermKeys:
    """The terms of sums as lists, which are faster than arrays to read one by one."""

    def __init__(self, table: NodeTable) -> None:
        sums = table.sums
        self.offsets = sums.offsets.tolist()
        self.signs, self.left, self.right = sums.signs.tolist(), sums.left.tolist(), sums.right.tolist()

    def collect(self, root: int, groups: list[int]) -> frozenset[Any]:
        """Return the kinds of terms of a sum: their signs and the groups of their factors."""
        kinds: set[Any] = set()
        for term in range(self.offsets[root], self.offsets[root + 1]):
            left, right = groups[self.left[term]], self.right[term]
            if right < 0:
                kinds.add((self.signs[term], left))
            else:
                right = groups[right]
                kinds.add((self.signs[term], left, right) if left < right else (self.signs[term], right, left))
        return frozenset(kinds)


def _array_key(graph: ScalarGraph, i: int, groups: list[int]) -> Any:
    """Return the key of an array, which is alone in its group, or of the largest or smallest of some numbers."""
    if graph.op_ids[i] == EXTREMUM:
        operation = graph.array_ops[i]
        return operation.op, frozenset(groups[arg.node] for arg in operation.args)
    return "array", i


def _collect_uses(table: NodeTable, groups: list[int], leaves: list[int]) -> dict[int, set[Any]]:
    """Return the uses of each leaf: which kind of node reads it, as which argument or together with which factor."""
    uses: dict[int, set[Any]] = {i: set() for i in leaves}
    sums = table.sums
    is_operation = (table.op_ids >= 0) & ~sums.absorbed & ~sums.roots
    users = np.flatnonzero(is_operation).tolist()
    for slot, column in enumerate(table.operands):
        for user in users:
            if int(column[user]) in uses:
                uses[int(column[user])].add((groups[user], slot))
    owners = np.repeat(np.arange(len(table.op_ids)), np.diff(sums.offsets)).tolist()
    terms = zip(owners, sums.signs.tolist(), sums.left.tolist(), sums.right.tolist(), strict=True)
    for owner, sign, left, right in terms:
        if left in uses:
            uses[left].add((groups[owner], sign, -1 if right < 0 else groups[right]))
        if right in uses:
            uses[right].add((groups[owner], sign, groups[left]))
    return uses
