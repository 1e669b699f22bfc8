"""Inputs and targets as a pair of arrays, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError
from nn.input_checks import plain_array

Array = npt.NDArray[Any]
Part = tuple[Array, Array]  # inputs X of shape (N, ...) and targets Y of shape (N, ...)


def pair(X: Any, Y: Any, call: str) -> Part:
    """Convert inputs and targets to arrays with one row per sample.

    Parameters
    ----------
    X, Y : array_like, shapes (N, ...)
        Finite real numbers; at least one sample.
    call : str
        The name of the caller, for the error message.

    Returns
    -------
    tuple of ndarray
        ``X`` and ``Y``.

    Raises
    ------
    ShapeError
        If there are no samples, or X and Y have different numbers of them.
    DataError
        If an entry is masked, not finite or not a real number.

    Examples
    --------
    >>> X, Y = pair([[1.0], [2.0]], [3.0, 4.0], "fit()")
    >>> X.shape, Y.shape
    ((2, 1), (2,))
    """
    for name, x in (("X", X), ("Y", Y)):
        if x is None or isinstance(x, Iterator | Mapping | Set):
            raise DataError(f"{call}: {name} is of type {type(x).__name__}: pass an array, as np.array(list(…)) of a generator")
    arrays = {"X": plain_array(X, call), "Y": plain_array(Y, call)}
    for name, values in arrays.items():
        if values.dtype.kind not in "fiub":
            raise DataError(f"{call}: {name} holds {values.dtype}, not real numbers{_advice_for(name, values)}")
    X, Y = arrays["X"], arrays["Y"]
    if not X.ndim or not Y.ndim or len(X) != len(Y):
        raise ShapeError(f"{call}: X has shape {X.shape} and Y {Y.shape}; both need one row per sample")
    if not len(X):
        raise ShapeError(f"{call}: there are no samples: X has shape {X.shape}")
    for name, values in arrays.items():
        _check_finite(name, values, call)
    return X, Y


def _advice_for(name: str, values: Array) -> str:
    """Return what to do with data that are not real numbers, for an error message."""
    if values.dtype.kind == "c":
        return ": pass the real and the imaginary part as two columns"
    if values.dtype.kind in "mM":
        return ": turn times into numbers, such as days since a day of your choice"
    if name == "Y" and values.ndim == 1:
        return ": classes, Y = np.unique(Y, return_inverse=True) turns labels into numbers"
    return ": nn.data.from_dataframe() turns tables with text or gaps into numbers"


def _check_finite(name: str, values: Array, call: str) -> None:
    """Raise DataError with the position of the first entry that is nan or infinite."""
    not_finite = np.argwhere(~np.isfinite(values))
    if len(not_finite):
        first = tuple(int(i) for i in not_finite[0])
        index = ", ".join(map(str, first))
        raise DataError(f"{call}: {name}[{index}] is {values[first]} ({len(not_finite)} such): drop or fill those samples")
