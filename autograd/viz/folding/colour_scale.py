"""The colour scale of a picture: six steps on either side of zero, by half powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign, inf, isfinite

import numpy as np

# The strongest step on either side. Two steps are a factor of ten: numbers that differ by a factor of two or three look
# different, and what is smaller than the largest by a factor of 600 has no colour. The style of an SVG has one shade for each
# step, with a contrast to its text of at least 4.5 to 1; with twice as many steps neighbouring shades could not be told apart.
MAX_STEP = 6
STEPS_PER_DECADE = 2


def colour_steps(numbers: Sequence[float]) -> list[int | None]:
    """Put numbers on the colour scale.

    Parameters
    ----------
    numbers : sequence of float
        The numbers.

    Returns
    -------
    list of int or None
        6 for the largest magnitude, and one step less for each factor of √10 below it, down to 0; with the sign of the number.
        None for a number that is not finite.

    Examples
    --------
    >>> colour_steps([1.0, -0.3, 0.1, 0.0, float("nan")])
    [6, -5, 4, 0, None]
    """
    largest = largest_magnitude(numbers)
    return [_colour_step(number, largest) for number in numbers]


def largest_magnitude(numbers: Sequence[float]) -> float:
    """The largest finite magnitude of some numbers; 1 if all are zero or not finite."""
    return max((abs(number) for number in numbers if 0.0 < abs(number) < inf), default=1.0)


def _colour_step(number: float, largest: float) -> int | None:
    if not isfinite(number):
        return None
    if abs(number) * 10.0 ** ((MAX_STEP + 1) / STEPS_PER_DECADE) <= largest:  # also for 0, and where the quotient would overflow
        return 0
    steps_below = round(STEPS_PER_DECADE * float(np.log10(largest / abs(number))))
    return int(copysign(MAX_STEP - min(MAX_STEP, steps_below), number))
