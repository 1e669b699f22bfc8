"""Densities and distribution functions under the names of ``scipy.stats``, differentiable in the argument and in all parameters.

They know nothing of random numbers, moments and fits, which SciPy has.
"""

from autograd.scipy.stats.continuous import (
    beta,
    cauchy,
    chi2,
    expon,
    gamma,
    gumbel_r,
    halfnorm,
    invgamma,
    laplace,
    logistic,
    lognorm,
    norm,
    pareto,
    t,
    uniform,
    weibull_min,
)
from autograd.scipy.stats.discrete import bernoulli, binom, geom, nbinom, poisson
from autograd.scipy.stats.multivariate import dirichlet, multinomial, multivariate_normal

__all__ = [
    "bernoulli",
    "beta",
    "binom",
    "cauchy",
    "chi2",
    "dirichlet",
    "expon",
    "gamma",
    "geom",
    "gumbel_r",
    "halfnorm",
    "invgamma",
    "laplace",
    "logistic",
    "lognorm",
    "multinomial",
    "multivariate_normal",
    "nbinom",
    "norm",
    "pareto",
    "poisson",
    "t",
    "uniform",
    "weibull_min",
]
