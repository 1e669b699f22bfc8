"""Stochastic variational inference by natural gradients: for a logistic regression, against plain gradients of the same size."""

import numpy as np

from autograd import value_and_grad
from autograd.scipy import special

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 3)) * np.array([1.0, 5.0, 0.2])  # features of different scales
truth = np.array([1.0, -0.3, 3.0])
labels = (rng.uniform(size=200) < special.expit(X @ truth)) * 2.0 - 1.0


def objective(p, noise):
    """Return the negative evidence lower bound of a normal posterior with independent entries, under a prior N(0, 10²)."""
    std = np.exp(p["log_std"])
    weights = p["mean"] + std * noise
    likelihood = special.log_expit(labels * (weights @ X.T)).sum(axis=1).mean()
    divergence = (0.5 * (std**2 + p["mean"] ** 2) / 100.0 - p["log_std"]).sum()
    return divergence - likelihood


def natural(p, gradient):
    """Return the inverse Fisher matrix times the gradient: it is diagonal, 1/σ² for the means and 2 for log σ."""
    return {"mean": gradient["mean"] * np.exp(2.0 * p["log_std"]), "log_std": gradient["log_std"] / 2.0}


start = {"mean": np.zeros(3), "log_std": np.full(3, -1.0)}
arguments = (np.random.default_rng(1).normal(size=(4, 3)),)


def fit(steps, rate, precondition):
    noise, p = np.random.default_rng(2), start
    for _ in range(steps):
        _, gradient = value_and_grad(objective)(p, noise.normal(size=(10, 3)))
        direction = precondition(p, gradient)
        p = {name: p[name] - rate * direction[name] for name in p}
    return p


def main(steps=200):
    means, fresh = {}, np.random.default_rng(3).normal(size=(500, 3))
    for name, rate, precondition in (("natural", 0.1, natural), ("plain", 0.0005, lambda p, gradient: gradient)):
        p = fit(steps, rate, precondition)
        means[name] = p["mean"]
        print(f"{name:8} negative bound {objective(p, fresh):.2f}, mean {p['mean'].round(2)}")
    print("truth", truth)
    return means


if __name__ == "__main__":
    main()
