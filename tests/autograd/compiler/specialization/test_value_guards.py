"""Guards of a specialization, and the constants that it took."""

import numpy as np
import pytest

import autograd as ag
from autograd import GraphError, Tensor, compile


def test_a_guard_whose_function_raises_has_changed():
    step = compile(lambda x: x * int(1.0 / x.data) if x.data > 0 else x * 5.0)
    assert (step(0.5), step(0.0), step(0.25)) == (1.0, 0.0, 1.0)
    odd = compile(lambda x: x * int(1.0 / x.data))
    odd(0.5)
    with pytest.raises(OverflowError):
        odd(0.0)


def test_guards_are_tested_for_each_sample_of_a_batch():
    assert compile(lambda x: x * x, in_axes=0)(np.ones(1)).tolist() == [1.0]
    assert compile(lambda x: x * x, in_axes=0).value_and_grad(np.array([3.0]))[0] == 9.0
    first = compile(lambda x: x[int(np.argmax(ag.stack(list(x)).data))] * 2.0, in_axes=0)
    assert first(np.array([[1.0, 5.0], [2.0, 3.0]])).tolist() == [10.0, 6.0]
    with pytest.raises(GraphError, match="not the same for every sample"):
        first(np.array([[1.0, 5.0], [4.0, 3.0]]))


def test_new_data_of_a_constant_tensor_causes_a_new_trace():
    c = Tensor([1.0, 2.0], constant=True)
    for exact in (False, True):
        c.data = [1.0, 2.0]
        step = compile(lambda t: (t * c).sum(), exact=exact)
        assert float(step(Tensor([1.0, 1.0]))) == 3.0
        c.data = [5.0, 6.0]
        assert float(step(Tensor([1.0, 1.0]))) == 11.0
        assert step.traces == 2
