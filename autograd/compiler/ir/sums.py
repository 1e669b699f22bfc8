"""Sums of a scalar graph, contracted: chains of additions, subtractions, signs and products become sums of many terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.scalar_graph import CONSTANT, ScalarGraph
from autograd.ops import Op

BoolArray = npt.NDArray[np.bool_]

NO_SUCH_OP = -9  # an op id that no node has, for operations that the graph does not contain


class Sums(NamedTuple):
    """The contracted sums of a graph.

    Attributes
    ----------
    absorbed : array of bool, shape (n_nodes,)
        The nodes that are a part of a sum and need no operation of their own.
    roots : array of bool, shape (n_nodes,)
        The nodes that are sums.
    offsets : array of int, shape (n_nodes + 1,)
        The terms of sum ``i`` are those from ``offsets[i]`` to ``offsets[i + 1]``.
    signs : array of int, shape (n_terms,)
        1 for a term that is added, -1 for one that is subtracted.
    left, right : array of int, shape (n_terms,)
        The ids of the factors of each term. ``right`` is -1 for a term that is not a product.
    """

    absorbed: BoolArray
    roots: BoolArray
    offsets: IntArray
    signs: IntArray
    left: IntArray
    right: IntArray


class _Terms(NamedTuple):
    """The terms of all sums, sum by sum: the sum each belongs to, the node that is added, and its sign."""

    owners: IntArray
    args: IntArray
    signs: IntArray


class _Columns:
    """The columns of a graph as arrays, and which nodes add, subtract, negate and multiply."""

    def __init__(self, graph: ScalarGraph) -> None:
        self.op_ids, self.first, self.second = (
            np.array(column, dtype=np.int64) for column in (graph.op_ids, graph.first_args, graph.second_args)
        )
        self.values = np.array(graph.values)
        positions = {op.op.name: i for i, op in enumerate(graph.ops) if isinstance(op.op, Op) and not op.static}
        self.subtracts, self.negates, self.multiplies = (
            self.op_ids == positions.get(name, NO_SUCH_OP) for name in ("subtract", "negative", "multiply")
        )
        self.adds = (self.op_ids == positions.get("add", NO_SUCH_OP)) | self.subtracts


def contract_sums(graph: ScalarGraph, used_outside: Sequence[int], by_level: bool = False) -> Sums:
    """Contract the sums of a graph: a sum takes in the additions, signs and products that it alone uses.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.
    used_outside : sequence of int
        The ids of nodes that are needed themselves, such as results. They are not taken into a sum.
    by_level : bool, default False
        Whether a sum ends where a term needs more sums, one after the other, than all terms before it, as in an elimination. The
        total so far is then a number of its own.

    Returns
    -------
    Sums
        The sums of at least three terms, of at least two products, or with a constant 0.0, with which Python's ``sum()`` begins.
    """
    columns = _Columns(graph)
    n = len(columns.op_ids)
    has_one_user, user = _find_users(columns.first, columns.second, used_outside)
    inner_signs = columns.negates & has_one_user & columns.adds[user]
    in_sum = has_one_user & (columns.adds[user] | inner_signs[user])
    if by_level:
        levels = _find_levels_of_terms(graph, columns, inner_signs)
        in_sum &= ~(columns.adds & (levels[user] > levels))
    inner = inner_signs | (columns.adds & in_sum)  # the additions and signs inside a sum
    products = columns.multiplies & in_sum
    is_subtracted = np.zeros(n, dtype=bool)
    is_subtracted[columns.second[columns.subtracts]] = True
    sign_in_user = np.where(inner & (is_subtracted | inner_signs[user]), -1, 1)
    end, sign = _follow_chains(inner, user, sign_in_user)
    terms = _collect_terms(columns, inner, inner_signs, end, sign)

    is_zero = (columns.op_ids[terms.args] == CONSTANT) & (columns.values[terms.args] == 0.0)
    n_terms = np.bincount(terms.owners, minlength=n)
    n_products = np.bincount(terms.owners[products[terms.args]], minlength=n)
    n_zeros = np.bincount(terms.owners[is_zero], minlength=n)
    roots = (n_terms > 0) & ((n_products >= 2) | (n_terms >= 3) | (n_zeros > 0))
    products &= roots[end[user]]
    keep = roots[terms.owners] & ~is_zero
    owners, args, signs = (column[keep] for column in terms)
    return Sums(
        absorbed=(inner & roots[end]) | products,
        roots=roots,
        offsets=np.searchsorted(owners, np.arange(n + 1)),
        signs=signs,
        left=np.where(products[args], columns.first[args], args),
        right=np.where(products[args], columns.second[args], -1),
    )


def _find_levels_of_terms(graph: ScalarGraph, columns: _Columns, inner_signs: BoolArray) -> IntArray:
    """Return for each addition how many sums, one after the other, its terms need at most; other nodes have 0."""
    n, thirds = len(columns.op_ids), graph.third_args
    is_addition = columns.adds | inner_signs
    as_term, as_operand = [0] * (n + 1), [0] * (n + 1)  # the last one stands for the argument -1, that is for none
    for i, first, second, adds in zip(range(n), graph.first_args, graph.second_args, is_addition.tolist(), strict=True):
        levels = as_term if adds else as_operand
        level = max(levels[first], levels[second], levels[thirds.get(i, -1)])
        as_term[i] = level
        as_operand[i] = level + 1 if adds else level
    return np.where(is_addition, as_term[:-1], 0)


def _find_users(first: IntArray, second: IntArray, used_outside: Sequence[int]) -> tuple[BoolArray, IntArray]:
    """Return which nodes have exactly one use, and for each node the last node that uses it, or itself."""
    n = len(first)
    n_uses, user = np.zeros(n, dtype=np.int64), np.arange(n)
    for column in (first, second):
        present = np.flatnonzero(column >= 0)
        n_uses += np.bincount(column[present], minlength=n)
        user[column[present]] = present
    n_uses[list(used_outside)] = 2
    return n_uses == 1, user


def _follow_chains(inner: BoolArray, user: IntArray, sign: IntArray) -> tuple[IntArray, IntArray]:
    """Return for each node the end of the chain of users that it is an inner part of, and its sign there.

    Each round doubles how far every node sees along its chain (pointer jumping).
    """
    own = np.arange(len(user))
    end = np.where(inner, user, own)
    while True:
        sign = sign * np.where(end == own, 1, sign[end])
        further = end[end]
        if np.array_equal(further, end):
            return end, sign
        end = further


def _collect_terms(columns: _Columns, inner: BoolArray, inner_signs: BoolArray, end: IntArray, sign: IntArray) -> _Terms:
    """Return the terms of all sums, in the order in which the function wrote them."""
    parts = []
    for slot, column in enumerate((columns.first, columns.second)):
        tails = np.flatnonzero((columns.adds | inner_signs) & (column >= 0))
        tails = tails[~inner[column[tails]]]
        is_negated = columns.negates[tails] | (columns.subtracts[tails] & (slot == 1))
        parts.append((end[tails], column[tails], sign[tails] * np.where(is_negated, -1, 1), 2 * tails + slot))
    owners, args, signs, written = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((written, owners))
    return _Terms(owners[order], args[order], signs[order])
