"""Comparison of two graphs: which nodes correspond to each other, and by how much their numbers differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograd.viz.drawing import Box
from autograd.viz.labels import format_number
from autograd.viz.snapshots.columns import Column, Floats
from autograd.viz.snapshots.graph_arrays import Ints
from autograd.viz.snapshots.snapshot import Snapshot

# The change of an array whose entries differ although their range is the same. It must be positive and less than any change of a
# range that a reader could want to see; between this and twice it there is none.
CHANGE_WITHIN_RANGE = 1e-300

# How often a node of one graph is compared with nodes of the other before it counts as new. Without a limit the comparison of two
# graphs with nothing in common takes a time that is exponential in their depth: 0.2 s for 16 nodes, each of which uses the one
# before twice. When a penalty is added to a loss, a second try matches 6 more of 818 nodes, and a third to hundredth none.
MAX_TRIES = 3


@dataclass(frozen=True, eq=False)
class Difference:
    """How a graph differs from another one.

    Parameters
    ----------
    data, grad : array of float
        The change of each node's data and gradient; nan if the other graph has no such node.
    other_size : int
        The number of nodes of the other graph.
    only_in_other : int
        How many of them have no counterpart here.
    """

    data: Floats
    grad: Floats
    other_size: int
    only_in_other: int

    def caption(self) -> str:
        """Describe the difference in one line.

        Returns
        -------
        str
        """
        only_here = int(np.isnan(self.data).sum())
        changed = int(((self.data > 0) | (self.grad > 0)).sum())
        unmatched = [f"{n} only {where}" for n, where in ((only_here, "here"), (self.only_in_other, "there")) if n]
        return ", ".join([f"{changed} differ from the other's {self.other_size}", *unmatched])

    def annotate(self, boxes: Sequence[Box]) -> list[Box]:
        """Add lines on what differs to boxes.

        Parameters
        ----------
        boxes : sequence of Box

        Returns
        -------
        list of Box
            Copies of the boxes.
        """
        return [replace(box, lines=(*box.lines, *self._lines(list(box.members)))) for box in boxes]

    def _lines(self, members: list[int]) -> list[str]:
        is_folded = len(members) > 1
        only_here = int(np.isnan(self.data[members]).sum())
        lines = []
        if only_here:
            lines.append(f"✗ only here: {only_here}" if is_folded else "✗ only here")
        for name, change in (("data", self.data[members]), ("grad", self.grad[members])):
            largest = float(np.max(change[~np.isnan(change)], initial=0.0))
            if largest > CHANGE_WITHIN_RANGE:
                lines.append(f"Δ{name} {'up to ' if is_folded else ''}{format_number(largest)}")
            elif largest > 0.0:
                lines.append(f"Δ{name} within the same range")
        return lines

    def magnitudes(self, boxes: Sequence[Box]) -> list[float]:
        """Measure how much each box differs.

        Parameters
        ----------
        boxes : sequence of Box

        Returns
        -------
        list of float
            The largest change of the data or the gradient of a node in the box; 0 for nodes that the other graph does not have.
        """
        largest = np.fmax(self.data, self.grad)
        return [float(np.nanmax(np.append(largest[list(box.members)], 0.0))) for box in boxes]


def compare_graphs(graph: Snapshot, other: Snapshot) -> Difference:
    """Compare two graphs from their roots on, argument by argument.

    Parameters
    ----------
    graph, other : Snapshot
        The two graphs. Nodes correspond to each other if they have the same operation and shape, and are reached in the same way.

    Returns
    -------
    Difference
        How ``graph`` differs from ``other``.
    """
    counterpart = _match_nodes(graph, other)
    pairs = np.array(list(counterpart.items()), dtype=int).reshape(-1, 2)
    data = _changes(graph.data, other.data, pairs, graph.size)
    grad = _changes(graph.grad, other.grad, pairs, graph.size)
    return Difference(data, grad, other.size, other.size - len(set(counterpart.values())))


def _match_nodes(graph: Snapshot, other: Snapshot) -> dict[int, int]:
    """The counterpart in the other graph of each node that has one."""
    counterpart: dict[int, int] = {}
    tries = [0] * graph.size
    stack = list(zip(graph.roots.tolist(), other.roots.tolist(), strict=False))
    while stack:
        i, j = stack.pop()
        if i in counterpart or tries[i] == MAX_TRIES:
            continue
        tries[i] += 1
        a, b = graph.nodes[i], other.nodes[j]
        if a.op is b.op and a.shape == b.shape:
            counterpart[i] = j
        for (_, x), (_, y) in zip(a.sources, b.sources, strict=False):
            stack.append((graph.index_by_id[id(x)], other.index_by_id[id(y)]))
    return counterpart


def _changes(column: Column | None, other: Column | None, pairs: Ints, size: int) -> Floats:
    """The largest change of each node's numbers; nan without a counterpart, inf if one of the two is not finite."""
    change = np.full(size, np.nan)
    here, there = pairs.T
    if column is not None and other is not None:
        change[here] = _changes_of_pairs(column, other, here, there)
    elif column is not None:
        change[here] = _magnitudes(column, here)
    elif other is not None:
        change[here] = _magnitudes(other, there)
    else:
        change[here] = 0.0
    return change


def _magnitudes(column: Column, rows: Ints) -> Floats:
    """The changes from or to a graph without gradients, which count as zero."""
    return np.where(column.has_nonfinite[rows], np.inf, np.nan_to_num(column.magnitude[rows]))


def _changes_of_pairs(column: Column, other: Column, here: Ints, there: Ints) -> Floats:
    """The changes of the ends of the ranges."""
    with np.errstate(invalid="ignore"):
        change = np.fmax(np.abs(column.low[here] - other.low[there]), np.abs(column.high[here] - other.high[there]))
    is_equal = column.checksum[here] == other.checksum[there]
    return np.where(is_equal, 0.0, np.where(np.isfinite(change), np.fmax(change, CHANGE_WITHIN_RANGE), np.inf))
