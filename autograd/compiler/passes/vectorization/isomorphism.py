"""Groups the nodes of a scalar graph that compute the same formula.

Two nodes are isomorphic if they apply the same operation to isomorphic arguments, all the way down to the leaves. A sum is
described by the set of its kinds of terms, so sums with different numbers of terms can be isomorphic. This is value numbering
(Muchnick, "Advanced Compiler Design and Implementation", 1997, section 12.4) with all numbers of one input array counted as equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.scalar_graph import CONSTANT, ENTRY, EXTREMUM, INSIDE, LEAF, LOOP_VALUE
from autograd.compiler.passes.loops.loop_extraction import ContractedGraph
from autograd.compiler.passes.vectorization.node_table import NodeTable
from autograd.ops import Op

ABSORBED = -1  # the group of nodes that are a part of a sum or inside of a loop
CAPTURED = None  # the key of captured numbers

# Up to this many different exponents, powers with the same exponent are a group, which is computed without a call of pow if it is a
# square; with more, the exponents are an array of constants. Each exponent is one more group: with 12 exponents of one base, the
# source has 5 lines instead of 26, and a binomial tree of 10 steps, whose cells depend on them, 79 instead of 355. Doubled,
# polynomials of up to 16 terms are written out.
MAX_EXPONENTS = 8

# Sums are contracted as a whole, or level by level. Each entry of an LU decomposition is a sum of products of entries of all rows
# before it. As whole sums, the entries of row ``k`` have ``k`` kinds of products. Level by level they have one kind, which is
# subtracted from what is left of the matrix.
#
# Kinds of terms of one sum up to which sums are contracted as a whole. Grouping twice costs a fifth of the first call of a language
# model on lists, whose sums have fewer; an elimination of so few rows is short enough as it is. Doubled, seven of the
# 99 programs of the tests are longer, by up to 339 lines.
MANY_KINDS = 7
# How many times fewer operations and kinds of terms there must be level by level. A sum of losses and penalties has few levels, and
# is easier to read as a whole. With 1.5, one of the 99 programs of the tests is longer, by 214 lines; doubled, six are.
GAIN = 1.25


class Placeholder(NamedTuple):
    """The key of a leaf of the body of a loop.

    Attributes
    ----------
    name : str
        The name of the inputs that stand for such leaves.
    origin : hashable
        What leaves must have in common that may be in one input.
    shape : tuple of int, default ()
        The shape of the array outside that leaves of this origin are entries of, if it is known.
    """

    name: str
    origin: Any
    shape: tuple[int, ...] = ()


def is_unordered(key: Any) -> bool:
    """Return whether leaves with this key may be put in any order: captured numbers, and what the body of a loop reads."""
    return key is CAPTURED or isinstance(key, Placeholder)


def group_nodes(table: NodeTable, leaf_keys: dict[int, Any]) -> IntArray:
    """Number the groups of isomorphic nodes.

    Parameters
    ----------
    table : NodeTable
    leaf_keys : dict of int to hashable
        For each leaf the input array that it is an entry of. Leaves that are unordered are in one group if they have
        the same key and the same kinds of nodes use them, as the weights of one layer are.

    Returns
    -------
    array of int, shape (n_nodes,)
        The group of each node; ABSORBED for a part of a sum. The groups of arguments have smaller numbers than their users' groups.
    """
    coarse_groups = _number_structures(table, leaf_keys)
    unordered = [i for i, key in leaf_keys.items() if is_unordered(key)]
    if not unordered:
        return np.array(coarse_groups, dtype=np.int64)
    uses = _collect_uses(table, coarse_groups, unordered)
    refined_keys = {i: ("uses", key, frozenset(uses[i])) if is_unordered(key) else key for i, key in leaf_keys.items()}
    return np.array(_number_structures(table, refined_keys), dtype=np.int64)


def _number_structures(table: NodeTable, leaf_keys: dict[int, Any]) -> list[int]:
    """Number the distinct structures of nodes.

    Most nodes are operations without a key of their own, so theirs is made here and not by a call.
    """
    graph = table.graph
    groups = [ABSORBED] * (len(graph.op_ids) + 1)  # the last one stands for the argument -1, that is for none
    numbers: dict[Any, int] = {}
    keys = _StructureKeys(table, leaf_keys, groups)
    is_absorbed = table.sums.absorbed.tolist()
    op_ids, first_args, second_args = graph.op_ids, graph.first_args, graph.second_args
    for i in table.order:
        op_id = op_ids[i]
        if is_absorbed[i] or op_id == INSIDE:
            continue
        if op_id == ENTRY:
            groups[i] = groups[graph.array_ops[i].args[0].node]
            continue
        key: Any = "constant"
        if not keys.is_special[i]:
            key = op_id, groups[first_args[i]], groups[second_args[i]]
        elif op_id != CONSTANT:
            key = keys.make(i, op_id)
        groups[i] = numbers.setdefault(key, len(numbers))
    return groups[:-1]


class _StructureKeys:
    """Makes keys that are equal for nodes of one structure, from the groups of their arguments.

    The columns are lists, which are faster than arrays to read one by one.
    """

    def __init__(self, table: NodeTable, leaf_keys: dict[int, Any], groups: list[int]) -> None:
        graph, sums = table.graph, table.sums
        self.graph = graph
        self.leaf_keys = leaf_keys
        self.groups = groups
        self.powers = {k for k, op in enumerate(graph.ops) if isinstance(op.op, Op) and op.op.name == "power"}
        self.exponents_are_few = len(self._find_exponents(table)) <= MAX_EXPONENTS
        self.is_root, self.offsets = sums.roots.tolist(), sums.offsets.tolist()
        is_special = sums.roots | (table.op_ids < 0) | np.isin(table.op_ids, list(self.powers))
        is_special[list(graph.third_args)] = True
        self.is_special = is_special.tolist()
        self.signs, self.left, self.right = sums.signs.tolist(), sums.left.tolist(), sums.right.tolist()

    def _find_exponents(self, table: NodeTable) -> set[float]:
        """Return the different constant exponents of powers."""
        graph = self.graph
        powers = np.flatnonzero(np.isin(table.op_ids, list(self.powers))) if self.powers else ()
        exponents = [graph.second_args[i] for i in powers]
        return {graph.values[k] for k in exponents if graph.op_ids[k] == CONSTANT}

    def make(self, i: int, op_id: int) -> Any:
        """Return the key of a node whose arguments have their groups."""
        if self.is_root[i]:
            return "sum", self._collect_terms(i)
        if op_id >= 0:
            return self._make_operation_key(i, op_id)
        if op_id in (LEAF, LOOP_VALUE):
            return "leaf", self.leaf_keys[i]
        if op_id == EXTREMUM:
            operation = self.graph.array_ops[i]
            return operation.op, frozenset(self.groups[arg.node] for arg in operation.args)
        return "array", i

    def _make_operation_key(self, i: int, op_id: int) -> Any:
        """Return the key of an operation; powers with different constant exponents are different if they are few."""
        graph, groups = self.graph, self.groups
        first, second, third = graph.first_args[i], graph.second_args[i], graph.third_args.get(i, -1)
        exponent = None
        if op_id in self.powers and self.exponents_are_few and graph.op_ids[second] == CONSTANT:
            exponent = graph.values[second]
        return op_id, groups[first], groups[second], groups[third], exponent

    def _collect_terms(self, root: int) -> frozenset[Any]:
        """Return the kinds of terms of a sum: their signs and the groups of their factors."""
        groups = self.groups
        kinds: set[Any] = set()
        for term in range(self.offsets[root], self.offsets[root + 1]):
            left, right = groups[self.left[term]], self.right[term]
            if right < 0:
                kinds.add((self.signs[term], left))
            else:
                right = groups[right]
                kinds.add((self.signs[term], left, right) if left < right else (self.signs[term], right, left))
        return frozenset(kinds)


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
    for loop_node, loop in table.loops.items():
        for i in loop.outer_ids.tolist():
            if i in uses:
                uses[i].add(("loop", loop_node))
    return uses


def group_in_fewest_lines(
    contracted: ContractedGraph, used_outside: Sequence[int], leaf_keys: dict[int, Any]
) -> tuple[NodeTable, IntArray]:
    """Contract sums and group the nodes of a graph, so that as few lines as possible compute it.

    Parameters
    ----------
    contracted : ContractedGraph
    used_outside : sequence of int
        The nodes that are needed themselves.
    leaf_keys : dict of int to hashable
        See `group_nodes`.

    Returns
    -------
    tuple (NodeTable, array of int)
        The graph with its sums, and the group of each node.
    """
    table = NodeTable(contracted, used_outside)
    groups = group_nodes(table, leaf_keys)
    lines, kinds = _count_lines(table, groups)
    if kinds <= MANY_KINDS:
        return table, groups
    table_by_level = NodeTable(contracted, used_outside, by_level=True)
    groups_by_level = group_nodes(table_by_level, leaf_keys)
    is_shorter = GAIN * _count_lines(table_by_level, groups_by_level)[0] < lines
    return (table_by_level, groups_by_level) if is_shorter else (table, groups)


def _count_lines(table: NodeTable, groups: IntArray) -> tuple[int, int]:
    """Return how many operations the groups are and kinds of terms their sums have, and the most kinds that one sum has."""
    sums = table.sums
    owners = np.repeat(np.arange(len(groups)), np.diff(sums.offsets))
    right = np.where(sums.right < 0, ABSORBED, groups[sums.right])
    factors = _encode_pairs(groups[sums.left], right)
    kinds = _encode_pairs(groups[owners], _encode_pairs(factors, sums.signs))
    first = np.unique(kinds, return_index=True)[1]
    counts = np.bincount(groups[owners[first]])
    return len(np.unique(groups[groups != ABSORBED])) + len(first), int(counts.max(initial=0))


def _encode_pairs(x: IntArray, y: IntArray) -> IntArray:
    """Return small integers that are equal for equal pairs of numbers. ``np.unique`` takes five times as long on rows."""
    codes = np.unique(y, return_inverse=True)[1]
    pairs: IntArray = np.unique(x * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
    return pairs
