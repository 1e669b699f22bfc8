"""Finds where lines repeat with a fixed period, from integers that are equal for lines of the same form."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray

# Iterations that a loop needs: the second and the third tell how variables and integers change, so that a fourth can contradict.
MIN_ITERATIONS = 4
# Lines that a loop must save, for its head and the declarations of lists. Doubled, seven of the 99 programs of the tests are
# longer, by up to 36 lines; halved, one is shorter by 5.
MIN_SAVED_LINES = 8
# Distances between equal windows that are examined for each length of windows, those that occur most often; as in
# ``passes/loops/repetitions.py``. With 2 and with 8, none of these programs changes.
MAX_CANDIDATES = 4
# Regions that are searched for, since the rest is searched again after each. Triangular programs have two to five,
# so that nothing changes if it is doubled or halved.
MAX_REGIONS = 50


class Region(NamedTuple):
    """Iterations of equal forms: line ``r`` of iteration ``k`` is line ``start + k * period + r``."""

    start: int
    period: int
    iterations: int

    @property
    def stop(self) -> int:
        """The line after the last one."""
        return self.start + self.period * self.iterations


def find_regions(forms: IntArray) -> list[Region]:
    """Find the regions of lines that repeat.

    Parameters
    ----------
    forms : array of int, shape (n_lines,)
        A number for each line that is equal for lines of the same form.

    Returns
    -------
    list of Region
        Regions without common lines, in the order of the lines.
    """
    found: list[Region] = []
    ranges = [(0, len(forms))]
    while ranges and len(found) < MAX_REGIONS:
        first, last = ranges.pop()
        best = _find_best_region(forms[first:last])
        if best is None:
            continue
        region = best._replace(start=first + best.start)
        found.append(region)
        ranges += [(first, region.start), (region.stop, last)]
    return sorted(found)


def _find_best_region(forms: IntArray) -> Region | None:
    """Return the region that saves the most lines; None if none saves enough."""
    best, most_saved = None, MIN_SAVED_LINES - 1
    for period in _find_periods(forms):
        matches: Any = np.concatenate([[False], forms[:-period] == forms[period:], [False]])
        edges = np.flatnonzero(matches[1:] != matches[:-1])
        for start, length in zip(edges[::2].tolist(), (edges[1::2] - edges[::2]).tolist(), strict=True):
            iterations = length // period + 1
            saved = (iterations - 1) * period
            if iterations >= MIN_ITERATIONS and saved > most_saved:
                best, most_saved = Region(start, period, iterations), saved
    return best


def _find_periods(forms: IntArray) -> list[int]:
    """Return the distances between equal windows of 1, 2, 4, ... lines that may be periods, in increasing order.

    Windows are numbered by pairs of windows of half the length (Karp, Miller and Rosenberg, "Rapid identification of repeated
    patterns in strings, trees and arrays", 1972).
    """
    periods: set[int] = set()
    windows, width = np.unique(forms, return_inverse=True)[1], 1
    while width * MIN_ITERATIONS <= 2 * len(forms) and len(windows) > width:
        order = np.argsort(windows, kind="stable")
        distances = np.diff(order)[np.diff(windows[order]) == 0]
        counts = np.bincount(distances[distances * MIN_ITERATIONS <= len(forms)])
        periods.update(int(d) for d in np.argsort(-counts, kind="stable")[:MAX_CANDIDATES] if counts[d])
        pairs = windows[:-width] * (int(windows.max()) + 1) + windows[width:]
        windows, width = np.unique(pairs, return_inverse=True)[1], 2 * width
    return sorted(periods)
