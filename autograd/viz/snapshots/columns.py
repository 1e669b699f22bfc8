"""Column: a summary of the numbers of each node or each edge."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.viz.snapshots.graph_arrays import Ints

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Summary(NamedTuple):
    """A summary of some numbers.

    Attributes
    ----------
    low, high : float
        Their range without nan; nan if there are no other numbers.
    size : int
        How many there are.
    nans, infs, zeros : int
        How many are nan, infinite and zero.
    """

    low: float
    high: float
    size: int
    nans: int
    infs: int
    zeros: int


@dataclass(frozen=True, eq=False)
class Column:
    """A summary for each row of a table of arrays. A float is an array of one entry.

    Parameters
    ----------
    low, high : array of float
        The range of each row without nan; nan if there are no other numbers.
    size : array of int
        The number of entries of each row; 0 for nothing.
    nans, infs, zeros : array of int
        How many of them are nan, infinite and zero.
    checksum : array of int
        Tells rows with different entries apart.
    """

    low: Floats
    high: Floats
    size: Ints
    nans: Ints
    infs: Ints
    zeros: Ints
    checksum: Ints

    @classmethod
    def from_rows(cls, rows: Sequence[Any]) -> Column:
        """Summarize rows.

        Parameters
        ----------
        rows : sequence of float, array or None
            None means that there is nothing.

        Returns
        -------
        Column
        """
        if all(type(row) is float for row in rows):
            numbers = np.array(rows, dtype=float)
            ones = np.ones(len(numbers), dtype=np.int64)
            nans, infs, zeros = (
                np.asarray(mask, dtype=np.int64) for mask in (np.isnan(numbers), np.isinf(numbers), numbers == 0.0)
            )
            return cls(numbers, numbers, ones, nans, infs, zeros, numbers.view(np.int64))
        summaries = [(*_summarize_row(row), _checksum(row)) for row in rows]
        low, high, *counts_and_checksum = zip(*summaries, strict=True)
        return cls(np.array(low, float), np.array(high, float), *(np.array(c, dtype=np.int64) for c in counts_and_checksum))

    def summarize(self, rows: Ints) -> Summary:
        """Summarize some rows together.

        Parameters
        ----------
        rows : array of int
            The numbers of the rows.

        Returns
        -------
        Summary
        """
        low, high = self.low[rows], self.high[rows]
        has_range = ~np.isnan(low)
        ends = (float(low[has_range].min()), float(high[has_range].max())) if has_range.any() else (np.nan, np.nan)
        size, nans, infs, zeros = (int(counts[rows].sum()) for counts in (self.size, self.nans, self.infs, self.zeros))
        return Summary(*ends, size, nans, infs, zeros)

    @property
    def has_nonfinite(self) -> Mask:
        """Whether each row contains a nan or an infinity."""
        return (self.nans > 0) | (self.infs > 0)

    @property
    def magnitude(self) -> Floats:
        """The largest absolute value of each row; nan if there is none."""
        largest: Floats = np.fmax(np.abs(self.low), np.abs(self.high))
        return largest


def _summarize_row(row: Any) -> Summary:
    if row is None:
        return Summary(np.nan, np.nan, 0, 0, 0, 0)
    entries = np.asarray(row, dtype=float)
    numbers = entries[~np.isnan(entries)]
    ends = (float(numbers.min()), float(numbers.max())) if numbers.size else (np.nan, np.nan)
    return Summary(*ends, entries.size, entries.size - numbers.size, int(np.isinf(numbers).sum()), int((numbers == 0.0).sum()))


def _checksum(row: Any) -> int:
    return 0 if row is None else zlib.crc32(np.ascontiguousarray(row, dtype=float).tobytes())
