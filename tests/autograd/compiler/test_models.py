"""Compiled models: arrays for Tensors, labels, and fit(compiled=True)."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import CompileWarning, DataError, GraphError, OutOfRangeError, Tensor, Value, compile
from autograd.viz import draw
from oracles import assert_close


def make_data(n=7, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)), rng.integers(0, 5, n)


@pytest.mark.parametrize("hidden", ["tanh", "relu", "softplus"])
def test_a_compiled_loss_of_a_model_equals_the_eager_one(hidden):
    model = nn.MLP([3, 4, 5], hidden=hidden, rng=0)
    step = compile(lambda x, t: nn.losses.cross_entropy(model(x), t))
    for seed in range(3):
        X, y = make_data(seed=seed)
        eager = nn.losses.cross_entropy(model(X), y)
        eager.backward()
        expected = [p.grad for p in model.parameters()]
        model.zero_grad()
        L = step(X, np.eye(5)[y])
        L.backward()
        assert float(L) == pytest.approx(float(eager), rel=1e-13)
        for p, g in zip(model.parameters(), expected, strict=True):
            np.testing.assert_allclose(p.grad, g, rtol=1e-11, atol=1e-14)
        nn.SGD(model.parameters(), lr=0.1).step()
        model.zero_grad()
    assert step.traces == 1
    assert "Z1 = x @ W1.T + b1" in step.source
    assert "db2 = D2.sum(axis=0)" in step.source


def test_layers_take_object_arrays_of_values():
    for layer in (nn.Linear(2, 3, rng=0), nn.LayerNorm(2), nn.RMSNorm(2), nn.Dropout(0.5).eval()):
        x = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(5.0)]])
        layer(x).sum().backward()
        np.testing.assert_array_equal(layer(x).data, layer([[1.0, 2.0], [3.0, 5.0]]).data)
        t = Tensor([[1.0, 2.0], [3.0, 5.0]])
        layer(t).sum().backward()
        np.testing.assert_allclose([[v.grad for v in row] for row in x], t.grad, atol=1e-15)


def test_float_labels_are_traced():
    model = nn.MLP([3, 4, 5], rng=0)
    step = compile(lambda x, t: nn.losses.cross_entropy(model(x), t))
    for seed in range(4):
        X, y = make_data(seed=seed)
        assert float(step(X, y.astype(float))) == pytest.approx(float(nn.losses.cross_entropy(model(X), y)), rel=1e-13)
    assert step.traces == 1
    X, y = make_data()
    with pytest.raises(OutOfRangeError, match=r"label \d is not a class: with 5 classes"):
        step(X, y + 5.0)
    with pytest.raises(DataError, match="labels are integers, not float64 such as"):
        step(X, y + 0.5)


def call_with_each(f, arguments):
    return [f(*args) for args in arguments]


def test_a_static_argument_that_changes_at_every_call_warns():
    model = nn.MLP([3, 5], rng=0)
    step = compile(lambda x, t: nn.losses.cross_entropy(model(x), t))
    with pytest.warns(
        CompileWarning, match=r"traced for 8 values in a row of argument 1, now an array of dtype int64 and shape \(7,\)"
    ):
        call_with_each(step, [make_data(seed=seed) for seed in range(8)])
    counted = compile(lambda x, n: x * n)
    with pytest.warns(
        CompileWarning, match="of argument 1, now 7 of type int: only floats and arrays of floats can change without a new trace"
    ):
        call_with_each(counted, [(2.0, n) for n in range(8)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in range(30):
            counted(2.0, n % 7)  # met again
        lengths = compile(lambda x: (x * x).sum())
        for n in range(1, 12):
            lengths(np.ones(n))  # shapes are no values
        kinds = compile(lambda x, *more: x * x)
        for n in range(12):
            kinds(2.0, *range(n))


def test_a_tensor_without_axes_may_have_a_constant_gradient():
    b = Tensor(1.0)
    compile(lambda: 2.0 * b)().backward()
    assert b.grad == 2.0


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=2), st.booleans())
def test_gradients_may_be_changed_in_place(x, twice):
    p, q = Tensor(x), Tensor(x)
    step = compile(lambda: (p * q).sum() + p.sum())
    L = step()
    L.backward()
    first = p.grad
    p.grad *= 0.0  # in place, as clipping does
    p.zero_grad()
    q.zero_grad()
    if twice:
        L.backward(2.0)
        L.backward()
    np.testing.assert_array_equal(first, [0.0, 0.0])
    np.testing.assert_allclose(p.grad, (3.0 if twice else 0.0) * (np.array(x) + 1.0))


# -- arrays in one piece


def loss_of_arrays(W, x, s):
    return (s * np.tanh(x @ W.T)).sum() + np.where(x > 0, x, 0.0).sum() * W[0, 0]


@pytest.mark.parametrize("settings", [{}, {"buffers": True}, {"exact": True}])
def test_tensors_true_passes_arrays_in_one_piece(settings):
    rng = np.random.default_rng(0)
    W, x = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    step = compile(loss_of_arrays, tensors=True, argnums=(0, 1, 2), **settings)
    value, gradients = step.value_and_grad(W, x, 2.0)
    expected, wanted = ag.value_and_grad(loss_of_arrays, (0, 1, 2))(W, x, 2.0)
    assert_close(value, expected, rtol=1e-14)
    for a, b in zip(gradients, wanted, strict=True):
        assert_close(a, b, rtol=1e-13, atol=1e-14)
    assert isinstance(step(W, x, 2.0), float)
    assert isinstance(step(W, x, Value(2.0)), ag.Node)
    assert step.report().nodes < 20
    assert compile(lambda d: (d["a"] * d["b"][0]).sum(), tensors=True)({"a": x, "b": [x]}) == pytest.approx(np.sum(x * x))


def test_tensors_true_works_with_batches_jvp_hvp_and_pictures():
    rng = np.random.default_rng(0)
    W, x, t = rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), rng.normal(size=5)

    def sample(W, x, t):
        return (np.tanh(W @ x).sum() - t) ** 2

    step = compile(sample, tensors=True, in_axes=(None, 0, 0))
    assert_close(step.value_and_grad(W, x, t)[0], np.mean([sample(W, a, b) for a, b in zip(x, t, strict=True)]), rtol=1e-13)
    whole = compile(sample, tensors=True)
    along = (np.ones((4, 3)), np.zeros(3), 0.0)
    assert_close(whole.jvp((W, x[0], 1.0), along)[1], ag.jvp(sample, (W, x[0], 1.0), along)[1], rtol=1e-12)
    assert_close(whole.hvp(W, along[0], x[0], 1.0), ag.hvp(sample, W, along[0], x[0], 1.0), rtol=1e-12, atol=1e-14)
    assert "tanh" in draw(whole).to_mermaid()


# -- fit


@pytest.mark.parametrize("loss", ["cross_entropy", lambda pred, y: nn.losses.cross_entropy(pred, y, smoothing=0.0)])
def test_a_compiled_fit_ends_at_the_same_parameters(loss):
    X, y = make_data(50)
    ends = []
    for compiled in (False, True):
        model = nn.MLP([3, 6, 5], hidden="tanh", rng=0)
        history = nn.fit(model, X, y, loss=loss, lr=0.3, epochs=4, batch_size=16, rng=1, progress=False, compiled=compiled)
        ends.append((history.loss, *[p.numpy() for p in model.parameters()]))
    for a, b in zip(*ends, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)


def test_a_compiled_fit_names_what_it_cannot_trace():
    X, y = make_data(20)
    model, noise = nn.Linear(3, 5, rng=0), np.random.default_rng(0)

    def noisy(z, t):
        return nn.losses.cross_entropy(z * noise.normal(), t)

    with pytest.raises(GraphError, match="the function draws random numbers"):
        nn.fit(model, X, y, loss=noisy, lr=0.1, epochs=1, progress=False, compiled=True)


def test_a_compiled_fit_names_the_first_nan():
    model = nn.MLP([1, 2, 1], hidden=ag.log, rng=0)
    with pytest.raises(GraphError, match="the loss became nan in step 1"):
        nn.fit(model, -np.ones((4, 1)), np.ones((4, 1)), loss="mse", lr=0.1, epochs=1, progress=False, compiled=True)
