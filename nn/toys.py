"""Toy data sets: gates, clouds and curves, each a pair (X, Y) of inputs and targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import SettingError
from nn.data import Part
from nn.input_checks import positive_integer, within
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
    """Return the truth table of a logical gate.

    Parameters
    ----------
    name : {"or", "and", "xor", "nor", "nand", "xnor"}
        The gate.

    Returns
    -------
    X : ndarray of float, shape (4, 2)
        The four inputs.
    y : ndarray of int, shape (4,)
        The outputs.

    Raises
    ------
    SettingError
        If no gate has that name.

    References
    ----------
    S3:11-12.

    Examples
    --------
    >>> gate("xor")[1]
    array([0, 1, 1, 0])
    """
    if name not in GATES:
        raise SettingError(f"no gate is called {name!r}: there are {', '.join(GATES)}")
    return CORNERS.copy(), np.array(GATES[name])


def moons(n: int = 100, noise: float = 0.1, rng: Seed = None) -> Part:
    """Return two half circles that reach into each other, one for each class.

    Parameters
    ----------
    n : int, default 100
        The number of samples.
    noise : float, default 0.1
        The standard deviation of the noise in each coordinate.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator.

    Returns
    -------
    X : ndarray of float, shape (n, 2)
        The points.
    y : ndarray of int, shape (n,)
        The labels 0 and 1.

    Raises
    ------
    SettingError
        If ``n`` is not a positive whole number, or ``noise`` is below 0.
    DataError
        If ``rng`` is neither a seed nor a generator.

    Examples
    --------
    >>> X, y = moons(10, rng=0); X.shape, sorted(set(y.tolist()))
    ((10, 2), [0, 1])
    """

    def curve(label: Any, t: Any) -> Any:
        x, y = np.cos(np.pi * t), np.sin(np.pi * t)
        return np.column_stack([np.where(label, 1.0 - x, x), np.where(label, 0.5 - y, y)])

    return _draw_classes(n, noise, rng, curve, 2)


def circles(n: int = 100, noise: float = 0.05, rng: Seed = None) -> Part:
    """Return a circle of radius 1 and a circle of radius ½ inside it, one for each class.

    Parameters
    ----------
    n : int, default 100
        The number of samples.
    noise : float, default 0.05
        The standard deviation of the noise in each coordinate.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator.

    Returns
    -------
    X : ndarray of float, shape (n, 2)
        The points.
    y : ndarray of int, shape (n,)
        The labels 0 and 1.

    Raises
    ------
    SettingError
        If ``n`` is not a positive whole number, or ``noise`` is below 0.
    DataError
        If ``rng`` is neither a seed nor a generator.

    Examples
    --------
    >>> circles(10, noise=0.0, rng=0)[0].shape
    (10, 2)
    """

    def curve(label: Any, t: Any) -> Any:
        r = np.where(label, 0.5, 1.0)
        return np.column_stack([r * np.cos(2 * np.pi * t), r * np.sin(2 * np.pi * t)])

    return _draw_classes(n, noise, rng, curve, 2)


def spirals(n: int = 100, noise: float = 0.02, classes: int = 2, turns: float = 1.0, rng: Seed = None) -> Part:
    """Return the arms of a spiral, one for each class.

    Parameters
    ----------
    n : int, default 100
        The number of samples.
    noise : float, default 0.02
        The standard deviation of the noise in each coordinate.
    classes : int, default 2
        The number of arms.
    turns : float, default 1.0
        How often an arm goes around the centre.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator.

    Returns
    -------
    X : ndarray of float, shape (n, 2)
        The points, within radius 1 apart from the noise.
    y : ndarray of int, shape (n,)
        The labels from 0 on.

    Raises
    ------
    SettingError
        If ``n`` or ``classes`` is not a positive whole number, or ``noise`` is below 0.
    DataError
        If ``rng`` is neither a seed nor a generator.

    Examples
    --------
    >>> spirals(9, classes=3, rng=0)[0].shape
    (9, 2)
    """
    classes = positive_integer("classes", classes)

    def curve(label: Any, t: Any) -> Any:
        angle = 2.0 * np.pi * (turns * t + label / classes)
        return np.column_stack([t * np.cos(angle), t * np.sin(angle)])

    return _draw_classes(n, noise, rng, curve, classes)


def blobs(n: int = 100, noise: float = 0.3, classes: int = 3, rng: Seed = None) -> Part:
    """Return round clouds with centres on a circle of radius 2, one for each class.

    Parameters
    ----------
    n : int, default 100
        The number of samples.
    noise : float, default 0.3
        The standard deviation of a cloud in each coordinate.
    classes : int, default 3
        The number of clouds.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator.

    Returns
    -------
    X : ndarray of float, shape (n, 2)
        The points.
    y : ndarray of int, shape (n,)
        The labels from 0 on.

    Raises
    ------
    SettingError
        If ``n`` or ``classes`` is not a positive whole number, or ``noise`` is below 0.
    DataError
        If ``rng`` is neither a seed nor a generator.

    Examples
    --------
    >>> blobs(6, rng=0)[1].size
    6
    """
    classes = positive_integer("classes", classes)

    def curve(label: Any, t: Any) -> Any:
        angle = 2.0 * np.pi * label / classes
        return np.column_stack([2.0 * np.cos(angle), 2.0 * np.sin(angle)])

    return _draw_classes(n, noise, rng, curve, classes)


def _draw_classes(n: int, noise: float, rng: Seed, curve: Callable[[Any, Any], Any], classes: int) -> Part:
    """Draw points with noise on the curve of each class, in random order. ``curve`` takes labels and numbers t in [0, 1)."""
    n, noise, rng = positive_integer("n", n), within("noise", noise, 0.0, np.inf), generator(rng)
    labels = np.arange(n) % classes
    points = curve(labels, rng.random(n)) + rng.normal(0.0, noise, (n, 2))
    order = rng.permutation(n)
    return points[order], labels[order]


def line(n: int = 100, noise: float = 0.1, rng: Seed = None) -> Part:
    """Return samples of y = 2x + 1 with noise, for a regression.

    Parameters
    ----------
    n : int, default 100
        The number of samples.
    noise : float, default 0.1
        The standard deviation of the noise in y.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator.

    Returns
    -------
    X : ndarray of float, shape (n, 1)
        Uniform in [-1, 1).
    Y : ndarray of float, shape (n, 1)
        The targets.

    Raises
    ------
    SettingError
        If ``n`` is not a positive whole number, or ``noise`` is below 0.
    DataError
        If ``rng`` is neither a seed nor a generator.

    Examples
    --------
    >>> line(5, noise=0.0, rng=0)[1].shape
    (5, 1)
    """
    return _draw_function(n, noise, rng, lambda x: 2.0 * x + 1.0)


def sine(n: int = 100, noise: float = 0.1, rng: Seed = None) -> Part:
    """Return samples of y = sin πx with noise, for a regression.

    Parameters
    ----------
    n : int, default 100
        The number of samples.
    noise : float, default 0.1
        The standard deviation of the noise in y.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator.

    Returns
    -------
    X : ndarray of float, shape (n, 1)
        Uniform in [-1, 1).
    Y : ndarray of float, shape (n, 1)
        The targets.

    Raises
    ------
    SettingError
        If ``n`` is not a positive whole number, or ``noise`` is below 0.
    DataError
        If ``rng`` is neither a seed nor a generator.

    Examples
    --------
    >>> sine(5, noise=0.0, rng=0)[0].shape
    (5, 1)
    """
    return _draw_function(n, noise, rng, lambda x: np.sin(np.pi * x))


def _draw_function(n: int, noise: float, rng: Seed, f: Callable[[Any], Any]) -> Part:
    n, noise, rng = positive_integer("n", n), within("noise", noise, 0.0, np.inf), generator(rng)
    x = rng.uniform(-1.0, 1.0, (n, 1))
    return x, f(x) + rng.normal(0.0, noise, (n, 1))
