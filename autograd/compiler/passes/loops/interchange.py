"""Loop interchange: a loop of independent iterations with recurrences in it becomes a recurrence whose steps are arrays.

A program that runs a recurrence for one sample after the other has as many short loops as samples. If the operations are put in
another order, the first step of all samples, then the second step of all samples, there is one loop, whose body is vectorized.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.scalar_graph import ScalarGraph
from autograd.compiler.ir.sums import BoolArray
from autograd.compiler.passes.loops.operations import Operations
from autograd.compiler.passes.loops.recurrences import find_core
from autograd.compiler.passes.loops.repetitions import MIN_ITERATIONS, Repetition


class _Lanes(NamedTuple):
    """Independent iterations: the places of their operations, one row for each, and those of the sums over them."""

    places: IntArray
    sums: IntArray


class _Bounds(NamedTuple):
    """Repetitions in columns."""

    starts: IntArray
    stops: IntArray
    periods: IntArray


class Interchange(NamedTuple):
    """The order of the operations of a graph, and what is left to search for recurrences.

    Attributes
    ----------
    order : array of int, shape (n_operations,), or None
        The ids of the operations in the new order; None if the order stays.
    candidates : list of Repetition
        The repetitions in the old order that may be recurrences, the longest first.
    """

    order: IntArray | None
    candidates: list[Repetition]


def interchange_loops(
    graph: ScalarGraph, operations: Operations, repetitions: Sequence[Repetition], use_counts: IntArray
) -> Interchange:
    """Put the operations of independent iterations side by side, if there are recurrences in them.

    Iterations are alike, so only the second one is searched for recurrences. If it has none, no repetition within an iteration is a
    candidate: a mixture of Gaussians has seven for each sample.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.
    operations : Operations
        Its operations.
    repetitions : sequence of Repetition
        The repetitions among them, the longest first.
    use_counts : array of int, shape (n_nodes,)
        How often each node is used.

    Returns
    -------
    Interchange
    """
    order = operations.nodes.copy()
    bounds = _Bounds(*np.array(repetitions, dtype=np.int64).reshape(-1, 3).T)
    may_recur = np.ones(len(repetitions), dtype=bool)
    examined = np.zeros(len(order), dtype=bool)
    is_changed = False
    for repetition in repetitions:
        outer = _drop_last_part(repetition)
        if examined[outer.start : outer.stop].any():
            continue
        examined[outer.start : outer.stop] = True
        inner = [repetitions[k] for k in _find_inner(outer, bounds)]
        if not any(len(find_core(graph, operations, other, use_counts).core) for other in inner):
            may_recur[_are_within_one_iteration(outer, bounds)] = False
            continue
        lanes = _find_lanes(graph, operations, outer, use_counts)
        if lanes is not None:
            places = np.concatenate([lanes.places.ravel(), lanes.sums])
            order[np.sort(places)] = operations.nodes[np.concatenate([lanes.places.T.ravel(), np.sort(lanes.sums)])]
            is_changed = True
    candidates = [repetition for repetition, may in zip(repetitions, may_recur.tolist(), strict=True) if may]
    return Interchange(order if is_changed else None, candidates)


def _drop_last_part(repetition: Repetition) -> Repetition:
    """Return whole iterations: what follows them may match by chance and read results of all of them."""
    start, _, period = repetition
    return repetition._replace(stop=start + repetition.length // period * period)


def _find_inner(outer: Repetition, bounds: _Bounds) -> IntArray:
    """Return the numbers of the repetitions within the second iteration of another one: the first one may differ."""
    start = outer.start + outer.period
    stop = min(outer.stop, start + 2 * outer.period)
    is_short = MIN_ITERATIONS * bounds.periods <= outer.period
    return np.flatnonzero((start <= bounds.starts) & (bounds.stops <= stop) & is_short)


def _are_within_one_iteration(outer: Repetition, bounds: _Bounds) -> BoolArray:
    """Return which repetitions are parts of one iteration of another one, wherever an iteration may begin."""
    is_inside = (outer.start <= bounds.starts) & (bounds.stops <= outer.stop)
    return is_inside & (bounds.stops - bounds.starts <= outer.period)


def _find_lanes(graph: ScalarGraph, operations: Operations, outer: Repetition, use_counts: IntArray) -> _Lanes | None:
    """Return the iterations of a repetition if they are independent of each other except for sums, else None."""
    totals = find_core(graph, operations, outer, use_counts).sums
    start = _find_boundary(operations, outer, totals)
    if start is None:
        return None
    period = outer.period
    count = (outer.stop - start) // period
    is_sum = np.isin(np.arange(start, start + period) % period, totals)
    columns, sums = np.flatnonzero(~is_sum), np.flatnonzero(is_sum)
    places = start + period * np.arange(count)[:, np.newaxis] + columns
    last = places[-1] + period
    if last[-1] < len(operations.nodes) and _are_alike(operations, last, places[-1]) and not _reads_ahead(operations, last, places):
        count += 1  # the part that was dropped ends an iteration
        places = np.concatenate([places, last[np.newaxis]])
    first = np.arange(start - len(columns), start)
    if first[0] >= 0 and _are_alike(operations, first, places[0]) and not _reads_ahead(operations, places, first):
        places = np.concatenate([first[np.newaxis], places])
    return _Lanes(places, (start + period * np.arange(count)[:, np.newaxis] + sums).ravel())


def _find_boundary(operations: Operations, outer: Repetition, sums: IntArray) -> int | None:
    """Return the first place at which iterations may begin, so that each operation follows its operands in the new order.

    Iterations that begin between an operand and its reader, modulo the period, would have the reader in front. If an operation
    depends on itself in an earlier iteration, there is no such place, since the path between runs through a whole period.
    """
    start, stop, period = outer
    owners, producers = (x[operations.offsets[start] : operations.offsets[stop]] for x in (operations.owners, operations.producers))
    is_ordered = (producers >= start) & ~np.isin(producers % period, sums)
    readers, operands = (owners[is_ordered] - start) % period, (producers[is_ordered] - start) % period
    changes = np.zeros(period + 1, dtype=np.int64)
    np.add.at(changes, operands + 1, 1)
    np.add.at(changes, readers + 1, -1)
    changes[0] = np.count_nonzero(readers < operands)
    is_free = np.cumsum(changes)[:period] == 0
    return start + int(np.argmax(is_free)) if is_free.any() else None


def _are_alike(operations: Operations, first: IntArray, second: IntArray) -> bool:
    """Return whether two rows of operations are the same, on results of the same row or of operations outside of it."""
    if not np.array_equal(operations.kinds[first], operations.kinds[second]):
        return False
    columns = [_number_columns(operations, places)[_find_operands(operations, places)[0]] for places in (first, second)]
    return np.array_equal(columns[0], columns[1])


def _reads_ahead(operations: Operations, readers: IntArray, earlier: IntArray) -> bool:
    """Return whether an operation reads a result of an earlier row that is computed in a later column, so after it."""
    producers, owners = _find_operands(operations, readers.ravel())
    columns_of_readers = _number_columns(operations, readers)[owners]
    return bool((_number_columns(operations, earlier)[producers] > columns_of_readers).any())


def _number_columns(operations: Operations, rows: IntArray) -> IntArray:
    """Return the column of each place of some rows; -1 for the others, and at the end for leaves and constants."""
    column_of = np.full(len(operations.nodes) + 1, -1)
    column_of[rows] = np.arange(rows.shape[-1])
    return column_of


def _find_operands(operations: Operations, places: IntArray) -> tuple[IntArray, IntArray]:
    """Return for all operands of operations the place that computes it, or -1, and the place that reads it."""
    slots = np.concatenate([np.arange(operations.offsets[p], operations.offsets[p + 1]) for p in places])
    return operations.producers[slots], operations.owners[slots]
