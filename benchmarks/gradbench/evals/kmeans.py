"""k-means: the sum of squared distances to the nearest centroid, and Newton's direction, whose Hessian is diagonal."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import autograd as ag

from ..compiled import compiled
from ..timed import Timed


def cost(points: Any, centroids: Any) -> Any:
    distances = np.sum(points**2, axis=1)[:, None] + np.sum(centroids**2, axis=1) - 2.0 * points @ centroids.T
    return np.sum(np.min(distances, axis=1))


def direction(points: Any, centroids: Any) -> Any:
    """The gradient over the diagonal of the Hessian, which is the product of the Hessian and a vector of ones."""
    gradient, diagonal = ag.jvp(ag.grad(partial(cost, points)), (centroids,), (np.ones(centroids.shape),))
    return gradient / diagonal


def arrays(fields: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(fields["points"], dtype=float), np.array(fields["centroids"], dtype=float)


FUNCTIONS = {
    "cost": Timed(arrays, cost, float),
    "dir": Timed(arrays, compiled(direction, tensors=True), np.ndarray.tolist),
}
