"""Derivatives of aᵇ of any order, with their limits at a = 0."""

from __future__ import annotations

from math import comb, prod
from typing import Any

from autograd.ops.rules.division import multiply_or_zero


def power_partial_a(xp: Any, a: Any, b: Any) -> Any:
    """Return ∂aᵇ/∂a = b·aᵇ⁻¹.

    Parameters
    ----------
    xp : backend
    a, b : float, array, node or expression
        Base and exponent. An exponent that is a Python float takes a shorter formula without a logarithm or a choice.
    """
    if type(b) is float and b == 0.0:
        return 0.0
    if type(b) is float:
        return b * a if b == 2.0 else b * xp.power(a, b - 1.0)
    return xp.power_derivative(a, b, by_a=1, by_b=0)


def power_derivative(xp: Any, a: Any, b: Any, by_a: int, by_b: int) -> Any:
    """Return the mixed derivative ∂ᵐ⁺ⁿaᵇ/∂aᵐ∂bⁿ.

    Parameters
    ----------
    xp : backend
    a, b : float, array, node or expression
        Base and exponent.
    by_a, by_b : int
        The orders m and n.

    Returns
    -------
    float, array, node or expression
        The derivative; at a = 0 its limit from the right, and 0 where a = b = 0.

    Notes
    -----
    By the product rule the derivative is aᵇ⁻ᵐ (c₀lⁿ + … + cₙ) with l = log a. There cₖ is (n over k) times the k-th derivative of
    the falling factorial b(b-1)…(b-m+1).
    """
    if type(by_a) is not int:  # symbols, when the page of formulas is written
        return xp.power_derivative(a, b, by_a, by_b)
    at_zero = xp.equal(a, 0.0)
    if by_a == 0:
        return xp.where(at_zero & (b >= 0.0), 0.0, prod([xp.log(a)] * by_b, start=xp.power(a, b)))
    power = xp.power(a, b - float(by_a))
    if (by_a, by_b) == (1, 0):
        return xp.where(xp.equal(b, 0.0), 0.0, b * power)
    first, *rest = falling_factorial_derivatives(b, by_a, by_b)
    polynomial = first
    for coefficient in rest:
        polynomial = multiply_or_zero(xp, polynomial, xp.log(a)) + coefficient
    derivative = xp.where(at_zero & (b > float(by_a)), 0.0, multiply_or_zero(xp, polynomial, power))
    return xp.where(at_zero & xp.equal(b, 0.0), 0.0, derivative)


def falling_factorial_derivatives(b: Any, m: int, n: int) -> list[Any]:
    """Return (n over k) times the k-th derivative of b(b-1)…(b-m+1), for k = 0, …, n."""
    coefficients = [1.0]  # of the polynomial in b, the constant term first
    for i in range(m):
        shifted, scaled = [0.0, *coefficients], [*coefficients, 0.0]  # times b, and to be multiplied by -i
        coefficients = [low - i * high for low, high in zip(shifted, scaled, strict=True)]
    derivatives = []
    for k in range(n + 1):
        value: Any = 0.0
        for coefficient in reversed(coefficients):  # Horner's scheme
            value = value * b + coefficient
        derivatives.append(float(comb(n, k)) * value)
        coefficients = [j * coefficient for j, coefficient in enumerate(coefficients)][1:]
    return derivatives
