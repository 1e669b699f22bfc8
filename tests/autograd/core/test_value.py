"""Value as a number: operators from both sides, Python's functions on it, NumPy's scalars, formatting."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value
from oracles import assert_close

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("other", [2, 2.5, True, np.float64(2.5), np.float32(0.5), np.int64(3), np.array(2.0)])
def test_operators_from_both_sides(op, other):
    for left in (True, False):
        a = Value(1.5)
        y = op(a, other) if left else op(other, a)
        assert type(y) is Value
        assert_close(y.data, op(1.5, float(other)) if left else op(float(other), 1.5))
        both = [Value(1.5), Value(float(other))]
        z = op(*both) if left else op(*both[::-1])
        y.backward()
        z.backward()
        assert_close(a.grad, both[0].grad)


@pytest.mark.parametrize("op", OPERATORS)
def test_arrays_on_either_side_give_a_tensor(op):
    x = np.array([1.0, 2.0])
    for left in (True, False):
        a = Value(1.5)
        y = op(a, x) if left else op(x, a)
        assert isinstance(y, Tensor)
        assert_close(y.data, op(1.5, x) if left else op(x, 1.5))


def test_pythons_own_functions():
    a, b = Value(-2.0), Value(3.0)
    assert sum([a, b]).data == 1.0
    assert min(a, b) is a
    assert max(a, b) is b
    assert abs(a).data == 2.0
    assert float(a) == -2.0
    assert int(b) == 3
    assert bool(Value(0.0)) is False
    assert sorted([b, a]) == [a, b]
    assert a < b <= 3
    assert 2 < b >= a
    assert a == Value(-2.0)
    assert len({a, b, a}) == 2
    assert f"{a:.1f} {a}" == "-2.0 Value(data=-2.0, grad=0.0)"
    assert repr(Value(1.0, name="w")) == "Value(data=1.0, grad=0.0, name='w')"
    assert a.shape == ()
    assert a.item() == -2.0
    assert a.detach().is_leaf
    assert (a * 2).static == {}
    assert a.args == ()


def test_names_can_be_given_later():
    a = Value(1.0)
    assert a.name is None
    a.name = "a"
    assert a.name == "a"
    a.name = None
    assert a.name is None
    assert "result of exp" in a.exp().describe()


def test_methods_of_the_rows_and_object_arrays():
    W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    x = np.array([Value(0.5), Value(-0.5)])
    z = np.tanh(W @ x)
    assert z.dtype == object
    np.sum(z).backward()
    expected = 1 - np.tanh([-0.5, -0.5]) ** 2
    assert_close([[w.grad for w in row] for row in W], np.outer(expected, [0.5, -0.5]))
    v = Value(2.0)
    for y in (v * x, x * v, np.multiply(v, x), v + x, x - v, v / x):
        assert y.dtype == object
    assert np.arctan2(x, x)[0].data == pytest.approx(np.pi / 4)
    assert ag.exp(x).shape == (2,)
    assert isinstance(np.exp(v), Value)
    assert v.hypot(1.5).data == 2.5
    assert Value(3.0).hypot(Value(4.0)).data == 5.0
    assert np.var(x).data == 0.25
    assert v.logaddexp(2.0).data == pytest.approx(2.0 + np.log(2))


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(allow_nan=True, allow_infinity=True))
def test_choices_follow_numpy_on_every_input(a, b):
    for name in ("maximum", "minimum", "logaddexp"):
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(a, b)
        assert_close(getattr(ag, name)(Value(a), Value(b)).data, expected, rtol=1e-14)
    assert_close(ag.sign(Value(a)).data, np.sign(a))
    assert_close(ag.relu(Value(a)).data, np.maximum(a, 0.0))


def test_wide_values_keep_their_settings():
    a = Value(-2.0)
    y = ag.leaky_relu(a, 0.25)
    assert y.static == {"slope": 0.25}
    (y * 2).backward()
    assert a.grad == 0.5
    z = ag.where(True, a, 3.0)
    assert z.args == (a, 3.0)
    z.backward(create_graph=True)
    assert float(a.grad) == 1.5


def test_methods_write_themselves_once():
    from autograd.core.value import _compile_when_called

    assert _compile_when_called("tanh", "tanh")(Value(0.5)).data == Value(0.5).tanh().data


def test_micrograds_names_for_drawing():
    a, b = Value(2.0), Value(3.0)
    y = a * b
    assert (y._op, y._prev, a._op, a._prev) == ("*", {a, b}, "", set())
    assert y.tanh()._op == "tanh"


def test_one_entry_tensors_come_back_as_values():
    t = Tensor([[2.0]])
    v = Value.of(t * 3.0) * 2.0
    v.backward()
    assert_close(t.grad, [[6.0]])


def test_a_value_inside_tensor_arithmetic_at_second_order():
    v, t = Value(2.0), Tensor([1.0, 3.0])
    y = (ag.exp(v * t)).sum()
    y.backward(create_graph=True)
    first = v.grad
    assert isinstance(first, Value)
    v.zero_grad()
    t.zero_grad()
    first.backward()
    assert_close(v.grad, np.exp(2.0) + 9 * np.exp(6.0), rtol=1e-13)
