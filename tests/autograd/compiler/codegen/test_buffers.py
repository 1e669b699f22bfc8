"""Source with buffers: each is reused as soon as nobody reads it any more."""

import numpy as np
import pytest

import autograd as ag
from autograd import compile
from scalar_programs import demo


def test_buffers_are_reused():
    _, loss = demo()
    step, plain_ = compile(loss, buffers=True), compile(loss)
    for _ in range(2):
        assert step().data == pytest.approx(plain_().data)
    assert step.source.count("out=") > step.source.split(":")[0].count(" B") > 2


def test_a_buffer_is_not_reused_while_a_flipped_view_of_it_is_read():
    def f(x):
        flipped = ag.flip(np.exp(x), axis=0)
        product = np.sin(x) * np.cos(x)
        return (flipped * (np.cos(product) + np.sin(product)) + product + flipped).sum()

    x = np.linspace(0.0, 1.0, 5)
    step = compile(f, tensors=True, buffers=True)
    assert step(x) == f(x)
    assert "np.flip(B1, axis=0)" in step.source
