"""A checkpoint belongs to one run: what differs in another run is named."""

import functools
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import nn
from autograd import DataError
from nn import losses, metrics
from nn.optim import SGD, Adam

X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])


def scaled_mse(pred, target, factor=1.0):
    return losses.mse(pred, target) * factor


def train_with_checkpoint(path, model=None, loss="mse", epochs=3, **settings):
    model = nn.Linear(2, 1, rng=0) if model is None else model
    settings = {"lr": 0.1, "batch_size": 2, "rng": 1, "progress": False, **settings}
    return nn.fit(model, X, Y, loss=loss, epochs=epochs, checkpoint=path, **settings)


OTHER_SETTINGS = [
    ("the first value of the parameter W", lambda: {"model": nn.Linear(2, 1, rng=5)}),
    ("the generator rng=", lambda: {"rng": 2}),
    ("the setting batch_size", lambda: {"batch_size": 3}),
    ("group 0 of the optimizer", lambda: {"lr": 0.2}),
    ("the loss", lambda: {"loss": "mae"}),
    ("the loss", lambda: {"loss": lambda p, t: 2.0 * losses.mse(p, t)}),
    ("the loss", lambda: {"loss": functools.partial(scaled_mse, factor=2.0)}),
    ("the validation data", lambda: {"validation": (X, Y)}),
]


ALPHA = 1.0


def mse_times_global(pred, target):
    return losses.mse(pred, target) * ALPHA


class Scaled(nn.Module):
    """A module with a constant of its own."""

    def __init__(self, factor, rng=0):
        self.inner = nn.Linear(2, 1, rng=rng)
        self.factor = factor

    def forward(self, x):
        return self.inner(x) * self.factor


RUNS_BY_CONSTANT = {
    "a constant in a lambda": lambda c: (
        {"loss": lambda p, t, c=None: losses.mse(p, t) * (2.0 if c is None else 1.0)}
        if c
        else {"loss": lambda p, t, c=None: losses.mse(p, t) * (3.0 if c is None else 1.0)}
    ),
    "a cell": lambda c: {"loss": lambda p, t: losses.mse(p, t) * c},
    "a default": lambda c: {"loss": lambda p, t, factor=float(c): losses.mse(p, t) * factor},
    "a partial": lambda c: {"loss": functools.partial(scaled_mse, factor=1.0 + c)},
    "a partial of a partial": lambda c: {"loss": functools.partial(functools.partial(scaled_mse), factor=1.0 + c)},
    "a cell that is a list": lambda c: {"loss": lambda p, t, w=(1.0,): losses.mse(p, t) * [w[0], c][1]},
    "a cell that is an array": lambda c: {"loss": (lambda w: lambda p, t: losses.mse(p * w, t))(np.array([1.0 + c]))},
    "a cell that is a function": lambda c: {"loss": (lambda f: lambda p, t: f(p, t))(lambda p, t: losses.mse(p, t) * (1.0 + c))},
    "a module's attribute": lambda c: {"model": Scaled(1.0 + c)},
    "a module's own function": lambda c: {"model": nn.Sequential(nn.Linear(2, 1, rng=0), lambda x: x * (1.0 + c))},
    "an activation": lambda c: {"model": nn.MLP([2, 2, 1], hidden=["tanh", "relu"][c], rng=0)},
    "a rate of Dropout": lambda c: {"model": nn.Sequential(nn.Dropout([0.1, 0.2][c], rng=0), nn.Linear(2, 1, rng=0))},
    "a generator of Dropout": lambda c: {"model": nn.Sequential(nn.Dropout(0.1, rng=c), nn.Linear(2, 1, rng=0))},
    "a schedule": lambda c: {
        "lr": None,
        "model": (m := nn.Linear(2, 1, rng=0)),
        "optimizer": SGD(m.parameters(), lambda t: 0.1 / (1 + c)),
    },
    "a schedule late in the run": lambda c: {
        "lr": None,
        "model": (m := nn.Linear(2, 1, rng=0)),
        "optimizer": SGD(m.parameters(), lambda t: 0.1 if t < 57 else 0.05 * (1 + c)),
    },
    "momentum": lambda c: {
        "lr": None,
        "model": (m := nn.Linear(2, 1, rng=0)),
        "optimizer": SGD(m.parameters(), 0.1, momentum=0.5 + 0.1 * c),
    },
    "the metric": lambda c: {"validation": (X, Y), "metric": [metrics.r2, lambda p, t: -np.abs(p - t).max()][c]},
    "the global that a loss reads": lambda c: {
        "loss": type(mse_times_global)(mse_times_global.__code__, {**globals(), "ALPHA": 1.0 + c})
    },
}


@pytest.mark.parametrize(("part", "change"), OTHER_SETTINGS, ids=range(len(OTHER_SETTINGS)))
def test_a_checkpoint_of_another_run_is_refused_with_what_differs(tmp_path, part, change):
    path = tmp_path / "run.npz"
    train_with_checkpoint(path)
    before = path.read_bytes()
    with pytest.raises(
        DataError, match=rf"checkpoint of another run: {part} is not the same as in the run that wrote it. Give each run"
    ):
        train_with_checkpoint(path, **change())
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", RUNS_BY_CONSTANT)
def test_runs_that_differ_in_one_constant_do_not_share_a_checkpoint(tmp_path, name):
    path = tmp_path / "run.npz"
    first = train_with_checkpoint(path, **RUNS_BY_CONSTANT[name](0))
    again = train_with_checkpoint(path, **RUNS_BY_CONSTANT[name](0))  # the same once more goes on
    assert (first.resumed, again.resumed) == (0, 3)
    with pytest.raises(DataError, match="is not the same as in the run that wrote it"):
        train_with_checkpoint(path, **RUNS_BY_CONSTANT[name](1))


def test_a_sweep_over_seeds_with_one_path_is_refused(tmp_path):
    results = []
    for seed in range(3):
        try:
            results.append(train_with_checkpoint(tmp_path / "run.npz", model=nn.Linear(2, 1, rng=seed)).loss[-1])
        except DataError as error:
            results.append(str(error))
    assert isinstance(results[0], float)
    assert all("the first value of the parameter W" in result for result in results[1:])


def test_a_run_goes_on_in_another_process_and_with_more_epochs(tmp_path):
    code = textwrap.dedent("""
        import sys, numpy as np, nn
        from nn import losses
        factor, table = 2.0, {"a": [1.0, 2.0], "b": {3.0, 4.0}}
        class Net(nn.Module):
            def __init__(self):
                self.inner, self.table = nn.Linear(2, 1, rng=0), table
            def forward(self, x):
                return self.inner(x) * factor
        X, Y = np.array([[0.0, 1.0], [1.0, 0.5], [0.5, 0.2]]), np.array([[1.0], [0.0], [0.5]])
        model = nn.Sequential(Net(), nn.Dropout(0.2, rng=3))
        h = nn.fit(model, X, Y, loss=lambda p, t: losses.mse(p, t) * table["a"][1], optimizer=nn.Adam(model.parameters()),
                   epochs=int(sys.argv[1]), batch_size=2, rng=4, checkpoint=sys.argv[2], progress=True)
        print(h.resumed, [p.data.tobytes().hex() for p in model.parameters()])
    """)

    def run(epochs, path):
        done = subprocess.run([sys.executable, "-c", code, str(epochs), str(path)], capture_output=True, text=True, check=True)
        resumed, parameters = done.stdout.split(" ", 1)
        return int(resumed), parameters, done.stderr

    resumed, whole, _ = run(4, tmp_path / "whole.npz")
    assert resumed == 0
    assert run(2, tmp_path / "parts.npz")[0] == 0
    resumed, parts, told = run(4, tmp_path / "parts.npz")
    assert (resumed, parts) == (2, whole)
    assert f"fit(): goes on from {tmp_path / 'parts.npz'}, after 2 epochs" in told


def test_the_trained_model_itself_may_go_on(tmp_path):
    model = nn.Linear(2, 1, rng=0)
    optimizer = Adam(model.parameters())
    settings = {"loss": "mse", "optimizer": optimizer, "batch_size": 2, "progress": False, "checkpoint": tmp_path / "run.npz"}
    nn.fit(model, X, Y, epochs=2, rng=1, **settings)
    history = nn.fit(model, X, Y, epochs=4, rng=1, **settings)
    assert (history.resumed, history.epochs) == (2, 4)
    assert "2 of them from a checkpoint" in repr(history)
