"""Penalties on the weights of a network: l1 and l2."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd import ShapeError, Tensor, define

# ½ Σ ‖W‖² over any number of arrays as one operation.
_half_squares: Callable[..., Any] = define(
    "half_squares",
    lambda xp, *W: 0.5 * sum(xp.vdot(w, w) for w in W),
    vjp=lambda xp, i, g, y, *W: g * W[i],
    jvp=lambda xp, i, v, y, *W: xp.sum(v * W[i]),
)


def half_squares(*arrays: Any) -> Any:
    """Return half the sum of the squares of all entries, as one operation.

    :func:`l2` takes the parameters of a network, and leaves out the biases.

    Parameters
    ----------
    *arrays : Tensor or array_like, any shape
        The arrays W.

    Returns
    -------
    Tensor or float
        ½ Σ ‖W‖². The derivative with respect to each array is the array itself.

    Raises
    ------
    ShapeError
        If there is no array.
    DataError
        If an argument holds something other than real numbers.

    Examples
    --------
    >>> W = Tensor([3.0, 4.0]); half_squares(W).backward(); W.grad
    array([3., 4.])
    """
    if not arrays:
        raise ShapeError("half_squares() takes at least one array")
    return _half_squares(*arrays)


def l2(parameters: Iterable[Any]) -> Any:
    """Return half the sum of the squared weights; biases are left out.

    Parameters
    ----------
    parameters : iterable of Tensor
        Usually ``model.parameters()``. Only Tensors of two axes or more count.

    Returns
    -------
    Tensor, shape ()
        Ω = ½ Σ W². Multiply it by λ and add it to the loss.

    Raises
    ------
    ShapeError
        If no parameter has two axes.

    References
    ----------
    S3:46.

    Examples
    --------
    >>> float(l2([Tensor([[3.0, 4.0]]), Tensor([9.0])]))
    12.5
    """
    return _half_squares(*weights(parameters))


def l1(parameters: Iterable[Any]) -> Any:
    """Return the sum of the absolute weights; biases are left out.

    Parameters
    ----------
    parameters : iterable of Tensor
        Usually ``model.parameters()``. Only Tensors of two axes or more count.

    Returns
    -------
    Tensor, shape ()
        Σ |W|.

    Raises
    ------
    ShapeError
        If no parameter has two axes.

    Examples
    --------
    >>> float(l1([Tensor([[3.0, -4.0]])]))
    7.0
    """
    first, *rest = [abs(W).sum() for W in weights(parameters)]
    return sum(rest, first)


def weights(parameters: Iterable[Any]) -> list[Tensor]:
    """Return the parameters of two axes or more: the weights without the biases.

    Parameters
    ----------
    parameters : iterable of Tensor or Value
        Usually ``model.parameters()``.

    Returns
    -------
    list of Tensor
        At least one, in the given order.

    Raises
    ------
    ShapeError
        If there is none.

    Examples
    --------
    >>> len(weights([Tensor([[1.0]]), Tensor([1.0])]))
    1
    """
    matrices = [W for W in parameters if isinstance(W, Tensor) and W.ndim >= 2]
    if not matrices:
        raise ShapeError("a penalty needs at least one weight matrix among the parameters")
    return matrices
