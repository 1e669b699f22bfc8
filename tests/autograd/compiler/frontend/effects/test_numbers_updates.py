"""Constant Tensors that a compiled function updates: once at each call, as the function itself does, and never in between."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, compile, no_grad, update_numbers

ROWS = st.lists(st.lists(st.floats(-2.0, 2.0), min_size=3, max_size=3), min_size=1, max_size=5).map(np.array)


def mean_follower(state, momentum):
    """Return a function of an array that lets a Tensor follow its means, and is no function of the Tensor."""

    def f(x):
        mean = (x * x).mean(axis=0)
        update_numbers(state, lambda old, new: (1.0 - momentum) * old + momentum * new, mean)
        return (np.tanh(x) * mean).sum()

    return f


@pytest.mark.parametrize("options", [{}, {"exact": True}, {"buffers": True}])
@given(batches=st.lists(ROWS, min_size=1, max_size=4), momentum=st.floats(0.0, 1.0))
def test_a_running_mean_is_updated_once_at_each_call(options, batches, momentum):
    state = Tensor(np.ones(3), constant=True)
    step = compile(mean_follower(state, momentum), tensors=True, **options)
    expected = np.ones(3)
    for x in batches:
        step(x)
        expected = (1.0 - momentum) * expected + momentum * (x * x).mean(axis=0)
        np.testing.assert_allclose(state.data, expected, rtol=1e-12, atol=1e-15)


def test_each_way_to_call_updates_once_and_a_pullback_never():
    state = Tensor(np.zeros(3), constant=True)
    x = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    step = compile(mean_follower(state, 1.0), tensors=True)
    calls = [
        lambda: step(x),
        lambda: step(Tensor(x)).backward(),
        lambda: step.value_and_grad(x),
        lambda: step.jvp((x,), (x,)),
        lambda: step.hvp(x, x),
    ]
    for call in calls:
        state.data = np.zeros(3)
        call()
        np.testing.assert_allclose(state.data, (x * x).mean(axis=0), rtol=1e-12)
    counter = Tensor(0.0, constant=True)

    def several(x):
        update_numbers(counter, lambda old: old + 1.0)
        return [x * 2.0, x * 3.0]

    first, second = compile(several, tensors=True)(Tensor(x))
    (first.sum() + second.sum()).backward()
    assert counter.data == 1.0


def test_no_gradient_flows_to_the_new_numbers():
    state = Tensor(np.zeros(2), constant=True)

    def f(x):
        update_numbers(state, lambda old, new: old + new, x * x)
        return x.sum()

    assert compile(f, tensors=True).grad(np.ones(2)).tolist() == [1.0, 1.0]
    with no_grad():
        f(Tensor(np.ones(2)))
    np.testing.assert_array_equal(state.data, [2.0, 2.0])


def test_updates_of_one_call_follow_each_other():
    state = Tensor(np.array(1.0), constant=True)

    def f(x):
        update_numbers(state, lambda old, x: 2.0 * old + x, x)
        update_numbers(state, lambda old: 3.0 * old)
        return x * x

    step, expected = compile(f), 1.0
    for x in (1.0, 5.0, -2.0):
        step(x)
        expected = 3.0 * (2.0 * expected + x)
        assert float(state.data) == pytest.approx(expected)


def test_numbers_that_the_user_sets_are_the_old_numbers_of_the_next_call():
    state = Tensor(np.zeros(3), constant=True)
    step = compile(mean_follower(state, 0.5), tensors=True)
    for start in (0.0, 8.0, -4.0):
        state.data = np.full(3, start)
        step(np.ones((2, 3)))
        np.testing.assert_allclose(state.data, 0.5 * start + 0.5)
    assert step.traces == 1


def test_a_program_on_the_tape_updates_too():
    state = Tensor(np.array(0.0), constant=True)

    def f(x):
        for k in range(120):
            x = x * 0.5 + (np.sin(x) if k % 3 else x * x) if k % 2 else 1.0 / (1.0 + x * x)
            x = x if x > -10.0 else -x
        update_numbers(state, lambda old, new: new, x)
        return x

    step = compile(f)
    for x in (0.3, 0.4):
        value, _ = step.value_and_grad(x)
        assert float(state.data) == value
        value, _ = step.jvp((x + 0.01,), (1.0,))
        assert float(state.data) == value


def test_a_rule_may_return_plain_numbers():
    state = Tensor(np.zeros(2), constant=True)

    def f(x):
        update_numbers(state, lambda old: np.ones(2))
        return x * x

    compile(f)(3.0)
    np.testing.assert_array_equal(state.data, 1.0)


@pytest.mark.parametrize("call", [lambda f: f(Tensor(np.ones(3))), lambda f: compile(f, tensors=True)(np.ones(3))])
def test_numbers_of_another_shape_are_refused(call):
    state = Tensor(np.zeros(2), constant=True, name="state")

    def f(x):
        update_numbers(state, lambda old, x: x, x)
        return x.sum()

    with pytest.raises(
        ag.ShapeError, match=r"the data of this Tensor .'state', leaf. has shape \(2,\); an array of shape \(3,\) cannot replace it"
    ):
        call(f)


@pytest.mark.parametrize("x", [Tensor([1.0]), ag.Value(1.0), np.ones(2)])
def test_only_constant_tensors_are_updated(x):
    with pytest.raises(ag.DataError, match=r"update_numbers\(\) takes a Tensor made with constant=True, not "):
        update_numbers(x, lambda old: old)


def test_a_function_that_reads_what_it_updates_is_refused():
    state = Tensor(np.ones(2), constant=True)

    def f(x):
        update_numbers(state, lambda old, x: old + x, x)
        return (x * state).sum()

    with pytest.raises(ag.GraphError, match=r"compile\(\): the function reads .*, whose numbers update_numbers\(\) replaces: pass"):
        compile(f, tensors=True)(np.ones(2))


def test_a_batch_of_samples_cannot_update():
    state = Tensor(np.array(0.0), constant=True)

    def f(x):
        update_numbers(state, lambda old, x: old + x, x)
        return x * x

    with pytest.raises(ag.GraphError, match=r"compile\(in_axes=\): f calls update_numbers\(\) for each sample, .*of the batch"):
        compile(f, in_axes=0)(np.ones(3))
