"""Metrics of probabilities: whether they say how often a class occurs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd import DataError, OutOfRangeError, ShapeError
from nn.input_checks import positive_integer, real_array
from nn.metrics.labels import labels_of

# The probabilities of a sample may miss the sum 1 by as much: the rounding of 10 000 single-precision numbers. Twice as much would
# accept probabilities with three wrong digits.
SUM_TOLERANCE = 1e-3
# The smallest probability whose logarithm is taken, that of scikit-learn's log_loss. One certain wrong answer costs 36; at twice
# as much, 35.
LEAST_PROBABILITY = float(np.finfo(np.float64).eps)


def _class_probabilities(pred: Any, target: Any, call: str) -> tuple[Any, Any]:
    """Return probabilities (N, K) and labels (N,); probabilities (N,) or (N, 1) are those of class 1."""
    p, labels = real_array(pred, call), labels_of(target, call)
    if p.ndim == 1 or (p.ndim == 2 and p.shape[1] == 1):
        p = np.column_stack([1.0 - p.reshape(-1), p.reshape(-1)])
    if p.ndim != 2 or len(p) != len(labels) or not len(labels):
        raise ShapeError(f"{call}: probabilities have shape (N,) or (N, K), not {np.shape(pred)} for {len(labels)} targets")
    if not (np.all(p >= 0.0) and np.all(np.abs(p.sum(axis=1) - 1.0) < SUM_TOLERANCE)):
        raise OutOfRangeError(
            f"{call} takes probabilities, whose sum is 1, not {p[0].tolist()}: apply softmax or sigmoid to logits first"
        )
    if labels.min() < 0 or labels.max() >= p.shape[1]:
        raise DataError(f"{call}: the labels run from {labels.min()} to {labels.max()}, not 0 to {p.shape[1] - 1}")
    return p, labels


def log_loss(pred: Any, target: Any) -> float:
    """Return the mean of -log p over the samples, with p the probability that was predicted for the sample's class.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        Probabilities of class 1, or of K classes.
    target : array_like, shape (N,) or (N, K)
        Labels or one-hot rows.

    Returns
    -------
    float
        A number of at least 0. Probabilities below 2⁻⁵² count as 2⁻⁵².

    Raises
    ------
    OutOfRangeError
        If the predictions are not probabilities.
    DataError, ShapeError
        If targets are not labels of these classes, or the shapes do not fit.

    Examples
    --------
    >>> log_loss([0.5, 0.5], [0, 1])  # doctest: +ELLIPSIS
    0.6931...
    """
    p, labels = _class_probabilities(pred, target, "log_loss()")
    chosen = p[np.arange(len(labels)), labels] / p.sum(axis=1)
    return float(-np.mean(np.log(np.clip(chosen, LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY))))


class Calibration(NamedTuple):
    """What :func:`calibration` returns.

    Attributes
    ----------
    predicted : ndarray, shape (B,)
        The mean probability of each bin that holds samples.
    observed : ndarray, shape (B,)
        The share of class 1 in each of these bins.
    counts : ndarray of int, shape (B,)
        The number of samples in each of these bins.
    error : float
        The expected calibration error: the mean of |predicted - observed|, weighted by ``counts``.

    Examples
    --------
    >>> round(calibration([0.2, 0.2, 0.8, 0.8], [0, 0, 1, 1], bins=2).error, 6)
    0.2
    """

    predicted: npt.NDArray[np.float64]
    observed: npt.NDArray[np.float64]
    counts: npt.NDArray[np.intp]
    error: float


def calibration(pred: Any, target: Any, bins: int = 5) -> Calibration:
    """Compare probabilities with how often class 1 occurs.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, 1)
        Probabilities of class 1.
    target : array_like, shape (N,)
        Labels 0 and 1.
    bins : int, default 5
        The number of bins of equal width between 0 and 1.

    Returns
    -------
    Calibration
        Mean probability and share of class 1 for each bin that is not empty, and the expected calibration error.

    Raises
    ------
    OutOfRangeError, DataError, ShapeError
        As in :func:`log_loss`.

    References
    ----------
    C. Guo et al., "On Calibration of Modern Neural Networks" (2017), eq. 3.

    Examples
    --------
    >>> result = calibration([0.1, 0.1, 0.9, 0.9], [0, 0, 0, 1])
    >>> result.observed, round(result.error, 3)
    (array([0. , 0.5]), 0.25)
    """
    p, labels = _class_probabilities(pred, target, "calibration()")
    if p.shape[1] != 2:
        raise ShapeError(f"calibration() takes probabilities of one class, not of {p.shape[1]}: take one class against the rest")
    p, edges = p[:, 1], np.linspace(0.0, 1.0, positive_integer("calibration(): bins", bins) + 1)
    bin_of = np.searchsorted(edges[1:-1], p)
    count = np.bincount(bin_of, minlength=bins)
    used = count > 0
    predicted, observed = (np.bincount(bin_of, w, bins)[used] / count[used] for w in (p, labels))
    error = float(np.sum(count[used] * np.abs(predicted - observed)) / len(p))
    return Calibration(predicted, observed, count[used], error)
