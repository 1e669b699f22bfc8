"""Functions that rearrange entries or are composed of others: empty arrays, ties, and nodes that only choose."""

import tracemalloc
import warnings

import numpy as np
import pytest

from autograd import Tensor, compile, grad
from oracles import assert_close


def test_empty_arrays_can_be_rearranged():
    assert np.tile(Tensor(np.zeros((0, 2))), (2, 1)).shape == (0, 2)
    assert_close(np.diag(Tensor([]), 1).data, [[0.0]])
    assert_close(np.pad(Tensor(np.zeros((0, 1))), 1).data, np.zeros((2, 3)))


def test_ties_of_a_sort_keep_their_order():
    t = Tensor([2.0, 1.0, 2.0, 1.0])
    np.sort(t).backward([1.0, 10.0, 100.0, 1000.0])
    assert_close(t.grad, [100.0, 1.0, 1000.0, 10.0])


def test_nodes_can_be_conditions_and_get_no_gradient():
    t = Tensor([1.0, 0.0, 2.0])
    assert np.lexsort((t,)).tolist() == [1, 0, 2]
    assert_close(np.extract(t, t).data, [1.0, 2.0])
    assert_close(np.compress(t, t).data, [1.0, 2.0])
    assert_close(np.select([t > 0.0], [t]).data, [1.0, 0.0, 2.0])
    assert np.where(t)[0].tolist() == [0, 2]


def test_degrees_of_freedom_below_zero_count_as_zero():
    for f in (np.var, np.std):
        for x in ([1.0, 2.0], [1.0, 1.0], [3.0]):
            for ddof in (0.5, 1, 2, 3):
                with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
                    wanted = f(x, ddof=ddof)
                assert_close(f(Tensor(x), ddof=ddof).data, wanted)


def test_a_convolution_and_its_gradients_need_memory_for_vectors_only():
    a, v = np.ones(4000), np.ones(3000)
    tracemalloc.start()
    try:
        grad(lambda a, v: (np.convolve(a, v) ** 2).sum(), argnums=(0, 1))(a, v)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 * (a.nbytes + v.nbytes)  # all pairs of entries would be 1700 times as much as both vectors


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_a_compiled_convolution_calls_numpy(mode):
    a, v = np.array([1.0, -2.0, 0.5, 3.0]), np.array([2.0, 1.0])
    f = compile(lambda a: np.convolve(a * a, v, mode), tensors=True)
    assert_close(f(a), np.convolve(a * a, v, mode), rtol=1e-14)
    assert "np.convolve(" in f.source
    wanted = 2.0 * a * np.convolve(np.ones(5 if mode == "full" else 3), v[::-1], "valid" if mode == "full" else "full")
    if mode != "same":
        assert_close(grad(lambda a: f(a).sum())(a), wanted, rtol=1e-14)
