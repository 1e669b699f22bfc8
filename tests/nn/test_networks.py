"""Modules, layers, micrograd's twin, activations and initialisers."""

import random
import subprocess
import sys

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import DataError, SettingError, ShapeError, Tensor, Value
from nn import init
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


MICROGRAD = """
import random
{imports}
random.seed(1337)
model = MLP(3, [4, 4, 1])
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
for k in range(5):
    ypred = [model(list(map(Value, x))) for x in xs]
    loss = sum(((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred)), Value(0.0))
    loss = loss + 1e-4 * sum((p * p for p in model.parameters()))
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.05 * p.grad
    print(f"{{loss.data:.12f}}", f"{{sum(p.grad for p in model.parameters()):.10f}}")
"""

MICROGRAD_PRINTS = """
18.433192025597 272.2786612474
8.706374461420 4.8327830090
4.463570974437 -3.8636287665
4.083978271700 -2.9193784193
3.926207007316 -1.0425792015
"""


def test_a_micrograd_program_runs_after_changing_its_imports():
    # These are the numbers that micrograd 0.1.0 prints for this program.
    code = MICROGRAD.format(imports="from autograd import Value\nfrom nn.scalar import MLP")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == MICROGRAD_PRINTS.split()


def test_micrograds_weights_come_from_pythons_random():
    random.seed(3)
    model = nn.scalar.Layer(2, 1)
    random.seed(3)
    assert [p.data for p in model.parameters()] == [random.uniform(-1, 1), random.uniform(-1, 1), 0.0]
    assert isinstance(model([1.0, 2.0]), Value)
    assert isinstance(nn.scalar.Layer(2, 2, nonlin=False)([1.0, 2.0]), list)


def test_scalar_networks_are_modules():
    model = nn.scalar.MLP(2, [3, 1], activation="sigmoid", output="tanh", rng=0)
    y = model([0.5, -0.5])
    y.backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())
    assert next(model.named_parameters())[0] == "layers.0.neurons.0.w.0"


@pytest.mark.parametrize(
    ("attempt", "kind", "text"),
    [
        (
            lambda: nn.Linear(3, 2)(np.zeros((4, 5))),
            ShapeError,
            r"Linear\(3 → 2\) takes inputs of width 3, but x has shape \(4, 5\)",
        ),
        (lambda: nn.Linear(3, 2)(1.0), ShapeError, r"but x has shape \(\)"),
        (lambda: nn.Linear(3, 2)([1j, 0, 0]), DataError, r"Linear\(\) takes real numbers, not \[1j, 0, 0\]"),
        (lambda: nn.scalar.Neuron(3)([1.0]), ShapeError, "a neuron with 3 weights takes 3 numbers, not 1"),
        (lambda: nn.Linear(0, 2), SettingError, "a layer's width must be a positive integer, not 0"),
        (lambda: nn.Linear(2, 2.5), SettingError, "not 2.5"),
        (lambda: nn.MLP([3]), SettingError, r"MLP takes at least two sizes, .* not \[3\]"),
        (
            lambda: nn.MLP([3, 2, 1], hidden=["relu", "tanh"]),
            SettingError,
            "MLP of 1 hidden layers takes as many hidden activations, not 2",
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
            r"returned an array of shape \(1, 1\), but \(3, 2\)",
        ),
        (lambda: nn.Sequential(3), SettingError, "Sequential takes modules, functions and names of activations, not 3"),
    ],
)
def test_wrong_widths_and_settings_are_named(attempt, kind, text):
    with pytest.raises(kind, match=text):
        attempt()


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("lecun_normal", 1 / 200),
        ("lecun_uniform", 1 / 200),
        ("glorot_normal", 2 / 500),
        ("glorot_uniform", 2 / 500),
        ("he_normal", 2 / 200),
        ("he_uniform", 2 / 200),
        ("uniform", 1 / 3),
        ("normal", 1.0),
        ("zeros", 0.0),
    ],
)
def test_initialisers_have_the_variance_they_promise(name, variance):
    W = init.initialise((300, 200), name, 0)  # H01
    assert W.shape == (300, 200)
    assert abs(W.mean()) < 5 * np.sqrt(variance / W.size) + 1e-12
    assert abs(W.var() - variance) < 0.02 * variance + 1e-12
    assert np.array_equal(W, init.initialise((300, 200), name, 0))


def test_initialisers_can_be_functions():
    layer = nn.Linear(2, 3, init=init.constant(0.5), rng=0)
    np.testing.assert_array_equal(layer.W.data, np.full((3, 2), 0.5))
    np.testing.assert_array_equal(layer.b.data, np.zeros(3))
    assert nn.activations.name_of(np.tanh) == "tanh"
