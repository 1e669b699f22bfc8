"""The two networks of the benchmarks: data, first weights, gradients by hand, and the first one on scalars.

This module needs NumPy only, since it is also run by interpreters that have another library installed.
"""

import numpy as np

RATE, DECAY = 1e-3, 1e-4
MOONS_SIZES = [2, 16, 16, 1]  # micrograd's demo: relu, hinge loss and an L2 penalty
IMAGES_SIZES = [784, 16, 16, 10]  # sigmoid everywhere, quadratic cost


def moons():
    """Return two interleaved half circles of 50 points, and their targets -1 and +1. No package is needed."""
    rng = np.random.default_rng(0)
    t = np.pi * rng.random(50)
    X = np.concatenate([np.column_stack([np.cos(t), np.sin(t)]), np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)])])
    return X + rng.normal(0, 0.1, X.shape), np.repeat([1.0, -1.0], 50)[:, None]


def images(count=128):
    """Return random images of 784 pixels, and random one-hot targets."""
    rng = np.random.default_rng(0)
    return rng.random((count, 784)), np.eye(10)[rng.integers(0, 10, count)]


def initial_weights(sizes):
    """Return a pair (W, b) for each layer."""
    rng = np.random.default_rng(1)
    return [(rng.normal(0, m**-0.5, (n, m)), np.zeros(n)) for m, n in zip(sizes, sizes[1:])]


def moons_by_hand(X, y, layers):
    """Return the loss of the first network, and a pair of gradients (dW, db) for each layer."""
    (W1, b1), (W2, b2), (W3, b3) = layers
    z1 = X @ W1.T + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2.T + b2
    a2 = np.maximum(z2, 0)
    margin = 1 - y * (a2 @ W3.T + b3)
    loss = np.maximum(margin, 0).mean() + DECAY * ((W1 * W1).sum() + (W2 * W2).sum() + (W3 * W3).sum())
    d3 = (margin > 0) * (-y / len(X))
    d2 = (d3 @ W3) * (z2 > 0)
    d1 = (d2 @ W2) * (z1 > 0)
    dW1, dW2, dW3 = d1.T @ X + 2 * DECAY * W1, d2.T @ a1 + 2 * DECAY * W2, d3.T @ a2 + 2 * DECAY * W3
    return loss, [(dW1, d1.sum(0)), (dW2, d2.sum(0)), (dW3, d3.sum(0))]


def images_by_hand(X, Y, layers):
    """Return the loss of the second network, and a pair of gradients (dW, db) for each layer."""
    (W1, b1), (W2, b2), (W3, b3) = layers
    a1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    a3 = 1 / (1 + np.exp(-(a2 @ W3.T + b3)))
    error = a3 - Y
    loss = 0.5 * (error * error).sum() / len(X)
    d3 = error * a3 * (1 - a3) / len(X)
    d2 = (d3 @ W3) * a2 * (1 - a2)
    d1 = (d2 @ W2) * a1 * (1 - a1)
    return loss, [(d1.T @ X, d1.sum(0)), (d2.T @ a1, d2.sum(0)), (d3.T @ a2, d3.sum(0))]


def scalar_moons(network, value):
    """Return the first network on scalars, and its loss as a function, as in the notebook of micrograd's demo.

    ``network`` and ``value`` are the classes of a library: an MLP, and a scalar that records operations.
    """
    X, y = moons()
    rows, targets = X.tolist(), y[:, 0].tolist()
    model = network(MOONS_SIZES[0], MOONS_SIZES[1:])
    for layer, (W, b) in zip(model.layers, initial_weights(MOONS_SIZES)):
        for neuron, weights, bias in zip(layer.neurons, W.tolist(), b.tolist()):
            neuron.b.data = bias
            for p, weight in zip(neuron.w, weights):
                p.data = weight
    all_weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]

    def loss():
        scores = [model(list(map(value, row))) for row in rows]
        losses = [(1 + -t * s).relu() for t, s in zip(targets, scores)]
        return sum(losses) * (1.0 / len(losses)) + DECAY * sum(p * p for p in all_weights)

    return model, loss
