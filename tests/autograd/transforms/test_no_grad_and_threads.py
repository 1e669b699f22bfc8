"""no_grad blocks around transforms, and transforms in several threads."""

import threading

import numpy as np

import autograd as ag
from autograd import (
    Tensor,
    Value,
    grad,
    hessian,
    no_grad,
)


def test_no_grad_is_a_block_a_decorator_and_private_to_its_thread():
    a, t = Value(2.0), Tensor([1.0])
    with no_grad():
        assert (a * a).is_leaf
        assert a.tanh().is_leaf
        assert (t * t).constant
        assert ag.leaky_relu(a).is_leaf
        assert Value.of(t).is_leaf
        with no_grad():
            assert (a + 1).is_leaf
        assert (a + 1).is_leaf
        assert grad(lambda x: x * x)(3.0) == 6.0

    @no_grad()
    def evaluate(x):
        return x * 2

    assert evaluate(a).is_leaf
    assert not (a * a).is_leaf
    inside, done, seen = threading.Event(), threading.Event(), []

    def other():
        inside.wait()
        seen.append((a * a).is_leaf)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with no_grad():
        inside.set()
        done.wait()
    thread.join()
    assert seen == [False]


def test_sixteen_threads_give_the_results_of_one():
    def work(k):
        f = lambda x: (np.tanh(x * (k + 1.0)) * x).sum()  # noqa: E731
        return hessian(f)(np.arange(1.0, 4.0) / (k + 1)), grad(lambda v: v**k * grad(np.sin)(v))(0.3 + k)

    serial = [work(k) for k in range(16)]
    results = [None] * 16

    def store(k):
        results[k] = work(k)

    threads = [threading.Thread(target=store, args=(k,)) for k in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for (h, g), (h_, g_) in zip(serial, results, strict=True):
        assert np.array_equal(h, h_)
        assert g == g_
