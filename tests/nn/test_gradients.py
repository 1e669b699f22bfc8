"""Every layer, activation and loss under the library's own search for wrong gradients."""

import hypothesis
import numpy as np

import nn
from autograd import affine
from autograd.testing import Array, Choice, gradient_test
from nn import losses
from nn.activations import BY_NAME, activation

few = hypothesis.settings(max_examples=20, deadline=None, derandomize=True)
LABELS = Choice((0, 1, 3), (2, 2, 2))


@few
@gradient_test(x=Array("n", "m", low=-5.0, high=5.0), W=Array("k", "m", low=-5.0, high=5.0), b=Array("k", low=-5.0, high=5.0))
def test_affine(x, W, b):
    return affine(x, W, b)


@few
@gradient_test(x=Array("n", 3, low=-3.0, high=3.0), hidden=Choice("tanh", "relu", "sigmoid"))
def test_networks(x, hidden):
    return nn.MLP([3, 4, 2], hidden=hidden, rng=0)(x)


@hypothesis.settings(max_examples=60, deadline=None, derandomize=True)
@gradient_test(x=Array("n", 3, low=-30.0, high=30.0, min_size=1), name=Choice(*BY_NAME))
def test_activations(x, name):
    return activation(name)(x)


@few
@gradient_test(pred=Array(2, 3, low=-5.0, high=5.0), target=Array(2, 3, low=-5.0, high=5.0), name=Choice("quadratic", "mse"))
def test_losses_by_prediction_and_target(pred, target, name):
    return getattr(losses, name)(pred, target)


@few
@gradient_test(logits=Array(3, 4, low=-30.0, high=30.0), labels=LABELS, reduction=Choice("mean", "sum", "none"))
def test_cross_entropy(logits, labels, reduction):
    return losses.cross_entropy(logits, list(labels), reduction)


@few
@gradient_test(p=Array(2, 3, low=0.01, high=0.99), z=Array(2, 3, low=-30.0, high=30.0), reduction=Choice("mean", "sum"))
def test_binary_cross_entropy(p, z, reduction):
    target = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    direct = losses.binary_cross_entropy(p, target, reduction)
    return direct + losses.binary_cross_entropy_with_logits(z, target, reduction) + losses.hinge(z, 2.0 * target - 1.0, reduction)


@few
@gradient_test(W=Array(2, 3, low=-5.0, high=5.0), V=Array(3, 2, low=-5.0, high=5.0))
def test_penalties(W, V):
    return losses.l1([W, V]) + losses.l2([W, V])
