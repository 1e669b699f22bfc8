"""Writes a matrix product that `matmul_detection` found."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.ir.layout import Layout
from autograd.compiler.passes.vectorization.matmul_detection import MatmulFactors
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph
from autograd.ops.kinds import Linear

# Reads entries of an array at flat positions; the mask is False at padding. Nobody reads the padding, so it has no cotangents, and
# each position of the array gets the cotangent of the one entry that reads it and is not padding.
PADDED_GATHER = Linear(
    "padded_gather",
    lambda xp, a, *, source, mask: xp.getitem(xp.reshape(a, (-1,)), index=source),
    lambda xp, g, a, *, source, mask: xp.reshape(xp.where(mask, g, 0.0), xp.shape(a)),
    domains=(),
    kink="",
    ties=False,
)


def write_matmul(graph: VectorizedGraph, factors: MatmulFactors) -> Any:
    """Return the sums of products as a product of two matrices, or of two stacks of matrices.

    Parameters
    ----------
    graph : VectorizedGraph
    factors : MatmulFactors

    Returns
    -------
    Instruction
        In the shape of the layout. Entries that no sum needs, such as those above the diagonal of causal scores, are replaced by
        the entries that the layout repeats there.
    """
    builder, layout = graph.builder, factors.layout
    product = builder.reshape(_multiply(graph, factors), layout.table.shape)
    if layout.mask is None:
        return product
    static = {"source": _find_sources(layout), "mask": graph.make_constant(layout.mask)}
    return builder.call(PADDED_GATHER, (product,), static)


def _multiply(graph: VectorizedGraph, factors: MatmulFactors) -> Any:
    """Return rows times columns, with vectors in place of matrices of one row or one column."""
    builder = graph.builder
    rows, columns = graph.read_with_zeros(factors.rows), graph.read_with_zeros(factors.columns)
    n_matrices, n_rows, _ = factors.rows.shape
    n_columns = factors.columns.shape[1]
    if n_matrices > 1:
        return builder.matmul(rows, builder.swapaxes(columns, 1, 2))
    rows, columns = (builder.reshape(x, builder.shape(x)[1:]) for x in (rows, columns))
    if n_columns == 1:
        return builder.matmul(rows, builder.reshape(columns, builder.shape(columns)[1:]))
    if n_rows == 1:
        return builder.matmul(columns, builder.reshape(rows, builder.shape(rows)[1:]))
    return builder.matmul(rows, builder.transpose(columns, axes=None))


def _find_sources(layout: Layout) -> Any:
    """Return for each entry of a layout the flat position of its member, which for padding is another entry."""
    assert layout.mask is not None
    flat, mask = layout.table.ravel(), layout.mask.ravel()
    position = np.empty(int(flat.max()) + 1, dtype=np.int64)
    position[flat[mask]] = np.flatnonzero(mask)
    return position[layout.table]
