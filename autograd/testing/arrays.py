"""Arrays in another memory layout, and as short text."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.testing.measurement.estimate import Array

# Characters of an array in a report, about half of a line. Doubled, arrays fill lines.
MAX_LENGTH = 60


def reversed_fortran(x: Array) -> Array:
    """Return the same numbers as a view with negative strides of an array in Fortran order.

    Parameters
    ----------
    x : array

    Returns
    -------
    array
        Equal to x, with another memory layout if it has more than one entry.
    """
    reverse = (slice(None, None, -1),) * x.ndim
    return np.array(x[reverse], order="F")[reverse]


def format_array(x: Any, max_length: int = MAX_LENGTH) -> str:
    """Format a number or an array with six digits.

    Parameters
    ----------
    x : array_like
    max_length : int, default 60
        The largest number of characters, and of entries.

    Returns
    -------
    str
        The numbers, or the shape if they take too many characters.

    Examples
    --------
    >>> format_array(np.array([0.1, 1 / 3])), format_array(np.zeros(100))
    ('[0.1, 0.333333]', 'an array of shape (100,)')
    """
    array = np.asarray(x)
    text = np.array2string(array, separator=", ", formatter={"float_kind": lambda v: f"{v:.6g}"}).replace("\n", "")
    return text if len(text) <= max_length and array.size <= max_length else f"an array of shape {array.shape}"
