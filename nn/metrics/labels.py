"""Integer labels from labels, one-hot rows or scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError
from nn.input_checks import plain_array

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
                f"{call}: rows such as {row} have several labels, so none of them is the class: compare label by label, as in "
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
    return bool(is_binary(y) and np.any(np.sum(y, axis=1) > 1))


def is_binary(y: npt.NDArray[Any]) -> bool:
    """Whether all entries are 0 or 1.

    Parameters
    ----------
    y : ndarray, any shape
        The entries.

    Returns
    -------
    bool
        The answer.

    Examples
    --------
    >>> is_binary(np.eye(2)), is_binary(np.array([0.5]))
    (True, False)
    """
    return bool(np.all((y == 0) | (y == 1)))
