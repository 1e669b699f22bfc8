"""Comparison of nodes: by their numbers, as NumPy and PyTorch compare, while sets and dicts tell nodes apart by identity."""

import operator
from decimal import Decimal
from fractions import Fraction
from numbers import Number

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    DataError,
    ShapeError,
    Tensor,
    Value,
    compile,
    grad,
    hessian,
    jvp,
    no_grad,
    scope,
    where,
)
from oracles import assert_close

COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
numbers = st.floats() | st.sampled_from([0.0, -0.0, 1.0, float("inf"), float("nan")])
few = st.sampled_from([0.0, 1.0, 2.0])


@given(numbers, numbers, st.sampled_from(COMPARISONS))
def test_values_compare_as_their_floats(a, b, compare):
    expected = compare(a, b)
    for left, right in ((Value(a), Value(b)), (Value(a), b), (a, Value(b)), (Value(a), np.float64(b)), (np.float64(a), Value(b))):
        found = compare(left, right)
        assert found == expected
        assert isinstance(found, bool if isinstance(left, Value) else bool | np.bool_)


@given(st.lists(few, min_size=3, max_size=3), st.lists(few, min_size=3, max_size=3), st.sampled_from(COMPARISONS))
def test_tensors_compare_entry_by_entry_as_their_arrays(a, b, compare):
    x, y = np.array(a), np.array(b)
    for left, right in ((Tensor(x), Tensor(y)), (Tensor(x), y), (x, Tensor(y)), (Tensor(x), b), (Tensor(x), tuple(b))):
        found = compare(left, right)
        assert found.dtype == bool
        assert_close(found, compare(x, y))
    assert_close(compare(Tensor(x), 1.0), compare(x, 1.0))
    assert_close(compare(Value(1.0), Tensor(x)), compare(1.0, x))
    assert_close(compare(Tensor(x)[:, None], Tensor(y)), compare(x[:, None], y))


def test_python_s_other_numbers_compare_too():
    x = Value(0.5)
    for half in (Fraction(1, 2), Decimal("0.5"), 0.5 + 0j, np.float32(0.5)):
        assert x == half
        assert (x != half) is False
    assert x < Fraction(2, 3)
    assert x > Decimal("0.25")
    assert Value(1.0) == True  # noqa: E712 - a number, as in Python
    assert Value(2.0**53) != 2**53 + 1


def test_a_value_does_not_keep_what_a_real_number_of_python_promises():
    x, y = Value(0.5), Value(0.5)
    assert not isinstance(x, Number)
    assert x == y
    assert len({x, y}) == 2


def test_what_is_no_number_is_never_equal():
    x, t = Value(1.0), Tensor([1.0, 2.0])
    for other in (None, "1.0", b"1", object(), {1.0: 2}, {1.0}):
        assert [x == other, x != other, t == other, t != other] == [False, True, False, True]
    with pytest.raises(TypeError, match="not supported"):
        x < "a"  # noqa: B015 - it raises


def test_nan_is_not_equal_to_itself():
    x = Value(float("nan"))
    assert [x == x, x != x] == [False, True]
    assert_close(Tensor([1.0, np.nan]) == Tensor([1.0, np.nan]), [True, False])


def test_in_asks_for_numbers():
    assert Value(2.0) in [1.0, 2.0]
    assert 2.0 in [Value(1.0), Value(2.0)]
    assert 3.0 not in (Value(1.0), Value(2.0))
    t = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert 4.0 in t
    assert Value(4.0) in t
    assert 5.0 not in t
    assert "a" not in t
    assert [Value(1.0), Value(2.0)].index(2.0) == 1
    assert [Value(1.0), Value(1.0)].count(1.0) == 2


def test_sets_and_dicts_tell_nodes_apart_by_identity():
    a, b = Value(1.0), Value(1.0)
    t, u = Tensor([1.0, 1.0]), Tensor([1.0, 1.0])
    assert len({a, b, a, t, u, t}) == 4
    table = {a: "a", b: "b", t: "t", u: "u"}
    assert [table[x] for x in (a, b, t, u)] == ["a", "b", "t", "u"]
    assert 1.0 not in table
    assert hash(a) != hash(1.0) or hash(b) != hash(1.0)


def test_shapes_that_do_not_broadcast_are_named():
    for compare in COMPARISONS:
        with pytest.raises(
            ShapeError, match=r"compares this Tensor \(leaf\) of shape \(2,\) with an array of shape \(3,\), which do not"
        ):
            compare(Tensor([1.0, 2.0]), np.ones(3))


@given(few)
def test_branches_by_equality_are_those_of_plain_numbers(x):
    cube = lambda x: 3 * x if x == 2.0 else x**3  # noqa: E731 - a function of x
    unequal = lambda x: x**3 if x != 2.0 else 3 * x  # noqa: E731
    member = lambda x: 3 * x if x in (2.0, 7.0) else x**3  # noqa: E731
    slope, bend = (3.0, 0.0) if x == 2.0 else (3 * x * x, 6 * x)
    for f in (cube, unequal, member):
        assert grad(f)(x) == slope
        assert hessian(f)(x) == bend
        assert jvp(f, (x,), (1.0,))[1] == slope
        step = compile(f)
        for at in (x, 1.0, 2.0, x):  # by a guard
            assert step(at) == f(at)
            assert step.grad(at) == grad(f)(at)


@given(st.lists(few, min_size=2, max_size=4))
def test_masks_by_equality_are_those_of_arrays(x):
    x = np.array(x)
    for f in (
        lambda x: where(x == 2.0, 3 * x, x**3).sum(),
        lambda x: where(x != 2.0, x**3, 3 * x).sum(),
        lambda x: ((x == x[0]) * x**2).sum(),
        lambda x: np.where(np.equal(x, x.max()), x**2, 0.0 * x).sum(),
    ):
        expected = grad(f)(x)
        step = compile(f, tensors=True)
        for at in (x, x[::-1].copy()):
            assert_close(step.grad(at), grad(f)(at))
        assert_close(step.grad(x), expected)
    assert_close(grad(lambda x: where(x == 2.0, 3 * x, x**3).sum())(x), np.where(x == 2.0, 3.0, 3 * x**2))


def test_parameters_that_change_into_equal_ones_are_still_others():
    class Model:
        def __init__(self):
            self.weights = [Value(1.0), Value(2.0)]
            self.table = {"w": Value(3.0)}
            self.bias = Value(1.0)

    model = Model()
    step = compile(lambda x: x * model.weights[0] * model.weights[1] * model.table["w"] + model.bias)
    assert step(1.0).data == 7.0
    old = [*model.weights, model.table["w"], model.bias]
    model.weights[1], model.table["w"], model.bias = Value(2.0), Value(3.0), Value(1.0)  # equal numbers, other nodes
    step(1.0).backward()
    assert [model.weights[1].grad, model.table["w"].grad, model.bias.grad] == [3.0, 2.0, 1.0]
    assert [p.grad for p in old[1:]] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("other", [2 + 0j, np.complex64(2), 3 + 1j, 10**400, -(10**400)])
def test_numbers_of_other_kinds_compare_in_compiled_functions_as_outside(other):
    for f in (lambda x: 3 * x if x == other else x, lambda x: 3 * x if x != other else x):
        step = compile(f)
        for at in (2.0, 5.0):
            assert step(at) == f(at)
    assert_close(Tensor([2.0, 5.0]) == other, [other == 2.0, False])
    if isinstance(other, int):
        assert (Value(1.0) < other) == (other > 0)
        assert_close(Tensor([1.0]) < other, [other > 0])


def test_lists_that_hold_no_numbers_are_not_equal_to_a_tensor():
    t = Tensor([1.0, 2.0])
    for other in (["a", "b"], [1.0, None], [[1.0], [1.0, 2.0]]):
        assert (t == other) is False
        assert (t != other) is True
    with pytest.raises(DataError, match=r"autograd.stack"):
        t == [Value(1.0), Value(2.0)]  # noqa: B015 - it raises


def test_containers_of_another_structure_are_named():
    box = np.array([Value(1.0), Value(2.0)], object)
    with pytest.raises(
        ShapeError, match=r"the tangent has the structure \('\*',\), but \('an object array of shape \(2,\)',\) is needed"
    ):
        jvp(lambda x: x.sum(), (box,), (np.ones(2),))
    assert_close(float(jvp(lambda x: (x * x).sum(), (box,), (np.array([1.0, 0.5], object),))[1]), 4.0)


def test_blocks_change_nothing_about_comparisons():
    with scope("here"):
        assert Value(1.0) == 1.0
        assert_close(Tensor([1.0, 2.0]) == 2.0, [False, True])
    with no_grad():
        assert Value(1.0) != 2.0


def test_gradients_of_results_can_be_set_and_forgotten():
    for leaf in (Value(2.0), Tensor([2.0])):
        y = leaf * leaf
        y.grad = 3.0
        assert_close(y.grad, 3.0)
        y.zero_grad()
        assert_close(y.grad, 0.0)
        assert not y.has_grad
        y.backward()
        assert_close(leaf.grad, 4.0)
        assert leaf.has_grad
