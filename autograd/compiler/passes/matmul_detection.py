"""Which sums of products are a product of matrices: their factors, as rows of nodes, pair up in every combination, or nearly."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.indexing import IntArray

ENOUGH = 0.45  # the part of all pairs that must be wanted for all of them to be computed


class Layout(NamedTuple):
    """Members of a group in an array of some shape. Where ``there`` is False stands another member a second time."""

    table: IntArray
    there: npt.NDArray[np.bool_] | None = None


class Factors(NamedTuple):
    """A product of matrices, or a stack of such: nodes of the rows (B, Q, T) and of the columns (B, P, T), -1 for a zero."""

    layout: Layout  # of shape (B, Q, P) without the axes of length one
    rows: IntArray
    columns: IntArray


def in_a_row(order: Any, shape: tuple[int, ...]) -> Layout:
    """The layout of members in an order."""
    return Layout(np.asarray(order).reshape(shape))


def distinct_rows(table: IntArray) -> tuple[IntArray, IntArray]:
    """The places of the distinct rows of a table where they first appear, and for each row which of them it is."""
    weights = np.random.default_rng(0).integers(1, 2**62, table.shape[1], dtype=np.int64) | 1
    with np.errstate(over="ignore"):
        words = (table * weights).sum(axis=1)
    _, first, inverse = np.unique(words, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    order = np.argsort(first)
    rank[order] = np.arange(len(first))
    return first[order], rank[inverse.ravel()]


def repeats(table: IntArray) -> IntArray:
    """How often each row of a table has stood above itself.

    >>> repeats(np.array([[1, 2], [3, 4], [1, 2]])).tolist()
    [0, 0, 1]
    """
    which = distinct_rows(table)[1]
    order = np.argsort(which, kind="stable")
    counts = np.bincount(which)
    above = np.empty_like(order)
    above[order] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return above


def extended(table: IntArray) -> IntArray | None:
    """Rows that are the beginning of another row, as that row; None where two that begin alike go on differently."""
    lengths = (table >= 0).sum(axis=1)
    order = np.argsort(-lengths, kind="stable")
    _, first, inverse = np.unique(table[order, 0], return_index=True, return_inverse=True)
    longest = np.empty_like(order)
    longest[order] = order[first[inverse.ravel()]]
    whole = table[longest]
    return whole if ((table < 0) | (table == whole)).all() else None


def matched(columns: IntArray, rows: IntArray, column_codes: IntArray, row_codes: IntArray) -> Factors | None:
    """Sums of products as a product of matrices, or as a stack of them; None where they are not.

    ``columns`` and ``rows`` hold the factors of each sum, one sum per row, -1 where it has fewer; the codes tell factors apart.
    """
    if not (columns < 0).any():
        return _factors(columns, rows, column_codes, row_codes)
    found = None
    for whole, ragged in ((columns, rows), (rows, columns)):
        wide = extended(whole)
        if found is None and wide is not None:
            pair = (wide, ragged) if whole is columns else (ragged, wide)
            found = _factors(*pair, *pair)
    return found


def _factors(columns: IntArray, rows: IntArray, column_codes: IntArray, row_codes: IntArray) -> Factors | None:
    first_u, u = distinct_rows(column_codes)
    first_v, v = distinct_rows(row_codes)
    cells = _cells(u, v, len(first_u), len(first_v))
    if cells is None:
        return None
    table, which_u, which_v = cells
    there = table >= 0
    if there.all():
        layout = Layout(_squeezed(table))
    else:
        nearest = np.take_along_axis(table, np.argmax(there, axis=2)[:, :, None], axis=2)
        layout = Layout(_squeezed(np.where(there, table, nearest)), _squeezed(there))
    return Factors(layout, rows[first_v[which_v]], columns[first_u[which_u]])


def _squeezed(table: Any) -> Any:
    return table.reshape([n for n in table.shape if n > 1])


def _cells(u: IntArray, v: IntArray, n_u: int, n_v: int) -> tuple[IntArray, IntArray, IntArray] | None:
    """Pairs (u, v) as a stack of tables (B, Q, P) of pair numbers, -1 where a pair is missing, with the u and v of each table."""
    part = _parts(u, v, n_u)
    blocks, part_u = np.unique(part, return_inverse=True)
    part_v = np.empty(n_v, dtype=np.int64)
    part_v[v] = part_u[u]
    count = len(blocks)
    wide, high = n_u // count, n_v // count
    if (
        wide * high == 1
        or (np.bincount(part_u, minlength=count) != wide).any()
        or (np.bincount(part_v, minlength=count) != high).any()
    ):
        return None
    which_u = np.argsort(part_u, kind="stable").reshape(count, wide)
    which_v = np.argsort(part_v, kind="stable").reshape(count, high)
    rank_u, rank_v = np.empty(n_u, dtype=np.int64), np.empty(n_v, dtype=np.int64)
    rank_u[which_u.ravel()] = np.tile(np.arange(wide), count)
    rank_v[which_v.ravel()] = np.tile(np.arange(high), count)
    table = np.full((count, high, wide), -1)
    table[part_u[u], rank_v[v], rank_u[u]] = np.arange(len(u))
    found = (table >= 0).sum()
    if found < len(u) or found < ENOUGH * table.size or (table.max(axis=2) < 0).any():
        return None
    return table, which_u, which_v


def _parts(u: IntArray, v: IntArray, n_u: int) -> IntArray:
    """For each u the smallest one that is connected to it by pairs (u, v)."""
    part = np.arange(n_u)
    n_v = int(v.max()) + 1
    while True:
        least = np.full(n_v, n_u)
        np.minimum.at(least, v, part[u])
        further = part.copy()
        np.minimum.at(further, u, least[v])
        further = further[further]
        if np.array_equal(further, part):
            return part
        part = further
