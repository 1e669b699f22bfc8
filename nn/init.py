"""Initialisers: functions of (shape, rng) with shape (to, from), by name or as they are (H01).

Each keeps the variance of what passes through: LeCun (Nielsen's 1/√n) of the activations, He the same behind a relu, Glorot a
compromise with the variance of what flows back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autograd import SettingError
from nn.random import Seed, generator

Array: TypeAlias = npt.NDArray[np.float64]
Initialiser: TypeAlias = Callable[[tuple[int, ...], np.random.Generator], Array]


def constant(value: float) -> Initialiser:
    """Every entry ``value``.

    >>> constant(2.0)((1, 2), np.random.default_rng(0))
    array([[2., 2.]])
    """
    return lambda shape, rng: np.full(shape, float(value))


def uniform(low: float = -1.0, high: float = 1.0) -> Initialiser:
    """Even over [low, high).

    >>> uniform(0, 1)((2,), np.random.default_rng(0)).shape
    (2,)
    """
    return lambda shape, rng: rng.uniform(low, high, shape)


def normal(std: float = 1.0) -> Initialiser:
    """Normal with mean 0 and the standard deviation ``std``.

    >>> normal(0.1)((2,), np.random.default_rng(0)).shape
    (2,)
    """
    return lambda shape, rng: rng.normal(0.0, std, shape)


def _scaled(gain: float, mode: str, flat: bool) -> Initialiser:
    """Variance gain / fan, where the fan is that of the inputs or the mean of both; uniform if ``flat``, else normal."""

    def draw(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        to, fan_in = shape[0], int(np.prod(shape[1:]))
        variance = gain / (fan_in if mode == "in" else (fan_in + to) / 2)
        if flat:
            bound = np.sqrt(3.0 * variance)
            return rng.uniform(-bound, bound, shape)
        return rng.normal(0.0, np.sqrt(variance), shape)

    return draw


def orthogonal(gain: float = 1.0) -> Initialiser:
    """Rows, or columns where these are fewer, at right angles to each other, each of length ``gain`` (Saxe et al. 2014).

    >>> W = orthogonal()((2, 3), np.random.default_rng(0)); (W @ W.T).round(12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """

    def draw(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        if len(shape) < 2:
            raise SettingError(f"the orthogonal initialiser takes matrices, not shape {shape}")
        to, fan_in = shape[0], int(np.prod(shape[1:]))
        q, r = np.linalg.qr(rng.normal(size=(max(to, fan_in), min(to, fan_in))))
        q = q * np.sign(np.diag(r))  # so that every such matrix is equally likely
        return gain * (q if to >= fan_in else q.T).reshape(shape)

    return draw


BY_NAME: dict[str, Initialiser] = {
    "zeros": constant(0.0),
    "uniform": uniform(),
    "normal": normal(),
    "lecun_normal": _scaled(1.0, "in", flat=False),
    "lecun_uniform": _scaled(1.0, "in", flat=True),
    "glorot_normal": _scaled(1.0, "mean", flat=False),
    "glorot_uniform": _scaled(1.0, "mean", flat=True),
    "he_normal": _scaled(2.0, "in", flat=False),
    "he_uniform": _scaled(2.0, "in", flat=True),
    "orthogonal": orthogonal(),
}


def initialised(shape: tuple[int, ...], how: str | Initialiser, rng: Seed) -> Any:
    """A fresh array by the initialiser of that name, or by a function of (shape, rng).

    >>> initialised((2, 3), "zeros", 0).sum()
    np.float64(0.0)
    """
    if isinstance(how, str):
        if how not in BY_NAME:
            raise SettingError(f"no initialiser is called {how!r}: give a function of (shape, rng), or one of {', '.join(BY_NAME)}")
        how = BY_NAME[how]
    drawn = np.asarray(how(shape, generator(rng)), dtype=np.float64)
    if drawn.shape != shape:
        raise SettingError(f"the initialiser gave an array of shape {drawn.shape}, but {shape} (to, from) was asked for")
    return drawn
