"""This library, its peers and the hand-written limit on the same work, each in a process of its own, several rounds in turn.

    python benchmarks/eager.py                        # everything that is installed
    python benchmarks/eager.py --hips PATH_TO_PYTHON  # HIPS autograd, from an environment of its own (both packages are called autograd)

The work: micrograd's demo step (100 moons, network 2-16-16-1 with relu, hinge loss and L2, gradient step), on scalars and on
arrays, and a step of 784-16-16-10 (sigmoid, quadratic cost, batch of 128) on arrays. Printed are milliseconds (the median over
rounds of each round's fastest step; on scalars, where the garbage collector matters, of its mean step) and ratios with their spread.
"floats" are the same loops on plain floats, without derivatives; "python" is gradlab on its Python engine.
"""

import argparse
import gc
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np

RATE, DECAY = 1e-3, 1e-4


def moons():
    """Two interleaved half circles, with targets -1 and +1 (no package needed)."""
    rng = np.random.default_rng(0)
    t = np.pi * rng.random(50)
    X = np.concatenate([np.column_stack([np.cos(t), np.sin(t)]), np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)])])
    return X + rng.normal(0, 0.1, X.shape), np.repeat([1.0, -1.0], 50)[:, None]


def images():
    rng = np.random.default_rng(0)
    return rng.random((128, 784)), np.eye(10)[rng.integers(0, 10, 128)]


def weights(sizes):
    rng = np.random.default_rng(1)
    return [(rng.normal(0, m**-0.5, (n, m)), np.zeros(n)) for m, n in zip(sizes, sizes[1:])]


# Each maker returns a step; a step returns the loss, so that the work can be compared.


def by_hand_moons():
    X, y = moons()
    (W1, b1), (W2, b2), (W3, b3) = weights([2, 16, 16, 1])

    def step():
        z1 = X @ W1.T + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ W2.T + b2
        a2 = np.maximum(z2, 0)
        margin = 1 - y * (a2 @ W3.T + b3)
        loss = np.maximum(margin, 0).mean() + DECAY * ((W1 * W1).sum() + (W2 * W2).sum() + (W3 * W3).sum())
        d3 = (margin > 0) * (-y / len(X))
        d2 = (d3 @ W3) * (z2 > 0)
        d1 = (d2 @ W2) * (z1 > 0)
        gradients = [(W1, d1.T @ X + 2 * DECAY * W1), (W2, d2.T @ a1 + 2 * DECAY * W2), (W3, d3.T @ a2 + 2 * DECAY * W3)]
        for p, g in [*gradients, (b1, d1.sum(0)), (b2, d2.sum(0)), (b3, d3.sum(0))]:
            p -= RATE * g
        return loss

    return step


def by_hand_images():
    X, y = images()
    (W1, b1), (W2, b2), (W3, b3) = weights([784, 16, 16, 10])

    def step():
        a1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
        a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
        a3 = 1 / (1 + np.exp(-(a2 @ W3.T + b3)))
        error = a3 - y
        loss = 0.5 * (error * error).sum() / len(X)
        d3 = error * a3 * (1 - a3) / len(X)
        d2 = (d3 @ W3) * a2 * (1 - a2)
        d1 = (d2 @ W2) * a1 * (1 - a1)
        for p, g in [(W1, d1.T @ X), (W2, d2.T @ a1), (W3, d3.T @ a2), (b1, d1.sum(0)), (b2, d2.sum(0)), (b3, d3.sum(0))]:
            p -= RATE * g
        return loss

    return step


def scalar_demo(value, network, kept=None):
    """Micrograd's demo, as its notebook has it; graphs are added to the list ``kept``, if there is one."""
    X, y = moons()
    rows, targets = X.tolist(), y[:, 0].tolist()
    model = network(2, [16, 16, 1])
    sizes = zip(model.layers, weights([2, 16, 16, 1]))
    for layer, (W, b) in sizes:
        for neuron, w, c in zip(layer.neurons, W.tolist(), b.tolist()):
            neuron.b.data = c
            for p, x in zip(neuron.w, w):
                p.data = x
    parameters = model.parameters()
    everything = parameters[:]
    matrices = [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]

    def step():
        scores = [model(list(map(value, row))) for row in rows]
        losses = [(1 + -t * s).relu() for t, s in zip(targets, scores)]
        total = sum(losses) * (1.0 / len(losses)) + DECAY * sum(p * p for p in matrices)
        for p in everything:
            p.grad = 0.0
        total.backward()
        for p in everything:
            p.data -= RATE * p.grad
        if kept is not None:
            kept.append(total)
        return total.data

    return step


def gradlab_scalars(kept=None):
    from autograd import Value
    from nn.scalar import MLP

    return scalar_demo(Value, MLP, kept)


def gradlab_keeping():
    return gradlab_scalars(kept=[])


def micrograd_scalars():
    from micrograd.engine import Value
    from micrograd.nn import MLP

    return scalar_demo(Value, MLP)


class FloatNeuron:
    """micrograd's neuron on plain floats."""

    def __init__(self, w, b, nonlin):
        self.w, self.b, self.nonlin = w, b, nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return (act if act > 0.0 else 0.0) if self.nonlin else act


def float_scalars():
    """The same loops on plain floats: the loss alone, with no derivative and so no step."""
    X, y = moons()
    rows, targets = X.tolist(), y[:, 0].tolist()
    layers = [
        [FloatNeuron(w, b, nonlin=k < 2) for w, b in zip(W.tolist(), c.tolist())]
        for k, (W, c) in enumerate(weights([2, 16, 16, 1]))
    ]
    matrices = [w for layer in layers for neuron in layer for w in neuron.w]

    def model(x):
        for layer in layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def step():
        scores = [model(list(map(float, row))) for row in rows]
        losses = [max(0.0, 1 + -t * s) for t, s in zip(targets, scores)]
        return sum(losses) * (1.0 / len(losses)) + DECAY * sum(p * p for p in matrices)

    return step


def xad_scalars():
    """The same loops on XAD's numbers, with its tape."""
    from xad.adj_1st import Real, Tape
    from xad.math import max as maximum

    X, y = moons()
    rows, targets = X.tolist(), y[:, 0].tolist()
    numbers = [(W.tolist(), c.tolist()) for W, c in weights([2, 16, 16, 1])]
    tape = Tape()

    def neuron(w, b, x, nonlin):
        act = sum((wi * xi for wi, xi in zip(w, x)), b)
        return maximum(act, 0.0) if nonlin else act

    def step():
        tape.activate()
        layers = [([[Real(x) for x in w] for w in W], [Real(x) for x in c]) for W, c in numbers]
        parameters = [p for W, c in layers for p in [*(x for w in W for x in w), *c]]
        tape.registerInputs(parameters)
        tape.newRecording()
        scores = []
        for row in rows:
            x = list(map(Real, row))
            for k, (W, c) in enumerate(layers):
                x = [neuron(w, b, x, nonlin=k < 2) for w, b in zip(W, c)]
            scores.append(x[0])
        losses = [maximum(1 + -t * s, 0.0) for t, s in zip(targets, scores)]
        total = sum(losses) * (1.0 / len(losses)) + DECAY * sum(p * p for W, _ in layers for w in W for p in w)
        tape.registerOutput(total)
        total.derivative = 1.0
        tape.computeAdjoints()
        for (W, c), (ours, biases) in zip(numbers, layers):
            for w, own in zip(W, ours):
                w[:] = [x - RATE * p.derivative for x, p in zip(w, own)]
            c[:] = [x - RATE * p.derivative for x, p in zip(c, biases)]
        loss = total.value
        tape.deactivate()
        return loss

    return step


def gradlab_arrays(sizes, hidden, output, X, y, cost):
    import nn
    from autograd import Tensor

    model = nn.MLP(sizes, hidden=hidden, output=output, rng=0)
    for layer, (W, b) in zip(model.layers, weights(sizes)):
        layer.W.data, layer.b.data = W, b
    X, y = Tensor(X, constant=True), Tensor(y, constant=True)
    optimizer, parameters = nn.SGD(model.parameters(), lr=RATE), model.parameters()

    def step():
        loss = cost(model(X), y, parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss)

    return step


def gradlab_moons():
    from nn import losses

    def cost(pred, y, parameters):
        return losses.hinge(pred, y) + 2 * DECAY * losses.l2(parameters)

    return gradlab_arrays([2, 16, 16, 1], "relu", "identity", *moons(), cost)


def gradlab_images():
    from nn import losses

    return gradlab_arrays([784, 16, 16, 10], "sigmoid", "sigmoid", *images(), lambda pred, y, _: losses.quadratic(pred, y))


def torch_arrays(sizes, between, last, X, y, cost):
    import torch

    torch.set_num_threads(1)
    layers = [torch.nn.Linear(m, n, dtype=torch.float64) for m, n in zip(sizes, sizes[1:])]
    for layer, (W, b) in zip(layers, weights(sizes)):
        layer.weight.data, layer.bias.data = torch.tensor(W), torch.tensor(b)
    X, y = torch.tensor(X), torch.tensor(y)
    parameters = [p for layer in layers for p in layer.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=RATE)

    def step():
        a = X
        for layer in layers[:-1]:
            a = between(layer(a))
        loss = cost(last(layers[-1](a)), y, [layer.weight for layer in layers])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss)

    return step


def torch_moons():
    import torch

    def cost(pred, y, Ws):
        return torch.relu(1 - y * pred).mean() + DECAY * sum((W * W).sum() for W in Ws)

    return torch_arrays([2, 16, 16, 1], torch.relu, lambda a: a, *moons(), cost)


def torch_images():
    import torch

    return torch_arrays(
        [784, 16, 16, 10], torch.sigmoid, torch.sigmoid, *images(), lambda pred, y, _: 0.5 * ((pred - y) ** 2).sum() / len(y)
    )


def mygrad_arrays(sizes, between, last, X, y, cost):
    import mygrad as mg

    Ws = [(mg.tensor(W), mg.tensor(b)) for W, b in weights(sizes)]

    def step():
        a = X
        for i, (W, b) in enumerate(Ws):
            a = (last if i == len(Ws) - 1 else between)(mg.matmul(a, W.T) + b)
        loss = cost(a, y, [W for W, _ in Ws])
        loss.backward()
        for p in (p for pair in Ws for p in pair):
            p.data[...] -= RATE * p.grad
            p.null_grad()
        return float(loss)

    return step


def mygrad_moons():
    import mygrad as mg
    from mygrad.nnet.activations import relu

    def cost(pred, y, Ws):
        return mg.mean(relu(1 - y * pred)) + DECAY * sum(mg.sum(W * W) for W in Ws)

    return mygrad_arrays([2, 16, 16, 1], relu, lambda a: a, *moons(), cost)


def mygrad_images():
    import mygrad as mg
    from mygrad.nnet.activations import sigmoid

    return mygrad_arrays([784, 16, 16, 10], sigmoid, sigmoid, *images(), lambda pred, y, _: 0.5 * mg.sum((pred - y) ** 2) / len(y))


def hips_arrays(sizes, between, last, X, y, cost):
    from autograd import value_and_grad

    parameters = weights(sizes)

    def objective(ps):
        a = X
        for i, (W, b) in enumerate(ps):
            a = (last if i == len(ps) - 1 else between)(a @ W.T + b)
        return cost(a, y, [W for W, _ in ps])

    both = value_and_grad(objective)

    def step():
        loss, gradients = both(parameters)
        for (W, b), (gW, gb) in zip(parameters, gradients):
            W -= RATE * gW
            b -= RATE * gb
        return float(loss)

    return step


def hips_moons():
    import autograd.numpy as anp

    def cost(pred, y, Ws):
        return anp.mean(anp.maximum(1 - y * pred, 0)) + DECAY * sum(anp.sum(W * W) for W in Ws)

    return hips_arrays([2, 16, 16, 1], lambda z: anp.maximum(z, 0), lambda a: a, *moons(), cost)


def hips_images():
    import autograd.numpy as anp

    def sigmoid(z):
        return 1 / (1 + anp.exp(-z))

    return hips_arrays([784, 16, 16, 10], sigmoid, sigmoid, *images(), lambda p, y, _: 0.5 * anp.sum((p - y) ** 2) / len(y))


SCALARS = {
    "floats": float_scalars,
    "gradlab": gradlab_scalars,
    "python": gradlab_scalars,  # gradlab again, on its Python engine
    "xad": xad_scalars,
    "micrograd": micrograd_scalars,
}
WORK = {
    "demo step on scalars, collector at its default": SCALARS,
    "demo step on scalars, collector off": SCALARS,
    "demo step on scalars, beside 2 million other objects": SCALARS,
    "demo step on scalars, with earlier graphs kept alive": {"gradlab": gradlab_keeping, "python": gradlab_keeping},
    "demo step on arrays": {
        "by hand": by_hand_moons,
        "gradlab": gradlab_moons,
        "torch": torch_moons,
        "mygrad": mygrad_moons,
        "hips": hips_moons,
    },
    "784-16-16-10, batch 128": {
        "by hand": by_hand_images,
        "gradlab": gradlab_images,
        "torch": torch_images,
        "mygrad": mygrad_images,
        "hips": hips_images,
    },
}
NEEDS = {"torch": "torch", "mygrad": "mygrad", "micrograd": "micrograd", "xad": "xad"}


def measured(work, who):
    """Seconds of one step: of the fastest, and in the mean; and the losses before the first step and after two."""
    step = WORK[work][who]()
    losses = [float(step()) for _ in range(3)]
    others = [{} for _ in range(2_000_000)] if "other objects" in work else []
    if "off" in work:
        gc.disable()
    rounds, count = (10, 1) if "scalars" in work else (25, 20)
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(count):
            step()
        seconds.append((time.perf_counter() - start) / count)
        if "off" in work:
            gc.collect()
    del others
    return {"best": min(seconds), "mean": statistics.mean(seconds), "first": losses[0], "third": losses[2]}


def python_for(who, hips):
    """The interpreter that runs it, or None where it is not installed."""
    if who == "hips":
        return hips
    return sys.executable if who not in NEEDS or importlib.util.find_spec(NEEDS[who]) else None


def results_of(work, pythons, rounds):
    """The measurements of each, taken in turns."""
    results = {who: [] for who in pythons}
    for _ in range(rounds):
        for who, python in pythons.items():
            env = {**os.environ, "GRADLAB_ENGINE": "python"} if who == "python" else None
            command = [python, __file__, "--one", work, who]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
            results[who].append(json.loads(done.stdout))
    for loss in ("first", "third"):  # plain floats take no step
        losses = {who: runs[0][loss] for who, runs in results.items() if loss == "first" or who != "floats"}
        assert max(losses.values()) - min(losses.values()) < 1e-9, f"the work is unlike: {losses}"
    return results


def print_results(results, number):
    """A line for each, with its ratio to gradlab; a number is the ``best`` or the ``mean`` step of a round."""
    seconds = {who: [run[number] for run in runs] for who, runs in results.items()}
    best = {who: min(run["best"] for run in runs) for who, runs in results.items()}
    for who, times in seconds.items():
        ratios = [s / own for s, own in zip(times, seconds["gradlab"])]
        spread = f"{statistics.median(ratios):8.2f} × gradlab  ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"  {who:10s} {statistics.median(times) * 1e3:9.3f} ms, best {best[who] * 1e3:9.3f}  {spread}")
    for limit in {"by hand", "floats"} & set(seconds):
        ratios = [own / hand for own, hand in zip(seconds["gradlab"], seconds[limit])]
        ours = f"{statistics.median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f}), of the best steps {best['gradlab'] / best[limit]:.2f}"
        print(f"  gradlab / {limit}: {ours}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hips", help="the Python of an environment with HIPS autograd")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only the works whose name contains this")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(*given.one)))
        return
    for work, makers in WORK.items():
        if given.only not in work:
            continue
        pythons = {who: python for who in makers if (python := python_for(who, given.hips))}
        print(f"\n{work}")
        print_results(results_of(work, pythons, given.rounds), "mean" if "scalars" in work else "best")
        missing = sorted(set(makers) - set(pythons))
        if missing:
            print(f"  not measured, since not installed here: {', '.join(missing)}")


if __name__ == "__main__":
    main()
