"""The distributions of vectors."""

from __future__ import annotations

from math import inf, log, pi
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.errors import AutogradError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import apply_to_tensors, as_tensor
from autograd.numpy_api.functions import exp, reshape, slogdet, solve, sum, swapaxes, where
from autograd.scipy.special import gammaln, xlogy


class MultivariateNormal:
    """The multivariate normal distribution, called as ``scipy.stats.multivariate_normal``."""

    def logpdf(self, x: Any, mean: Any = None, cov: Any = 1.0) -> Any:
        """Return the logarithm of the density.

        Parameters
        ----------
        x : array_like or Tensor, shape (..., d)
        mean : number, array_like or Tensor, shape () or (d,), optional
            Zeros by default.
        cov : number, array_like or Tensor, shape (), (d,) or (d, d), optional
            The covariance: a multiple of the identity, a diagonal or a matrix. Its derivative is that of a symmetric function
            of all entries. If neither ``mean`` nor ``cov`` has axes, d is 1, as in SciPy.

        Returns
        -------
        float, array or Tensor, shape (...)

        Raises
        ------
        ShapeError
            If the shapes do not fit.
        AutogradError
            If the covariance is not symmetric and positive definite.

        Examples
        --------
        >>> float(multivariate_normal.logpdf([0.0, 0.0], [0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]).round(6))
        -1.837877
        """
        return apply_to_tensors(_normal_logpdf, "multivariate_normal.logpdf", x, 0.0 if mean is None else mean, cov)

    def pdf(self, x: Any, mean: Any = None, cov: Any = 1.0) -> Any:
        """Return the density; see `logpdf`."""
        return exp(self.logpdf(x, mean, cov))


def _normal_logpdf(x: Tensor, mean: Tensor, cov: Tensor) -> Tensor:
    d = max(cov.shape[-1] if cov.ndim else 1, mean.shape[-1] if mean.ndim else 1)
    if d == 1 and (not x.ndim or x.shape[-1] != 1):
        x = reshape(x, (*x.shape, 1))
    matrix = cov if cov.ndim == 2 else cov * np.eye(d)
    if matrix.shape != (d, d) or x.shape[-1] != d or (mean.ndim and mean.shape != (d,)):
        raise ShapeError(
            f"multivariate_normal.logpdf: x of shape {x.shape}, mean of shape {mean.shape} and cov of shape {cov.shape} "
            f"do not fit: they are (..., d), (d,) and (d, d)"
        )
    _check_positive_definite(matrix)
    centred = x - mean
    flat = reshape(centred, (-1, d))
    whitened = swapaxes(solve(matrix, swapaxes(flat, 0, 1)), 0, 1)
    squares = reshape(sum(flat * whitened, axis=-1), centred.shape[:-1])
    logpdf: Tensor = -0.5 * (d * log(2.0 * pi) + slogdet(matrix)[1] + squares)
    return logpdf


def _check_positive_definite(matrix: Tensor) -> None:
    numbers = matrix._primal
    try:
        np.linalg.cholesky(numbers)
        is_symmetric = np.allclose(numbers, numbers.T)
    except np.linalg.LinAlgError:
        is_symmetric = False
    if not is_symmetric:
        raise AutogradError(
            "multivariate_normal: the covariance is not symmetric and positive definite: "
            "add a small multiple of the identity, as in cov + 1e-9 * np.eye(d)"
        )


class Dirichlet:
    """The Dirichlet distribution, called as ``scipy.stats.dirichlet``."""

    def logpdf(self, x: Any, alpha: Any) -> Any:
        """Return the logarithm of the density.

        Parameters
        ----------
        x : array_like or Tensor, shape (k,) or (k, n)
            Points on the simplex, one in each column, as in SciPy.
        alpha : array_like or Tensor, shape (k,)
            The concentration.

        Returns
        -------
        float, array or Tensor, shape () or (n,)

        Raises
        ------
        ShapeError
            If the shapes do not fit.

        Examples
        --------
        >>> float(dirichlet.logpdf([0.5, 0.5], [2.0, 2.0]).round(6))
        0.405465
        """
        return apply_to_tensors(_dirichlet_logpdf, "dirichlet.logpdf", x, alpha)

    def pdf(self, x: Any, alpha: Any) -> Any:
        """Return the density; see `logpdf`."""
        return exp(self.logpdf(x, alpha))


def _dirichlet_logpdf(x: Tensor, alpha: Tensor) -> Tensor:
    if alpha.ndim != 1 or x.ndim not in (1, 2) or x.shape[0] not in (alpha.shape[0], alpha.shape[0] - 1):
        raise ShapeError(f"dirichlet.logpdf: x of shape {x.shape} and alpha of shape {alpha.shape} are (k,) or (k, n), and (k,)")
    if x.shape[0] == alpha.shape[0] - 1:  # SciPy lets the last entry out
        x = functions.concatenate([x, reshape(1.0 - sum(x, axis=0), (1, *x.shape[1:]))])
    exponents = alpha - 1.0 if x.ndim == 1 else reshape(alpha - 1.0, (-1, 1))
    logpdf: Tensor = gammaln(sum(alpha)) - sum(gammaln(alpha)) + sum(xlogy(exponents, x), axis=0)
    return logpdf


class Multinomial:
    """The multinomial distribution, called as ``scipy.stats.multinomial``."""

    def logpmf(self, x: Any, n: Any, p: Any) -> Any:
        """Return the logarithm of the probability.

        Parameters
        ----------
        x : array_like, shape (..., k)
            The counts.
        n : int or array_like
            The number of trials; where the counts have another sum, the probability is 0.
        p : array_like or Tensor, shape (..., k)
            The probabilities. SciPy replaces the last one by 1 minus the others; here all are used as they are.

        Returns
        -------
        float, array or Tensor, shape (...)

        Examples
        --------
        >>> float(multinomial.logpmf([1, 1], 2, [0.5, 0.5]).round(6))
        -0.693147
        """
        return apply_to_tensors(_multinomial_logpmf, "multinomial.logpmf", x, n, p)

    def pmf(self, x: Any, n: Any, p: Any) -> Any:
        """Return the probability; see `logpmf`."""
        return exp(self.logpmf(x, n, p))


def _multinomial_logpmf(x: Tensor, n: Tensor, p: Tensor) -> Tensor:
    value = gammaln(n + 1.0) + sum(xlogy(x, p) - gammaln(x + 1.0), axis=-1)
    counts = x._primal
    is_possible = (counts.sum(axis=-1) == n._primal) & np.all((counts >= 0) & (counts == np.floor(counts)), axis=-1)
    return as_tensor(where(is_possible, value, -inf))


multivariate_normal, dirichlet, multinomial = MultivariateNormal(), Dirichlet(), Multinomial()
