"""Assignments in place, to results of operations and to constants: NumPy's numbers, right derivatives, and no change of the past."""

import copy
import gc
import operator
import pickle
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import (
    DataError,
    GraphError,
    OutOfRangeError,
    ShapeError,
    Tensor,
    Value,
    anomaly,
    compile,
    grad,
    gradients,
    hessian,
    jvp,
    no_grad,
    stop_gradient,
    vjp,
    vmap,
)
from autograd.graph import original_nodes
from autograd.graph.original_nodes import ASSIGNED, open_cycles
from autograd.testing import check_grad
from oracles import assert_close

SHAPE = (2, 3)
SLICES = [np.s_[:], np.s_[0], np.s_[:, 1], np.s_[::-1, :2], np.s_[1, 2], np.s_[[1, 0], [0, 2]], np.s_[..., :1]]
OPERATORS = [operator.iadd, operator.isub, operator.imul, operator.itruediv]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(SLICES), st.sampled_from(SLICES), st.integers(0, 2)),
        st.tuples(st.just("update"), st.sampled_from(OPERATORS), st.sampled_from(SLICES), st.integers(0, 2)),
        st.tuples(st.just("whole"), st.sampled_from(OPERATORS), st.booleans(), st.integers(0, 2)),
        st.tuples(st.just("mask"), st.floats(-2.0, 2.0), st.booleans(), st.integers(0, 2)),
        st.tuples(st.just("read"), st.sampled_from(SLICES), st.booleans(), st.integers(0, 2)),
        st.tuples(st.just("new"), st.booleans(), st.booleans(), st.integers(0, 2)),
    ),
    min_size=1,
    max_size=7,
)


def run(steps, x):
    """A program that assigns to a result of an operation, and reads it before, between and afterwards."""
    y = np.reshape(x, (1, 3)) * np.arange(1.0, 7.0).reshape(SHAPE)
    others = []
    for kind, first, second, k in steps:
        if kind == "set":
            y[first] = np.sum(y[second]) * x[k]
        elif kind == "update":
            if first is operator.iadd:
                y[second] += x[k] ** 2
            elif first is operator.isub:
                y[second] -= x[k] ** 2
            elif first is operator.imul:
                y[second] *= x[k] + 1.0
            else:
                y[second] /= x[k] ** 2 + 2.0
        elif kind == "whole":
            y = first(y, y.sum() ** 2 + 3.0 if second else x[k] ** 2 + 3.0)
        elif kind == "mask":
            y[np.real(y if isinstance(y, np.ndarray) else y.data) < first] = x[k]
        elif kind == "read":
            others.append((y[first] * x[k]).sum() if second else y.sum())
        else:
            others.append((y * y).sum())
            y = y * x[k] if first else np.tanh(y) + x[k]
    return (y * np.arange(1.0, 7.0).reshape(SHAPE)).sum() + sum(others)


@given(steps, st.lists(st.integers(-7, 7).map(lambda n: n / 4 + 0.1), min_size=3, max_size=3))
def test_programs_give_the_numbers_and_derivatives_of_numpy(steps, numbers):
    x = np.array(numbers)
    expected = run(steps, x)
    assert_close(run(steps, Tensor(x)).item(), expected, rtol=1e-12)
    by_complex_step = [run(steps, x + 1e-30j * e).imag / 1e-30 for e in np.eye(3)]
    gradient = grad(lambda x: run(steps, x))(x)
    assert_close(gradient, by_complex_step, rtol=1e-9)
    assert_close(compile(lambda x: run(steps, x), tensors=True).grad(x), by_complex_step, rtol=1e-9)
    tangents = [jvp(lambda x: run(steps, x), (x,), (e,))[1] for e in np.eye(3)]
    assert_close(tangents, by_complex_step, rtol=1e-9)


def test_an_entry_of_a_result():
    def f(x):
        y = 2.0 * x
        y[0] = x[1] ** 2
        return y

    x = np.array([1.0, 3.0])
    assert f(Tensor(x)).tolist() == [9.0, 6.0]
    assert grad(lambda x: f(x).sum())(x).tolist() == [0.0, 8.0]
    assert hessian(lambda x: f(x).sum())(x).tolist() == [[0.0, 0.0], [0.0, 2.0]]
    assert vjp(f, x)[1](np.array([1.0, 10.0]))[0].tolist() == [0.0, 26.0]
    assert vmap(f)(np.stack([x, -x])).tolist() == [[9.0, 6.0], [9.0, -6.0]]
    check_grad(lambda x: f(x).sum(), x, order=2)


def test_what_was_computed_before_keeps_the_result_as_it_was():
    x = Tensor([1.0, 2.0])
    y = x * 3.0
    before, alias = y * y, y
    y[0] = 5.0
    assert (alias is y, before.tolist(), alias.tolist()) == (True, [9.0, 36.0], [5.0, 6.0])
    (before.sum() + 10.0 * y.sum()).backward()
    assert x.grad.tolist() == [18.0, 36.0 + 30.0]
    assert before.parents[0].tolist() == [3.0, 6.0]
    assert y.grad.tolist() == [10.0, 10.0]


def test_a_function_that_changes_its_argument():
    def normalise(y):
        y -= y.mean()
        y /= np.sqrt((y * y).sum())

    def f(x):
        y = x * 1.0
        normalise(y)
        return y[0]

    check_grad(f, np.array([1.0, 2.0, 4.0]), order=2)
    assert_close(f(Tensor([1.0, 2.0, 6.0])).item(), -2.0 / np.sqrt(14.0), rtol=1e-15)


@pytest.mark.parametrize("sign", ["iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul"])
def test_operators(sign):
    other = np.array([[2.0, 1.0], [0.5, 3.0]])
    numbers, y = np.array([[4.0, 5.0], [6.5, 7.0]]), Tensor([[4.0, 5.0], [6.5, 7.0]]) * 1.0
    same = y
    y = getattr(operator, sign)(y, other)
    assert y is same
    assert_close(y.data, getattr(operator, sign)(numbers, other), rtol=1e-15)
    with pytest.raises(
        ShapeError, match=r"a result of shape \(2, 2\) does not fit into this Tensor \(array that is .* of shape \(2,\)"
    ):
        getattr(operator, sign)(Tensor([1.0, 1.0]) * 1.0, other) if sign != "imatmul" else operator.iadd(y[0] * 1.0, other)


class Holder:
    """An attribute, and entries that are made when they are read."""

    def __init__(self, array):
        self.array = array

    def __getitem__(self, index):
        return self.array[index]

    def __setitem__(self, index, value):
        self.array[index] = value


def assign_through_containers(make):
    """Assignments of which the array is reached through something else; what others have of it is read afterwards."""
    y, z, w, u, v = (make() for _ in range(5))
    listed, named, held, entries, nested = [y], {"k": z}, Holder(w), Holder(u), [[v]]
    listed[0] += 1.0
    named["k"] *= 2.0
    named["k"][1:] -= 1.0
    held.array += 1.0
    held.array[0] *= 3.0
    entries[0] += 1.0
    entries[:, 1:] /= 2.0
    nested[0][(place := 0)] -= 4.0
    named["changed"] = operator.imul(z, 3.0)
    y[place], z[y > 2.0], w[[0, 1], 1:] = (y[1] * 2.0 if isinstance(y, np.ndarray) else y.data[1] * 2.0), 0.0, 7.0
    for i in range(2):
        y[i] += z[i - 1]
        y[i, i:] *= 2.0
    exec("y[0] += 1.0; y[1, 1:] *= 2.0", {"y": y})
    eval("operator.iadd(z, 1.0)", {"operator": operator, "z": z})
    [operator.imul(w, k) for k in (1.0, 2.0)]
    return [array.tolist() for array in (y, z, w, u, v)]


# So many constants that the instructions of the function need EXTENDED_ARG.
LONG = "def long(y):\n" + "".join(f"    v{i} = {i}.5\n" for i in range(300)) + "    y[v299 > 0.0, :1] += v298\n    y[v0:] *= v299\n"


def run_in_containers(make):
    scope = {}
    exec(LONG.replace("v299 > 0.0", "int(v1)").replace("v0:", "int(v0):"), scope)
    y = make()
    scope["long"](y)
    return assign_through_containers(make), y.tolist()


def look_at_everything(frame, event, arg):
    """A trace function that reads local variables, as debuggers do."""
    assert frame.f_locals is not None
    return look_at_everything


def test_operators_through_containers():
    numbers = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    expected = run_in_containers(numbers.copy)
    for make in (lambda: Tensor(numbers) * 1.0, lambda: Tensor(numbers, constant=True), lambda: ag.array(numbers)):
        assert run_in_containers(make) == expected
        with anomaly():
            assert run_in_containers(make) == expected
    compiled = compile(assign_through_containers_of_nodes, tensors=True)
    assert_close(compiled(numbers), assign_through_containers_of_nodes(numbers), rtol=1e-14)


def assign_through_containers_of_nodes(x):
    """A part of the program above that compile() follows without a branch."""
    y, z = x * 1.0, x * 2.0
    listed = [y]
    listed[0] += 1.0
    y[0] *= z[1]
    z[:, 1:] -= y[0, 1:]
    return y, z


def test_operators_under_a_trace_function():
    numbers = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    before = sys.gettrace()
    sys.settrace(look_at_everything)
    try:
        found = run_in_containers(lambda: Tensor(numbers) * 1.0)
    finally:
        sys.settrace(before)
    assert found == run_in_containers(numbers.copy)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring is new in Python 3.12")
def test_operators_while_instructions_are_monitored():
    numbers, monitoring = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), sys.monitoring
    tool = next(i for i in range(6) if monitoring.get_tool(i) is None)
    events = monitoring.events
    watched = (events.LINE, events.INSTRUCTION, events.CALL, events.PY_START)
    monitoring.use_tool_id(tool, "test")
    try:
        for event in watched:
            monitoring.register_callback(tool, event, lambda *args: None)
        monitoring.set_events(tool, sum(watched))
        found = run_in_containers(lambda: Tensor(numbers) * 1.0)
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    assert found == run_in_containers(numbers.copy)


def test_views_in_lists_are_views():
    y = Tensor([[1.0, 2.0], [3.0, 4.0]]) * 1.0
    rows = [y[0], y[1]]
    with pytest.raises(DataError, match=r"t \+= x on this Tensor \(result of getitem\): it is a view"):
        rows[0] += 1.0
    with pytest.raises(DataError, match=r"it is a view"):
        y[0][1] += 1.0
    for row in y:
        with pytest.raises(DataError, match=r"t \*= x on .* it is a view"):
            row *= 2.0
    assert y.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def assign_from_itself(x):
    y = 2.0 * x
    y[0] = (y * y).sum()
    y[1:] = y[:-1] * x[1:]
    return y


@pytest.mark.parametrize(("limit", "value", "most"), [("MAX_COUNT", 20, 20), ("MAX_BYTES", 1000, 41)])
def test_arrays_whose_entries_are_computed_from_themselves_are_freed(monkeypatch, limit, value, most):
    gc.collect()
    original_nodes.open_cycles()
    monkeypatch.setattr(original_nodes, limit, value)
    monkeypatch.setattr(original_nodes, "_unvisited", original_nodes._Unvisited())
    before, x = len(original_nodes.ASSIGNED), Tensor([0.5, 1.0, -2.0])
    waiting = []
    for _ in range(100):
        y = assign_from_itself(x)
        waiting.append(len(original_nodes.ASSIGNED) - before)
    assert max(waiting) <= most + 2
    original_nodes.open_cycles()
    assert len(original_nodes.ASSIGNED) - before == 1
    assert gradients(y.sum(), [y])[0].tolist() == [1.0, 1.0, 1.0]
    check_grad(lambda x: assign_from_itself(x).sum(), np.array([0.5, 1.0, -2.0]), order=2)


def test_edges_are_corrected_between_the_operations_of_a_program():
    x = Tensor([0.5, 1.0, -2.0])
    y = 2.0 * x
    total = (y * y).sum()
    y[0] = total
    after = y * 3.0
    open_cycles()
    y[1] = total
    open_cycles()
    (total + after.sum()).backward()
    assert_close(x.grad, 8.0 * x.data + 3.0 * (8.0 * x.data + np.array([0.0, 2.0, 2.0])), rtol=1e-15)
    assert_close(y.data, [21.0, 21.0, -4.0], rtol=1e-15)


def test_constants_need_no_correction():
    gc.collect()
    open_cycles()
    before = len(ASSIGNED)
    constant = np.zeros_like(Tensor([1.0, 2.0]))
    constant[0] = 1.0
    assert (len(ASSIGNED), constant.tolist()) == (before, [1.0, 0.0])


def test_no_grad_does_not_cut_a_result():
    x = Tensor([1.0, 2.0])
    y, assigned = x * 3.0, x * 3.0
    assigned[0] = 1.0
    for array in (y, assigned):
        with no_grad():
            with pytest.raises(GraphError, match=r"t\[index\] = x on .* in no_grad\(\): it would become a constant, .* outside of"):
                array[0] = 7.0
            with pytest.raises(GraphError, match=r"t \+= x on .* in no_grad\(\)"):
                array += 1.0
            duplicate = array.copy()
            duplicate[0] = 7.0
    assert duplicate.constant
    assert gradients(y.sum() + assigned.sum(), [x])[0].tolist() == [3.0, 6.0]


@pytest.mark.parametrize("create_graph", [False, True])
def test_hooks_assign_to_what_they_make_alone(create_graph):
    x = Tensor([1.0, 2.0])
    y = x * 2.0

    def run(hook):
        with y.register_hook(hook):
            return np.array(gradients((y * y).sum(), [x], create_graph=create_graph)[0].tolist())

    def mask(g):
        g = g * 1.0
        g[0] = 0.0
        return g

    assert run(mask).tolist() == [0.0, 16.0]
    with pytest.raises(GraphError, match=r"t\[index\] = x on .* in a hook: it was made before the hook was called, .* to a copy"):
        run(lambda g: y.__setitem__(0, 5.0))
    if create_graph:
        with pytest.raises(GraphError, match=r"t\[index\] = x on .* in a hook"):
            run(lambda g: g.__setitem__(0, 5.0))
    y[0] = 5.0
    assert (y.tolist(), run(mask).tolist()) == ([5.0, 4.0], [0.0, 16.0])


def test_leaves_and_single_numbers_are_not_changed_by_operators():
    x = Tensor([1.0, 2.0])
    y, total = x, x.sum()
    y += 1.0
    total_before = total
    total += 5.0
    assert (x.tolist(), y.tolist(), total_before.item(), total.item()) == ([1.0, 2.0], [2.0, 3.0], 3.0, 8.0)


def test_constants_may_be_assigned_to_and_become_nodes():
    x = Value(3.0)
    c = Tensor([1.0, 2.0], constant=True)
    double = 2.0 * c
    with no_grad():
        result = Tensor([1.0, 2.0]) * 2.0
        result[0] = 7.0
    c[0] = x
    assert (double.tolist(), result.tolist(), result.constant) == ([2.0, 4.0], [7.0, 4.0], True)
    (c * c).sum().backward()
    assert x.grad == 6.0


def test_dtypes_stay():
    y = Tensor(np.ones(2, np.float32)) * np.float32(2.0)
    y[0] = Value(0.1)
    y += np.array([1.0, 2.0])
    assert (y.dtype, y.tolist()) == (np.float32, [np.float32(np.float32(0.1) + 1.0), 4.0])


def test_copies_and_pickles():
    x = Tensor([1.0, 2.0])
    y = x * 3.0
    z = y * 2.0
    y[0] = 5.0
    for make in (copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))):
        for first, second in (make((z, y)), make((y, z))[::-1]):
            assert (first.tolist(), second.tolist()) == ([6.0, 12.0], [5.0, 6.0])
            assert first.parents[0].tolist() == [3.0, 6.0]
    y.name = "y"
    y.sum().backward()
    for make in (copy.copy, copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))):
        other = make(y)
        assert (other.name, other.tolist(), other.grad.tolist()) == ("y", [5.0, 6.0], [1.0, 1.0])
        other[1] = 7.0
        other.name = "other"
        assert (y.name, y.tolist()) == ("y", [5.0, 6.0])


def test_names_and_hooks():
    seen = []
    x = Tensor([1.0, 2.0])
    y = x * 3.0
    y.name = "y"
    y.register_hook(lambda g: seen.append(("before", g.tolist())))
    y[0] = 5.0
    y.register_hook(lambda g: seen.append(("now", g.tolist())))
    (2.0 * y).sum().backward()
    assert seen == [("now", [2.0, 2.0]), ("before", [0.0, 2.0])]
    assert y.name == "y"
    y.zero_grad()
    assert y.grad.tolist() == [0.0, 0.0]
    y.backward([1.0, 1.0])
    assert y.grad.tolist() == [1.0, 1.0]


def test_results_of_compiled_functions_and_their_arguments():
    step = compile(lambda v: v * v, tensors=True)
    for assign_later in (False, True):
        x = Tensor([1.0, 2.0])
        y = x * 3.0 if assign_later else x.copy() * 3.0
        y[1] = x[0]
        result = step(y)
        y[0] = 7.0
        total = result.sum()
        result[0] = 100.0
        assert gradients(total, [x])[0].tolist() == [18.0 + 2.0, 0.0]
        assert gradients(total, [x], create_graph=True)[0].tolist() == [20.0, 0.0]
        assert result.tolist() == [100.0, 1.0]


def test_an_argument_of_a_compiled_call_that_changes_afterwards():
    x = Tensor([1.0, 2.0])
    y, buffer = x * 1.0, x.copy()
    step = compile(lambda v: (v * v).sum(), tensors=True)
    results = step(y), step(buffer)
    y[0] = buffer[0] = 7.0
    for result in results:
        assert gradients(result, [x])[0].tolist() == [2.0, 4.0]
        assert gradients(result, [x], create_graph=True)[0].tolist() == [2.0, 4.0]


def test_pullbacks_and_inner_gradients_refer_to_what_was_returned():
    def f(x):
        y, pull = vjp(lambda x: x * x, x)
        y[0] = 100.0
        return pull(np.ones(2))[0].sum() + y.sum()

    assert f(Tensor([1.0, 2.0])).item() == 6.0 + 104.0
    assert grad(f)(np.array([1.0, 2.0])).tolist() == [2.0, 2.0 + 4.0]


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_result_elsewhere_that_was_assigned_to_changes_no_derivative(create_graph):
    elsewhere = Tensor([1.0, 2.0]) * 2.0
    elsewhere[0] = 1.0
    node = Value(3.0)
    c = compile(lambda b: b * node)
    derivative = gradients(c(node * node), [node], create_graph=create_graph)[0]
    assert float(derivative) == 27.0
    assert jvp(grad(lambda x: x * c(x)), (2.0,), (1.0,))[1].data == 6.0


def test_compiled_functions_follow_masks_that_were_made_before():
    def f(x):
        y = 2.0 * x
        negative, data, small = y < 0.0, y.data * 1.0, np.minimum(y, x.data)
        y[negative] = 0.0
        y[0] += 1.0
        return (np.where(negative, x, y) * data * small).sum() + float(y[1] > 3.0)

    step = compile(f, tensors=True)
    for x in (np.array([1.0, -2.0, 3.0]), np.array([-1.0, 2.0, -0.5]), np.array([0.5, 1.0, 1.5])):
        assert_close(step(x), f(Tensor(x)).item(), rtol=1e-14)
        assert_close(step.grad(x), grad(f)(x), rtol=1e-14)


def test_masks_need_no_new_trace():
    def f(x):
        y = 2.0 * x
        y[y < 0.0] = 0.5
        np.putmask(y, y > 5.0, x.mean())
        np.copyto(y, 3.0, where=y == 4.0)
        return y.sum()

    step = compile(f, tensors=True)
    step(np.array([1.0, -2.0, 3.0]))
    source = step.source
    assert step(np.array([-1.0, 2.0, 9.0])) == 0.5 + 3.0 + 10.0 / 3.0
    assert step.source == source
    assert source.count("np.where") == 3


CONSTANTS = {
    "where": lambda x: np.where(x > 0.5, np.zeros_like(x), 0.5),
    "where of a list": lambda x: ag.where(x > 0.5, [constant(x, 2.0)] * 3, 0.5),
    "where of one number": lambda x: np.where(x[0] > 0.5, constant(x, 2.0), 0.5),
    "where of numbers": lambda x: np.where(x[0] > 0.5, 2.0, 0.5),
    "a mask": lambda x: assigned(np.zeros_like(x), x > 0.5, 2.0),
    "a mask of numbers": lambda x: assigned(np.zeros_like(x), numbers_of(x) > 0.5, 2.0),
    "a mask of a row": lambda x: assigned(np.ones((2, 3)) * np.ones_like(x), (0, x > 0.5), 2.0),
    "copyto": lambda x: written(np.copyto, x, 2.0, where=x > 0.5),
    "putmask": lambda x: written(np.putmask, x, x > 0.5, 2.0),
    "place": lambda x: written(np.place, x, numbers_of(x) > 0.5, [2.0, 3.0]),
    "out= where": lambda x: np.add(np.zeros_like(x), 1.0, out=np.zeros_like(x), where=x > 0.5),
    "detach": lambda x: assigned(detached(x), 0, 2.0),
    "stop_gradient": lambda x: assigned(stop_gradient(detached(x)), 0, 2.0) * detached(x),
    "numbers": lambda x: assigned(constant(x, numbers_of(x)), 0, 2.0),
}


def constant(x, numbers):
    return Tensor(numbers, constant=True) if isinstance(x, Tensor) else np.array(numbers)


def numbers_of(x):
    return x.data if isinstance(x, Tensor) else x


def detached(x):
    return x.detach() if isinstance(x, Tensor) else x.copy()


def assigned(array, index, value):
    array[index] = value
    array *= 2.0
    return array


def written(function, x, *args, **settings):
    array = np.zeros_like(x)
    function(array, *args, **settings)
    return array


@pytest.mark.parametrize("name", CONSTANTS)
def test_compiled_functions_follow_constants_that_depend_on_conditions(name):
    step = compile(lambda x: (x * CONSTANTS[name](x)).sum(), tensors=True)
    for numbers in ([1.0, -2.0, 3.0], [-1.0, 2.0, -0.5], [0.7, 0.8, 0.1]):
        x = np.array(numbers)
        chosen = CONSTANTS[name](x)
        assert_close(step(x), np.sum(x * chosen), rtol=1e-14)
        assert_close(step.grad(x), np.sum((np.ones(3) * chosen).reshape(-1, 3), axis=0))
    assert "replayed" not in str(step.report())


def test_masks_that_choose_entries_are_guards():
    def f(x):
        y = 2.0 * x
        y[y < 1.0] *= -3.0
        return (y.at[y > 2.0].add(x[0]) * np.arange(3.0)).sum()

    step = compile(f, tensors=True)
    for x in (np.array([1.0, -2.0, 3.0]), np.array([-1.0, 2.0, -0.5])):
        assert_close(step(x), f(Tensor(x)).item(), rtol=1e-14)
        assert_close(step.jvp((x,), (np.ones(3),))[1], grad(f)(x).sum(), rtol=1e-14)


def test_compiled_functions_do_not_assign_to_what_is_outside():
    y, buffer = Tensor([1.0, 2.0]) * 2.0, ag.zeros(2)
    for outside in (y, buffer, Tensor([1.0, 1.0], constant=True)):
        with pytest.raises(GraphError, match=r"the function assigns to this .*, which was made outside, and later calls would not"):
            compile(lambda x, outside=outside: outside.__setitem__(0, x[0]) or (outside * x).sum(), tensors=True)(np.ones(2))
        assert (outside.shape, type(outside.data[0])) == ((2,), np.float64)
    assert y.tolist() == [2.0, 4.0]


def test_views_are_refused_and_copies_are_not():
    x = Tensor(np.arange(6.0).reshape(2, 3)) * 1.0
    for view in (
        x[0],
        x.T,
        x.reshape(-1),
        x[:, 1:],
        x.ravel(),
        np.swapaxes(x, 0, 1),
        np.diagonal(x),
        np.flip(x),
        x.flat,
        x.conj(),
        (x.T * 1.0).flat,
    ):
        with pytest.raises(DataError, match=r"t\[index\] = x on .*: it is a view, and NumPy would also change the array"):
            view[0] = 1.0
        with pytest.raises(DataError, match=r"t \+= x on .*: it is a view"):
            view += 1.0
    constant = Tensor([[1.0, 2.0]], constant=True)
    with pytest.raises(DataError, match="it is a view"):
        constant[0][0] = 1.0
    np.zeros_like(x).reshape(-1)[0] = 1.0  # nobody else has the array
    x[0] += 1.0
    x[:, 1:] *= 2.0
    assert x.tolist() == [[1.0, 4.0, 6.0], [3.0, 8.0, 10.0]]
    for array in (x[[0, 1]], x[x.data > -1.0], x.flatten(), x.T * 1.0, np.concatenate([x, x]), np.where(x.data > 1.0, x, 0.0)):
        array[0] = 7.0
        assert np.all(array[0].data == 7.0)


def test_leaves_are_refused():
    class Weights(Tensor):
        pass

    for leaf in (Tensor([1.0, 2.0]), Weights([1.0], constant=True)):
        with pytest.raises(
            DataError,
            match=r"t\[index\] = x on this .*: only results of operations and constants can be assigned to. Use t = t\.at",
        ):
            leaf[0] = 5.0


def test_bad_assignments_change_nothing():
    y = Tensor([1.0, 2.0]) * 1.0
    for assign, error in (
        (lambda: y.__setitem__(5, 1.0), OutOfRangeError),
        (lambda: y.__setitem__(np.s_[:], [1.0, 2.0, 3.0]), ShapeError),
        (lambda: y.__setitem__(0, "three"), DataError),
        (lambda: y.__iadd__(np.ones((3, 2))), ShapeError),
    ):
        with pytest.raises(error):
            assign()
        assert y.tolist() == [1.0, 2.0]


# -- NumPy's functions that write to an array

WRITERS = {
    "fill_diagonal": lambda np, y, x: np.fill_diagonal(y, x[0]),
    "fill_diagonal of values": lambda np, y, x: np.fill_diagonal(y, x[:2], wrap=True),
    "put": lambda np, y, x: np.put(y, [0, 7, 0], x[1:], mode="wrap"),
    "place": lambda np, y, x: np.place(y, [[True, False], [True, True]], x[:2]),
    "putmask": lambda np, y, x: np.putmask(y, [[True, False], [True, True]], x[0] * 2.0),
    "putmask of values": lambda np, y, x: np.putmask(y, [[True, False], [True, True]], x),
    "copyto": lambda np, y, x: np.copyto(y, x[:2]),
    "copyto where": lambda np, y, x: np.copyto(y, x[:2], where=[[True], [False]]),
    "put_along_axis": lambda np, y, x: np.put_along_axis(y, np.array([[1], [0]]), x[:2].reshape(2, 1), axis=1),
    "fill": lambda np, y, x: y.fill(x[1]),
    "put, the method": lambda np, y, x: y.put([1, 2], x[:2]),
    "sort": lambda np, y, x: y.sort(axis=0),
    "partition": lambda np, y, x: y.partition(1, axis=1),
    "clip": lambda np, y, x: np.clip(y, 0.0, x[2], out=y),
    "cumsum": lambda np, y, x: np.cumsum(y, axis=0, out=y),
    "sum": lambda np, y, x: np.sum(np.outer(x[:2], x[:2]).reshape(2, 1, 2) + y, axis=0, out=y),
    "exp where": lambda np, y, x: np.exp(y, out=y, where=np.array([True, False])),
    "add.at": lambda np, y, x: np.add.at(y, ([0, 0], [1, 1]), x[:2]),
    "matmul": lambda np, y, x: np.matmul(y, y, out=y),
    "concatenate": lambda np, y, x: np.concatenate([y[1:] * x[0], y[:1] * x[1]], out=y),
    "nan_to_num": lambda np, y, x: np.nan_to_num(y, copy=False),
}


@pytest.mark.parametrize("name", WRITERS)
def test_functions_that_write(name):
    def f(x, np=np):
        y = np.outer(x[:2], x[1:]) + 0.5
        WRITERS[name](np, y, x)
        return (y * np.array([[1.0, 2.0], [3.0, 4.0]])).sum()

    x = np.array([0.5, 1.5, -2.0])
    assert_close(f(Tensor(x)).item(), f(x), rtol=1e-14)
    check_grad(f, x, order=2)


def test_functions_that_write_need_an_array_that_holds_nodes():
    x = Tensor([1.0, 2.0])
    with pytest.raises(DataError, match=r"np.copyto writes to an array that cannot hold nodes: make it with np.zeros_like"):
        np.copyto(np.zeros(2), x)
    with pytest.raises(DataError, match=r"np.cumsum with out= writes to an array that cannot hold nodes"):
        np.cumsum(x, out=np.zeros(2))
    with pytest.raises(ShapeError, match=r"np.sum with out=: the result of shape \(\) does not fit into out= of shape \(2,\)"):
        np.sum(x, out=ag.zeros(2))
    with pytest.raises(DataError, match=r"np.copyto with casting='safe' does not convert float64 to float32"):
        np.copyto(ag.zeros(2, np.float32), x, casting="safe")
    with pytest.raises(ValueError, match="Cannot insert from an empty array"):
        np.place(x * 1.0, [True, False], [])


def test_arrays_like_a_tensor_may_be_assigned_to():
    def f(x, np=np):
        y, ones, full = np.zeros_like(x), np.ones_like(x), np.full_like(x, x[0])
        empty = np.empty_like(x, shape=(1,))
        empty[0] = x[1]
        for i in range(2):
            y[i] = x[i + 1] * x[i]
        ones[1:] *= x[:2]
        return (y * ones * full).sum() + empty.sum()

    x = np.array([2.0, 3.0, 5.0])
    assert f(Tensor(x)).item() == f(x)
    check_grad(f, x, order=2)
    assert grad(lambda v: np.full_like(v, v[1]).sum())(np.array([2.0, 3.0])).tolist() == [0.0, 2.0]
    with pytest.raises(
        DataError, match=r"np.copyto writes to an array that cannot hold nodes: make it with .*autograd.full\(shape"
    ):
        np.full_like(np.ones(3), Value(2.0))  # NumPy asks for the first argument only
    t = Tensor([1.0, 2.0])
    for plain in (np.zeros_like(t, dtype=int), np.ones_like(t, dtype=bool), np.zeros_like(Value(1.0)), np.full_like(t, 2, int)):
        assert type(plain) is np.ndarray
    assert np.full_like(np.ones(2), 3.0).tolist() == [3.0, 3.0]


def test_an_array_that_was_assigned_to_is_assigned_as_a_whole():
    def f(x):
        y, z = x * 2.0, x * 3.0
        z *= x
        y[...] = z
        z[0] = 100.0
        w = x * 1.0
        w[:] = y
        return (w * w).sum() + y[0] * z[1]

    x = np.array([1.0, 2.0])
    assert f(Tensor(x)).item() == 9.0 + 144.0 + 3.0 * 12.0
    check_grad(f, x, order=2)
    assert_close(compile(f, tensors=True).grad(x), grad(f)(x), rtol=1e-14)


def test_functions_that_write_to_no_entry():
    x = Tensor([1.0, 2.0])
    y = x * 3.0
    np.put(y, [], [])
    np.place(y, [False, False], [5.0])
    np.putmask(y, [False, False], [7.0, 8.0])
    assert y.tolist() == [3.0, 6.0]
    y.backward([1.0, 1.0])
    assert x.grad.tolist() == [3.0, 3.0]
