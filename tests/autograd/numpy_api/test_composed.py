"""Functions that rearrange entries or are composed of others: empty arrays, ties, and nodes that only choose."""

import warnings

import numpy as np

from autograd import Tensor
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


def test_degrees_of_freedom_below_zero_count_as_zero():
    for f in (np.var, np.std):
        for x in ([1.0, 2.0], [1.0, 1.0], [3.0]):
            for ddof in (0.5, 1, 2, 3):
                with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
                    wanted = f(x, ddof=ddof)
                assert_close(f(Tensor(x), ddof=ddof).data, wanted)
