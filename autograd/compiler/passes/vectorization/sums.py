"""Writes a group of sums as a matrix product if it is one, else as reductions along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.passes.vectorization.elementwise import MAX_NUMBERS
from autograd.compiler.passes.vectorization.layout_choice import arrange_reductions
from autograd.compiler.passes.vectorization.matmul_detection import MatmulFactors, count_earlier_copies, find_matmul
from autograd.compiler.passes.vectorization.matmul_emission import write_matmul
from autograd.compiler.passes.vectorization.sum_terms import TermBlock, collect_terms
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph

# Terms that a sum of single numbers may have to stay one. A sum of six products takes 90 ns on Python floats and 1300 ns as a dot
# product, plus the time to stack its factors; a longer one is hard to read. Halved: 0.6 % more NumPy operations in 1030 functions
# of test programs. Doubled: none of them changes.
MAX_TERMS_OF_NUMBERS = 6


class _MatmulBlock(NamedTuple):
    """The terms of sums that are a matrix product, and its factors."""

    block: TermBlock
    factors: MatmulFactors


def vectorize_sums(graph: VectorizedGraph, members: IntArray) -> None:
    """Write all members of a group of sums together.

    The widest kind of terms that is a matrix product becomes one; the layout of the sums is that of the product. The other kinds
    are added to it. Few short sums of single numbers stay operations on numbers.

    Parameters
    ----------
    graph : VectorizedGraph
    members : array of int
        Isomorphic sums.
    """
    blocks = [_sort_terms(graph, block) for block in collect_terms(graph, members)]
    if _stays_scalar(graph, members, blocks):
        graph.add_report(members, "sum")
        graph.store_numbers(members, [_write_out(graph, blocks, row) for row in range(len(members))])
        return
    product = _find_widest_matmul(graph, blocks) if len(members) > 1 else None
    if product is None:
        layout = arrange_reductions(graph, [factor for block in blocks for factor in block.factors], len(members))
        result = f"sum along an axis {layout.table.shape}"
    else:
        layout = product.factors.layout
        result = f"product of matrices {product.factors.rows.shape} {product.factors.columns.shape}"
    graph.add_report(members, f"sum of {sum(block.width for block in blocks)} terms", result)
    total: Any = None
    for block in blocks:
        if product is not None and block is product.block:
            term = write_matmul(graph, product.factors)
        else:
            term = _reduce_block(graph, block.take(layout.table))
        total = _add(total, block.sign, term)
    graph.store_array(members, layout, 0.0 if total is None else total)


def _sort_terms(graph: VectorizedGraph, block: TermBlock) -> TermBlock:
    """Return the block with its terms in the order in which the first sum reads the first factor from the front."""
    if block.is_ragged:
        return block
    for ids in block.factors:
        if not graph.is_constant(ids):
            order = np.argsort(graph.encode(ids[:1])[0], kind="stable")
            return TermBlock(block.sign, block.x[:, order], None if block.y is None else block.y[:, order])
    return block


def _stays_scalar(graph: VectorizedGraph, members: IntArray, blocks: Sequence[TermBlock]) -> bool:
    if len(members) > MAX_NUMBERS or sum(block.width for block in blocks) > MAX_TERMS_OF_NUMBERS:
        return False
    return not any(graph.is_in_array(ids[0, 0]) for block in blocks for ids in block.factors)


def _write_out(graph: VectorizedGraph, blocks: Sequence[TermBlock], row: int) -> Any:
    """Return one sum of numbers, term by term."""
    total: Any = None
    for block in blocks:
        for column in np.flatnonzero(block.x[row] >= 0):
            term = graph.read(block.x[row, column])
            if block.y is not None:
                term = term * graph.read(block.y[row, column])
            total = _add(total, block.sign, term)
    return 0.0 if total is None else total


def _add(total: Any, sign: int, term: Any) -> Any:
    """Return ``total + sign * term``; the term alone if total is None."""
    if total is None:
        return term if sign > 0 else -term
    return total + term if sign > 0 else total - term


def _find_widest_matmul(graph: VectorizedGraph, blocks: Sequence[TermBlock]) -> _MatmulBlock | None:
    """Return the widest block that is a matrix product."""
    candidates = [(block.width, k) for k, block in enumerate(blocks) if block.y is not None and block.width > 1]
    for _, k in sorted(candidates, reverse=True):
        factors = _match(graph, blocks[k])
        if factors is not None:
            return _MatmulBlock(blocks[k], factors)
    return None


def _match(graph: VectorizedGraph, block: TermBlock) -> MatmulFactors | None:
    """Return the factors of a block as a matrix product, those with the fewest numbers."""
    x, y = block.x, block.y
    assert y is not None
    found = [find_matmul(x, y, x, y)]
    if not block.is_ragged and graph.is_constant(y):
        found.append(find_matmul(x, y, x, _encode_constant_rows(graph, x, y)))
    matches = [factors for factors in found if factors is not None]
    return min(matches, key=lambda factors: factors.rows.size + factors.columns.size, default=None)


def _encode_constant_rows(graph: VectorizedGraph, x: IntArray, y: IntArray) -> IntArray:
    """Return codes of constant rows by which equal rows are one, for data that is read again for every sum.

    A pair of equal x and equal y that occurs again, as for two samples that are alike, gets another code.
    """
    codes = graph.encode(y)
    copies = count_earlier_copies(np.hstack([x, codes]))
    return np.hstack([codes, copies[:, None]])


def _reduce_block(graph: VectorizedGraph, block: TermBlock) -> Any:
    """Return what one kind of terms adds to each sum. The last axis of the block is that of the terms."""
    if block.width == 1 and not block.is_ragged:
        return _multiply(graph, [ids[..., 0] for ids in block.factors])
    if block.y is not None and not block.is_ragged and block.x.ndim == 1:
        return graph.builder.vdot(graph.read_in_shape(block.y), graph.read_in_shape(block.x))
    return _sum_along_axis(graph, block)


def _multiply(graph: VectorizedGraph, factors: Sequence[IntArray]) -> Any:
    """Return the product of one or two factors, elementwise."""
    first, *second = (graph.read(ids) for ids in factors)
    return first * second[0] if second else first


def _sum_along_axis(graph: VectorizedGraph, block: TermBlock) -> Any:
    """Return the sums of products as a product of arrays that is summed along its last axis."""
    # a missing term repeats the first one, which every sum has, and is replaced by 0.0 before the summation
    array = _multiply(graph, [np.where(ids < 0, ids[..., :1], ids) for ids in block.factors])
    if block.is_ragged:
        array = graph.builder.where(graph.make_constant(block.x >= 0), array, 0.0)
    shape = graph.builder.shape(array)
    if not shape or shape[-1] == 1:  # all terms of a sum are equal
        return graph.builder.reshape(array, shape[:-1]) * float(block.width)
    return graph.builder.sum(array, axis=None if len(shape) == 1 else -1)
