"""Functions with jumps: rounding, the step, the sign of another number, and the replacement of numbers that are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.tracing import call_with_guard
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor


def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """Replace nan and infinities by numbers.

    Parameters
    ----------
    x : array_like or Tensor
    copy : bool, optional
        With False, the entries of ``x`` itself are replaced.
    nan, posinf, neginf : float, optional
        What stands for nan, inf and -inf; None for the largest and the smallest number of the type.

    Returns
    -------
    Tensor
        No gradient flows to what was replaced.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> nan_to_num(Tensor([1.0, np.nan])).data
    array([1., 0.])
    """
    tensor = as_tensor(x)
    is_finite = call_with_guard(np.isfinite, tensor)
    not_finite = call_with_guard(lambda numbers: np.where(np.isfinite(numbers), 0.0, numbers), tensor)
    result = functions.where(is_finite, tensor, np.nan_to_num(not_finite, nan=nan, posinf=posinf, neginf=neginf))
    if copy or not isinstance(x, Tensor):
        return result
    x[...] = result
    return x


def round_to(a: Any, decimals: int = 0) -> Any:
    """Round, halves to even, as np.round does; the derivative is 0.

    Parameters
    ----------
    a : number, array_like, Value or Tensor
    decimals : int, optional
        The number of decimal places.

    Returns
    -------
    float, array, Value or Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(round_to(Tensor(1.26), 1))
    1.3
    """
    if not decimals:
        return functions.rint(a)
    return functions.rint(functions.multiply(a, 10.0**decimals)) / 10.0**decimals


def heaviside(x: Any, at_zero: Any) -> Any:
    """Return 0 for x < 0, 1 for x > 0, and ``at_zero`` for x = 0.

    Parameters
    ----------
    x : Value, Tensor or array_like
        The derivative with respect to it is 0.
    at_zero : number, array_like or node
        Where x = 0, the gradient flows to it.

    Returns
    -------
    Value or Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(heaviside(Tensor(2.0), 0.5))
    1.0
    """
    steps = functions.where(call_with_guard(np.equal, x, 0.0), at_zero, call_with_guard(np.heaviside, x, 0.0))
    if isinstance(steps, Node):
        return steps
    return Tensor(steps, constant=True) if isinstance(x, Tensor) else x.leaf(steps)


def copysign(a: Any, b: Any) -> Any:
    """Return |a| with the sign of ``b``.

    Parameters
    ----------
    a : number, array_like, Value or Tensor
    b : number, array_like, Value or Tensor
        No gradient flows to it.

    Returns
    -------
    float, array, Value or Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> copysign(Tensor([1.0, -2.0]), -1.0).data
    array([-1., -2.])
    """
    return functions.multiply(functions.absolute(a), call_with_guard(np.copysign, 1.0, b))
