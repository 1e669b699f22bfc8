"""Gradient descent against Adam on an ill-conditioned quadratic, where Adam wins, and on a round one, where it loses (S1:138)."""

import numpy as np

import nn
from autograd import Tensor


def race(curvature, steps, optimizers):
    """½ Σ kᵢ xᵢ² from the point (1, 1): the cost after each optimizer's steps."""
    k, costs = np.array(curvature), {}
    for name, make in optimizers.items():
        x = Tensor([1.0, 1.0])
        optimizer = make([x])
        for _ in range(steps):
            optimizer.zero_grad()
            (0.5 * k * x * x).sum().backward()
            optimizer.step()
        costs[name] = float(0.5 * np.sum(k * x.data**2))
    return costs


steep = race([1000.0, 1.0], 200, {"gradient descent": lambda p: nn.SGD(p, lr=1.9e-3), "Adam": lambda p: nn.Adam(p, lr=0.02)})
print("curvatures 1000 and 1, 200 steps: ", {k: f"{v:.1e}" for k, v in steep.items()})
assert steep["Adam"] < steep["gradient descent"] / 10

round_ = race([1.0, 1.0], 50, {"gradient descent": lambda p: nn.SGD(p, lr=0.9), "Adam": lambda p: nn.Adam(p, lr=0.02)})
print("curvatures 1 and 1, 50 steps:     ", {k: f"{v:.1e}" for k, v in round_.items()})
assert round_["gradient descent"] < round_["Adam"] / 1e6
