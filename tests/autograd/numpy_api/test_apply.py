"""Arguments of operations: lists and object arrays that hold nodes become Tensors, and plain numbers stay plain."""

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, Tensor, Value
from autograd.numpy_api.apply import has_nodes, to_operand
from oracles import assert_close


def test_lists_and_object_arrays_of_nodes_become_tensors():
    a, b = Value(1.0), Value(2.0)
    for x in ([a, b], (a, b), np.array([a, b], dtype=object)):
        operand = to_operand(x, "f()")
        assert isinstance(operand, Tensor)
        assert_close(operand.data, [1.0, 2.0])


def test_object_arrays_of_several_axes_keep_their_shape():
    nodes = [Value(float(i)) for i in range(6)]
    table = np.empty((2, 3), dtype=object)
    table[...] = np.array(nodes, dtype=object).reshape(2, 3)
    operand = to_operand(table, "f()")
    assert_close(operand.data, np.arange(6.0).reshape(2, 3))
    (operand * np.arange(6.0).reshape(2, 3)).sum().backward()
    assert [node.grad for node in nodes] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_object_arrays_of_tensors_get_the_axes_of_their_entries_last():
    table = np.empty((2, 1), dtype=object)
    table[0, 0], table[1, 0] = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    assert to_operand(table, "f()").shape == (2, 1, 2)


def test_plain_numbers_give_plain_results():
    assert type(ag.exp(0.0)) is float
    assert type(ag.sum([1.0, 2.0])) is np.float64
    assert type(ag.exp([0.0])) is np.ndarray
    assert not has_nodes([1.0, (2.0, np.ones(2))])


def test_what_is_not_a_number_is_refused_with_the_name_of_the_call():
    with pytest.raises(DataError, match="exp takes real numbers, not 'x'"):
        ag.exp("x")
    with pytest.raises(ag.ShapeError, match=r"logabsdet of shapes \(2, 3\)"):
        ag.slogdet(Tensor(np.ones((2, 3))))
