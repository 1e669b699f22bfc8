"""Parts of complex numbers. A Value is real; a Tensor may hold complex numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.array_mixins.in_place import mark_as_view
from autograd.core.operators import apply
from autograd.core.tensor import is_complex
from autograd.core.tracing import call_with_guard
from autograd.core.value import Value
from autograd.numpy_api.apply import apply_to_tensors
from autograd.numpy_api.functions.selection import where
from autograd.ops import find

_REAL, _IMAG, _CONJ, _ANGLE = find("real"), find("imag"), find("conj"), find("angle")


def real(z: Any) -> Any:
    """Return the real part.

    Parameters
    ----------
    z : number, array_like, Value or Tensor
        The complex numbers.

    Returns
    -------
    float, array, Value or Tensor
        In the shape of ``z``.

    Raises
    ------
    DataError
        If ``z`` holds something other than numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> real(Tensor([1.0 + 2.0j])).data
    array([1.])
    """
    if isinstance(z, Value):
        return +z
    return apply_to_tensors(lambda t: mark_as_view(apply(_REAL, t) if is_complex(t) else +t), "real", z)


def imag(z: Any) -> Any:
    """Return the imaginary part; zeros for real numbers.

    Parameters
    ----------
    z : number, array_like, Value or Tensor
        The complex numbers.

    Returns
    -------
    float, array, Value or Tensor
        In the shape of ``z``.

    Raises
    ------
    DataError
        If ``z`` holds something other than numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> imag(Tensor([1.0 + 2.0j])).data
    array([2.])
    """
    if isinstance(z, Value):
        return 0.0 * z
    return apply_to_tensors(lambda t: apply(_IMAG, t), "imag", z)


def conj(z: Any) -> Any:
    """Return the complex conjugate.

    Parameters
    ----------
    z : number, array_like, Value or Tensor
        The complex numbers. A real number is its own conjugate.

    Returns
    -------
    float, array, Value or Tensor
        In the shape of ``z``.

    Raises
    ------
    DataError
        If ``z`` holds something other than numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> conj(Tensor([1.0 + 2.0j])).data
    array([1.-2.j])
    """
    if isinstance(z, Value):
        return +z
    return apply_to_tensors(lambda t: apply(_CONJ, t) if is_complex(t) else +t, "conj", z)


def angle(z: Any, deg: bool = False) -> Any:
    """Return the angle in the complex plane, from -π to π.

    Parameters
    ----------
    z : number, array_like, Value or Tensor
        The complex numbers.
    deg : bool, optional
        Whether to return degrees.

    Returns
    -------
    float, array, Value or Tensor
        Of real numbers it is 0 or π, with derivative 0.

    Raises
    ------
    DataError
        If ``z`` holds something other than numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> angle(Tensor([1j, -2.0]), deg=True).data
    array([ 90., 180.])
    """
    factor = 180.0 / np.pi if deg else 1.0
    if isinstance(z, Value):
        return _real_angle(z) * factor
    return apply_to_tensors(lambda t: (apply(_ANGLE, t) if is_complex(t) else _real_angle(t)) * factor, "angle", z)


def _real_angle(x: Any) -> Any:
    is_negative = call_with_guard(lambda numbers: np.signbit(numbers) & ~np.isnan(numbers), x)
    return where(is_negative, np.pi, x * 0.0)
