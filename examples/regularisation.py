"""Against overfitting: an L2 penalty shrinks the weights (S3:46), and early stopping keeps the best epoch (S0:85)."""

import numpy as np

import nn
from nn.losses import l2, mse

train, validation = nn.toys.sine(16, noise=0.3, rng=0), nn.toys.sine(200, noise=0.3, rng=1)


def trained(penalty, **more):
    model = nn.MLP([1, 40, 1], hidden="tanh", rng=0)

    def loss(pred, target):
        return mse(pred, target) + penalty * l2(model.parameters())

    optimizer = nn.Adam(model.parameters(), lr=0.03)
    history = nn.fit(model, *train, loss=loss, optimizer=optimizer, epochs=1500, validation=validation, progress=False, **more)
    size = float(l2(model.parameters()))
    return size, float(mse(model(train[0]), train[1])), float(mse(model(validation[0]), validation[1])), history


sizes, fits, held_out = [], [], []
for penalty in (0.0, 1e-4, 1e-3, 1e-2):
    size, fitted, unseen, _ = trained(penalty)
    print(f"λ = {penalty:<6g} ½ΣW² = {size:8.2f}   training {fitted:.4f}   validation {unseen:.4f}")
    sizes.append(size)
    fits.append(fitted)
    held_out.append(unseen)
assert np.all(np.diff(sizes) < 0)  # the larger λ, the smaller the weights,
assert np.all(np.diff(fits) > 0)  # and the worse the fit to the data seen,
assert min(held_out[1:]) < held_out[0]  # but not to the data that was held out

*_, stopped, history = trained(0.0, patience=100)
print(f"early stopping: {history.stopped}; validation {stopped:.4f}")
assert history.stopped.startswith("patience")
assert history.epochs < 1500
assert stopped < held_out[0]
