"""micrograd's demo step on scalars, in each library. Each function returns a step, and a step returns the loss."""

from programs.networks import DECAY, MOONS_SIZES, RATE, initial_weights, moons, scalar_moons


def make_step(network, value, graphs=None):
    """Return a step of gradient descent. The graph of each step is appended to ``graphs``, if it is a list."""
    model, loss = scalar_moons(network, value)
    parameters = model.parameters()[:]

    def step():
        total = loss()
        for p in parameters:
            p.grad = 0.0
        total.backward()
        for p in parameters:
            p.data -= RATE * p.grad
        if graphs is not None:
            graphs.append(total)
        return total.data

    return step


def gradlab_scalars(graphs=None):
    from autograd import Value
    from nn.scalar import MLP

    return make_step(MLP, Value, graphs)


def gradlab_keeping_graphs():
    return gradlab_scalars(graphs=[])


def micrograd_scalars():
    from micrograd.engine import Value
    from micrograd.nn import MLP

    return make_step(MLP, Value)


class FloatNeuron:
    """micrograd's neuron on plain floats."""

    def __init__(self, w, b, nonlin):
        self.w, self.b, self.nonlin = w, b, nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return (act if act > 0.0 else 0.0) if self.nonlin else act


def float_scalars():
    """The same loops on plain floats: the loss without derivatives, and so without an update."""
    X, y = moons()
    rows, targets = X.tolist(), y[:, 0].tolist()
    layers = [
        [FloatNeuron(w, b, nonlin=k < 2) for w, b in zip(W.tolist(), c.tolist())]
        for k, (W, c) in enumerate(initial_weights(MOONS_SIZES))
    ]
    all_weights = [w for layer in layers for neuron in layer for w in neuron.w]

    def model(x):
        for layer in layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def step():
        scores = [model(list(map(float, row))) for row in rows]
        losses = [max(0.0, 1 + -t * s) for t, s in zip(targets, scores)]
        return sum(losses) * (1.0 / len(losses)) + DECAY * sum(p * p for p in all_weights)

    return step


def xad_scalars():
    """The same loops on XAD's numbers, with its tape."""
    from xad.adj_1st import Real, Tape
    from xad.math import max as maximum

    X, y = moons()
    rows, targets = X.tolist(), y[:, 0].tolist()
    numbers = [(W.tolist(), c.tolist()) for W, c in initial_weights(MOONS_SIZES)]
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
        for (W, c), (weights, biases) in zip(numbers, layers):
            for w, nodes in zip(W, weights):
                w[:] = [x - RATE * p.derivative for x, p in zip(w, nodes)]
            c[:] = [x - RATE * p.derivative for x, p in zip(c, biases)]
        loss = total.value
        tape.deactivate()
        return loss

    return step
