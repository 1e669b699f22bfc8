"""The logarithm of a sum of exponentials, and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..compiled import compiled_gradient
from ..timed import Timed


def logsumexp(x: Any) -> Any:
    largest = np.max(x)
    return largest + np.log(np.sum(np.exp(x - largest)))


def vector(fields: dict[str, Any]) -> tuple[np.ndarray]:
    return (np.array(fields["x"], dtype=float),)


FUNCTIONS = {
    "primal": Timed(vector, logsumexp, float),
    "gradient": Timed(vector, compiled_gradient(logsumexp, tensors=True), np.ndarray.tolist),
}
