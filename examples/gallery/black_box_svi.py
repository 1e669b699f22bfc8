"""Black-box variational inference: a normal distribution with independent entries is fitted to a density given by its logarithm."""

import numpy as np

from autograd import stop_gradient, value_and_grad
from autograd.scipy import stats


def log_density(z):
    """Return a funnel: the spread of the second coordinate depends on the first."""
    return stats.norm.logpdf(z[:, 0], 0.0, 1.35) + stats.norm.logpdf(z[:, 1], 0.0, np.exp(0.5 * z[:, 0]))


def objective(p, noise):
    """Return the negative evidence lower bound; the samples are written in terms of standard normal noise."""
    samples = p["mean"] + np.exp(p["log_std"]) * noise
    entropy = p["log_std"].sum() + np.log(2.0 * np.pi * np.e)
    return -(log_density(samples).mean() + entropy)


start = {"mean": np.array([-1.0, 1.0]), "log_std": np.array([-1.0, -1.0])}
arguments = (np.random.default_rng(1).normal(size=(5, 2)),)


def main(steps=1000, rate=0.03):
    rng, p = np.random.default_rng(0), start
    bound = objective(p, rng.normal(size=(2000, 2)))
    for step in range(steps):
        _, gradient = value_and_grad(objective)(p, rng.normal(size=(20, 2)))
        p = {name: stop_gradient(p[name]) - rate / (1.0 + step / 300.0) * gradient[name] for name in p}
    print(f"negative bound {bound:.2f} -> {objective(p, rng.normal(size=(2000, 2))):.2f}")
    print("mean", p["mean"].round(1), "standard deviations", np.exp(p["log_std"]).round(1))
    return p


if __name__ == "__main__":
    main()
