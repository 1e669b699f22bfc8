"""One neuron: an edge detector with weights set by hand (S2:25), and the bias as a threshold (S2:27, corrected: a soft one)."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from autograd import Tensor, sigmoid

# bright above, dark below: weights that add what is above the middle of a patch and take away what is below
patch = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -1.0]])
bias = -1.5


def neuron(pixels):
    """σ(Σ w a + b): near 1 where there is an edge."""
    return sigmoid((pixels * patch).sum() + bias)


edge, flat, other_way = (
    np.repeat([[1.0], [0.5], [0.0]], 3, axis=1),
    np.full((3, 3), 0.7),
    np.repeat([[0.0], [0.5], [1.0]], 3, axis=1),
)
for name, pixels in (("edge", edge), ("flat", flat), ("the other way", other_way)):
    print(f"{name}: {float(neuron(pixels)):.3f}")
assert float(neuron(edge)) > 0.8
assert float(neuron(flat)) < 0.2
assert float(neuron(other_way)) < 0.05

# what the neuron looks for is its gradient by the pixels: the weights, times σ'
pixels = Tensor(flat)
neuron(pixels).backward()
a = float(neuron(flat))
assert np.allclose(pixels.grad, a * (1.0 - a) * patch)

# "active only when Σ w a > 10" is b = -10: exactly ½ at 10, and soft on both sides
weighted = np.linspace(0.0, 20.0, 81)
active = sigmoid(weighted - 10.0)
assert active[40] == 0.5
assert all((active > 0.5) == (weighted > 10.0))

image = load_digits().images[5] / 16.0
found = np.array([[float(neuron(image[i : i + 3, j : j + 3])) for j in range(6)] for i in range(6)])
figure, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained")
axes[0].imshow(image, cmap="gray")
axes[0].set_title("a digit")
axes[1].imshow(found, cmap="gray", vmin=0, vmax=1)
axes[1].set_title("edges, bright above")
axes[2].plot(weighted, active)
axes[2].axvline(10.0, linestyle=":")
axes[2].set_title("σ(Σ w a - 10)")
figure.savefig("neuron.png")
