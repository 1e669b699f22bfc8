"""compiled="auto" takes eager steps first, compiles after some, and goes on with eager ones where that cannot be done."""

import numpy as np
import pytest

import nn
from autograd import SettingError, Tensor
from nn.training import training_step

X, Y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(training_step, "STEPS_BEFORE_COMPILING", 5)


def run(compiled, model, x=X, **options):
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    settings = {"epochs": 4, "batch_size": 8, "progress": False, "rng": 0} | options
    return nn.fit(model, x, Y, loss="cross_entropy", optimizer=optimizer, compiled=compiled, **settings)


def test_steps_are_eager_first_and_compiled_later():
    model = nn.MLP([3, 4, 2], rng=0)
    step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.parameters(), lr=0.1), compiled="auto")
    has_program = []
    for _ in range(8):
        step(X, Y)
        has_program.append(step.program is not None)
    assert has_program == [False] * 5 + [True] * 3
    assert "def training_step" in step.program.source


def test_training_on_integers_is_that_of_eager_steps():
    x = np.random.default_rng(1).integers(0, 5, (20, 2))
    np.testing.assert_allclose(run("auto", Words(), x).loss, run(False, Words(), x).loss, rtol=1e-12)


@pytest.mark.parametrize("options", [{}, {"class_weight": "balanced"}, {"micro_batch_size": 3}])
def test_training_is_that_of_eager_steps(options):
    def make():
        return nn.Sequential(nn.Linear(3, 6, rng=0), "relu", nn.Dropout(0.3, rng=1), nn.Linear(6, 2, rng=2))

    np.testing.assert_allclose(run("auto", make(), **options).loss, run(False, make(), **options).loss, rtol=1e-12)


def test_a_resumed_run_has_the_same_bits(tmp_path):
    """When the step is compiled depends on the steps of the optimizer, and so not on where a run was stopped."""
    whole = run("auto", nn.MLP([3, 4, 2], rng=0), epochs=4)
    for epochs in (1, 3, 4):
        resumed = run("auto", nn.MLP([3, 4, 2], rng=0), epochs=epochs, checkpoint=tmp_path / "run.npz")
    np.testing.assert_array_equal(resumed.loss, whole.loss)


class Words(nn.Module):
    """An embedding looks its numbers up by integers, which are arguments of a compiled program."""

    def __init__(self):
        self.table, self.out = nn.Embedding(5, 3, rng=0), nn.Linear(6, 2, rng=1)

    def forward(self, x):
        return self.out(self.table(x).reshape((len(x), 6)))


class Centred(nn.Module):
    """A layer that assigns to a Tensor itself, which a trace cannot repeat."""

    buffers = ("mean",)

    def __init__(self):
        self.mean = Tensor(np.zeros(6), constant=True)

    def forward(self, x):
        self.mean.data = 0.5 * self.mean.data + 0.5 * x.numpy().mean(axis=0)
        return x - self.mean.numpy()


def test_what_cannot_be_compiled_stays_eager():
    normed = [nn.Sequential(nn.Linear(3, 6, rng=0), Centred(), "relu", nn.Linear(6, 2, rng=2)) for _ in range(2)]
    np.testing.assert_array_equal(run("auto", normed[0]).loss, run(False, normed[1]).loss)
    for a, b in zip(normed[0].state_dict().values(), normed[1].state_dict().values(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_loss_that_is_traced_again_and_again_stays_eager():
    weights = iter(np.linspace(0.5, 1.5, 40))

    def loss(pred, target):
        return nn.losses.mse(pred, target) * np.array([next(weights)])[0]

    model = nn.Linear(3, 1, rng=0)
    step = nn.TrainingStep(model, loss, nn.SGD(model.parameters(), lr=0.01), compiled="auto")
    losses = [step(X, Y * 1.0) for _ in range(20)]
    assert np.isfinite(losses).all()
    assert step.program is None


def test_an_error_of_the_model_is_raised():
    calls = []

    def loss(pred, target):
        calls.append(1)
        if len(calls) > 6:
            raise ZeroDivisionError("by the loss")
        return nn.losses.mse(pred, target)

    model = nn.Linear(3, 1, rng=0)
    step = nn.TrainingStep(model, loss, nn.SGD(model.parameters(), lr=0.01), compiled="auto")
    for _ in range(5):
        step(X, Y * 1.0)
    with pytest.raises(ZeroDivisionError, match="by the loss"):
        [step(X, Y * 1.0) for _ in range(20)]


def test_other_settings_are_named():
    model = nn.Linear(3, 2)
    with pytest.raises(SettingError, match=r"TrainingStep\(\): compiled must be True, False or 'auto', not 'later'"):
        nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled="later")
