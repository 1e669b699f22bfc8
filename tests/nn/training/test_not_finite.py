"""A number that is not finite stops the run before it reaches the parameters, and is traced to its operation."""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import AutogradError, GraphError
from nn import losses
from training_steps import X


def test_fit_keeps_the_last_good_parameters_when_the_loss_is_not_finite():
    X, Y = np.array([[1e200], [1.0]]), np.array([[1.0], [3.0]])
    model = nn.Linear(1, 1, rng=0)
    before = [p.numpy() for p in model.parameters()]
    with pytest.raises(AutogradError, match=r"the loss became inf in step 1 \(learning rate 0.1\): lower the learning rate"):
        nn.fit(model, X, Y, loss="quadratic", epochs=2, progress=False)
    assert all(np.array_equal(p.data, q) for p, q in zip(model.parameters(), before, strict=True))

    def steep(pred, target):
        return (pred * 0.0).sqrt().sum()  # 0, with an infinite slope

    with pytest.raises(AutogradError, match="the gradient of W is not finite in step 1"):
        nn.fit(model, X[1:], Y[1:], loss=steep, epochs=2, progress=False)
    assert all(np.array_equal(p.data, q) for p, q in zip(model.parameters(), before, strict=True))


def test_a_nan_is_named_with_its_operation_and_layer():
    class Bad(nn.Module):
        def __init__(self):
            self.first, self.second = nn.Linear(1, 2, rng=0), Root()

        def forward(self, x):
            return self.second(self.first(x))

    class Root(nn.Module):
        def forward(self, x):
            return np.sqrt(x - 100.0)

    with pytest.raises(GraphError, match=r"the loss became nan in step 1 .*; sqrt made nan .*in scope 'second'"):
        nn.fit(Bad(), [[1.0]], [[1.0, 1.0]], loss="mse", progress=False)


def test_a_nan_that_does_not_occur_again_has_no_place():
    first = iter([np.nan])
    with pytest.raises(GraphError, match=r"the loss became nan in step 1 .*, or look at the data(?m:$)"):
        nn.fit(nn.Linear(1, 1), [[1.0]], [[1.0]], loss=lambda p, y: losses.mse(p, y) + next(first, 0.0), progress=False)


def test_a_validation_loss_that_is_not_finite_stops_at_once():
    def loss(a, y):
        return losses.mse(ag.log(a), y)

    x = np.linspace(1.0, 2.0, 8)[:, None]
    model = nn.Linear(1, 1, rng=0)
    model.W.data = [[1.0]]
    with pytest.raises(GraphError, match="the validation loss became nan: look at the held-out data"):
        nn.fit(model, x, np.log(x), loss=loss, validation=([[-5.0]], [[0.0]]), patience=2, progress=False)
    assert not model.training


def test_an_infinite_step_names_its_own_rate():
    model = nn.Linear(2, 1, rng=0)
    optimizer = nn.SGD(model.parameters(), lambda step: float("inf") if step == 1 else 0.1)
    with pytest.raises(GraphError, match=r"a parameter became infinite in step 2 \(learning rate inf\)"):
        nn.fit(model, np.ones((3, 2)), np.ones((3, 1)), loss="mse", optimizer=optimizer, epochs=3, progress=False)


def test_compiled_fit_stops_at_a_nan_before_anything_moves():
    model = nn.Linear(3, 1, rng=0)
    before = model.state_dict()

    def loss(pred, y):
        return (pred - y).log().sum()

    with pytest.raises(GraphError, match="the loss became nan in step 1"):
        nn.fit(model, X, X[:, :1] + 100.0, loss=loss, lr=0.1, epochs=1, progress=False, compiled=True)
    assert all(np.array_equal(x, before[name]) for name, x in model.state_dict().items())
