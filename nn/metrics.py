"""Metrics: plain numbers from predictions and targets, without gradients (S0:85; the formulas that S0:94 leaves open)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, OutOfRangeError, SettingError, ShapeError
from nn.input_checks import plain_array, whole

# The largest number of classes of a confusion matrix. At 10 000 it takes 800 MB; at twice as much, 3.2 GB. Labels beyond are more
# often identifiers than classes.
MAX_CLASSES = 10_000
LARGEST_EXACT_INTEGER = 2.0**53  # beyond this, not every whole number is a double (IEEE 754), so labels may have been rounded
SHOWN_LABELS = 3  # labels in an error message: enough to recognise them. Twice as many make a longer message, no more.


def labels_of(y: Any, call: str = "labels_of()") -> Any:
    """Return integer labels.

    Parameters
    ----------
    y : Tensor or array_like, shape (N,), (N, 1) or (N, K)
        Labels, or one-hot rows or scores, whose label is the position of the largest entry.
    call : str
        The name of the caller, for the error message.

    Returns
    -------
    ndarray of int, shape (N,)
        The labels.

    Raises
    ------
    DataError
        If labels are not integers, if entries are not finite numbers, or if rows of zeros and ones have several ones, so that no
        one class is theirs.
    ShapeError
        If there are more than two axes.

    References
    ----------
    S3:59.

    Examples
    --------
    >>> labels_of([[0.1, 0.9], [0.8, 0.2]])
    array([1, 0])
    """
    y = plain_array(y, call)
    _check_finite_numbers(y, call)
    if y.ndim > 2:
        raise ShapeError(f"{call}: labels have shape (N,), and one-hot rows or scores (N, K), not {y.shape}")
    if y.ndim == 2 and y.shape[1] > 1:
        if is_multi_label(y):
            row = y[np.argmax(np.sum(y, axis=1))].tolist()
            raise DataError(
                f"{call}: rows such as {row} have several labels, and the largest is not the one: compare label by label, as in "
                f"{call.removesuffix(')')}pred.ravel(), target.ravel())"
            )
        return np.argmax(y, axis=1)
    y = y.reshape(-1)
    if y.dtype.kind not in "iub" and np.any((y != np.floor(y)) | (np.abs(y) > LARGEST_EXACT_INTEGER)):
        raise DataError(f"{call}: labels are integers, not {y[:SHOWN_LABELS].tolist()}: round or threshold the predictions first")
    return y.astype(np.intp)


def _check_finite_numbers(y: npt.NDArray[Any], call: str) -> None:
    if y.dtype.kind not in "fiub":
        examples = y.ravel()[:SHOWN_LABELS].tolist()
        raise DataError(
            f"{call}: labels are integers, and scores numbers, not {y.dtype} such as {examples}: number the classes, as in "
            f"np.unique(names, return_inverse=True)[1]"
        )
    not_finite = int(np.sum(~np.isfinite(y)))
    if not_finite:
        raise DataError(f"{call}: labels and scores are finite numbers, but {not_finite} of these are nan or infinite")


def is_multi_label(y: npt.NDArray[Any]) -> bool:
    """Whether rows of zeros and ones have several ones.

    Parameters
    ----------
    y : ndarray, shape (N, K)
        The rows.

    Returns
    -------
    bool
        True if all entries are 0 or 1 and a row has more than one 1.

    Examples
    --------
    >>> is_multi_label(np.array([[1, 0, 1], [0, 1, 0]])), is_multi_label(np.eye(3))
    (True, False)
    """
    return bool(_is_binary(y) and np.any(np.sum(y, axis=1) > 1))


def _is_binary(y: npt.NDArray[Any]) -> bool:
    return bool(np.all((y == 0) | (y == 1)))


def _label_pair(pred: Any, target: Any, call: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the labels of predictions and targets, of which there are equally many."""
    target_labels = labels_of(target, call)
    rows = plain_array(target, call)
    if rows.ndim == 2 and rows.shape[1] > 1 and _is_binary(rows) and np.any(np.sum(rows, axis=1) == 0):
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
    k = largest + 1 if classes is None else whole(f"{call}: classes", classes)
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
    pred, target, average
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
    pred, target, average
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


def r2(pred: Any, target: Any) -> float:
    """Return the share of the targets' variance that the predictions explain: 1 - Σ(y - a)² / Σ(y - ȳ)².

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        The predictions a.
    target : Tensor or array_like, the shape of ``pred``
        The targets y.

    Returns
    -------
    float
        The mean over the K outputs, at most 1. For an output whose targets do not vary it is 1 if the predictions are exact, and 0
        otherwise.

    Raises
    ------
    DataError
        If something is not a number.
    ShapeError
        If the shapes differ, or there are no samples.

    Examples
    --------
    >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])  # doctest: +ELLIPSIS
    0.785...
    """
    a, y = _as_floats(pred, "r2()"), _as_floats(target, "r2()")
    if a.shape != y.shape or not y.size:
        raise ShapeError(f"r2(): predictions of shape {a.shape} for targets of shape {y.shape}; give both one shape, and samples")
    residual, total = np.sum((y - a) ** 2, axis=0), np.sum((y - y.mean(axis=0)) ** 2, axis=0)
    has_variance = total > 0.0
    explained = 1.0 - residual / np.where(has_variance, total, 1.0)
    is_exact = np.where(residual == 0.0, 1.0, 0.0)
    return float(np.mean(np.where(has_variance, explained, is_exact)))


def _as_floats(x: Any, call: str) -> npt.NDArray[np.float64]:
    array = plain_array(x, call)
    if array.dtype.kind not in "fiub":
        raise DataError(f"{call} takes numbers, not {array.dtype} such as {array.ravel()[:SHOWN_LABELS].tolist()}")
    return array.astype(float)
