"""Functions of one entry, or of two, that are composed of rows."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np

from autograd.core.array_mixins.in_place import mark_as_view
from autograd.core.tensor import Tensor
from autograd.core.tracing import call_with_guard
from autograd.errors import DataError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import apply_elementwise, has_nodes
from autograd.ops import find

# Up to here sin(x)/x is a sum of powers, whose derivatives are right at 0: sin(πx)/(πx) itself loses digits near it. With twice the
# value the sum needs 4 more terms.
LARGEST_IN_SERIES = 0.5

# The first term that is left out, 0.5**20 / 21!, is 2e-26: so its sixth derivative, too, is less than the roundoff. Twice as many
# terms take twice as long for nothing; half as many leave an error of 0.5**10 / 11! = 2e-11.
SERIES_TERMS = 10


def sinc(x: Any) -> Any:
    """Return sin(πx)/(πx), and 1 at 0.

    Parameters
    ----------
    x : number, array_like, Value or Tensor

    Returns
    -------
    float, array, Value or Tensor

    Examples
    --------
    >>> from autograd import grad
    >>> round(grad(grad(sinc))(0.0), 6), round(-np.pi**2 / 3.0, 6)
    (-3.289868, -3.289868)
    """
    angle = functions.multiply(x, np.pi)
    is_near = call_with_guard(lambda numbers: np.abs(numbers) < LARGEST_IN_SERIES, angle)
    near, far = functions.where(is_near, angle, 0.0), functions.where(is_near, 1.0, angle)
    square, total = near * near, 0.0
    for k in reversed(range(SERIES_TERMS)):
        total = total * square + (-1.0) ** k / math.factorial(2 * k + 1)
    return functions.where(is_near, total, functions.sin(far) / far)


def real_if_close(a: Any, tol: float = 100) -> Any:
    """Return the real part of complex numbers whose imaginary parts are all within ``tol`` roundings of 0, else the numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> real_if_close(Tensor([2.0 + 0.0j])).data
    array([2.])
    """
    if call_with_guard(lambda numbers: np.iscomplexobj(numbers) and not np.iscomplexobj(np.real_if_close(numbers, tol)), a):
        return functions.real(a)
    result = functions.positive(a)
    return mark_as_view(result) if isinstance(result, Tensor) else result


def i0(x: Any) -> Any:
    """Return the modified Bessel function of order 0, by SciPy.

    Examples
    --------
    >>> from autograd import Value
    >>> i0(Value(0.0)).data
    1.0
    """
    import_module("autograd.scipy.special")  # it adds the row, and says what to install if there is no SciPy
    return apply_elementwise(find("i0"), x)


def logaddexp2(a: Any, b: Any) -> Any:
    """Return log2(2**a + 2**b), without overflow.

    Examples
    --------
    >>> from autograd import Value
    >>> logaddexp2(Value(3.0), 3.0).data
    4.0
    """
    scale = math.log(2.0)
    return functions.logaddexp(functions.multiply(a, scale), functions.multiply(b, scale)) / scale


def fmax(a: Any, b: Any) -> Any:
    """Return the greater of two entries, or the one that is not nan.

    Examples
    --------
    >>> from autograd import Value
    >>> fmax(Value(3.0), np.nan).data
    3.0
    """
    return _unless_nan(functions.maximum, a, b)


def fmin(a: Any, b: Any) -> Any:
    """Return the lesser of two entries, or the one that is not nan.

    Examples
    --------
    >>> from autograd import Value
    >>> fmin(Value(3.0), np.nan).data
    3.0
    """
    return _unless_nan(functions.minimum, a, b)


def _unless_nan(function: Any, a: Any, b: Any) -> Any:
    first, second = (call_with_guard(np.isnan, x) for x in (a, b))
    if not np.any(first) and not np.any(second):
        return function(a, b)
    both = function(functions.where(first, 0.0, a), functions.where(second, 0.0, b))
    return functions.where(first, b, functions.where(second, a, both))


def modf(x: Any) -> Any:
    """Return the fractional part and the whole part; the derivative of the first is 1, that of the second 0.

    Examples
    --------
    >>> from autograd import Value
    >>> [part.data for part in modf(Value(2.5))]
    [0.5, 2.0]
    """
    whole = functions.trunc(x)
    return functions.subtract(x, whole), whole


def ldexp(x: Any, i: Any) -> Any:
    """Return x · 2ⁱ for whole numbers i.

    Raises
    ------
    DataError
        If ``i`` is a node, which is not a whole number.

    Examples
    --------
    >>> from autograd import Value
    >>> ldexp(Value(3.0), 2).data
    12.0
    """
    if has_nodes(i):
        raise DataError("np.ldexp: the exponents must be integers, not nodes: use x * 2.0**i, which is differentiable")
    return functions.multiply(x, np.ldexp(1.0, i))


def divmod_(a: Any, b: Any) -> Any:
    """Return the quotient, rounded down, and the remainder.

    Examples
    --------
    >>> from autograd import Value
    >>> [part.data for part in divmod_(Value(7.5), 2.0)]
    [3.0, 1.5]
    """
    return functions.floor_divide(a, b), functions.remainder(a, b)
