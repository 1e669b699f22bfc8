"""Logarithms of sums of exponentials, and their gradients: logsumexp, softmax and log_softmax."""

from __future__ import annotations

from typing import Any

from autograd.core.array_mixins.array_methods import Axis
from autograd.core.operators import apply
from autograd.numpy_api.apply import apply_to_tensors
from autograd.ops import find

_SOFTMAX, _LOG_SOFTMAX = find("softmax"), find("log_softmax")


def logsumexp(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return log Σ eᵃ over ``axis``, without overflow.

    Parameters
    ----------
    a : array_like or Tensor
        The exponents.
    axis : int, tuple of int or None, optional
        The axes to reduce; all of them by default.
    keepdims : bool, optional
        Whether the reduced axes stay, with length one.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a`` without the reduced axes.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Notes
    -----
    The gradient is softmax(a).

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(logsumexp(Tensor([1000.0, 1000.0]))) - 1000.0  # doctest: +ELLIPSIS
    0.693147...
    """
    return apply_to_tensors(lambda t: t._reduce("logsumexp", axis, keepdims), "logsumexp", a)


def softmax(a: Any, axis: Axis = -1) -> Any:
    """Return p = eᵃ / Σ eᵃ along ``axis``, without overflow.

    Parameters
    ----------
    a : array_like or Tensor
        The logits.
    axis : int, tuple of int or None, optional
        The axes over which the probabilities sum to 1; None for all of them. The last axis by default.

    Returns
    -------
    float, array or Tensor
        The probabilities, in the shape of ``a``.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Notes
    -----
    The Jacobian is diag(p) - p pᵀ.

    Examples
    --------
    >>> from autograd import Tensor
    >>> softmax(Tensor([0.0, 0.0])).data
    array([0.5, 0.5])
    """
    return apply_to_tensors(lambda t: apply(_SOFTMAX, t, axis=t._axis(axis, "softmax")), "softmax", a)


def log_softmax(a: Any, axis: Axis = -1) -> Any:
    """Return log softmax(a) along ``axis``, without overflow and without log 0.

    Parameters
    ----------
    a : array_like or Tensor
        The logits.
    axis : int, tuple of int or None, optional
        The axes over which the probabilities sum to 1; None for all of them. The last axis by default.

    Returns
    -------
    float, array or Tensor
        In the shape of ``a``.

    Raises
    ------
    DataError
        If an entry is not real.
    ShapeError
        If an axis does not exist or appears twice.

    Examples
    --------
    >>> from autograd import Tensor
    >>> log_softmax(Tensor([0.0, 1000.0])).data
    array([-1000.,     0.])
    """
    return apply_to_tensors(lambda t: apply(_LOG_SOFTMAX, t, axis=t._axis(axis, "log_softmax")), "log_softmax", a)
