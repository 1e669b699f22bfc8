"""Metrics: plain numbers from predictions and labels, no gradients (S0:85; the formulas S0:94 left open)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, OutOfRangeError, SettingError, ShapeError
from nn.input_checks import plain_array, whole

MOST_CLASSES = 10_000


def labels_of(y: Any, call: str = "labels_of()") -> Any:
    """Integer labels of shape (N,) from labels, from one-hot rows, or from scores (N, K) by their largest (S3:59).

    DataError for what holds no finite numbers, for labels that are no integers, and for rows with several ones, which are
    multi-label: no one class is theirs.

    >>> labels_of([[0.1, 0.9], [0.8, 0.2]])
    array([1, 0])
    """
    y = plain_array(y, call)
    if y.dtype.kind not in "fiub":
        raise DataError(
            f"{call}: labels are integers, and scores numbers, not {y.dtype} such as {y.ravel()[:3].tolist()}: number the classes, "
            f"as in np.unique(names, return_inverse=True)[1]"
        )
    if y.dtype.kind == "f" and not np.all(np.isfinite(y)):
        raise DataError(
            f"{call}: labels and scores are finite numbers, but {int(np.sum(~np.isfinite(y)))} of these are nan or infinite"
        )
    if y.ndim > 2:
        raise ShapeError(f"{call}: labels have shape (N,), and one-hot rows or scores (N, K), not {y.shape}")
    if y.ndim == 2 and y.shape[1] > 1:
        if is_multi_label(y):
            raise DataError(
                f"{call}: rows such as {y[np.argmax(np.sum(y, axis=1))].tolist()} have several labels, and the largest is not the "
                f"one: compare label by label, as in {call.removesuffix(')')}pred.ravel(), target.ravel())"
            )
        return np.argmax(y, axis=1)
    y = y.reshape(-1)
    if y.dtype.kind not in "iub" and np.any((y != np.floor(y)) | (np.abs(y) > 2.0**53)):
        raise DataError(f"{call}: labels are integers, not {y[:3].tolist()}: round or threshold the predictions first")
    return y.astype(np.intp)


def is_multi_label(y: npt.NDArray[Any]) -> bool:
    """Whether an array (N, K) of zeros and ones has rows with several ones.

    >>> is_multi_label(np.array([[1, 0, 1], [0, 1, 0]])), is_multi_label(np.eye(3))
    (True, False)
    """
    return bool(np.all((y == 0) | (y == 1)) and np.any(np.sum(y, axis=1) > 1))


def _both(pred: Any, target: Any, call: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    t = labels_of(target, call)
    rows = plain_array(target, call)
    if rows.ndim == 2 and rows.shape[1] > 1 and np.all((rows == 0) | (rows == 1)) and np.any(np.sum(rows, axis=1) == 0):
        raise DataError(f"{call}: some target rows have no label at all: compare label by label, as in target.ravel()")
    p = labels_of(pred, call)
    if p.shape != t.shape:
        raise ShapeError(f"{call}: {len(p)} predictions for {len(t)} targets")
    if not len(t):
        raise ShapeError(f"{call}: there are no samples")
    return p, t


def accuracy(pred: Any, target: Any) -> float:
    """(TP + TN) / all: the share of samples whose label was found.

    >>> accuracy([0, 1, 1], [0, 1, 0])  # doctest: +ELLIPSIS
    0.666...
    """
    p, t = _both(pred, target, "accuracy()")
    return float(np.mean(p == t))


def confusion_matrix(pred: Any, target: Any, classes: int | None = None) -> npt.NDArray[np.intp]:
    """How many samples of class i (row) were taken for class j (column), shape (K, K).

    >>> confusion_matrix([0, 1, 1], [0, 1, 0])
    array([[1, 1],
           [0, 1]])
    """
    return _counts(pred, target, "confusion_matrix()", classes)


def _counts(pred: Any, target: Any, call: str, classes: int | None = None) -> npt.NDArray[np.intp]:
    """The confusion matrix, for the metric ``call`` that asks."""
    p, t = _both(pred, target, call)
    k = int(max(p.max(), t.max())) + 1 if classes is None else whole(f"{call}: classes", classes)
    if k > MOST_CLASSES:
        raise DataError(f"{call}: labels up to {k - 1} make too large a matrix: number the classes from 0 on")
    if min(p.min(), t.min()) < 0 or max(p.max(), t.max()) >= k:
        raise OutOfRangeError(f"{call}: the labels run from {min(p.min(), t.min())} to {max(p.max(), t.max())}, not 0 to {k - 1}")
    out = np.zeros((k, k), dtype=np.intp)
    np.add.at(out, (t, p), 1)
    return out


def precision(pred: Any, target: Any, average: str | None = "macro") -> Any:
    """TP / (TP + FP): of what was taken for a class, the share that is; 0 for a class that was never predicted.

    ``average`` is "macro" (the mean over the classes that occur), "weighted" (the same, by how often each occurs as a target),
    "micro" (over all decisions), "binary" (of class 1 alone) or None (one number per class).

    >>> precision([0, 1, 1], [0, 1, 0], average=None)
    array([1. , 0.5])
    """
    counts = _counts(pred, target, "precision()")
    return _averaged(np.diag(counts), counts.sum(axis=0), counts, average)


def recall(pred: Any, target: Any, average: str | None = "macro") -> Any:
    """TP / (TP + FN): of a class, the share that was found; 0 for a class without samples.

    >>> recall([0, 1, 1], [0, 1, 0], average=None)
    array([0.5, 1. ])
    """
    counts = _counts(pred, target, "recall()")
    return _averaged(np.diag(counts), counts.sum(axis=1), counts, average)


def f1(pred: Any, target: Any, average: str | None = "macro") -> Any:
    """2PR / (P + R) = 2TP / (2TP + FP + FN), the harmonic mean of precision and recall; 0 where a class never occurs.

    >>> f1([0, 1, 1], [0, 1, 0], average=None).round(4)
    array([0.6667, 0.6667])
    """
    counts = _counts(pred, target, "f1()")
    return _averaged(2 * np.diag(counts), counts.sum(axis=0) + counts.sum(axis=1), counts, average)


def _averaged(hits: Any, out_of: Any, counts: Any, average: str | None) -> Any:
    """Shares of each class, with 0 for 0/0, put together."""
    if average == "micro":
        return float(hits.sum() / out_of.sum())
    each = np.divide(hits, out_of, out=np.zeros(len(hits)), where=out_of > 0)
    if average is None:
        return each
    if average == "binary":
        if len(each) > 2:
            raise SettingError(
                f"average='binary' takes labels 0 and 1, but there are {len(each)} classes: choose 'macro' or 'micro'"
            )
        return float(each[1]) if len(each) == 2 else 0.0
    if average not in ("macro", "weighted"):
        raise SettingError(f"average is 'macro', 'weighted', 'micro', 'binary' or None, not {average!r}")
    occurs = counts.sum(axis=1) if average == "weighted" else counts.sum(axis=0) + counts.sum(axis=1) > 0
    return float(np.average(each, weights=occurs))


def _numbers(x: Any, call: str) -> npt.NDArray[np.float64]:
    """Finite numbers as floats."""
    found = plain_array(x, call)
    if found.dtype.kind not in "fiub":
        raise DataError(f"{call} takes numbers, not {found.dtype} such as {found.ravel()[:3].tolist()}")
    return found.astype(float)


def r2(pred: Any, target: Any) -> float:
    """1 - Σ(y - a)² / Σ(y - ȳ)²: the share of the targets' variance that the predictions explain, a mean over the outputs.

    Of targets that do not vary it is 1 where the predictions are exact, and 0 else.

    >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])  # doctest: +ELLIPSIS
    0.785...
    """
    a, y = (_numbers(x, "r2()") for x in (pred, target))
    if a.shape != y.shape or not y.size:
        raise ShapeError(f"r2(): predictions of shape {a.shape} for targets of shape {y.shape}; both need one, and some samples")
    left, varied = np.sum((y - a) ** 2, axis=0), np.sum((y - y.mean(axis=0)) ** 2, axis=0)
    varies = varied > 0.0
    each = np.where(varies, 1.0 - left / np.where(varies, varied, 1.0), np.where(left == 0.0, 1.0, 0.0))
    return float(np.mean(each))
