"""TrainingStep: compiled into one program with its optimizer, it does what forward, backward and step do one after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import GraphError, SettingError, ShapeError, Tensor, anomaly, no_grad
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
from nn.optim.transforms import Transform

X = np.random.default_rng(0).normal(size=(24, 3))
Y = np.random.default_rng(1).integers(0, 2, 24)
T = nn.losses.one_hot(Y, 2)

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


def trained(compiled, make, batches, *, sizes=(3, 4, 2), loss="cross_entropy", labels=T, **settings):
    """A network after a step on each batch: the step, the losses, and all that has moved."""
    model = nn.MLP(list(sizes), rng=0, **settings)
    optimizer = make(model.parameters())
    step = nn.TrainingStep(model, loss, optimizer, compiled)
    found = [step(X[part], labels[part]) for part in batches]
    return (
        step,
        model,
        [np.array(found), *model.state_dict().values(), *(p.grad for p in model.parameters()), optimizer.state_dict()],
    )


def agree(a, b, tolerance=1e-9):
    for x, y in zip(a[:-1], b[:-1], strict=True):
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance * 1e-3)
    assert a[-1].keys() == b[-1].keys()
    for name, x in a[-1].items():
        np.testing.assert_allclose(x, b[-1][name], rtol=tolerance, atol=tolerance * 1e-3, err_msg=name)


@given(
    parts=st.lists(transforms, max_size=4),
    rate=st.sampled_from([0.01, 0.1]),
    hidden=st.sampled_from(["tanh", "sigmoid", "softplus"]),
    loss=st.sampled_from(["cross_entropy", "quadratic", "mse"]),
    starts=st.lists(st.integers(0, 20), min_size=1, max_size=5),
    widths=st.lists(st.integers(1, 5), max_size=2),
)
def test_one_program_does_what_forward_backward_and_step_do(parts, rate, hidden, loss, starts, widths):
    batches = [slice(start, start + 8) for start in starts]  # the last ones are smaller

    def make(parameters):
        return Optimizer(parameters, chain(*parts, scale(rate)))

    sizes = (3, *widths, 2)
    one, _, ours = trained(True, make, batches, sizes=sizes, loss=loss, hidden=hidden)
    _, _, theirs = trained(False, make, batches, sizes=sizes, loss=loss, hidden=hidden)
    assert one.apart == ""
    if not any(isinstance(transform, lion) for transform in parts):  # the sign of what is rounding alone may be either
        agree(ours, theirs, 1e-7)


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
def test_the_usual_optimizers_and_groups(make):
    batches = [slice(k, k + 8) for k in (0, 8, 16, 3, 9, 20)]
    one, _, ours = trained(True, make, batches, hidden="tanh")
    _, _, theirs = trained(False, make, batches, hidden="tanh")
    assert one.apart == ""
    agree(ours, theirs)


def test_the_source_is_the_textbooks_step():
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


def test_labels_may_be_whole_numbers_and_lists():
    _, _, ours = trained(True, lambda p: nn.SGD(p, lr=0.1), [slice(0, 8)] * 3, labels=Y)
    _, _, theirs = trained(False, lambda p: nn.SGD(p, lr=0.1), [slice(0, 8)] * 3, labels=Y)
    agree(ours, theirs)
    model = nn.Linear(1, 1, rng=0)
    assert isinstance(
        nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled=True)([[1], [2]], [[1], [2]]), float
    )


def test_float32_stays_float32():
    model = nn.Linear(3, 2, rng=0)
    for name in ("W", "b"):
        setattr(model, name, Tensor(getattr(model, name).numpy().astype(np.float32)))
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    step = nn.TrainingStep(model, "mse", optimizer, compiled=True)
    for _ in range(3):
        step(X.astype(np.float32), T.astype(np.float32))
    assert step.apart == ""
    assert {model.W.dtype, model.b.dtype, model.W.grad.dtype} == {np.dtype(np.float32)}
    assert {x.dtype for name, x in optimizer.state_dict().items() if name != "steps"} == {np.dtype(np.float32)}


def test_a_graph_recorded_before_keeps_its_numbers():
    model = nn.Linear(3, 2, rng=0)
    step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled=True)
    expected = [p.copy() for p in model.state_dict().values()]
    before = (model.W * model.W).sum()
    step(X, T)
    assert not np.array_equal(expected[0], model.W.data)
    model.W.zero_grad()
    before.backward()
    np.testing.assert_array_equal(model.W.grad, 2.0 * expected[0])
    model.W.data[:] = 0.0  # what a step gave may be written to, and is followed
    model.b.data[:] = 0.0
    assert step(X, T) == float(nn.losses.mse(np.zeros_like(T), T))


class Halved(Transform):
    """A user's own transform, whose factor may be set."""

    def __init__(self):
        self.factor = 0.5

    def one(self, update, state, param, step):
        state["seen"] = state.get("seen", 0.0) + update
        return self.factor * update


def test_a_word_of_ones_own_is_a_part_of_the_program_and_may_change():
    outcomes = []
    for compiled in (True, False):
        transform, model = Halved(), nn.Linear(3, 2, rng=0)
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
        optimizer.groups = Optimizer(model.parameters(), chain(Halved(), scale(0.01))).groups
        step(X, T)
        outcomes.append([model.state_dict()["W"], optimizer.state_dict()])
        if compiled:
            assert step.apart == ""
            (variant,) = next(iter(step.program._dispatcher.cache.by_signature.values()))
            assert [name for name, _ in variant.functions].count("value_and_update") == 1  # the others are not kept
    agree(*outcomes)


def test_a_state_that_is_loaded_is_followed():
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        optimizer = nn.Adam(model.parameters(), lr=0.1)
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        fresh = optimizer.state_dict()
        step(X, T)
        kept = optimizer.state_dict()
        step(X, T)
        optimizer.load_state_dict(kept)
        step(X, T)
        optimizer.load_state_dict(fresh)
        step(X, T)
        outcomes.append([model.state_dict()["W"], optimizer.state_dict()])
        assert step.apart == ""
    agree(*outcomes)


class Running(Transform):
    """A mean that is kept by writing to it."""

    def one(self, update, state, param, step):
        mean = state.setdefault("mean", 0.0 * update)
        mean *= 0.9
        mean += 0.1 * update
        state["mean"] = mean
        return 1.0 * mean


@pytest.mark.parametrize("before", [0, 2])
def test_a_word_that_writes_to_what_it_remembers(before):
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        optimizer = Optimizer(model.parameters(), chain(Running(), scale(0.1)))
        for k in range(6):
            if k == before:
                step = nn.TrainingStep(model, "mse", optimizer, compiled)
            elif k == 0:
                step = nn.TrainingStep(model, "mse", optimizer)
            step(X, T)
        outcomes.append([model.state_dict()["W"], optimizer.state_dict()])
        assert step.apart == ""
    agree(*outcomes)


class Made(Transform):
    """A transform from a function of (transform, update, state, param, step)."""

    def __init__(self, f):
        self.f, self.n, self.log, self.rng = f, 0, [], np.random.default_rng(0)

    def one(self, update, state, param, step):
        return self.f(self, update, state, param, step)


def counted(transform, u, state, p, t):
    state["count"] = state.get("count", 0) + 1
    return u / state["count"]


def third(transform, u, state, p, t):
    state["n"] = state.get("n", 0.0) + 1.0
    return 0.1 * u if state["n"] == 3 else u


def in_place(transform, u, state, p, t):
    seen = state.setdefault("seen", np.zeros(np.shape(u)))
    np.add(seen, u, out=seen)
    return seen


def failing(transform, u, state, p, t):
    if not np.any(u):
        raise ValueError("no gradient")
    return u


def turning(transform, u, state, p, t):
    if "a" in state:
        del state["a"]
        return 3.0 * u
    state["a"] = 1.0 * u
    return u


def dated(transform, u, state, p, t):
    state["t"] = t
    return u


def wide(transform, u, state, p, t):
    state["wide"] = np.asarray(u, dtype=np.longdouble) if isinstance(u, np.ndarray) else u
    return u


def selfish(transform, u, state, p, t):
    transform.n += 1
    transform.log.append(t)
    return u / transform.n


FIXED = Tensor([[2.0]], constant=True)


@pytest.mark.parametrize(
    ("transform", "why"),
    [
        (lambda transform, u, m, p, t: u if t > 2 else 0.5 * u, "it reads numbers of its arguments (a branch)"),
        (lambda transform, u, m, p, t: 0.1 * u if t == 3 else u, "it reads numbers of its arguments (a branch)"),
        (lambda transform, u, m, p, t: 0.1 * u if t % 2 in (1,) else u, "it reads numbers of its arguments (a branch)"),
        (third, "it reads numbers of its arguments (a branch)"),
        (lambda transform, u, m, p, t: {3: 0.1}.get(t, 1.0) * u, "its update is "),
        (lambda transform, u, m, p, t: 0.1 * u if isinstance(t, int) else u, "its update is "),
        (lambda transform, u, m, p, t: u if isinstance(u, np.ndarray) else 2.0 * u, "its update is "),
        (lambda transform, u, m, p, t: u * (1.0 + 0.1 * transform.rng.random()), "compile(): the function draws random numbers"),
        (selfish, "compile(): the function changes what it reads"),
        (counted, "its results have other shapes or dtypes"),
        (dated, "its results have other shapes or dtypes"),
        (wide, "its results have other shapes or dtypes"),
        (in_place, "np.add with out="),
        (lambda transform, u, m, p, t: u.view(np.ndarray), "AttributeError: "),
        (lambda transform, u, m, p, t: u if not isinstance(t, int) or t != 10 else u / [], "ValueError: "),
        (failing, "ValueError: no gradient"),
        (
            lambda transform, u, m, p, t: u * (FIXED if isinstance(u, Tensor) else FIXED.numpy())[0, 0],
            "it captures nodes",
        ),
        (lambda transform, u, m, p, t: np.where(t == 3, 0.1, 1.0) * u, ""),
        (turning, ""),
    ],
)
def test_what_cannot_be_a_part_of_the_program_moves_afterwards(transform, why):
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        made = Made(transform)
        optimizer = Optimizer(model.parameters(), chain(made, scale(0.1)))
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        losses = [step(X, T) for _ in range(5)]
        outcomes.append([np.array(losses), model.state_dict()["W"], made.n, made.log, optimizer.state_dict()])
        if compiled:
            assert step.apart.startswith(why), step.apart
            assert bool(step.apart) == bool(why)
    agree(*outcomes)


def test_a_word_that_counted_before_moves_afterwards():
    model = nn.Linear(3, 2, rng=0)
    for transform, why in [
        (counted, "its state holds other things than floats and arrays of floats"),
        (in_place, "np.add with out="),
    ]:
        optimizer = Optimizer(model.parameters(), chain(Made(transform), scale(0.1)))
        nn.TrainingStep(model, "mse", optimizer)(X, T)
        step = nn.TrainingStep(model, "mse", optimizer, compiled=True)
        before = optimizer.state_dict()
        step(X, T)
        assert step.apart.startswith(why)
        for name, x in optimizer.state_dict().items():
            added = model.W.grad if name == "0.Made0.0.seen" else model.b.grad if name == "0.Made0.1.seen" else 1
            np.testing.assert_array_equal(x, before[name] + added)


def test_updates_and_states_that_do_not_fit_are_errors_as_ever():
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        wrong = Optimizer(model.parameters(), chain(Made(lambda transform, u, m, p, t: u.sum(axis=-1, keepdims=True))))
        with pytest.raises(ShapeError, match=r"move\(\): a step of shape \(2, 1\) does not fit"):
            nn.TrainingStep(model, "mse", wrong, compiled)(X, T)
        optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        step(X, T)
        step(X, T)
        optimizer.groups[0].states[0][0]["velocity"] = np.ones((5, 2, 3))
        with pytest.raises(ShapeError, match=r"move\(\): a step of shape \(5, 2, 3\) does not fit"):
            step(X, T)


def sets_transforms(optimizer, step, model):
    optimizer.groups[0].transforms = [scale(0.5)]


def sets_states(optimizer, step, model):
    optimizer.groups[0].states = [[{}, {}], [{}, {}]]


def sets_one_state(optimizer, step, model):
    optimizer.groups[0].states[0][0] = {"velocity": np.ones((2, 3))}


def sets_parameters(optimizer, step, model):
    optimizer.groups[0].parameters = optimizer.groups[0].parameters[::-1]
    optimizer.groups[0].states[0] = optimizer.groups[0].states[0][::-1]


def sets_optimizer(optimizer, step, model):
    step.optimizer = nn.SGD(model.parameters(), lr=0.5)


def sets_rate(optimizer, step, model):
    optimizer.groups[0].transforms[-1].rate = lambda t: 0.3


@pytest.mark.parametrize("change", [sets_transforms, sets_states, sets_one_state, sets_parameters, sets_optimizer, sets_rate])
def test_what_is_replaced_in_an_optimizer_is_followed(change):
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
        step = nn.TrainingStep(model, "mse", optimizer, compiled)
        for k in range(7):
            if k == 4:
                change(optimizer, step, model)
            step(X, T)
        outcomes.append([model.W.data, model.b.data, optimizer.state_dict()])
        assert step.apart == ""
    agree(*outcomes)


class Signs(scale):
    def all(self, updates, states, params, step):
        return [np.sign(u) * self.at(step) for u in updates]


@pytest.mark.parametrize("transforms", [(Signs(0.5), scale(0.1)), (scale(0.1), Signs(0.5))])
def test_a_rate_of_ones_own_and_a_schedule_that_counts(transforms):
    outcomes = []
    for compiled in (True, False):
        calls = []

        def counting(step, calls=calls):
            calls.append(step)
            return 0.1 / len(calls)

        model = nn.Linear(3, 2, rng=0)
        step = nn.TrainingStep(model, "mse", Optimizer(model.parameters(), chain(*transforms, scale(counting))), compiled)
        losses = [step(X, T) for _ in range(5)]
        outcomes.append([np.array(losses), model.W.data, calls, {}])
        assert step.apart == ""
    agree(*outcomes)
    assert outcomes[0][2] == [0, 1, 2, 3, 4]


def test_settings_that_change_at_every_step_end_the_attempts():
    model = nn.Linear(3, 2, rng=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.5)
    step = nn.TrainingStep(model, "mse", optimizer, compiled=True)
    for k in range(12):
        optimizer.groups[0].transforms[0].mu = 0.5 + 0.01 * k
        step(X, T)
    assert step.apart == "its settings change at every step"


@pytest.mark.parametrize("compiled", [True, False])
def test_a_step_is_taken_in_its_order(compiled):
    model = nn.Linear(3, 2, rng=0)
    step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled)
    for call in (step.backward, step.move):
        with pytest.raises(GraphError, match=rf"TrainingStep.{call.__name__}\(\): there is no loss to follow: call forward"):
            call()
    before = model.W.numpy()
    loss = step.forward(X, T)
    np.testing.assert_array_equal(model.W.data, before)
    step.backward()
    gradient = model.W.grad.copy()
    np.testing.assert_array_equal(model.W.data, before)
    step.move()
    np.testing.assert_allclose(model.W.data, before - 0.1 * gradient)
    assert float(nn.losses.mse(model(X), T)) < loss
    with pytest.raises(GraphError, match="there is no loss"):
        step.move()


def test_gradients_go_on_through_what_a_step_is_given():
    outcomes = []
    for compiled in (True, False):
        model, before, x = nn.Linear(3, 2, rng=0), nn.Linear(3, 3, rng=1), Tensor(X)
        step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled)
        step(before(X), T)
        step(X, model(X) * 0.5 + 1.0)
        step(x, T)
        outcomes.append([before.b.grad, model.b.grad, model.b.data, x.grad, {}])
        assert step.apart == ""
    agree(*outcomes)


def test_no_gradient_where_none_is_recorded():
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled)
        with no_grad():
            step(X, T)
        assert not model.W.grad.any()


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


@pytest.mark.parametrize(
    ("y", "loss"),
    [
        ({"a": T}, lambda pred, y: ((pred - y["a"]) ** 2).mean()),
        (([1.0, 2.0], [3.0]), lambda pred, y: pred.sum() * y[1][0]),
        ("square", lambda pred, y: (pred * pred).sum() if y == "square" else pred.sum()),
        (None, lambda pred, y: (pred * pred).sum() if y is None else pred.sum()),
    ],
)
def test_targets_of_any_kind(y, loss):
    outcomes = []
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        step = nn.TrainingStep(model, loss, nn.SGD(model.parameters(), lr=0.01), compiled)
        outcomes.append([np.array([step(X, y) for _ in range(3)]), model.W.data, {}])
    agree(*outcomes)


class Shift(nn.Module):
    def __init__(self):
        self.b = Tensor(1.0)

    def forward(self, x):
        return self.b * float(len(x))


class Scaled(nn.Module):
    def __init__(self):
        self.w = Tensor(np.ones(3))

    def forward(self, x):
        return x * self.w + x


def test_modules_and_losses_of_ones_own_see_whole_arrays():
    outcomes = []
    for compiled in (True, False):
        model = Scaled()
        step = nn.TrainingStep(model, lambda pred, y: ((pred - y) ** 2).mean(), nn.Adam(model.parameters()), compiled)
        outcomes.append([np.array([step(X, X + 1.0) for _ in range(3)]), model.state_dict()])
        assert step.apart == ""
    agree(*outcomes)


def test_values_replays_and_parts_of_a_model_move_afterwards():
    model = nn.MLP([3, 4, 2], hidden="tanh", rng=0)
    step = nn.TrainingStep(model, "cross_entropy", nn.SGD(model.layers[1].parameters(), lr=0.1), compiled=True)
    step(X, T)
    assert step.apart == "the function must capture the parameters that are moved, all of them and no others"
    net = nn.scalar.MLP(2, [2, 1], rng=0)
    step = nn.TrainingStep(net, lambda pred, y: pred.sum(), nn.SGD(net.parameters(), lr=0.1), compiled=True)
    assert step.apart == "it moves Values"
    linear = nn.Linear(3, 2, rng=0)
    step = nn.TrainingStep(linear, "mse", nn.SGD(linear.parameters(), lr=0.1), compiled=True)
    step.program.options.exact = True
    losses = [step(X, T) for _ in range(2)]
    assert step.apart == "the function is replayed because exact=True asks for it"
    assert losses[1] < losses[0]
    shift = Shift()
    step = nn.TrainingStep(shift, lambda pred, y: pred.sum(), nn.SGD(shift.parameters(), lr=0.1), compiled=True)
    assert step(np.ones(2), np.ones(2)) == 2.0
    assert step.apart == "a gradient is a constant"
    assert shift.b.data == pytest.approx(0.8)


def test_who_needs_to_see_every_node_sees_them():
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
    assert step.apart == ""
    assert step.program.traces == 1


def test_fit_compiled_with_a_remembering_optimizer_is_fit():
    outcomes = []
    for compiled in (True, False):
        model = nn.MLP([3, 4, 2], hidden="tanh", rng=0)
        optimizer = nn.AdamW(model.parameters(), lr=0.01)
        history = nn.fit(
            model, X, Y, loss="cross_entropy", optimizer=optimizer, epochs=5, batch_size=7, rng=0, progress=False, compiled=compiled
        )
        outcomes.append([history.loss, history.gradient_norm, *model.state_dict().values(), optimizer.state_dict()])
    agree(*outcomes)


def test_fit_compiled_stops_at_a_nan_before_anything_moves():
    model = nn.Linear(3, 1, rng=0)
    before = model.state_dict()

    def loss(pred, y):
        return (pred - y).log().sum()

    with pytest.raises(GraphError, match="the loss became nan in step 1"):
        nn.fit(model, X, X[:, :1] + 100.0, loss=loss, lr=0.1, epochs=1, progress=False, compiled=True)
    assert all(np.array_equal(x, before[name]) for name, x in model.state_dict().items())


def test_what_is_no_optimizer_and_no_loss_is_refused():
    model = nn.Linear(3, 1, rng=0)
    with pytest.raises(
        SettingError, match=r"TrainingStep\(\): optimizer must be one such as nn.Adam\(model.parameters\(\)\), not 0.1"
    ):
        nn.TrainingStep(model, "mse", 0.1)
    with pytest.raises(
        SettingError, match=r"TrainingStep\(\): the loss must be a function that returns a Tensor or a Value, not 1.0"
    ):
        nn.TrainingStep(model, lambda pred, y: 1.0, nn.SGD(model.parameters(), lr=0.1))(X, T)
