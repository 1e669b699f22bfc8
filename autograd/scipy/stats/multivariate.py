"""The distributions of vectors."""

from __future__ import annotations

from math import inf, log, pi
from typing import Any

import numpy as np

from autograd.core.operators import apply
from autograd.core.tensor import Tensor
from autograd.errors import AutogradError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import apply_to_tensors, as_tensor
from autograd.numpy_api.functions import exp, pinv, reshape, slogdet, solve, sum, swapaxes, where
from autograd.ops import find
from autograd.scipy.special import gammaln, xlogy

_LOG_PSEUDO_DETERMINANT = find("log_pseudo_determinant")
# Eigenvalues below this multiple of the largest count as 0, and points within this multiple of that from the subspace lie on it.
# Both numbers are those of SciPy.
RELATIVE_RANK_CUTOFF, SUPPORT_TOLERANCE = 1e6 * float(np.finfo(np.float64).eps), 1e3


class MultivariateNormal:
    """The multivariate normal distribution, called as ``scipy.stats.multivariate_normal``."""

    def logpdf(self, x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: bool = False) -> Any:
        """Return the logarithm of the density.

        Parameters
        ----------
        x : array_like or Tensor, shape (..., d)
        mean : number, array_like or Tensor, shape () or (d,), optional
            Zeros by default.
        cov : number, array_like or Tensor, shape (), (d,) or (d, d), optional
            The covariance: a multiple of the identity, a diagonal or a matrix. Its derivative is that of a symmetric function
            of all entries. If neither ``mean`` nor ``cov`` has axes, d is 1, as in SciPy.
        allow_singular : bool, optional
            Whether the covariance may be singular. The density is then that of the subspace on which the distribution lives, and
            0 outside of it; its derivatives hold along changes that keep the rank.

        Returns
        -------
        float, array or Tensor, shape (...)

        Raises
        ------
        ShapeError
            If the shapes do not fit.
        AutogradError
            If the covariance is not symmetric and positive definite, or semidefinite with ``allow_singular``.

        Examples
        --------
        >>> float(multivariate_normal.logpdf([0.0, 0.0], [0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]).round(6))
        -1.837877
        """

        def logpdf_of_tensors(x: Tensor, mean: Tensor, cov: Tensor) -> Tensor:
            return _normal_logpdf(x, mean, cov, allow_singular)

        return apply_to_tensors(logpdf_of_tensors, "multivariate_normal.logpdf", x, 0.0 if mean is None else mean, cov)

    def pdf(self, x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: bool = False) -> Any:
        """Return the density; see `logpdf`."""
        return exp(self.logpdf(x, mean, cov, allow_singular))

    def entropy(self, mean: Any = None, cov: Any = 1.0) -> Any:
        """Return the differential entropy ½ (d (1 + log 2π) + log det cov).

        Parameters
        ----------
        mean : number, array_like or Tensor, shape () or (d,), optional
            It only gives the dimension.
        cov : number, array_like or Tensor, shape (), (d,) or (d, d), optional
            As for `logpdf`. If it is singular, d is its rank, and the determinant that of the subspace.

        Returns
        -------
        float or Tensor

        Raises
        ------
        ShapeError, AutogradError
            As for `logpdf`.

        Examples
        --------
        >>> round(float(multivariate_normal.entropy(None, [[1.0, 0.0], [0.0, 1.0]])), 6)
        2.837877
        """
        return apply_to_tensors(_normal_entropy, "multivariate_normal.entropy", 0.0 if mean is None else mean, cov)


def _normal_logpdf(x: Tensor, mean: Tensor, cov: Tensor, allow_singular: bool) -> Tensor:
    d = _find_dimension(mean, cov)
    if d == 1 and (not x.ndim or x.shape[-1] != 1):
        x = reshape(x, (*x.shape, 1))
    matrix = cov if cov.ndim == 2 else cov * np.eye(d)
    if matrix.shape != (d, d) or x.shape[-1] != d or (mean.ndim and mean.shape != (d,)):
        raise ShapeError(
            f"multivariate_normal.logpdf: x, mean and cov must have shapes (..., d), (d,) and (d, d), not {x.shape}, {mean.shape} "
            f"and {cov.shape}"
        )
    null_space = _find_null_space(matrix) if allow_singular else None
    if null_space is None:
        _check_positive_definite(matrix)
    centred = x - mean
    flat = reshape(centred, (-1, d))
    whitened = _solve(matrix, swapaxes(flat, 0, 1), null_space)
    squares = reshape(sum(flat * swapaxes(whitened, 0, 1), axis=-1), centred.shape[:-1])
    rank = d if null_space is None else d - null_space.shape[1]
    logpdf: Tensor = -0.5 * (rank * log(2.0 * pi) + _log_determinant(matrix, null_space) + squares)
    if null_space is None:
        return logpdf
    distance = np.linalg.norm(centred._primal @ null_space, axis=-1)
    largest = np.abs(np.linalg.eigvalsh(matrix._primal)).max(initial=0.0)
    return as_tensor(where(distance < SUPPORT_TOLERANCE * RELATIVE_RANK_CUTOFF * largest, logpdf, -inf))


def _normal_entropy(mean: Tensor, cov: Tensor) -> Tensor:
    d = _find_dimension(mean, cov)
    matrix = cov if cov.ndim == 2 else cov * np.eye(d)
    if matrix.shape != (d, d) or (mean.ndim and mean.shape != (d,)):
        raise ShapeError(
            f"multivariate_normal.entropy: mean and cov must have shapes (d,) and (d, d), not {mean.shape} and {cov.shape}"
        )
    null_space = _find_null_space(matrix)
    rank = d if null_space is None else d - null_space.shape[1]
    entropy: Tensor = 0.5 * (rank * (1.0 + log(2.0 * pi)) + _log_determinant(matrix, null_space))
    return entropy


def _find_dimension(mean: Tensor, cov: Tensor) -> int:
    return max(cov.shape[-1] if cov.ndim else 1, mean.shape[-1] if mean.ndim else 1)


def _solve(matrix: Tensor, columns: Tensor, null_space: Any) -> Any:
    return solve(matrix, columns) if null_space is None else pinv(matrix, RELATIVE_RANK_CUTOFF) @ columns


def _log_determinant(matrix: Tensor, null_space: Any) -> Any:
    return slogdet(matrix)[1] if null_space is None else apply(_LOG_PSEUDO_DETERMINANT, matrix, rcond=RELATIVE_RANK_CUTOFF)


def _find_null_space(matrix: Tensor) -> Any:
    """Return an orthonormal basis of the null space as columns, or None if the matrix is positive definite."""
    numbers = matrix._primal
    values, vectors = np.linalg.eigh(numbers)
    cutoff = RELATIVE_RANK_CUTOFF * np.abs(values).max()
    if values[0] < -cutoff or not np.allclose(numbers, numbers.T):
        raise AutogradError(
            "multivariate_normal: the covariance is not symmetric and positive semidefinite: "
            f"its smallest eigenvalue is {values[0]:.6g}; make it symmetric, and add a multiple of the identity"
        )
    return vectors[:, values <= cutoff] if values[0] <= cutoff else None


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
            "add a small multiple of the identity, as in cov + 1e-9 * np.eye(d), or pass allow_singular=True"
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
        raise ShapeError(
            f"dirichlet.logpdf: x and alpha must have shapes (k,) or (k, n), and (k,), not {x.shape} and {alpha.shape}"
        )
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


multivariate_normal: MultivariateNormal = MultivariateNormal()
dirichlet: Dirichlet = Dirichlet()
multinomial: Multinomial = Multinomial()
