"""State dicts go out and in, and everything that does not fit is named."""

import numpy as np
import pytest

import nn
from autograd import SettingError, Tensor, Value


def network():
    class Net(nn.Module):
        def __init__(self):
            self.table = nn.Embedding(5, 3, rng=0)
            self.parts = {"norm": nn.LayerNorm(3), 7: nn.Linear(3, 2, rng=1)}
            self.drop = nn.Dropout(0.5, rng=2)

        def forward(self, x):
            return self.parts[7](self.drop(self.parts["norm"](self.table(x))))

    return Net()


def test_a_state_dict_restores_the_parameters():
    net, other = network(), network()
    for p in other.parameters():
        p.move(np.ones(p.shape))
    state = net.state_dict()
    assert list(state) == ["table.W", "parts.norm.g", "parts.norm.b", "parts.7.W", "parts.7.b"]
    other.load_state_dict(state)
    assert all(np.array_equal(p.data, q.data) for p, q in zip(net.parameters(), other.parameters(), strict=True))
    state["table.W"][:] = 0.0  # a copy
    assert net.table.W.data.any()
    scalar = nn.scalar.MLP(2, [2, 1], rng=0)
    twin = nn.scalar.MLP(2, [2, 1], rng=1)
    twin.load_state_dict(scalar.state_dict())
    assert twin([1.0, 2.0]).data == scalar([1.0, 2.0]).data


def test_everything_that_does_not_fit_is_named_and_nothing_changes():
    net = network()
    before = net.state_dict()
    state = {name: x + 1.0 for name, x in before.items()}
    state["extra"] = state.pop("table.W")
    state["parts.7.b"] = np.zeros(9)
    text = r"of Net: missing table.W; not in the module: extra; parts.7.b has shape \(2,\), not \(9,\)"
    with pytest.raises(SettingError, match=text):
        net.load_state_dict(state)
    assert all(np.array_equal(x, before[name]) for name, x in net.state_dict().items())
    del state["parts.7.b"]
    net.load_state_dict(state, strict=False)
    assert np.array_equal(net.parts[7].W.data, before["parts.7.W"] + 1.0)
    assert np.array_equal(net.table.W.data, before["table.W"])


def test_states_that_hold_no_numbers_are_refused_or_left_out():
    layer = nn.Linear(1, 1)
    layer.load_state_dict({"junk": "abc"}, strict=False)
    with pytest.raises(SettingError, match="W holds <U1, not real numbers"):
        layer.load_state_dict({"W": [["a"]], "b": [1.0]})


def test_values_in_dicts_and_lists_are_parameters():
    class Own(nn.Module):
        def __init__(self):
            self.inner = {"a": [Value(1.0)], "b": (Tensor([2.0]),)}

        def forward(self, x):
            return self.inner["a"][0] * x

    own = Own()
    assert nn.functional_call(own, {"inner.a.0": Value(3.0)}, 2.0).data == 6.0
    assert list(own.state_dict()) == ["inner.a.0", "inner.b.0"]


def test_paths_that_collide_or_cannot_be_followed_are_named():
    class Dotted(nn.Module):
        def __init__(self, parts):
            self.d = parts

    with pytest.raises(SettingError, match=r"two parameters of Dotted are called 'd.a.b': a key of a dict contains a dot"):
        Dotted({"a.b": Tensor([1.0]), "a": {"b": Tensor([2.0])}}).state_dict()
    with pytest.raises(SettingError, match=r"the path d.a.b cannot be followed: a key of a dict contains a dot"):
        Dotted({"a.b": Tensor([1.0])}).freeze()
    with pytest.raises(SettingError, match=r"d.0 is in a tuple, which cannot change: keep parameters in a list"):
        Dotted((Tensor([1.0]),)).freeze()
