"""Runge and Kutta's method of order 4 on y₀' = x₀, yᵢ' = xᵢ yᵢ₋₁ from 0 to 2; the gradient is that of the last component."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..compiled import compiled_gradient
from ..timed import Timed

END = 2.0


def slope(x: Any, y: Any) -> Any:
    return np.concatenate([x[:1], x[1:] * y[:-1]])


def solve(x: Any, steps: int) -> Any:
    h = END / steps
    y = np.zeros(len(x))
    for _ in range(steps):
        k1 = slope(x, y)
        k2 = slope(x, y + h / 2 * k1)
        k3 = slope(x, y + h / 2 * k2)
        k4 = slope(x, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def last(x: Any, steps: int) -> Any:
    return solve(x, steps)[-1]


def problem(fields: dict[str, Any]) -> tuple[np.ndarray, int]:
    return np.array(fields["x"], dtype=float), fields["s"]


FUNCTIONS = {
    "primal": Timed(problem, solve, np.ndarray.tolist),
    "gradient": Timed(problem, compiled_gradient(last, tensors=True), np.ndarray.tolist),
}
