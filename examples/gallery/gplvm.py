"""A Gaussian-process latent variable model: images of two digits get places in the plane by maximum likelihood."""

import numpy as np
from sklearn.datasets import load_digits

from autograd.scipy import minimize

digits = load_digits(n_class=2)
labels = digits.target[:24]
images = digits.data[:24] / 16.0
images = images - images.mean(axis=0)


def objective(p):
    """Return the negative log likelihood of all pixels, which share a covariance, with a normal prior on the latent points."""
    z, n = p["latent"], len(images)
    squared_distances = ((z[:, None, :] - z) ** 2).sum(axis=-1)
    covariance = np.exp(p["log_height"]) * np.exp(-0.5 * squared_distances) + np.exp(p["log_noise"]) * np.eye(n)
    fit = (images * np.linalg.solve(covariance, images)).sum()
    return 0.5 * (images.shape[1] * np.linalg.slogdet(covariance)[1] + fit) + 0.5 * (z**2).sum()


start = {"latent": 0.5 * np.random.default_rng(1).normal(size=(24, 2)), "log_height": -2.0, "log_noise": -3.0}


def main(steps=60):
    result = minimize(objective, start, method="L-BFGS-B", options={"maxiter": steps})
    z = result.x["latent"]
    centres = np.stack([z[labels == digit].mean(axis=0) for digit in (0, 1)])
    nearest = np.argmin(((z[:, None, :] - centres) ** 2).sum(axis=-1), axis=1)
    print(f"objective {objective(start):.1f} -> {result.fun:.1f}")
    print(f"{(nearest == labels).mean():.0%} of the images lie nearer to the centre of their own digit")
    return result.x


if __name__ == "__main__":
    main()
