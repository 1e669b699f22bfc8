"""The square of a number, and its derivative."""

from __future__ import annotations

from typing import Any

from ..compiled import compiled_gradient
from ..timed import Timed


def square(x: Any) -> Any:
    return x * x


def number(x: float) -> tuple[float]:
    return (float(x),)


FUNCTIONS = {
    "square": Timed(number, square, float),
    "double": Timed(number, compiled_gradient(square), float),
}
