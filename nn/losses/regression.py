"""Losses for regression: quadratic, mse, mae and huber."""

from __future__ import annotations

from typing import Any

import autograd as ag
from autograd import Tensor
from nn.input_checks import positive
from nn.losses.checks import as_matching_tensors, reduce_losses


def quadratic(pred: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Return half the squared distance of each sample, reduced over the samples.

    Parameters
    ----------
    pred : Tensor or array_like, shape (K,) or (N, K)
        The predictions a.
    target : Tensor or array_like, the shape of ``pred``
        The targets y.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the losses of the N samples are combined.

    Returns
    -------
    Tensor, shape () or (N,)
        L = ½ Σₖ (aₖ - yₖ)² for each sample; its gradient under "mean" is (a - y)/N.

    Raises
    ------
    ShapeError
        If the two shapes differ.

    References
    ----------
    S0 eq. 1 and S2:122.

    Examples
    --------
    >>> float(quadratic([[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]))
    1.5
    """
    a, y = as_matching_tensors(pred, target, "quadratic()")
    squares = ag.square(a - y) * 0.5
    return reduce_losses(squares.sum(axis=-1) if squares.ndim else squares, reduction)


def mse(pred: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Return the squared error, by default its mean over all entries.

    Parameters
    ----------
    pred : Tensor or array_like, any shape
        The predictions a.
    target : Tensor or array_like, the shape of ``pred``
        The targets y.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the errors of the entries are combined.

    Returns
    -------
    Tensor, shape () or the shape of ``pred``
        (a - y)², without the factor ½.

    Raises
    ------
    ShapeError
        If the two shapes differ.

    References
    ----------
    S1:93.

    Examples
    --------
    >>> float(mse([1.0, 2.0], [0.0, 0.0]))
    2.5
    """
    a, y = as_matching_tensors(pred, target, "mse()")
    return reduce_losses(ag.square(a - y), reduction)


def mae(pred: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Return the absolute error, by default its mean over all entries.

    Parameters
    ----------
    pred : Tensor or array_like, any shape
        The predictions a.
    target : Tensor or array_like, the shape of ``pred``
        The targets y.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the errors of the entries are combined.

    Returns
    -------
    Tensor, shape () or the shape of ``pred``
        |a - y|. The derivative at a = y is 0.

    Raises
    ------
    ShapeError
        If the two shapes differ.

    Examples
    --------
    >>> float(mae([1.0, -2.0], [0.0, 0.0]))
    1.5
    """
    a, y = as_matching_tensors(pred, target, "mae()")
    return reduce_losses(abs(a - y), reduction)


def huber(pred: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Return the Huber loss: quadratic for small errors, linear for large ones.

    Parameters
    ----------
    pred : Tensor or array_like, any shape
        The predictions a.
    target : Tensor or array_like, the shape of ``pred``
        The targets y.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the losses of the entries are combined.
    delta : float, default 1.0
        The error δ > 0 at which the loss becomes linear, in the unit of the targets.

    Returns
    -------
    Tensor, shape () or the shape of ``pred``
        ½(a - y)² if |a - y| ≤ δ, else δ(|a - y| - ½δ).

    Raises
    ------
    ShapeError
        If the two shapes differ.
    SettingError
        If ``delta`` is not a finite number above 0.

    References
    ----------
    P. J. Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 35 (1964).

    Examples
    --------
    >>> float(huber([0.5, 3.0], [0.0, 0.0], "sum"))
    2.625
    """
    a, y = as_matching_tensors(pred, target, "huber()")
    size, delta = abs(a - y), positive("delta", delta)
    near = ag.minimum(size, delta)
    return reduce_losses(near * (size - 0.5 * near), reduction)
