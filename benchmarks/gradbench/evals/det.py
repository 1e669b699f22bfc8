"""The determinant by expansion along the first row, on scalars, and its gradient: the cofactors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..compiled import compiled_gradient
from ..timed import Timed


def determinant(A: Any) -> Any:
    if len(A) == 1:
        return A[0][0]
    total = 0.0
    for j, entry in enumerate(A[0]):
        minor = [[*row[:j], *row[j + 1 :]] for row in A[1:]]
        term = entry * determinant(minor)
        total = total - term if j % 2 else total + term
    return total


def rows(fields: dict[str, Any]) -> tuple[list[list[float]]]:
    return (np.reshape(fields["A"], (fields["ell"], -1)).tolist(),)


def flat(gradient: Any) -> list[float]:
    return np.ravel(gradient).tolist()


FUNCTIONS = {
    "primal": Timed(rows, determinant, float),
    "gradient": Timed(rows, compiled_gradient(determinant), flat),
}
