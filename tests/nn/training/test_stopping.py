"""When fit stops, and which parameters it leaves."""

import numpy as np
import pytest

import nn
from autograd import GraphError, SettingError
from nn import losses, metrics, toys


def fit_line(**more):
    X, Y = toys.line(40, noise=0.05, rng=0)
    model = nn.Linear(1, 1, rng=0)
    return model, nn.fit(model, X, Y, loss="mse", validation=(X[:10], Y[:10]), progress=False, **more)


X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


ENDS = {
    "epochs": {"epochs": 6},
    "seconds": {"epochs": 10**6, "seconds": 0.2},
    "callback": {"epochs": 100, "callback": lambda h: h.epochs >= 6},
    "patience": {"epochs": 100, "patience": 2},
    "target": {"epochs": 100, "target": 0.0, "metric": lambda p, t: 0.0},
    "tol": {"epochs": 100, "tol": 1e9},
}


def test_fit_stops_at_a_small_gradient_or_when_the_callback_says_so():
    X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])  # GD09, E25
    history = nn.fit(nn.Linear(1, 1, rng=0), X, Y, loss="quadratic", lr=0.5, epochs=500, tol=1e-3, progress=False)
    assert history.epochs < 500
    assert history.stopped.startswith("gradient norm")
    assert "< tol 0.001" in history.stopped
    history = nn.fit(nn.Linear(1, 1, rng=0), X, Y, loss="mse", epochs=500, callback=lambda h: h.epochs == 3, progress=False)
    assert (history.epochs, history.stopped) == (3, "callback")


def test_patience_stops_and_restores_the_best_parameters():
    X, Y = toys.sine(16, noise=0.3, rng=0)
    validation = toys.sine(50, noise=0.3, rng=1)
    model = nn.MLP([1, 30, 1], rng=0)
    history = nn.fit(
        model,
        X,
        Y,
        loss="mse",
        optimizer=nn.Adam(model.parameters(), lr=0.05),
        epochs=2000,
        validation=validation,
        patience=20,
        progress=False,
    )
    best = int(np.argmin(history.validation_loss))
    assert history.epochs == best + 21
    assert history.stopped == f"patience: no lower validation loss in 20 epochs since epoch {best + 1}"
    assert float(losses.mse(model(validation[0]), validation[1])) == history.validation_loss.min()


def test_fit_stops_at_a_target_or_after_seconds_and_fills_its_history():
    _, history = fit_line(epochs=500, target=0.9, metric=metrics.r2, lr=0.3)
    assert history.stopped.startswith("validation metric 0.9")
    assert history.epochs < 500
    assert all(len(column) == history.epochs for column in history.arrays().values())
    assert list(history.rate) == [0.3] * history.epochs
    assert (np.diff(history.seconds) > 0).all()
    assert str(history).startswith(f"History({history.epochs} epochs, loss ")
    _, history = fit_line(epochs=10**9, seconds=0.05)
    assert history.stopped == "0.05 seconds"
    assert history != 3
    with pytest.raises(AttributeError, match="a History has no 'lose'; it has loss, gradient_norm"):
        history.lose  # noqa: B018
    with pytest.raises(SettingError, match="patience and target need held-out data"):
        nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss="mse", patience=3)
    with pytest.raises(SettingError, match="target needs a metric"):
        fit_line(target=0.5, callback=lambda history: pytest.fail("asked before an epoch is spent"))


@pytest.mark.parametrize("when", ["between steps", "inside a step"])
def test_ctrl_c_leaves_the_parameters_of_the_last_whole_step(when, monkeypatch):
    X, Y = toys.line(8, rng=0)
    model = nn.Linear(1, 1, rng=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    seen = []
    right = type(optimizer).step

    def step(self):
        if self.steps == 5:
            if when == "inside a step":
                self.parameters[0].move(np.full((1, 1), 100.0))
            raise KeyboardInterrupt
        right(self)
        seen.append(nn.parameters_to_vector(model.parameters()))

    monkeypatch.setattr(type(optimizer), "step", step)
    history = nn.fit(model, X, Y, loss="mse", optimizer=optimizer, epochs=9, batch_size=4, progress=False, rng=0)
    assert history.stopped == "interrupted in epoch 3"
    assert np.array_equal(nn.parameters_to_vector(model.parameters()), seen[-1])


def test_ctrl_c_in_the_forward_pass_keeps_what_was_learnt():
    X, Y = toys.line(8, rng=0)
    model = nn.Linear(1, 1, rng=0)
    calls = []

    def loss(pred, target):
        calls.append(nn.parameters_to_vector(model.parameters()))
        if len(calls) == 6:
            raise KeyboardInterrupt
        return losses.mse(pred, target)

    history = nn.fit(model, X, Y, loss=loss, epochs=9, batch_size=4, progress=False, rng=0)
    assert history.stopped == "interrupted in epoch 3"
    assert np.array_equal(nn.parameters_to_vector(model.parameters()), calls[-1])


@pytest.mark.parametrize("end", ENDS)
def test_the_best_parameters_are_restored_however_a_run_ends(end):
    model = nn.Linear(2, 1, rng=0)
    kept = []

    def watch(history):
        kept.append([np.array(p.data) for p in model.parameters()])
        stop = ENDS[end].get("callback")
        return stop(history) if stop else False

    settings = {"patience": 50, **ENDS[end], "callback": watch}
    held_out = (X, 1.0 - Y)  # which gets worse while the training data gets better
    history = nn.fit(model, X, Y, loss="mse", lr=0.3, validation=held_out, progress=False, **settings)
    best = kept[int(np.argmin(history.validation_loss))]
    for p, x in zip(model.parameters(), best, strict=True):
        np.testing.assert_array_equal(p.data, x)


@pytest.mark.parametrize("error", [KeyboardInterrupt, GraphError])
def test_the_best_parameters_are_restored_when_a_run_breaks_off(error):
    model = nn.Linear(2, 1, rng=0)
    kept = []

    def loss(pred, target):
        if len(kept) == 4 and model.training:
            raise error("stop")
        return losses.mse(pred, target)

    def watch(history):
        kept.append((history.validation_loss[-1], [np.array(p.data) for p in model.parameters()]))

    settings = {"validation": (X, 1.0 - Y), "patience": 50, "callback": watch, "progress": False}
    if error is KeyboardInterrupt:
        nn.fit(model, X, Y, loss=loss, lr=0.3, epochs=10, **settings)
    else:
        with pytest.raises(GraphError, match="stop"):
            nn.fit(model, X, Y, loss=loss, lr=0.3, epochs=10, **settings)
    best = min(kept, key=lambda pair: pair[0])[1]
    for p, x in zip(model.parameters(), best, strict=True):
        np.testing.assert_array_equal(p.data, x)
