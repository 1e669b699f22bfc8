"""Rules that hold on complex numbers, where the rule of the same function on real numbers does not.

A cotangent of a complex argument z = x + iy is ∂L/∂x - i ∂L/∂y, as in JAX. With it the rules of holomorphic functions are those of
real numbers. A cotangent of a real argument is the real part of what its rule gives, and so is a tangent of a real result.
"""

from __future__ import annotations

from typing import Any


def unit_conjugate(xp: Any, y: Any, a: Any) -> Any:
    """Return conj(a)/|a|, the derivative of |a|, for y = |a|; 0 at 0."""
    is_zero = xp.equal(y, 0.0)
    return xp.where(is_zero, 0.0, xp.conj(a) / xp.where(is_zero, 1.0, y))


def angle_slope(xp: Any, a: Any) -> Any:
    """Return -i/a, the derivative of the angle of a; 0 at 0."""
    is_zero = xp.equal(a, 0.0)
    return xp.where(is_zero, 0.0, -1j / xp.where(is_zero, 1.0, a))


def complex_power_partial(xp: Any, i: int, y: Any, a: Any, b: Any) -> Any:
    """Return b a^(b - 1), which is 0 where b = 0, or a^b log(a), which is 0 where a = 0."""
    if i == 0:
        is_constant = xp.equal(b, 0.0)
        return xp.where(is_constant, 0.0, b * xp.power(a, xp.where(is_constant, 1.0, b - 1.0)))
    is_zero = xp.equal(a, 0.0)
    return xp.where(is_zero, 0.0, y * xp.log(xp.where(is_zero, 1.0, a)))


def complex_arcsin_slope(xp: Any, a: Any) -> Any:
    """Return 1 / √(1 - a²) on the side of the branch cut on which a is, as the sign of its imaginary part tells, 0 or not.

    NumPy computes 1 - a with 1 + 0i, so a zero loses its sign there: subtracting 1 and -1 from a keeps it.
    """
    return 1.0 / (xp.sqrt(-(a - 1.0)) * xp.sqrt(a - -1.0))


def complex_arccosh_slope(xp: Any, a: Any) -> Any:
    """Return 1 / (√(a - 1) √(a + 1)) on the side of the branch cut on which a is."""
    return 1.0 / (xp.sqrt(a - 1.0) * xp.sqrt(a - -1.0))


def complex_arcsinh_slope(xp: Any, a: Any) -> Any:
    """Return 1 / √(1 + a²) on the side of the branch cut on which a is.

    It is the slope of arcsin at ia and at -ia. Only the product in which no zero loses its sign is used.
    """
    return xp.complex_arcsin_slope(xp.where(xp.imag(a) > 0.0, -1j * a, 1j * a))


def complex_sign_adjoint(xp: Any, g: Any, y: Any, a: Any) -> Any:
    """Return (ḡ - conj(ḡ y²)) / (2|a|), and 0 at 0."""
    is_zero = xp.equal(a, 0.0)
    return xp.where(is_zero, 0.0, (g - xp.conj(g * y * y)) / (2.0 * xp.where(is_zero, 1.0, xp.modulus(a))))


def complex_sign_tangent(xp: Any, t: Any, y: Any, a: Any) -> Any:
    """Return (ȧ - y² conj(ȧ)) / (2|a|), and 0 at 0."""
    is_zero = xp.equal(a, 0.0)
    return xp.where(is_zero, 0.0, (t - y * y * xp.conj(t)) / (2.0 * xp.where(is_zero, 1.0, xp.modulus(a))))
