"""Wrong arguments of fit are named."""

import numpy as np
import pytest

import nn
from autograd import AutogradError, Value
from nn import metrics, toys

ok = np.ones((4, 2))
linear = nn.Linear(2, 1, rng=0)


def fit_line(**more):
    X, Y = toys.line(40, noise=0.05, rng=0)
    model = nn.Linear(1, 1, rng=0)
    return model, nn.fit(model, X, Y, loss="mse", validation=(X[:10], Y[:10]), progress=False, **more)


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (
            lambda: nn.fit(linear, np.array([[1.0, np.nan]]), [[1.0]], loss="mse"),
            r"fit\(\): X\[0, 1\] is nan \(1 such\): drop or fill",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:2], loss="mse"),
            r"fit\(\): X has shape \(4, 2\) and Y \(2, 2\); both need one row per sample",
        ),
        (lambda: nn.fit(linear, ok[:0], ok[:0], loss="mse"), r"fit\(\): there are no samples: X has shape \(0, 2\)"),
        (lambda: nn.fit(linear, [["a", "b"]], [[1.0]], loss="mse"), r"fit\(\): X holds <U1, not real numbers"),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", lr=0.0),
            "the learning rate lr must be a finite number above 0, not 0.0",
        ),
        (lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", lr=np.nan), "above 0, not nan"),
        (lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", epochs=0), "epochs must be a positive integer, not 0"),
        (lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", tol=-1.0), "tol must be a finite number above 0, not -1.0"),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", batch_size=0, progress=False),
            "the number of samples in a batch must be a positive integer, not 0",
        ),
        (lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", epochs=True), "not True"),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", optimizer="adam"),
            r"optimizer must be one made with .*, as in nn.Adam\(model.parameters\(\)\), not 'adam'",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", optimizer=nn.SGD([Value(1.0)], lr=0.1)),
            "the optimizer moves no parameter of this model",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", optimizer=nn.SGD(linear.parameters(), lr=0.1), lr=0.2),
            "lr=0.2 would be ignored: the optimizer has its own rate, 0.1",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", metric="accuracy"),
            r"metric must be a function of \(pred, target\), such as nn.metrics.accuracy",
        ),
        (
            lambda: nn.fit(nn.Linear(2, 1, rng=0), ok, ok[:, :1], loss="mse", lr=1e308, progress=False),
            "a parameter became infinite in step 1",
        ),
        (
            lambda: nn.fit(linear, ok, ok[:, :1], loss="mse", metric=metrics.r2),
            r"metric needs held-out data: give validation=\(X, Y\)",
        ),
        (lambda: fit_line(validation_=1), "unexpected"),
        (
            lambda: nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss="mse", validation=([[1.0]],)),
            r"validation must be a pair \(X, Y\)",
        ),
        (
            lambda: nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss=lambda a, y: 1.0, progress=False),
            "returns a Tensor or a Value, not 1.0",
        ),
    ],
)
def test_wrong_arguments_are_named(attempt, text):
    with pytest.raises((AutogradError, TypeError), match=text):
        attempt()
