"""FLOAT: rows computed on Python's floats by ``math``.

``math`` raises at log 0 and on overflow; there the row is computed again by NumPy, so that floats and arrays agree on every input.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS, MATH_ERRORS, Backend
from autograd.backends.numpy_backend import ARRAY


def float_maximum(a: float, b: float) -> float:
    """Return the larger of two floats; nan if one is nan, as in NumPy."""
    return a if a >= b or a != a else b


def float_minimum(a: float, b: float) -> float:
    """Return the smaller of two floats; nan if one is nan, as in NumPy."""
    return a if a <= b or a != a else b


def float_logaddexp(a: float, b: float) -> float:
    """Return log(eᵃ + eᵇ) without overflow."""
    if a == b:
        return a + math.log(2.0)
    return max(a, b) + math.log1p(math.exp(-abs(a - b)))


def float_sign(a: float) -> float:
    return math.copysign(1.0, a) if a < 0.0 or a > 0.0 else a


def float_step(step: Callable[[float], int]) -> Callable[[float], float]:
    """Return a rounding function with NumPy's signed zero. For nan and infinities it raises, and NumPy computes the row."""
    return lambda a: math.copysign(float(step(a)), a)


FLOAT = Backend(
    "FLOAT",
    {
        "floor": float_step(math.floor),
        "ceil": float_step(math.ceil),
        "trunc": float_step(math.trunc),
        "rint": float_step(round),
        "remainder": operator.mod,
        "floor_divide": operator.floordiv,
        "fmod": math.fmod,
        "cbrt": math.cbrt,
        "exp2": math.exp2,
        **{name: getattr(math, name) for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "erf", "erfc")},
        **{name: getattr(math, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "hypot")},
        **{"arc" + name: getattr(math, "a" + name) for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
        "power": math.pow,
        "maximum": float_maximum,
        "minimum": float_minimum,
        "logaddexp": float_logaddexp,
        "sign": float_sign,
        "equal": lambda a, b: a == b,
        "where": lambda condition, a, b: a if condition else b,
        "clip": lambda a, low, high: min(max(a, low), high),
        "shape": lambda a: (),
    },
    math,
)


def evaluate_with_numpy(rule: Callable[..., Any], *args: float, **static: Any) -> float:
    """Return a rule evaluated at floats by NumPy, without warnings: log 0 is -inf, 1/0 is inf.

    >>> evaluate_with_numpy(lambda xp, a: 1.0 / a, 0.0)
    inf
    """
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        return float(rule(ARRAY, *map(np.float64, args), **static))


def evaluate(rule: Callable[..., Any], floats: Sequence[float], static: dict[str, Any]) -> float:
    """Return a rule evaluated at floats by Python's math, or by NumPy if math raises."""
    try:
        return float(rule(FLOAT, *floats, **static))
    except MATH_ERRORS:
        return evaluate_with_numpy(rule, *floats, **static)
