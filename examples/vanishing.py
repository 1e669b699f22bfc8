"""Vanishing gradients: each sigmoid layer makes the gradient of the layers before it smaller, since σ' ≤ ¼; relu does not."""

import warnings

import matplotlib

matplotlib.use("Agg")
import numpy as np

import nn
from autograd.viz import gradient_flow
from autograd.viz.plots import flow

X = np.random.default_rng(0).normal(size=(200, 8))
Y = (X[:, :1] * X[:, 1:2] > 0) * 1.0


def mean_gradients(hidden, depth):
    """Return a network, and the mean of |∂L/∂W| for each layer from the first to the last."""
    model = nn.MLP([8, *[16] * depth, 1], hidden=hidden, rng=0)
    nn.losses.mse(model(X), Y).backward()
    return model, np.array([row.mean for row in flow(model) if row.name.endswith("W")])


for hidden in ("sigmoid", "tanh", "relu"):
    _, means = mean_gradients(hidden, 8)
    print(f"{hidden:8s} first layer / last layer: {means[0] / means[-1]:.1e}")

deep, means = mean_gradients("sigmoid", 8)
ratios = means[1:-1] / means[:-2]
assert np.all(ratios[1:] > 2.0)  # each layer reduces the gradient by more than half
assert means[0] < 1e-4 * means[-1]
assert mean_gradients("relu", 8)[1][0] > 1e-2 * mean_gradients("relu", 8)[1][-1]
gradient_flow(deep).savefig("vanishing.png")

# fit() warns about it
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nn.fit(mean_gradients("sigmoid", 12)[0], X, Y, loss="mse", epochs=1, progress=False)
print(caught[0].message)
assert "the gradient vanishes in layers.0.W" in str(caught[0].message)
