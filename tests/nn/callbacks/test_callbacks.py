"""Callbacks: when they are called, what they may change, and that resumed runs go on to the same bits."""

import csv
import logging
import sys

import numpy as np
import pytest

import nn
from autograd import GraphError, SettingError
from nn import callbacks

X = np.linspace(-1.0, 1.0, 12)[:, None]
Y = np.sin(3.0 * X)


def train(epochs=6, callback=None, **options):
    """Train a small network; return it and its history."""
    model = nn.MLP([1, 4, 1], rng=0)
    settings = {"loss": "mse", "batch_size": 5, "progress": False, "rng": 0, **options}
    settings.setdefault("optimizer", nn.Adam(model.parameters(), lr=0.05))
    return model, nn.fit(model, X, Y, epochs=epochs, callback=callback, **settings)


class Recorder(callbacks.Callback):
    """Remember every call."""

    def __init__(self, stop_after=99):
        self.calls, self.stop_after = [], stop_after

    def on_start(self, run):
        self.calls.append("start")

    def on_step(self, run):
        self.calls.append(run.optimizer.steps)

    def on_epoch(self, run):
        self.calls.append(f"epoch {run.history.epochs}")
        return run.history.epochs == self.stop_after

    def on_end(self, run):
        self.calls.append("end")


def test_callbacks_are_called_at_each_step_and_epoch():
    recorder = Recorder(stop_after=2)
    _, history = train(callback=[recorder, lambda history: None])
    assert recorder.calls == ["start", 1, 2, 3, "epoch 1", 4, 5, 6, "epoch 2", "end"]
    assert history.stopped == "callback"
    plain = callbacks.Callback()
    _, history = train(callback=plain)
    assert history == train()[1]


def test_the_end_is_told_when_a_run_breaks_off():
    recorder = Recorder()
    with pytest.raises(ZeroDivisionError):
        train(callback=[recorder, lambda history: 1 / 0])
    assert recorder.calls[-1] == "end"


@pytest.mark.parametrize("compiled", [False, True])
def test_a_callback_may_set_the_rate(compiled):
    class Halve(callbacks.Callback):
        def on_epoch(self, run):
            run.optimizer.lr = run.optimizer.lr / 2

    model, history = train(callback=Halve(), compiled=compiled)
    np.testing.assert_allclose(history.rate, 0.05 * 0.5 ** np.arange(6))
    by_schedule = nn.MLP([1, 4, 1], rng=0)
    optimizer = nn.Adam(by_schedule.parameters(), lr=nn.optim.step_decay(0.05, every=3, factor=0.5))
    nn.fit(by_schedule, X, Y, loss="mse", optimizer=optimizer, batch_size=5, epochs=6, progress=False, rng=0)
    for p, q in zip(model.parameters(), by_schedule.parameters(), strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-9)


def test_all_groups_keep_the_ratio_of_their_rates():
    W, b = nn.Linear(2, 1, rng=0).parameters()
    optimizer = nn.SGD([{"params": [W], "lr": 0.1}, {"params": [b], "lr": 0.02}], lr=1.0)
    optimizer.lr = 0.05
    assert [group.rate(0) for group in optimizer.groups] == pytest.approx([0.05, 0.01])
    optimizer.multiply_lr(0.1, floor=0.004)
    assert [group.rate(0) for group in optimizer.groups] == pytest.approx([0.005, 0.004])
    optimizer.multiply_lr(0.5, floor=0.1)
    assert [group.rate(0) for group in optimizer.groups] == pytest.approx([0.005, 0.004])
    optimizer.multiply_lr(2.0)
    assert [group.rate(0) for group in optimizer.groups] == pytest.approx([0.01, 0.008])
    copy = nn.SGD([{"params": [W], "lr": 0.1}, {"params": [b], "lr": 0.02}], lr=1.0)
    copy.load_state_dict(optimizer.state_dict())
    assert copy.lr == optimizer.lr
    assert str(copy) == "Optimizer(scale | scale, lr 0.01, 3 parameters, 0 steps taken)"
    with pytest.raises(nn.losses.checks.ShapeError, match=r"lr_factors has shape \(3,\), but this optimizer has 2 rates"):
        copy.load_state_dict({"steps": 0, "lr_factors": np.ones(3)})
    ended = nn.SGD([W], lr=nn.optim.cosine(0.1, steps=1))
    ended.steps = 5
    with pytest.raises(SettingError, match="the learning rate is 0 now, and cannot be set: its schedule has ended"):
        ended.lr = 0.1
    ended.multiply_lr(0.5)
    assert ended.lr == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_a_plateau_lowers_the_rate_as_in_pytorch(seed):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    losses = np.random.default_rng(seed).choice([1.0, 0.99995, 0.9, 0.95, 0.5, 0.7], size=40)
    theirs = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, factor=0.5, patience=3, min_lr=0.01, eps=0.0)
    ours = nn.SGD([nn.Linear(1, 1).W], lr=0.4)
    plateau, history = callbacks.ReduceOnPlateau(0.5, patience=3, floor=0.01), nn.History()
    for loss in losses:
        history.add(loss, 1.0, 1.0, None, None, 0.0)
        plateau.on_epoch(callbacks.Run(None, ours, history))
        schedule.step(loss)
        assert ours.lr == pytest.approx(theirs.param_groups[0]["lr"])


def test_a_plateau_looks_at_held_out_data():
    _, history = train(epochs=30, callback=callbacks.ReduceOnPlateau(0.5, patience=2), validation=(X, -Y))
    best = int(np.argmin(history.validation_loss))
    assert history.rate[best] == 0.05
    assert history.rate[-1] < 0.05


def test_the_average_of_the_parameters():
    kept = []

    class Keep(callbacks.Callback):
        def on_step(self, run):
            kept.append(run.model.state_dict())

    average = callbacks.WeightAverage(0.8)
    model, _ = train(epochs=3, callback=[average, Keep()])
    weights = 0.2 * 0.8 ** np.arange(9)[::-1]
    expected = {name: sum(w * state[name] for w, state in zip(weights / weights.sum(), kept, strict=True)) for name in kept[0]}
    for name, x in average.average().items():
        np.testing.assert_allclose(x, expected[name], rtol=1e-12)
    with average.applied(model):
        np.testing.assert_allclose(model.layers[0].W.data, expected["layers.0.W"], rtol=1e-12)
    np.testing.assert_array_equal(model.layers[0].W.data, kept[-1]["layers.0.W"])
    at_end, _ = train(epochs=3, callback=callbacks.WeightAverage(0.8, at_end=True))
    np.testing.assert_allclose(at_end.layers[1].b.data, expected["layers.1.b"], rtol=1e-12)
    with pytest.raises(GraphError, match="WeightAverage: there was no step yet"):
        callbacks.WeightAverage().average()
    callbacks.WeightAverage(at_end=True).on_end(callbacks.Run(model, None, None))


def test_a_resumed_run_goes_on_with_its_callbacks(tmp_path):
    def callbacks_of(name):
        return [
            callbacks.WeightAverage(0.8),
            callbacks.ReduceOnPlateau(0.5, patience=1),
            callbacks.CSVLogger(tmp_path / f"{name}.csv"),
            Recorder(),
        ]

    through, parts = callbacks_of("through"), callbacks_of("parts")
    model, history = train(epochs=9, callback=through, validation=(X, -Y), checkpoint=tmp_path / "through.npz")
    train(epochs=4, callback=callbacks_of("parts"), validation=(X, -Y), checkpoint=tmp_path / "parts.npz")
    resumed, again = train(epochs=9, callback=parts, validation=(X, -Y), checkpoint=tmp_path / "parts.npz")
    assert again == history
    assert again.resumed == 4
    assert history.rate[-1] < history.rate[0]
    for name, x in through[0].average().items():
        np.testing.assert_array_equal(parts[0].average()[name], x)
    np.testing.assert_array_equal(resumed.layers[0].W.data, model.layers[0].W.data)
    rows = [list(csv.reader((tmp_path / f"{name}.csv").read_text().splitlines())) for name in ("through", "parts")]
    assert [row[:-1] for row in rows[0]] == [row[:-1] for row in rows[1]]
    assert [row[0] for row in rows[0]] == ["epoch", *map(str, range(1, 10))]


def test_numbers_are_logged(caplog, tmp_path):
    with caplog.at_level(logging.INFO, logger="nn"):
        _, history = train(epochs=2, callback=callbacks.LogEpochs())
        train(epochs=1, callback=callbacks.LogEpochs(logging.getLogger("nn.other"), logging.DEBUG))
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["epoch 1", "epoch 2"]
    assert f"loss {history.loss[1]:.6g}" in caplog.records[1].getMessage()


def test_numbers_are_written_for_tensorboard(tmp_path, monkeypatch):
    pytest.importorskip("tensorboardX", reason="TensorBoard's writer is not needed by the library")
    train(epochs=2, callback=callbacks.TensorBoard(tmp_path / "run"))
    (events,) = (tmp_path / "run").iterdir()
    assert b"validation_loss" not in events.read_bytes()
    assert b"gradient_norm" in events.read_bytes()
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(SettingError, match=r"TensorBoard\(\) needs tensorboardX: pip install tensorboardX"):
        callbacks.TensorBoard(tmp_path)


def test_what_is_no_callback_is_named():
    for wrong in (3, [callbacks.Callback], "print"):
        with pytest.raises(SettingError, match="a callback is a Callback or a function of the history, not"):
            train(callback=wrong)
