"""The structure of a graph as arrays of integers."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]


class GraphArrays(NamedTuple):
    """A graph as arrays. Arguments come before their consumers.

    Attributes
    ----------
    kinds : array of int
        The kind of each node: operation and shape, as a number.
    tails, heads : array of int
        The argument and the consumer of each edge.
    slots : array of int
        The position of the argument among the consumer's arguments; 0 for all if their order does not matter.
    """

    kinds: Ints
    tails: Ints
    heads: Ints
    slots: Ints

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.kinds)
