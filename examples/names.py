"""A language model of names, letter by letter: a transformer of one block, once on scalars and once on arrays, with equal losses.

In the manner of Karpathy's microgpt (2026): attention, RMS normalisation and a small network, nothing else.
"""

import numpy as np

import autograd as ag
import nn
from autograd import Tensor, Value

NAMES = [
    "anna",
    "ella",
    "emma",
    "hanna",
    "lena",
    "lina",
    "mina",
    "nora",
    "olga",
    "tina",
    "alan",
    "adam",
    "liam",
    "noah",
    "omar",
    "otto",
    "oskar",
    "anton",
    "emil",
    "leon",
]
LETTERS = [".", *sorted(set("".join(NAMES)))]
WIDTH, SPAN, STEPS = 8, 6, 60
rng = np.random.default_rng(0)
SHAPES = {
    "letter": (len(LETTERS), WIDTH),
    "place": (SPAN + 1, WIDTH),
    "q": (WIDTH, WIDTH),
    "k": (WIDTH, WIDTH),
    "v": (WIDTH, WIDTH),
}
SHAPES |= {"up": (2 * WIDTH, WIDTH), "down": (WIDTH, 2 * WIDTH), "out": (len(LETTERS), WIDTH)}
START = {name: rng.normal(0.0, 0.3, shape) for name, shape in SHAPES.items()}
codes = [[0, *map(LETTERS.index, name), 0] for name in NAMES]


def scalars(p, code):
    """-log p of each next letter, with every number a Value in nested lists."""
    losses, keys, values = [], [], []
    for t, (here, following) in enumerate(zip(code, code[1:], strict=False)):
        x = [a + b for a, b in zip(p["letter"][here], p["place"][t], strict=True)]
        h = normal(x)
        q, k, v = (times(p[name], h) for name in "qkv")
        keys.append(k)
        values.append(v)
        weights = soft([dot(q, key) * WIDTH**-0.5 for key in keys])
        x = [xi + dot(weights, [value[i] for value in values]) for i, xi in enumerate(x)]
        x = [a + b for a, b in zip(x, times(p["down"], [u.relu() for u in times(p["up"], normal(x))]), strict=True)]
        losses.append(-soft(times(p["out"], x))[following].log())
    return sum(losses) * (1.0 / len(losses))


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def times(W, x):
    return [dot(row, x) for row in W]


def normal(x):
    scale = (dot(x, x) * (1.0 / len(x)) + 1e-6) ** -0.5
    return [xi * scale for xi in x]


def soft(z):
    e = [(zi - max(zi.data for zi in z)).exp() for zi in z]
    total = sum(e)
    return [ei / total for ei in e]


def arrays(p, code):
    """The same in a few operations on arrays."""
    here, following, t = code[:-1], code[1:], len(code) - 1
    x = p["letter"][np.array(here)] + p["place"][:t]
    q, k, v = (unit(x) @ p[name].T for name in "qkv")
    scores = np.where(np.tri(t, dtype=bool), q @ k.T * WIDTH**-0.5, -1e30)
    x = x + ag.softmax(scores, axis=-1) @ v
    x = x + ag.relu(unit(x) @ p["up"].T) @ p["down"].T
    return nn.losses.cross_entropy(x @ p["out"].T, following)


def unit(x):
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-6)


def trained(p, optimizer, loss, steps):
    seen = []
    for step in range(steps):
        batch = [codes[(4 * step + i) % len(codes)] for i in range(4)]
        optimizer.zero_grad()
        total = sum(loss(p, code) for code in batch) * 0.25
        total.backward()
        optimizer.step()
        seen.append(float(total))
    return seen


tensors = {name: Tensor(x) for name, x in START.items()}
numbers = {name: [[Value(float(x)) for x in row] for row in rows] for name, rows in START.items()}
scalars_of = [v for rows in numbers.values() for row in rows for v in row]
twin = {name: Tensor(x) for name, x in START.items()}
slow = trained(numbers, nn.SGD(scalars_of, lr=0.3), scalars, 10)
same = trained(twin, nn.SGD(list(twin.values()), lr=0.3), arrays, 10)
fast = trained(tensors, nn.Adam(list(tensors.values()), lr=nn.optim.cosine(0.03, STEPS)), arrays, STEPS)
print(f"loss {fast[0]:.4f} → {fast[-1]:.4f}; guessing at random is {np.log(len(LETTERS)):.4f}")
assert np.allclose(slow, same, rtol=1e-9)
assert fast[-1] < 0.7 * fast[0]
