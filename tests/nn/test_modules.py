"""Modules: state, modes, freezing; the layers that are no matrix; the textbook's backward pass beside the engine's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import DataError, OutOfRangeError, SettingError, ShapeError, Tensor, Value
from autograd.testing import check_grad


def network():
    class Net(nn.Module):
        def __init__(self):
            self.table = nn.Embedding(5, 3, rng=0)
            self.parts = {"norm": nn.LayerNorm(3), 7: nn.Linear(3, 2, rng=1)}
            self.drop = nn.Dropout(0.5, rng=2)

        def forward(self, x):
            return self.parts[7](self.drop(self.parts["norm"](self.table(x))))

    return Net()


def test_state_goes_out_and_in():
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


def test_what_does_not_fit_is_printed_and_nothing_changes():
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


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_normalising_layers_have_right_gradients(seed):
    x = np.random.default_rng(seed).normal(size=(3, 4))
    for layer in (nn.LayerNorm(4), nn.RMSNorm(4)):
        assert check_grad(lambda x, layer=layer: np.tanh(layer(x)), x).verdict == "pass"


def test_normalising_layers_equal_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    x = np.random.default_rng(0).normal(size=(5, 4))
    theirs = torch.nn.functional.layer_norm(torch.tensor(x), (4,)).numpy()
    np.testing.assert_allclose(nn.LayerNorm(4)(x).data, theirs, rtol=1e-12, atol=1e-14)
    theirs = torch.nn.functional.rms_norm(torch.tensor(x), (4,), eps=1e-6).numpy()
    np.testing.assert_allclose(nn.RMSNorm(4)(x).data, theirs, rtol=1e-12)


def test_an_embeddings_gradient_gathers_in_its_rows():
    table = nn.Embedding(4, 2, rng=0)
    table([1, 1, 3]).sum().backward()
    assert table.W.grad.tolist() == [[0.0, 0.0], [2.0, 2.0], [0.0, 0.0], [1.0, 1.0]]
    assert str(table) == "Embedding(4 × 2, 8 parameters)"
    with pytest.raises(OutOfRangeError, match="Embedding of 4 rows has no row number 4: they are 0 to 3"):
        table([0, 4])
    with pytest.raises(DataError, match="Embedding takes integers, not float64"):
        table([0.5])


def test_dropout_keeps_the_mean():
    out = nn.Dropout(0.25, rng=0)(np.ones(100_000)).data
    assert set(np.unique(out)) == {0.0, 1.0 / 0.75}
    assert abs(out.mean() - 1.0) < 0.01
    x = Tensor([1.0, 2.0])
    assert nn.Dropout(0.0)(x) is x
    assert str(nn.Dropout(0.25)) == "Dropout(0.25)"
    with pytest.raises(SettingError, match=r"p must be a number with 0 ≤ x < 1, not 1\.0"):
        nn.Dropout(1.0)


def test_widths_are_named():
    for layer in (nn.LayerNorm(3), nn.RMSNorm(3)):
        with pytest.raises(ShapeError, match=rf"{type(layer).__name__}\(3\) takes inputs of width 3, but x has shape \(2, 4\)"):
            layer(np.ones((2, 4)))


# -- nn.delta


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=4),
    st.sampled_from(["identity", "sigmoid", "tanh", "relu", "softplus"]),
    st.sampled_from([("quadratic", "sigmoid"), ("quadratic", "softmax"), ("mse", "tanh"), ("cross_entropy", "identity")]),
    st.integers(0, 10**6),
)
def test_the_textbooks_backward_pass_is_the_engines(sizes, hidden, ends, seed):
    loss, output = ends
    sizes[-1] += loss == "cross_entropy"  # which is refused for one class
    rng = np.random.default_rng(seed)
    model = nn.MLP(sizes, hidden=hidden, output=output, rng=rng)
    X = rng.normal(size=(4, sizes[0]))
    Y = rng.integers(0, sizes[-1], 4) if loss == "cross_entropy" else rng.normal(size=(4, sizes[-1]))
    by_hand, by_engine = nn.delta.textbook(model, X, Y, loss), nn.delta.inspect(model, X, Y, loss)
    assert len(by_hand) == len(by_engine) == len(sizes) - 1
    for a, b in zip(by_hand, by_engine, strict=True):
        for name in ("a_before", "z", "a", "delta", "dW", "db"):
            np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-10, atol=1e-13)
    assert all(not np.any(p.grad) for p in model.parameters())


def test_what_the_textbooks_do_not_derive():
    with pytest.raises(SettingError, match=r"the texts have no derivative for 'gelu'; they have identity, sigmoid"):
        nn.delta.textbook(nn.MLP([1, 2, 1], hidden="gelu"), [[1.0]], [[1.0]])
    with pytest.raises(SettingError, match="cross_entropy takes logits, so the output must be the identity, not tanh"):
        nn.delta.textbook(nn.MLP([1, 2], output="tanh"), [[1.0]], [0], "cross_entropy")
    with pytest.raises(SettingError, match="the loss must be cross_entropy, quadratic or mse, not 'hinge'"):
        nn.delta.textbook(nn.MLP([1, 2]), [[1.0]], [[1.0, 1.0]], "hinge")


def test_values_may_be_parameters_of_a_module_that_is_placed_in_dicts_and_lists():
    class Own(nn.Module):
        def __init__(self):
            self.inner = {"a": [Value(1.0)], "b": (Tensor([2.0]),)}

        def forward(self, x):
            return self.inner["a"][0] * x

    own = Own()
    assert nn.functional_call(own, {"inner.a.0": Value(3.0)}, 2.0).data == 6.0
    assert list(own.state_dict()) == ["inner.a.0", "inner.b.0"]


# -- found by attacking them


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


def test_states_that_hold_no_numbers_are_refused_or_left_out():
    layer = nn.Linear(1, 1)
    layer.load_state_dict({"junk": "abc"}, strict=False)
    with pytest.raises(SettingError, match="W holds <U1, not real numbers"):
        layer.load_state_dict({"W": [["a"]], "b": [1.0]})


def test_dropout_keeps_single_precision_and_numbers_may_be_parameters():
    assert nn.Dropout(0.5, rng=0)(Tensor(np.ones(3, "f4"))).dtype == np.float32
    p = Tensor(0.5)
    optimizer = nn.SGD([p], lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        (p * p).backward()
        optimizer.step()
    assert float(p) == pytest.approx(0.5 * 0.8**2)


def test_the_textbooks_shapes_are_checked():
    model = nn.MLP([2, 3], rng=0)
    for X, Y, text in (
        (np.ones((4, 2)), np.ones(4), r"the targets must have shape \(4, 3\), not \(4,\)"),
        (np.ones(2), np.ones(3), r"X must be a batch of shape \(N, 2\), not \(2,\)"),
        (np.ones((0, 2)), np.ones((0, 3)), "X must be a batch"),
    ):
        with pytest.raises(ShapeError, match=text):
            nn.delta.textbook(model, X, Y)
    soft = np.random.default_rng(0).random((4, 3))  # rows that do not add up to 1
    X = np.random.default_rng(1).normal(size=(4, 2))
    a, b = nn.delta.textbook(model, X, soft, "cross_entropy")[0], nn.delta.inspect(model, X, soft, "cross_entropy")[0]
    np.testing.assert_allclose(a.delta, b.delta, rtol=1e-10)
