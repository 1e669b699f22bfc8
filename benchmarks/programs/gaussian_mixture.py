"""The Gaussian mixture model of GradBench (and of ADBench before it), with loops over scalars and on arrays."""

import numpy as np

import autograd


def random_data(n=100, d=4, k=5):
    """Return the weights, means and covariance factors of ``k`` components, and ``n`` points in ``d`` dimensions."""
    rng = np.random.default_rng(0)
    return rng.normal(size=k), rng.normal(size=(k, d)), rng.normal(size=(k, d * (d + 1) // 2)), rng.normal(size=(n, d))


def logsumexp(z):
    top = max(zi.data for zi in z)
    return sum((zi - top).exp() for zi in z).log() + top


def loss_with_loops(alphas, means, icf, X, gamma=1.0, m=0):
    """Return the log-likelihood on scalars in nested lists. ``icf`` are the inverse covariance factors."""
    n, d = len(X), len(X[0])
    logs = [sum(row[:d]) for row in icf]
    diagonals = [[q.exp() for q in row[:d]] for row in icf]
    total = 0.0
    for x in X:
        terms = []
        for a, mean, row, log_q, diagonal in zip(alphas, means, icf, logs, diagonals):
            c = [xi - mi for xi, mi in zip(x, mean)]
            y = []
            for i in range(d):
                position = d + i - 1
                z = diagonal[i] * c[i]
                for j in range(i):
                    z = z + row[position] * c[j]
                    position += d - 2 - j
                y.append(z)
            terms.append(a + log_q - 0.5 * sum(v * v for v in y))
        total = total + logsumexp(terms)
    prior = 0.0
    for row, log_q, diagonal in zip(icf, logs, diagonals):
        prior = prior + 0.5 * gamma * gamma * (sum(q * q for q in diagonal) + sum(v * v for v in row[d:])) - m * log_q
    return total - n * logsumexp(list(alphas)) + prior


def loss_with_arrays(alphas, means, icf, X, gamma=1.0, m=0):
    """Return the same log-likelihood on arrays."""
    (n, d), k = X.shape, len(means.data)
    logs, diagonal = icf[:, :d].sum(axis=1), np.exp(icf[:, :d])
    order = np.zeros((d, d), dtype=int)
    for i in range(d):
        position = d + i - 1
        for j in range(i):
            order[i, j] = position
            position += d - 2 - j
    below = np.tril(np.ones((d, d)), -1)
    L = icf[:, order.ravel()].reshape(k, d, d) * below
    c = X[:, None, :] - means
    y = diagonal * c + np.einsum("kij,nkj->nki", L, c)
    main = autograd.logsumexp(alphas + logs - 0.5 * (y * y).sum(axis=2), axis=1).sum()
    prior = 0.5 * gamma * gamma * ((diagonal * diagonal).sum() + (icf[:, d:] * icf[:, d:]).sum()) - m * logs.sum()
    return main - n * autograd.logsumexp(alphas) + prior
