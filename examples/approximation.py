"""Universal approximation (S3:39, corrected): a network with one wide hidden layer approximates sin and |x| uniformly.

The theorem says that good weights exist, and not that training finds them. Here the weights of the hidden layer are fixed, and
those of the output layer are the least-squares solution.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import nn

x = np.linspace(-1, 1, 401)[:, None]
targets = {"sin 3πx": np.sin(3 * np.pi * x), "|x|": np.abs(x)}
widths = [2, 4, 8, 16, 32, 64]


def fit_output_layer(width, y):
    """Return a 1-width-1 network whose tanh units are spread over the interval and whose output layer is fitted to y."""
    model = nn.MLP([1, width, 1], hidden="tanh", rng=0)
    slope = 0.5 * width
    model.layers[0].W.data = np.full((width, 1), slope)
    model.layers[0].b.data = -slope * np.linspace(-1.1, 1.1, width)
    _, hidden = next(model.passes(x))
    solution = np.linalg.lstsq(np.hstack([hidden.data, np.ones_like(x)]), y, rcond=None)[0]
    model.layers[1].W.data, model.layers[1].b.data = solution[:-1].T, solution[-1]
    return model


figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
for axis, (name, y) in zip(axes, targets.items(), strict=False):
    errors = []
    for width in widths:
        model = fit_output_layer(width, y)
        errors.append(np.max(np.abs(model(x).data - y)))
        print(f"{name:8s} width {width:3d}: largest error {errors[-1]:.5f}")
        if width in (4, 16):
            axis.plot(x, model(x).data, label=f"width {width}")
    axis.plot(x, y, "k--", linewidth=1, label=name)
    axis.set_title(f"{name} and its approximations")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=3)
    axes[2].loglog(widths, errors, "o-", label=name)
    assert errors[-1] < 0.02 < errors[0]
axes[2].set(title="Largest error against width", xlabel="hidden units")
axes[2].set_xticks(widths, widths)
axes[2].minorticks_off()
axes[2].legend()
path = sys.argv[1] if len(sys.argv) > 1 else "approximation.png"
figure.savefig(path, dpi=100)
print("wrote", path)
