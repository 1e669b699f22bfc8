"""A convolutional network on scikit-learn's digits, written with array indexing and an Einstein sum."""

import numpy as np
from sklearn.datasets import load_digits

from autograd import value_and_grad
from autograd.scipy import special

digits = load_digits()
images, labels = digits.images / 16.0, digits.target
offsets = np.arange(6)[:, None] + np.arange(3)  # the rows of each of six windows of height three


def convolve(x, filters):
    """Return the correlations of images (n, 8, 8) with filters (k, 3, 3), as (n, 6, 6, k)."""
    windows = x[:, offsets][:, :, :, offsets]
    return np.einsum("nabcd,kbd->nack", windows, filters)


def logits(p, x):
    features = np.maximum(convolve(x, p["filters"]) + p["b"], 0.0)
    pooled = features.reshape(len(x), 3, 2, 3, 2, -1).mean(axis=(2, 4))
    return pooled.reshape(len(x), -1) @ p["W"] + p["c"]


def objective(p, x, y):
    """Return the mean cross-entropy."""
    log_p = special.log_softmax(logits(p, x), axis=1)
    return -log_p[np.arange(len(y)), y].mean()


rng = np.random.default_rng(0)
start = {
    "filters": 0.5 * rng.normal(size=(8, 3, 3)),
    "b": np.full(8, 0.1),
    "W": 0.1 * rng.normal(size=(72, 10)),
    "c": np.zeros(10),
}
arguments = (images[:4], labels[:4])


def main(steps=400, rate=0.2):
    rng, p = np.random.default_rng(1), start
    momentum = {name: np.zeros_like(a) for name, a in p.items()}
    for _ in range(steps):
        batch = rng.integers(0, 1500, 64)
        _, gradient = value_and_grad(objective)(p, images[batch], labels[batch])
        momentum = {name: 0.9 * momentum[name] + gradient[name] for name in p}
        p = {name: p[name] - rate * 0.3 * momentum[name] for name in p}
    x, y = images[1500:], labels[1500:]  # held out
    accuracy = (logits(p, x).argmax(axis=1) == y).mean()
    print(f"held-out loss {objective(start, x, y):.2f} -> {objective(p, x, y):.2f}, accuracy {accuracy:.1%}")
    return p


if __name__ == "__main__":
    main()
