"""The logarithm of the posterior density of a mixture of Gaussians, with a Wishart prior on the precisions."""

from __future__ import annotations

from math import log, pi, sqrt
from typing import Any

import numpy as np
from scipy.special import multigammaln

import autograd as ag

from ..compiled import compiled_gradient
from ..timed import Timed

PARAMETERS = ("alpha", "mu", "q", "l")


def strict_lower_triangles(entries: Any, d: int) -> Any:
    """Matrices with the given entries below the diagonal, column by column, and zeros elsewhere."""
    columns, rows = np.triu_indices(d, 1)
    return ag.zeros((len(entries), d, d)).at[:, rows, columns].set(entries)


def log_posterior(alpha: Any, mu: Any, q: Any, l: Any, x: Any, m: int, gamma: float) -> Any:
    n, d = x.shape
    k = len(alpha)
    diagonals, log_determinants = np.exp(q), np.sum(q, axis=1)
    centred = x - mu[:, None, :]  # (k, n, d)
    whitened = diagonals[:, None, :] * centred + centred @ np.swapaxes(strict_lower_triangles(l, d), 1, 2)
    inner = (alpha + log_determinants)[:, None] - 0.5 * np.sum(whitened**2, axis=2)  # (k, n)
    log_likelihood = np.sum(ag.logsumexp(inner, axis=0)) - n * (d / 2 * log(2 * pi) + ag.logsumexp(alpha))
    return log_likelihood + log_prior(diagonals, l, log_determinants, k, d, m, gamma)


def log_prior(diagonals: Any, l: Any, log_determinants: Any, k: int, d: int, m: int, gamma: float) -> Any:
    degrees = d + m + 1
    constant = k * (degrees * d * log(gamma / sqrt(2)) - multigammaln(degrees / 2, d))
    return constant - gamma**2 / 2 * (np.sum(diagonals**2) + np.sum(l**2)) + m * np.sum(log_determinants)


def problem(fields: dict[str, Any]) -> tuple[Any, ...]:
    parameters = [np.array(fields[name], dtype=float) for name in PARAMETERS]
    return (*parameters, np.array(fields["x"], dtype=float), fields["m"], fields["gamma"])


def by_name(gradients: tuple[np.ndarray, ...]) -> dict[str, Any]:
    return {name: gradient.tolist() for name, gradient in zip(PARAMETERS, gradients)}


FUNCTIONS = {
    "objective": Timed(problem, log_posterior, float),
    "jacobian": Timed(problem, compiled_gradient(log_posterior, argnums=(0, 1, 2, 3), tensors=True), by_name),
}
