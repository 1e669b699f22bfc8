"""Train a network on handwritten digits, check its gradients, and plot what it learned.

python examples/digits.py                 scikit-learn's 1 797 digits, network 64-16-16-10
python examples/digits.py MNIST_FOLDER    MNIST in its own IDX files (gzipped or not), network 784-16-16-10
python examples/digits.py --scalar        a network of scalar Values trains like the Tensor network, to 1e-9
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import nn
from nn import data, losses, metrics


def load(folder):
    if folder:
        return data.read_mnist(folder)
    from sklearn.datasets import load_digits

    digits = load_digits()
    return digits.data / 16.0, digits.target


def gradients_by_backpropagation(model, X, y):
    """Return the textbook gradients: δ = (p - y)/N at the output, then δ ← (δ W) ⊙ (1 - a²), ∂W = δᵀ a and ∂b = Σ δ."""
    A = [X]
    for layer in model.layers[:-1]:
        A.append(np.tanh(A[-1] @ layer.W.data.T + layer.b.data))
    Z = A[-1] @ model.layers[-1].W.data.T + model.layers[-1].b.data
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    delta = (P - np.eye(10)[y]) / len(X)
    gradients = []
    for layer, a in zip(reversed(model.layers), reversed(A), strict=True):
        gradients = [delta.T @ a, delta.sum(axis=0), *gradients]
        delta = (delta @ layer.W.data) * (1 - a**2)
    return gradients


def gradients_by_differences(model, X, y, h=1e-5):
    """Return (C(θ + h) - C(θ - h)) / 2h for every parameter."""
    gradients = []
    for p in model.parameters():
        start, g = p.numpy(), np.zeros(p.shape)
        for index in np.ndindex(p.shape):
            costs = []
            for step in (h, -h):
                moved = start.copy()
                moved[index] += step
                p.data = moved
                costs.append(float(losses.cross_entropy(model(X), y)))
            g[index] = (costs[0] - costs[1]) / (2 * h)
        p.data = start
        gradients.append(g)
    return gradients


def check_gradients(model, X, y):
    """Compare the gradients of the engine with the textbook formulas and with central differences."""
    model.zero_grad()
    losses.cross_entropy(model(X), y).backward()
    engine = [p.grad for p in model.parameters()]

    def largest_error(others):
        """Return the largest error relative to the largest entry of each array."""
        return max(np.max(np.abs(g - o)) / np.max(np.abs(o)) for g, o in zip(engine, others, strict=True))

    textbook = largest_error(gradients_by_backpropagation(model, X, y))
    differences = largest_error(gradients_by_differences(model, X, y))
    print(f"\ngradients of {model.num_parameters()} parameters on {len(X)} samples, largest relative error of the engine")
    print(f"  against the textbook formulas {textbook:.1e}")
    print(f"  against central differences   {differences:.1e}")
    assert textbook < 1e-10
    assert differences < 1e-4


def print_test_results(model, X, y):
    pred = metrics.labels_of(model(X))
    print("\nconfusion matrix on the test part (row: digit, column: prediction)")
    print("     " + "".join(f"{d:5d}" for d in range(10)))
    for digit, row in enumerate(metrics.confusion_matrix(pred, y, 10)):
        print(f"{digit:5d}" + "".join(f"{n:5d}" if n else "    ." for n in row))
    accuracy = metrics.accuracy(pred, y)
    print(f"\ntest accuracy {accuracy:.4f}   precision {metrics.precision(pred, y):.4f}   recall {metrics.recall(pred, y):.4f}")
    assert accuracy >= 0.95, "the network should recognize at least 95 % of the test digits"
    return pred


def plot_results(history, model, pred, y, path):
    figure = plt.figure(figsize=(13, 4.2), layout="constrained")
    left, middle, right = figure.subfigures(1, 3, width_ratios=[1.15, 1.0, 1.1])
    curves = left.subplots()
    curves.plot(history.loss, label="training")
    curves.plot(history.validation_loss, label="validation")
    curves.set(xlabel="epoch", ylabel="cross-entropy with L2 penalty", yscale="log", title="Loss")
    curves.legend()
    matrix = middle.subplots()
    counts = metrics.confusion_matrix(pred, y, 10)
    matrix.imshow(np.sqrt(counts), cmap="Blues")
    for (i, j), n in np.ndenumerate(counts):
        if n:
            matrix.text(j, i, n, ha="center", va="center", fontsize=7, color="white" if i == j else "black")
    matrix.set(xlabel="prediction", ylabel="digit", xticks=range(10), yticks=range(10), title="Confusion on the test part")
    W = model.layers[0].W.data
    side = int(np.sqrt(W.shape[1]))
    right.suptitle("First-layer weights: do they look like edges?")
    for axis, w in zip(right.subplots(4, 4).flat, W, strict=True):
        axis.imshow(w.reshape(side, side), cmap="RdBu", vmin=-np.abs(W).max(), vmax=np.abs(W).max())
        axis.set_axis_off()
    figure.savefig(path, dpi=100)
    print(f"\nwrote {path}")


def train(arguments):
    X, y = load(arguments.folder)
    training, validation, test = data.split(X, y, rng=0, stratify=True)
    model = nn.MLP([X.shape[1], 16, 16, 10], hidden="tanh", rng=0)
    print(f"{len(X)} digits, split into {len(training[0])} + {len(validation[0])} + {len(test[0])}\n{model}")
    history = nn.fit(
        model,
        *training,
        loss=lambda pred, target: losses.cross_entropy(pred, target) + 3e-4 * losses.l2(model.parameters()),
        optimizer=nn.Adam(model.parameters(), lr=5e-3),
        epochs=arguments.epochs,
        batch_size=32,
        validation=validation,
        rng=0,
    )
    pred = print_test_results(model, *test)
    check_gradients(model, training[0][:32], training[1][:32])
    plot_results(history, model, pred, test[1], arguments.out)


def train_scalar_network(arguments):
    """Train two networks from the same weights, one of 1 482 scalar Values and one of six Tensors, and compare them."""
    X, y = (part[:300] for part in load(None))
    arrays = nn.MLP([64, 16, 16, 10], hidden="tanh", rng=0)
    values = nn.scalar.MLP(64, [16, 16, 10], activation="tanh", rng=0)
    for neurons, layer in zip(values.layers, arrays.layers, strict=True):
        for neuron, weights, bias in zip(neurons.neurons, layer.W.data, layer.b.data, strict=True):
            neuron.b.data = bias
            for p, w in zip(neuron.w, weights, strict=True):
                p.data = w
    print(f"{len(X)} digits\n{arrays}\n{values.num_parameters()} scalar Values")
    networks = [(network, nn.SGD(network.parameters(), lr=0.5)) for network in (arrays, values)]
    for epoch in range(2):
        for x, t in data.batches(X, y, 30, rng=epoch):
            costs = []
            for network, optimizer in networks:
                scores = network(x) if network is arrays else [network(row) for row in x.tolist()]
                cost = losses.cross_entropy(scores, t)
                optimizer.zero_grad()
                cost.backward()
                optimizer.step()
                costs.append(float(cost))
        flat = np.concatenate([[p.data for p in n.w] for layer in values.layers for n in layer.neurons])
        gap = np.max(np.abs(flat - np.concatenate([layer.W.data.ravel() for layer in arrays.layers])))
        print(f"epoch {epoch + 1}: loss {costs[0]:.12f} and {costs[1]:.12f}, largest difference of a weight {gap:.1e}")
        assert gap < 1e-9


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", help="a folder with MNIST's IDX files")
    parser.add_argument("--scalar", action="store_true", help="compare a network of scalar Values with the Tensor network")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--out", type=Path, default=Path("digits.png"), help="the file for the picture")
    options = parser.parse_args()
    (train_scalar_network if options.scalar else train)(options)
