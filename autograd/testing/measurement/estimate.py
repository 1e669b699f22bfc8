"""What a measurement returns: the derivative, its error, the one-sided derivatives and the kind of point."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

EPS = float(np.finfo(float).eps)  # the spacing of double precision numbers at 1

# The kinds of points, see Estimate.
SMOOTH, KINK, JUMP, EDGE, NOISY = "smooth", "kink", "jump", "edge", "noisy"
UNBOUNDED, UNRESOLVED = "unbounded", "unresolved"


class Estimate(NamedTuple):
    """A measured derivative, as :func:`autograd.testing.derivative` returns it.

    All fields but ``evaluations`` are numbers if the function returns a number, and arrays of its shape if it returns an array.

    Parameters
    ----------
    value : float or array
        The derivative. At a kink it is the mean of the one-sided derivatives, at an edge it is the only one-sided derivative. It
        is infinite at an unbounded point, and nan where nothing could be measured.
    error : float or array
        An estimate of the absolute error of ``value``; inf where it is not known.
    left, right : float or array
        The one-sided derivatives, nan where they do not exist or were not resolved.
    kind : str or array of str
        "smooth"; "kink" (the one-sided derivatives differ); "jump" (the function is discontinuous); "edge" (only one one-sided
        derivative exists); "unbounded" (the derivative is infinite); "noisy" (no two steps agree); or "unresolved" (there are no
        finite function values to compare).
    evaluations : int
        How many times the function was called.

    Examples
    --------
    >>> from autograd.testing import derivative
    >>> estimate = derivative(abs, 0.0)
    >>> estimate.kind, round(estimate.left, 6), round(estimate.right, 6)
    ('kink', -1.0, 1.0)
    """

    value: Any
    error: Any
    left: Any
    right: Any
    kind: Any
    evaluations: int


class Measurement(NamedTuple):
    """The measured derivatives of all outputs along one line.

    Parameters
    ----------
    value, error, left, right, kind : array
        As in :class:`Estimate`, one entry per output.
    """

    value: Array
    error: Array
    left: Array
    right: Array
    kind: Array


def smooth_measurement(value: Array, error: Array) -> Measurement:
    """Return the measurement of points that are all smooth.

    Parameters
    ----------
    value : array
        The derivative of each output; it is used for both one-sided derivatives, too.
    error : array
        The absolute error of each.

    Returns
    -------
    Measurement
    """
    return Measurement(value, error, value, value, np.full(value.shape, SMOOTH, dtype=object))
