"""The terms of a group of sums in tables with one row per sum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.scalar_graph import CONSTANT, LEAF
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph

MISSING = -1  # in place of the terms that a sum has fewer than others


class TermBlock(NamedTuple):
    """The terms of one kind of a group of sums. Each sum adds ``sign * x * y`` along its row, or ``sign * x`` if y is None.

    Attributes
    ----------
    sign : int
        1 or -1.
    x : array of int, shape (..., n_terms)
        The nodes that the terms are, or their first factors; MISSING where a sum has fewer terms. In a matrix product x becomes the
        columns.
    y : array of int, shape (..., n_terms), or None
        The nodes of the other factors. In a matrix product y becomes the rows.
    """

    sign: int
    x: IntArray
    y: IntArray | None

    @property
    def width(self) -> int:
        """The number of terms of the longest sum."""
        return int(self.x.shape[-1])

    @property
    def factors(self) -> list[IntArray]:
        """The tables that there are: x, and y if the terms are products."""
        return [self.x] if self.y is None else [self.x, self.y]

    @property
    def is_ragged(self) -> bool:
        """Whether some sums have fewer terms of this kind than others."""
        return bool((self.x < 0).any())

    def take(self, rows: IntArray) -> TermBlock:
        """Return the block of some sums, in the shape of ``rows``."""
        return TermBlock(self.sign, self.x[rows], None if self.y is None else self.y[rows])


def collect_terms(graph: VectorizedGraph, members: IntArray) -> list[TermBlock]:
    """Collect the terms of a group of sums, kind by kind.

    The factor that becomes the columns of a matrix product comes first: weights, or of two results the later one, as the keys in
    ``Q @ K.T``.

    Parameters
    ----------
    graph : VectorizedGraph
    members : array of int
        Isomorphic sums.

    Returns
    -------
    list of TermBlock
    """
    sums, group_ids = graph.table.sums, graph.group_ids
    owners, terms = _expand_ranges(sums.offsets[members], sums.offsets[members + 1])
    x, y, signs = sums.left[terms], sums.right[terms], sums.signs[terms]
    x_groups, y_groups = group_ids[x], np.where(y < 0, MISSING, group_ids[y])
    is_swapped = (y >= 0) & (x_groups > y_groups)
    x, y = np.where(is_swapped, y, x), np.where(is_swapped, x, y)
    x_groups, y_groups = np.where(is_swapped, y_groups, x_groups), np.where(is_swapped, x_groups, y_groups)
    kinds, kind_of = np.unique(np.stack([signs, x_groups, y_groups], axis=1), axis=0, return_inverse=True)
    blocks = []
    for kind, (sign, _, y_group) in enumerate(kinds.tolist()):
        own = np.flatnonzero(kind_of.ravel() == kind)
        x_table, y_table = _tabulate(owners[own], len(members), x[own], y[own])
        if y_group < 0:
            blocks.append(TermBlock(sign, x_table, None))
            continue
        as_written = (y_table, x_table) if is_swapped[own[0]] else (x_table, y_table)
        blocks.append(TermBlock(sign, *_put_columns_first(graph, *as_written)))
    return blocks


def _expand_ranges(starts: IntArray, stops: IntArray) -> tuple[IntArray, IntArray]:
    """Return all integers of some ranges, and for each the number of its range."""
    counts = stops - starts
    owners = np.repeat(np.arange(len(starts)), counts)
    return owners, np.repeat(starts, counts) + _count_within(counts)


def _count_within(counts: IntArray) -> IntArray:
    """Return 0, 1, ..., counts[0] - 1, 0, 1, ..., counts[1] - 1, and so on."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _tabulate(owners: IntArray, n_rows: int, *columns: IntArray) -> list[IntArray]:
    """Write values into tables, those of one owner next to each other; MISSING at the end of shorter rows."""
    lengths = np.bincount(owners, minlength=n_rows)
    places = _count_within(lengths)
    tables = []
    for values in columns:
        table = np.full((n_rows, int(lengths.max())), MISSING)
        table[owners, places] = values
        tables.append(table)
    return tables


def _put_columns_first(graph: VectorizedGraph, first: IntArray, second: IntArray) -> tuple[IntArray, IntArray]:
    """Return two factors with the one first that stands on the right of a matrix product."""
    if _column_rank(graph, first) < _column_rank(graph, second):
        return first, second
    return second, first


def _column_rank(graph: VectorizedGraph, ids: IntArray) -> int:
    """Return a number that is smaller for factors that belong on the right: captured numbers, arguments, results, constants."""
    i = int(ids.max())
    op_id = graph.table.op_ids[i]
    if op_id == CONSTANT:
        return 3
    if op_id == LEAF:
        return int(graph.group_of(i) in graph.argument_groups)
    return 2
