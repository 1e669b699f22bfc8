"""derivative: a directional derivative measured from function values alone, with an error estimate and a kind of point."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.coercion import describe, to_array
from autograd.errors import DataError, ShapeError
from autograd.testing.measurement.classification import classify
from autograd.testing.measurement.complex_step import complex_step_measurement
from autograd.testing.measurement.difference_quotients import extrapolate_differences
from autograd.testing.measurement.estimate import Array, Estimate, Measurement
from autograd.testing.measurement.line_restriction import LineRestriction
from autograd.testing.measurement.step_sequence import sample_steps


def derivative(f: Callable[[Any], Any], x: Any, direction: Any = None, *, low: float = -np.inf, high: float = np.inf) -> Estimate:
    """Measure the derivative of a function at a point, along a direction.

    Parameters
    ----------
    f : callable
        A function of one float or array. It returns a real number or an array of real numbers. It may also accept complex numbers;
        if it turns out to be analytic, one complex step replaces the sequence of real ones.
    x : float or array_like
        The point. f is called with a float if x is a number, and with an array if it is an array.
    direction : array_like, optional
        The direction, of the shape of x. The default is 1 in every entry.
    low, high : float, default -inf and inf
        The domain of f, a closed interval for every entry of x. f is not called outside of it; at its ends the derivative is
        one-sided.

    Returns
    -------
    Estimate
        The derivative with its error, the one-sided derivatives and the kind of point.

    Raises
    ------
    DataError
        If f cannot be called, raises at x, or returns no real numbers; or if x or the direction holds something that is not a
        finite number, or x is outside of the domain.
    ShapeError
        If the direction has another shape than x.

    Notes
    -----
    Central and one-sided difference quotients at a decreasing sequence of steps are extrapolated to step 0 [1]_, and each has an
    error from its neighbours in the sequence [2]_ and from the roundoff of the function values. Where f is analytic, a complex
    step [3]_ is exact up to roundoff, and a real difference confirms it.

    References
    ----------
    .. [1] L. F. Richardson, Phil. Trans. R. Soc. A 210 (1911), 307-357.
    .. [2] C. J. F. Ridders, Advances in Engineering Software 4 (1982), 75-76.
    .. [3] W. Squire and G. Trapp, SIAM Review 40 (1998), 110-112.

    Examples
    --------
    >>> e = derivative(np.exp, 0.0)
    >>> abs(e.value - 1.0) <= max(e.error, 1e-15), e.kind, e.evaluations < 10
    (True, 'smooth', True)
    >>> e = derivative(abs, 0.0)
    >>> round(e.left, 9), round(e.right, 9), e.kind
    (-1.0, 1.0, 'kink')
    """
    if not callable(f):
        raise DataError(f"derivative() takes a function as its first argument, not {describe(f)}")
    point = to_array(x, "derivative()")
    along = np.ones(point.shape) if direction is None else to_array(direction, "derivative()")
    _check_point(point, along, low, high)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        y = _value_at(f, point)
        line = LineRestriction(lambda p: f(p[()]), [point], [along], [(low, high)], y.size)
        measurement = measure(line, y.ravel().astype(float))
    parts = [part.reshape(y.shape) if y.shape else part.item() for part in measurement]
    value, error, left, right, kind = parts
    return Estimate(value, error, left, right, kind, 1 + line.evaluations)


def measure(line: LineRestriction, y: Array) -> Measurement:
    """Measure the derivative along a line, by a complex step if the function allows it.

    Parameters
    ----------
    line : LineRestriction
    y : array of shape (n_outputs,)
        The outputs at step 0.

    Returns
    -------
    Measurement
    """
    return complex_step_measurement(line, y) or classify(extrapolate_differences(sample_steps(line, y), y))


def _check_point(point: Array, along: Array, low: float, high: float) -> None:
    """Raise if the point or the direction cannot be used."""
    for what, values in (("point", point), ("direction", along)):
        if not np.all(np.isfinite(values)):
            raise DataError(f"derivative(): the {what} contains {values[~np.isfinite(values)].flat[0]}: pass finite numbers")
    if not low < high or np.any(point < low) or np.any(point > high):
        raise DataError(
            f"derivative(): the point is outside of the domain from low={low:g} to high={high:g}: pass one inside of it"
        )
    if along.shape != point.shape:
        raise ShapeError(
            f"derivative(): the direction has shape {along.shape}, the point {point.shape}: pass a direction of the point's shape"
        )


def _value_at(f: Callable[[Any], Any], point: Array) -> Array:
    """The function's value at the point, as an array of real numbers."""
    try:
        value = f(point.copy()[()])
    except Exception as error:
        raise DataError(f"derivative(): the function raises {type(error).__name__} at the point: {error}") from error
    y = np.array(value)
    if y.dtype.kind not in "fiub":
        raise DataError(f"derivative() takes a function that returns real numbers, not {describe(value)}")
    return y
