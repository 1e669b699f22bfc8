"""A user's transform is a part of the program, or moves after it."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor
from nn.optim import Optimizer, Transform, chain, scale
from training_steps import T, X, assert_same_outcome


class ScaledByFactor(Transform):
    """A user's own transform, whose factor may be set."""

    def __init__(self):
        self.factor = 0.5

    def update_one(self, update, state, param, step):
        state["seen"] = state.get("seen", 0.0) + update
        return self.factor * update


class RunningMean(Transform):
    """A mean that is kept by writing to it."""

    def update_one(self, update, state, param, step):
        mean = state.setdefault("mean", 0.0 * update)
        mean *= 0.9
        mean += 0.1 * update
        state["mean"] = mean
        return 1.0 * mean


class FromFunction(Transform):
    """A transform from a function of (transform, update, state, param, step)."""

    def __init__(self, f):
        self.f, self.n, self.log, self.rng = f, 0, [], np.random.default_rng(0)

    def update_one(self, update, state, param, step):
        return self.f(self, update, state, param, step)


def count_in_state(transform, u, state, p, t):
    state["count"] = state.get("count", 0) + 1
    return u / state["count"]


def shrink_third_step(transform, u, state, p, t):
    state["n"] = state.get("n", 0.0) + 1.0
    return 0.1 * u if state["n"] == 3 else u


def write_in_place(transform, u, state, p, t):
    seen = state.setdefault("seen", np.zeros(np.shape(u)))
    np.add(seen, u, out=seen)
    return seen


def fail_at_zero_gradient(transform, u, state, p, t):
    if not np.any(u):
        raise ValueError("no gradient")
    return u


def toggle_state(transform, u, state, p, t):
    if "a" in state:
        del state["a"]
        return 3.0 * u
    state["a"] = 1.0 * u
    return u


def store_step(transform, u, state, p, t):
    state["t"] = t
    return u


def store_longdouble(transform, u, state, p, t):
    state["store_longdouble"] = np.asarray(u, dtype=np.longdouble) if isinstance(u, np.ndarray) else u
    return u


def count_in_self(transform, u, state, p, t):
    transform.n += 1
    transform.log.append(t)
    return u / transform.n


FIXED = Tensor([[2.0]], constant=True)


class Shift(nn.Module):
    def __init__(self):
        self.b = Tensor(1.0)

    def forward(self, x):
        return self.b * float(len(x))


def test_a_users_transform_is_a_part_of_the_program_and_may_change():
    outcomes = []
    for compiled in (True, False):
        transform, model = ScaledByFactor(), nn.Linear(3, 2, rng=0)
        optimizer = Optimizer(model.parameters(), chain(transform, scale(0.1)))
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        for factor in (0.5, 0.5, 2.0, 2.0):
            transform.factor = factor
            step(X, T)
        optimizer.groups[0].transforms.append(scale(0.5))
        optimizer.groups[0].states.append([{}, {}])
        step(X, T)
        state = optimizer.groups[0].states[0][0]
        state["other"] = state.pop("seen")
        for _ in range(3):
            step(X, T)
        optimizer.groups = Optimizer(model.parameters(), chain(ScaledByFactor(), scale(0.01))).groups
        step(X, T)
        outcomes.append([model.state_dict()["W"], optimizer.state_dict()])
        if compiled:
            assert step.separate_reason == ""
            (variant,) = next(iter(step.program._dispatcher.cache.by_signature.values()))
            assert [name for name, _ in variant.functions].count("value_and_update") == 1  # the others are not kept
    assert_same_outcome(*outcomes)


@pytest.mark.parametrize("before", [0, 2])
def test_a_transform_may_write_to_its_state(before):
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        optimizer = Optimizer(model.parameters(), chain(RunningMean(), scale(0.1)))
        for k in range(6):
            if k == before:
                step = nn.TrainingStep(model, "mse", optimizer, compiled)
            elif k == 0:
                step = nn.TrainingStep(model, "mse", optimizer)
            step(X, T)
        outcomes.append([model.state_dict()["W"], optimizer.state_dict()])
        assert step.separate_reason == ""
    assert_same_outcome(*outcomes)


@pytest.mark.parametrize(
    ("transform", "why"),
    [
        (lambda transform, u, m, p, t: u if t > 2 else 0.5 * u, "it reads numbers of its arguments (a branch)"),
        (lambda transform, u, m, p, t: 0.1 * u if t == 3 else u, "it reads numbers of its arguments (a branch)"),
        (lambda transform, u, m, p, t: 0.1 * u if t % 2 in (1,) else u, "it reads numbers of its arguments (a branch)"),
        (shrink_third_step, "it reads numbers of its arguments (a branch)"),
        (lambda transform, u, m, p, t: {3: 0.1}.get(t, 1.0) * u, "its update is "),
        (lambda transform, u, m, p, t: 0.1 * u if isinstance(t, int) else u, "its update is "),
        (lambda transform, u, m, p, t: u if isinstance(u, np.ndarray) else 2.0 * u, "its update is "),
        (lambda transform, u, m, p, t: u * (1.0 + 0.1 * transform.rng.random()), "compile(): the function draws random numbers"),
        (count_in_self, "compile(): the function changes what it reads"),
        (count_in_state, "its results have other shapes or dtypes"),
        (store_step, "its results have other shapes or dtypes"),
        (store_longdouble, "its results have other shapes or dtypes"),
        (write_in_place, "np.add with out="),
        (lambda transform, u, m, p, t: u.view(np.ndarray), "AttributeError: "),
        (lambda transform, u, m, p, t: u if not isinstance(t, int) or t != 10 else u / [], "ValueError: "),
        (fail_at_zero_gradient, "ValueError: no gradient"),
        (
            lambda transform, u, m, p, t: u * (FIXED if isinstance(u, Tensor) else FIXED.numpy())[0, 0],
            "it captures nodes",
        ),
        (lambda transform, u, m, p, t: np.where(t == 3, 0.1, 1.0) * u, ""),
        (toggle_state, ""),
    ],
)
def test_a_transform_that_cannot_be_compiled_moves_after_the_program(transform, why):
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        made = FromFunction(transform)
        optimizer = Optimizer(model.parameters(), chain(made, scale(0.1)))
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        losses = [step(X, T) for _ in range(5)]
        outcomes.append([np.array(losses), model.state_dict()["W"], made.n, made.log, optimizer.state_dict()])
        if compiled:
            assert step.separate_reason.startswith(why), step.separate_reason
            assert bool(step.separate_reason) == bool(why)
    assert_same_outcome(*outcomes)


def test_a_transform_with_a_counter_in_its_state_moves_after_the_program():
    model = nn.Linear(3, 2, rng=0)
    for transform, why in [
        (count_in_state, "its state holds something other than floats and arrays of floats"),
        (write_in_place, "np.add with out="),
    ]:
        optimizer = Optimizer(model.parameters(), chain(FromFunction(transform), scale(0.1)))
        nn.TrainingStep(model, "mse", optimizer)(X, T)
        step = nn.TrainingStep(model, "mse", optimizer, compiled=True)
        before = optimizer.state_dict()
        step(X, T)
        assert step.separate_reason.startswith(why)
        for name, x in optimizer.state_dict().items():
            added = model.W.grad if name == "0.FromFunction0.0.seen" else model.b.grad if name == "0.FromFunction0.1.seen" else 1
            np.testing.assert_array_equal(x, before[name] + added)


def test_updates_and_states_of_wrong_shapes_are_errors():
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        wrong = Optimizer(model.parameters(), chain(FromFunction(lambda transform, u, m, p, t: u.sum(axis=-1, keepdims=True))))
        with pytest.raises(ShapeError, match=r"move\(\): a step of shape \(2, 1\) does not fit"):
            nn.TrainingStep(model, "mse", wrong, compiled)(X, T)
        optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        step(X, T)
        step(X, T)
        optimizer.groups[0].states[0][0]["velocity"] = np.ones((5, 2, 3))
        with pytest.raises(ShapeError, match=r"move\(\): a step of shape \(5, 2, 3\) does not fit"):
            step(X, T)


def test_values_replays_and_parts_of_a_model_move_after_the_program():
    model = nn.MLP([3, 4, 2], hidden="tanh", rng=0)
    step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.layers[1].parameters(), lr=0.1), compiled=True)
    step(X, T)
    assert step.separate_reason == "the function must capture the parameters that are moved, all of them and no others"
    net = nn.scalar.MLP(2, [2, 1], rng=0)
    step = nn.TrainingStep(net, lambda pred, y: pred.sum(), nn.SGD(net.parameters(), lr=0.1), compiled=True)
    assert step.separate_reason == "it moves Values"
    linear = nn.Linear(3, 2, rng=0)
    step = nn.TrainingStep(linear, "mse", nn.SGD(linear.parameters(), lr=0.1), compiled=True)
    step.program.options.exact = True
    losses = [step(X, T) for _ in range(2)]
    assert step.separate_reason == "the function is replayed because exact=True asks for it"
    assert losses[1] < losses[0]
    shift = Shift()
    step = nn.TrainingStep(shift, lambda pred, y: pred.sum(), nn.SGD(shift.parameters(), lr=0.1), compiled=True)
    assert step(np.ones(2), np.ones(2)) == 2.0
    assert step.separate_reason == "a gradient is a constant"
    assert shift.b.data == pytest.approx(0.8)
