"""Least squares: polynomials in t that are to be the sign of t, at n points between -1 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..compiled import compiled_gradient
from ..timed import Timed


def half_sum_of_squares(x: Any, n: int) -> Any:
    t = np.linspace(-1.0, 1.0, n)
    powers = np.vander(t, len(x), increasing=True)
    residuals = np.sign(t) - powers @ x
    return 0.5 * np.sum(residuals**2)


def coefficients(fields: dict[str, Any]) -> tuple[np.ndarray, int]:
    return np.array(fields["x"], dtype=float), fields["n"]


FUNCTIONS = {
    "primal": Timed(coefficients, half_sum_of_squares, float),
    "gradient": Timed(coefficients, compiled_gradient(half_sum_of_squares, tensors=True), np.ndarray.tolist),
}
