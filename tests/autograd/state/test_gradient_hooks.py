"""Gradient hooks: what they get, what they may return, and when they are removed."""

import copy
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, ShapeError, Tensor, Value, grad, gradients, vjp
from oracles import assert_close


@pytest.mark.parametrize("start", [Value(3.0), Tensor([3.0, 3.0])], ids=["Value", "Tensor"])
def test_a_hook_can_read_replace_or_reject_the_gradient(start):
    ones = np.ones(start.shape)
    a = copy.copy(start)
    b = a * a
    y = (b * 2.0).sum() if b.shape else b * 2.0
    seen = []
    handle = b.register_hook(seen.append)
    b.register_hook(lambda g: 10.0 * g)
    y.backward()
    assert_close(seen, [2.0 * ones])
    assert_close(b.grad, 20.0 * ones)
    assert_close(a.grad, 120.0 * ones)
    handle.remove()
    handle.remove()
    y.backward()
    assert len(seen) == 1
    assert_close(a.grad, 240.0 * ones)


@pytest.mark.parametrize("kind", [Value, Tensor])
def test_a_hook_of_a_leaf_gets_the_total_gradient_of_one_pass(kind):
    a, seen = kind(3.0), []
    a.register_hook(lambda g: seen.append(float(g)))
    with a.register_hook(lambda g: g / 2.0):
        for _ in range(2):
            (a * a + a).backward()
    (a * a + a).backward()
    assert seen == [7.0, 7.0, 7.0]
    assert float(a.grad) == 3.5 + 3.5 + 7.0


def test_an_error_in_a_hook_leaves_the_gradients_of_leaves_unchanged():
    a, b = Value(3.0), Value(2.0)
    a.grad, b.grad = 5.0, 6.0
    c = a * b
    c.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        (c + a).backward()
    assert (a.grad, b.grad) == (5.0, 6.0)
    late = Value(1.0)
    late.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        (late * a).backward()
    assert (late.grad, a.grad) == (0.0, 5.0)


def test_hooks_run_in_every_reverse_pass():
    def clipped(x):
        y = x * x
        y.register_hook(lambda g: ag.clip(g, -1.0, 1.0))
        return 5.0 * y

    assert grad(clipped)(3.0) == 6.0
    assert vjp(clipped, 3.0)[1](1.0) == (6.0,)
    a = Value(3.0)
    y = clipped(a)
    assert gradients(y, [a, y]) == [6.0, 1.0]
    assert [step.cotangent for step in y.backward_steps()] == [1.0, 1.0]
    a.register_hook(lambda g: g + 1.0)
    assert [p.accumulated for step in y.backward_steps() for p in step.pushes if p.source is a and p.complete] == [7.0]
    assert gradients(y, a) == 7.0
    y.backward(create_graph=True)
    assert a.grad.data == 7.0


def test_hooks_of_recorded_passes_get_nodes_and_may_return_numbers():
    t = Tensor([1.0, 2.0])
    kinds = []
    t.register_hook(lambda g: kinds.append(type(g)))
    t.register_hook(lambda g: 3.0)
    (t * t).sum().backward(create_graph=True)
    assert kinds == [Tensor]
    assert_close(t.grad.data, [3.0, 3.0])


def test_hooks_get_read_only_arrays_and_their_results_are_checked():
    t = Tensor([1.0, 2.0])
    y = (t * 2.0).sum()
    with t.register_hook(lambda g: g.__setitem__(0, 9.0)), pytest.raises(ValueError, match="read-only"):
        y.backward()
    with t.register_hook(lambda g: np.ones(3)), pytest.raises(ShapeError, match=r"a hook of this Tensor .* returned shape \(3,\)"):
        y.backward()
    with t.register_hook(lambda g: "more"), pytest.raises(DataError, match="a hook's result takes real numbers"):
        y.backward()
    assert_close(t.grad, [0.0, 0.0])
    with pytest.raises(DataError, match=r"register_hook\(\) takes a function"):
        t.register_hook(3.0)


def test_copies_have_no_hooks_and_hooks_are_freed_with_their_node():
    from autograd.state.hook_handles import Hooks

    before = Hooks.total_count
    a = Value(2.0, name="a")
    a.register_hook(lambda g: g * 100.0)
    assert Hooks.total_count == before + 1
    for twin in (copy.copy(a), copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
        (twin * twin).backward()
        assert (twin.grad, twin.name) == (4.0, "a")
    del a
    assert Hooks.total_count == before


def test_a_hook_is_not_part_of_the_chain_rule():
    x = Value(3.0, name="x")
    y = x * x
    y.register_hook(lambda g: g * 10.0)
    assert ag.explain(y * 2.0, wrt=x).gradient == 12.0


def test_backward_inside_a_hook_raises():
    x = Value(2.0)
    a = x * x
    b = a * 3.0
    handle = b.register_hook(lambda g: (a * 1.0).backward())
    with pytest.raises(
        ag.GraphError, match=r"backward\(\) inside a hook would overwrite the pass that is running: use autograd.gradients"
    ):
        (b + a).backward()
    handle.remove()
    seen = []
    b.register_hook(lambda g: seen.append(gradients(a * 1.0, x)))
    (b + a).backward()
    assert (seen, x.grad) == ([4.0], 16.0)


def test_a_hook_can_remove_a_later_hook():
    x, seen = Value(2.0), []
    x.register_hook(lambda g: later.remove())
    later = x.register_hook(seen.append)
    (x * x).backward()
    assert seen == []
