"""Random programs on numbers, as people write them in loops: sums, dots, layers, branches, running maxima, recurrences."""

import random

import numpy as np
from hypothesis import strategies as st

from autograd import Value, where
from autograd.core.node import Node
from autograd.core.pytree import flatten
from autograd.graph.reverse_mode import pullback
from nn.scalar import MLP

STEPS = (
    "each",
    "some",
    "matvec",
    "bias",
    "dot",
    "sum",
    "pair",
    "branch",
    "soft",
    "recur",
    "outer",
    "slice",
    "shuffle",
    "shift",
    "numpy",
    "choose",
)
NAMES = ("tanh", "sin", "relu", "sigmoid", "cos", "softplus", "exp")


def apply_function(name, v):
    v = v if isinstance(v, Node) else Value(v)
    return (v * 0.1).exp() if name == "exp" else getattr(v, name)()


def softmax(vec):
    top = max(v.data for v in vec)
    e = [(v - top).exp() for v in vec]
    total = sum(e)
    return [x / total for x in e]


def apply_step(step, rng, vec, W, s):
    """One step on a list of numbers."""
    n = len(vec)
    match step:
        case "each":
            name = rng.choice(NAMES)
            return [apply_function(name, v) for v in vec]
        case "some":
            return [apply_function("tanh", v) if i % 2 else v * v for i, v in enumerate(vec)]
        case "matvec":
            return [sum(row[j % len(row)] * v for j, v in enumerate(vec)) for row in W]
        case "bias":
            return [
                sum((W[i % len(W)][j % len(W[0])] * v for j, v in enumerate(vec)), s * (i + 1))
                for i in range(rng.choice((2, 3, 5)))
            ]
        case "dot":
            d = sum(a * b for a, b in zip(vec, reversed(vec)))
            return [v * 0.5 - d * 0.1 for v in vec]
        case "sum":
            d = sum(vec)
            return [v / (1.0 + d * d) for v in vec] + [d]
        case "pair":
            return [vec[i] - vec[(i + 1) % n] * (2 if rng.random() < 0.5 else rng.uniform(-1, 1)) for i in range(n)]
        case "branch":
            edge = rng.uniform(-1, 1)
            return [v * 2 if v.data > edge else v * v for v in vec]
        case "soft":
            return softmax(vec)
        case "recur":
            h = s
            for v in vec:
                h = (h * 0.5 + v * s).tanh()
            return [*vec, h]
        case "outer":
            return [a * b for a in vec[:3] for b in vec[:3]]
        case "slice":
            return vec[::2]
        case "shuffle":
            rng.shuffle(vec)
            return vec
        case "shift":
            return [v + rng.choice((0.0, 1.0, 0.5, float(i))) for i, v in enumerate(vec)]
        case "numpy":
            a = np.array(vec, dtype=object)
            return list(np.tanh(a * 0.7) + a)
        case _:
            return [where(v > 0.1, v * 3.0, v - 1.0) for v in vec]


ENDS = {
    "sum": lambda vec, s: sum(vec) * s,
    "first": lambda vec, s: vec[0] * vec[-1],
    "weighted": lambda vec, s: sum(v * v * (i + 1) for i, v in enumerate(vec)) - vec[0],
    "several": lambda vec, s: [sum(vec) * 0.5 + s, {"first": vec[0] * 1.0}],
}


class Scalar:
    """A program of a matrix, a vector and a number; ``points`` are places to run it at."""

    def __init__(self, n, m, steps, end, seed):
        self.n, self.m, self.steps, self.end, self.seed = n, m, steps, end, seed
        self.__name__ = "program"

    def __call__(self, W, x, s):
        vec = list(x)
        for step, seed in self.steps:
            vec = apply_step(step, random.Random(seed), vec, W, s)
        return ENDS[self.end](vec, s)

    def points(self, count=3):
        rng = np.random.default_rng(self.seed)
        found = [(rng.normal(size=(self.m, self.n)), rng.normal(size=self.n), float(rng.normal())) for _ in range(count)]
        return [*found, (np.zeros((self.m, self.n)), np.ones(self.n), 0.0)]

    def __repr__(self):
        return f"Scalar(n={self.n}, m={self.m}, steps={self.steps}, end={self.end!r}, seed={self.seed})"


seeds = st.integers(0, 10**6)
scalar_programs = st.builds(
    Scalar,
    st.sampled_from((1, 2, 3, 5)),
    st.sampled_from((1, 2, 4)),
    st.lists(st.tuples(st.sampled_from(STEPS), seeds), min_size=1, max_size=6),
    st.sampled_from(sorted(ENDS)),
    seeds,
)


def to_values(a, own):
    """An array as an object array of Values; a float as a Value."""
    if np.ndim(a) == 0:
        own.append(Value(a))
        return own[-1]
    box = np.empty(np.shape(a), object)
    flat = [Value(x) for x in np.ravel(a).tolist()]
    box.ravel()[:] = flat
    own.extend(flat)
    return box


def eager(f, args):
    """Values, and gradients of their sum by all numbers that went in, by the walk along the graph."""
    own = []
    outputs, _ = flatten(f(*(to_values(a, own) for a in args)))
    outputs = [y if isinstance(y, Node) else Value(y) for y in outputs]
    found = pullback(outputs, [1.0] * len(outputs), own)
    return [y.data for y in outputs], [0.0 if g is None else g for g in found]


def close(a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    largest = np.max(np.abs(b), initial=0.0, where=np.isfinite(b))
    return np.allclose(a, b, rtol=1e-7, atol=1e-9 * (1 + largest), equal_nan=True)


def demo(seed=0):
    """A small network of Values and its loss, in the manner of micrograd's demo."""
    model = MLP(2, [8, 8, 1], rng=seed)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)).tolist(), rng.choice([-1.0, 1.0], 20).tolist()

    def loss():
        scores = [model(list(map(Value, row))) for row in X]
        return sum((1 + -t * s).relu() for t, s in zip(y, scores)) * (1.0 / len(X)) + 1e-3 * sum(p * p for p in model.parameters())

    return model, loss
