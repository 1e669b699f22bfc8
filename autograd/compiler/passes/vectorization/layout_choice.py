"""Chooses the layouts of groups, so that operands need as little rearranging as possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray, grid_shape
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.layout import Layout, fill_in_order
from autograd.compiler.passes.vectorization.matmul_detection import find_distinct_rows
from autograd.compiler.passes.vectorization.sum_terms import TermBlock, collect_terms
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph


def lay_out_summed_groups(graph: VectorizedGraph) -> dict[int, IntArray]:
    """Choose the layouts that sums suggest: members that are summed together stand in one row.

    Captured numbers get that layout at once, so that weights have the shape of the factor that they are in a matrix product.

    Parameters
    ----------
    graph : VectorizedGraph
        Its leaves are known, and no operation is written yet.

    Returns
    -------
    dict of int to array of int, shape (n_sums, n_terms)
        The rows in which the members of other groups are summed.
    """
    summed_rows: dict[int, IntArray] = {}
    group_sizes = np.bincount(graph.group_ids[graph.group_ids >= 0])
    for sums in graph.split_by_group(np.flatnonzero(graph.table.sums.roots)):
        blocks = collect_terms(graph, sums)
        has_matrix_product = any(_may_be_matrix_product(graph, block) for block in blocks)
        for block in blocks:
            if has_matrix_product:
                roles = graph.bias_groups if block.y is None else graph.weight_groups
                roles.update(graph.group_of(ids.max()) for ids in block.factors)
            for ids in block.factors:
                rows = _find_rows_of_whole_group(graph, ids, group_sizes)
                if rows is None:
                    continue
                group = graph.group_of(rows[0, 0])
                if group in graph.unordered_leaves:
                    graph.lay_out_leaves(group, rows)
                elif len(rows) > 1:
                    summed_rows.setdefault(group, rows)
    return summed_rows


def _may_be_matrix_product(graph: VectorizedGraph, block: TermBlock) -> bool:
    """Return whether the terms of a block are several products of two different groups."""
    if block.y is None or block.width < 2:
        return False
    return graph.group_of(block.x.max()) != graph.group_of(block.y.max())


def _find_rows_of_whole_group(graph: VectorizedGraph, ids: IntArray, group_sizes: IntArray) -> IntArray | None:
    """Return the distinct rows of a table if they hold each member of a group exactly once."""
    if ids.shape[1] < 2 or (ids < 0).any() or graph.is_constant(ids):
        return None
    rows = ids[find_distinct_rows(ids)[0]]
    is_partition = rows.size == group_sizes[graph.group_of(ids[0, 0])] and len(np.unique(rows)) == rows.size
    return rows if is_partition else None


class _OperandLayout(NamedTuple):
    """A layout like an operand's, how many axes that has, and whether it is a matrix whose entries are all read."""

    is_whole_matrix: bool
    rank: int
    layout: Layout


def arrange_elementwise(
    graph: VectorizedGraph, members: IntArray, operands: Sequence[IntArray], summed_rows: IntArray | None
) -> Layout:
    """Choose the layout of a group of elementwise operations.

    Parameters
    ----------
    graph : VectorizedGraph
    members : array of int
        Operations, no two of which compute the same.
    operands : sequence of array of int
        The operands of all nodes of the graph, slot by slot.
    summed_rows : array of int, optional
        The rows in which sums read the group.

    Returns
    -------
    Layout
        The first of these that applies: that of a matrix whose entries are all read, each once; the rows in which the group is
        summed; that of any operand whose entries are read at most once; all pairs of two operands; one axis.
    """
    codes = [graph.encode(column[members]) for column in operands]
    best = _find_operand_layout(graph, members, operands, codes)
    if best is not None and best.is_whole_matrix:
        return best.layout
    if summed_rows is not None and summed_rows.size == len(members) and np.isin(summed_rows, members).all():
        order = np.argsort(members)
        return Layout(order[np.searchsorted(members[order], summed_rows)])
    if best is not None:
        return best.layout
    if len(codes) == 2:
        counts = tuple(len(np.unique(code)) for code in codes)
        if counts[0] * counts[1] == len(members) and 1 not in counts:
            return fill_in_order(np.lexsort(codes[::-1]), counts)
    return fill_in_order(np.arange(len(members)), (len(members),))


def _find_operand_layout(
    graph: VectorizedGraph, members: IntArray, operands: Sequence[IntArray], codes: Sequence[IntArray]
) -> _OperandLayout | None:
    """Return the best layout like that of an operand whose entries are read at most once: a whole matrix, then the highest rank."""
    found: list[_OperandLayout] = []
    for column, code in zip(operands, codes, strict=True):
        ids = column[members]
        group = graph.group_of(ids[0])
        array = graph.arrays.get(group)
        if not isinstance(array, Instruction) or graph.is_constant(ids) or len(np.unique(code)) < len(members):
            continue
        reads_all = len(members) == int(np.prod(array.shape)) or group in graph.padded_positions
        rank = len(array.shape)
        found.append(_OperandLayout(reads_all and rank > 1, rank, _arrange_like(graph, group, code, array.shape)))
    return max(found, key=lambda candidate: (candidate.is_whole_matrix, candidate.rank), default=None)


def _arrange_like(graph: VectorizedGraph, group: int, code: IntArray, shape: tuple[int, ...]) -> Layout:
    """Return the layout of members that read the entries ``code`` of a group's array, each once."""
    padded = graph.padded_positions.get(group)
    if padded is not None:
        reader = np.full(padded.size, -1)
        reader[code] = np.arange(len(code))
        table = reader[padded].reshape(shape)
        if (table >= 0).all():
            return Layout(table, (padded == np.arange(padded.size)).reshape(shape))
    order = np.argsort(code)
    return fill_in_order(order, grid_shape(code[order], shape))


def arrange_reductions(graph: VectorizedGraph, tables: Sequence[IntArray], count: int) -> Layout:
    """Choose the layout of sums that are not a matrix product, or of maxima: like that of the nodes that they read first.

    Parameters
    ----------
    graph : VectorizedGraph
    tables : sequence of array of int, shape (count, n_terms)
        What the reductions read, one row for each.
    count : int

    Returns
    -------
    Layout
        One axis if several reductions begin with the same node in every table.
    """
    if count == 1:
        return fill_in_order(np.zeros(1, dtype=np.int64), ())
    for ids in tables:
        if (ids[:, 0] < 0).any() or graph.is_constant(ids):
            continue
        array = graph.arrays.get(graph.group_of(ids[0, 0]))
        code = graph.positions[ids].min(axis=1) if (ids >= 0).all() else graph.positions[ids[:, 0]]
        if isinstance(array, Instruction) and len(np.unique(code)) == count:
            order = np.argsort(code)
            return fill_in_order(order, grid_shape(code[order], array.shape))
    return fill_in_order(np.arange(count), (count,))
