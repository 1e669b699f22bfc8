"""The colour scale of a picture: seven steps by powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite

import numpy as np

# The highest step; steps go from 0. Gradients that differ by less than a factor of ten look alike, which is what tells a
# vanishing gradient from a small one. The style of an SVG has one shade for each step, with a contrast to its text of at least
# 4.5 to 1; with twice as many steps neighbouring shades could not be told apart.
MAX_STEP = 6


def colour_steps(magnitudes: Sequence[float]) -> list[int | None]:
    """Put numbers on the colour scale.

    Parameters
    ----------
    magnitudes : sequence of float
        Numbers that are not negative.

    Returns
    -------
    list of int or None
        6 for the largest number, and one step less for each factor of ten below it, down to 0. None for a number that is not
        finite.

    Examples
    --------
    >>> colour_steps([1.0, 0.05, 0.0, float("nan")])
    [6, 5, 0, None]
    """
    top = max((magnitude for magnitude in magnitudes if 0.0 < magnitude < inf), default=1.0)
    return [_colour_step(magnitude, top) for magnitude in magnitudes]


def _colour_step(magnitude: float, top: float) -> int | None:
    if not isfinite(magnitude):
        return None
    if magnitude * 10.0 ** (MAX_STEP + 1) <= top:  # also for 0, and where top / magnitude would overflow
        return 0
    return MAX_STEP - min(MAX_STEP, max(0, int(np.floor(np.log10(top / magnitude)))))
