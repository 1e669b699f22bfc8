"""TrainingStep: forward, backward, move, with inputs of every kind."""

import numpy as np
import pytest

import nn
from autograd import GraphError, SettingError, Tensor, no_grad
from training_steps import T, X, Y, assert_same_outcome, take_steps


class Scaled(nn.Module):
    def __init__(self):
        self.w = Tensor(np.ones(3))

    def forward(self, x):
        return x * self.w + x


@pytest.mark.parametrize("compiled", [True, False])
def test_a_step_is_forward_backward_and_move_in_this_order(compiled):
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


def test_labels_may_be_whole_numbers_and_lists():
    _, _, compiled_outcome = take_steps(True, lambda p: nn.SGD(p, lr=0.1), [slice(0, 8)] * 3, labels=Y)
    _, _, eager_outcome = take_steps(False, lambda p: nn.SGD(p, lr=0.1), [slice(0, 8)] * 3, labels=Y)
    assert_same_outcome(compiled_outcome, eager_outcome)
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
    assert step.separate_reason == ""
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


def test_gradients_flow_into_the_inputs_of_a_step():
    outcomes = []
    for compiled in (True, False):
        model, before, x = nn.Linear(3, 2, rng=0), nn.Linear(3, 3, rng=1), Tensor(X)
        step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled)
        step(before(X), T)
        step(X, model(X) * 0.5 + 1.0)
        step(x, T)
        outcomes.append([before.b.grad, model.b.grad, model.b.data, x.grad, {}])
        assert step.separate_reason == ""
    assert_same_outcome(*outcomes)


def test_inside_no_grad_there_is_no_gradient():
    for compiled in (True, False):
        model = nn.Linear(3, 2, rng=0)
        step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled)
        with no_grad():
            step(X, T)
        assert not model.W.grad.any()


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
    assert_same_outcome(*outcomes)


def test_a_users_modules_and_losses_get_whole_arrays():
    outcomes = []
    for compiled in (True, False):
        model = Scaled()
        step = nn.TrainingStep(model, lambda pred, y: ((pred - y) ** 2).mean(), nn.Adam(model.parameters()), compiled)
        outcomes.append([np.array([step(X, X + 1.0) for _ in range(3)]), model.state_dict()])
        assert step.separate_reason == ""
    assert_same_outcome(*outcomes)


def test_a_function_may_be_the_model():
    w = Tensor([[1.0], [1.0], [1.0]])
    step = nn.TrainingStep(lambda x: Tensor(x) @ w, "mse", nn.SGD([w], 0.1))
    assert step(X, T[:, :1]) > step(X, T[:, :1])


def test_a_wrong_optimizer_or_loss_is_refused():
    model = nn.Linear(3, 1, rng=0)
    with pytest.raises(
        SettingError, match=r"TrainingStep\(\): optimizer must be an optimizer, such as nn.Adam\(model.parameters\(\)\), not 0.1"
    ):
        nn.TrainingStep(model, "mse", 0.1)
    with pytest.raises(
        SettingError, match=r"TrainingStep\(\): the loss must be a function that returns a Tensor or a Value, not 1.0"
    ):
        nn.TrainingStep(model, lambda pred, y: 1.0, nn.SGD(model.parameters(), lr=0.1))(X, T)
