"""Metrics of scores: how well they rank the samples. Thresholds are not needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, SettingError, ShapeError
from nn.input_checks import plain_array, positive_integer
from nn.metrics.labels import is_binary, labels_of

Array = npt.NDArray[Any]


def _scores_and_hits(pred: Any, target: Any, call: str) -> tuple[Array, Array]:
    """Return the scores of one class, and whether each sample is of that class; samples of both kinds must be there."""
    scores, hits = plain_array(pred, call), plain_array(target, call)
    if scores.ndim == 2 and scores.shape[1] == 1:
        scores = scores[:, 0]
    if scores.ndim != 1 or hits.size != len(scores):
        raise ShapeError(f"{call}: scores have shape (N,) and targets shape (N,), not {scores.shape} and {hits.shape}")
    if scores.dtype.kind not in "fiub" or not np.all(np.isfinite(scores)):
        raise DataError(f"{call}: scores are finite numbers, not {scores.dtype} such as {scores[:3].tolist()}")
    hits = hits.reshape(-1)
    if hits.dtype.kind not in "fiub" or not is_binary(hits):
        raise DataError(
            f"{call}: targets are 0 or 1, not {np.unique(hits)[:3].tolist()}; for several classes take one against the rest"
        )
    if not 0 < np.sum(hits) < len(hits):
        raise DataError(f"{call}: all targets are {int(hits[0]) if len(hits) else 'missing'}: there is nothing to tell apart")
    return scores, hits == 1


def _counts_by_threshold(scores: Array, hits: Array) -> tuple[Array, Array]:
    """Return how many positive and negative samples reach each threshold, from the highest score down; ties count together."""
    order = np.argsort(-scores, kind="stable")
    scores, hits = scores[order], hits[order]
    is_last_of_tie = np.append(scores[1:] != scores[:-1], True)
    return np.cumsum(hits)[is_last_of_tie], np.cumsum(~hits)[is_last_of_tie]


def roc_auc(pred: Any, target: Any) -> float:
    """Return the area under the receiver operating characteristic.

    It is the probability that a random sample of class 1 has a higher score than a random sample of class 0; a tie counts half.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, 1)
        Scores; the higher, the more likely class 1. Logits and probabilities give the same.
    target : array_like, shape (N,)
        Labels 0 and 1.

    Returns
    -------
    float
        A number between 0 and 1; 0.5 for random scores.

    Raises
    ------
    DataError
        If targets are not 0 and 1, or all the same, or scores are not finite.
    ShapeError
        If the shapes differ.

    References
    ----------
    T. Fawcett, "An introduction to ROC analysis" (2006), algorithm 3.

    Examples
    --------
    >>> roc_auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    scores, hits = _scores_and_hits(pred, target, "roc_auc()")
    positive, negative = (np.append(0, counts) for counts in _counts_by_threshold(scores, hits))
    area = np.sum((positive[1:] + positive[:-1]) * np.diff(negative)) / 2.0
    return float(area / (positive[-1] * negative[-1]))


def average_precision(pred: Any, target: Any) -> float:
    """Return the mean of the precision over the recall: Σ (Rₜ - Rₜ₋₁) Pₜ over the thresholds, from the highest score down.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, 1)
        Scores; the higher, the more likely class 1.
    target : array_like, shape (N,)
        Labels 0 and 1.

    Returns
    -------
    float
        A number between 0 and 1; about the share of class 1 for random scores.

    Raises
    ------
    DataError, ShapeError
        As in :func:`roc_auc`.

    Examples
    --------
    >>> average_precision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])  # doctest: +ELLIPSIS
    0.8333...
    """
    scores, hits = _scores_and_hits(pred, target, "average_precision()")
    positive, negative = _counts_by_threshold(scores, hits)
    recall_steps = np.diff(np.append(0, positive)) / positive[-1]
    return float(np.sum(recall_steps * positive / (positive + negative)))


def top_k_accuracy(pred: Any, target: Any, k: int = 2) -> float:
    """Return the share of samples whose class is among the ``k`` highest scores.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N, K)
        Scores of the K classes. If scores tie, those of later classes count as higher.
    target : array_like, shape (N,) or (N, K)
        Labels or one-hot rows.
    k : int, default 2
        How many classes count, less than K.

    Returns
    -------
    float
        A number between 0 and 1.

    Raises
    ------
    SettingError
        If ``k`` is not a whole number from 1 to K - 1.
    ShapeError, DataError
        If the shapes do not fit, or targets are not classes.

    Examples
    --------
    >>> top_k_accuracy([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]], [1, 0], k=2)
    0.5
    """
    scores, labels = plain_array(pred, "top_k_accuracy()"), labels_of(target, "top_k_accuracy()")
    if scores.ndim != 2 or len(scores) != len(labels) or not len(labels):
        raise ShapeError(f"top_k_accuracy(): scores have shape (N, K), not {scores.shape} for {len(labels)} targets")
    classes = scores.shape[1]
    if positive_integer("top_k_accuracy(): k", k) >= classes:
        raise SettingError(f"top_k_accuracy(): k={k} of {classes} classes is always right: choose a smaller k")
    if labels.min() < 0 or labels.max() >= classes:
        raise DataError(f"top_k_accuracy(): the labels run from {labels.min()} to {labels.max()}, not 0 to {classes - 1}")
    best = np.argsort(scores, axis=1, kind="stable")[:, -k:]
    return float(np.mean(np.any(best == labels[:, None], axis=1)))
