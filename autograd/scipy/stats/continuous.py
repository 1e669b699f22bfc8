"""The continuous distributions: the formulas of each, with location 0 and scale 1."""

from __future__ import annotations

from math import log as math_log
from math import pi, sqrt
from typing import Any

from autograd.core.base_node import primal_of
from autograd.numpy_api.functions import arctan2, divide, exp, expm1, log, log1p, power, square, where
from autograd.scipy.special import (
    betainc,
    betaincc,
    betaln,
    erf,
    erfc,
    expit,
    gammainc,
    gammaincc,
    gammaln,
    log_expit,
    log_ndtr,
    ndtr,
    stdtr,
    xlog1py,
    xlogy,
)
from autograd.scipy.stats.distribution import LN2, Continuous, log_of_one_minus_exp

LOG_SQRT_2PI = 0.5 * math_log(2.0 * pi)
SQRT_HALF = sqrt(0.5)
SMALLEST = 5e-324  # the low end of a support that does not include 0, where a formula would be the difference of two infinities


def is_positive(*shapes: Any) -> Any:
    """Return whether all shape parameters are positive."""
    valid: Any = True
    for p in shapes:
        valid = valid & (p > 0)
    return valid


def laplace_tail(z: Any) -> Any:
    """Return the smaller of P(Z ≤ z) and P(Z > z)."""
    is_right = primal_of(z) > 0
    return 0.5 * exp(where(is_right, -z, z))


def t_logpdf(z: Any, df: Any) -> Any:
    return -betaln(0.5 * df, 0.5) - 0.5 * log(df) - 0.5 * xlog1py(df + 1.0, divide(square(z), df))


def lognorm_logpdf(z: Any, s: Any) -> Any:
    return -0.5 * square(divide(log(z), s)) - log(s) - log(z) - LOG_SQRT_2PI


def invgamma_logpdf(z: Any, a: Any) -> Any:
    return -xlogy(a + 1.0, z) - gammaln(a) - divide(1.0, z)


norm: Continuous = Continuous(
    "norm",
    (),
    lambda z: -0.5 * square(z) - LOG_SQRT_2PI,
    ndtr,
    lambda z: ndtr(-z),
    logcdf=log_ndtr,
    logsf=lambda z: log_ndtr(-z),
)
halfnorm: Continuous = Continuous(
    "halfnorm",
    (),
    lambda z: -0.5 * square(z) - LOG_SQRT_2PI + LN2,
    lambda z: erf(SQRT_HALF * z),
    lambda z: erfc(SQRT_HALF * z),
    logsf=lambda z: LN2 + log_ndtr(-z),
    low=0.0,
)
t: Continuous = Continuous("t", ("df",), t_logpdf, lambda z, df: stdtr(df, z), lambda z, df: stdtr(df, -z), is_valid=is_positive)
cauchy: Continuous = Continuous(
    "cauchy",
    (),
    lambda z: -math_log(pi) - log1p(square(z)),
    lambda z: arctan2(1.0, -z) / pi,
    lambda z: arctan2(1.0, z) / pi,
)
logistic: Continuous = Continuous(
    "logistic",
    (),
    lambda z: log_expit(z) + log_expit(-z),
    expit,
    lambda z: expit(-z),
    logcdf=log_expit,
    logsf=lambda z: log_expit(-z),
)
laplace: Continuous = Continuous(
    "laplace",
    (),
    lambda z: -abs(z) - LN2,
    lambda z: where(primal_of(z) > 0, 1.0 - laplace_tail(z), laplace_tail(z)),
    lambda z: where(primal_of(z) > 0, laplace_tail(z), 1.0 - laplace_tail(z)),
    logcdf=lambda z: where(primal_of(z) > 0, log1p(-laplace_tail(z)), z - LN2),
    logsf=lambda z: where(primal_of(z) > 0, -z - LN2, log1p(-laplace_tail(z))),
)
gumbel_r: Continuous = Continuous(
    "gumbel_r",
    (),
    lambda z: -z - exp(-z),
    lambda z: exp(-exp(-z)),
    lambda z: -expm1(-exp(-z)),
    logcdf=lambda z: -exp(-z),
    logsf=lambda z: log_of_one_minus_exp(-exp(-z)),
)
uniform: Continuous = Continuous("uniform", (), lambda z: 0.0 * z, lambda z: z, lambda z: 1.0 - z, low=0.0, high=1.0)
expon: Continuous = Continuous(
    "expon",
    (),
    lambda z: -z,
    lambda z: -expm1(-z),
    lambda z: exp(-z),
    logcdf=lambda z: log_of_one_minus_exp(-z),
    logsf=lambda z: -z,
    low=0.0,
)
gamma: Continuous = Continuous(
    "gamma",
    ("a",),
    lambda z, a: xlogy(a - 1.0, z) - z - gammaln(a),
    lambda z, a: gammainc(a, z),
    lambda z, a: gammaincc(a, z),
    low=0.0,
    is_valid=is_positive,
)
chi2: Continuous = Continuous(
    "chi2",
    ("df",),
    lambda z, df: xlogy(0.5 * df - 1.0, z) - 0.5 * z - gammaln(0.5 * df) - 0.5 * LN2 * df,
    lambda z, df: gammainc(0.5 * df, 0.5 * z),
    lambda z, df: gammaincc(0.5 * df, 0.5 * z),
    low=0.0,
    is_valid=is_positive,
)
invgamma: Continuous = Continuous(
    "invgamma",
    ("a",),
    invgamma_logpdf,
    lambda z, a: gammaincc(a, divide(1.0, z)),
    lambda z, a: gammainc(a, divide(1.0, z)),
    low=SMALLEST,
    is_valid=is_positive,
)
beta: Continuous = Continuous(
    "beta",
    ("a", "b"),
    lambda z, a, b: xlog1py(b - 1.0, -z) + xlogy(a - 1.0, z) - betaln(a, b),
    lambda z, a, b: betainc(a, b, z),
    lambda z, a, b: betaincc(a, b, z),
    low=0.0,
    high=1.0,
    is_valid=is_positive,
)
lognorm: Continuous = Continuous(
    "lognorm",
    ("s",),
    lognorm_logpdf,
    lambda z, s: ndtr(divide(log(z), s)),
    lambda z, s: ndtr(-divide(log(z), s)),
    logcdf=lambda z, s: log_ndtr(divide(log(z), s)),
    logsf=lambda z, s: log_ndtr(-divide(log(z), s)),
    low=SMALLEST,
    is_valid=is_positive,
)
pareto: Continuous = Continuous(
    "pareto",
    ("b",),
    lambda z, b: log(b) - (b + 1.0) * log(z),
    lambda z, b: -expm1(-b * log(z)),
    lambda z, b: exp(-b * log(z)),
    logcdf=lambda z, b: log_of_one_minus_exp(-b * log(z)),
    logsf=lambda z, b: -b * log(z),
    low=1.0,
    inside=2.0,
    is_valid=is_positive,
)
weibull_min: Continuous = Continuous(
    "weibull_min",
    ("c",),
    lambda z, c: log(c) + xlogy(c - 1.0, z) - power(z, c),
    lambda z, c: -expm1(-power(z, c)),
    lambda z, c: exp(-power(z, c)),
    logcdf=lambda z, c: log_of_one_minus_exp(-power(z, c)),
    logsf=lambda z, c: -power(z, c),
    low=0.0,
    is_valid=is_positive,
)
