"""A particle between two charges: the place of one of them for which its path meets the origin.

The force is a gradient, and descent on the place is along a gradient through the path, so that derivatives are nested. The letters
of a function say the mode of the outer and of the inner one, forward or reverse.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ..compiled import compiled
from ..descent import GRADIENTS, Gradient, Numbers, argmin
from ..timed import Timed

STEP = 0.1


def potential(charges: list[Numbers], place: Numbers) -> Any:
    x, y = place
    return sum(1.0 / ((x - a) ** 2 + (y - b) ** 2) ** 0.5 for a, b in charges)


def squared_miss(gradient_of: Gradient, position: Numbers) -> Any:
    """The square of x where the path, by Euler's method, meets the axis y = 0."""
    (w,) = position
    slopes = gradient_of(partial(potential, [[10.0, 10.0 - w], [10.0, 0.0]]))
    x, y, vx, vy = 0.0, 8.0, 0.75, 0.0
    while True:
        along_x, along_y = slopes([x, y])
        x, y = x + STEP * vx, y + STEP * vy
        if y <= 0:
            return (x - y / vy * vx) ** 2
        vx, vy = vx - STEP * along_x, vy - STEP * along_y


def place(miss: Any, outer: Gradient, start: Any) -> Any:
    return argmin(miss, outer(miss), [start])[0]


def start(fields: dict[str, Any]) -> tuple[float]:
    return (fields["w"],)


MISSES = {mode: compiled(partial(squared_miss, gradient)) for mode, gradient in GRADIENTS.items()}
FUNCTIONS = {a + b: Timed(start, partial(place, MISSES[b], GRADIENTS[a]), float) for a in "rf" for b in "rf"}
