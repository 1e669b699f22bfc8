"""Recognizes sums of products that are a matrix product.

A group of sums, each of T products of a factor x and a factor y, is a matrix product if the rows of x factors and the rows of y
factors pair up in every combination. If they do so only within disjoint sets, it is a stack of matrix products, such as one for
each head of an attention. If a few combinations are missing, such as the future positions of causal attention, they are computed as
well and not used.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.layout import Layout

# The part of all combinations of a row and a column that must be wanted for a matrix product; the others are computed in vain. The
# scores of causal attention over n positions want (n + 1) / (2 n) of them, without the own position (n - 1) / (2 n). Halved: up to
# four times the work that is needed. Doubled: causal attention becomes sums along an axis, which take the memory of all products at
# once; of 839 products in test programs 24 are lost.
MIN_WANTED_PAIRS = 0.45


class MatmulFactors(NamedTuple):
    """A stack of B matrix products of Q rows and P columns with T terms.

    Attributes
    ----------
    layout : Layout
        Which sum stands at which entry of the product, shape (B, Q, P) without the axes of length one.
    rows : array of int, shape (B, Q, T)
        The nodes of the left factors; -1 for a zero.
    columns : array of int, shape (B, P, T)
        The nodes of the right factors; -1 for a zero.
    """

    layout: Layout
    rows: IntArray
    columns: IntArray


class _PairGrid(NamedTuple):
    """Pairs of a u and a v in tables: the pair at each entry or -1, shape (B, Q, P), and the u and v of each table."""

    pairs: IntArray
    u: IntArray
    v: IntArray


def find_distinct_rows(table: IntArray) -> tuple[IntArray, IntArray]:
    """Find the distinct rows of a table of integers.

    Rows are compared by a random linear hash of 64 bits, which is much faster than sorting them. Two different rows of n have the
    same hash with a probability of about n**2 / 2**63; the self-check of the compiled function would notice.

    Parameters
    ----------
    table : array of int, shape (n, m)

    Returns
    -------
    first : array of int
        The positions at which distinct rows occur first, ascending.
    which : array of int, shape (n,)
        The number of each row among the distinct ones.

    Examples
    --------
    >>> first, which = find_distinct_rows(np.array([[7, 1], [0, 0], [7, 1]]))
    >>> first.tolist(), which.tolist()
    ([0, 1], [0, 1, 0])
    """
    weights = np.random.default_rng(0).integers(1, 2**62, table.shape[1], dtype=np.int64) | 1
    with np.errstate(over="ignore"):
        hashes = (table * weights).sum(axis=1)
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(first), dtype=np.int64)
    rank[order] = np.arange(len(first))
    return first[order], rank[inverse.ravel()]


def count_earlier_copies(table: IntArray) -> IntArray:
    """Count for each row of a table the equal rows above it.

    Examples
    --------
    >>> count_earlier_copies(np.array([[1, 2], [3, 4], [1, 2]])).tolist()
    [0, 0, 1]
    """
    which = find_distinct_rows(table)[1]
    order = np.argsort(which, kind="stable")
    counts = np.bincount(which)
    copies = np.empty_like(order)
    copies[order] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return copies


def find_matmul(columns: IntArray, rows: IntArray, column_codes: IntArray, row_codes: IntArray) -> MatmulFactors | None:
    """Find the factors of sums of products that are a matrix product or a stack of them.

    Parameters
    ----------
    columns, rows : array of int, shape (n_sums, T)
        The factors of each sum; -1 at the end of sums with fewer terms.
    column_codes, row_codes : array of int, shape (n_sums, any)
        Rows of integers that are equal where the factors are to be counted as equal.

    Returns
    -------
    MatmulFactors or None
        None if the sums are not a matrix product.
    """
    if not (columns < 0).any():
        return _match_pairs(columns, rows, column_codes, row_codes)
    extended_columns = _extend_prefixes(columns)
    if extended_columns is not None:
        factors = _match_pairs(extended_columns, rows, extended_columns, rows)
        if factors is not None:
            return factors
    extended_rows = _extend_prefixes(rows)
    return None if extended_rows is None else _match_pairs(columns, extended_rows, columns, extended_rows)


def _extend_prefixes(table: IntArray) -> IntArray | None:
    """Replace each row that is the beginning of another row by that one; None if rows with one beginning go on differently."""
    lengths = (table >= 0).sum(axis=1)
    order = np.argsort(-lengths, kind="stable")
    _, first, inverse = np.unique(table[order, 0], return_index=True, return_inverse=True)
    longest = np.empty_like(order)
    longest[order] = order[first[inverse.ravel()]]
    extended = table[longest]
    return extended if ((table < 0) | (table == extended)).all() else None


def _match_pairs(columns: IntArray, rows: IntArray, column_codes: IntArray, row_codes: IntArray) -> MatmulFactors | None:
    """Return the factors if the distinct columns and rows pair up in every combination, or nearly."""
    first_u, u = find_distinct_rows(column_codes)
    first_v, v = find_distinct_rows(row_codes)
    grid = _arrange_pairs(u, v, len(first_u), len(first_v))
    if grid is None:
        return None
    is_wanted = grid.pairs >= 0
    if is_wanted.all():
        layout = Layout(_drop_unit_axes(grid.pairs))
    else:
        first_wanted = np.argmax(is_wanted, axis=2)[:, :, None]
        padding = np.take_along_axis(grid.pairs, first_wanted, axis=2)
        layout = Layout(_drop_unit_axes(np.where(is_wanted, grid.pairs, padding)), _drop_unit_axes(is_wanted))
    return MatmulFactors(layout, rows[first_v[grid.v]], columns[first_u[grid.u]])


def _drop_unit_axes(table: Any) -> Any:
    return table.reshape([n for n in table.shape if n > 1])


def _arrange_pairs(u: IntArray, v: IntArray, n_u: int, n_v: int) -> _PairGrid | None:
    """Arrange pairs (u[k], v[k]) in tables of equal size, one for each connected set of pairs.

    Parameters
    ----------
    u, v : array of int, shape (n_pairs,)
        Numbers less than n_u and n_v.

    Returns
    -------
    _PairGrid or None
        None if the sets are of different sizes, a pair occurs twice, or too few combinations occur.
    """
    component = _label_components(u, v, n_u)
    components, u_table = np.unique(component, return_inverse=True)
    v_table = np.empty(n_v, dtype=np.int64)
    v_table[v] = u_table[u]
    count = len(components)
    width, height = n_u // count, n_v // count
    if width * height == 1 or not (_are_equally_many(u_table, count, width) and _are_equally_many(v_table, count, height)):
        return None
    u_of_table, u_rank = _rank_within_tables(u_table, count)
    v_of_table, v_rank = _rank_within_tables(v_table, count)
    pairs = np.full((count, height, width), -1)
    pairs[u_table[u], v_rank[v], u_rank[u]] = np.arange(len(u))
    n_wanted = (pairs >= 0).sum()
    has_empty_row = (pairs.max(axis=2) < 0).any()
    if n_wanted < len(u) or n_wanted < MIN_WANTED_PAIRS * pairs.size or has_empty_row:
        return None
    return _PairGrid(pairs, u_of_table, v_of_table)


def _are_equally_many(table_of: IntArray, count: int, size: int) -> bool:
    """Return whether each of ``count`` tables has ``size`` members."""
    return bool((np.bincount(table_of, minlength=count) == size).all())


def _rank_within_tables(table_of: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Return the members of each table, one table per row, and for each member its place in the row."""
    members = np.argsort(table_of, kind="stable").reshape(count, -1)
    rank = np.empty(len(table_of), dtype=np.int64)
    rank[members.ravel()] = np.tile(np.arange(members.shape[1]), count)
    return members, rank


def _label_components(u: IntArray, v: IntArray, n_u: int) -> IntArray:
    """Return for each u the smallest one in its connected component of the graph with an edge for each pair (u[k], v[k]).

    Labels spread along edges and jump to the label of their label, so the number of rounds is logarithmic in the diameter.
    """
    label = np.arange(n_u)
    n_v = int(v.max()) + 1
    while True:
        least = np.full(n_v, n_u)
        np.minimum.at(least, v, label[u])
        new_label = label.copy()
        np.minimum.at(new_label, u, least[v])
        new_label = new_label[new_label]
        if np.array_equal(new_label, label):
            return label
        label = new_label
