"""Networks take the same steps as Nielsen's network in NumPy, and as six architectures in PyTorch."""

import numpy as np
import pytest

import nn


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


class Attender(nn.Module):
    """Causal attention with positions, a residual connection and a layer norm."""

    def __init__(self):
        self.positions = nn.PositionalEncoding(4)
        self.block = nn.Residual(nn.MultiHeadAttention(4, heads=2, causal=True, rng=0))
        self.norm, self.out = nn.LayerNorm(4), nn.Linear(4, 2, rng=1)

    def forward(self, x):
        return self.out(self.norm(self.block(self.positions(x))).mean(axis=1))


def layered_architectures(torch):
    """Convolutional, recurrent and attending networks, and the order of their parameters in PyTorch."""
    t = torch.nn
    rng = np.random.default_rng(1)

    class LastOutput(t.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner, self.out = inner, t.Linear(5, 2)

        def forward(self, x):
            return self.out(self.inner(x)[0][:, -1])

    class TorchAttender(t.Module):
        def __init__(self):
            super().__init__()
            self.query, self.key, self.value, self.join = (t.Linear(4, 4) for _ in range(4))
            self.norm, self.out = t.LayerNorm(4), t.Linear(4, 2)

        def forward(self, x):
            position, feature = np.indices((6, 4))
            wave = position / 10000.0 ** (feature // 2 * 2 / 4)
            x = x + torch.tensor(np.where(feature % 2, np.cos(wave), np.sin(wave)))
            q, k, v = (layer(x).reshape(8, 6, 2, 2).transpose(1, 2) for layer in (self.query, self.key, self.value))
            attended = t.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.join(attended.transpose(1, 2).reshape(8, 6, 4))
            return self.out(self.norm(x).mean(axis=1))

    def recurrent(cell):
        return nn.Sequential(nn.RNN(cell, last_only=True), nn.Linear(5, 2, rng=1))

    images, signals, sequences = rng.normal(size=(8, 2, 7, 6)), rng.normal(size=(8, 4, 9)), rng.normal(size=(8, 6, 4))
    cell_order = [0, 2, 1, 3, 4, 5]
    return {
        "2-d convolutions": (
            nn.Sequential(nn.Conv2d(2, 4, (3, 2), stride=2, padding=1, rng=0), "relu", nn.BatchNorm(4), nn.Conv2d(4, 4, 2, groups=2, padding="same", rng=1), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(16, 2, rng=2)),
            t.Sequential(t.Conv2d(2, 4, (3, 2), stride=2, padding=1), t.ReLU(), t.BatchNorm2d(4), t.Conv2d(4, 4, 2, groups=2, padding="same"), t.AvgPool2d(2), t.Flatten(), t.Linear(16, 2)),
            images, None),
        "1-d convolutions": (
            nn.Sequential(nn.Conv1d(4, 3, 3, dilation=2, padding=2, bias=False, rng=0), nn.BatchNorm(3), "tanh", nn.MaxPool1d(3, stride=2, padding=1), nn.Flatten(), nn.Linear(15, 2, rng=1)),
            t.Sequential(t.Conv1d(4, 3, 3, dilation=2, padding=2, bias=False), t.BatchNorm1d(3), t.Tanh(), t.MaxPool1d(3, stride=2, padding=1), t.Flatten(), t.Linear(15, 2)),
            signals, None),
        "plain recurrence": (recurrent(nn.RNNCell(4, 5, rng=0)), LastOutput(t.RNN(4, 5, batch_first=True)), sequences, cell_order),
        "gated recurrence": (recurrent(nn.GRUCell(4, 5, rng=0)), LastOutput(t.GRU(4, 5, batch_first=True)), sequences, cell_order),
        "long short-term memory": (recurrent(nn.LSTMCell(4, 5, rng=0)), LastOutput(t.LSTM(4, 5, batch_first=True)), sequences, cell_order),
        "attention": (Attender(), TorchAttender(), sequences, None),
    }  # fmt: skip


def take_100_steps_beside_pytorch(torch, ours, theirs, X, Y, losses, optimizers, order=None):
    """Take 100 steps with both networks from the same parameters, and compare losses and gradients at each."""
    theirs = theirs.double()
    their_parameters = list(theirs.parameters())
    pairs = list(zip(ours.parameters(), [their_parameters[k] for k in order or range(len(their_parameters))], strict=True))
    with torch.no_grad():
        for p, q in pairs:
            q.copy_(torch.tensor(p.numpy()))
    mine, their = optimizers[0](ours.parameters()), optimizers[1](theirs.parameters())
    for _ in range(100):
        mine.zero_grad()
        their.zero_grad()
        a, b = losses[0](ours(X), Y), losses[1](theirs(torch.tensor(X)), torch.tensor(Y))
        a.backward()
        b.backward()
        np.testing.assert_allclose(float(a), b.item(), rtol=1e-10)
        for p, q in pairs:
            np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-9, atol=1e-12 + 1e-10 * float(q.grad.abs().max()))
        mine.step()
        their.step()


@pytest.mark.parametrize("k", range(6))
def test_pytorchs_twin_for_100_steps(k):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    ours, theirs, X, Y, loss, their_loss, name, settings = list(architectures(torch).values())[k]
    optimizers = [lambda parameters, home=home: getattr(home, name)(parameters, **settings) for home in (nn, torch.optim)]
    take_100_steps_beside_pytorch(torch, ours, theirs, X, Y, (nn.losses.loss(loss), their_loss), optimizers)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # it pads a copy, which is all it says
@pytest.mark.parametrize("k", range(6))
def test_layers_of_pytorch_for_100_steps(k):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    ours, theirs, X, order = list(layered_architectures(torch).values())[k]
    labels = np.arange(8) % 2
    losses = nn.losses.cross_entropy, torch.nn.functional.cross_entropy
    optimizers = [lambda parameters, home=home: home.SGD(parameters, lr=0.03, momentum=0.5) for home in (nn, torch.optim)]
    take_100_steps_beside_pytorch(torch, ours, theirs, X, labels, losses, optimizers, order)
    ours.eval()
    np.testing.assert_allclose(ours(X).data, theirs.eval()(torch.tensor(X)).detach().numpy(), rtol=1e-9, atol=1e-11)
