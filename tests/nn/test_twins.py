"""Networks take the same steps as Nielsen's network in NumPy, and as six architectures in PyTorch."""

import numpy as np
import pytest

import nn
from autograd import Tensor


def take_nielsens_step(W, b, batch, eta):
    """One step of the network in Nielsen's book: backpropagation sample by sample, averaged over the batch."""
    sums = [[np.zeros_like(w) for w in W], [np.zeros_like(c) for c in b]]
    for x, y in zip(*batch, strict=True):
        activations, a = [x], x
        for w, c in zip(W, b, strict=True):
            a = 1.0 / (1.0 + np.exp(-(w @ a + c)))
            activations.append(a)
        delta = (a - y) * a * (1.0 - a)
        for k in range(len(W) - 1, -1, -1):
            sums[0][k] += np.outer(delta, activations[k])
            sums[1][k] += delta
            delta = (W[k].T @ delta) * activations[k] * (1.0 - activations[k])
    size = len(batch[0])
    return [w - eta / size * s for w, s in zip(W, sums[0], strict=True)], [
        c - eta / size * s for c, s in zip(b, sums[1], strict=True)
    ]


def test_nielsens_network_step_for_step():
    from sklearn.datasets import load_digits

    digits = load_digits()
    X, Y = digits.data / 16.0, np.eye(10)[digits.target]
    model = nn.MLP([64, 30, 10], hidden="sigmoid", output="sigmoid", init="lecun_normal", rng=0)
    for layer, n in zip(model.layers, (30, 10), strict=True):
        layer.b.data = np.random.default_rng(n).normal(size=n)
    W, b = [layer.W.numpy() for layer in model.layers], [layer.b.numpy() for layer in model.layers]
    assert abs(W[0].std() - 1.0 / 8.0) < 0.01  # 1/√n
    optimizer = nn.SGD(model.parameters(), lr=3.0)
    for batch in list(nn.data.batches(X, Y, 10, rng=1))[:100]:
        optimizer.zero_grad()
        nn.losses.quadratic(model(batch[0]), batch[1]).backward()
        optimizer.step()
        W, b = take_nielsens_step(W, b, batch, 3.0)
        for layer, w, c in zip(model.layers, W, b, strict=True):
            np.testing.assert_allclose(layer.W.data, w, rtol=1e-10, atol=1e-13)
            np.testing.assert_allclose(layer.b.data, c, rtol=1e-10, atol=1e-13)


class WordClassifier(nn.Module):
    """A classifier of three word numbers into five classes."""

    def __init__(self):
        self.table, self.norm, self.out = nn.Embedding(7, 4, rng=0), nn.LayerNorm(12), nn.Linear(12, 5, rng=1)

    def forward(self, x):
        rows = self.table(x)
        return self.out(self.norm(rows.reshape((len(rows), 12))))


def architectures(torch):
    t = torch.nn
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(20, 6)), rng.integers(0, 3, 20)
    real, words = rng.normal(size=(20, 3)), rng.integers(0, 7, (20, 3))

    class TorchWordClassifier(t.Module):
        def __init__(self):
            super().__init__()
            self.table, self.norm, self.out = t.Embedding(7, 4), t.LayerNorm(12), t.Linear(12, 5)

        def forward(self, x):
            return self.out(self.norm(self.table(x).reshape(len(x), 12)))

    f = t.functional
    return {
        "tanh, squared error": (nn.MLP([6, 8, 3], hidden="tanh", rng=0), t.Sequential(t.Linear(6, 8), t.Tanh(), t.Linear(8, 3)), X, real, "mse", f.mse_loss, "SGD", {"lr": 0.1}),
        "relu, cross-entropy": (nn.MLP([6, 8, 8, 3], hidden="relu", rng=1), t.Sequential(t.Linear(6, 8), t.ReLU(), t.Linear(8, 8), t.ReLU(), t.Linear(8, 3)), X, labels, "cross_entropy", f.cross_entropy, "Adam", {"lr": 0.01}),
        "softplus, huber": (nn.MLP([6, 5, 3], hidden="softplus", rng=2), t.Sequential(t.Linear(6, 5), t.Softplus(), t.Linear(5, 3)), X, real, "huber", f.huber_loss, "AdamW", {"lr": 0.01}),
        "sigmoid, logits": (nn.MLP([6, 4, 3], hidden="sigmoid", rng=3), t.Sequential(t.Linear(6, 4), t.Sigmoid(), t.Linear(4, 3)), X, (real > 0) * 1.0, "binary_cross_entropy_with_logits", f.binary_cross_entropy_with_logits, "SGD", {"lr": 0.5, "momentum": 0.9}),
        "gelu and silu, absolute error": (nn.Sequential(nn.Linear(6, 5, rng=0), "gelu", nn.Linear(5, 5, rng=1), "silu", nn.Linear(5, 3, rng=2)), t.Sequential(t.Linear(6, 5), t.GELU(), t.Linear(5, 5), t.SiLU(), t.Linear(5, 3)), X, real, "mae", f.l1_loss, "Adagrad", {"lr": 0.05}),
        "embedding and layer norm": (WordClassifier(), TorchWordClassifier(), words, rng.integers(0, 5, 20), "cross_entropy", f.cross_entropy, "SGD", {"lr": 0.2, "momentum": 0.9, "nesterov": True}),
    }  # fmt: skip


@pytest.mark.parametrize("k", range(6))
def test_pytorchs_twin_for_100_steps(k):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    ours, theirs, X, Y, loss, their_loss, name, settings = list(architectures(torch).values())[k]
    theirs = theirs.double()
    with torch.no_grad():
        for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
            q.copy_(torch.tensor(p.numpy()))
    mine, their = getattr(nn, name)(ours.parameters(), **settings), getattr(torch.optim, name)(theirs.parameters(), **settings)
    for _ in range(100):
        mine.zero_grad()
        their.zero_grad()
        a, b = nn.losses.loss(loss)(ours(X), Y), their_loss(theirs(torch.tensor(X)), torch.tensor(Y))
        a.backward()
        b.backward()
        np.testing.assert_allclose(float(a), b.item(), rtol=1e-10)
        for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
            np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-9, atol=1e-12)
        mine.step()
        their.step()
    assert isinstance(ours.parameters()[0], Tensor)
