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
