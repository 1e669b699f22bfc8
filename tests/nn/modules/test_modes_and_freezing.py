"""Training mode, frozen parameters and tied parameters."""

import numpy as np
import pytest

import nn
from autograd import SettingError


def network():
    class Net(nn.Module):
        def __init__(self):
            self.table = nn.Embedding(5, 3, rng=0)
            self.parts = {"norm": nn.LayerNorm(3), 7: nn.Linear(3, 2, rng=1)}
            self.drop = nn.Dropout(0.5, rng=2)

        def forward(self, x):
            return self.parts[7](self.drop(self.parts["norm"](self.table(x))))

    return Net()


def test_modes_reach_every_module():
    net = network()
    x = [0, 1, 2]
    assert not np.array_equal(net(x).data, net(x).data)
    assert net.eval() is net
    assert np.array_equal(net(x).data, net(x).data)
    assert not net.drop.training
    net.train()
    assert net.drop.training
    assert [name for name, _ in net.named_modules()] == ["", "table", "parts.norm", "parts.7", "drop"]


def test_frozen_parameters_get_no_gradient_and_stay():
    model = nn.MLP([2, 3, 3, 1], rng=0)
    model.tied = model.layers[0]
    model.layers[0].freeze()
    assert model.tied is model.layers[0]
    assert [name for name, _ in model.named_parameters()] == ["layers.1.W", "layers.1.b", "layers.2.W", "layers.2.b"]
    assert list(model.state_dict())[:2] == ["layers.0.W", "layers.0.b"]
    before = model.layers[0].W.numpy()
    nn.fit(model, np.ones((4, 2)), np.zeros((4, 1)), loss="mse", epochs=2, progress=False)
    assert np.array_equal(model.layers[0].W.data, before)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    model.unfreeze()
    assert len(model.parameters()) == 6
    with pytest.warns(nn.TrainingWarning, match=r"^fit\(\): the optimizer does not move layers.0.W"):
        nn.fit(model, np.ones((4, 2)), np.zeros((4, 1)), loss="mse", epochs=1, optimizer=optimizer, progress=False)
    with pytest.raises(SettingError, match=r"freeze\(\): layers.0.neurons.0.w.0 is a Value, which cannot be constant"):
        nn.scalar.MLP(1, [1]).freeze()


def test_a_tied_parameter_is_replaced_in_every_place():
    class Tied(nn.Module):
        def __init__(self):
            self.a, self.b = nn.Linear(2, 2, rng=0), nn.Linear(2, 2, rng=1)
            self.b.W = self.a.W

        def forward(self, x):
            return self.b(self.a(x))

    tied = Tied()
    assert nn.functional_call(tied, {"a.W": np.eye(2) * 3.0}, [1.0, 1.0]).data.tolist() == [9.0, 9.0]
    assert tied.b.W is tied.a.W
