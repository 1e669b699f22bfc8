"""Splits of the data into disjoint parts, and k-fold cross-validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd import SettingError
from nn.data.apportioning import apportion
from nn.data.pairs import Array, Part, pair
from nn.metrics import labels_of
from nn.random import Seed, generator


def split(X: Any, Y: Any, fractions: Sequence[float] = (0.7, 0.2, 0.1), rng: Seed = None, stratify: bool = False) -> list[Part]:
    """Shuffle the data and split it into disjoint parts that together are the whole.

    Parameters
    ----------
    X : array_like, shape (N, ...)
        The inputs.
    Y : array_like, shape (N, ...)
        The targets.
    fractions : sequence of float, default (0.7, 0.2, 0.1)
        The share of each part, by default training, validation and test. Positive, with the sum 1. The sizes are these shares of
        N, rounded so that they add up to N.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the shuffle.
    stratify : bool, default False
        Whether every part has each label in the share that it has in the whole, to within one sample. ``Y`` are labels then.

    Returns
    -------
    list of tuple of ndarray
        A pair (X, Y) for each fraction.

    Raises
    ------
    SettingError
        If the fractions are not positive numbers with the sum 1, or a part would be empty.
    ShapeError, DataError
        If ``X`` and ``Y`` have different lengths, or hold something else than finite real numbers.

    References
    ----------
    S0:85, training, validation and test set.

    Examples
    --------
    >>> [len(x) for x, _ in split(np.zeros((10, 2)), np.arange(10), rng=0)]
    [7, 2, 1]
    """
    X, Y = pair(X, Y, "split()")
    shares = _check_fractions(fractions)
    rng = generator(rng)
    groups = _label_groups(Y) if stratify else [np.arange(len(X))]
    indices = _deal(groups, shares, rng)
    if not all(len(part) for part in indices):
        raise SettingError(f"split(): {len(X)} samples are too few for the fractions {tuple(fractions)}: a part would be empty")
    return [(X[part], Y[part]) for part in indices]


def _check_fractions(fractions: Any) -> Array:
    """Return the fractions as an array; raise SettingError unless they are positive numbers with the sum 1."""
    if not isinstance(fractions, tuple | list | np.ndarray):
        raise SettingError(f"split(): fractions must be one number per part, such as (0.8, 0.2), not {fractions!r}")
    try:
        shares = np.asarray(fractions, dtype=float)
    except (TypeError, ValueError):
        raise SettingError(f"split(): fractions must be numbers, such as (0.8, 0.2), not {tuple(fractions)}") from None
    has_shares = shares.ndim == 1 and len(shares) > 0
    if not has_shares or np.any(shares <= 0) or not np.isclose(shares.sum(), 1.0):
        raise SettingError(f"split(): fractions must be positive and add up to 1, not {tuple(fractions)}")
    return shares


def _label_groups(Y: Array) -> list[Array]:
    """Return the indices of the samples of each label."""
    labels = labels_of(Y, "split(stratify=True)")
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def _deal(groups: list[Array], shares: Array, rng: np.random.Generator) -> list[Array]:
    """Deal the samples of each group out to the parts at random; return the indices of each part, shuffled."""
    parts: list[list[Array]] = [[] for _ in shares]
    sizes_by_group = apportion([len(group) for group in groups], shares)
    for group, sizes in zip(groups, sizes_by_group, strict=True):
        pieces = np.split(rng.permutation(group), np.cumsum(sizes)[:-1])
        for part, piece in zip(parts, pieces, strict=True):
            part.append(piece)
    return [rng.permutation(np.concatenate(part)) for part in parts]


def k_fold(X: Any, Y: Any, k: int = 5, rng: Seed = None, stratify: bool = False) -> Iterator[tuple[Part, Part]]:
    """Shuffle the data, split it into ``k`` folds, and hold out each fold in turn.

    Parameters
    ----------
    X : array_like, shape (N, ...)
        The inputs.
    Y : array_like, shape (N, ...)
        The targets.
    k : int, default 5
        The number of folds, at least 2.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the shuffle.
    stratify : bool, default False
        Whether every fold has each label in the share that it has in the whole, to within one sample.

    Yields
    ------
    training : tuple of ndarray
        A pair (X, Y) of the other folds.
    validation : tuple of ndarray
        A pair (X, Y) of the fold that is held out.

    Raises
    ------
    SettingError
        If ``k`` is not a whole number of at least 2, or there are too few samples.

    Examples
    --------
    >>> [(len(a[0]), len(b[0])) for a, b in k_fold(np.zeros((7, 1)), np.zeros(7), k=3, rng=0)]
    [(4, 3), (5, 2), (5, 2)]
    """
    if isinstance(k, bool) or not isinstance(k, int) or k < 2:
        raise SettingError(f"k_fold(): k must be a whole number of at least 2, not {k!r}")
    folds = split(X, Y, [1.0 / k] * k, rng, stratify)
    for i, validation in enumerate(folds):
        others = folds[:i] + folds[i + 1 :]
        yield (np.concatenate([x for x, _ in others]), np.concatenate([y for _, y in others])), validation
