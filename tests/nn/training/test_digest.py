"""Digests tell apart what computes different numbers."""

import numpy as np

import nn
from autograd import Tensor
from nn import losses


class OtherWeighing:
    @property
    def factor(self):
        return 2.0

    @staticmethod
    def loss(pred, target):
        return losses.mse(pred, target)


def math_module():
    import math

    return math


def test_digests_differ_if_what_is_computed_differs():
    from nn.training.digest import digest

    class Weighing:
        def __init__(self, factor):
            self.factor = factor

        def loss(self, pred, target):
            return self.factor * losses.mse(pred, target)

    def late():
        def inner():
            return missing

        if False:
            missing = 1  # which stays unfilled
        return inner

    pairs = [
        (np.array([1, "a"], object), np.array([2, "a"], object)),
        (np.float64(1.0), np.float64(2.0)),
        (np.float32(1.0), np.float32(2.0)),
        ({1.0, 2.0}, {1.0, 3.0}),
        (Weighing(1.0).loss, Weighing(2.0).loss),
        (Weighing(1.0), Weighing(2.0)),
        (np.random.default_rng(0), np.random.default_rng(1)),
        ({"a": [1.0]}, {"a": [2.0]}),
        (Tensor([1.0], constant=True), Tensor([2.0], constant=True)),
        (losses.mse, losses.mae),
        (nn.Linear(2, 1, rng=0), nn.MLP([2, 1], rng=0)),
        (np.exp, np.log),
        (lambda a: sorted(a, key=lambda b: b * 2.0), lambda a: sorted(a, key=lambda b: b * 3.0)),
        (int.__add__, int.__mul__),  # these have no __dict__
        (math_module(), np),
        (Weighing, OtherWeighing),
    ]
    for a, b in pairs:
        assert digest(a) == digest(a)
        assert digest(a) != digest(b)
    assert digest({2.0, 1.0, 3.0}) == digest({3.0, 2.0, 1.0})
    loop = [1.0]
    loop.append(loop)
    assert digest(loop) == digest(loop)
    assert digest(late()) == digest(late())
