"""A language model like Karpathy's microgpt: a transformer with one block and several heads, on scalars and by hand on arrays."""

import numpy as np

WIDTH, HEADS, MAX_LENGTH, LETTERS = 16, 4, 16, 27
HEAD_WIDTH = WIDTH // HEADS


def initial_parameters():
    """Return the parameters as arrays."""
    rng = np.random.default_rng(0)
    shapes = {"letter": (LETTERS, WIDTH), "position": (MAX_LENGTH, WIDTH), "out": (LETTERS, WIDTH)}
    shapes |= dict.fromkeys(("query", "key", "value", "mix"), (WIDTH, WIDTH))
    shapes |= {"up": (4 * WIDTH, WIDTH), "down": (WIDTH, 4 * WIDTH)}
    return {name: rng.normal(0, 0.08, shape) for name, shape in shapes.items()}


def scalar_loss(p, tokens):
    """Return the mean of -log p of each next letter. All parameters are scalars in nested lists."""
    keys, values, losses = [], [], []
    for t, (letter, next_letter) in enumerate(zip(tokens, tokens[1:])):
        residual = rms_normalize([a + b for a, b in zip(p["letter"][letter], p["position"][t])])
        x = rms_normalize(residual)
        q = matvec(p["query"], x)
        keys.append(matvec(p["key"], x))
        values.append(matvec(p["value"], x))
        heads = []
        for start in range(0, WIDTH, HEAD_WIDTH):
            head = slice(start, start + HEAD_WIDTH)
            weights = softmax([sum(a * b for a, b in zip(q[head], k[head])) / HEAD_WIDTH**0.5 for k in keys])
            heads += [sum(w * v[j] for w, v in zip(weights, values)) for j in range(start, start + HEAD_WIDTH)]
        x = [a + b for a, b in zip(matvec(p["mix"], heads), residual)]
        hidden = [u.relu() for u in matvec(p["up"], rms_normalize(x))]
        x = [a + b for a, b in zip(matvec(p["down"], hidden), x)]
        losses.append(-softmax(matvec(p["out"], x))[next_letter].log())
    return sum(losses) * (1.0 / len(losses))


def matvec(W, x):
    return [sum(w * xi for w, xi in zip(row, x)) for row in W]


def softmax(z):
    top = max(zi.data for zi in z)
    e = [(zi - top).exp() for zi in z]
    total = sum(e)
    return [ei / total for ei in e]


def rms_normalize(x):
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def loss_by_hand(p, tokens):
    """Return a function that returns the same loss and its gradients, computed on arrays by hand."""
    letters, next_letters = np.array(tokens[:-1]), np.array(tokens[1:])
    rows, causal = np.arange(len(letters)), np.tri(len(letters), dtype=bool)

    def step():
        loss, dz, activations = forward(p, letters, next_letters, rows, causal)
        return loss, backward(p, letters, dz, activations)

    return step


def forward(p, letters, next_letters, rows, causal):
    """Return the loss, its gradient with respect to the logits, and the activations that the backward pass needs."""
    n = len(letters)
    x0 = p["letter"][letters] + p["position"][:n]
    x1, s1 = normalize(x0)
    x2, s2 = normalize(x1)
    q, k, v = (split_heads(x2 @ p[name].T) for name in ("query", "key", "value"))
    scores = np.where(causal, q @ k.transpose(0, 2, 1) / HEAD_WIDTH**0.5, -np.inf)
    e = np.exp(scores - scores.max(-1, keepdims=True))
    w = e / e.sum(-1, keepdims=True)
    mixed = merge_heads(w @ v)
    x3 = mixed @ p["mix"].T + x1
    x4, s4 = normalize(x3)
    up = x4 @ p["up"].T
    hidden = np.maximum(up, 0)
    x5 = hidden @ p["down"].T + x3
    z = x5 @ p["out"].T
    e = np.exp(z - z.max(1, keepdims=True))
    dz = e / e.sum(1, keepdims=True)
    loss = -np.log(dz[rows, next_letters]).mean()
    dz[rows, next_letters] -= 1
    dz /= n
    return loss, dz, (x0, s1, x1, s2, x2, q, k, v, w, mixed, x3, s4, x4, up, hidden, x5)


def backward(p, letters, dz, activations):
    """Return the gradients."""
    x0, s1, x1, s2, x2, q, k, v, w, mixed, x3, s4, x4, up, hidden, x5 = activations
    d5 = dz @ p["out"]
    du = (d5 @ p["down"]) * (up > 0)
    d3 = d5 + normalize_backward(du @ p["up"], x3, s4)
    dm = split_heads(d3 @ p["mix"])
    dw = dm @ v.transpose(0, 2, 1)
    ds = w * (dw - (dw * w).sum(-1, keepdims=True)) / HEAD_WIDTH**0.5
    dq, dk = merge_heads(ds @ k), merge_heads(ds.transpose(0, 2, 1) @ q)
    dv = merge_heads(w.transpose(0, 2, 1) @ dm)
    d2 = dq @ p["query"] + dk @ p["key"] + dv @ p["value"]
    d1 = d3 + normalize_backward(d2, x1, s2)
    d0 = normalize_backward(d1, x0, s1)
    g = {"out": dz.T @ x5, "down": d5.T @ hidden, "up": du.T @ x4, "mix": d3.T @ mixed}
    g |= {"query": dq.T @ x2, "key": dk.T @ x2, "value": dv.T @ x2}
    g["letter"], g["position"] = np.zeros((LETTERS, WIDTH)), np.zeros((MAX_LENGTH, WIDTH))
    np.add.at(g["letter"], letters, d0)
    g["position"][: len(letters)] = d0
    return g


def normalize(x):
    """Return x divided by the root of its mean square in each row, and the factors."""
    scale = ((x * x).mean(1, keepdims=True) + 1e-5) ** -0.5
    return x * scale, scale


def normalize_backward(g, x, scale):
    return g * scale - x * scale**3 * (g * x).mean(1, keepdims=True)


def split_heads(x):
    return x.reshape(len(x), HEADS, HEAD_WIDTH).transpose(1, 0, 2)


def merge_heads(x):
    return x.transpose(1, 0, 2).reshape(x.shape[1], WIDTH)
