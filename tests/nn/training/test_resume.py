"""A run that was stopped goes on to the same bits."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import nn
from autograd import DataError, Tensor
from nn import checkpoint

PROGRAM = """
import sys
import numpy as np
import nn

class Net(nn.Module):
    def __init__(self):
        self.first, self.drop, self.second = nn.Linear(2, 8, rng=0), nn.Dropout(0.2, rng=3), nn.Linear(8, 2, rng=1)

    def forward(self, x):
        return self.second(self.drop(np.tanh(self.first(x))))

X, y = nn.toys.moons(60, rng=0)
model = Net()
optimizer = nn.AdamW(model.parameters(), lr=nn.optim.cosine(0.05, 300))
nn.fit(model, X, y, loss="cross_entropy", optimizer=optimizer, epochs=40, batch_size=8, validation=(X[:20], y[:20]),
       patience=39, checkpoint=sys.argv[1], progress=False, rng=5)
print(nn.parameters_to_vector(model.parameters()).tobytes().hex())
"""


def read_result(path):
    return subprocess.run([sys.executable, "-c", PROGRAM, path], capture_output=True, text=True, check=True).stdout


def make_data():
    return nn.toys.moons(40, rng=0)


def train_with_checkpoint(path, epochs, seed=1, **more):
    X, y = make_data()
    model = nn.MLP([2, 4, 2], rng=0)
    history = nn.fit(
        model,
        X,
        y,
        loss="cross_entropy",
        optimizer=nn.Adam(model.parameters()),
        epochs=epochs,
        batch_size=8,
        checkpoint=path,
        progress=False,
        rng=seed,
        **more,
    )
    return history, nn.parameters_to_vector(model.parameters())


class NoisyModel(nn.Module):
    """Generators in a list and in a dict, and a running mean that is a constant Tensor."""

    def __init__(self):
        self.line, self.draws = nn.Linear(2, 2, rng=0), [np.random.default_rng(5), {"more": np.random.default_rng(6)}]
        self.mean = Tensor([0.0], constant=True)

    def forward(self, x):
        self.mean.data = 0.9 * self.mean.numpy() + 0.1 * self.draws[0].random()
        return self.line(x) * self.draws[1]["more"].random() + self.mean


def test_a_killed_run_goes_on_to_the_same_bits(tmp_path):
    whole = read_result(tmp_path / "whole.npz")
    path = tmp_path / "killed.npz"
    rng = np.random.default_rng(0)
    for _ in range(4):
        running = subprocess.Popen([sys.executable, "-c", PROGRAM, path], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20.0
        known = path.stat().st_mtime_ns if path.exists() else 0
        while time.monotonic() < deadline and running.poll() is None and (not path.exists() or path.stat().st_mtime_ns == known):
            time.sleep(0.005)
        time.sleep(float(rng.uniform(0.0, 0.05)))
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert read_result(path) == whole


@pytest.mark.parametrize("compiled", [False, True])
def test_a_resumed_run_equals_a_run_in_one_piece(tmp_path, compiled):
    through, a = train_with_checkpoint(tmp_path / "a.npz", 6, compiled=compiled)
    train_with_checkpoint(tmp_path / "b.npz", 2, compiled=compiled)
    on, b = train_with_checkpoint(tmp_path / "b.npz", 6, compiled=compiled)
    assert np.array_equal(a, b)
    assert np.array_equal(through.loss, on.loss)
    again, c = train_with_checkpoint(tmp_path / "b.npz", 6, compiled=compiled)
    assert again.epochs == 6
    assert np.array_equal(b, c)


def test_a_checkpoint_of_another_run_is_refused_and_changes_nothing(tmp_path):
    path = tmp_path / "a.npz"
    train_with_checkpoint(path, 1)
    X, y = make_data()

    def attempt(model=None, make=nn.Adam, **more):
        model = model or nn.MLP([2, 4, 2], rng=5)
        before = nn.parameters_to_vector(model.parameters())
        settings = {"loss": "cross_entropy", "batch_size": 8, "checkpoint": path, "progress": False, **more}
        with pytest.raises(DataError, match=r"fit\(\): .*a.npz is a checkpoint of another run: "):
            nn.fit(model, X, y, optimizer=make(model.parameters()), **settings)
        assert np.array_equal(nn.parameters_to_vector(model.parameters()), before)

    attempt(nn.MLP([2, 5, 2], rng=0))
    attempt(nn.MLP([2, 4, 2], hidden="relu", rng=0))
    attempt(make=lambda p: nn.SGD(p, lr=0.001))
    attempt(make=lambda p: nn.Adam(p, lr=0.002))
    attempt(make=lambda p: nn.Adam(p, eps=1e-6))
    attempt(batch_size=9)
    attempt(loss=lambda z, t: nn.losses.cross_entropy(z, t, smoothing=0.1))
    attempt(validation=(X, y))
    attempt(validation=(X, y), patience=3)
    good_ = checkpoint.load(path)
    for name in ("mark", "names", "optimizer.0.adam0.0.m", "generator.fit"):
        checkpoint.save(path, {k: x for k, x in good_.items() if k != name})
        attempt()
    for name, x in (("history.loss", [1.0, 2.0]), ("optimizer.steps", -3), ("optimizer.steps", np.inf), ("model.layers.0.W", 1.0)):
        checkpoint.save(path, {**good_, name: x})
        attempt()
    checkpoint.save(path, {**good_, "generator.fit": np.frombuffer(b"[" * 100_000, dtype=np.uint8)})
    attempt()


def test_best_parameters_of_another_shape_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    X, y = make_data()
    train_with_checkpoint(path, 2, validation=(X, y), patience=5)
    on, a = train_with_checkpoint(path, 3, validation=(X, y), patience=5)
    through, b = train_with_checkpoint(tmp_path / "b.npz", 3, validation=(X, y), patience=5)
    assert np.array_equal(a, b)
    assert on == through
    arrays = checkpoint.load(path)
    checkpoint.save(path, {**arrays, "best.layers.0.W": np.ones(3)})
    with pytest.raises(DataError, match=r"its best parameters do not fit the model: layers\.0\.W has shape \(3,\)"):
        train_with_checkpoint(path, 3, validation=(X, y), patience=5)


def test_the_callback_is_called_first_when_a_run_is_resumed(tmp_path):
    X, y = make_data()

    def run(callback):
        model = nn.MLP([2, 4, 2], rng=0)
        return nn.fit(
            model, X, y, loss="cross_entropy", epochs=10, callback=callback, checkpoint=tmp_path / "c.npz", progress=False
        )

    def killed(history):
        if history.epochs == 3:
            raise SystemExit

    with pytest.raises(SystemExit):
        run(killed)
    assert run(lambda history: history.epochs >= 3).epochs == 3
    assert run(lambda history: history.epochs == 3).stopped == "callback"


def test_every_generator_and_constant_is_restored(tmp_path):
    X, y = make_data()

    def run(path, epochs):
        model = NoisyModel()
        nn.fit(model, X, y, loss="cross_entropy", lr=0.05, epochs=epochs, checkpoint=path, progress=False, rng=0)
        return np.append(model.line.W.numpy(), model.mean.numpy())

    run(tmp_path / "c.npz", 2)
    assert np.array_equal(run(tmp_path / "c.npz", 5), run(None, 5))


def test_a_refused_checkpoint_leaves_the_generators_as_they_were(tmp_path):
    X, y = make_data()
    path = tmp_path / "c.npz"
    settings = {"loss": "cross_entropy", "epochs": 2, "checkpoint": path, "progress": False}
    nn.fit(NoisyModel(), X, y, rng=np.random.default_rng(0), **settings)
    arrays = checkpoint.load(path)
    names = [name for name in arrays if name.startswith("generator.")]
    assert len(names) == 3
    for name in names:
        checkpoint.save(path, {**arrays, name: np.frombuffer(b"{}", dtype=np.uint8)})
        model, rng = NoisyModel(), np.random.default_rng(0)
        generators = [rng, model.draws[0], model.draws[1]["more"]]
        before = [g.bit_generator.state for g in generators]
        with pytest.raises(DataError, match="is a checkpoint of another run"):
            nn.fit(model, X, y, rng=rng, **settings)
        assert [g.bit_generator.state for g in generators] == before
