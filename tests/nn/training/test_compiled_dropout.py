"""A compiled step takes the masks of Dropout as inputs, and the mean over samples that are not ignored."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import GraphError

X = np.random.default_rng(0).normal(size=(22, 4))
Y = np.arange(22) % 3


def network():
    return nn.Sequential(
        nn.Linear(4, 6, rng=0),
        "relu",
        nn.Dropout(0.3, rng=1),
        nn.Linear(6, 5, rng=2),
        nn.Dropout(0.5, rng=3),
        nn.Linear(5, 3, rng=4),
    )


def train(compiled, model, target=Y, loss="cross_entropy", **options):
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    history = nn.fit(
        model, X, target, loss=loss, optimizer=optimizer, compiled=compiled, progress=False, rng=0, **{"epochs": 3} | options
    )
    return history.loss, [p.data for p in model.parameters()]


def assert_same(found, expected, rtol=1e-13):
    np.testing.assert_allclose(found[0], expected[0], rtol=rtol)
    for a, b in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 8},
        {"batch_size": 8, "micro_batch_size": 3},
        {"batch_size": 8, "class_weight": "balanced"},
        {"batch_size": 8, "validation": (X, Y)},
    ],
)
def test_compiled_and_eager_steps_draw_the_same_masks(options):
    """The masks of both come from the generators of the modules in the same order; batches of 8, and a last one of 6."""
    assert_same(train(True, network(), **options), train(False, network(), **options))


def test_dropout_inside_other_modules_is_found():
    def make():
        attention = nn.MultiHeadAttention(4, 2, dropout=0.4, rng=0)
        return nn.Sequential(lambda x: x.reshape((-1, 1, 4)), nn.Residual(attention), nn.Flatten(), nn.Linear(4, 3, rng=1))

    def run(compiled):
        model = make()
        step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.parameters(), lr=0.1), compiled=compiled)
        return [step(X, Y) for _ in range(4)]

    np.testing.assert_allclose(run(True), run(False), rtol=1e-12)


def test_a_changed_rate_and_eval_mode_are_followed():
    losses = []
    for compiled in (False, True):
        model = network()
        step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.parameters(), lr=0.1), compiled=compiled)
        own = [step(X, Y)]
        model.steps[2].p = 0.6
        own += [step(X, Y)]
        model.steps[2].p = 0.0
        own += [step(X, Y)]
        model.eval()
        losses.append([*own, step(X, Y)])
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-12)
    assert len(set(losses[0])) == 4


class Again(nn.Module):
    """It drops twice from its second pass on."""

    def __init__(self):
        self.drop, self.layer, self.is_first = nn.Dropout(0.5, rng=0), nn.Linear(4, 3, rng=0), True

    def forward(self, x):
        is_first, self.is_first = self.is_first, False
        x = self.drop(x)
        return self.layer(x if is_first else self.drop(x))


def test_passes_that_differ_are_refused():
    model = Again()
    step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.parameters(), lr=0.1), compiled=True)
    with pytest.raises(GraphError, match=r"training_step changes what it reads while it is traced \(Again.is_first has changed\)"):
        step(X, Y)


def test_other_random_numbers_are_refused():
    rng = np.random.default_rng(0)
    layer = nn.Linear(4, 3, rng=0)
    model = nn.Sequential(lambda x: x * rng.random((1, 4)), layer)
    step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.parameters(), lr=0.1), compiled=True)
    with pytest.raises(GraphError, match="draws random numbers"):
        step(X, Y)


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.floats(0.0, 0.5), st.booleans())
def test_ignored_samples_are_ignored_in_compiled_steps(seed, smoothing, is_weighted):
    """The loss is that of the samples that are left."""
    rng = np.random.default_rng(seed)
    target = np.where(rng.random(22) < 0.4, -1, Y)
    target[0] = 0
    loss = partial(
        nn.losses.cross_entropy, ignore=-1, smoothing=smoothing, weight=rng.uniform(0.5, 2.0, 3) if is_weighted else None
    )
    kept = target >= 0
    found = []
    for compiled, x, y in ((True, X, target), (False, X[kept], target[kept])):
        model = nn.MLP([4, 5, 3], rng=0)
        step = nn.TrainingStep(model, loss, nn.SGD(model.parameters(), lr=0.1), compiled=compiled)
        found.append([step(x, y) for _ in range(3)])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)
    assert_same(
        train(True, network(), target, loss, batch_size=22), train(False, network(), target, loss, batch_size=22), rtol=1e-12
    )
