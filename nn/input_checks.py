"""What users pass, checked: each function gives a setting or an array back, or raises an error with its name and its value."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, SettingError, Tensor


def positive(what: str, x: Any) -> float:
    """``x`` as a float; SettingError unless it is finite and above zero.

    >>> positive("lr", 1)
    1.0
    """
    if isinstance(x, bool) or not isinstance(x, int | float | np.floating | np.integer) or not 0.0 < x < np.inf:
        raise SettingError(f"{what} is a finite number above 0, not {x!r}")
    return float(x)


def within(what: str, x: Any, low: float, high: float) -> float:
    """``x`` as a float; SettingError unless low ≤ x < high.

    >>> within("momentum", 0.9, 0.0, 1.0)
    0.9
    """
    if isinstance(x, bool) or not isinstance(x, int | float | np.floating | np.integer) or not low <= x < high:
        raise SettingError(f"{what} is a number with {low:g} ≤ x < {high:g}, not {x!r}")
    return float(x)


def whole(what: str, x: Any) -> int:
    """``x`` as an int; SettingError unless it is a whole number of at least one.

    >>> whole("epochs", np.int64(3))
    3
    """
    if isinstance(x, bool) or not isinstance(x, int | np.integer) or x < 1:
        raise SettingError(f"{what} is a positive integer, not {x!r}")
    return int(x)


def plain_array(x: Any, call: str) -> npt.NDArray[Any]:
    """``x`` as an array, of a Tensor its numbers. DataError for masked entries and for rows of unequal lengths.

    >>> plain_array([[1, 2]], "fit()")
    array([[1, 2]])
    """
    masked = _masked(x)
    if masked:
        raise DataError(
            f"{call}: {masked} entries are masked, and would count as the numbers below the mask: fill them, as in x.filled(0.0), "
            f"or drop those samples"
        )
    try:
        return np.asarray(x.numpy() if isinstance(x, Tensor) else x)
    except ValueError as error:
        raise DataError(f"{call} takes an array, and not rows of unequal lengths: {error}") from None


def _masked(x: Any) -> int:
    """How many entries are masked, in an array or in nested lists of arrays."""
    if isinstance(x, np.ndarray):
        return 0 if type(x) is np.ndarray else int(np.sum(getattr(x, "mask", False)))
    if isinstance(x, list | tuple) and any(issubclass(kind, list | tuple | np.ndarray) for kind in set(map(type, x))):
        return sum(map(_masked, x))
    return 0
