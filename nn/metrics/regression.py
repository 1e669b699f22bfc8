"""Regression metrics."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import ShapeError
from nn.input_checks import real_array


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
        If something is not a finite number.
    ShapeError
        If the shapes differ, or there are no samples.

    Examples
    --------
    >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])  # doctest: +ELLIPSIS
    0.785...
    """
    a, y = _matching_floats(pred, target, "r2()")
    residual, total = np.sum((y - a) ** 2, axis=0), np.sum((y - y.mean(axis=0)) ** 2, axis=0)
    has_variance = total > 0.0
    explained = 1.0 - residual / np.where(has_variance, total, 1.0)
    is_exact = np.where(residual == 0.0, 1.0, 0.0)
    return float(np.mean(np.where(has_variance, explained, is_exact)))


def mae(pred: Any, target: Any) -> float:
    """Return the mean absolute error: the mean of |a - y| over all entries.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        The predictions a.
    target : Tensor or array_like, the shape of ``pred``
        The targets y.

    Returns
    -------
    float
        A number of at least 0, in the unit of the targets.

    Raises
    ------
    DataError, ShapeError
        As in :func:`r2`.

    Examples
    --------
    >>> mae([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    a, y = _matching_floats(pred, target, "mae()")
    return float(np.mean(np.abs(a - y)))


def mse(pred: Any, target: Any) -> float:
    """Return the mean squared error: the mean of (a - y)² over all entries.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        The predictions a.
    target : Tensor or array_like, the shape of ``pred``
        The targets y.

    Returns
    -------
    float
        A number of at least 0, in the squared unit of the targets.

    Raises
    ------
    DataError, ShapeError
        As in :func:`r2`.

    Examples
    --------
    >>> mse([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    a, y = _matching_floats(pred, target, "mse()")
    return float(np.mean(np.square(a - y)))


def rmse(pred: Any, target: Any) -> float:
    """Return the root of the mean squared error.

    Parameters
    ----------
    pred : Tensor or array_like, shape (N,) or (N, K)
        The predictions a.
    target : Tensor or array_like, the shape of ``pred``
        The targets y.

    Returns
    -------
    float
        A number of at least 0, in the unit of the targets.

    Raises
    ------
    DataError, ShapeError
        As in :func:`r2`.

    Examples
    --------
    >>> rmse([1.0, 2.0], [1.0, 4.0])  # doctest: +ELLIPSIS
    1.4142...
    """
    a, y = _matching_floats(pred, target, "rmse()")
    return float(np.sqrt(np.mean(np.square(a - y))))


def _matching_floats(pred: Any, target: Any, call: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return predictions and targets as arrays of one shape. Predictions (N, 1) fit targets (N,)."""
    a, y = real_array(pred, call, finite=True), real_array(target, call, finite=True)
    if a.shape == (*y.shape, 1) and y.ndim == 1:
        a = a[:, 0]
    if a.shape != y.shape or not y.size or not y.ndim:
        raise ShapeError(f"{call}: predictions of shape {a.shape} for targets of shape {y.shape}; give both one shape, and samples")
    return a, y
