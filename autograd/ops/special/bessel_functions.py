"""Bessel functions and hypergeometric functions, whose derivatives are functions of the same families."""

from __future__ import annotations

from typing import Any

from autograd.ops.op import REAL, Domain, Rule
from autograd.ops.special.library_rows import library_row

POSITIVE = Domain(low=0.0)
ORDER = Domain(0.0, 3.0)
WHOLE_ORDER = Domain(0.0, 3.0, is_integer=True)
KINK_AT_ZERO = Domain(kinks=(0.0,))
NUMERICS = "autograd.scipy.numerics"


def neighbours(name: str, below: float, above: float) -> Rule:
    """Return the rule of a derivative with respect to the argument: a combination of the functions of the neighbouring orders.

    Parameters
    ----------
    name : str
        The function, which is called with the order and the argument.
    below, above : float
        The coefficients of the order below and of the order above.

    Returns
    -------
    callable
    """

    def partial(xp: Any, y: Any, v: Any, z: Any) -> Any:
        function = getattr(xp, name)
        return below * function(v - 1.0, z) + above * function(v + 1.0, z)

    return partial


def of_first_kind(name: str, below: float, above: float) -> Rule:
    """Return the rule of a derivative as `neighbours` does, and v f(v, z)/z ± f(v + 1, z) for orders near 0.

    Notes
    -----
    The order below, v - 1, has lost the digits of a small v, on which a function of the first kind depends there.

    References
    ----------
    NIST Digital Library of Mathematical Functions, equations 10.6.2 and 10.29.2.
    """
    by_neighbours = neighbours(name, below, above)

    def partial(xp: Any, y: Any, v: Any, z: Any) -> Any:
        far = by_neighbours(xp, y, v, z)
        near = v / xp.where(xp.equal(z, 0.0), 1.0, z) * y + 2.0 * above * getattr(xp, name)(v + 1.0, z)
        return xp.where(abs(v) < 0.5, xp.where(xp.equal(z, 0.0), far, near), far)

    return partial


# fmt: off
# Of the first and second kind ∂y/∂z
library_row("j0",            lambda xp, y, z: -xp.j1(z))
library_row("j1",            lambda xp, y, z: 0.5 * (xp.j0(z) - xp.jv(2.0, z)))
library_row("y0",            lambda xp, y, z: -xp.y1(z),                                     domain=POSITIVE)
library_row("y1",            lambda xp, y, z: 0.5 * (xp.y0(z) - xp.yv(2.0, z)),              domain=POSITIVE)
library_row("jv",            "v", of_first_kind("jv", 0.5, -0.5),                             domain=(ORDER, POSITIVE))
library_row("yv",            "v", neighbours("yv", 0.5, -0.5),                               domain=(ORDER, POSITIVE))
library_row("yn",            "n", neighbours("yn", 0.5, -0.5),                               domain=(WHOLE_ORDER, POSITIVE), library=NUMERICS)

# Modified
library_row("i0",            lambda xp, y, z: xp.i1(z))
library_row("i1",            lambda xp, y, z: 0.5 * (xp.i0(z) + xp.iv(2.0, z)))
library_row("k0",            lambda xp, y, z: -xp.k1(z),                                     domain=POSITIVE)
library_row("k1",            lambda xp, y, z: -0.5 * (xp.k0(z) + xp.kv(2.0, z)),             domain=POSITIVE)
library_row("iv",            "v", of_first_kind("iv", 0.5, 0.5),                              domain=(ORDER, POSITIVE))
library_row("kv",            "v", neighbours("kv", -0.5, -0.5),                              domain=(ORDER, POSITIVE))
library_row("kn",            "n", neighbours("kn", -0.5, -0.5),                              domain=(WHOLE_ORDER, POSITIVE), library=NUMERICS)

# Modified and scaled: Iᵥ(z) e^(-|z|) and Kᵥ(z) eᶻ
library_row("i0e",           lambda xp, y, z: xp.i1e(z) - xp.sign(z) * y,                    domain=KINK_AT_ZERO, kink="0 at 0")
library_row("i1e",           lambda xp, y, z: 0.5 * (xp.i0e(z) + xp.ive(2.0, z)) - xp.sign(z) * y, domain=KINK_AT_ZERO)
library_row("k0e",           lambda xp, y, z: y - xp.k1e(z),                                 domain=POSITIVE)
library_row("k1e",           lambda xp, y, z: y - 0.5 * (xp.k0e(z) + xp.kve(2.0, z)),        domain=POSITIVE)
library_row("ive",           "v", lambda xp, y, v, z: of_first_kind("ive", 0.5, 0.5)(xp, y, v, z) - xp.sign(z) * y, domain=(ORDER, POSITIVE))
library_row("kve",           "v", lambda xp, y, v, z: y - 0.5 * (xp.kve(v - 1.0, z) + xp.kve(v + 1.0, z)),              domain=(ORDER, POSITIVE))

# Hypergeometric
library_row("hyp0f1",        "v", lambda xp, y, v, z: xp.hyp0f1(v + 1.0, z) / v,             domain=(Domain(0.5, 3.0), REAL))
library_row("hyp1f1",        "a", "b", lambda xp, y, a, b, z: a / b * xp.hyp1f1(a + 1.0, b + 1.0, z),                   domain=(Domain(0.5, 3.0), Domain(0.5, 3.0), REAL))
library_row("hyp2f1",        "a", "b", "c", lambda xp, y, a, b, c, z: a * b / c * xp.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z),
            domain=(*[Domain(0.5, 3.0)] * 3, Domain(-1.0, 0.8)))
# fmt: on
