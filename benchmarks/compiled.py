"""compile() beside the hand-written limit and its peers: one run, the same work, first calls apart. Prints milliseconds and ratios.

    python benchmarks/compiled.py            # everything that is installed; micrograd and casadi take part where they are
    python benchmarks/compiled.py --quick    # a few repetitions

Each line is the median over rounds in which all of a section take turns. Every program's value and gradient is compared with its
peers' first.
"""

import argparse
import gc
import importlib.util
import statistics
import time

import eager
import numpy as np

import autograd as ag
import nn
from autograd import Tensor, Value, compile
from nn.scalar import MLP


def timed(f):
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def compared(title, makers, rounds):
    """TracedRun the steps in turn; print the median time of each and its ratio to the first."""
    print(f"\n{title}")
    steps, firsts = {}, {}
    for name, make in makers.items():
        step = make()
        firsts[name] = timed(step)
        steps[name] = step, 1 if timed(step) > 0.05 else 10
    times = {name: [] for name in steps}
    for _ in range(rounds):
        for name, (step, repeat) in steps.items():
            gc.collect()
            times[name].append(min(timed(step) for _ in range(repeat)))
    limit = statistics.median(next(iter(times.values())))
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"  {name:<44} {middle * 1e3:10.3f} ms  {middle / limit:9.2f} ×   first call {firsts[name]:.2f} s")
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def same(a, b, tolerance=1e-8):
    a, b = (np.concatenate([np.ravel(x) for x in xs]) for xs in (a, b))
    assert np.allclose(a, b, rtol=tolerance, atol=tolerance * np.max(np.abs(b))), np.max(np.abs(a - b))


# -- micrograd's demo: 100 moons, 2-16-16-1, hinge loss and L2


def demo(network=MLP, value=Value):
    X, y = eager.moons()
    rows, targets = X.tolist(), y[:, 0].tolist()
    model = network(2, [16, 16, 1])
    for layer, (W, b) in zip(model.layers, eager.weights([2, 16, 16, 1])):
        for neuron, w, c in zip(layer.neurons, W.tolist(), b.tolist()):
            neuron.b.data = c
            for p, x in zip(neuron.w, w):
                p.data = x
    matrices = [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]

    def loss():
        scores = [model(list(map(value, row))) for row in rows]
        losses = [(1 + -t * s).relu() for t, s in zip(targets, scores)]
        return sum(losses) * (1.0 / len(losses)) + eager.DECAY * sum(p * p for p in matrices)

    return model, loss


def demo_compiled():
    model, loss = demo()
    step = compile(loss)
    parameters = model.parameters()

    def run():
        for p in parameters:
            p._grad = 0.0
        step().backward()

    run()
    mine = [p.grad for p in parameters]
    for p in parameters:
        p.grad = 0.0
    loss().backward()
    same(mine, [p.grad for p in parameters])
    fresh = compile(loss)
    return lambda: run() if fresh.traces else fresh().backward()


def demo_eager(network=MLP, value=Value):
    model, loss = demo(network, value)

    def run():
        for p in model.parameters():
            p.grad = 0.0
        loss().backward()

    return run


def demo_by_hand():
    X, y = eager.moons()
    (W1, b1), (W2, b2), (W3, b3) = eager.weights([2, 16, 16, 1])

    def step():
        z1 = X @ W1.T + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ W2.T + b2
        a2 = np.maximum(z2, 0)
        margin = 1 - y * (a2 @ W3.T + b3)
        loss = np.maximum(margin, 0).mean() + eager.DECAY * ((W1 * W1).sum() + (W2 * W2).sum() + (W3 * W3).sum())
        d3 = (margin > 0) * (-y / len(X))
        d2 = (d3 @ W3) * (z2 > 0)
        d1 = (d2 @ W2) * (z1 > 0)
        gradients = [d1.T @ X + 2 * eager.DECAY * W1, d2.T @ a1 + 2 * eager.DECAY * W2, d3.T @ a2 + 2 * eager.DECAY * W3]
        return loss, gradients, [d1.sum(0), d2.sum(0), d3.sum(0)]

    return step


def demo_casadi():
    import casadi

    X, y = eager.moons()
    flat = np.concatenate([np.concatenate([W.ravel(), b]) for W, b in eager.weights([2, 16, 16, 1])])
    theta = casadi.SX.sym("theta", len(flat))
    start, layers = 0, []
    for m, n in ((2, 16), (16, 16), (16, 1)):
        W = [[theta[start + i * m + j] for j in range(m)] for i in range(n)]
        layers.append((W, [theta[start + n * m + i] for i in range(n)]))
        start += n * m + n
    total = 0
    for row, t in zip(X.tolist(), y[:, 0].tolist()):
        a = row
        for k, (W, b) in enumerate(layers):
            a = [sum((w * x for w, x in zip(ws, a)), c) for ws, c in zip(W, b)]
            a = a if k == 2 else [casadi.fmax(z, 0) for z in a]
        total += casadi.fmax(1 - t * a[0], 0) / len(X)
    total += eager.DECAY * sum(w * w for W, _ in layers for ws in W for w in ws)
    f = casadi.Function("f", [theta], [total, casadi.gradient(total, theta)])
    buffer, run = f.buffer()
    value, gradient = np.zeros(1), np.zeros(len(flat))
    buffer.set_arg(0, memoryview(flat))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(gradient))

    def step():
        run()
        return value, gradient, flat, buffer  # all of which must stay alive

    return step


# -- 784-16-16-10 of sigmoids, written for one sample


def sample(w, x, t):
    a = list(x)
    for W, b in w:
        a = [1.0 / (1.0 + (-sum((wi * ai for wi, ai in zip(row, a)), bi)).exp()) for row, bi in zip(W, b)]
    return 0.5 * sum((p - q) * (p - q) for p, q in zip(a, t))


def images_by_hand(X, Y):
    (W1, b1), (W2, b2), (W3, b3) = eager.weights([784, 16, 16, 10])

    def step():
        a1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
        a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
        a3 = 1 / (1 + np.exp(-(a2 @ W3.T + b3)))
        error = a3 - Y
        loss = 0.5 * (error * error).sum() / len(X)
        d3 = error * a3 * (1 - a3) / len(X)
        d2 = (d3 @ W3) * a2 * (1 - a2)
        d1 = (d2 @ W2) * a1 * (1 - a1)
        return loss, (d1.T @ X, d1.sum(0), d2.T @ a1, d2.sum(0), d3.T @ a2, d3.sum(0))

    return step


def images_scalar(X, Y, buffers=False):
    weights = eager.weights([784, 16, 16, 10])
    step = compile(sample, in_axes=(None, 0, 0), buffers=buffers)
    value, gradient = compile(sample, in_axes=(None, 0, 0), buffers=buffers).value_and_grad(weights, X, Y)
    loss, by_hand = images_by_hand(X, Y)()
    same([value, *(g for pair in gradient for g in pair)], [loss, *by_hand])
    return lambda: step.value_and_grad(weights, X, Y)


def images_tensor(X, Y, compiled):
    model = nn.MLP([784, 16, 16, 10], hidden="sigmoid", output="sigmoid", rng=0)
    parameters = model.parameters()

    def loss():
        return nn.losses.quadratic(model(X), Y)

    f = compile(loss) if compiled else loss

    def step():
        for p in parameters:
            p.zero_grad()
        f().backward()

    return step


def epoch(images=60_000, batch=128):
    """A whole epoch over synthetic images, update included, in seconds."""
    rng = np.random.default_rng(0)
    X, labels = rng.random((images, 784)), rng.integers(0, 10, images)
    Y = np.eye(10)[labels]
    weights = eager.weights([784, 16, 16, 10])
    step = compile(sample, in_axes=(None, 0, 0))
    step.value_and_grad(weights, X[:batch], Y[:batch])
    start = time.perf_counter()
    for k in range(0, images - batch + 1, batch):
        _, gradient = step.value_and_grad(weights, X[k : k + batch], Y[k : k + batch])
        for (W, b), (dW, db) in zip(weights, gradient):
            W -= 0.1 * dW
            b -= 0.1 * db
    return time.perf_counter() - start


# -- a language model in the manner of microgpt, on numbers


WIDTH, HEADS, SPAN, LETTERS = 16, 4, 16, 27


def gpt_weights():
    rng = np.random.default_rng(0)
    shapes = {"letter": (LETTERS, WIDTH), "place": (SPAN, WIDTH), "out": (LETTERS, WIDTH)}
    shapes |= dict.fromkeys(("query", "key", "value", "mix"), (WIDTH, WIDTH))
    shapes |= {"up": (4 * WIDTH, WIDTH), "down": (WIDTH, 4 * WIDTH)}
    return {name: rng.normal(0, 0.08, shape) for name, shape in shapes.items()}


def times(W, x):
    return [sum(w * xi for w, xi in zip(row, x)) for row in W]


def soft(z):
    top = max(zi.data for zi in z)
    e = [(zi - top).exp() for zi in z]
    total = sum(e)
    return [ei / total for ei in e]


def normal(x):
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def gpt(p, tokens):
    keys, values, losses = [], [], []
    for place, (here, following) in enumerate(zip(tokens, tokens[1:])):
        before = normal([a + b for a, b in zip(p["letter"][here], p["place"][place])])
        x = normal(before)
        q = times(p["query"], x)
        keys.append(times(p["key"], x))
        values.append(times(p["value"], x))
        heads = []
        for h in range(0, WIDTH, WIDTH // HEADS):
            part = slice(h, h + WIDTH // HEADS)
            weights = soft([sum(a * b for a, b in zip(q[part], k[part])) / (WIDTH // HEADS) ** 0.5 for k in keys])
            heads += [sum(w * v[j] for w, v in zip(weights, values)) for j in range(h, h + WIDTH // HEADS)]
        x = [a + b for a, b in zip(times(p["mix"], heads), before)]
        hidden = [u.relu() for u in times(p["up"], normal(x))]
        x = [a + b for a, b in zip(times(p["down"], hidden), x)]
        losses.append(-soft(times(p["out"], x))[following].log())
    return sum(losses) * (1.0 / len(losses))


def gpt_by_hand(p, tokens):
    """The same forward and backward, on arrays."""
    here, following, n = np.array(tokens[:-1]), np.array(tokens[1:]), len(tokens) - 1
    rows, deep = np.arange(n), WIDTH // HEADS
    causal = np.tri(n, dtype=bool)

    def unit(x):
        scale = ((x * x).mean(1, keepdims=True) + 1e-5) ** -0.5
        return x * scale, scale

    def unit_back(g, x, scale):
        return g * scale - x * scale**3 * (g * x).mean(1, keepdims=True)

    def split(x):
        return x.reshape(n, HEADS, deep).transpose(1, 0, 2)

    def joined(x):
        return x.transpose(1, 0, 2).reshape(n, WIDTH)

    def step():
        x0 = p["letter"][here] + p["place"][:n]
        x1, s1 = unit(x0)
        x2, s2 = unit(x1)
        q, k, v = (split(x2 @ p[name].T) for name in ("query", "key", "value"))
        scores = np.where(causal, q @ k.transpose(0, 2, 1) / deep**0.5, -np.inf)
        e = np.exp(scores - scores.max(-1, keepdims=True))
        w = e / e.sum(-1, keepdims=True)
        mixed = joined(w @ v)
        x3 = mixed @ p["mix"].T + x1
        x4, s4 = unit(x3)
        up = x4 @ p["up"].T
        hidden = np.maximum(up, 0)
        x5 = hidden @ p["down"].T + x3
        z = x5 @ p["out"].T
        e = np.exp(z - z.max(1, keepdims=True))
        y = e / e.sum(1, keepdims=True)
        loss = -np.log(y[rows, following]).mean()
        dz = y
        dz[rows, following] -= 1
        dz /= n
        g = {"out": dz.T @ x5}
        d5 = dz @ p["out"]
        g["down"] = d5.T @ hidden
        du = (d5 @ p["down"]) * (up > 0)
        g["up"] = du.T @ x4
        d3 = d5 + unit_back(du @ p["up"], x3, s4)
        g["mix"] = d3.T @ mixed
        dm = split(d3 @ p["mix"])
        dv = w.transpose(0, 2, 1) @ dm
        dw = dm @ v.transpose(0, 2, 1)
        ds = w * (dw - (dw * w).sum(-1, keepdims=True)) / deep**0.5
        dq, dk = joined(ds @ k), joined(ds.transpose(0, 2, 1) @ q)
        dv = joined(dv)
        g |= {"query": dq.T @ x2, "key": dk.T @ x2, "value": dv.T @ x2}
        d2 = dq @ p["query"] + dk @ p["key"] + dv @ p["value"]
        d1 = d3 + unit_back(d2, x1, s2)
        d0 = unit_back(d1, x0, s1)
        g["letter"], g["place"] = np.zeros((LETTERS, WIDTH)), np.zeros((SPAN, WIDTH))
        np.add.at(g["letter"], here, d0)
        g["place"][:n] = d0
        return loss, g

    return step


def gpt_steps():
    p = gpt_weights()
    tokens = [26, *np.random.default_rng(1).integers(0, 26, SPAN - 1).tolist(), 26]
    step = compile(gpt)
    value, gradient = compile(gpt).value_and_grad(p, tokens)
    loss, by_hand = gpt_by_hand(p, tokens)()
    same([value, *(gradient[name] for name in p)], [loss, *(by_hand[name] for name in p)])
    numbers = {name: [[Value(x) for x in row] for row in W.tolist()] for name, W in p.items()}
    captured = compile(lambda: gpt(numbers, tokens))
    return {
        "by hand": lambda: gpt_by_hand(p, tokens),
        "compiled, arrays in, arrays out": lambda: lambda: step.value_and_grad(p, tokens),
        "compiled, .grad of 4 192 Values": lambda: lambda: captured().backward(),
        "eager": lambda: lambda: gpt(numbers, tokens).backward(),
    }, (p, tokens)


# -- GradBench's Gaussian mixture, as loops and with arrays


def gmm_data(n=100, d=4, k=5):
    rng = np.random.default_rng(0)
    return rng.normal(size=k), rng.normal(size=(k, d)), rng.normal(size=(k, d * (d + 1) // 2)), rng.normal(size=(n, d))


def largest_log_sum(z):
    top = max(zi.data for zi in z)
    return sum((zi - top).exp() for zi in z).log() + top


def gmm_loops(alphas, means, icf, X, gamma=1.0, m=0):
    n, d = len(X), len(X[0])
    logs = [sum(row[:d]) for row in icf]
    diagonals = [[q.exp() for q in row[:d]] for row in icf]
    total = 0.0
    for x in X:
        terms = []
        for a, mean, row, log_q, diagonal in zip(alphas, means, icf, logs, diagonals):
            c = [xi - mi for xi, mi in zip(x, mean)]
            y = []
            for i in range(d):
                place = d + i - 1
                z = diagonal[i] * c[i]
                for j in range(i):
                    z = z + row[place] * c[j]
                    place += d - 2 - j
                y.append(z)
            terms.append(a + log_q - 0.5 * sum(v * v for v in y))
        total = total + largest_log_sum(terms)
    prior = 0.0
    for row, log_q, diagonal in zip(icf, logs, diagonals):
        prior = prior + 0.5 * gamma * gamma * (sum(q * q for q in diagonal) + sum(v * v for v in row[d:])) - m * log_q
    return total - n * largest_log_sum(list(alphas)) + prior


def gmm_arrays(alphas, means, icf, X, gamma=1.0, m=0):
    """The same on Tensors."""
    (n, d), k = X.shape, len(means.data)
    logs, diagonal = icf[:, :d].sum(axis=1), np.exp(icf[:, :d])
    order = np.zeros((d, d), dtype=int)
    for i in range(d):
        place = d + i - 1
        for j in range(i):
            order[i, j] = place
            place += d - 2 - j
    below = np.tril(np.ones((d, d)), -1)
    L = icf[:, order.ravel()].reshape(k, d, d) * below
    c = X[:, None, :] - means
    y = diagonal * c + np.einsum("kij,nkj->nki", L, c)
    main = ag.logsumexp(alphas + logs - 0.5 * (y * y).sum(axis=2), axis=1).sum()
    prior = 0.5 * gamma * gamma * ((diagonal * diagonal).sum() + (icf[:, d:] * icf[:, d:]).sum()) - m * logs.sum()
    return main - n * ag.logsumexp(alphas) + prior


def gmm_steps():
    alphas, means, icf, X = gmm_data()
    rows = X.tolist()
    loops = compile(lambda a, mu, q: gmm_loops(a, mu, q, rows), argnums=(0, 1, 2))
    tensors = [Tensor(x) for x in (alphas, means, icf)]
    arrays = compile(lambda: gmm_arrays(*tensors, X))
    value, gradient = compile(lambda a, mu, q: gmm_loops(a, mu, q, rows), argnums=(0, 1, 2)).value_and_grad(alphas, means, icf)
    y = gmm_arrays(*tensors, X)
    y.backward()
    same([value, *gradient], [y.data, *(t.grad for t in tensors)])
    numbers = [[Value(a) for a in alphas], *([[Value(x) for x in row] for row in M.tolist()] for M in (means, icf))]
    return {
        "arrays, compiled": lambda: lambda: arrays.value_and_grad(),
        "loops, compiled": lambda: lambda: loops.value_and_grad(alphas, means, icf),
        "arrays, eager": lambda: lambda: gmm_arrays(*tensors, X).backward(),
        "loops, eager": lambda: lambda: gmm_loops(*numbers, rows).backward(),
    }


# -- what hardly raises


def det(M):
    """By minors."""
    if len(M) == 1:
        return M[0][0]
    return sum((-1.0) ** j * M[0][j] * det([row[:j] + row[j + 1 :] for row in M[1:]]) for j in range(len(M)))


def orbit(a, b, x=1.0, y=0.5, steps=200):
    """Lotka and Volterra's equations by Runge and Kutta's method."""

    def slope(x, y):
        return a * x - b * x * y, b * x * y - a * y

    h = 0.01
    for _ in range(steps):
        k1 = slope(x, y)
        k2 = slope(x + h / 2 * k1[0], y + h / 2 * k1[1])
        k3 = slope(x + h / 2 * k2[0], y + h / 2 * k2[1])
        k4 = slope(x + h * k3[0], y + h * k3[1])
        x, y = (z + h / 6 * (p + 2 * q + 2 * r + s) for z, p, q, r, s in zip((x, y), k1, k2, k3, k4))
    return x * y


def lstm(W, U, b, inputs):
    """One cell, as long as there are inputs; gates in the order in, forget, out, candidate."""
    n = len(U[0])
    h, c = [Value(0.0)] * n, [Value(0.0)] * n
    for x in inputs:
        z = [sum((w * xi for w, xi in zip(rows, x)), bi) + sum(u * hi for u, hi in zip(r, h)) for rows, r, bi in zip(W, U, b)]
        i, f, o = ([v.sigmoid() for v in z[k * n : (k + 1) * n]] for k in range(3))
        g = [v.tanh() for v in z[3 * n :]]
        c = [fi * ci + ii * gi for fi, ci, ii, gi in zip(f, c, i, g)]
        h = [oi * ci.tanh() for oi, ci in zip(o, c)]
    return sum(hi * hi for hi in h)


def pair(f, *arguments):
    """A function of nested lists of Values, eager and compiled, with gradients compared."""

    def lifted(x):
        return [lifted(y) for y in x] if np.ndim(x) else Value(x)

    nodes = [lifted(x) for x in arguments]
    compiled = compile(lambda: f(*nodes))
    compiled().backward()
    leaves = [v for x in nodes for v in np.ravel(np.array(x, dtype=object))]
    mine = [v.grad for v in leaves]
    for v in leaves:
        v.grad = 0.0
    f(*nodes).backward()
    same(mine, [v.grad for v in leaves])
    fresh = compile(lambda: f(*nodes))
    return {"eager": lambda: lambda: f(*nodes).backward(), "compiled": lambda: lambda: fresh().backward()}


def micrograd_is_here():
    return importlib.util.find_spec("micrograd") is not None


def main(rounds):
    makers = {"by hand": demo_by_hand, "compiled, .grad of 337 Values": demo_compiled, "eager": demo_eager}
    if importlib.util.find_spec("casadi"):
        makers["casadi, built before"] = demo_casadi
    if micrograd_is_here():
        from micrograd import engine
        from micrograd import nn as theirs

        makers["micrograd"] = lambda: demo_eager(theirs.MLP, engine.Value)
    found = compared("micrograd's demo step, value and gradient", makers, rounds)
    print(f"  eager / compiled {found['eager'] / found['compiled, .grad of 337 Values']:.0f} ×")
    X, Y = eager.images()
    makers = {"by hand": lambda: images_by_hand(X, Y), "scalars of one sample, in_axes": lambda: images_scalar(X, Y)}
    makers |= {"the same, buffers=True": lambda: images_scalar(X, Y, buffers=True)}
    makers |= {"Tensors, compiled": lambda: images_tensor(X, Y, True), "Tensors, eager": lambda: images_tensor(X, Y, False)}
    compared("784-16-16-10, batch of 128, value and gradient", makers, rounds)
    rng = np.random.default_rng(0)
    X, Y = rng.random((16_384, 784)), np.eye(10)[rng.integers(0, 10, 16_384)]
    makers = {"by hand": lambda: images_by_hand(X, Y), "scalars of one sample, in_axes": lambda: images_scalar(X, Y)}
    makers |= {"the same, buffers=True": lambda: images_scalar(X, Y, buffers=True)}
    compared("the same network, batch of 16 384", makers, rounds)
    print(f"  an epoch of 60 000 images, scalars of one sample, updates included: {epoch():.1f} s")
    makers, (p, tokens) = gpt_steps()
    if micrograd_is_here():
        from micrograd.engine import Value as Theirs

        class Their(Theirs):  # what micrograd lacks
            def exp(self):
                out = Their(np.exp(self.data), (self,), "exp")

                def _backward():
                    self.grad += out.data * out.grad

                out._backward = _backward
                return out

            def log(self):
                out = Their(np.log(self.data), (self,), "log")

                def _backward():
                    self.grad += out.grad / self.data

                out._backward = _backward
                return out

        for name in ("__add__", "__mul__", "__pow__", "relu"):
            setattr(Their, name, _kept(getattr(Theirs, name), Their))
        theirs = {name: [[Their(x) for x in row] for row in W.tolist()] for name, W in p.items()}
        makers["micrograd, with exp and log"] = lambda: lambda: gpt(theirs, tokens).backward()
    compared(f"a language model in the manner of microgpt, {len(tokens) - 1} letters", makers, rounds)
    compared("GMM of 100 points, 4 dimensions, 5 components", gmm_steps(), rounds)
    rng = np.random.default_rng(0)
    compared("determinant by minors, 7 × 7", pair(det, rng.normal(size=(7, 7))), max(1, rounds // 3))
    compared("an orbit of 200 Runge-Kutta steps", pair(orbit, 1.1, 0.4), rounds)
    cell = [rng.normal(0, 0.5, shape) for shape in ((32, 4), (32, 8), (32,), (50, 4))]
    compared("an LSTM cell of 8 over 50 steps", pair(lstm, *cell), rounds)


def _kept(method, kind):
    """micrograd's operation with a result of another class."""

    def wrapped(*args):
        out = method(*args)
        out.__class__ = kind
        return out

    return wrapped


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    main(3 if parser.parse_args().quick else 15)
