"""Hand tracking: the distances of measured points from a skinned mesh, and their derivatives by the pose and by places in triangles."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag

from ..timed import Timed

FINGERS = 5
ANGLES = (0, 1, 0, 0)  # the angles of a finger: two of its first joint, and one of each of the others
JOINTS = (0, 0, 1, 2)
FIRST_JOINT, BONES_OF_A_FINGER = 2, 4
SMALL_ANGLE = 1e-4


class Hand:
    """A hand and measured points; arrays as in the paper, with a row for each bone, vertex or point."""

    def __init__(self, data: dict[str, Any]) -> None:
        model = data["model"]
        self.parents = model["parents"]
        self.relatives = np.array(model["base_relatives"])
        self.inverses = np.array(model["inverse_base_absolutes"])
        self.vertices = np.array(model["base_positions"])
        self.weights = np.array(model["weights"])
        self.mirror = np.array([-1.0 if model["is_mirrored"] else 1.0, 1.0, 1.0])
        self.points = np.array(data["points"])
        self.correspondences = np.array(data["correspondences"])
        self.triangles = np.array(model["triangles"])

    def errors(self, theta: Any, places: Any) -> Any:
        """The points minus their correspondences on the mesh: vertices, or places in triangles if there are any."""
        vertices = self.posed_vertices(theta)
        if not np.size(places):
            return self.points - vertices[self.correspondences]
        a, b, c = (vertices[corner] for corner in self.triangles[self.correspondences].T)
        u, v = places[:, :1], places[:, 1:]
        return self.points - (u * a + v * b + (1.0 - u - v) * c)

    def posed_vertices(self, theta: Any) -> Any:
        fingers = np.repeat(np.arange(FINGERS), len(ANGLES))
        bones = FIRST_JOINT + BONES_OF_A_FINGER * fingers + np.tile(JOINTS, FINGERS)
        angles = ag.zeros((len(self.parents), 3)).at[bones, np.tile(ANGLES, FINGERS)].set(theta[6:])
        transforms = self.absolutes(rotations(angles)) @ self.inverses
        skinned = np.einsum("vb,bij,vj->vi", self.weights, transforms[:, :3], self.vertices) * self.mirror
        return skinned @ rotation_about(theta[:3]).T + theta[3:6]

    def absolutes(self, rotation: Any) -> Any:
        """The transform of each bone: that of its parent, and its own, rotated."""
        turned = np.concatenate([self.relatives[:, :, :3] @ rotation, self.relatives[:, :, 3:]], axis=2)
        absolutes: list[Any] = []
        for bone, parent in enumerate(self.parents):
            absolutes.append(turned[bone] if parent == -1 else absolutes[parent] @ turned[bone])
        return np.stack(absolutes)


def rotations(angles: Any) -> Any:
    """A rotation about x, then y, then z for each row of angles, which are those about x, z and y."""
    (cx, cz, cy), (sx, sz, sy) = np.cos(angles).T, np.sin(angles).T
    entries = [
        [cz * cy, cz * sy * sx - sz * cx, sz * sx + cz * sy * cx],
        [sz * cy, cz * cx + sz * sy * sx, sz * sy * cx - cz * sx],
        [-sy, cy * sx, cy * cx],
    ]
    return np.stack([np.stack(row, axis=1) for row in entries], axis=1)


def rotation_about(axis: Any) -> Any:
    """The rotation about an axis by its length: c I + (1 - c) n nᵀ + s [n]ₓ, with the sine and cosine of the length."""
    angle = np.sqrt(np.sum(axis**2))
    if angle < SMALL_ANGLE:
        return np.eye(3)
    n = axis / angle
    cross = np.cross(n, np.eye(3)).T
    return np.cos(angle) * np.eye(3) + (1.0 - np.cos(angle)) * np.outer(n, n) + np.sin(angle) * cross


def problem(fields: dict[str, Any]) -> tuple[Any, ...]:
    hand = Hand(fields["data"])
    theta, places = np.array(fields["theta"]), np.reshape(fields.get("us", []), (-1, 2))

    def along(direction: Any, in_triangles: Any) -> Any:
        return ag.jvp(hand.errors, (theta, places), (direction, in_triangles))[1]

    return hand.errors, ag.vmap(along), theta, places


def objective(errors: Any, along: Any, theta: np.ndarray, places: np.ndarray) -> np.ndarray:
    return errors(theta, places)


def jacobian(errors: Any, along: Any, theta: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Derivatives by a point's own place in its triangle, if it has one, and by the pose: one push for each column."""
    count = 2 if places.size else 0
    columns = np.eye(count + len(theta))
    in_triangles = (
        np.broadcast_to(columns[:, None, :count], (len(columns), len(places), count)) if count else np.zeros((len(columns), 0, 2))
    )
    return np.moveaxis(along(columns[:, count:], in_triangles), 0, -1)


def flat(errors: np.ndarray) -> list[float]:
    return errors.ravel().tolist()


def matrix(columns: np.ndarray) -> list[list[float]]:
    return columns.reshape(-1, columns.shape[-1]).tolist()


FUNCTIONS = {"objective": Timed(problem, objective, flat), "jacobian": Timed(problem, jacobian, matrix)}
