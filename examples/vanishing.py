"""Vanishing gradients: behind each sigmoid layer the gradient is a fraction of what it was, since σ' ≤ ¼; relu lets it through."""

import warnings

import matplotlib

matplotlib.use("Agg")
import numpy as np

import nn
from autograd.viz import gradient_flow
from autograd.viz.plots import flow

X = np.random.default_rng(0).normal(size=(200, 8))
Y = (X[:, :1] * X[:, 1:2] > 0) * 1.0


def flows(hidden, depth):
    """Mean |∂L/∂W| of each layer, from the first to the last."""
    model = nn.MLP([8, *[16] * depth, 1], hidden=hidden, rng=0)
    nn.losses.mse(model(X), Y).backward()
    return model, np.array([row.mean for row in flow(model) if row.name.endswith("W")])


for hidden in ("sigmoid", "tanh", "relu"):
    _, means = flows(hidden, 8)
    print(f"{hidden:8s} first layer / last layer: {means[0] / means[-1]:.1e}")

deep, means = flows("sigmoid", 8)
ratios = means[1:-1] / means[:-2]
assert np.all(ratios[1:] > 2.0)  # each layer back loses more than half
assert means[0] < 1e-4 * means[-1]
assert flows("relu", 8)[1][0] > 1e-2 * flows("relu", 8)[1][-1]
gradient_flow(deep).savefig("vanishing.png")

# fit says so by itself
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    nn.fit(flows("sigmoid", 12)[0], X, Y, loss="mse", epochs=1, progress=False)
print(told[0].message)
assert "the gradient vanishes in layers.0.W" in str(told[0].message)
