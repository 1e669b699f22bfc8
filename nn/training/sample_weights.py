"""The weight of each sample in the training loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import DataError, SettingError, ShapeError
from nn.data.pairs import Array
from nn.input_checks import plain_array
from nn.metrics import labels_of


def sample_weights(Y: Array, sample_weight: Any, class_weight: Any) -> Array | None:
    """Return the weight of each sample, with mean 1.

    Parameters
    ----------
    Y : ndarray, shape (N, ...)
        The targets.
    sample_weight : array_like of shape (N,), or None
        A weight for each sample.
    class_weight : mapping, array_like, "balanced" or None
        A weight for each class, by its label. "balanced" gives every class the same total weight.

    Returns
    -------
    ndarray of float, shape (N,), or None
        The product of both weights, divided by its mean; None if neither is given.

    Raises
    ------
    ShapeError
        If there is not one weight for each sample.
    DataError
        If a weight is negative or not finite, or all are 0.
    SettingError
        If ``class_weight`` is none of the above, or lacks a class.

    References
    ----------
    "balanced" is N / (K Nₖ), as in scikit-learn: G. King and L. Zeng, "Logistic Regression in Rare Events Data" (2001).

    Examples
    --------
    >>> sample_weights(np.array([0, 0, 0, 1]), None, "balanced")
    array([0.66666667, 0.66666667, 0.66666667, 2.        ])
    """
    if sample_weight is None and class_weight is None:
        return None
    weights = np.ones(len(Y)) if sample_weight is None else _as_floats(sample_weight, "sample_weight")
    if weights.shape != (len(Y),):
        raise ShapeError(f"fit(): sample_weight has shape {weights.shape}, but there are {len(Y)} samples: give one for each")
    if class_weight is not None:
        weights = weights * _weights_of_classes(labels_of(Y, "fit(class_weight=)"), class_weight)
    if not (np.all(np.isfinite(weights)) and np.all(weights >= 0.0) and np.any(weights > 0.0)):
        raise DataError("fit(): weights of samples and classes must be finite numbers of at least 0, and not all 0")
    return np.asarray(weights / weights.mean())


def _weights_of_classes(labels: Array, class_weight: Any) -> Array:
    """Return the weight of the class of each sample."""
    classes, counts = np.unique(labels, return_counts=True)
    if isinstance(class_weight, str):
        if class_weight != "balanced":
            raise SettingError(f"fit(): class_weight must be 'balanced', or a weight for each class, not {class_weight!r}")
        table: Any = dict(zip(classes.tolist(), len(labels) / (len(classes) * counts), strict=True))
    else:
        table = class_weight if isinstance(class_weight, Mapping) else dict(enumerate(plain_array(class_weight, "fit()").tolist()))
    missing = [label for label in classes.tolist() if label not in table]
    if missing:
        raise SettingError(f"fit(): class_weight has no weight for class {missing[0]}")
    return _as_floats([table[label] for label in labels.tolist()], "class_weight")


def _as_floats(weights: Any, name: str) -> Array:
    """Return weights as floats; raise DataError if they are none."""
    array = plain_array(weights, f"fit({name}=)")
    if array.dtype.kind not in "fiub":
        raise DataError(f"fit(): {name} takes numbers, not {array.dtype} such as {array.ravel()[0]!r}: give one number per weight")
    return array.astype(float)
