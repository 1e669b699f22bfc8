"""Smoothing, ignored samples and class weights of the cross-entropy, and other losses beside PyTorch."""

import numpy as np
import pytest

from autograd import AutogradError, Tensor
from autograd.testing import check_grad
from nn import losses


def torch_loss_and_gradient(name, *args, **settings):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    z = torch.tensor(args[0], requires_grad=True)
    value = getattr(torch.nn.functional, name)(z, torch.tensor(args[1]), **settings)
    value.sum().backward()
    return value.detach().numpy(), z.grad.numpy()


Z = np.random.default_rng(0).normal(size=(6, 4)) * 3.0
LABELS = np.array([0, 3, 1, 1, 2, 0])
SOFT = np.abs(Z) / np.abs(Z).sum(axis=1, keepdims=True)
WEIGHTS = np.array([1.0, 0.5, 2.0, 3.0])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("ours", "name", "target", "settings", "their"),
    [
        (losses.mae, "l1_loss", SOFT, {}, {}),
        (losses.huber, "huber_loss", SOFT, {"delta": 0.7}, {"delta": 0.7}),
        (losses.cross_entropy, "cross_entropy", SOFT, {}, {}),
        (losses.cross_entropy, "cross_entropy", LABELS, {"smoothing": 0.1}, {"label_smoothing": 0.1}),
        (losses.cross_entropy, "cross_entropy", LABELS, {"weight": WEIGHTS}, {"weight": "WEIGHTS"}),
        (losses.cross_entropy, "cross_entropy", LABELS, {"ignore": 1}, {"ignore_index": 1}),
        (losses.cross_entropy, "cross_entropy", LABELS, {"ignore": 1, "weight": WEIGHTS}, {"ignore_index": 1, "weight": "WEIGHTS"}),
    ],
)
def test_losses_and_their_gradients_equal_those_of_pytorch(ours, name, target, settings, their, reduction):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    their = {k: torch.tensor(WEIGHTS) if isinstance(v, str) else v for k, v in their.items()}
    value, slope = torch_loss_and_gradient(name, Z, target, reduction=reduction, **their)
    z = Tensor(Z)
    mine = ours(z, target, reduction, **settings)
    np.testing.assert_allclose(mine.data, value, rtol=1e-12, atol=1e-13)
    (mine.sum() if mine.shape else mine).backward()
    np.testing.assert_allclose(z.grad, slope, rtol=1e-11, atol=1e-13)


def test_ignored_samples_add_nothing_to_the_sum():
    plain = losses.cross_entropy(Z, LABELS, "none").data
    each = losses.cross_entropy(Z, LABELS, "none", ignore=1).data
    np.testing.assert_allclose(each, np.where(LABELS == 1, 0.0, plain), rtol=1e-13)
    assert float(losses.cross_entropy(Z, LABELS, "sum", ignore=1)) == pytest.approx(each.sum())


def test_kl_divergence_is_its_definition():
    q = np.log(SOFT[::-1])
    for reduction, f in (("mean", np.mean), ("sum", np.sum)):
        assert float(losses.kl_divergence(q, SOFT, reduction)) == pytest.approx(f(np.sum(SOFT * (np.log(SOFT) - q), axis=1)))
    assert float(losses.kl_divergence(q[0], [1.0, 0.0, 0.0, 0.0])) == pytest.approx(-q[0, 0])


def test_soft_targets_have_exact_gradients():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(3, 4)), rng.random((3, 4)) + 0.1
    for f in (
        lambda t: losses.cross_entropy(z, t, weight=[1.0, 2.0, 3.0, 4.0]),
        lambda t: losses.cross_entropy(z, t, smoothing=0.1),
        lambda t: losses.kl_divergence(np.log(y[::-1]), t),
    ):
        assert check_grad(f, y).verdict == "pass"
    assert float(losses.kl_divergence([[0.0, -np.inf]], [[1.0, 0.0]])) == 0.0
    whole, smooth = (float(losses.cross_entropy([[1.0, 0.0]], [[1.0, 1.0]], smoothing=s)) for s in (0.0, 1e-12))
    assert whole == pytest.approx(smooth)
    assert float(losses.cross_entropy(z, Tensor([1.0, 2.0, 2.0]), ignore=2)) == pytest.approx(
        float(losses.cross_entropy(z[:1], [1]))
    )


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda: losses.cross_entropy(Z, SOFT, ignore=1), r"cross_entropy\(ignore=\) takes labels of shape \(6,\), not \(6, 4\)"),
        (lambda: losses.cross_entropy(Z, LABELS, weight=[1.0]), "takes one weight for each of 4 classes, not shape"),
        (lambda: losses.cross_entropy(Z[:1], [1], ignore=1), "no sample has a weight, so there is no mean"),
        (lambda: losses.cross_entropy(Z, LABELS, smoothing=1.0), r"smoothing must be a number in \[0, 1\), not 1.0"),
        (lambda: losses.huber([1.0], [1.0], delta=0.0), "delta must be a finite number above 0, not 0.0"),
        (lambda: losses.kl_divergence([0.0], [-1.0]), r"kl_divergence\(\) takes probabilities as target, not -1"),
    ],
)
def test_wrong_settings_are_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()
