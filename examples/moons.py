"""micrograd's demo: a 2-16-16-1 network of scalar Values learns two moons with hinge loss and L2; its decision boundary is plotted.

The loss is a Python loop over 65 000 Values a step. compile() makes a program of matrix operations of it.
"""

import random
import sys

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons

from autograd import Value, compile
from nn.scalar import MLP

random.seed(1337)
X, y = make_moons(n_samples=100, noise=0.1, random_state=1337)
y = y * 2 - 1
model = MLP(2, [16, 16, 1])
print(model.num_parameters(), "scalar parameters")


def loss():
    scores = [model(list(map(Value, row))) for row in X]
    hinge = sum((1 - yi * si).relu() for yi, si in zip(y.tolist(), scores, strict=True)) * (1.0 / len(scores))
    return hinge + 1e-4 * sum(p * p for p in model.parameters())


step = compile(loss)
score = compile(lambda point: model(list(point)), in_axes=0)  # takes an array of points, one per row
steps = 80
for i in range(steps):
    total = step()
    accuracy = np.mean((score(X) > 0) == (y > 0))
    model.zero_grad()
    total.backward()
    for p in model.parameters():
        p.data -= (1.0 - 0.9 * i / steps) * p.grad
    if i % 10 == 9:
        print(f"step {i + 1}: loss {total.data:.4f}, accuracy {accuracy:.0%}")
assert accuracy == 1.0

xs, ys = np.linspace(-1.6, 2.6, 50), np.linspace(-1.1, 1.6, 40)
scores = score(np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)).data.reshape(len(ys), len(xs))
plt.figure(figsize=(6, 4.2), layout="constrained")
plt.contourf(xs, ys, scores, levels=[-1e9, 0, 1e9], colors=["#f4b6a6", "#a9c9e8"])
plt.contour(xs, ys, scores, levels=[0], colors="k", linewidths=1)
plt.scatter(*X.T, c=y, cmap="RdBu", edgecolor="k", s=30)
plt.title("Two moons and the decision boundary of the network")
path = sys.argv[1] if len(sys.argv) > 1 else "moons.png"
plt.savefig(path, dpi=100)
print("wrote", path)
