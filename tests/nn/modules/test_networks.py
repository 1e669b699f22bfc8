"""Fully connected networks: shapes, activations, reprs, and how modules find parameters."""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import DataError, SettingError, ShapeError, Tensor, Value
from nn.modules.module import Module
from nn.random import generator


def test_parameter_counts_of_the_texts():
    assert nn.MLP([784, 16, 16, 10]).num_parameters() == 13002  # B01
    assert nn.MLP([3, 4, 4, 1]).num_parameters() == 41  # A03
    assert nn.scalar.MLP(3, [4, 4, 1]).num_parameters() == 41
    weights = sum(p.size for name, p in nn.MLP([784, 16, 16, 10]).named_parameters() if name.endswith("W"))
    assert weights == 12960


def test_shapes_are_to_from_and_the_input_layer_has_no_parameters():
    model = nn.MLP([3, 5, 2], rng=0)  # A04, A06, A07, A08
    assert {name: p.shape for name, p in model.named_parameters()} == {
        "layers.0.W": (5, 3),
        "layers.0.b": (5,),
        "layers.1.W": (2, 5),
        "layers.1.b": (2,),
    }
    assert model.sizes == [3, 5, 2]
    assert model(np.zeros((7, 3))).shape == (7, 2)
    assert model([0.0, 0.0, 0.0]).shape == (2,)


def test_activations_are_chosen_per_layer():
    model = nn.MLP([2, 3, 4, 1], hidden=["relu", ag.tanh], output="sigmoid", rng=0)  # A10, A12
    x = np.array([[0.5, -1.0]])
    W, b = ([getattr(layer, k).data for layer in model.layers] for k in "Wb")
    h = np.maximum(x @ W[0].T + b[0], 0)
    h = np.tanh(h @ W[1].T + b[1])
    np.testing.assert_allclose(model(x).data, 1 / (1 + np.exp(-(h @ W[2].T + b[2]))), rtol=1e-14)
    assert "hidden=relu/tanh, output=sigmoid" in repr(model)
    passes = list(model.passes(x))
    assert [z.shape for z, _ in passes] == [(1, 3), (1, 4), (1, 1)]
    np.testing.assert_array_equal(passes[-1][1].data, model(x).data)


def test_reprs_name_the_parameters():
    assert repr(nn.MLP([784, 16, 16, 10])) == "MLP(784-16-16-10, hidden=tanh, output=identity, 13 002 parameters)"
    assert repr(nn.MLP([2, 1])) == "MLP(2-1, hidden=none, output=identity, 3 parameters)"
    assert repr(nn.Sequential(nn.Linear(2, 1), "relu")) == "Sequential(Linear(2 → 1, 3 parameters), relu, 3 parameters)"
    assert repr(nn.scalar.MLP(1, [1, 1])) == "MLP of [Layer of [ReLUNeuron(1)], Layer of [LinearNeuron(1)]], 4 parameters"
    assert repr(nn.scalar.Neuron(2, activation="tanh")) == "tanhNeuron(2)"


def test_the_same_seed_gives_the_same_bits():
    for make in (lambda rng: nn.MLP([3, 4, 2], hidden="relu", rng=rng), lambda rng: nn.scalar.MLP(3, [4, 2], rng=rng)):
        first, second = make(7), make(np.random.default_rng(7))
        assert all(np.array_equal(a.data, b.data) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    with pytest.raises(DataError, match=r"rng must be a numpy.random.Generator, a non-negative integer seed or None, not 'x'"):
        generator("x")
    with pytest.raises(DataError, match="not True"):
        generator(True)


def test_modules_find_parameters_in_lists_dicts_and_attributes():
    class Net(Module):
        def __init__(self):
            self.scale = Tensor([2.0])
            self.blocks = {"a": nn.Linear(1, 1, rng=0), "b": [nn.Linear(1, 1, rng=0)]}
            self.shared = self.blocks["a"]
            self.fixed = Tensor([1.0], constant=True)
            self.value = Value(1.0)
            self.note = "no parameter"

    net = Net()
    net.blocks["self"] = net
    names = [name for name, _ in net.named_parameters()]
    assert names == ["scale", "blocks.a.W", "blocks.a.b", "blocks.b.0.W", "blocks.b.0.b", "value"]
    assert net.num_parameters() == 6
    (net.scale.sum() * net.value).backward()
    net.zero_grad()
    assert net.scale.grad == [0.0]
    assert net.value.grad == 0.0
    with pytest.raises(NotImplementedError, match=r"Net has no forward\(\)"):
        net(1.0)


@pytest.mark.parametrize(
    ("attempt", "kind", "text"),
    [
        (
            lambda: nn.Linear(3, 2)(np.zeros((4, 5))),
            ShapeError,
            r"Linear\(3 → 2\) takes inputs of width 3, but x has shape \(4, 5\)",
        ),
        (lambda: nn.Linear(3, 2)(1.0), ShapeError, r"but x has shape \(\)"),
        (
            lambda: nn.Linear(3, 2)([1j, 0, 0]),
            DataError,
            r"Linear\(\) takes real numbers, not complex ones of shape \(3,\): pass x.real",
        ),
        (lambda: nn.scalar.Neuron(3)([1.0]), ShapeError, "a neuron with 3 weights takes 3 numbers, not 1"),
        (lambda: nn.Linear(0, 2), SettingError, "a layer's width must be a positive integer, not 0"),
        (lambda: nn.Linear(2, 2.5), SettingError, "not 2.5"),
        (lambda: nn.MLP([3]), SettingError, r"MLP takes at least two sizes, .* not \[3\]"),
        (
            lambda: nn.MLP([3, 2, 1], hidden=["relu", "tanh"]),
            SettingError,
            "MLP of 1 hidden layers takes one activation for each, not 2",
        ),
        (
            lambda: nn.MLP([3, 2, 1], hidden="swish"),
            SettingError,
            "no activation is called 'swish': give a function, or one of identity, relu",
        ),
        (
            lambda: nn.Linear(3, 2, init="best"),
            SettingError,
            r"no initialiser is called 'best': give a function of \(shape, rng\), or one of",
        ),
        (
            lambda: nn.Linear(2, 3, init=lambda shape, rng: np.zeros((1, 1))),
            SettingError,
            r"returned an array of shape \(1, 1\), not \(3, 2\)",
        ),
        (lambda: nn.Sequential(3), SettingError, "Sequential takes modules, functions and names of activations, not 3"),
    ],
)
def test_wrong_widths_and_settings_are_named(attempt, kind, text):
    with pytest.raises(kind, match=text):
        attempt()
