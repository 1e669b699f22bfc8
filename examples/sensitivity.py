"""The sensitivity of the cost to each weight, |∂C/∂w| (S2:82): which pixels matter to a network that recognizes digits."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import nn

digits = load_digits()
train, test = nn.data.split(digits.data / 16.0, digits.target, (0.8, 0.2), rng=0)
model = nn.MLP([64, 16, 10], hidden="tanh", rng=0)
optimizer = nn.Adam(model.parameters(), lr=0.01)
nn.fit(model, *train, loss="cross_entropy", optimizer=optimizer, epochs=15, batch_size=32, rng=0, progress=False)
print(f"test accuracy {nn.metrics.accuracy(model(test[0]), test[1]):.3f}")

model.zero_grad()
cost = nn.losses.cross_entropy(model(test[0]), test[1])
cost.backward()
W = model.layers[0].W
sensitivity = np.abs(W.grad)
most_sensitive = np.unravel_index(np.argmax(sensitivity), sensitivity.shape)
always_dark = (test[0] == 0.0).all(axis=0)
neuron, pixel = most_sensitive
print(f"most sensitive: the weight from pixel {pixel} to neuron {neuron}, |∂C/∂w| = {sensitivity[most_sensitive]:.2g}")
assert not sensitivity[:, always_dark].any()  # a pixel that is always 0 has no influence

# check it: a small step changes the cost by the sensitivity times the step, to first order
for index in (most_sensitive, (0, 20)):
    step = 1e-4
    change = np.zeros(W.shape)
    change[index] = step
    W.move(change)
    measured = (float(nn.losses.cross_entropy(model(test[0]), test[1])) - float(cost)) / step
    W.move(-change)
    assert abs(abs(measured) - sensitivity[index]) < 1e-3 * sensitivity.max() + 1e-6

figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
heat = axes[0].imshow(sensitivity, aspect="auto", cmap="magma")
axes[0].set_xlabel("pixel")
axes[0].set_ylabel("neuron")
axes[0].set_title("|∂C/∂w| of every weight")
figure.colorbar(heat, ax=axes[0])
axes[1].imshow(sensitivity.sum(axis=0).reshape(8, 8), cmap="magma")
axes[1].set_title("summed over the neurons")
figure.savefig("sensitivity.png")
