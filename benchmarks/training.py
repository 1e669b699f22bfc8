"""The time of a training epoch with batches of 32, in this library, PyTorch on the CPU, MyGrad, and NumPy by hand.

    python benchmarks/training.py

One program trains a 64-16-16-10 network on scikit-learn's 1 797 digits, the other a 784-16-16-10 network on 10 000 random images. All
libraries do the same work on the same batches in double precision: forward pass, softmax cross-entropy and its value, backward pass,
gradient descent. ``eager`` and ``compiled`` are this library; ``compiled`` compiles each step. The libraries take turns.
"""

import os
import statistics
import time

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import numpy as np
from sklearn.datasets import load_digits

import nn

RATE, BATCH, ROUNDS = 0.1, 32, 31


def initial_layers(sizes):
    """Return a pair (W, b) for each layer."""
    return [(layer.W.numpy(), layer.b.numpy()) for layer in nn.MLP(sizes, hidden="tanh", rng=0).layers]


def by_hand(sizes, X, y):
    """Backpropagation in NumPy.

    It is the limit of this network, so it shares no code with the networks of ``programs``, which have other activations and losses.
    """
    Ws, bs = map(list, zip(*initial_layers(sizes), strict=True))
    rows = np.arange(BATCH)

    def epoch():
        losses = []
        for i in range(0, len(X) - BATCH + 1, BATCH):
            a, t, activations = X[i : i + BATCH], y[i : i + BATCH], []
            for W, b in zip(Ws[:-1], bs[:-1], strict=True):
                activations.append(a)
                a = np.tanh(a @ W.T + b)
            activations.append(a)
            z = a @ Ws[-1].T + bs[-1]
            z -= z.max(axis=1, keepdims=True)
            delta = np.exp(z)
            total = delta.sum(axis=1, keepdims=True)
            losses.append((np.log(total[:, 0]) - z[rows, t]).mean())
            delta /= total
            delta[rows, t] -= 1.0
            delta /= BATCH
            for k in range(len(Ws) - 1, -1, -1):
                dW, db = delta.T @ activations[k], delta.sum(axis=0)
                if k:
                    delta = (delta @ Ws[k]) * (1.0 - activations[k] ** 2)
                Ws[k] -= RATE * dW
                bs[k] -= RATE * db
        return losses

    return epoch, lambda: Ws[0]


def eager(sizes, X, y):
    model = nn.MLP(sizes, hidden="tanh", rng=0)
    optimizer = nn.SGD(model.parameters(), lr=RATE)

    def epoch():
        losses = []
        for x, t in nn.data.batches(X, y, BATCH, shuffle=False, drop_last=True):
            optimizer.zero_grad()
            loss = nn.losses.cross_entropy(model(x), t)
            loss.backward()
            optimizer.step()
            losses.append(float(loss))
        return losses

    return epoch, lambda: model.layers[0].W.data


def compiled(sizes, X, y):
    model = nn.MLP(sizes, hidden="tanh", rng=0)
    step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.parameters(), lr=RATE), compiled=True)
    targets = nn.losses.one_hot(y, sizes[-1])

    def epoch():
        return [step(x, t) for x, t in nn.data.batches(X, targets, BATCH, shuffle=False, drop_last=True)]

    return epoch, lambda: model.layers[0].W.data


def torch_cpu(sizes, X, y):
    import torch

    torch.set_num_threads(1)
    modules = []
    for W, b in initial_layers(sizes):
        layer = torch.nn.Linear(*W.shape[::-1]).double()
        layer.weight.data, layer.bias.data = torch.tensor(W), torch.tensor(b)
        modules += [layer, torch.nn.Tanh()]
    model = torch.nn.Sequential(*modules[:-1])
    optimizer, X, y = torch.optim.SGD(model.parameters(), lr=RATE), torch.tensor(X), torch.tensor(y)

    def epoch():
        losses = []
        for i in range(0, len(X) - BATCH + 1, BATCH):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(X[i : i + BATCH]), y[i : i + BATCH])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return epoch, lambda: model[0].weight.detach().numpy()


def mygrad_cpu(sizes, X, y):
    import mygrad as mg
    from mygrad.nnet.losses import softmax_crossentropy

    parameters = [(mg.tensor(W), mg.tensor(b)) for W, b in initial_layers(sizes)]

    def epoch():
        losses = []
        for i in range(0, len(X) - BATCH + 1, BATCH):
            a = X[i : i + BATCH]
            for W, b in parameters[:-1]:
                a = mg.tanh(mg.matmul(a, W.T) + b)
            W, b = parameters[-1]
            loss = softmax_crossentropy(mg.matmul(a, W.T) + b, y[i : i + BATCH])
            loss.backward()
            losses.append(loss.item())
            for pair in parameters:
                for p in pair:
                    p.data -= RATE * p.grad
                    p.null_grad()
        return losses

    return epoch, lambda: parameters[0][0].data


if __name__ == "__main__":
    digits = load_digits()
    rng = np.random.default_rng(0)
    programs = {
        "digits, 64-16-16-10": ([64, 16, 16, 10], digits.data / 16.0, digits.target),
        "10 000 images, 784-16-16-10": ([784, 16, 16, 10], rng.random((10_000, 784)), rng.integers(0, 10, 10_000)),
    }
    for name, (sizes, X, y) in programs.items():
        runs = {}
        for make in (by_hand, compiled, eager, torch_cpu, mygrad_cpu):
            try:
                runs[make.__name__] = make(sizes, X, y)
            except ImportError:
                print(f"{make.__name__} is not installed")
        times = {library: [] for library in runs}
        losses = {}
        for round_number in range(ROUNDS):
            for library, (epoch, _) in runs.items():
                start = time.perf_counter()
                losses[library] = epoch()
                times[library].append(time.perf_counter() - start)
            for library, (_, weights) in runs.items() if round_number < 3 else ():  # later, rounding has grown
                np.testing.assert_allclose(weights(), runs["by_hand"][1](), rtol=1e-6, atol=1e-9, err_msg=library)
                np.testing.assert_allclose(losses[library], losses["by_hand"], rtol=1e-6, err_msg=library)
        by_hand_times = times["by_hand"]  # of the same round, since machines have fast and slow minutes
        ratios = {library: statistics.median(a / b for a, b in zip(t, by_hand_times, strict=True)) for library, t in times.items()}
        print(
            f"{name}: "
            + ", ".join(f"{library} {r:.2f} ({1e3 * statistics.median(times[library]):.1f} ms)" for library, r in ratios.items())
        )
