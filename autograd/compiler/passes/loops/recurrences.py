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
from autograd.compiler.passes.loops.cuts import Edge, find_late_columns
from autograd.compiler.passes.loops.operations import Operations
from autograd.compiler.passes.loops.repetitions import MIN_ITERATIONS, Repetition
from autograd.ops import Op

# Operations that a loop must replace, over all iterations: it costs a head and a line for each carried value. Measured as said in
# ``periods``: with 6, there are 269 loops, and a chain of springs has 70 lines instead of 34. With 24, there are 158 loops, 2 %
# fewer lines in all, and a model of volatility (GARCH) of 9 steps has 47 lines instead of 29.
MIN_OPERATIONS = 12

# Iterations that a carried value may skip, as in ``x[t] = a * x[t - 1] + b * x[t - 2]``: each is one more carried value. Few models
# look back further than 4 steps. Doubled, recurrences over 5 to 8 steps are loops too, with 36 lines instead of 98 for 40 steps;
# no other program changes.
MAX_LAG = 4

# How often a repetition is shortened to the longer side of an iteration that breaks it. With 1 and with 8 no program changes, not
# even one with eight iterations that differ.
MAX_CUTS = 4

# Iterations that are added in front: the first one, whose carried values are other operations, and one that moving an operation to
# the next iteration takes away. With 0, half of the programs are longer, by 6 % in all. With 1, a Kalman filter has 83 lines in
# place of 69. Doubled, none of the programs of the tests changes.
MAX_EARLIER = 2


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

    @property
    def edges(self) -> list[Edge]:
        """For each operand from the loop the column that computes it, the column that reads it, and the lag."""
        is_inside = self.sources >= 0
        columns = (self.sources[is_inside].tolist(), self.owners[is_inside].tolist(), self.lags[is_inside].tolist())
        return list(zip(*columns, strict=True))


class Core(NamedTuple):
    """Which operations of a repetition depend on earlier iterations, as places modulo the period.

    Attributes
    ----------
    core : array of int
        The operations that depend on themselves in an earlier iteration, and what lies between them, without sums.
    sums : array of int
        The operations that only add terms to a total that nobody reads before the end.
    """

    core: IntArray
    sums: IntArray


class _Window(NamedTuple):
    """Iterations of a recurrence: the place of column ``j`` in iteration ``k`` is ``start + k * period + offsets[j]``."""

    start: int
    period: int
    iterations: int
    offsets: IntArray


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
    core = find_core(graph, operations, repetition, use_counts).core
    if not len(core):
        return None
    period = repetition.period
    start = repetition.stop - repetition.length // period * period
    offsets = np.sort((core - start) % period)
    found = _find_regular_part(operations, _Window(start, period, repetition.length // period, offsets))
    if found is None:
        return None
    window, recurrence = found
    late = find_late_columns(len(offsets), recurrence.edges)
    if late:
        moved = offsets - period * np.isin(np.arange(len(offsets)), list(late))
        found = (
            _find_regular_part(operations, _Window(window.start + period, period, window.iterations - 1, np.sort(moved))) or found
        )
    window, recurrence = found
    if window.iterations < MIN_ITERATIONS * int(recurrence.lags.max()):
        return None  # chains of few steps, side by side
    if not _has_cycle(len(offsets), recurrence.edges):
        return None  # an operation reads results of other iterations at irregular distances, and none of them in this part
    for _ in range(MAX_EARLIER):
        window = window._replace(start=window.start - period, iterations=window.iterations + 1)
        earlier = _find_sources(operations, window)[0]
        if earlier is None:
            break
        recurrence = earlier
    return recurrence


def _has_cycle(n_columns: int, edges: Sequence[Edge]) -> bool:
    """Return whether an operation depends on itself in an earlier iteration."""
    successors: list[list[int]] = [[] for _ in range(n_columns)]
    for source, target, _ in edges:
        successors[source].append(target)
    return bool(find_cyclic_components(successors))


def _find_regular_part(operations: Operations, window: _Window) -> tuple[_Window, Recurrence] | None:
    """Return the recurrence in the longest part of a window in which the operands follow the rules."""
    for _ in range(MAX_CUTS):
        if window.iterations < MIN_ITERATIONS or window.iterations * len(window.offsets) < MIN_OPERATIONS:
            return None
        found, is_broken = _find_sources(operations, window)
        if found is not None:
            return window, found
        first, count = _find_longest_run(~is_broken)
        window = window._replace(start=window.start + first * window.period, iterations=count)
    return None  # pragma: no cover - a cut leaves what agrees with the last iteration, so that more than two are rare


def find_core(graph: ScalarGraph, operations: Operations, repetition: Repetition, use_counts: IntArray) -> Core:
    """Find the operations that depend on earlier iterations.

    Places are given modulo the period, so that it does not matter where an iteration begins.

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
    Core
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
    sums: list[int] = []
    members: list[int] = []
    for cycle in find_cyclic_components(successors):
        is_sum = _is_sum(graph, operations, repetition, use_counts, cycle)
        (sums if is_sum else members).extend(cycle)
    core = find_reachable(successors, members) & find_reachable(predecessors, members)
    return Core(np.array(sorted(core), dtype=np.int64), np.array(sorted(sums), dtype=np.int64))


def _is_sum(graph: ScalarGraph, operations: Operations, repetition: Repetition, use_counts: IntArray, cycle: Sequence[int]) -> bool:
    """Return whether a cycle only adds terms to a total that nobody reads before the end."""
    start, stop, period = repetition
    members = np.sort(np.add.outer(period * np.arange(start // period, stop // period + 1), cycle).ravel())
    members = members[(start <= members) & (members < stop)]
    last = operations.nodes[members[-len(cycle) :]].tolist()
    last_ops = [graph.ops[graph.op_ids[i]].op for i in last]
    names = {op.name for op in last_ops if isinstance(op, Op)}
    has_other_uses = (use_counts[operations.nodes[members[: -len(cycle)]]] > 1).any()
    return names <= {"add", "subtract"} and bool(names) and not has_other_uses


def _find_sources(operations: Operations, window: _Window) -> tuple[Recurrence | None, BoolArray]:
    """Return where the operands of the iterations come from, or None and the iterations in which this is another place.

    The first iteration may be outside of the places that are known to repeat.
    """
    start, period, count, offsets = window
    all_broken: BoolArray = np.ones(count, dtype=bool)
    places = start + period * np.arange(count)[:, None] + offsets
    kinds = operations.kinds
    if places[0, 0] < 0 or not np.array_equal(kinds[places[0]], kinds[places[1]]):
        return None, all_broken
    arities = operations.offsets[places[1] + 1] - operations.offsets[places[1]]
    owners = np.repeat(np.arange(len(offsets)), arities)
    slots = np.arange(len(owners)) - np.repeat(np.cumsum(arities) - arities, arities)
    operands = operations.operands[operations.offsets[places[:, owners]] + slots]
    read = operations.places[operands]
    column_of, offset_of = np.full(period, -1), np.zeros(period, dtype=np.int64)
    column_of[offsets % period], offset_of[offsets % period] = np.arange(len(offsets)), offsets
    residues = (read - start) % period
    rows = (read - start - offset_of[residues]) // period
    is_inside = (read >= 0) & (column_of[residues] >= 0) & (rows >= 0) & (rows < count)
    lags = np.where(is_inside[-1], count - 1 - rows[-1], 0)
    is_initial = np.arange(count)[:, None] < lags
    is_same = is_inside & (read - read[-1] == period * (np.arange(count)[:, None] - count + 1))
    follows = np.where(is_inside[-1] & ~is_initial, is_same, ~is_inside)
    is_broken = ~follows.all(axis=1) | (lags > MAX_LAG).any()
    if is_broken.any():
        return None, is_broken
    sources = np.where(is_inside[-1], column_of[residues[-1]], -1)
    return Recurrence(operations.nodes[places], operands, owners, sources, lags), is_broken


def _find_longest_run(marks: BoolArray) -> tuple[int, int]:
    """Return where the longest run of True begins, and its length."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    if not len(starts):
        return 0, 0
    longest = int(np.argmax(lengths))
    return int(starts[longest]), int(lengths[longest])
