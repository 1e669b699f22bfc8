"""Toy data: gates, clouds, curves and lines, each of ``n`` samples X (N, n_in) with labels or targets Y (N,)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import SettingError
from nn.data import Part
from nn.input_checks import whole, within
from nn.random import Seed, generator

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES: dict[str, tuple[int, ...]] = {
    "or": (0, 1, 1, 1),
    "and": (0, 0, 0, 1),
    "xor": (0, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "nand": (1, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}


def gate(name: str) -> Part:
    """The four inputs of a logical gate and its outputs (S3:11-12): "or", "and", "xor", "nor", "nand" or "xnor".

    >>> gate("xor")[1]
    array([0, 1, 1, 0])
    """
    if name not in GATES:
        raise SettingError(f"no gate is called {name!r}: there are {', '.join(GATES)}")
    return CORNERS.copy(), np.array(GATES[name])


def _clouds(n: int, noise: float, rng: Seed, place: Callable[[Any, Any], Any], classes: int) -> Part:
    """Points of several classes in turn, each placed by its class and a number between 0 and 1, with noise, in random order."""
    n, noise, rng = whole("n", n), within("noise", noise, 0.0, np.inf), generator(rng)
    labels = np.arange(n) % classes
    points = place(labels, rng.random(n)) + rng.normal(0.0, noise, (n, 2))
    order = rng.permutation(n)
    return points[order], labels[order]


def moons(n: int = 100, noise: float = 0.1, rng: Seed = None) -> Part:
    """Two half circles that reach into each other, two classes.

    >>> X, y = moons(10, rng=0); X.shape, sorted(set(y.tolist()))
    ((10, 2), [0, 1])
    """

    def place(label: Any, t: Any) -> Any:
        x, y = np.cos(np.pi * t), np.sin(np.pi * t)
        return np.column_stack([np.where(label, 1.0 - x, x), np.where(label, 0.5 - y, y)])

    return _clouds(n, noise, rng, place, 2)


def circles(n: int = 100, noise: float = 0.05, rng: Seed = None) -> Part:
    """A circle of radius 1 and one of radius ½ inside it, two classes.

    >>> circles(10, noise=0.0, rng=0)[0].shape
    (10, 2)
    """

    def place(label: Any, t: Any) -> Any:
        r = np.where(label, 0.5, 1.0)
        return np.column_stack([r * np.cos(2 * np.pi * t), r * np.sin(2 * np.pi * t)])

    return _clouds(n, noise, rng, place, 2)


def spirals(n: int = 100, noise: float = 0.02, classes: int = 2, turns: float = 1.0, rng: Seed = None) -> Part:
    """Arms of a spiral, one for each class.

    >>> spirals(9, classes=3, rng=0)[0].shape
    (9, 2)
    """
    classes = whole("classes", classes)

    def place(label: Any, t: Any) -> Any:
        angle = 2.0 * np.pi * (turns * t + label / classes)
        return np.column_stack([t * np.cos(angle), t * np.sin(angle)])

    return _clouds(n, noise, rng, place, classes)


def blobs(n: int = 100, noise: float = 0.3, classes: int = 3, rng: Seed = None) -> Part:
    """Round clouds on a circle of radius 2, one for each class.

    >>> blobs(6, rng=0)[1].size
    6
    """
    classes = whole("classes", classes)

    def place(label: Any, t: Any) -> Any:
        angle = 2.0 * np.pi * label / classes
        return np.column_stack([2.0 * np.cos(angle), 2.0 * np.sin(angle)])

    return _clouds(n, noise, rng, place, classes)


def line(n: int = 100, noise: float = 0.1, rng: Seed = None) -> Part:
    """A regression: y = 2x + 1 with noise, x in [-1, 1); X (N, 1), Y (N, 1).

    >>> line(5, noise=0.0, rng=0)[1].shape
    (5, 1)
    """
    return _curve(n, noise, rng, lambda x: 2.0 * x + 1.0)


def sine(n: int = 100, noise: float = 0.1, rng: Seed = None) -> Part:
    """A regression: y = sin πx with noise, x in [-1, 1); X (N, 1), Y (N, 1).

    >>> sine(5, noise=0.0, rng=0)[0].shape
    (5, 1)
    """
    return _curve(n, noise, rng, lambda x: np.sin(np.pi * x))


def _curve(n: int, noise: float, rng: Seed, f: Callable[[Any], Any]) -> Part:
    n, noise, rng = whole("n", n), within("noise", noise, 0.0, np.inf), generator(rng)
    x = rng.uniform(-1.0, 1.0, (n, 1))
    return x, f(x) + rng.normal(0.0, noise, (n, 1))
