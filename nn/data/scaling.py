"""Scaling of inputs and targets to mean 0 and standard deviation 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError
from nn.data.pairs import Array
from nn.input_checks import real_array


class Standardiser:
    """Standardisation, column by column: (x - mean) / standard deviation.

    The mean and the standard deviation are those of the data that it is made from. Make it from the training data only. A column
    that does not vary is shifted and not scaled.

    Parameters
    ----------
    X : array_like, shape (N, ...)
        The training inputs, or the training targets, which may have shape (N,).

    Attributes
    ----------
    mean : ndarray, shape (...)
        The mean of each column.
    deviation : ndarray, shape (...)
        The standard deviation of each column (divided by N, not N - 1), and 1 for a column that does not vary.

    Raises
    ------
    ShapeError
        If ``X`` has no rows.
    DataError
        If an entry is not a finite number.

    See Also
    --------
    sklearn.preprocessing.StandardScaler : The same as an estimator; ``back`` is its ``inverse_transform``.

    Examples
    --------
    >>> train = np.array([[0.0, 5.0], [2.0, 5.0]])
    >>> Standardiser(train)([[4.0, 6.0]])
    array([[3., 1.]])
    """

    def __init__(self, X: Any) -> None:
        X = real_array(X, "Standardiser()", finite=True)
        if not X.ndim or not len(X):
            raise ShapeError(f"Standardiser takes training data (N, …), not an array of shape {X.shape}")
        self.mean: Any = X.mean(axis=0)
        self.deviation: Any = np.where(X.min(axis=0) < X.max(axis=0), X.std(axis=0), 1.0)

    def __call__(self, X: Any) -> Array:
        """Standardise data.

        Parameters
        ----------
        X : array_like, shape (M, ...)
            Samples of the shape of the training samples.

        Returns
        -------
        ndarray, shape (M, ...)
            The data in units of the standard deviations of the training data.

        Raises
        ------
        ShapeError
            If the samples have another shape.
        """
        X = real_array(X, "Standardiser")
        if X.shape[1:] != self.mean.shape:
            raise ShapeError(f"Standardiser: fitted on samples of shape {self.mean.shape}, called with {X.shape[1:]}")
        return np.asarray((X - self.mean) / self.deviation)

    def back(self, X: Any) -> Array:
        """Undo the standardisation.

        Parameters
        ----------
        X : array_like, shape (M, ...)
            Standardised data.

        Returns
        -------
        ndarray, shape (M, ...)
            The data in its own units.

        Raises
        ------
        DataError
            If ``X`` holds something other than real numbers.
        """
        return np.asarray(real_array(X, "Standardiser.back()") * self.deviation + self.mean)
