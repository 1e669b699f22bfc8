"""A saddle point, by descent on a maximum that is found by ascent, so that derivatives are nested.

The letters of a function say the mode of the outer and of the inner derivative, forward or reverse.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ..compiled import compiled
from ..descent import GRADIENTS, Gradient, Numbers, argmin
from ..timed import Timed


def height(x: Numbers, y: Numbers) -> Any:
    return (x[0] ** 2 + x[1] ** 2) - (y[0] ** 2 + y[1] ** 2)


def highest(inner: Gradient, start: Numbers, x: Numbers) -> Numbers:
    def depth(y: Numbers) -> Any:
        return -height(x, y)

    return argmin(depth, inner(depth), start)


def maximum(inner: Gradient, start: Numbers, x: Numbers) -> Any:
    return height(x, highest(inner, start, x))


def saddle_point(outer: Gradient, inner: Gradient, start: Numbers, compile: Any = compiled) -> Numbers:
    maximum_at = compile(partial(maximum, inner, start))
    x = argmin(maximum_at, outer(maximum_at), start)
    return [*x, *highest(inner, start, x)]


def start(fields: dict[str, Any]) -> tuple[Numbers]:
    return (fields["start"],)


FUNCTIONS = {a + b: Timed(start, partial(saddle_point, GRADIENTS[a], GRADIENTS[b]), list) for a in "rf" for b in "rf"}
