"""Error functions, the normal distribution, logistic functions and exponential integrals."""

from __future__ import annotations

from math import log, pi, sqrt
from typing import Any

from autograd.ops.op import Domain, find
from autograd.ops.special.library_rows import library_row

SQRT_HALF, SQRT_PI, SQRT_2PI = sqrt(0.5), sqrt(pi), sqrt(2.0 * pi)
SQRT_2_OVER_PI = sqrt(2.0 / pi)
LN10 = log(10.0)

POSITIVE, NEGATIVE = Domain(low=0.0), Domain(high=0.0)
UNIT_INTERVAL, MINUS_ONE_TO_ONE, ZERO_TO_TWO = Domain(0.0, 1.0), Domain(-1.0, 1.0), Domain(0.0, 2.0)
ONE_TO_THREE, ZERO_TO_THREE = Domain(1.0, 3.0, is_integer=True), Domain(0.0, 3.0, is_integer=True)
NUMERICS = "autograd.scipy.numerics"


def owens_t_by_h(xp: Any, y: Any, h: Any, a: Any) -> Any:
    """Return ∂T(h, a)/∂h = -φ(h) erf(ah/√2)/2."""
    return -xp.exp(-0.5 * h * h) * xp.erf(SQRT_HALF * a * h) / (2.0 * SQRT_2PI)


def owens_t_by_a(xp: Any, y: Any, h: Any, a: Any) -> Any:
    """Return ∂T(h, a)/∂a = exp(-h²(1 + a²)/2) / (2π(1 + a²))."""
    return xp.exp(-0.5 * h * h * (1.0 + a * a)) / (2.0 * pi * (1.0 + a * a))


# fmt: off
# Logistic functions         ∂y/∂a
library_row("expit",         lambda xp, y, a: y * xp.expit(-a))
library_row("log_expit",     lambda xp, y, a: xp.expit(-a))
library_row("logit",         lambda xp, y, a: 1.0 / (a * (1.0 - a)),                      domain=UNIT_INTERVAL)

# Error functions
library_row("complex_erf",   lambda xp, y, a: 2.0 / SQRT_PI * xp.exp(-a * a),              library=NUMERICS)
library_row("complex_erfc",  lambda xp, y, a: -2.0 / SQRT_PI * xp.exp(-a * a),             library=NUMERICS)
library_row("erfi",          lambda xp, y, a: 2.0 / SQRT_PI * xp.exp(a * a))
library_row("erfinv",        lambda xp, y, a: 0.5 * SQRT_PI * xp.exp(y * y),               domain=MINUS_ONE_TO_ONE)
library_row("erfcinv",       lambda xp, y, a: -0.5 * SQRT_PI * xp.exp(y * y),              domain=ZERO_TO_TWO)
library_row("erfcx",         lambda xp, y, a: -2.0 * xp.scaled_ierfc(1.0, a))
library_row("scaled_ierfc",  "n",
                             lambda xp, y, n, a: -2.0 * (n + 1.0) * xp.scaled_ierfc(n + 1.0, a), domain=(ONE_TO_THREE, Domain(-3.0)), library=NUMERICS)
library_row("dawsn",         lambda xp, y, a: xp.dawsn_derivative(1.0, a))
library_row("dawsn_derivative", "n",
                             lambda xp, y, n, a: xp.dawsn_derivative(n + 1.0, a),           domain=(ONE_TO_THREE, Domain()), library=NUMERICS)

# The normal distribution
library_row("ndtr",          lambda xp, y, a: 0.5 * SQRT_HALF * xp.erf_slope(SQRT_HALF * a))
library_row("log_ndtr",      lambda xp, y, a: SQRT_2_OVER_PI / xp.erfcx(-SQRT_HALF * a))
library_row("ndtri",         lambda xp, y, a: SQRT_2PI * xp.exp(0.5 * y * y),              domain=UNIT_INTERVAL)
library_row("ndtri_exp",     lambda xp, y, a: xp.erfcx(-SQRT_HALF * y) / SQRT_2_OVER_PI,   domain=NEGATIVE)
library_row("owens_t",       owens_t_by_h, owens_t_by_a)

# Exponentials and their integrals
library_row("exp10",         lambda xp, y, a: LN10 * y)
library_row("exprel",        lambda xp, y, a: xp.exprel_moment(1.0, a))
library_row("exprel_moment", "n",
                             lambda xp, y, n, a: xp.exprel_moment(n + 1.0, a),             domain=(ONE_TO_THREE, Domain()), library=NUMERICS)
library_row("cosm1",         lambda xp, y, a: -xp.sin(a))
library_row("exp1",          lambda xp, y, a: -xp.exp(-a) / a,                             domain=POSITIVE)
library_row("expi",          lambda xp, y, a: xp.exp(a) / a,                               domain=POSITIVE)
library_row("expn",          "n",
                             lambda xp, y, n, a: xp.where(xp.equal(n, 0.0), -y * (1.0 + 1.0 / a), -xp.expn(xp.maximum(n - 1.0, 0.0), a)),
            domain=(ZERO_TO_THREE, POSITIVE), library=NUMERICS)
library_row("wrightomega",   lambda xp, y, a: y / (1.0 + y))
library_row("lambertw",      "k",
                             lambda xp, y, k, a: 1.0 / (xp.exp(y) * (1.0 + y)),            domain=(Domain(0.0, 0.0, is_integer=True), Domain(low=-0.3)), library=NUMERICS)
# fmt: on

for _name in ("erf", "erfc"):
    find(_name).complex_twin = find(f"complex_{_name}")
    find(f"complex_{_name}").accepts_complex = True
