"""Quotients and products at zero: what a derivative is where its formula reads 0/0 or 0·∞."""

from __future__ import annotations

from math import copysign, inf
from typing import Any


def ieee_reciprocal(b: Any) -> Any:
    """Return 1/b, with the infinity that IEEE 754 prescribes at 0.

    Parameters
    ----------
    b : float or array
        The denominator. For a Python float of 0.0, ``1.0 / b`` would raise; NumPy's arrays give ±inf by themselves.

    Returns
    -------
    float or array
    """
    return copysign(inf, b) if type(b) is float and b == 0.0 else 1.0 / b


def replace_zero_by_one(xp: Any, y: Any) -> Any:
    """Return a denominator in which 1 stands for 0.

    Notes
    -----
    A quotient by it, in the branch that ``xp.where`` does not select, has finite derivatives. The product of these with the zero
    cotangent of that branch is 0; a division by 0 would make it nan.
    """
    return xp.where(xp.equal(y, 0.0), 1.0, y)


def divide_or_zero(xp: Any, a: Any, y: Any) -> Any:
    """Return a/y, and 0 where y is 0. There the derivatives of all orders are 0, too."""
    return xp.where(xp.equal(y, 0.0), 0.0, a / replace_zero_by_one(xp, y))


def multiply_or_zero(xp: Any, y: Any, a: Any) -> Any:
    """Return y·a, and 0 where y is 0, even if a is infinite."""
    return y * xp.where(xp.equal(y, 0.0), 0.0, a)
