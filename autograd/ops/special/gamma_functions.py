"""The gamma and beta functions, their logarithms, and the incomplete functions."""

from __future__ import annotations

from math import pi
from typing import Any

from autograd.ops.op import Domain
from autograd.ops.special.library_rows import library_row

POSITIVE, UNIT_INTERVAL = Domain(low=0.0), Domain(0.0, 1.0)
ABOVE_HALF = Domain(low=0.5)  # below, an inverse of betainc may be 0 or 1 in double precision, where its derivatives are not finite
ABOVE_ONE = Domain(low=1.0)
NUMERICS = "autograd.scipy.numerics"


def gamma_density(xp: Any, a: Any, x: Any) -> Any:
    """Return xᵃ⁻¹e⁻ˣ/Γ(a), the derivative of gammainc with respect to x."""
    return xp.exp(xp.xlogy(a - 1.0, x) - x - xp.gammaln(a))


def beta_density(xp: Any, a: Any, b: Any, x: Any) -> Any:
    """Return xᵃ⁻¹(1-x)ᵇ⁻¹/B(a, b), the derivative of betainc with respect to x."""
    return xp.exp(xp.xlogy(a - 1.0, x) + xp.xlog1py(b - 1.0, -x) - xp.betaln(a, b))


def reciprocal_gamma_derivative(xp: Any, y: Any, a: Any) -> Any:
    """Return ∂(1/Γ(a))/∂a.

    Notes
    -----
    It is -ψ(a)/Γ(a) to the right of ½. To the left, where ψ has poles, it is the derivative of Γ(1 - a) sin(πa)/π.
    """
    is_left = a < 0.5
    left, right = xp.where(is_left, a, 0.0), xp.where(is_left, 1.0, a)
    reflected = xp.gamma(1.0 - left)
    by_reflection = reflected * (xp.cos(pi * left) - xp.digamma(1.0 - left) * xp.sin(pi * left) / pi)
    return xp.where(is_left, by_reflection, -xp.rgamma(right) * xp.digamma(right))


def student_density(xp: Any, df: Any, t: Any) -> Any:
    """Return the density of Student's t distribution, the derivative of stdtr with respect to t."""
    return xp.exp(-0.5 * xp.xlog1py(df + 1.0, t * t / df) - xp.betaln(0.5 * df, 0.5)) / xp.sqrt(df)


# fmt: off
# Gamma functions            ∂y/∂a, ∂y/∂b, ...
library_row("gamma",         lambda xp, y, a: y * xp.digamma(a),                         domain=POSITIVE)
library_row("gammaln",       lambda xp, y, a: xp.digamma(a),                             domain=POSITIVE)
library_row("loggamma",      lambda xp, y, a: xp.digamma(a),                             domain=POSITIVE)
library_row("gammasgn",      lambda xp, y, a: 0.0,                                       domain=Domain(kinks=(0.0, -1.0, -2.0, -3.0, -4.0)), kink="0 everywhere")
library_row("rgamma",        reciprocal_gamma_derivative)
library_row("digamma",       lambda xp, y, a: xp.polygamma(1.0, a),                      domain=POSITIVE)
library_row("polygamma",     "n",
                             lambda xp, y, n, a: xp.polygamma(n + 1.0, a),               domain=(Domain(0.0, 3.0, is_integer=True), POSITIVE), library=NUMERICS)
library_row("digamma_difference", lambda xp, y, a, b: xp.polygamma(1.0, a + b) - xp.polygamma(1.0, a),
                             lambda xp, y, a, b: xp.polygamma(1.0, a + b),               domain=POSITIVE, library=NUMERICS)
library_row("zeta",          "x",
                             lambda xp, y, x, q: -x * xp.zeta(x + 1.0, q),               domain=(Domain(1.5, 6.0), POSITIVE))
library_row("poch",          lambda xp, y, a, m: y * xp.digamma_difference(a, m),
                             lambda xp, y, a, m: y * xp.digamma(a + m),                  domain=POSITIVE)
library_row("binom",         lambda xp, y, n, k: y * xp.digamma_difference(n - k + 1.0, k),
                             lambda xp, y, n, k: y * (xp.digamma(n - k + 1.0) - xp.digamma(k + 1.0)), domain=(Domain(low=5.0), Domain(0.0, 5.0)))

# Beta functions
library_row("beta",          lambda xp, y, a, b: -y * xp.digamma_difference(a, b),
                             lambda xp, y, a, b: -y * xp.digamma_difference(b, a), domain=POSITIVE)
library_row("betaln",        lambda xp, y, a, b: -xp.digamma_difference(a, b),
                             lambda xp, y, a, b: -xp.digamma_difference(b, a),       domain=POSITIVE)

# Incomplete functions, and distribution functions that are made of them
library_row("gammainc",      "a", lambda xp, y, a, x: gamma_density(xp, a, x),            domain=POSITIVE)
library_row("gammaincc",     "a", lambda xp, y, a, x: -gamma_density(xp, a, x),           domain=POSITIVE)
library_row("gammaincinv",   "a", lambda xp, y, a, p: 1.0 / gamma_density(xp, a, y),      domain=(POSITIVE, UNIT_INTERVAL))
library_row("gammainccinv",  "a", lambda xp, y, a, p: -1.0 / gamma_density(xp, a, y),     domain=(POSITIVE, UNIT_INTERVAL))
library_row("betainc",       "a", "b", lambda xp, y, a, b, x: beta_density(xp, a, b, x),  domain=(POSITIVE, POSITIVE, UNIT_INTERVAL))
library_row("betaincc",      "a", "b", lambda xp, y, a, b, x: -beta_density(xp, a, b, x), domain=(POSITIVE, POSITIVE, UNIT_INTERVAL))
library_row("betaincinv",    "a", "b", lambda xp, y, a, b, p: 1.0 / beta_density(xp, a, b, y),   domain=(ABOVE_HALF, ABOVE_HALF, UNIT_INTERVAL))
library_row("betainccinv",   "a", "b", lambda xp, y, a, b, p: -1.0 / beta_density(xp, a, b, y),  domain=(ABOVE_HALF, ABOVE_HALF, UNIT_INTERVAL))
library_row("stdtr",         "df", lambda xp, y, df, t: student_density(xp, df, t),       domain=(ABOVE_ONE, Domain()))
library_row("stdtrit",       "df", lambda xp, y, df, p: 1.0 / student_density(xp, df, y), domain=(ABOVE_ONE, UNIT_INTERVAL))
# fmt: on
