"""Losses for regression: quadratic, mse, mae and huber."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd as ag
from autograd import Tensor, define
from nn.input_checks import positive
from nn.losses.checks import as_matching_tensors, is_reduced_to_number, reduce_losses


def _half_squared_distance(xp: Any, a: Any, y: Any, *, divisor: float) -> Any:
    error = a - y
    return 0.5 * xp.vdot(error, error) / divisor


# ½ Σ (a - y)² over all entries, divided by a number, as one operation: on a small array each operation costs more than its numbers.
half_squared_distance: Callable[..., Any] = define(
    "half_squared_distance",
    _half_squared_distance,
    vjp=lambda xp, i, g, out, a, y, *, divisor: g / divisor * (a - y if i == 0 else y - a),
    jvp=lambda xp, i, t, out, a, y, *, divisor: xp.sum(t * (a - y if i == 0 else y - a)) / divisor,
)


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
    SettingError
        If ``reduction`` is not one of the above.
    DataError
        If an argument holds something other than real numbers.

    References
    ----------
    S0 eq. 1 and S2:122.

    Examples
    --------
    >>> float(quadratic([[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]))
    1.5
    """
    a, y = as_matching_tensors(pred, target, "quadratic()")
    if is_reduced_to_number(a, reduction):
        samples = a.size // a.shape[-1] if a.ndim and reduction == "mean" else 1
        return half_squared_distance(a, y, divisor=float(samples))  # type: ignore[no-any-return]  # a Tensor, as its arguments
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
    SettingError
        If ``reduction`` is not one of the above.
    DataError
        If an argument holds something other than real numbers.

    References
    ----------
    S1:93.

    Examples
    --------
    >>> float(mse([1.0, 2.0], [0.0, 0.0]))
    2.5
    """
    a, y = as_matching_tensors(pred, target, "mse()")
    if is_reduced_to_number(a, reduction):
        entries = a.size if reduction == "mean" else 1
        return half_squared_distance(a, y, divisor=0.5 * entries)  # type: ignore[no-any-return]  # a Tensor, as its arguments
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
    SettingError
        If ``reduction`` is not one of the above.
    DataError
        If an argument holds something other than real numbers.

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
    DataError
        If an argument holds something other than real numbers.

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
