"""A language model of names, letter by letter: a transformer with one block, on scalars and on arrays, with equal losses.

It follows Karpathy's microgpt (2026): attention, RMS normalization and a small network.
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
WIDTH, MAX_LENGTH, STEPS = 8, 6, 60
rng = np.random.default_rng(0)
SHAPES = {"letter": (len(LETTERS), WIDTH), "position": (MAX_LENGTH + 1, WIDTH), "out": (len(LETTERS), WIDTH)}
SHAPES |= {"q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "up": (2 * WIDTH, WIDTH), "down": (WIDTH, 2 * WIDTH)}
INITIAL = {name: rng.normal(0.0, 0.3, shape) for name, shape in SHAPES.items()}
codes = [[0, *map(LETTERS.index, name), 0] for name in NAMES]


def scalar_loss(p, code):
    """Return the mean of -log p of each next letter. All parameters are Values in nested lists."""
    losses, keys, values = [], [], []
    for t, (letter, next_letter) in enumerate(zip(code, code[1:], strict=False)):
        x = [a + b for a, b in zip(p["letter"][letter], p["position"][t], strict=True)]
        h = rms_normalize(x)
        q, k, v = (matvec(p[name], h) for name in "qkv")
        keys.append(k)
        values.append(v)
        weights = softmax([dot(q, key) * WIDTH**-0.5 for key in keys])
        x = [xi + dot(weights, [value[i] for value in values]) for i, xi in enumerate(x)]
        hidden = [u.relu() for u in matvec(p["up"], rms_normalize(x))]
        x = [a + b for a, b in zip(x, matvec(p["down"], hidden), strict=True)]
        losses.append(-softmax(matvec(p["out"], x))[next_letter].log())
    return sum(losses) * (1.0 / len(losses))


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def matvec(W, x):
    return [dot(row, x) for row in W]


def rms_normalize(x):
    scale = (dot(x, x) * (1.0 / len(x)) + 1e-6) ** -0.5
    return [xi * scale for xi in x]


def softmax(z):
    e = [(zi - max(zi.data for zi in z)).exp() for zi in z]
    total = sum(e)
    return [ei / total for ei in e]


def array_loss(p, code):
    """Return the same loss with operations on arrays."""
    letters, next_letters, t = code[:-1], code[1:], len(code) - 1
    x = p["letter"][np.array(letters)] + p["position"][:t]
    q, k, v = (rms_normalize_rows(x) @ p[name].T for name in "qkv")
    scores = np.where(np.tri(t, dtype=bool), q @ k.T * WIDTH**-0.5, -1e30)
    x = x + ag.softmax(scores, axis=-1) @ v
    x = x + ag.relu(rms_normalize_rows(x) @ p["up"].T) @ p["down"].T
    return nn.losses.cross_entropy(x @ p["out"].T, next_letters)


def rms_normalize_rows(x):
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-6)


def train(p, optimizer, loss, steps):
    """Train with batches of four names, and return the loss of each step."""
    history = []
    for step in range(steps):
        batch = [codes[(4 * step + i) % len(codes)] for i in range(4)]
        optimizer.zero_grad()
        total = sum(loss(p, code) for code in batch) * 0.25
        total.backward()
        optimizer.step()
        history.append(float(total))
    return history


values = {name: [[Value(float(x)) for x in row] for row in rows] for name, rows in INITIAL.items()}
flat_values = [v for rows in values.values() for row in rows for v in row]
tensors = {name: Tensor(x) for name, x in INITIAL.items()}
scalar_history = train(values, nn.SGD(flat_values, lr=0.3), scalar_loss, steps=10)
array_history = train(tensors, nn.SGD(list(tensors.values()), lr=0.3), array_loss, steps=10)
assert np.allclose(scalar_history, array_history, rtol=1e-9)

tensors = {name: Tensor(x) for name, x in INITIAL.items()}
optimizer = nn.Adam(list(tensors.values()), lr=nn.optim.cosine(0.03, STEPS))
history = train(tensors, optimizer, array_loss, STEPS)
print(f"loss {history[0]:.4f} → {history[-1]:.4f}; guessing at random has {np.log(len(LETTERS)):.4f}")
assert history[-1] < 0.7 * history[0]
