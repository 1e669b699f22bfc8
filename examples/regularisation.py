"""Two methods against overfitting: an L2 penalty, which shrinks the weights (S3:46), and early stopping (S0:85)."""

import numpy as np

import nn
from nn.losses import l2, mse

train, validation = nn.toys.sine(16, noise=0.3, rng=0), nn.toys.sine(200, noise=0.3, rng=1)


def train_with_penalty(penalty, **options):
    """Return ½ΣW², the training error, the validation error and the history."""
    model = nn.MLP([1, 40, 1], hidden="tanh", rng=0)

    def loss(pred, target):
        return mse(pred, target) + penalty * l2(model.parameters())

    optimizer = nn.Adam(model.parameters(), lr=0.03)
    history = nn.fit(model, *train, loss=loss, optimizer=optimizer, epochs=800, validation=validation, progress=False, **options)
    size = float(l2(model.parameters()))
    return size, float(mse(model(train[0]), train[1])), float(mse(model(validation[0]), validation[1])), history


sizes, training_errors, validation_errors = [], [], []
for penalty in (0.0, 1e-4, 1e-3, 1e-2):
    size, training_error, validation_error, _ = train_with_penalty(penalty)
    print(f"λ = {penalty:<6g} ½ΣW² = {size:8.2f}   training {training_error:.4f}   validation {validation_error:.4f}")
    sizes.append(size)
    training_errors.append(training_error)
    validation_errors.append(validation_error)
# with a larger λ the weights are smaller and the training error is larger, but the validation error decreases at first
assert np.all(np.diff(sizes) < 0)
assert np.all(np.diff(training_errors) > 0)
assert min(validation_errors[1:]) < validation_errors[0]

*_, error_after_stopping, history = train_with_penalty(0.0, patience=100)
print(f"early stopping: {history.stopped}; validation {error_after_stopping:.4f}")
assert history.stopped.startswith("patience")
assert history.epochs < 800
assert error_after_stopping < validation_errors[0]
