"""Evenly spaced numbers between nodes, differences of sampled functions, and phases without jumps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.core.tracing import call_with_guard
from autograd.errors import DataError, SettingError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor

dispatched: Any = np  # NumPy's functions on Tensors, which its stubs do not know


def linspace(
    start: Any, stop: Any, num: int = 50, *, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """Return evenly spaced numbers from ``start`` to ``stop``.

    Parameters
    ----------
    start, stop : number, array_like or node
    num : int, optional
        How many.
    endpoint : bool, optional
        Whether ``stop`` is the last of them.
    retstep : bool, optional
        Whether to return the distance between them, too.
    dtype : dtype, optional
        A float type.
    axis : int, optional
        The axis of the result along which the numbers lie, if ``start`` or ``stop`` is an array.

    Returns
    -------
    Tensor, or a pair of Tensors

    Examples
    --------
    >>> linspace(Tensor(0.0), 1.0, 3).data
    array([0. , 0.5, 1. ])
    """
    first, last = as_tensor(start), as_tensor(stop)
    points = _interpolate(first, last, num, endpoint, axis, lambda a, b, t: a * (1.0 - t) + b * t)
    points = points if dtype is None else points.astype(dtype)
    if not retstep:
        return points
    gaps = num - 1 if endpoint else num
    return points, (last - first) / gaps if gaps > 0 else (last - first) * np.nan


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """Return numbers that are evenly spaced on a logarithmic scale, from ``base**start`` to ``base**stop``.

    Parameters
    ----------
    start, stop, num, endpoint, dtype, axis
        As for `linspace`.
    base : number, array_like or node, optional

    Returns
    -------
    Tensor

    Examples
    --------
    >>> logspace(Tensor(0.0), 2.0, 3).data
    array([  1.,  10., 100.])
    """
    exponents = linspace(start, stop, num, endpoint=endpoint, axis=axis)
    base = as_tensor(base)
    powers = functions.power(dispatched.expand_dims(base, axis) if base.ndim else base, exponents)
    return powers if dtype is None else powers.astype(dtype)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Return numbers from ``start`` to ``stop``, each a constant multiple of the one before.

    Parameters
    ----------
    start, stop, num, endpoint, dtype, axis
        As for `linspace`.

    Returns
    -------
    Tensor

    Raises
    ------
    DataError
        If an end is 0, or if the ends have different signs: the numbers would be complex.

    Examples
    --------
    >>> geomspace(Tensor(1.0), 100.0, 3).data.round(12)
    array([  1.,  10., 100.])
    """
    first, last = as_tensor(start), as_tensor(stop)
    if not call_with_guard(lambda a, b: bool(np.all(np.asarray(a) * np.asarray(b) > 0.0)), first, last):
        raise DataError("np.geomspace on nodes takes two nonzero ends of the same sign: otherwise the numbers are complex")
    points = _interpolate(first, last, num, endpoint, axis, lambda a, b, t: a * functions.power(b / a, t))
    return points if dtype is None else points.astype(dtype)


def _interpolate(first: Tensor, last: Tensor, num: int, endpoint: bool, axis: int, f: Callable[..., Any]) -> Any:
    """Return ``f`` of both ends and of evenly spaced numbers from 0 to 1, which lie along a new axis."""
    ndim = max(first.ndim, last.ndim)
    positions = np.linspace(0.0, 1.0, num, endpoint).reshape((-1,) + (1,) * ndim)
    return dispatched.moveaxis(f(first, last, positions), 0, axis)


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Return the derivatives of a sampled function, by central differences inside and one-sided ones at the ends.

    Parameters
    ----------
    f : array_like or Tensor
        The samples.
    *varargs : number, array_like or node
        The distance of the samples, or their coordinates: one for all axes, or one for each. The default is 1.
    axis : int, tuple of int or None, optional
        The axes along which to differentiate; all of them by default.
    edge_order : {1, 2}, optional
        The order of accuracy at the ends.

    Returns
    -------
    Tensor, or a tuple of one Tensor for each axis

    Raises
    ------
    ShapeError
        If an axis is too short, or if the coordinates do not fit.
    SettingError
        If the number of distances does not fit, or if ``edge_order`` is neither 1 nor 2.

    References
    ----------
    The weights for uneven coordinates are those of the quadratic through three neighbours, as in NumPy.

    Examples
    --------
    >>> gradient(Tensor([1.0, 2.0, 4.0])).data
    array([1. , 1.5, 2. ])
    """
    samples = as_tensor(f)
    axes = range(samples.ndim) if axis is None else [int(i) % samples.ndim for i in np.atleast_1d(axis)]
    if edge_order not in (1, 2):
        raise SettingError(f"np.gradient: edge_order must be 1 or 2, not {edge_order!r}")
    if len(varargs) not in (0, 1, len(axes)):
        raise SettingError(f"np.gradient: {len(varargs)} distances for {len(axes)} axes: pass none, one, or one for each")
    spacings = [as_tensor(v) for v in varargs or (1.0,)]
    spacings = spacings * len(axes) if len(spacings) == 1 else spacings
    results = [_gradient_along(samples, i, spacing, edge_order) for i, spacing in zip(axes, spacings, strict=True)]
    return results[0] if len(results) == 1 else tuple(results)


def _gradient_along(samples: Tensor, axis: int, spacing: Tensor, edge_order: int) -> Any:
    n = samples.shape[axis]
    if n < edge_order + 1:
        raise ShapeError(f"np.gradient of shape {samples.shape}: axis {axis} needs at least {edge_order + 1} samples")
    if spacing.ndim and spacing.shape != (n,):
        raise ShapeError(f"np.gradient of shape {samples.shape}: coordinates of shape {spacing.shape} do not fit axis {axis}")
    y = dispatched.moveaxis(samples, axis, -1)
    h = spacing[1:] - spacing[:-1] if spacing.ndim else functions.broadcast_to(spacing, (n - 1,))
    slopes = (y[..., 1:] - y[..., :-1]) / h
    before, after = h[:-1], h[1:]
    inner = (slopes[..., :-1] * after + slopes[..., 1:] * before) / (before + after)
    left, right = slopes[..., :1], slopes[..., -1:]
    if edge_order == 2:
        left = left + (slopes[..., :1] - slopes[..., 1:2]) * h[0] / (h[0] + h[1])
        right = right + (slopes[..., -1:] - slopes[..., -2:-1]) * h[-1] / (h[-1] + h[-2])
    return dispatched.moveaxis(functions.concatenate([left, inner, right], axis=-1), -1, axis)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Return the differences of neighbours of a flattened array.

    Parameters
    ----------
    ary : array_like or Tensor
    to_end, to_begin : array_like, node or None, optional
        What follows and precedes the differences.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> ediff1d(Tensor([1.0, 4.0]), to_begin=0.0).data
    array([0., 3.])
    """
    entries = as_tensor(ary).ravel()
    parts = [to_begin, entries[1:] - entries[:-1], to_end]
    return functions.concatenate([as_tensor(part).ravel() for part in parts if part is not None])


def unwrap(p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2.0 * np.pi) -> Any:
    """Add multiples of the period so that neighbours differ by at most half of it.

    Parameters
    ----------
    p : array_like or Tensor
        The phases.
    discont : float, optional
        The difference above which a multiple is added; half a period by default.
    axis : int, optional
    period : float, optional

    Returns
    -------
    Tensor
        The multiples are constants, so the derivative is that of the phases.

    Examples
    --------
    >>> unwrap(Tensor([0.0, 6.0])).data.round(6)
    array([ 0.      , -0.283185])
    """
    phases = as_tensor(p)

    def count_periods(numbers: Any) -> Any:
        return np.rint((np.unwrap(numbers, discont, axis, period=period) - numbers) / period)

    return phases + period * call_with_guard(count_periods, phases)
