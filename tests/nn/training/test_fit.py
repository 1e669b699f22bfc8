"""fit learns, repeats to the bit, and fills its history."""

import numpy as np
import pytest

import nn
from nn import data, metrics, toys
from nn.training.evaluation import is_classes
from oracles import assert_close


def make_data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


class ListOfValues(nn.Module):
    def __init__(self):
        self.inner = nn.scalar.MLP(2, [3, 1], rng=0)

    def forward(self, X):
        return [self.inner(x.tolist()) for x in X]


def fit_line(**more):
    X, Y = toys.line(40, noise=0.05, rng=0)
    model = nn.Linear(1, 1, rng=0)
    return model, nn.fit(model, X, Y, loss="mse", validation=(X[:10], Y[:10]), progress=False, **more)


def test_fit_learns_reports_and_repeats_to_the_bit(capsys):
    X, y = make_data()
    runs = []
    for _ in range(2):
        model = nn.MLP([2, 8, 2], rng=0)
        history = nn.fit(model, X, y, loss="cross_entropy", lr=0.5, epochs=30, batch_size=10, validation=(X, y), rng=1)
        runs.append((history, [p.numpy() for p in model.parameters()]))
    (first, a), (second, b) = runs
    assert first == second
    assert all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))
    assert first.validation[-1] > 0.9
    assert len(first.loss) == len(first.validation_loss) == len(first.gradient_norm) == first.epochs == 30
    assert first.stopped == "30 epochs"
    out, err = capsys.readouterr()
    assert out == ""
    assert "30/30" in err
    assert "val accuracy" in err
    assert "loss=" in err


def test_gradient_descent_finds_the_closed_form_of_least_squares():
    rng = np.random.default_rng(5)  # GD13 with E22
    X, noise = rng.normal(size=(40, 2)), rng.normal(size=40) * 0.1
    Y = X @ [1.5, -0.5] + 0.3 + noise
    best = np.linalg.lstsq(np.column_stack([X, np.ones(40)]), Y, rcond=None)[0]
    model = nn.Linear(2, 1, rng=0)
    history = nn.fit(model, X, Y[:, None], loss="quadratic", lr=0.3, epochs=2000, tol=1e-10, progress=False)
    assert_close([*model.W.data[0], model.b.data[0]], best, rtol=1e-8)
    assert "tol" in history.stopped


def test_gd_never_raises_the_loss_for_a_small_rate():
    model, X, Y = nn.MLP([2, 3, 1], rng=0), np.random.default_rng(0).normal(size=(8, 2)), np.ones((8, 1))
    history = nn.fit(model, X, Y, loss="quadratic", lr=0.01, epochs=50, progress=False)  # GD03
    assert all(b <= a for a, b in zip(history.loss, history.loss[1:]))


def test_e62_one_layer_reads_most_digits():
    from sklearn.datasets import load_digits

    digits = load_digits()
    train, test = data.split(digits.data / 16.0, digits.target, (0.7, 0.3), rng=0)
    model = nn.Linear(64, 10, rng=0)
    nn.fit(
        model,
        *train,
        loss="cross_entropy",
        optimizer=nn.Adam(model.parameters(), lr=0.02),
        epochs=15,
        batch_size=32,
        progress=False,
        rng=0,
    )
    assert 0.9 < metrics.accuracy(model(test[0]), test[1]) < 0.99


def test_without_classes_there_is_a_metric_only_if_it_is_given():
    X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])
    history = nn.fit(nn.Linear(1, 1, rng=0), X, Y, loss="mse", epochs=2, validation=(X, Y), progress=False)
    assert len(history.validation) == 0
    assert len(history.validation_loss) == 2
    history = nn.fit(
        nn.Linear(1, 1, rng=0),
        X,
        Y,
        loss="mse",
        epochs=2,
        validation=(X, Y),
        metric=lambda p, t: float(np.mean(abs(p - t))),
        progress=False,
    )
    assert len(history.validation) == 2
    assert is_classes((5, 3), np.eye(3)[[0, 1, 2, 0, 1]])
    assert not is_classes((5, 3), np.zeros((5, 3)) + 0.5)


def test_multi_label_targets_have_no_accuracy_in_the_history():
    targets = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    model = nn.Linear(2, 3, rng=0)
    history = nn.fit(model, X, targets, loss="binary_cross_entropy_with_logits", epochs=2, validation=(X, targets), progress=False)
    assert not len(history.validation)
    assert len(history.validation_loss) == 2
    one_hot = nn.fit(model, X, np.eye(3), loss="cross_entropy", epochs=2, validation=(X, np.eye(3)), progress=False)
    assert len(one_hot.validation) == 2


def test_models_of_values_are_validated_too():
    X, Y = np.random.default_rng(0).normal(size=(6, 2)), np.ones(6)
    history = nn.fit(ListOfValues(), X, Y, loss="mse", epochs=2, validation=(X, Y), metric=metrics.r2, progress=False)
    assert len(history.validation) == 2


def test_the_rate_of_an_epoch_is_the_one_that_was_used():
    model = nn.Linear(2, 1, rng=0)
    rates = [0.4, 0.3, 0.2, 0.1, 0.05]
    used = []

    class Spy(nn.optim.Transform):
        def update_one(self, update, state, param, step):
            used.append(rates[step - 1])
            return update

    optimizer = nn.optim.Optimizer([model.W], nn.optim.chain(Spy(), nn.optim.scale(lambda t: rates[t])))
    with pytest.warns(nn.TrainingWarning, match="does not move b"):
        history = nn.fit(model, X, Y, loss="mse", optimizer=optimizer, epochs=4, progress=False)
    assert history.rate.tolist() == used == rates[:4]


def test_fit_leaves_the_model_in_eval_mode():
    model, history = fit_line(epochs=2)
    assert not model.training
    assert history.stopped == "2 epochs"


def test_a_history_with_columns_of_different_lengths_is_refused():
    with pytest.raises(ValueError, match="different lengths"):
        nn.History().restore({**nn.History().arrays(), "loss": np.ones(2), "rate": np.ones(1)})


def test_the_progress_bar_shows_what_is_measured(capsys):
    X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])
    settings = {"loss": "mse", "lr": 0.1, "epochs": 2}
    nn.fit(nn.Linear(1, 1, rng=0), X, Y, **settings)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "loss=" in shown
    assert "val" not in shown
    nn.fit(nn.Linear(1, 1, rng=0), X, Y, **settings, validation=(X, Y))
    shown = capsys.readouterr().err
    assert "val loss=" in shown
    assert "val r2=" not in shown
    nn.fit(nn.Linear(1, 1, rng=0), X, Y, **settings, validation=(X, Y), metric=nn.metrics.r2)
    assert "val r2=" in capsys.readouterr().err
    nn.fit(nn.Linear(1, 1, rng=0), X, Y, **settings, progress=False)
    assert capsys.readouterr().err == ""
