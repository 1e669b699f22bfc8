"""Parameters as a vector, and modules as functions of their parameters."""

import numpy as np
import pytest

import nn
from autograd import AutogradError, Tensor
from nn import functional_call, losses, parameters_to_vector, vector_to_parameters
from oracles import assert_close


def test_the_cost_as_a_function_of_13002_numbers():
    model = nn.MLP([784, 16, 16, 10], hidden="sigmoid", rng=0)  # B02, B03
    theta = parameters_to_vector(model.parameters())
    assert theta.shape == (13002,)
    vector_to_parameters(theta + 1.0, model.parameters())
    assert_close(parameters_to_vector(model.parameters()), theta + 1.0)
    with pytest.raises(AutogradError, match=r"the parameters hold 13002 numbers, the vector has shape \(3,\)"):
        vector_to_parameters([1.0, 2.0, 3.0], model.parameters())


def test_functional_call_returns_what_the_module_returns():
    model, X = nn.MLP([2, 3, 1], rng=0), np.ones((4, 2))  # A14
    own = dict(model.named_parameters())
    other = {name: Tensor(p.data + 0.5) for name, p in own.items()}
    expected = model(X).data
    assert_close(functional_call(model, own, X).data, expected)
    shifted = functional_call(model, other, X)
    assert_close(model(X).data, expected)
    shifted.sum().backward()
    assert all(np.any(p.grad) for p in other.values())
    assert not any(np.any(p.grad) for p in own.values())
    held = nn.Sequential(nn.Linear(2, 1, rng=0))
    held.extra = {"list": [Tensor([1.0])], "one": Tensor([2.0])}
    functional_call(held, {"extra.list.0": [5.0], "extra.one": [6.0]}, X)
    assert held.extra["list"][0].data == 1.0
    with pytest.raises(AutogradError, match="no parameter is called 'V'; there are W, b"):
        functional_call(nn.Linear(1, 1), {"V": [1.0]}, [1.0])
    with pytest.raises(AutogradError, match=r"W has shape \(1, 1\), not \(2,\)"):
        functional_call(nn.Linear(1, 1), {"W": [1.0, 2.0]}, [1.0])


def test_gd12_the_gradient_ranks_the_sensitivity_of_the_cost():
    rng = np.random.default_rng(0)
    model, X, y = nn.MLP([3, 4, 2], rng=0), rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
    losses.cross_entropy(model(X), y).backward()
    gradient = np.concatenate([p.grad.ravel() for p in model.parameters()])
    theta, cost = parameters_to_vector(model.parameters()), float(losses.cross_entropy(model(X), y))
    changes = []
    for j in range(len(theta)):
        moved = theta.copy()
        moved[j] += 1e-5
        vector_to_parameters(moved, model.parameters())
        changes.append(abs(float(losses.cross_entropy(model(X), y)) - cost))
    assert np.argmax(changes) == np.argmax(abs(gradient))
    assert list(np.argsort(changes)[-5:]) == list(np.argsort(abs(gradient))[-5:])
