"""A neuron as an edge detector with weights set by hand (S2:25), and its bias as a soft threshold (S2:27, corrected)."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from autograd import Tensor, sigmoid

# these weights respond to edges that are bright above and dark below
weights = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -1.0]])
bias = -1.5


def neuron(pixels):
    """Return σ(Σ w a + b), which is near 1 at an edge."""
    return sigmoid((pixels * weights).sum() + bias)


edge = np.repeat([[1.0], [0.5], [0.0]], 3, axis=1)
flat = np.full((3, 3), 0.7)
opposite_edge = np.repeat([[0.0], [0.5], [1.0]], 3, axis=1)
for name, pixels in (("edge", edge), ("flat", flat), ("opposite edge", opposite_edge)):
    print(f"{name}: {float(neuron(pixels)):.3f}")
assert float(neuron(edge)) > 0.8
assert float(neuron(flat)) < 0.2
assert float(neuron(opposite_edge)) < 0.05

# the gradient with respect to the pixels is the weights times σ'
pixels = Tensor(flat)
neuron(pixels).backward()
a = float(neuron(flat))
assert np.allclose(pixels.grad, a * (1.0 - a) * weights)

# the rule "active only if Σ w a > 10" is b = -10: the activation is ½ at 10, and changes gradually
weighted_sum = np.linspace(0.0, 20.0, 81)
activation = sigmoid(weighted_sum - 10.0)
assert activation[40] == 0.5
assert all((activation > 0.5) == (weighted_sum > 10.0))

image = load_digits().images[5] / 16.0
edges = np.array([[float(neuron(image[i : i + 3, j : j + 3])) for j in range(6)] for i in range(6)])
figure, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained")
axes[0].imshow(image, cmap="gray")
axes[0].set_title("a digit")
axes[1].imshow(edges, cmap="gray", vmin=0, vmax=1)
axes[1].set_title("edges, bright above")
axes[2].plot(weighted_sum, activation)
axes[2].axvline(10.0, linestyle=":")
axes[2].set_title("σ(Σ w a - 10)")
figure.savefig("neuron.png")
