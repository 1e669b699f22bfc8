"""Tensor as an array: attributes, indexing, iteration, dtypes, NumPy's functions on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd as ag
from autograd import DataError, Tensor, Value
from autograd.numpy_api.handlers import HANDLERS
from oracles import assert_close


def test_attributes_and_repr():
    t = Tensor([[1.0, 2.0]], name="t")
    assert (t.shape, t.ndim, t.size, len(t), t.dtype) == ((1, 2), 2, 2, 1, np.float64)
    assert repr(t) == "Tensor([[1., 2.]], name='t')"
    assert repr(Tensor(np.ones(1, np.float32), constant=True)) == "Tensor([1.], dtype=float32, constant=True)"
    assert f"{Tensor(1.5):.2f} {Tensor(1.5)}" == "1.50 Tensor(1.5)"
    assert [row.shape for row in t] == [(2,)]
    assert Tensor([3.0]).item() == 3.0
    assert float(Tensor([[3.0]])) == 3.0
    copy = t.numpy()
    copy[0, 0] = 9.0
    assert t.data[0, 0] == 1.0
    assert t.detach().constant
    assert not t.constant


def test_gradients_are_arrays_from_the_start():
    t = Tensor([1.0, 2.0])
    assert_close(t.grad, [0.0, 0.0])
    t.grad = 0
    t.grad += [1.0, 2.0]
    assert_close(t.grad, [1.0, 2.0])
    t.grad = [3.0, 4.0]
    (t * 2.0).sum().backward()
    assert_close(t.grad, [5.0, 6.0])
    y = t * 2.0
    assert_close(y.grad, [0.0, 0.0])
    t.grad = y
    assert t.grad is y


def test_comparisons_give_plain_booleans():
    t = Tensor([1.0, 2.0])
    assert_close(t > 1.5, [False, True])
    assert_close(t <= Tensor([1.0, 1.0]), [True, False])
    assert_close(np.greater(t, 1.5), [False, True])
    assert_close(np.isfinite(t), [True, True])
    assert_close(t == Tensor([1.0, 3.0]), [True, False])
    assert_close(t != 2.0, [True, False])


def test_single_precision_stays_single():
    t = Tensor(np.ones((2, 2), np.float32))
    y = ((t * 2.0).tanh() @ t + 1).mean()
    assert y.dtype == np.float32
    y.backward()
    assert t.grad.dtype == np.float32
    (t * np.ones(2)).sum().backward()
    assert t.grad.dtype == np.float32


def test_single_precision_stays_single_at_higher_order_and_in_choices():
    t = Tensor(np.ones((2, 2), np.float32))
    for y in (ag.clip(t, 0, 1), np.clip(t, 0, 1), ag.leaky_relu(t, np.float64(0.1)), t.astype(np.float32)):
        assert y.dtype == np.float32
    for f in (ag.trace, ag.max, lambda x: (x * np.ones((2, 2))).sum(), lambda x: x.astype(np.float64).sum()):
        t.zero_grad()
        f(t).backward(create_graph=True)
        assert t.grad.dtype == np.float32
    assert t.astype(np.float64).dtype == np.float64


def test_small_integers_are_numbers_like_others():
    for kind in (np.uint8, np.int16, bool):
        x = np.array([3], dtype=kind)
        t = Tensor([1.0])
        (x**t + ag.arctan2(x, t)).sum().backward()
        a = float(x[0])
        assert_close(t.grad, [a * np.log(a) - a / (a * a + 1)], rtol=1e-14)


def test_plain_arrays_come_back_writable_and_leaves_too():
    a = ag.exp(np.ones(2))
    a += 1
    y = Tensor([1.0, 2.0]) * 2.0
    t = Tensor(y.data)
    t.data[0] = 5.0
    t.data = y.data
    t.data -= 1.0
    assert_close(t.data, [1.0, 3.0])
    c = Tensor([1.0], constant=True)
    c.move(1.0)
    assert c.constant
    assert c.data == 2.0


def test_foreign_arrays_are_copied():
    class Buffer:
        def __init__(self):
            self.x = np.ones(2)

        def __array__(self, dtype=None, copy=None):
            return self.x

    theirs = Buffer()
    t = Tensor(theirs)
    theirs.x[0] = 100.0
    assert_close(t.data, [1.0, 1.0])


def test_zero_dimensional_indices():
    t = Tensor([1.0, 2.0])
    assert float(t[np.array(1)]) == 2.0
    assert float(t[(np.int64(0),)]) == 1.0


def test_many_arguments_and_names_of_clip_and_broadcast():
    t = Tensor([1.0, 3.0])
    assert_close(np.clip(t, a_min=2.0, a_max=None).data, [2.0, 3.0])
    if np.lib.NumpyVersion(np.__version__) >= "2.1.0":  # which gave the bounds these names
        assert_close(np.clip(t, max=2.0).data, [1.0, 2.0])
    assert ag.broadcast_to(t[0], 3).shape == (3,)
    assert isinstance(ag.clip(Value(1.0), np.array([0.0, 2.0]), 3.0), Tensor)
    assert Tensor(2.0).dot(3.0).item() == 6.0


def test_values_follow_ieee_without_a_warning():
    t = Tensor([0.0, -1.0, 1000.0])
    with np.errstate(all="raise"):
        assert_close(ag.log(t).data, [-np.inf, np.nan, np.log(1000)])
        assert_close((1.0 / t).data, [np.inf, -1.0, 0.001])
        assert_close(ag.exp(t * 1000).data, [1.0, 0.0, np.inf])
        ag.log(t).sum().backward()
    assert_close(t.grad, [np.inf, -1.0, 0.001])


def test_an_index_is_kept_as_it_was():
    index = [0, 1]
    t = Tensor([1.0, 2.0, 3.0])
    y = t[index].sum()
    index[0] = 2
    y.backward()
    assert_close(t.grad, [1.0, 1.0, 0.0])


NUMPY = {
    np.exp: lambda f, t: f(t),
    np.add: lambda f, t: f([1.0, 2.0], t),
    np.sum: lambda f, t: f(t, axis=0),
    np.mean: lambda f, t: f(t),
    np.max: lambda f, t: f(t, axis=0, keepdims=True),
    np.amin: lambda f, t: f(t),
    np.prod: lambda f, t: f(t),
    np.concatenate: lambda f, t: f([t, [1.0]]),
    np.stack: lambda f, t: f((t, t), axis=1),
    np.where: lambda f, t: f([True, False], t, 0.0),
    np.clip: lambda f, t: f(t, 0.0, 1.5),
    np.einsum: lambda f, t: f("i,i", t, t),
    np.dot: lambda f, t: f(t, 3.0),
    np.matmul: lambda f, t: f(np.ones((3, 2)), t),
    np.outer: lambda f, t: f(t, t),
    np.vdot: lambda f, t: f(t, t),
    np.linalg.norm: lambda f, t: f(t),
    np.reshape: lambda f, t: f(t, (2, 1)),
    np.ravel: lambda f, t: f(t),
    np.transpose: lambda f, t: f(t),
    np.swapaxes: lambda f, t: f(np.ones((1, 2)) * t, 0, 1),
    np.expand_dims: lambda f, t: f(t, 0),
    np.squeeze: lambda f, t: f(t),
    np.flip: lambda f, t: f(t),
    np.broadcast_to: lambda f, t: f(t, (3, 2)),
    np.trace: lambda f, t: f(np.ones((2, 1)) * t),
    np.cumsum: lambda f, t: f(t),
    np.true_divide: lambda f, t: f(1.0, t),
    np.float_power: lambda f, t: f(t, 2.0),
    np.fabs: lambda f, t: f(t),
    np.maximum.reduce: lambda f, t: f(t),
    np.add.accumulate: lambda f, t: f(t),
    np.multiply.outer: lambda f, t: f(t, [1.0, 2.0, 3.0]),
}


@pytest.mark.parametrize(("function", "use"), NUMPY.items(), ids=[str(getattr(f, "__name__", f)) for f in NUMPY])
def test_numpys_functions_find_the_rows(function, use):
    x = np.array([1.0, 2.0])
    t = Tensor(x)
    y = use(function, t)
    assert isinstance(y, Tensor)
    assert_close(y.data, use(function, x), rtol=1e-14)
    y.sum().backward()
    assert np.all(np.isfinite(t.grad))


def test_numpys_functions_that_only_look():
    t = Tensor([1.0, 3.0, 2.0])
    assert np.argmax(t) == 1
    assert np.shape(t) == (3,)
    assert np.allclose(t, [1.0, 3.0, 2.0])
    assert np.result_type(t, np.float32) == np.float64
    assert np.any(t > 2.5)
    assert len(HANDLERS) > 30


def test_numpy_scalars_and_arrays_on_the_left():
    t = Tensor([1.0, 2.0])
    assert isinstance(np.float64(2) ** t, Tensor)
    assert isinstance(np.ones(2) @ t, Tensor)
    assert isinstance(np.array([1, 2]) - t, Tensor)
    assert_close(([1.0, 2.0] * t).data, [1.0, 4.0])
    assert_close((t @ [1.0, 2.0]).data, 5.0)
    assert_close(([1.0, 2.0] @ t).data, 5.0)


def test_plain_numbers_come_back_plain():
    assert type(ag.exp(0.0)) is float
    assert type(ag.sum([1.0, 2.0])) is np.float64
    assert isinstance(ag.exp([0.0, 1.0]), np.ndarray)
    assert ag.log(0.0) == -np.inf
    assert isinstance(ag.sum(Tensor([1.0], constant=True)), Tensor)
    assert_close(ag.concatenate([[1.0], [2.0]]), [1.0, 2.0])
    assert_close(ag.stack([1.0, 2.0]), [1.0, 2.0])
    assert ag.stack([[Value(1.0), 2.0], [3.0, 4.0]]).shape == (2, 2)
    assert isinstance(ag.sum([Value(1.0), Value(2.0)]), Tensor)


def test_where_and_clip_take_nodes_and_arrays():
    v, t = Value(2.0), Tensor([1.0, 3.0])
    y = ag.where(np.array([True, False]), v, -1.0)
    assert isinstance(y, Tensor)
    y.sum().backward()
    assert v.grad == 1.0
    assert_close(ag.where(t > 2.0, t, 0.0).data, [0.0, 3.0])
    assert_close(ag.where(np.array(True), 1.0, 2.0), 1.0)
    assert_close(ag.clip(t, v, None).data, [2.0, 3.0])
    assert_close(ag.clip(t, None, v).data, [1.0, 2.0])
    assert_close(ag.clip(t, low=[2.0, 0.0]).data, [2.0, 3.0])
    assert_close(ag.clip(t, high=2).data, [1.0, 2.0])


def test_tensors_refuse_to_be_objects_of_numpy():
    with pytest.raises(DataError, match="would be cut from its graph"):
        np.array([Tensor([1.0])])


@given(
    data=hnp.arrays(np.float64, (2, 3), elements=st.floats(-9.0, 9.0)),
    slope=hnp.arrays(np.float64, (2, 3), elements=st.floats(-9.0, 9.0)),
    rate=st.floats(1e-3, 1e3),
)
def test_descent_subtracts_the_rate_times_the_gradient_and_leaves_graphs_as_they_were(data, slope, rate):
    p = Tensor(data)
    y = (p * slope).sum()
    y.backward()
    exposed = p.data
    p.descend(rate)
    assert_close(p.data, data - rate * slope, rtol=1e-15, atol=1e-12)
    assert_close(exposed, data, rtol=0, atol=0)
    assert_close(p.grad, slope, rtol=0, atol=0)
    (y * 1.0).backward()
    assert_close(p.grad, 2.0 * slope, rtol=1e-15)


def test_descent_of_other_leaves():
    without_gradient, single, number = Tensor([1.0]), Tensor(np.ones(2, np.float32)), Tensor(2.0)
    graph, constant = Tensor([3.0]), Tensor([1.0], constant=True)
    constant.grad = [2.0]
    (single.sum() + number * 3.0).backward()
    (graph * graph).sum().backward(create_graph=True)
    for p in (without_gradient, single, number, graph, constant):
        p.descend(np.float64(0.5))
    assert_close(without_gradient.data, [1.0])
    assert single.data.dtype == np.float32
    assert_close(single.data, [0.5, 0.5])
    assert_close(number.data, 0.5)
    assert number.data.shape == ()
    assert_close(graph.data, [0.0])
    assert_close(constant.data, [0.0])
    assert constant.constant
    with pytest.raises(ag.GraphError, match=r"\.grad of this Tensor \(leaf\) is read while"):
        ag.compile(lambda x: (graph.descend(0.1), x * x)[1])(1.0)
