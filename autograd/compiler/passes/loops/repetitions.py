"""Finds where the operations of a graph repeat with a fixed period.

Windows of operations are compared by a polynomial hash (Karp and Rabin, "Efficient randomized pattern-matching algorithms", 1987),
for windows of 1, 2, 4, … operations. The distance to the next equal window is a candidate for a period, which is then compared
operation by operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.passes.loops.operations import Operations

HashArray = npt.NDArray[np.uint64]

# The thresholds of this folder were changed one at a time, for 300 random programs and for those of tests/loop_programs.py. The
# random ones have 253 loops and 22 285 lines.

# Iterations that a loop needs. What an operand reads is seen in the second and the third iteration, since the first one may read
# initial values, so that a fourth is needed to contradict it. With 2, there are 328 loops, and 4 % more lines. With 8, there are 84
# loops, and a Kalman filter of 9 steps has 140 lines instead of 69.
MIN_ITERATIONS = 4

# Distances that are examined for each length of windows, those that occur most often. With 1, 17 loops are lost; with 2, one; with
# 8, nothing changes.
MAX_CANDIDATES = 4

# The share of all places that a repetition has if the search ends with it, since no other can have many more. With 0.45 and with
# 0.99, no program changes.
MOST_PLACES = 0.9

BASE = np.uint64(0x9E3779B97F4A7C15)  # an odd number, which has an inverse modulo 2**64
INVERSE_BASE = np.uint64(pow(int(BASE), -1, 2**64))


class Repetition(NamedTuple):
    """The places ``start`` to ``stop``, at which everything is the same as one period before."""

    start: int
    stop: int
    period: int

    @property
    def length(self) -> int:
        """The number of places."""
        return self.stop - self.start


def find_repetitions(operations: Operations) -> list[Repetition]:
    """Find the repetitions of a graph.

    Parameters
    ----------
    operations : Operations
        The operations.

    Returns
    -------
    list of Repetition
        Repetitions of at least `MIN_ITERATIONS` iterations, the longest first. They may overlap, as the iterations of an outer loop
        and of the loops in it do.
    """
    found: list[Repetition] = []
    descriptions = _Descriptions(operations)
    examined: set[int] = set()
    width = 1
    while 2 * width <= len(operations.nodes) and not _covers_most(found, operations):
        candidates = _find_candidates(descriptions, width) - examined
        found += [repetition for period in sorted(candidates) for repetition in _find_runs(operations, period)]
        examined |= candidates
        width *= 2
    found.sort(key=lambda repetition: -repetition.length)
    return found


def _covers_most(found: Sequence[Repetition], operations: Operations) -> bool:
    """Return whether one repetition has nearly all places, so that a longer period cannot have many more."""
    return max((repetition.length for repetition in found), default=0) > MOST_PLACES * len(operations.nodes)


def _find_candidates(descriptions: _Descriptions, width: int) -> set[int]:
    """Return the most frequent distances between equal windows, between half and twice their width."""
    described = descriptions.hash_operations(8 * width)
    n, hashes = len(described), _hash_windows(described, width)
    order = np.argsort(hashes, kind="stable")
    is_equal = np.diff(hashes[order]) == 0
    distances = np.diff(order)[is_equal]
    distances = distances[(2 * distances > width) & (distances <= 2 * width) & (distances * MIN_ITERATIONS <= n)]
    counts = np.bincount(distances)
    most_frequent = np.argsort(-counts, kind="stable")[:MAX_CANDIDATES]
    return {int(d) for d in most_frequent if counts[d] > 1}


class _Descriptions:
    """Hashes of operations and the distances of their operands.

    Parameters
    ----------
    operations : Operations
        The operations.
    """

    def __init__(self, operations: Operations) -> None:
        self._starts = operations.offsets[:-1]
        self._distances = np.where(operations.producers < 0, 0, operations.owners - operations.producers)
        slots = (np.arange(len(self._distances)) - self._starts[operations.owners]).astype(np.uint64) << np.uint64(48)
        self._near = _mix(self._distances.astype(np.uint64) + slots)
        self._far = _mix(slots)
        self._kinds = _mix(operations.kinds.astype(np.uint64))

    def hash_operations(self, reach: int) -> HashArray:
        """Return a hash of each operation; all operands further away than ``reach`` are alike."""
        terms = np.where(self._distances > reach, self._far, self._near)
        totals = np.add.reduceat(terms, self._starts) if len(terms) else terms
        return _mix(totals + self._kinds)


def _mix(x: HashArray) -> HashArray:
    """Return pseudo-random numbers that depend on ``x`` alone (the finalizer of SplitMix64)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: HashArray = x ^ (x >> np.uint64(31))
    return mixed


def _hash_windows(descriptions: HashArray, width: int) -> HashArray:
    """Return a hash of each window of ``width`` operations."""
    n = len(descriptions)
    powers = np.cumprod(np.full(n, BASE))
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(descriptions * powers)])
    hashes: HashArray = (sums[width:] - sums[:-width]) * np.cumprod(np.full(n - width + 1, INVERSE_BASE))
    return hashes


def _find_runs(operations: Operations, period: int) -> list[Repetition]:
    """Return where operations match those one period later for long enough."""
    matches = np.concatenate([[False], operations.find_matches(period), [False]])
    edges = np.flatnonzero(matches[1:] != matches[:-1])
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    is_long = lengths >= (MIN_ITERATIONS - 1) * period
    return [
        Repetition(int(start), int(start + length) + period, period)
        for start, length in zip(starts[is_long], lengths[is_long], strict=True)
    ]
