"""Settings checked: each function gives the setting back, or raises SettingError with its name and its value."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import SettingError


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
