"""Results that are entries of one array, which are returned together instead of one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.ir.instruction import Instruction, is_op

# Entries of an array up to which each is a variable of its own. Chosen for reading: a few numbers have names in the source of the
# user, too. Doubled, the sources of functions that return 4 to 6 numbers are that many lines longer.
MAX_NAMED_ENTRIES = 3


class ResultEntries(NamedTuple):
    """Results that are the entries ``array.ravel()[start:stop:step]``.

    Attributes
    ----------
    array : Instruction
    start, stop, step : int
        Flat positions in the array.
    """

    array: Instruction
    start: int
    stop: int
    step: int

    def format(self, array: str) -> str:
        """Return the code that unpacks the entries, where ``array`` is the code of the array."""
        flat = array if len(self.array.shape) == 1 else f"{array}.ravel()"
        if (self.start, self.stop, self.step) == (0, int(np.prod(self.array.shape)), 1):
            return f"*{flat}"
        step = "" if self.step == 1 else f":{self.step}"
        return f"*{flat}[{self.start}:{self.stop}{step}]"


def merge_entries(results: Sequence[Any]) -> list[Any]:
    """Replace results that are entries of one array, at increasing positions with equal steps, by `ResultEntries`.

    Parameters
    ----------
    results : sequence of Instruction or number

    Returns
    -------
    list of Instruction, number or ResultEntries
    """
    merged: list[Any] = []
    places = [_find_place(x) for x in results]
    i = 0
    while i < len(results):
        length, step = _measure_run(places, i)
        if length > MAX_NAMED_ENTRIES:
            array, start = places[i]
            merged.append(ResultEntries(array, start, start + (length - 1) * step + 1, step))
            i += length
        else:
            merged.append(results[i])
            i += 1
    return merged


def _find_place(x: Any) -> Any:
    """Return the array and the flat position of a number that is an entry of an array, else None."""
    if not is_op(x, "getitem") or x.shape:
        return None
    index, shape = x.static["index"], x.args[0].shape
    coordinates = index if isinstance(index, tuple) else (index,)
    if len(coordinates) != len(shape) or not all(isinstance(i, int | np.integer) for i in coordinates):
        return None
    return x.args[0], int(np.ravel_multi_index([i % n for i, n in zip(coordinates, shape, strict=True)], shape))


def _measure_run(places: Sequence[Any], first: int) -> tuple[int, int]:
    """Return how many results from the first on are entries of one array with equal steps, and the step."""
    if places[first] is None:
        return 1, 1
    array, previous = places[first]
    length, step = 1, 0
    for place in places[first + 1 :]:
        if place is None or place[0] is not array:
            break
        distance = place[1] - previous
        if distance <= 0 or (step and distance != step):
            break
        step, previous, length = distance, place[1], length + 1
    return length, step or 1
