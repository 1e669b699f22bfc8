"""Mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd import ShapeError
from nn.data.pairs import Array
from nn.input_checks import plain_array, positive_integer
from nn.random import Seed, generator


def batches(
    X: Any,
    Y: Any,
    size: int | None,
    rng: Seed = None,
    shuffle: bool = True,
    drop_last: bool = False,
    *,
    weights: Any = None,
) -> Iterator[tuple[Array, ...]]:
    """Yield the samples in mini-batches.

    Parameters
    ----------
    X : array_like, shape (N, ...)
        The inputs.
    Y : array_like, shape (N, ...)
        The targets.
    size : int or None
        The number of samples in a batch. None is the full batch, 1 is stochastic gradient descent.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the shuffle.
    shuffle : bool, default True
        Whether the samples come in random order.
    drop_last : bool, default False
        Whether a last batch of fewer than ``size`` samples is left out.
    weights : array_like, shape (N,), optional
        The weights of the samples.

    Yields
    ------
    tuple of ndarray
        A pair (X, Y), or a triple (X, Y, weights) if there are weights. The arrays are read-only, so that a graph can keep them
        without a copy.

    Raises
    ------
    ShapeError
        If the arrays have different numbers of rows.
    SettingError
        If ``size`` is not a positive whole number.
    DataError
        If ``rng`` is neither a seed nor a generator.

    References
    ----------
    S0:81.

    Examples
    --------
    >>> import numpy as np
    >>> [len(x) for x, _ in batches(np.zeros((5, 2)), np.zeros(5), 2, rng=0)]
    [2, 2, 1]
    """
    arrays = [plain_array(a, "batches()") for a in ((X, Y) if weights is None else (X, Y, weights))]
    n = len(arrays[0]) if arrays[0].ndim else 0
    if any(not a.ndim or len(a) != n for a in arrays):
        shapes = ", ".join(f"{name} {a.shape}" for name, a in zip(("X", "Y", "weights"), arrays, strict=False))
        raise ShapeError(f"batches(): the arrays have the shapes {shapes}; all need one row per sample")
    size = n if size is None else positive_integer("the number of samples in a batch", size)
    order = generator(rng).permutation(n) if shuffle else None
    for start in range(0, n - size + 1 if drop_last else n, size):
        span = slice(start, start + size)
        index: Any = span if order is None else order[span]
        yield tuple(_set_read_only(a[index] if order is None else a.take(index, axis=0)) for a in arrays)


def _set_read_only(a: Array) -> Array:
    a.flags.writeable = False
    return a
