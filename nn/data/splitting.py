"""Splits of the data into disjoint parts, and k-fold cross-validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd import DataError, SettingError, ShapeError
from nn.data.apportioning import apportion, largest_remainder
from nn.data.pairs import Array, Part, pair
from nn.input_checks import plain_array
from nn.metrics import labels_of
from nn.random import Seed, generator


def split(
    X: Any,
    Y: Any,
    fractions: Sequence[float] = (0.7, 0.2, 0.1),
    rng: Seed = None,
    stratify: bool = False,
    *,
    shuffle: bool = True,
    groups: Any = None,
    times: Any = None,
) -> list[Part]:
    """Split the data into disjoint parts that together are the whole.

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
    shuffle : bool, default True
        Whether the samples are shuffled. Otherwise the first ones are the first part, in their order.
    groups : array_like, shape (N,), optional
        The group of each sample, such as the patient whom it is about. All samples of a group come into one part. The sizes are as
        near to the shares as whole groups, dealt out in random order, allow.
    times : array_like, shape (N,), optional
        When each sample was taken. Each part is earlier than the next; samples of one time stay together.

    Returns
    -------
    list of tuple of ndarray
        A pair (X, Y) for each fraction.

    Raises
    ------
    SettingError
        If the fractions are not positive numbers with the sum 1, a part would be empty, or settings exclude each other.
    ShapeError, DataError
        If ``X`` and ``Y`` have different lengths, or hold something else than finite real numbers.

    References
    ----------
    S0:85, training, validation and test set.

    Examples
    --------
    >>> [len(x) for x, _ in split(np.zeros((10, 2)), np.arange(10), rng=0)]
    [7, 2, 1]
    >>> [y.tolist() for _, y in split(np.zeros((4, 1)), [3, 1, 2, 0], (0.5, 0.5), times=[3, 1, 2, 0])]
    [[0, 1], [2, 3]]
    """
    X, Y = pair(X, Y, "split()")
    shares = _check_fractions(fractions)
    _check_ways(stratify, shuffle, groups, times, rng)
    if times is not None:
        indices = _cut_by_time(_keys(times, len(X), "times"), shares)
    elif groups is not None:
        indices = _assign_groups(_keys(groups, len(X), "groups"), shares, generator(rng))
    elif not shuffle:
        indices = np.split(np.arange(len(X)), np.cumsum(largest_remainder(len(X), shares))[:-1])
    else:
        indices = _assign_samples(_label_groups(Y) if stratify else [np.arange(len(X))], shares, generator(rng))
    if not all(len(part) for part in indices):
        raise SettingError(f"split(): {len(X)} samples are too few for the fractions {tuple(fractions)}: a part would be empty")
    return [(X[part], Y[part]) for part in indices]


def _check_ways(stratify: bool, shuffle: bool, groups: Any, times: Any, rng: Seed) -> None:
    """Raise SettingError if two ways to split are asked for, or a seed of a shuffle that does not take place."""
    ways = {"stratify": stratify, "shuffle=False": not shuffle, "groups": groups is not None, "times": times is not None}
    chosen = [name for name, is_chosen in ways.items() if is_chosen]
    if len(chosen) > 1:
        raise SettingError(f"split(): {' and '.join(chosen)} exclude each other: choose one")
    if rng is not None and (not shuffle or times is not None):
        raise SettingError(f"split(): rng={rng!r} would be ignored: with {chosen[0]} nothing is drawn")


def _keys(keys: Any, n: int, name: str) -> Array:
    """Return the groups or times as an array with one entry per sample."""
    array = plain_array(keys, f"split({name}=)")
    if array.shape != (n,):
        raise ShapeError(f"split(): {name} has shape {array.shape}, but there are {n} samples: give one entry for each")
    if array.dtype == object and any(entry is None for entry in array.tolist()):
        raise DataError(f"split(): {name} has entries that are None: give one to each sample, or drop those samples")
    if array.dtype.kind in "fmM" and np.any(np.isnan(array)):
        raise DataError(f"split(): {name} has entries that are nan: give one to each sample, or drop those samples")
    return array


def _cut_by_time(times: Array, shares: Array) -> list[Array]:
    """Return the indices of each part, in the order of their times; equal times are in one part."""
    order = np.argsort(times, kind="stable")
    in_order = times[order]
    cuts = np.cumsum(largest_remainder(len(times), shares))[:-1]
    return np.split(order, np.searchsorted(in_order, in_order[cuts]))


def _assign_groups(groups: Array, shares: Array, rng: np.random.Generator) -> list[Array]:
    """Assign whole groups, each to the part that lacks the most samples; return the indices of each part, shuffled."""
    names, number_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    lacking = shares * len(groups)
    part_of = np.empty(len(names), dtype=int)
    for group in rng.permutation(len(names)):
        part_of[group] = np.argmax(lacking)
        lacking[part_of[group]] -= sizes[group]
    return [rng.permutation(np.flatnonzero(part_of[number_of] == part)) for part in range(len(shares))]


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


def _assign_samples(groups: list[Array], shares: Array, rng: np.random.Generator) -> list[Array]:
    """Assign the samples of each group to the parts at random; return the indices of each part, shuffled."""
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
    ShapeError
        If ``X`` and ``Y`` have different numbers of rows.
    DataError
        If ``rng`` is neither a seed nor a generator.

    Examples
    --------
    >>> [(len(a[0]), len(b[0])) for a, b in k_fold(np.zeros((7, 1)), np.zeros(7), k=3, rng=0)]
    [(4, 3), (5, 2), (5, 2)]
    """
    if isinstance(k, bool) or not isinstance(k, int) or k < 2:
        raise SettingError(f"k_fold(): k must be a whole number of at least 2, not {k!r}")
    X, Y = pair(X, Y, "k_fold()")
    if k > len(X):
        raise SettingError(f"k_fold(): {len(X)} samples are too few for k={k} folds: a fold would be empty")
    folds = split(X, Y, [1.0 / k] * k, rng, stratify)
    for i, validation in enumerate(folds):
        others = folds[:i] + folds[i + 1 :]
        yield (np.concatenate([x for x, _ in others]), np.concatenate([y for _, y in others])), validation
