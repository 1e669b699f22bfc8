"""Gradients of networks equal the corrected backpropagation formulas of the seed texts, which are written by hand in NumPy here.

W[l] has shape (to, from), and a batch A has shape (N, n). δ = ∂L/∂z for each sample, including the factor 1/N of the mean.
Numbers such as G03 and E39 are items of docs/seeds.md.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Tensor, Value
from autograd.graph.forward_mode import pushforward
from nn import losses
from oracles import ERROR_BARS, derivative

# Each activation and its derivative.
ACTIVATIONS = {
    "identity": (lambda z: z, lambda z: np.ones_like(z)),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z)))),  # C02
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),  # C03
    "softplus": (lambda z: np.log1p(np.exp(z)), lambda z: 1 / (1 + np.exp(-z))),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
}


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def backpropagate_by_hand(W, b, X, Y, hidden, output, loss):
    """Return the loss, and δ and the gradients of every layer, by G03-G08 (S0 eq. 7-14 and S2:146-159, corrected)."""
    Z, A = [], [X]
    for layer, (w, c) in enumerate(zip(W, b, strict=True)):
        f = output if layer == len(W) - 1 else hidden
        Z.append(A[-1] @ w.T + c)  # S0:48
        A.append(ACTIVATIONS[f][0](Z[-1]))  # S0:50
    N = len(X)
    if loss == "quadratic":
        value = 0.5 * np.sum((A[-1] - Y) ** 2) / N  # S0 eq. 1
        delta = (A[-1] - Y) * ACTIVATIONS[output][1](Z[-1]) / N  # G05, without E1's sum over the free index
    else:
        value = -np.sum(Y * np.log(softmax(Z[-1]))) / N  # S3:55 with E52's missing logarithm
        delta = (softmax(Z[-1]) - Y) / N  # D07
    deltas, dW, db = [None] * len(W), [None] * len(W), [None] * len(W)
    for layer in reversed(range(len(W))):
        deltas[layer] = delta
        dW[layer] = delta.T @ A[layer]  # G04 with E39's superscript
        db[layer] = delta.sum(axis=0)  # G03, E58
        if layer:
            delta = (delta @ W[layer]) * ACTIVATIONS[hidden][1](Z[layer - 1])  # G06 with E3-E5 and E41
    return value, deltas, dW, db


@st.composite
def networks(draw, max_width=6, max_samples=5):
    """Draw a network of random depth, widths, activations, loss and weights, and a batch."""
    sizes = draw(st.lists(st.integers(1, max_width), min_size=2, max_size=5))
    loss = draw(
        st.sampled_from(["quadratic", "cross_entropy"] if sizes[-1] > 1 else ["quadratic"])
    )  # with one class the cross-entropy is 0
    hidden = draw(st.sampled_from(["identity", "sigmoid", "tanh", "softplus", "relu"]))
    output = "identity" if loss == "cross_entropy" else draw(st.sampled_from(["identity", "sigmoid", "tanh", "softplus"]))
    rng = np.random.default_rng(draw(st.integers(0, 10**9)))
    N = draw(st.integers(1, max_samples))
    W = [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False)]
    b = [rng.normal(size=n) for n in sizes[1:]]
    X = rng.normal(size=(N, sizes[0]))
    Y = rng.normal(size=(N, sizes[-1])) if loss == "quadratic" else np.eye(sizes[-1])[rng.integers(0, sizes[-1], N)]
    return sizes, W, b, X, Y, hidden, output, loss


def make_tensor_network(sizes, W, b, hidden, output):
    model = nn.MLP(sizes, hidden=hidden, output=output, rng=0)
    for layer, w, c in zip(model.layers, W, b, strict=True):
        layer.W.data, layer.b.data = w, c
    return model


def make_scalar_network(sizes, W, b, hidden, output):
    model = nn.scalar.MLP(sizes[0], sizes[1:], activation=hidden, output=output, rng=0)
    for layer, w, c in zip(model.layers, W, b, strict=True):
        for neuron, row, bias in zip(layer.neurons, w, c, strict=True):
            neuron.b.data = bias
            for p, x in zip(neuron.w, row, strict=True):
                p.data = x
    return model


def assert_close(claimed, expected, rtol=1e-10):
    """Assert that arrays are equal up to rounding, relative to the largest entry."""
    scale = max(np.max(np.abs(expected), initial=0.0), 1e-12)
    np.testing.assert_allclose(claimed, expected, rtol=rtol, atol=rtol * scale)


@given(networks())
def test_tensor_network_follows_the_delta_formulas(network):
    sizes, W, b, X, Y, hidden, output, loss = network
    value, deltas, dW, db = backpropagate_by_hand(W, b, X, Y, hidden, output, loss)
    model = make_tensor_network(sizes, W, b, hidden, output)
    passes = list(model.passes(X))
    L = getattr(losses, loss)(passes[-1][1], Y)
    L.backward()
    assert_close(float(L), value)
    for (z, _), delta in zip(passes, deltas, strict=True):
        assert z.grad.shape == delta.shape
        assert_close(z.grad, delta)  # G01: δ is readable
    for layer, w, c in zip(model.layers, dW, db, strict=True):
        assert layer.W.grad.shape == layer.W.shape == w.shape  # A07
        assert_close(layer.W.grad, w)
        assert_close(layer.b.grad, c)


@given(networks(max_width=4, max_samples=3))
def test_scalar_network_follows_the_delta_formulas(network):
    sizes, W, b, X, Y, hidden, output, loss = network
    value, _, dW, db = backpropagate_by_hand(W, b, X, Y, hidden, output, loss)
    model = make_scalar_network(sizes, W, b, hidden, output)
    rows = [model(x.tolist()) for x in X]
    rows = [row if isinstance(row, list) else [row] for row in rows]
    L = getattr(losses, loss)(rows, Y)
    L.backward()
    assert_close(float(L), value)
    for layer, w, c in zip(model.layers, dW, db, strict=True):
        assert_close([[p.grad for p in neuron.w] for neuron in layer.neurons], w)
        assert_close([neuron.b.grad for neuron in layer.neurons], c)


@given(networks(), st.integers(0, 10**6))
def test_gradients_agree_with_central_differences(network, seed):
    sizes, W, b, X, Y, hidden, output, loss = network
    hidden = "tanh" if hidden == "relu" else hidden  # a difference across the kink of relu is no derivative
    model = make_tensor_network(sizes, W, b, hidden, output)
    getattr(losses, loss)(model(X), Y).backward()
    rng = np.random.default_rng(seed)
    dW, db = [rng.normal(size=w.shape) for w in W], [rng.normal(size=c.shape) for c in b]
    claimed = sum(np.vdot(la.W.grad, w) + np.vdot(la.b.grad, c) for la, w, c in zip(model.layers, dW, db, strict=True))

    def loss_along_direction(h):
        shifted = [w + h * d for w, d in zip(W, dW, strict=True)], [c + h * d for c, d in zip(b, db, strict=True)]
        return backpropagate_by_hand(*shifted, X, Y, hidden, output, loss)[0]

    value, error = derivative(loss_along_direction, h=0.01)
    assert abs(claimed - value) <= ERROR_BARS * error + 1e-7 * max(abs(value), 1.0)


def test_the_example_of_e1_has_one_delta_per_neuron():
    # E1: the text sums over the free index, which would give one number. δ has a component for every output.
    rng = np.random.default_rng(0)
    z, y = Tensor(rng.normal(size=4)), rng.normal(size=4)
    losses.quadratic(ag.sigmoid(z), y).backward()
    a, slope = ACTIVATIONS["sigmoid"][0](z.data), ACTIVATIONS["sigmoid"][1](z.data)
    assert_close(z.grad, (a - y) * slope)
    assert z.grad.shape == (4,)


def test_g02_weighted_input_has_the_activations_and_ones_as_derivatives():
    rng = np.random.default_rng(1)
    W, b, a = rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=2)
    for t in range(3):
        w, c = Tensor(W), Tensor(b)
        ag.affine(a, w, c)[t].backward()
        assert_close(w.grad, np.eye(3)[t][:, None] * a)  # ∂z_t/∂w_tf = a_f, and 0 for the other rows
        assert_close(c.grad, np.eye(3)[t])


def test_g10_to_g13_cross_entropy_through_the_full_softmax_jacobian():
    rng = np.random.default_rng(2)
    W, b, h, label = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3), 2
    w, c, hidden = Tensor(W), Tensor(b), Tensor(h)
    a = ag.affine(hidden, w, c)
    p = ag.softmax(a)
    loss = -ag.log(p[label])
    loss.backward()
    e = np.eye(4)[label]
    assert_close(p.grad, -e / p.data[label])  # G10
    jacobian = np.diag(p.data) - np.outer(p.data, p.data)  # E56: not diag(p(1-p))
    delta = (-e / p.data[label]) @ jacobian
    assert_close(delta, p.data - e)
    assert_close(a.grad, delta)
    assert_close(hidden.grad, delta @ W)  # G11 with E50: the weights into the output layer
    assert_close(w.grad, np.outer(delta, h))  # G12
    assert_close(c.grad, delta)  # G13, E58
    tensor = np.zeros((4, 4, 3))  # G12, E57: ∂a_i/∂W_jk = δ_ij h_k
    for i in range(4):
        w, c = Tensor(W), Tensor(b)
        ag.affine(h, w, c)[i].backward()
        tensor[i] = w.grad
    assert_close(tensor, np.einsum("ij,k->ijk", np.eye(4), h))
    assert_close(np.einsum("i,ijk->jk", delta, tensor), np.outer(delta, h))


def test_d04_three_forms_of_the_cross_entropy_agree():
    f, y = np.array([0.2, 0.4333, 0.3667]), np.array([0.0, 1.0, 0.0])
    by_product, by_sum, by_label = -np.log(np.prod(f**y)), -np.sum(y * np.log(f)), -np.log(f[np.argmax(y)])
    assert_close([by_product, by_sum], [by_label, by_label])
    assert_close(float(losses.cross_entropy(np.log(f), 1)), by_label)
    assert_close(float(losses.cross_entropy(np.log(f), y)), by_label)
    assert abs(-np.sum(f * y) - by_label) > 0.1  # E52: the text omits the logarithm in the second form


def test_d07_fused_equals_unfused():
    rng = np.random.default_rng(3)
    z, y = rng.normal(size=(5, 4)) * 3, rng.integers(0, 4, 5)
    fused, unfused = Tensor(z), Tensor(z)
    losses.cross_entropy(fused, y).backward()
    (-ag.log(ag.softmax(unfused)[np.arange(5), y]).mean()).backward()
    assert_close(fused.grad, unfused.grad, 1e-12)
    assert_close(fused.grad, (softmax(z) - np.eye(4)[y]) / 5, 1e-12)
    t = rng.integers(0, 2, (5, 4)) * 1.0
    fused, unfused = Tensor(z), Tensor(z)
    losses.binary_cross_entropy_with_logits(fused, t).backward()
    losses.binary_cross_entropy(ag.sigmoid(unfused), t).backward()
    assert_close(fused.grad, unfused.grad, 1e-12)
    assert_close(fused.grad, (ACTIVATIONS["sigmoid"][0](z) - t) / t.size, 1e-12)


@given(networks(max_width=4))
def test_d02_the_gradient_of_the_mean_is_the_mean_of_the_gradients(network):
    sizes, W, b, X, Y, hidden, output, loss = network
    model = make_tensor_network(sizes, W, b, hidden, output)
    getattr(losses, loss)(model(X), Y).backward()
    gradients_of_batch = [p.grad.copy() for p in model.parameters()]
    model.zero_grad()
    for x, y in zip(X, Y, strict=True):
        getattr(losses, loss)(model(x[None]), y[None]).backward()
    for p, g in zip(model.parameters(), gradients_of_batch, strict=True):
        assert_close(p.grad / len(X), g, 1e-9)


@given(networks(max_width=5))
def test_a02_without_nonlinear_activations_the_network_is_one_affine_map(network):
    sizes, W, b, X, *_ = network
    model = make_tensor_network(sizes, W, b, "identity", "identity")
    w_eff, b_eff = np.eye(sizes[0]), np.zeros(sizes[0])
    for w, c in zip(W, b, strict=True):
        w_eff, b_eff = w @ w_eff, w @ b_eff + c
    assert_close(model(X).data, X @ w_eff.T + b_eff, 1e-9)


@given(networks(max_width=4))
def test_a15_scalar_and_array_networks_agree(network):
    sizes, W, b, X, _, hidden, output, _ = network
    array = make_tensor_network(sizes, W, b, hidden, output)(X).data
    scalar = [make_scalar_network(sizes, W, b, hidden, output)(x.tolist()) for x in X]
    scalar = [[v.data for v in (row if isinstance(row, list) else [row])] for row in scalar]
    assert_close(scalar, array, 1e-12)


def test_a22_a_bias_is_the_weight_of_a_constant_input():
    rng = np.random.default_rng(4)
    W, b, h = rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=(5, 2))
    augmented = np.hstack([h, np.ones((5, 1))]) @ np.hstack([W, b[:, None]]).T
    assert_close(ag.affine(h, W, b), augmented, 1e-12)


def test_a17_bias_is_a_threshold():
    neuron = nn.scalar.Neuron(2, activation="sigmoid", rng=0)  # E32: the threshold is soft
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 1.0, 2.0, -10.0
    assert neuron([4.0, 3.0]).data == 0.5
    assert neuron([4.0, 3.1]).data > 0.5 > neuron([4.0, 2.9]).data


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 10**6))
def test_gd02_gd03_first_order_change(w1, w2, b, seed):
    # S0 eq. 3 and 4: ΔC = ∇C·Δv + O(‖Δv‖²), and -η‖∇C‖² for Δv = -η∇C.
    rng = np.random.default_rng(seed)

    def cost(v):
        w1, w2, b = v
        return (w1 * 1.3 - w2 * 0.7 + b).tanh() ** 2 + w1 * w2 + b**2 * 0.5

    v = [Value(x) for x in (w1, w2, b)]
    C = cost(v)
    C.backward()
    grad = np.array([x.grad for x in v])
    d = rng.normal(size=3)
    d /= np.linalg.norm(d)

    def first_order_error(step, direction):
        moved = [Value(x.data + step * di) for x, di in zip(v, direction, strict=True)]
        return abs(cost(moved).data - C.data - step * grad @ direction)

    for step in (1e-2, 1e-3):
        assert first_order_error(step, d) <= 20 * step**2
    eta = 1e-4
    change = cost([Value(x.data - eta * g) for x, g in zip(v, grad, strict=True)]).data - C.data
    assert change <= -eta * grad @ grad + 20 * (eta**2) * (grad @ grad) + 1e-12  # E9: ΔC ≤ 0 for small η only


def test_forward_mode_gives_the_same_change():
    v = [Value(0.5), Value(-1.0)]
    y = (v[0] * v[1]).tanh() + v[0] ** 2
    y.backward()
    (t,) = pushforward([y], v, [0.3, 0.7])
    assert_close(t, 0.3 * v[0].grad + 0.7 * v[1].grad, 1e-14)


def test_e21_a_saturated_unit_learns_slowly_from_the_quadratic_cost():
    """The error is almost 1 and δ is almost 0. With the cross-entropy, δ is the error."""
    slow, fast = Value(-10.0), Value(-10.0)
    (0.5 * (slow.sigmoid() - 1.0) ** 2).backward()
    nn.losses.binary_cross_entropy_with_logits([fast], [1.0]).backward()
    assert abs(slow.grad) < 1e-4
    assert abs(fast.grad + 1.0) < 1e-4


def test_e31_the_sigmoid_reaches_its_ends_in_floats_only():
    x = np.linspace(-30.0, 30.0, 601)
    assert all((ag.sigmoid(x) > 0.0) & (ag.sigmoid(x) < 1.0))
    assert (ag.sigmoid(40.0), ag.sigmoid(-800.0)) == (1.0, 0.0)
