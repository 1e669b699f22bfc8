"""Losses: values by hand, gradients per reduction, stability, and the errors of wrong shapes and labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import AutogradError, ShapeError, Tensor, Value
from autograd.graph.forward_mode import pushforward
from nn import losses, metrics
from oracles import assert_close, assert_derivative

rng = np.random.default_rng(0)
A, Y = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
LABELS = np.array([0, 2, 1, 1, 0])


def test_quadratic_sums_over_components_and_averages_over_samples():
    assert_close(losses.quadratic(A, Y).data, np.mean([0.5 * np.sum((a - y) ** 2) for a, y in zip(A, Y, strict=True)]))  # D01, E10
    a = Tensor(A)
    losses.quadratic(a, Y).backward()
    assert_close(a.grad, (A - Y) / 5)
    assert_close(losses.quadratic(A[0], Y[0]).data, 0.5 * np.sum((A[0] - Y[0]) ** 2))
    assert_close(losses.quadratic(2.0, 1.0).data, 0.5)
    assert_close(losses.mse(A, Y).data, np.mean((A - Y) ** 2))  # X3: two names, two scales


@pytest.mark.parametrize("name", list(losses.BY_NAME))
def test_reductions_are_consistent(name):
    f = losses.loss(name)
    pred, target = (A, LABELS) if name == "cross_entropy" else (A, np.sign(Y)) if name == "hinge" else (A, Y)
    if name.startswith("binary"):
        pred, target = 1 / (1 + np.exp(-A)), (Y > 0) * 1.0
    if name == "kl_divergence":
        target = np.abs(Y)
    each, total, mean = (f(pred, target, reduction=r) for r in ("none", "sum", "mean"))
    assert_close(total.data, each.data.sum(), rtol=1e-13)
    assert_close(mean.data, each.data.mean(), rtol=1e-13)
    grads = []
    for reduction, scale in (("sum", 1.0), ("mean", each.size)):
        p = Tensor(pred)
        f(p, target, reduction=reduction).backward()
        grads.append(p.grad * scale)
    assert_close(grads[0], grads[1], rtol=1e-12, atol=1e-15)
    u = np.random.default_rng(1).normal(size=pred.shape) * 0.1
    assert_derivative(np.vdot(grads[0], u), lambda h: float(f(pred + h * u, target, reduction="sum")), h=0.01)


def test_labels_and_one_hot_rows_give_the_same_loss():
    one_hot = np.eye(3)[LABELS]  # D05
    by_label, by_row = losses.cross_entropy(A, LABELS), losses.cross_entropy(A, one_hot)
    assert float(by_label) == float(by_row)
    assert float(losses.cross_entropy(A, Tensor(one_hot))) == float(by_row)
    assert float(losses.cross_entropy(A, LABELS.astype(float))) == float(by_row)
    assert_close(losses.cross_entropy(A[0], 0).data, -np.log(np.exp(A[0, 0]) / np.exp(A[0]).sum()), rtol=1e-14)
    soft = Tensor(np.full((5, 3), 1 / 3))
    losses.cross_entropy(A, soft).backward()
    assert_close(soft.grad, (np.log(np.exp(A).sum(1, keepdims=True)) - A) / 5, rtol=1e-13)


@given(st.lists(st.sampled_from([-1000.0, 1000.0, 0.0, 1.0]), min_size=3, max_size=3), st.integers(0, 2))
def test_logits_of_a_thousand_give_finite_losses_and_gradients(z, label):
    t = Tensor(z)
    L = losses.cross_entropy(t, label)
    L.backward()
    assert np.isfinite(float(L))
    p = np.exp(np.array(z) - max(z))
    assert_close(t.grad, p / p.sum() - np.eye(3)[label], rtol=1e-12, atol=1e-15)
    t = Tensor(z)
    L = losses.binary_cross_entropy_with_logits(t, [0.0, 1.0, 1.0])
    L.backward()
    assert np.isfinite(float(L))
    assert np.all(np.isfinite(t.grad))


def test_weights_that_do_not_add_up_to_one_scale_the_softmax():
    z, t = Tensor(A), np.abs(Y) + 0.5
    losses.cross_entropy(z, t, reduction="sum").backward()
    p = np.exp(A) / np.exp(A).sum(1, keepdims=True)
    assert_close(z.grad, p * t.sum(1, keepdims=True) - t, rtol=1e-12, atol=1e-14)


def test_a_masked_logit_costs_nothing():
    z = Tensor([[0.0, -np.inf, 1.0]])
    L = losses.cross_entropy(z, [0])
    L.backward()
    assert_close(float(L), np.log(1 + np.e), rtol=1e-13)
    assert_close(z.grad, [[1 / (1 + np.e) - 1, 0.0, np.e / (1 + np.e)]], rtol=1e-13)


def test_probabilities_of_zero_and_one_stay_finite():
    p = Tensor([0.0, 1.0])
    L = losses.binary_cross_entropy(p, [1.0, 0.0])
    L.backward()
    assert float(L) == pytest.approx(100.0)
    assert np.all(np.isfinite(p.grad))


def test_second_derivatives_and_forward_mode_of_the_fused_rows():
    t, u = Tensor(A), np.random.default_rng(2).normal(size=A.shape)
    L = losses.cross_entropy(t, LABELS, reduction="sum")
    (tangent,) = pushforward([L], [t], [u])
    L.backward(create_graph=True)
    first = t.grad
    assert_close(tangent, np.vdot(first.data, u), rtol=1e-12)
    t.zero_grad()
    (first * u).sum().backward()
    p = np.exp(A) / np.exp(A).sum(1, keepdims=True)
    assert_close(t.grad, p * (u - (p * u).sum(1, keepdims=True)), rtol=1e-10, atol=1e-15)
    W = [Tensor(A), Tensor(Y)]
    penalty = losses.l2(W)
    (tangent,) = pushforward([penalty], W, [u, None])
    assert_close(tangent, np.vdot(A, u), rtol=1e-13)


def test_penalties_leave_the_biases_out():
    W, b = Tensor(A), Tensor([5.0])  # D06
    assert_close(losses.l2([W, b]).data, 0.5 * np.sum(A**2), rtol=1e-14)
    assert_close(losses.l1([W, b, W]).data, 2 * np.sum(np.abs(A)), rtol=1e-14)
    (losses.l2([W, b]) * 0.1).backward()
    assert_close(W.grad, 0.1 * A)
    assert_close(b.grad, [0.0])


def test_lists_of_values_are_predictions_too():
    values = [[Value(x) for x in row] for row in A]
    losses.quadratic(values, Y).backward()
    assert_close([[v.grad for v in row] for row in values], (A - Y) / 5)
    scores = [Value(0.5), Value(2.0)]
    losses.hinge(scores, [1, 1]).backward()
    assert [s.grad for s in scores] == [-0.5, 0.0]


def test_any_function_may_be_the_loss():
    def mine(pred, target):
        return ag.sum(abs(pred - target))

    assert losses.loss(mine) is mine  # D08


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (
            lambda: losses.quadratic(A, Y[:, :1]),
            r"quadratic\(\): the prediction has shape \(5, 3\), but the target has shape \(5, 1\)",
        ),
        (lambda: losses.mse(A, Y[0]), r"mse\(\): the prediction has shape \(5, 3\), but the target has shape \(3,\)"),
        (lambda: losses.cross_entropy(A, [0, 1, 2, 3, 0]), "label 3 is not a class: with 3 classes the labels are 0 to 2"),
        (lambda: losses.cross_entropy(A, [0, -1, 2, 0, 0]), "label -1 is not a class"),
        (lambda: losses.cross_entropy(A, [0.5, 1, 2, 0, 0]), r"labels are integers, not float64 such as \[0.5, 1.0, 2.0\]"),
        (
            lambda: losses.cross_entropy(A, [0, 1]),
            r"logits of shape \(5, 3\) take labels of shape \(5,\) or one-hot rows of shape \(5, 3\), not \(2,\)",
        ),
        (lambda: losses.cross_entropy(1.0, 0), r"takes logits of shape \(K,\) or \(N, K\), not \(\)"),
        (lambda: losses.cross_entropy(np.zeros((0, 3)), np.zeros(0, int)), "a loss over no samples has no mean"),
        (lambda: losses.mse(A, Y, reduction="avg"), "reduction must be 'mean', 'sum' or 'none', not 'avg'"),
        (lambda: losses.binary_cross_entropy([1.5], [1.0]), r"takes probabilities in \[0, 1\], not 1.5 to 1.5; for logits use"),
        (lambda: losses.hinge([1.0], [0.0]), r"hinge\(\) takes targets -1 and \+1, not \[0.0\]"),
        (lambda: losses.loss("rmse"), "no loss is called 'rmse': give a function of .*, or one of quadratic, mse"),
        (lambda: losses.half_squares(), r"half_squares\(\) takes at least one array"),
        (lambda: losses.l2([Tensor([1.0])]), "a penalty needs at least one weight matrix among the parameters"),
    ],
)
def test_wrong_input_is_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


@pytest.mark.parametrize("name", ["quadratic", "mse", "mae", "huber", "binary_cross_entropy_with_logits"])
def test_targets_without_a_second_axis_fit_a_model_with_one_output(name):
    pred, target = np.array([[0.2], [-1.0], [3.0]]), np.array([1.0, 0.0, 1.0])
    loss = losses.loss(name)
    assert float(loss(pred, target)) == float(loss(pred, target[:, None]))
    with pytest.raises(ShapeError):
        loss(pred[:, 0], target[:, None])
    with pytest.raises(ShapeError):
        loss(np.hstack([pred, pred]), target)


def test_a_regression_is_trained_on_targets_without_a_second_axis():
    X = np.linspace(-1.0, 1.0, 20)[:, None]
    y = 3.0 * X[:, 0] + 1.0
    for compiled in (False, True):
        model = nn.Linear(1, 1, rng=0)
        history = nn.fit(
            model, X, y, loss="mse", lr=0.5, epochs=60, validation=(X, y), metric=metrics.r2, compiled=compiled, progress=False
        )
        assert history.validation[-1] > 0.999


def test_labels_of_a_compiled_loss_stay_inputs_of_the_program():
    loss = ag.compile(lambda z, labels: losses.cross_entropy(z, labels), tensors=True)
    z = Tensor([[2.0, -1.0, 0.5]])
    found = [float(loss(z, np.array([float(k)]))) for k in range(3)]
    assert loss.traces == 1
    assert found == [float(losses.cross_entropy(z, [k])) for k in range(3)]


@pytest.mark.parametrize(("loss", "scale"), [(losses.quadratic, 0.5), (losses.mse, 1.0 / 3.0)])
@pytest.mark.parametrize("in_axes", [(0, 0), (0, None), (None, 0)])
def test_squared_distances_of_a_batch_of_batches(loss, scale, in_axes):
    rng = np.random.default_rng(5)
    shapes = [(4, 5, 3) if axis == 0 else (5, 3) for axis in in_axes]
    preds, targets = (rng.normal(size=shape) for shape in shapes)
    f = ag.compile(lambda a, y: loss(a, y), in_axes=in_axes, tensors=True)
    errors = preds - targets
    value, slope = f.value_and_grad(preds, targets)
    assert_close(value, scale * np.mean(np.sum(errors**2, axis=-1)))
    expected = 2.0 * scale * errors / (errors.size / 3)
    assert_close(slope, expected if preds.ndim == 3 else expected.sum(axis=0))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(("loss", "scale"), [(losses.quadratic, 0.5), (losses.mse, 1.0)])
def test_squared_distances_by_both_arguments_and_twice(loss, scale, reduction):
    a, y = Tensor(A), Tensor(Y)
    loss(a, y, reduction).backward()
    count = 1.0 if reduction == "sum" else len(A) if loss is losses.quadratic else A.size
    assert_close(a.grad, 2.0 * scale * (A - Y) / count)
    assert_close(y.grad, 2.0 * scale * (Y - A) / count)
    assert_close(ag.hvp(lambda a: loss(a, Y, reduction), A, np.ones_like(A)), np.full_like(A, 2.0 * scale / count))
