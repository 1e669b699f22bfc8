"""Arrays that a program fills: NumPy's numbers, right derivatives, and nothing that was recorded before changes."""

import copy
import operator
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import DataError, OutOfRangeError, ShapeError, Tensor, Value, compile, grad, gradients, hessian, jvp, vjp, vmap
from autograd.core.buffer import Buffer
from autograd.testing import check_grad

OPERATORS = {
    "=": lambda old, new: new,
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": lambda old, new: operator.itruediv(old, new * new + 1.0),
}
SHAPE = (2, 3)
indices = st.one_of(
    st.tuples(st.integers(-2, 1), st.integers(-3, 2)),
    st.integers(-2, 1),
    st.sampled_from(
        [np.s_[:, 1], np.s_[::-1, :2], np.s_[..., 0], np.s_[:], np.s_[1, ::2], np.s_[[1, 0], [0, 2]], np.s_[[True, False]]]
    ),
)
steps = st.lists(st.tuples(indices, st.sampled_from(sorted(OPERATORS)), st.integers(0, 2)), min_size=1, max_size=5)


def fill(make, steps, x):
    """A program that fills an array; ``make`` makes it from a plain one."""
    a = make(np.arange(6.0).reshape(SHAPE))
    seen = []
    for index, sign, k in steps:
        seen.append((a * a).sum())
        a[index] = OPERATORS[sign](a[index] * 1.0, x[k])
    a *= x[0]
    return a, seen


@given(steps, st.lists(st.integers(-8, 8).map(lambda n: n / 4), min_size=3, max_size=3))
def test_programs_give_the_numbers_and_derivatives_of_numpy(steps, numbers):
    x = np.array(numbers)
    result, seen = fill(ag.array, steps, Tensor(x))
    expected, expected_seen = fill(np.array, steps, x)
    np.testing.assert_allclose(result.data, expected, rtol=1e-14)
    np.testing.assert_allclose([s.data for s in seen], expected_seen, rtol=1e-14)

    def f(x):
        a, seen = fill(ag.array, steps, x)
        return (a * np.arange(1.0, 7.0).reshape(SHAPE)).sum() + sum(seen)

    check_grad(f, x, order=2)
    step = compile(f, tensors=True)
    np.testing.assert_allclose(step.grad(x), grad(f)(x), rtol=1e-9, atol=1e-9)


def test_all_transforms_see_the_assignments():
    def f(x):
        a = ag.zeros(3)
        for i in range(3):
            a[i] = x**i
        a[1] += a[2]
        return a

    assert f(2.0).data.tolist() == [1.0, 6.0, 4.0]
    assert vjp(f, 2.0)[1](np.ones(3))[0] == 9.0
    assert jvp(f, (2.0,), (1.0,))[1].tolist() == [0.0, 5.0, 4.0]
    assert hessian(lambda x: f(x).sum())(2.0) == 4.0
    assert vmap(f)(np.array([2.0, 3.0])).tolist() == [[1.0, 6.0, 4.0], [1.0, 12.0, 9.0]]
    np.testing.assert_array_equal(compile(f)(2.0), [1.0, 6.0, 4.0])


def test_earlier_results_and_aliases():
    x = Tensor([1.0, 2.0, 3.0])
    a = x.copy()
    alias, before = a, a * a
    a[0] = 5.0
    assert alias is a
    assert before.data.tolist() == [1.0, 4.0, 9.0]
    total = (a * a).sum() + before.sum()
    a[2] = 7.0
    total.backward()
    assert x.grad.tolist() == [2.0, 8.0, 12.0]
    assert x.data.tolist() == [1.0, 2.0, 3.0]


def test_gradients_by_what_a_buffer_holds():
    x = Value(3.0)
    a = ag.zeros(2)
    a[0] = x
    y = (a * a).sum()
    assert gradients(y, [a])[0].tolist() == [6.0, 0.0]
    y.backward()
    assert a.grad.tolist() == [6.0, 0.0]
    a.grad = [1.0, 1.0]
    assert a.grad.tolist() == [1.0, 1.0]
    a.backward([1.0, 0.0])
    assert x.grad == 7.0


def test_buffers_as_inputs_of_transforms_and_checks():
    a = ag.array([1.0, 2.0])
    assert grad(lambda x: (x * x).sum())(a).tolist() == [2.0, 4.0]
    assert jvp(lambda x: x * x, (a,), (np.ones(2),))[1].tolist() == [2.0, 4.0]
    check_grad(lambda x: (x * x).sum(), a, order=2)
    assert compile(lambda x: (x * x).sum(), tensors=True).grad(a).tolist() == [2.0, 4.0]
    assert (type(a.leaf([1.0])), a.detach().tolist()) == (Tensor, [1.0, 2.0])


def test_data_is_read_only_and_may_be_replaced():
    a = ag.ones((1, 2))
    assert (a.constant, a.data.flags.writeable, repr(a)) == (True, False, "Tensor([[1., 1.]], constant=True)")
    a.data = [[3.0, 4.0]]
    a.move([[1.0, 1.0]])
    assert a.tolist() == [[4.0, 5.0]]
    assert (a > 4.5).tolist() == [[False, True]]
    assert (a[0, 0].item(), (a[0, 1:] + Value(1.0)).item()) == (4.0, 6.0)


def test_copies_are_buffers_of_their_own():
    x = Value(3.0)
    a = ag.array([x, 1.0])
    for make in (copy.copy, copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a)), np.copy, ag.array, Buffer):
        b = make(a)
        b[1] = 9.0
        assert (b.tolist(), a.tolist()) == ([3.0, 9.0], [3.0, 1.0])
    copy.copy(a).sum().backward()
    assert x.grad == 1.0


def test_float_types_are_kept():
    a = ag.zeros(2, np.float32)
    a[0] = Value(0.1)
    assert a.dtype == np.float32
    assert ag.full(2, 3, np.float32).dtype == ag.array([1, 2], np.float32).dtype == ag.ones(1, "f4").dtype == np.float32
    for make in (lambda: ag.zeros(2, int), lambda: ag.ones(2, bool), lambda: ag.array([1], bool), lambda: ag.full(1, 1, int)):
        with pytest.raises(
            DataError, match=r"(zeros|ones|array)\(\): dtype must be a float or complex type, such as np.float32, not"
        ):
            make()


@pytest.mark.parametrize("sign", ["iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul"])
def test_assignments_with_an_operator(sign):
    other = np.array([[2.0, 1.0], [0.5, 3.0]])
    numbers, a = np.array([[4.0, 5.0], [6.5, 7.0]]), ag.array([[4.0, 5.0], [6.5, 7.0]])
    same = a
    numbers = getattr(operator, sign)(numbers, other)
    a = getattr(operator, sign)(a, other)
    assert a is same
    np.testing.assert_allclose(a.data, numbers, rtol=1e-15)
    with pytest.raises(ShapeError, match=r"a result of shape \(2, 2\) does not fit into .* of shape \(2,\)"):
        getattr(operator, sign)(ag.ones(2), other) if sign != "imatmul" else operator.iadd(ag.ones(2), other)


def test_what_may_not_be_assigned_to_says_what_to_do():
    x = Tensor([1.0, 2.0])
    with pytest.raises(OutOfRangeError, match="index 2 is out of bounds"):
        ag.zeros(2)[2] = 1.0
    with pytest.raises(DataError, match=r"autograd\.zeros\(n\) instead of a plain array"):
        grad(lambda x: np.zeros(2).__setitem__(0, x))(1.0)
    with pytest.raises(DataError, match=r"autograd\.array\(\[\.\.\.\]\) for an array of nodes"):
        np.array([x[0], x[1]])


def test_a_captured_buffer_that_changes_is_traced_again():
    a = ag.zeros(2)
    step = compile(lambda x: (a * x).sum(), tensors=True)
    assert step(np.ones(2)) == 0.0
    a[0] = 3.0
    assert step(np.ones(2)) == 3.0


def test_nodes_fill_an_array():
    assert ag.full((2, 2), Value(3.0)).tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert grad(lambda x: ag.full((2, 2), x).sum())(3.0) == 4.0
    assert grad(lambda x: (ag.array([[x, 1.0], [x * x, 2.0]]) ** 2).sum())(3.0) == 2.0 * 3.0 + 4.0 * 27.0
    with pytest.raises(ShapeError):
        ag.full((2,), [1.0, 2.0, 3.0])
