"""How the members of a group stand in its array."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.indexing import IntArray


class Layout(NamedTuple):
    """The shape of a group's array, and which member stands where.

    Attributes
    ----------
    table : array of int
        The number of the member at each entry of the array.
    mask : array of bool, optional
        False at entries that are padding: they repeat a member that stands elsewhere, and nobody reads them. None if there is no
        padding.
    """

    table: IntArray
    mask: npt.NDArray[np.bool_] | None = None


def fill_in_order(order: Any, shape: tuple[int, ...]) -> Layout:
    """Return the layout of an array of this shape that holds members in this order, row by row.

    Examples
    --------
    >>> fill_in_order([3, 1, 0, 2], (2, 2)).table.tolist()
    [[3, 1], [0, 2]]
    """
    return Layout(np.asarray(order).reshape(shape))
