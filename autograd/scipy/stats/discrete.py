"""The distributions of integers: the formulas of each, with location 0."""

from __future__ import annotations

from typing import Any

from autograd.numpy_api.functions import exp, expm1, log, log1p, maximum, where
from autograd.scipy.special import betainc, betaincc, gammainc, gammaincc, gammaln, xlog1py, xlogy
from autograd.scipy.stats.distribution import Discrete


def is_probability(p: Any) -> Any:
    return (p >= 0) & (p <= 1)


def binom_logpmf(k: Any, n: Any, p: Any) -> Any:
    combinations = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return combinations + xlogy(k, p) + xlog1py(n - k, -p)


def binom_cdf(k: Any, n: Any, p: Any) -> Any:
    return where(k < n, betaincc(k + 1.0, maximum(n - k, 0.5), p), 1.0)


def binom_sf(k: Any, n: Any, p: Any) -> Any:
    return where(k < n, betainc(k + 1.0, maximum(n - k, 0.5), p), 0.0)


poisson: Discrete = Discrete(
    "poisson",
    ("mu",),
    lambda k, mu: xlogy(k, mu) - gammaln(k + 1.0) - mu,
    lambda k, mu: gammaincc(k + 1.0, mu),
    lambda k, mu: gammainc(k + 1.0, mu),
    is_valid=lambda mu: mu >= 0,
)
bernoulli: Discrete = Discrete(
    "bernoulli",
    ("p",),
    lambda k, p: xlogy(k, p) + xlog1py(1.0 - k, -p),
    lambda k, p: where(k < 1.0, 1.0 - p, 1.0),
    lambda k, p: where(k < 1.0, p, 0.0),
    high=lambda p: 1.0,
    is_valid=is_probability,
)
binom: Discrete = Discrete(
    "binom",
    ("n", "p"),
    binom_logpmf,
    binom_cdf,
    binom_sf,
    high=lambda n, p: n,
    is_valid=lambda n, p: (n >= 0) & is_probability(p),
)
geom: Discrete = Discrete(
    "geom",
    ("p",),
    lambda k, p: xlog1py(k - 1.0, -p) + log(p),
    lambda k, p: -expm1(k * log1p(-p)),
    lambda k, p: exp(k * log1p(-p)),
    low=1.0,
    is_valid=lambda p: is_probability(p) & (p > 0),
)
nbinom: Discrete = Discrete(
    "nbinom",
    ("n", "p"),
    lambda k, n, p: gammaln(n + k) - gammaln(k + 1.0) - gammaln(n) + xlogy(n, p) + xlog1py(k, -p),
    lambda k, n, p: betainc(n, k + 1.0, p),
    lambda k, n, p: betaincc(n, k + 1.0, p),
    is_valid=lambda n, p: (n > 0) & is_probability(p) & (p > 0),
)
