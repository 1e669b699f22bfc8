"""Compiled training on integers: rows of an Embedding, labels, and samples that are ignored."""

import numpy as np
import pytest

import autograd as ag
import nn

rng = np.random.default_rng(0)
WORDS, LABELS = rng.integers(0, 10, (60, 3)), rng.integers(0, 2, 60)


class Recurrent(nn.Module):
    def __init__(self):
        self.table, self.read = nn.Embedding(10, 4, rng=1), nn.Linear(4, 2, rng=0)

    def forward(self, words):
        h = np.zeros(4)
        for t in range(words.shape[1]):
            h = np.tanh(0.5 * h + self.table(words[:, t]))
        return self.read(h)


class Scaled(nn.Module):
    def __init__(self):
        self.read = nn.Linear(3, 2, rng=0)

    def forward(self, x):
        return self.read(x / 10)


MODELS = {
    "embedding": lambda: nn.Sequential(nn.Embedding(10, 4, rng=0), nn.Flatten(), nn.Linear(12, 2, rng=1)),
    "recurrent": Recurrent,
    "scaled": Scaled,
    "linear": lambda: nn.MLP([3, 4, 2], rng=0),
}


def parameters_after_training(make, compiled, words=WORDS, labels=LABELS, **settings):
    model = make()
    settings = {"loss": "cross_entropy", "epochs": 3, "batch_size": 10, "rng": 0, "progress": False, **settings}
    nn.fit(model, words, labels, compiled=compiled, **settings)
    return np.concatenate([p.data.ravel() for p in model.parameters()])


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("convert", [np.asarray, np.ndarray.tolist])
def test_compiled_training_on_integers_is_training_on_integers(name, convert):
    eager, compiled = (parameters_after_training(MODELS[name], compiled, convert(WORDS)) for compiled in (False, True))
    np.testing.assert_allclose(compiled, eager, rtol=0.0, atol=1e-14)


def test_one_trace_for_all_batches_of_integers():
    model = MODELS["embedding"]()
    step = nn.TrainingStep(model, "cross_entropy", nn.Adam(model.parameters()), compiled=True)
    for start in range(0, 60, 6):
        step(WORDS[start : start + 6], LABELS[start : start + 6])
    assert step.program.traces == 1
    assert not step.separate_reason
    with pytest.raises(ag.OutOfRangeError, match="Embedding of 10 rows has no row 12: the rows are 0 to 9"):
        step(np.full((6, 3), 12), LABELS[:6])
    with pytest.raises(ag.OutOfRangeError, match="Embedding of 10 rows has no row -1: the rows are 0 to 9"):
        step(np.full((6, 3), -1), LABELS[:6])
    with pytest.raises(ag.DataError, match="Embedding takes integers, not a Tensor of float64: pass an array of integers"):
        step(np.full((6, 3), 1.0), LABELS[:6])
    step(WORDS[:6], LABELS[:6])
    assert step.program.traces == 1


@pytest.mark.parametrize("settings", [{}, {"weight": [1.0, 2.0]}, {"smoothing": 0.1}])
def test_ignored_samples_are_data(settings):
    labels = rng.integers(-1, 2, 60)

    def loss(z, t):
        return nn.losses.cross_entropy(z, t, ignore=-1, **settings)

    eager, compiled = (parameters_after_training(MODELS["linear"], c, labels=labels, loss=loss) for c in (False, True))
    np.testing.assert_allclose(compiled, eager, rtol=0.0, atol=1e-14)


@pytest.mark.parametrize("kind", [int, float])
def test_labels_of_a_compiled_loss_are_data(kind):
    step = ag.compile(lambda z, t: nn.losses.cross_entropy(z, t, ignore=2), tensors=True)
    for seed in range(10):
        draw = np.random.default_rng(seed)
        z, t = draw.normal(size=(5, 3)), draw.integers(0, 3, 5)
        t[0] = 0
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        expected = -log_p[np.arange(5), t][t != 2].mean()
        assert step(z, t.astype(kind)) == pytest.approx(expected)
    assert step.traces == 1
    with pytest.raises(ag.ShapeError, match="no sample has a weight, so there is no mean"):
        step(z, np.full(5, 2).astype(kind))
    with pytest.raises(ag.OutOfRangeError, match="label 3 is not a class: with 3 classes the labels are 0 to 2"):
        step(z, np.full(5, 3).astype(kind))
    assert step(z, t.astype(kind)) == pytest.approx(expected)
