"""Classification metrics: accuracy, confusion matrix, precision, recall and F1 (S0:85; the formulas that S0:94 leaves open)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, OutOfRangeError, SettingError, ShapeError
from nn.input_checks import plain_array, positive_integer
from nn.metrics.labels import is_binary, labels_of

# The largest number of classes of a confusion matrix. At 10 000 it takes 800 MB; at twice as much, 3.2 GB. Labels beyond are more
# often identifiers than classes.
MAX_CLASSES = 10_000


def _label_pair(pred: Any, target: Any, call: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the labels of predictions and targets, which are equally many."""
    target_labels = labels_of(target, call)
    rows = plain_array(target, call)
    has_rows = rows.ndim == 2 and rows.shape[1] > 1
    if has_rows and is_binary(rows) and np.any(np.sum(rows, axis=1) == 0):
        raise DataError(f"{call}: some target rows have no label at all: compare label by label, as in target.ravel()")
    pred_labels = labels_of(pred, call)
    if pred_labels.shape != target_labels.shape:
        raise ShapeError(f"{call}: {len(pred_labels)} predictions for {len(target_labels)} targets")
    if not len(target_labels):
        raise ShapeError(f"{call}: there are no samples")
    return pred_labels, target_labels


def accuracy(pred: Any, target: Any) -> float:
    """Return the share of samples whose label was predicted: (TP + TN) / all.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        Labels, or scores of K classes.
    target : Tensor or array_like, shape (N,) or (N, K)
        Labels or one-hot rows.

    Returns
    -------
    float
        A number between 0 and 1.

    Raises
    ------
    DataError
        If ``pred`` or ``target`` holds no labels, or several for a sample.
    ShapeError
        If there are no samples, or different numbers of them.

    Examples
    --------
    >>> accuracy([0, 1, 1], [0, 1, 0])  # doctest: +ELLIPSIS
    0.666...
    """
    p, t = _label_pair(pred, target, "accuracy()")
    return float(np.mean(p == t))


def balanced_accuracy(pred: Any, target: Any) -> float:
    """Return the mean of the recall over the classes that occur in the targets.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        Labels, or scores of K classes.
    target : Tensor or array_like, shape (N,) or (N, K)
        Labels or one-hot rows.

    Returns
    -------
    float
        A number between 0 and 1; 1 / K for the same answer to everything.

    Raises
    ------
    DataError, ShapeError, OutOfRangeError
        As in :func:`confusion_matrix`.

    Examples
    --------
    >>> balanced_accuracy([0, 0, 0, 0], [0, 0, 0, 1])
    0.5
    """
    matrix = _confusion(pred, target, "balanced_accuracy()")
    totals = matrix.sum(axis=1)
    occurs = totals > 0
    return float(np.mean(np.diag(matrix)[occurs] / totals[occurs]))


def confusion_matrix(pred: Any, target: Any, classes: int | None = None) -> npt.NDArray[np.intp]:
    """Return how many samples of each class were predicted to be of each class.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        Labels, or scores of K classes.
    target : Tensor or array_like, shape (N,) or (N, K)
        Labels or one-hot rows.
    classes : int, optional
        The number of classes K; by default one more than the largest label.

    Returns
    -------
    ndarray of int, shape (K, K)
        In row i and column j, the number of samples of class i that were predicted to be of class j.

    Raises
    ------
    OutOfRangeError
        If a label is below 0 or at least ``classes``.
    DataError, ShapeError
        As in :func:`accuracy`; DataError also for more than 10 000 classes.

    Examples
    --------
    >>> confusion_matrix([0, 1, 1], [0, 1, 0])
    array([[1, 1],
           [0, 1]])
    """
    return _confusion(pred, target, "confusion_matrix()", classes)


def _confusion(pred: Any, target: Any, call: str, classes: int | None = None) -> npt.NDArray[np.intp]:
    """Return the confusion matrix; ``call`` is the metric that asks for it."""
    p, t = _label_pair(pred, target, call)
    least, largest = int(min(p.min(), t.min())), int(max(p.max(), t.max()))
    k = largest + 1 if classes is None else positive_integer(f"{call}: classes", classes)
    if k > MAX_CLASSES:
        raise DataError(f"{call}: labels up to {k - 1} make too large a matrix: number the classes from 0 on")
    if least < 0 or largest >= k:
        raise OutOfRangeError(f"{call}: the labels run from {least} to {largest}, not 0 to {k - 1}")
    matrix = np.zeros((k, k), dtype=np.intp)
    np.add.at(matrix, (t, p), 1)
    return matrix


def precision(pred: Any, target: Any, average: str | None = "macro") -> Any:
    """Return, of the samples predicted to be of a class, the share that is: TP / (TP + FP).

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        Labels, or scores of K classes.
    target : Tensor or array_like, shape (N,) or (N, K)
        Labels or one-hot rows.
    average : {"macro", "weighted", "micro", "binary"} or None, default "macro"
        "macro" is the mean over the classes that occur, "weighted" the mean weighted by how often each occurs in the targets,
        "micro" counts all decisions together, "binary" is the value of class 1, None gives one value per class.

    Returns
    -------
    float, or ndarray of shape (K,) if ``average`` is None
        Numbers between 0 and 1; 0 for a class that was never predicted.

    Raises
    ------
    SettingError
        If ``average`` is none of these, or is "binary" and there are more than two classes.
    DataError, ShapeError, OutOfRangeError
        As in :func:`confusion_matrix`.

    Examples
    --------
    >>> precision([0, 1, 1], [0, 1, 0], average=None)
    array([1. , 0.5])
    """
    matrix = _confusion(pred, target, "precision()")
    return _average(np.diag(matrix), matrix.sum(axis=0), matrix, average)


def recall(pred: Any, target: Any, average: str | None = "macro") -> Any:
    """Return, of the samples of a class, the share that was predicted: TP / (TP + FN).

    Parameters
    ----------
    pred, target : Tensor or array_like, shape (N,) or (N, K)
        As in :func:`precision`.
    average : {"macro", "weighted", "micro", "binary"} or None, default "macro"
        As in :func:`precision`.

    Returns
    -------
    float, or ndarray of shape (K,) if ``average`` is None
        Numbers between 0 and 1; 0 for a class without samples.

    Raises
    ------
    SettingError, DataError, ShapeError, OutOfRangeError
        As in :func:`precision`.

    Examples
    --------
    >>> recall([0, 1, 1], [0, 1, 0], average=None)
    array([0.5, 1. ])
    """
    matrix = _confusion(pred, target, "recall()")
    return _average(np.diag(matrix), matrix.sum(axis=1), matrix, average)


def f1(pred: Any, target: Any, average: str | None = "macro") -> Any:
    """Return the harmonic mean of precision and recall: 2PR / (P + R) = 2TP / (2TP + FP + FN).

    Parameters
    ----------
    pred, target : Tensor or array_like, shape (N,) or (N, K)
        As in :func:`precision`.
    average : {"macro", "weighted", "micro", "binary"} or None, default "macro"
        As in :func:`precision`.

    Returns
    -------
    float, or ndarray of shape (K,) if ``average`` is None
        Numbers between 0 and 1; 0 for a class that never occurs.

    Raises
    ------
    SettingError, DataError, ShapeError, OutOfRangeError
        As in :func:`precision`.

    Examples
    --------
    >>> f1([0, 1, 1], [0, 1, 0], average=None).round(4)
    array([0.6667, 0.6667])
    """
    matrix = _confusion(pred, target, "f1()")
    return _average(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1), matrix, average)


def _average(hits: Any, totals: Any, matrix: Any, average: str | None) -> Any:
    """Return the average of hits / totals over the classes; 0/0 counts as 0."""
    if average == "micro":
        return float(hits.sum() / totals.sum())
    per_class = np.divide(hits, totals, out=np.zeros(len(hits)), where=totals > 0)
    if average is None:
        return per_class
    if average == "binary":
        if len(per_class) > 2:
            raise SettingError(
                f"average='binary' takes labels 0 and 1, but there are {len(per_class)} classes: choose 'macro' or 'micro'"
            )
        return float(per_class[1]) if len(per_class) == 2 else 0.0
    if average not in ("macro", "weighted"):
        raise SettingError(f"average must be 'macro', 'weighted', 'micro', 'binary' or None, not {average!r}")
    targets, predictions = matrix.sum(axis=1), matrix.sum(axis=0)
    weights = targets if average == "weighted" else predictions + targets > 0
    return float(np.average(per_class, weights=weights))
