"""Gradient descent and Adam on two quadratic costs: Adam wins on the ill-conditioned one and loses on the round one (S1:138)."""

import numpy as np

import nn
from autograd import Tensor


def minimize(curvatures, optimizers, steps):
    """Minimize ½ Σ kᵢ xᵢ² from the point (1, 1), and return the final cost for each optimizer."""
    k = np.array(curvatures)
    costs = {}
    for name, make_optimizer in optimizers.items():
        x = Tensor([1.0, 1.0])
        optimizer = make_optimizer([x])
        for _ in range(steps):
            optimizer.zero_grad()
            (0.5 * k * x * x).sum().backward()
            optimizer.step()
        costs[name] = float(0.5 * np.sum(k * x.data**2))
    return costs


def format_costs(costs):
    return {name: f"{cost:.1e}" for name, cost in costs.items()}


optimizers = {"gradient descent": lambda p: nn.SGD(p, lr=1.9e-3), "Adam": lambda p: nn.Adam(p, lr=0.02)}
ill_conditioned = minimize([1000.0, 1.0], optimizers, steps=200)
print("curvatures 1000 and 1, 200 steps: ", format_costs(ill_conditioned))
assert ill_conditioned["Adam"] < ill_conditioned["gradient descent"] / 10

optimizers = {"gradient descent": lambda p: nn.SGD(p, lr=0.9), "Adam": lambda p: nn.Adam(p, lr=0.02)}
well_conditioned = minimize([1.0, 1.0], optimizers, steps=50)
print("curvatures 1 and 1, 50 steps:     ", format_costs(well_conditioned))
assert well_conditioned["gradient descent"] < well_conditioned["Adam"] / 1e6
