"""Bundle adjustment: reprojection errors of one observation on scalars, for all observations at once by vmap.

The Jacobian is sparse. Each observation depends on its own camera, point and weight, so its rows are the Jacobian of one
observation, and the columns are known.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag

from ..timed import Timed

CAMERA, POINT, SHOWN = 11, 3, 30


def rotate(axis: Any, x: Any) -> Any:
    """Rodrigues' rotation of x about an axis by the length of the axis."""
    angle = np.sqrt(np.sum(axis**2))
    w = axis / angle
    return x * np.cos(angle) + np.cross(w, x) * np.sin(angle) + w * (np.dot(w, x) * (1.0 - np.cos(angle)))


def reprojection_error(camera: Any, x: Any, weight: Any, feature: Any) -> Any:
    rotation, centre, focal, principal, distortion = camera[:3], camera[3:6], camera[6], camera[7:9], camera[9:]
    seen = rotate(rotation, x - centre)
    projection = seen[:2] / seen[2]
    radius2 = np.sum(projection**2)
    distorted = projection * (1.0 + distortion[0] * radius2 + distortion[1] * radius2**2)
    return weight * (focal * distorted + principal - feature)


def weight_error(weight: Any) -> Any:
    return 1.0 - weight**2


errors = ag.vmap(reprojection_error)
error_derivatives = ag.vmap(ag.jacobian(reprojection_error, argnums=(0, 1, 2)))
weight_derivatives = ag.vmap(ag.grad(weight_error))


def objective(observed: tuple[np.ndarray, ...], weights: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return errors(*observed), weight_error(weights)


def jacobian(observed: tuple[np.ndarray, ...], weights: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, ...]:
    """The sparse Jacobian: where each row begins, and the column and the value of each entry."""
    count, width = columns.shape
    blocks = [block.reshape(count, 2, -1) for block in error_derivatives(*observed)]
    values = np.concatenate(blocks, axis=2).ravel()
    starts = np.concatenate([np.arange(0, 2 * width * count, width), 2 * width * count + np.arange(count + 1)])
    all_columns = np.concatenate([np.repeat(columns, 2, axis=0).ravel(), columns[:, -1]])
    return starts, all_columns, np.concatenate([values, weight_derivatives(weights)])


def problem(fields: dict[str, Any]) -> tuple[Any, ...]:
    """The parameters of each observation, and the columns of its rows."""
    n, m, p = fields["n"], fields["m"], fields["p"]
    camera, point = np.arange(p) % n, np.arange(p) % m
    cameras, points = np.tile(fields["cam"], (n, 1)), np.tile(fields["x"], (m, 1))
    weights, features = np.full(p, fields["w"]), np.tile(fields["feat"], (p, 1))
    columns = [
        CAMERA * camera[:, None] + np.arange(CAMERA),
        CAMERA * n + POINT * point[:, None] + np.arange(POINT),
        CAMERA * n + POINT * m + np.arange(p)[:, None],
    ]
    return (cameras[camera], points[point], weights, features), weights, np.concatenate(columns, axis=1)


def first_errors(result: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    reprojection, weight = result
    return {
        "reproj_error": {"elements": reprojection[0].tolist(), "repeated": len(reprojection)},
        "w_err": {"element": float(weight[0]), "repeated": len(weight)},
    }


def first_entries(result: tuple[np.ndarray, ...]) -> dict[str, Any]:
    """What the eval compares: the first 30 entries of each array, and the last."""
    return {name: [*array[:SHOWN].tolist(), array[-1].item()] for name, array in zip(("rows", "cols", "vals"), result)}


FUNCTIONS = {"objective": Timed(problem, objective, first_errors), "jacobian": Timed(problem, jacobian, first_entries)}
