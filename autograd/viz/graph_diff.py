"""Comparing: which nodes of two graphs belong together, and by how much their numbers differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograd.viz.colour_refinement import Ints
from autograd.viz.folding import Box
from autograd.viz.labels import number
from autograd.viz.snapshot import Column, Floats, Snapshot

HARDLY = 1e-300  # what stands for a change that the ranges do not show
TRIES = 3  # partners that are tried for a node


@dataclass(frozen=True, eq=False)
class Difference:
    """For each node the change of its data and of its gradient, nan where the other graph has no such node."""

    data: Floats
    grad: Floats
    there: int
    lost: int

    def caption(self) -> str:
        """The whole in a few words."""
        here = int(np.isnan(self.data).sum())
        changed = int(((self.data > 0) | (self.grad > 0)).sum())
        only = [f"{n} only {where}" for n, where in ((here, "here"), (self.lost, "there")) if n]
        return ", ".join([f"{changed} differ from the other's {self.there}", *only])

    def told(self, boxes: Sequence[Box]) -> list[Box]:
        """The boxes with a line for what differs."""
        return [replace(box, lines=(*box.lines, *self._lines(list(box.members)))) for box in boxes]

    def _lines(self, members: list[int]) -> list[str]:
        data, grad = self.data[members], self.grad[members]
        new = int(np.isnan(data).sum())
        lines = [f"✗ only here{f': {new}' if len(members) > 1 else ''}"] if new else []
        for name, change in (("data", data), ("grad", grad)):
            known = change[~np.isnan(change)]
            if known.size and known.max() > HARDLY:
                lines.append(f"Δ{name} {'up to ' if len(members) > 1 else ''}{number(float(known.max()))}")
            elif known.size and known.max() > 0.0:
                lines.append(f"Δ{name} within the same range")
        return lines

    def sizes(self, boxes: Sequence[Box]) -> list[float]:
        """How much each box differs, for its colour."""
        most = np.fmax(self.data, self.grad)
        return [float(np.nanmax(np.append(most[list(box.members)], 0.0))) for box in boxes]


def compared(one: Snapshot, other: Snapshot) -> Difference:
    """Two graphs side by side, from their roots, argument by argument; nodes of the same operation and shape are partners."""
    partner = _partners(one, other)
    lost = other.size - len(set(partner.values()))
    pairs = np.array(list(partner.items()), dtype=int).reshape(-1, 2)
    columns = ((one.data, other.data), (one.grad, other.grad))
    data, grad = (_apart(a, b, pairs, one.size) for a, b in columns)
    return Difference(data, grad, other.size, lost)


def _partners(one: Snapshot, other: Snapshot) -> dict[int, int]:
    """For each node its like in the other graph, where it has one."""
    partner: dict[int, int] = {}
    tries = [0] * one.size
    waiting = list(zip(one.roots.tolist(), other.roots.tolist(), strict=False))
    while waiting:
        i, j = waiting.pop()
        if i in partner or tries[i] == TRIES:
            continue
        tries[i] += 1
        a, b = one.nodes[i], other.nodes[j]
        if a.op is b.op and a.shape == b.shape:
            partner[i] = j
        for (_, x), (_, y) in zip(a.sources, b.sources, strict=False):
            waiting.append((one.places[id(x)], other.places[id(y)]))
    return partner


def _apart(one: Column | None, other: Column | None, pairs: Ints, size: int) -> Floats:
    """The largest change of each node's numbers, as their ranges show it; inf where one of the two is not finite."""
    change = np.full(size, np.nan)
    here, there = pairs.T
    change[here] = 0.0
    if one is None or other is None:
        only, rows = (other, there) if one is None else (one, here)
        if only is not None:  # against a graph without gradients, which are zeros
            reach = np.fmax(np.abs(only.low[rows]), np.abs(only.high[rows]))
            change[here] = np.where((only.nans[rows] > 0) | (only.infs[rows] > 0), np.inf, np.nan_to_num(reach))
        return change
    with np.errstate(invalid="ignore"):
        moved = np.fmax(np.abs(one.low[here] - other.low[there]), np.abs(one.high[here] - other.high[there]))
    unequal = one.mark[here] != other.mark[there]
    change[here] = np.where(unequal, np.where(np.isfinite(moved), np.fmax(moved, HARDLY), np.inf), 0.0)
    return change
