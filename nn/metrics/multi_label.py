"""Metrics for targets of several labels: rows of zeros and ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError
from nn.input_checks import plain_array
from nn.metrics.labels import is_binary


def _rows(pred: Any, target: Any, call: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return two arrays (N, K) of zeros and ones."""
    p, t = plain_array(pred, call), plain_array(target, call)
    if p.ndim != 2 or p.shape != t.shape or not p.size:
        raise ShapeError(f"{call} takes rows (N, K) of zeros and ones for both, not shapes {p.shape} and {t.shape}")
    for rows in (p, t):
        if rows.dtype.kind not in "fiub" or not is_binary(rows):
            raise DataError(
                f"{call} takes rows of zeros and ones, not {rows[0].tolist()}: threshold the predictions first, as in pred > 0"
            )
    return p, t


def subset_accuracy(pred: Any, target: Any) -> float:
    """Return the share of samples for which all labels are right.

    Parameters
    ----------
    pred, target : Tensor or array_like, shape (N, K)
        Rows of zeros and ones: whether a sample has each of the K labels.

    Returns
    -------
    float
        A number between 0 and 1.

    Raises
    ------
    ShapeError
        If the shapes differ, or there are no samples.
    DataError
        If an entry is neither 0 nor 1.

    Examples
    --------
    >>> subset_accuracy([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    0.5
    """
    p, t = _rows(pred, target, "subset_accuracy()")
    return float(np.mean(np.all(p == t, axis=1)))


def hamming_loss(pred: Any, target: Any) -> float:
    """Return the share of labels that are wrong.

    Parameters
    ----------
    pred, target : Tensor or array_like, shape (N, K)
        Rows of zeros and ones: whether a sample has each of the K labels.

    Returns
    -------
    float
        A number between 0 and 1; 0 is the best.

    Raises
    ------
    ShapeError, DataError
        As in :func:`subset_accuracy`.

    Examples
    --------
    >>> hamming_loss([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    0.25
    """
    p, t = _rows(pred, target, "hamming_loss()")
    return float(np.mean(p != t))
