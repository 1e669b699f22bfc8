"""Initialisers: functions of (shape, rng), with shape (to, from), by name or as they are (H01 in docs/seeds.md).

Each keeps the variance of what passes through a layer: LeCun's rule (Nielsen's 1/√n) that of the activations, He's rule the same
before a relu, Glorot's rule a compromise with the variance of the gradients that flow back.

References
----------
Y. LeCun et al., "Efficient BackProp" (1998), eq. 16; X. Glorot and Y. Bengio, "Understanding the difficulty of training deep
feedforward neural networks" (2010), eq. 12 and 16; K. He et al., "Delving Deep into Rectifiers" (2015), eq. 10.
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
    """Return an initialiser that gives every entry the same value.

    Parameters
    ----------
    value : float
        The value.

    Returns
    -------
    callable
        A function of (shape, rng).

    Examples
    --------
    >>> constant(2.0)((1, 2), np.random.default_rng(0))
    array([[2., 2.]])
    """
    return lambda shape, rng: np.full(shape, float(value))


def uniform(low: float = -1.0, high: float = 1.0) -> Initialiser:
    """Return an initialiser that draws uniformly from [low, high).

    Parameters
    ----------
    low, high : float, default -1.0 and 1.0
        The bounds.

    Returns
    -------
    callable
        A function of (shape, rng).

    Examples
    --------
    >>> uniform(0, 1)((2,), np.random.default_rng(0)).shape
    (2,)
    """
    return lambda shape, rng: rng.uniform(low, high, shape)


def normal(std: float = 1.0) -> Initialiser:
    """Return an initialiser that draws from a normal distribution with mean 0.

    Parameters
    ----------
    std : float, default 1.0
        The standard deviation.

    Returns
    -------
    callable
        A function of (shape, rng).

    Examples
    --------
    >>> normal(0.1)((2,), np.random.default_rng(0)).shape
    (2,)
    """
    return lambda shape, rng: rng.normal(0.0, std, shape)


def _variance_scaling(gain: float, mode: str, is_uniform: bool) -> Initialiser:
    """Return an initialiser with variance gain / fan.

    The fan is the number of inputs of a unit ("in"), or the mean of that and the number of units that an input reaches ("mean").
    Axes behind the first two are those of a kernel, and count for both.
    """

    def draw(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        fan_out, fan_in = shape[0] * int(np.prod(shape[2:])), int(np.prod(shape[1:]))
        variance = gain / (fan_in if mode == "in" else (fan_in + fan_out) / 2)
        if is_uniform:
            bound = np.sqrt(3.0 * variance)  # a uniform distribution over [-c, c] has variance c²/3
            return rng.uniform(-bound, bound, shape)
        return rng.normal(0.0, np.sqrt(variance), shape)

    return draw


def orthogonal(gain: float = 1.0) -> Initialiser:
    """Return an initialiser of matrices whose rows, or columns if there are fewer of these, are orthogonal.

    Parameters
    ----------
    gain : float, default 1.0
        The length of each of these rows or columns.

    Returns
    -------
    callable
        A function of (shape, rng).

    Raises
    ------
    SettingError
        At a call of the returned function, if the shape has fewer than two axes.

    References
    ----------
    A. M. Saxe, J. L. McClelland and S. Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks" (2014). The signs make every such matrix equally likely: F. Mezzadri, "How to generate random matrices from the
    classical compact groups" (2007).

    Examples
    --------
    >>> W = orthogonal()((2, 3), np.random.default_rng(0)); (W @ W.T).round(12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """

    def draw(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        if len(shape) < 2:
            raise SettingError(f"the orthogonal initialiser takes matrices, not shape {shape}")
        fan_out, fan_in = shape[0], int(np.prod(shape[1:]))
        q, r = np.linalg.qr(rng.normal(size=(max(fan_out, fan_in), min(fan_out, fan_in))))
        q = q * np.sign(np.diag(r))
        return gain * (q if fan_out >= fan_in else q.T).reshape(shape)

    return draw


BY_NAME: dict[str, Initialiser] = {
    "zeros": constant(0.0),
    "uniform": uniform(),
    "normal": normal(),
    "lecun_normal": _variance_scaling(1.0, "in", is_uniform=False),
    "lecun_uniform": _variance_scaling(1.0, "in", is_uniform=True),
    "glorot_normal": _variance_scaling(1.0, "mean", is_uniform=False),
    "glorot_uniform": _variance_scaling(1.0, "mean", is_uniform=True),
    "he_normal": _variance_scaling(2.0, "in", is_uniform=False),
    "he_uniform": _variance_scaling(2.0, "in", is_uniform=True),
    "orthogonal": orthogonal(),
}


def initialise(shape: tuple[int, ...], how: str | Initialiser, rng: Seed) -> Any:
    """Return a fresh array.

    Parameters
    ----------
    shape : tuple of int
        The shape (to, from, ...).
    how : str or callable
        The name of an initialiser, or a function of (shape, rng).
    rng : int, numpy.random.Generator or None
        The seed or generator.

    Returns
    -------
    ndarray of float, shape ``shape``
        The array.

    Raises
    ------
    SettingError
        If no initialiser has that name, or the function returns another shape.

    Examples
    --------
    >>> initialise((2, 3), "zeros", 0).sum()
    np.float64(0.0)
    """
    if isinstance(how, str):
        if how not in BY_NAME:
            raise SettingError(f"no initialiser is called {how!r}: give a function of (shape, rng), or one of {', '.join(BY_NAME)}")
        how = BY_NAME[how]
    array = np.asarray(how(shape, generator(rng)), dtype=np.float64)
    if array.shape != shape:
        raise SettingError(
            f"the initialiser returned an array of shape {array.shape}, not {shape} (to, from): let it use the shape that it gets"
        )
    return array
