"""Recurrences: which operations of a repetition depend on earlier iterations, and where their operands come from.

Only these operations need a loop. The operations that the recurrence depends on, and those that depend on it, are the same in each
iteration and independent of each other: they become operations on arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray
from autograd.compiler.ir.scalar_graph import ScalarGraph
from autograd.compiler.ir.sums import BoolArray
from autograd.compiler.passes.loops.components import find_cyclic_components, find_reachable
from autograd.compiler.passes.loops.operations import Operations
from autograd.compiler.passes.loops.periods import MIN_ITERATIONS, Repetition
from autograd.ops import Op

# Operations that a loop must replace, over all iterations: it costs a head and a line for each carried value.
MIN_OPERATIONS = 12
# Iterations that a carried value may skip, as in ``x[t] = a * x[t - 1] + b * x[t - 2]``: each is one more carried value.
MAX_LAG = 4
MAX_CUTS = 4  # how often a repetition is shortened to the longer side of an iteration that breaks it


class Recurrence(NamedTuple):
    """The operations of a repetition that need a loop.

    Attributes
    ----------
    nodes : array of int, shape (n_iterations, n_columns)
        The id of the node of each operation of the body in each iteration.
    operands : array of int, shape (n_iterations, n_operands)
        The ids of the operands.
    owners : array of int, shape (n_operands,)
        The column of the operation that each operand belongs to.
    sources : array of int, shape (n_operands,)
        The column that computes each operand; -1 if it is outside of the loop.
    lags : array of int, shape (n_operands,)
        How many iterations earlier: 0 for the same iteration.
    """

    nodes: IntArray
    operands: IntArray
    owners: IntArray
    sources: IntArray
    lags: IntArray


def find_recurrence(graph: ScalarGraph, operations: Operations, repetition: Repetition, use_counts: IntArray) -> Recurrence | None:
    """Find the recurrence of a repetition.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.
    operations : Operations
        Its operations.
    repetition : Repetition
        The places that repeat.
    use_counts : array of int, shape (n_nodes,)
        How often each node is used.

    Returns
    -------
    Recurrence or None
        The recurrence; None if the iterations do not depend on each other, or if there are too few of them.
    """
    core = _find_core(graph, operations, repetition, use_counts)
    if not len(core):
        return None
    period = repetition.period
    start = _find_seam(operations, repetition, core)
    count = (repetition.stop - start) // period
    for _ in range(MAX_CUTS):
        if count < MIN_ITERATIONS or count * len(core) < MIN_OPERATIONS:
            return None
        found, is_broken = _find_sources(operations, start, period, count, core)
        if found is not None:
            return _extend_to_first_iteration(operations, start, period, count, core) or found
        first, count = _find_longest_run(~is_broken)
        start += first * period
    return None


def _find_core(graph: ScalarGraph, operations: Operations, repetition: Repetition, use_counts: IntArray) -> IntArray:
    """Return the operations that depend on themselves in an earlier iteration, and what lies between them.

    Places are given modulo the period, so that it does not matter where an iteration begins.
    """
    start, stop, period = repetition
    owners, producers = (x[operations.offsets[start] : operations.offsets[stop]] for x in (operations.owners, operations.producers))
    inside = producers >= start
    edges = np.unique(producers[inside] % period * period + owners[inside] % period)
    successors: list[list[int]] = [[] for _ in range(period)]
    predecessors: list[list[int]] = [[] for _ in range(period)]
    for source, target in zip((edges // period).tolist(), (edges % period).tolist(), strict=True):
        successors[source].append(target)
        predecessors[target].append(source)
    cycles = find_cyclic_components(successors)
    members = [x for cycle in cycles if not _is_sum(graph, operations, repetition, use_counts, cycle) for x in cycle]
    core = find_reachable(successors, members) & find_reachable(predecessors, members)
    return np.array(sorted(core), dtype=np.int64)


def _is_sum(graph: ScalarGraph, operations: Operations, repetition: Repetition, use_counts: IntArray, cycle: Sequence[int]) -> bool:
    """Return whether a cycle only adds terms to a total that nobody reads before the end."""
    start, stop, period = repetition
    places = np.arange(start, stop)
    members = places[np.isin(places % period, cycle)]
    names = {
        op.op.name
        for op in (graph.ops[graph.op_ids[i]] for i in operations.nodes[members[-len(cycle) :]].tolist())
        if isinstance(op.op, Op)
    }
    has_other_uses = (use_counts[operations.nodes[members[: -len(cycle)]]] > 1).any()
    return names <= {"add", "subtract"} and bool(names) and not has_other_uses


def _find_seam(operations: Operations, repetition: Repetition, core: IntArray) -> int:
    """Return the first place of an iteration, chosen so that as few values as possible are carried from one to the next.

    Of several such places the one is chosen at which the repetition ends, or else begins.
    """
    start, stop, period = repetition
    first = operations.offsets[stop - period]
    owners, producers = (x[first : operations.offsets[stop]] for x in (operations.owners, operations.producers))
    is_core = (producers >= start) & np.isin(producers % period, core) & np.isin(owners % period, core)
    reach = np.zeros(period, dtype=np.int64)  # of each operation, how far away its result is last read
    np.maximum.at(reach, producers[is_core] % period, (owners - producers)[is_core])
    carried = np.full(period, int((reach // period).sum()))
    begins, lengths = (np.arange(period) + 1)[reach > 0], (reach % period)[reach > 0]
    changes = np.zeros(2 * period + 1, dtype=np.int64)
    np.add.at(changes, begins, 1)
    np.add.at(changes, begins + lengths, -1)
    wrapped = np.cumsum(changes)[: 2 * period].reshape(2, period).sum(axis=0)
    carried += wrapped
    seams = [
        stop % period,
        start % period,
        *((start + np.flatnonzero(np.roll(carried, -(start % period)) == carried.min())) % period),
    ]
    seam = next(int(x) for x in seams if carried[x] == carried.min())
    return start + (seam - start) % period


def _extend_to_first_iteration(operations: Operations, start: int, period: int, count: int, core: IntArray) -> Recurrence | None:
    """Return the recurrence with one more iteration, whose carried values come from other operations; None if there is none."""
    before = start - period
    if before < 0 or not np.array_equal(operations.kinds[before:start], operations.kinds[start : start + period]):
        return None
    return _find_sources(operations, before, period, count + 1, core)[0]


def _find_sources(
    operations: Operations, start: int, period: int, count: int, core: IntArray
) -> tuple[Recurrence | None, BoolArray]:
    """Return where the operands of some iterations come from, or None and the iterations in which this is another place."""
    columns = np.sort((core - start) % period)
    column_of = np.full(period, -1)
    column_of[columns] = np.arange(len(columns))
    first, last = operations.offsets[start], operations.offsets[start + period]
    owners = column_of[operations.owners[first:last] - start]
    operands = operations.operands[first : first + count * (last - first)].reshape(count, -1)[:, owners >= 0]
    owners = owners[owners >= 0]
    starts = start + period * np.arange(count)
    places = operations.places[operands]
    is_inside = (places >= start) & (places < start + count * period) & (column_of[(places - start) % period] >= 0)
    offsets = places - starts[:, None]
    is_carried = is_inside[-1]
    lags = np.where(is_carried, -(offsets[-1] // period), 0)
    is_initial = np.arange(count)[:, None] < lags
    follows = np.where(is_carried & ~is_initial, offsets == offsets[-1], ~is_inside)
    is_broken: BoolArray = ~follows.all(axis=1) | (lags > MAX_LAG).any()
    if is_broken.any():
        return None, is_broken
    sources = np.where(is_carried, column_of[offsets[-1] % period], -1)
    nodes = operations.nodes[starts[:, None] + columns]
    return Recurrence(nodes, operands, owners, sources, lags), is_broken


def _find_longest_run(marks: BoolArray) -> tuple[int, int]:
    """Return where the longest run of True begins, and its length."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    if not len(starts):
        return 0, 0
    longest = int(np.argmax(lengths))
    return int(starts[longest]), int(lengths[longest])
