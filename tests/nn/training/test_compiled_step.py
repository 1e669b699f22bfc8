"""A compiled step is one program that does what the eager step does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import anomaly
from autograd.viz import draw
from nn.optim import (
    Optimizer,
    adagrad,
    adam,
    chain,
    clip_by_norm,
    clip_by_value,
    cosine,
    lion,
    momentum,
    rmsprop,
    scale,
    warmup,
    weight_decay,
)
from training_steps import T, X, Y, assert_same_outcome, take_steps

transforms = st.one_of(
    st.builds(clip_by_norm, st.sampled_from([0.01, 1.0, 100.0])),
    st.builds(clip_by_value, st.sampled_from([0.01, 10.0])),
    st.builds(momentum, st.sampled_from([0.0, 0.9]), st.booleans()),
    st.builds(weight_decay, st.sampled_from([0.0, 0.1]), st.booleans()),
    st.builds(adam, st.sampled_from([0.5, 0.9]), st.sampled_from([0.9, 0.999])),
    st.builds(adagrad),
    st.builds(rmsprop, st.sampled_from([0.9, 0.99]), centered=st.just(False)),
    st.builds(lion),
    st.builds(scale, st.sampled_from([0.1, 2.0]) | st.builds(cosine, st.just(0.1), st.integers(2, 9))),
)


@given(
    parts=st.lists(transforms, max_size=4),
    rate=st.sampled_from([0.01, 0.1]),
    hidden=st.sampled_from(["tanh", "sigmoid", "softplus"]),
    loss=st.sampled_from(["cross_entropy", "quadratic", "mse"]),
    starts=st.lists(st.integers(0, 20), min_size=1, max_size=5),
    widths=st.lists(st.integers(1, 5), max_size=2),
)
def test_a_compiled_step_equals_an_eager_step(parts, rate, hidden, loss, starts, widths):
    batches = [slice(start, start + 8) for start in starts]  # the last ones are smaller

    def make(parameters):
        return Optimizer(parameters, chain(*parts, scale(rate)))

    sizes = (3, *widths, 2)
    one, _, compiled_outcome = take_steps(True, make, batches, sizes=sizes, loss=loss, hidden=hidden)
    _, _, eager_outcome = take_steps(False, make, batches, sizes=sizes, loss=loss, hidden=hidden)
    assert one.separate_reason == ""
    if not any(isinstance(transform, lion) for transform in parts):  # the sign of what is rounding alone may be either
        assert_same_outcome(compiled_outcome, eager_outcome, 1e-7)


@pytest.mark.parametrize(
    "make",
    [
        lambda p: nn.SGD(p, lr=0.1),
        lambda p: nn.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda p: nn.Adam(p, lr=warmup(0.01, 3)),
        lambda p: nn.AdamW(p, lr=0.01, weight_decay=0.1),
        lambda p: nn.RMSProp(p, lr=0.01),
        lambda p: nn.Adagrad(p, lr=0.1),
        lambda p: nn.Lion(p, lr=0.01),
        lambda p: Optimizer(p, chain(rmsprop(centered=True), clip_by_norm(0.5), scale(0.01))),
        lambda p: Optimizer(p, chain()),
        lambda p: nn.SGD([{"params": p[:1], "lr": 0.5, "momentum": 0.5}, {"params": p[1:]}], lr=0.1),
    ],
)
def test_the_usual_optimizers_and_groups_are_compiled(make):
    batches = [slice(k, k + 8) for k in (0, 8, 16, 3, 9, 20)]
    one, _, compiled_outcome = take_steps(True, make, batches, hidden="tanh")
    _, _, eager_outcome = take_steps(False, make, batches, hidden="tanh")
    assert one.separate_reason == ""
    assert_same_outcome(compiled_outcome, eager_outcome)


def test_the_source_is_the_step_of_the_textbook():
    model = nn.MLP([2, 3, 1], hidden="tanh", rng=0)
    step = nn.TrainingStep(model, "quadratic", nn.SGD(model.parameters(), lr=0.1, momentum=0.9), compiled=True)
    step(X[:4, :2], X[:4, 2:])
    assert "    new_velocity_W1 = dW1 + 0.0" in step.program.source
    step(X[:4, :2], X[:4, 2:])
    lines = [line.split("  #")[0].strip() for line in step.program.source.splitlines()]
    assert "new_velocity_W1 = 0.9 * velocity_W1 + dW1" in lines
    assert "new_W1 = W1 - rate * new_velocity_W1" in lines
    assert lines[-1].endswith(
        "(new_W1, new_b1, new_W2, new_b2, new_velocity_W1, new_velocity_b1, new_velocity_W2, new_velocity_b2)"
    )
    assert len(step.program._dispatcher.cache.by_signature) == 1


def test_the_program_is_exported_drawn_and_called_with_its_inputs(tmp_path):
    model = nn.MLP([3, 2], rng=0)
    step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.parameters(), lr=0.5), compiled=True)
    step(X, T)
    W = model.state_dict()["layers.0.W"]
    (loss, (dW, _), (new, _)), inputs = step.program.program(*step.program.inputs), step.program.inputs
    np.testing.assert_allclose(new, W - 0.5 * dW)
    scope = {}
    exec(step.program.export(tmp_path / "step.py").read_text("utf-8"), scope)
    assert scope["run"](*inputs)[0] == loss == step(X, T)
    assert "W1" in draw(step.program).to_mermaid()
    assert "operations" in str(step.program.report())


def test_one_change_and_batches_of_several_sizes():
    factor = [0.1]
    model = nn.Linear(3, 2, rng=0)
    step = nn.TrainingStep(
        model, lambda pred, y: factor[0] * nn.losses.mse(pred, y), nn.SGD(model.parameters(), lr=0.1), compiled=True
    )
    for n in (1, 2, 3, 4, 5):
        step(X[:n], T[:n])
    factor[0] = 0.2
    for n in (1, 2, 3, 4, 5):
        step(X[:n], T[:n])
    assert step.program.traces == 10


def test_compiled_fit_equals_fit():
    outcomes = []
    for compiled in (True, False):
        model = nn.MLP([3, 4, 2], hidden="tanh", rng=0)
        optimizer = nn.AdamW(model.parameters(), lr=0.01)
        history = nn.fit(
            model, X, Y, loss="cross_entropy", optimizer=optimizer, epochs=5, batch_size=7, rng=0, progress=False, compiled=compiled
        )
        outcomes.append([history.loss, history.gradient_norm, *model.state_dict().values(), optimizer.state_dict()])
    assert_same_outcome(*outcomes)


def test_hooks_and_anomaly_see_every_node():
    model = nn.Linear(3, 2, rng=0)
    step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled=True)
    step(X, T)
    seen = []
    handle = model.W.register_hook(lambda grad: seen.append(grad))
    step(X, T)
    handle.remove()
    assert len(seen) == 1
    with anomaly():
        step(X, T)
    step(X, T)
    assert step.separate_reason == ""
    assert step.program.traces == 1
