"""Regression: hyperparameters are chosen on the validation set (S0:85), and the test set is used once, at the end."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import nn

X, Y = nn.toys.sine(200, noise=0.1, rng=0)
train, validation, test = nn.data.split(X, Y, rng=0)
scale = nn.data.Standardiser(train[0])


def build(hidden, lr):
    model = nn.MLP([1, hidden, 1], hidden="tanh", rng=0)
    return model, nn.Adam(model.parameters(), lr=lr)


def score(train, validation, hidden, lr):
    """Train for a short time and return the negative validation loss."""
    model, optimizer = build(hidden, lr)
    history = nn.fit(
        model,
        scale(train[0]),
        train[1],
        loss="mse",
        optimizer=optimizer,
        epochs=30,
        batch_size=16,
        validation=(scale(validation[0]), validation[1]),
        progress=False,
        rng=0,
    )
    return -history.validation_loss[-1]


search = nn.tune(score, train, validation, {"hidden": [1, 4, 16], "lr": [0.001, 0.01, 0.1]})
print(search)
assert search.best["hidden"] > 1

model, optimizer = build(**search.best)
nn.fit(model, scale(train[0]), train[1], loss="mse", optimizer=optimizer, epochs=100, batch_size=16, progress=False, rng=0)
r2 = nn.metrics.r2(model(scale(test[0])), test[1])
print(f"test R² = {r2:.3f}")
assert r2 > 0.95

x = np.linspace(-1, 1, 200)[:, None]
figure, axis = plt.subplots(figsize=(5, 3.5), layout="constrained")
axis.plot(*train, ".", label="training")
axis.plot(*test, "x", label="test")
axis.plot(x, model(scale(x)).numpy(), label="the network")
axis.legend()
figure.savefig("regression.png")
