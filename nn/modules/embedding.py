"""Embedding: a vector for each integer."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import DataError, OutOfRangeError, Tensor
from nn.init import Initialiser, initialise
from nn.input_checks import positive_integer
from nn.modules.module import Module
from nn.modules.paths import count_text
from nn.random import Seed


class Embedding(Module):
    """A table with a row of numbers for each integer from 0 on.

    Parameters
    ----------
    count : int
        The number of rows.
    width : int
        The length of a row.
    init : str or callable, default "normal"
        The initialiser of the table: a name, or a function of (shape, rng).
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the initialiser.

    Attributes
    ----------
    W : Tensor, shape (count, width)
        The table.

    Raises
    ------
    SettingError
        If ``count`` or ``width`` is not a positive whole number, or no initialiser is called ``init``.

    Examples
    --------
    >>> Embedding(10, 4, rng=0)([[1, 2], [3, 1]]).shape
    (2, 2, 4)
    """

    def __init__(self, count: int, width: int, init: str | Initialiser = "normal", rng: Seed = None) -> None:
        shape = (positive_integer("the number of rows", count), positive_integer("a row's width", width))
        self.W = Tensor(initialise(shape, init, rng))

    def forward(self, indices: Any) -> Any:
        """Return the rows of the given numbers.

        Parameters
        ----------
        indices : array_like of int, shape (...)
            Numbers of rows.

        Returns
        -------
        Tensor, shape (..., width)
            The rows.

        Raises
        ------
        DataError
            If the indices are not integers.
        OutOfRangeError
            If there is no row with that number.
        """
        # Indices that compile() traces must stay traced: they are array-like objects with NumPy's protocol for functions.
        is_traced = hasattr(indices, "__array_function__") and not isinstance(indices, np.ndarray | Tensor)
        if isinstance(indices, Tensor):
            raise DataError(f"Embedding takes integers, not a Tensor of {indices.dtype}: pass an array of integers")
        numbers = indices if is_traced else np.asarray(indices)
        if numbers.dtype.kind not in "iu":
            raise DataError(f"Embedding takes integers, not {numbers.dtype}")
        count = self.W.shape[0]
        if numbers.size and not (numbers.min() >= 0 and numbers.max() < count):
            wrong = numbers[(numbers < 0) | (numbers >= count)].flat[0]
            raise OutOfRangeError(f"Embedding of {count} rows has no row {wrong}: the rows are 0 to {count - 1}")
        return self.W[numbers]

    def __repr__(self) -> str:
        count, width = self.W.shape
        return f"Embedding({count} × {width}, {count_text(self.num_parameters())})"
