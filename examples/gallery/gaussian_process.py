"""Gaussian-process regression: the hyperparameters maximize the marginal likelihood of noisy samples of a sine."""

import numpy as np

from autograd.scipy import minimize, stats

rng = np.random.default_rng(0)
x = np.sort(rng.uniform(-3.0, 3.0, 25))
y = np.sin(2.0 * x) + 0.1 * rng.normal(size=25)


def kernel(a, b, p):
    """Return the squared-exponential covariance between two sets of points."""
    distance = (a[:, None] - b) / np.exp(p["log_length"])
    return np.exp(2.0 * p["log_height"]) * np.exp(-0.5 * distance**2)


def covariance(p):
    return kernel(x, x, p) + np.exp(2.0 * p["log_noise"]) * np.eye(len(x))


def objective(p):
    """Return the negative log marginal likelihood."""
    return -stats.multivariate_normal.logpdf(y, p["mean"] * np.ones(len(x)), covariance(p))


start = {"mean": 0.0, "log_length": 0.0, "log_height": 0.0, "log_noise": -1.0}


def main(steps=100):
    result = minimize(objective, start, options={"maxiter": steps})
    p = result.x
    at = np.array([0.0, 1.0])
    prediction = p["mean"] + kernel(at, x, p) @ np.linalg.solve(covariance(p), y - p["mean"])
    print(f"negative log likelihood {objective(start):.2f} -> {result.fun:.2f}, noise {np.exp(p['log_noise']):.3f}")
    print("predictions at 0 and 1:", prediction.round(2), "truth:", np.sin(2.0 * at).round(2))
    return p


if __name__ == "__main__":
    main()
