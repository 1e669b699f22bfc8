"""Predictions: what a model computes for data, in eval mode and without a graph, as plain arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError, as_tensor, no_grad, sigmoid, softmax
from nn.input_checks import plain_array, positive_integer

Array = npt.NDArray[Any]


@contextmanager
def eval_mode(model: Any) -> Iterator[None]:
    """Put a model into eval mode inside the ``with`` block. Afterwards each of its modules has its own mode again.

    Parameters
    ----------
    model : Module
        The model.
    """
    modes = [(module, module.training) for _, module in model.named_modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def outputs_of(model: Any, X: Any, batch_size: int | None, call: str) -> Array:
    """Return the outputs of a model for data.

    Parameters
    ----------
    model : Module
        The model.
    X : array_like, shape (N, ...)
        Finite real numbers.
    batch_size : int or None
        The number of samples in one pass; None for all.
    call : str
        The name of the caller, for error messages.

    Returns
    -------
    ndarray, shape (N, ...)
        The outputs.

    Raises
    ------
    DataError
        If an entry of ``X`` is not a finite real number.
    ShapeError
        If there are no samples, or if X is one sample without an axis for samples.
    """
    X = plain_array(X, call)
    if X.dtype.kind not in "fiub":
        raise DataError(f"{call}: X holds {X.dtype}, not real numbers: prepare it like the training data")
    if not X.ndim or not len(X):
        raise ShapeError(
            f"{call} takes samples of shape (N, …) with N > 0, not an array of shape {X.shape}; pass one sample as x[None]"
        )
    if not np.all(np.isfinite(X)):
        count = int(np.sum(~np.isfinite(X)))
        raise DataError(f"{call}: {count} entries of X are nan or infinite: drop or fill those samples, as in the training data")
    size = len(X) if batch_size is None else positive_integer(f"{call}: batch_size", batch_size)
    with eval_mode(model), no_grad():
        parts = [as_tensor(model(X[start : start + size]), call).numpy() for start in range(0, len(X), size)]
    outputs = np.concatenate(parts) if parts[0].ndim else np.stack(parts)
    if X.ndim == 1 and parts[0].ndim and len(outputs) != len(X):
        raise ShapeError(f"{call}: outputs of shape {outputs.shape} do not fit {len(X)} samples; pass one sample as x[None]")
    return outputs


def probabilities_of(logits: Array, call: str) -> Array:
    """Return the probabilities of the classes for logits.

    Parameters
    ----------
    logits : ndarray, shape (N, K), (N, 1) or (N,)
        Logits; one for each of K classes, or one for yes.
    call : str
        The name of the caller, for error messages.

    Returns
    -------
    ndarray, shape (N, K) or (N, 2)
        The softmax of the logits, or the probabilities of no and yes.

    Raises
    ------
    DataError
        If the outputs are probabilities already.
    """
    if logits.ndim > 1 and logits.shape[-1] > 1:
        if np.all(logits >= 0.0) and np.allclose(logits.sum(axis=-1), 1.0, rtol=0.0, atol=1e-12):
            raise DataError(f"{call}: the outputs of the model are probabilities already: use predict(X), or let it return logits")
        return np.asarray(softmax(logits, axis=-1))
    yes = np.asarray(sigmoid(logits.reshape(-1)))
    return np.stack([1.0 - yes, yes], axis=-1)
