"""Checks of user input. Each function returns a setting or an array, or raises an error with its name and its value."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, SettingError, Tensor, as_tensor


def real_tensor(x: Any, call: str) -> Tensor:
    """Return the input of a layer or a loss as a Tensor of real numbers.

    Parameters
    ----------
    x : array_like, node, or nested lists of numbers and nodes
    call : str
        The call for the error message.

    Returns
    -------
    Tensor

    Raises
    ------
    DataError
        If ``x`` holds something other than real numbers.

    Examples
    --------
    >>> real_tensor([1.0, 2.0], "Linear()").shape
    (2,)
    """
    tensor = x if type(x) is Tensor else as_tensor(plain_array(x, call) if _is_frame(type(x)) else x, call)
    if tensor.dtype.kind == "c":
        raise DataError(f"{call} takes real numbers, not complex ones of shape {tensor.shape}: pass x.real, x.imag or abs(x)")
    return tensor


def _is_frame(kind: type) -> bool:
    """Whether this is a data frame of pandas or polars. One with columns of several types holds objects."""
    return hasattr(kind, "columns") and hasattr(kind, "__array__")


def positive(name: str, x: Any) -> float:
    """Return a setting as a float above 0.

    Parameters
    ----------
    name : str
        The name of the setting, for the error message.
    x : float
        The value.

    Returns
    -------
    float
        The value.

    Raises
    ------
    SettingError
        If ``x`` is not a finite number above 0.

    Examples
    --------
    >>> positive("lr", 1)
    1.0
    """
    if not _is_number(x) or not 0.0 < x < np.inf:
        raise SettingError(f"{name} must be a finite number above 0, not {x!r}")
    return float(x)


def within(name: str, x: Any, low: float, high: float) -> float:
    """Return a setting as a float in [low, high).

    Parameters
    ----------
    name : str
        The name of the setting, for the error message.
    x : float
        The value.
    low, high : float
        The bounds; ``high`` is excluded.

    Returns
    -------
    float
        The value.

    Raises
    ------
    SettingError
        If ``x`` is not a number in that range.

    Examples
    --------
    >>> within("momentum", 0.9, 0.0, 1.0)
    0.9
    """
    if not _is_number(x) or not low <= x < high:
        raise SettingError(f"{name} must be {_describe_range(low, high)}, not {x!r}")
    return float(x)


def _describe_range(low: float, high: float) -> str:
    if high < np.inf:
        return f"a number in [{low:g}, {high:g})"
    return "a finite number" if low == -np.inf else f"a finite number of at least {low:g}"


def _is_number(x: Any) -> bool:
    return isinstance(x, int | float | np.floating | np.integer) and not isinstance(x, bool)


def positive_integer(name: str, x: Any) -> int:
    """Return a setting as an int of at least 1.

    Parameters
    ----------
    name : str
        The name of the setting, for the error message.
    x : int
        The value.

    Returns
    -------
    int
        The value.

    Raises
    ------
    SettingError
        If ``x`` is not an integer of at least 1.

    Examples
    --------
    >>> positive_integer("epochs", np.int64(3))
    3
    """
    if isinstance(x, bool) or not isinstance(x, int | np.integer) or x < 1:
        raise SettingError(f"{name} must be a positive integer, not {x!r}")
    return int(x)


def plain_array(x: Any, call: str) -> npt.NDArray[Any]:
    """Return data as an array; of a Tensor its numbers.

    Parameters
    ----------
    x : Tensor or array_like
        The data.
    call : str
        The name of the caller, for the error message.

    Returns
    -------
    ndarray
        The array.

    Raises
    ------
    DataError
        If entries are masked, or rows have different lengths.

    Examples
    --------
    >>> plain_array([[1, 2]], "fit()")
    array([[1, 2]])
    """
    masked = _count_masked(x)
    if masked:
        raise DataError(
            f"{call}: {masked} entries are masked, but the numbers below the mask would be used: fill them, as in x.filled(0.0), "
            f"or drop those samples"
        )
    try:
        array = np.asarray(x.numpy() if isinstance(x, Tensor) else x)
    except ValueError as error:
        raise DataError(f"{call} takes an array, and not rows of unequal lengths: {error}") from None
    return array.astype(float) if array.dtype == object and _holds_numbers_only(array) else array


def _holds_numbers_only(array: npt.NDArray[Any]) -> bool:
    """Whether every entry of an array of objects is a real number, as in a data frame whose columns have different types."""
    kinds = set(map(type, array.ravel().tolist()))
    return array.ndim > 0 and all(issubclass(kind, bool | int | float | np.number | np.bool_) for kind in kinds)


def _count_masked(x: Any) -> int:
    """Return the number of masked entries in an array, or in nested lists of arrays."""
    if isinstance(x, np.ndarray):
        return 0 if type(x) is np.ndarray else int(np.sum(getattr(x, "mask", False)))
    if isinstance(x, list | tuple) and any(issubclass(kind, list | tuple | np.ndarray) for kind in set(map(type, x))):
        return sum(map(_count_masked, x))
    return 0


# Entries in an error message: enough to recognise them. Twice as many make a longer message, no more.
SHOWN_ENTRIES = 3


def real_array(x: Any, call: str, *, finite: bool = False) -> npt.NDArray[np.float64]:
    """Return data as an array of real numbers.

    Parameters
    ----------
    x : Tensor or array_like
        The data.
    call : str
        The name of the caller, for the error message.
    finite : bool, default False
        Whether nan and infinities are refused, too.

    Returns
    -------
    ndarray of float
        The array.

    Raises
    ------
    DataError
        If an entry is not a real number, or not a finite one.

    Examples
    --------
    >>> real_array([1, True], "mse()")
    array([1., 1.])
    """
    array = plain_array(x, call)
    if array.dtype.kind not in "fiub":
        raise DataError(f"{call} takes numbers, not {array.dtype} such as {array.ravel()[:SHOWN_ENTRIES].tolist()}")
    if finite and not np.all(np.isfinite(array)):
        count = int(np.sum(~np.isfinite(array)))
        raise DataError(f"{call} takes finite numbers, but {count} of {array.size} are nan or infinite: drop or fill those samples")
    return array.astype(float)


def check_compiled(call: str, compiled: Any) -> None:
    """Check the setting ``compiled``.

    Parameters
    ----------
    call : str
        The name of the caller, for the error message.
    compiled : bool or "auto"
        The setting.

    Raises
    ------
    SettingError
        If it is neither.
    """
    if not isinstance(compiled, bool | np.bool_) and compiled != "auto":
        raise SettingError(f"{call}: compiled must be True, False or 'auto', not {compiled!r}")
