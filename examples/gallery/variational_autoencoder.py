"""A variational auto-encoder on scikit-learn's digits: 64 pixels, two latent numbers, and Adam in four lines."""

import numpy as np
from sklearn.datasets import load_digits

from autograd import value_and_grad
from autograd.scipy import special

images = load_digits().data / 16.0


def layer(rng, n_in, n_out):
    return {"W": rng.normal(size=(n_in, n_out)) / np.sqrt(n_in), "b": np.zeros(n_out)}


def apply(layer, x):
    return x @ layer["W"] + layer["b"]


def objective(p, x, noise):
    """Return the negative evidence lower bound of an image: reconstruction and divergence from the prior."""
    hidden = np.tanh(apply(p["encoder"], x))
    mean, log_std = apply(p["mean"], hidden), apply(p["log_std"], hidden)
    z = mean + np.exp(log_std) * noise
    logits = apply(p["pixels"], np.tanh(apply(p["decoder"], z)))
    likelihood = (x * special.log_expit(logits) + (1.0 - x) * special.log_expit(-logits)).sum(axis=1)
    divergence = (0.5 * (np.exp(2.0 * log_std) + mean**2 - 1.0) - log_std).sum(axis=1)
    return (divergence - likelihood).mean()


rng = np.random.default_rng(0)
sizes = {"encoder": (64, 32), "mean": (32, 2), "log_std": (32, 2), "decoder": (2, 32), "pixels": (32, 64)}
start = {name: layer(rng, *shape) for name, shape in sizes.items()}
arguments = (images[:3], np.random.default_rng(1).normal(size=(3, 2)))


def main(steps=600, rate=0.01):
    rng, p = np.random.default_rng(2), start
    m = {name: {k: np.zeros_like(a) for k, a in part.items()} for name, part in p.items()}
    v = {name: {k: np.zeros_like(a) for k, a in part.items()} for name, part in p.items()}
    before = objective(p, images, np.zeros((len(images), 2)))
    for step in range(1, steps + 1):
        batch = images[rng.integers(0, len(images), 100)]
        _, g = value_and_grad(objective)(p, batch, rng.normal(size=(100, 2)))
        m = {n: {k: 0.9 * m[n][k] + 0.1 * g[n][k] for k in g[n]} for n in g}
        v = {n: {k: 0.999 * v[n][k] + 0.001 * g[n][k] ** 2 for k in g[n]} for n in g}
        scale = rate * np.sqrt(1.0 - 0.999**step) / (1.0 - 0.9**step)
        p = {n: {k: p[n][k] - scale * m[n][k] / (np.sqrt(v[n][k]) + 1e-8) for k in g[n]} for n in g}
    print(f"negative bound of an image {before:.1f} -> {objective(p, images, np.zeros((len(images), 2))):.1f}")
    return p


if __name__ == "__main__":
    main()
