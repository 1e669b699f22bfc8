"""Differences, running products, integrals, interpolation, polynomials and convolutions of samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.coercion import to_array
from autograd.core.tensor import Tensor, is_complex
from autograd.core.tracing import call_with_guard
from autograd.errors import ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor, has_nodes
from autograd.numpy_api.composed.rearrangements import make_rearrangement
from autograd.ops import find


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Return the differences of neighbours along an axis.

    Parameters
    ----------
    a : array_like or Tensor
    n : int, optional
        How often to take differences.
    axis : int, optional

    Returns
    -------
    Tensor
        Shorter by ``n`` along the axis.

    Raises
    ------
    ShapeError
        If ``n`` is negative.

    Examples
    --------
    >>> from autograd import Tensor
    >>> diff(Tensor([1.0, 4.0, 9.0])).data
    array([3., 5.])
    """
    if n < 0:
        raise ShapeError(f"np.diff takes an order of 0 or more, not {n}")
    if not n:
        return as_tensor(a)
    tensor = functions.swapaxes(as_tensor(a), axis, -1)
    for _ in range(n):
        tensor = tensor[..., 1:] - tensor[..., :-1]
    return functions.swapaxes(tensor, axis, -1)


def cumprod(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running products along an axis.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or None, optional
        The axis; by default the array is flattened first.
    dtype : dtype, optional
        A float or complex type of the result.

    Returns
    -------
    Tensor

    Notes
    -----
    Each product is a row of its own, with ones for the entries that come later. That takes n² numbers, and its derivatives are
    exact where entries are zero.

    Examples
    --------
    >>> from autograd import Tensor
    >>> cumprod(Tensor([2.0, 0.0, 4.0])).data
    array([2., 0., 0.])
    """
    tensor = as_tensor(a) if dtype is None else as_tensor(a).astype(dtype)
    tensor, axis = (tensor.ravel(), 0) if axis is None else (tensor, axis)
    rows = functions.swapaxes(tensor, axis, -1)
    n = rows.shape[-1]
    grid = functions.where(np.tri(n, dtype=bool), functions.expand_dims(rows, -2), 1.0)
    return functions.swapaxes(functions.prod(grid, axis=-1), axis, -1)


def cumulative_sum(x: Any, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Any:
    """Return the running sums along an axis, as the array API has them.

    Parameters
    ----------
    x : array_like or Tensor
    axis : int, optional
        It may be left out for a vector.
    dtype : dtype, optional
        A float type.
    include_initial : bool, optional
        Whether a 0 precedes the sums.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If the axis is left out for an array of several axes.

    Examples
    --------
    >>> from autograd import Tensor
    >>> cumulative_sum(Tensor([1.0, 2.0]), include_initial=True).data
    array([0., 1., 3.])
    """
    return _cumulate(functions.cumsum, 0.0, x, axis, dtype, include_initial)


def cumulative_prod(x: Any, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Any:
    """Return the running products along an axis, as the array API has them; see `cumulative_sum`.

    Examples
    --------
    >>> from autograd import Tensor
    >>> cumulative_prod(Tensor([2.0, 3.0]), include_initial=True).data
    array([1., 2., 6.])
    """
    return _cumulate(cumprod, 1.0, x, axis, dtype, include_initial)


def _cumulate(cumulate: Any, initial: float, x: Any, axis: int | None, dtype: Any, include_initial: bool) -> Any:
    tensor = as_tensor(x) if dtype is None else as_tensor(x).astype(dtype)
    if axis is None and tensor.ndim != 1:
        raise ShapeError(f"a cumulative sum or product of shape {tensor.shape} needs axis=, since there are several axes")
    axis = 0 if axis is None else axis
    results = cumulate(tensor, axis)
    if not include_initial:
        return results
    lengths = list(tensor.shape)
    lengths[axis] = 1
    return functions.concatenate([np.full(lengths, initial), results], axis=axis)


def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Return the sums of the weights of each whole number; the gradient flows to the weights.

    Parameters
    ----------
    x : array_like of int
        Whole numbers of at least 0.
    weights : array_like or Tensor
        Of the same length.
    minlength : int, optional
        The least length of the result.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If the weights have another length.

    Examples
    --------
    >>> from autograd import Tensor
    >>> bincount([0, 2, 0], Tensor([1.0, 2.0, 4.0])).data
    array([5., 0., 2.])
    """
    tensor, numbers = as_tensor(weights), np.asarray(x)
    if tensor.shape != numbers.shape:
        raise ShapeError(f"np.bincount: weights of shape {tensor.shape} for numbers of shape {numbers.shape}")
    length = np.bincount(numbers, minlength=minlength).size  # it says what is wrong with the numbers
    return Tensor.record(find("scatter"), (tensor,), {"index": numbers.copy(), "shape": (length,)})


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the integral of samples by the trapezoidal rule.

    Parameters
    ----------
    y : array_like or Tensor
        The samples.
    x : array_like, Tensor or None, optional
        The sample points, in the shape of ``y`` or as a vector; None for equal distances.
    dx : float, optional
        The distance of neighbours if ``x`` is None.
    axis : int, optional

    Returns
    -------
    float, array or Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(trapezoid(Tensor([1.0, 3.0])))
    2.0
    """
    move_last = make_rearrangement(lambda t: np.moveaxis(t, axis, -1), "t")
    samples = move_last(y)
    if x is not None:
        dx = diff(x if as_tensor(x).ndim == 1 else move_last(x))
    return functions.sum((samples[..., 1:] + samples[..., :-1]) * dx / 2.0, axis=-1)


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Return the piecewise linear interpolant of points (xp, fp), at x.

    Parameters
    ----------
    x : array_like or Tensor
        Where to evaluate it.
    xp : array_like or Tensor
        The sample points, in increasing order if there is no period.
    fp : array_like or Tensor
        The values at the sample points.
    left, right : number, node or None, optional
        The values before the first and after the last sample point; None for the values there.
    period : float or None, optional
        The period of the function. ``left`` and ``right`` are then without meaning.

    Returns
    -------
    float, array or Tensor

    Raises
    ------
    ShapeError
        If the sample points do not increase, are fewer than two, or do not match the values.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(interp(Tensor(0.5), [0.0, 1.0], [0.0, 10.0]))
    5.0
    """
    points = as_tensor(xp) if has_nodes(xp) else to_array(xp, "np.interp's xp")
    values, at = as_tensor(fp), as_tensor(x)
    if period is not None and points.ndim == 1 and values.shape == points.shape:
        points, values = _repeat_period(points, values, period)
        at = functions.remainder(at, period)
    if points.ndim != 1 or values.shape != points.shape or len(points) < 2 or not call_with_guard(_is_increasing, points):
        raise ShapeError(
            f"np.interp takes at least two sample points xp in increasing order, and one value fp for each, "
            f"not shapes {points.shape} and {values.shape}"
        )
    i = np.clip(call_with_guard(np.searchsorted, points, at, side="right") - 1, 0, len(points) - 2)
    slope = (values[i + 1] - values[i]) / (points[i + 1] - points[i])
    inside = values[i] + slope * (at - points[i])
    above_first = functions.where(at < points[0], values[0] if left is None else left, inside)
    return functions.where(at > points[-1], values[-1] if right is None else right, above_first)


def _repeat_period(points: Any, values: Any, period: float) -> tuple[Any, Any]:
    """Return sample points of a periodic function in increasing order, with one more at each end, and their values."""
    points = functions.remainder(points, period)
    order = call_with_guard(np.argsort, points)
    points, values = points[order], values[order]
    return (
        functions.concatenate([points[-1:] - period, points, points[:1] + period]),
        functions.concatenate([values[-1:], values, values[:1]]),
    )


def _is_increasing(points: Any) -> bool:
    return bool(np.all(np.diff(points) > 0.0))


def polyval(p: Any, x: Any) -> Any:
    """Return the value of a polynomial, by Horner's scheme.

    Parameters
    ----------
    p : array_like or Tensor
        The coefficients, the highest power first.
    x : array_like or Tensor

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(polyval([1.0, 0.0, 1.0], Tensor(2.0)))
    5.0
    """
    value = 0.0 * as_tensor(x)
    for coefficient in as_tensor(p):
        value = value * x + coefficient
    return value


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Return the convolution Σₘ aₘ vₙ₋ₘ of two vectors.

    Parameters
    ----------
    a, v : array_like or Tensor
    mode : {"full", "same", "valid"}, optional
        All of it, its middle in the length of the longer vector, or where the vectors overlap completely.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If the arguments are not vectors or are empty, or if the mode is another.

    Examples
    --------
    >>> from autograd import Tensor
    >>> convolve(Tensor([1.0, 2.0]), [1.0, 1.0]).data
    array([1., 3., 2.])
    """
    a, v = as_tensor(a), as_tensor(v)
    are_vectors = a.ndim == v.ndim == 1 and a.size and v.size
    if not are_vectors or mode not in ("full", "same", "valid"):
        raise ShapeError(f"convolve takes two vectors and full, same or valid, not shapes {a.shape}, {v.shape} and {mode!r}")
    if mode != "same":
        return Tensor.record(find("convolve"), (a, v), {"mode": mode})
    start = (min(a.size, v.size) - 1) // 2
    return convolve(a, v)[start : start + max(a.size, v.size)]


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Return the cross-correlation Σₘ aₙ₊ₘ conj(vₘ) of two vectors.

    Parameters
    ----------
    a, v : array_like or Tensor
    mode : {"valid", "same", "full"}, optional
        As for np.convolve.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If the arguments are not vectors or are empty, or if the mode is another.

    Examples
    --------
    >>> from autograd import Tensor
    >>> correlate(Tensor([1.0, 2.0, 3.0]), [1.0, 1.0]).data
    array([3., 5.])
    """
    a, v = as_tensor(a), as_tensor(v)
    v = functions.conj(v) if is_complex(v) else v
    if mode == "same" and v.size > a.size:  # NumPy centres the longer one
        return functions.flip(convolve(functions.flip(a), v, mode))
    return convolve(a, functions.flip(v), mode)
