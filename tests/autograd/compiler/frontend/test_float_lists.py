"""Lists of floats as arguments: one input of the program each, lists in the function and in the gradient."""

import dataclasses
from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value, compile, sin, tanh
from autograd.compiler.frontend.float_lists import FloatList, pack_float_lists, read_floats_in_c, read_floats_in_python
from autograd.core.pytree import flatten, structure
from autograd.state.engine import native

Pair = namedtuple("Pair", "w b")
READERS = [read_floats_in_python] if native is None else [read_floats_in_python, read_floats_in_c]


@dataclasses.dataclass
class Layer:
    w: list


numbers = st.floats(-2.0, 2.0)
trees = st.recursive(
    numbers | st.lists(numbers, max_size=4) | st.lists(st.lists(numbers, min_size=2, max_size=2), max_size=3),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.sampled_from("abc"), part, max_size=2) | st.builds(Pair, part, part) | part
    ),
    max_leaves=6,
)


def total(tree):
    """A function of all numbers of a tree, each with another weight; it checks that lists are lists."""
    if isinstance(tree, dict):
        return sum((total(part) * (k + 1.5) for k, part in enumerate(tree.values())), 0.0)
    if isinstance(tree, Layer):
        return total(tree.w)
    if isinstance(tree, list | tuple):
        return sum((total(part) * (k + 1.0) for k, part in enumerate(tree)), 0.0)
    assert not isinstance(tree, np.ndarray)
    return sin(tree) * tree


@pytest.mark.parametrize("read", READERS)
@given(st.lists(numbers, min_size=1))
def test_floats_are_read(read, floats):
    array = read(floats)
    assert (array.dtype, array.tolist()) == (np.float64, floats)
    assert array.flags.writeable
    for other in ([], [*floats, 1], [None, *floats], [floats, 2.0], [*floats, np.float64(1.0)]):
        assert read(other) is None


def test_lists_of_many_axes_are_one_array():
    array = np.arange(512.0).reshape((2,) * 9)
    packed = pack_float_lists(array.tolist())
    assert type(packed) is FloatList
    np.testing.assert_array_equal(packed, array)


@given(trees, st.booleans())
def test_gradients_have_the_structure_and_the_numbers_of_eager_ones(tree, tensors):
    def f(x, tree):
        return x * total(tree) + x

    step = compile(f, argnums=(0, 1), tensors=tensors)
    for point in (tree, flatten(tree)[1]([0.5 * x for x in flatten(tree)[0]])):
        value, gradients = step.value_and_grad(0.7, point)
        expected_value, expected = ag.value_and_grad(f, argnums=(0, 1))(0.7, point)
        assert value == pytest.approx(expected_value, rel=1e-12, abs=1e-12)
        assert structure(gradients[1]) == structure(point)
        np.testing.assert_allclose(flatten(gradients)[0], flatten(expected)[0], atol=1e-12)
    assert step.traces == 1


def test_a_list_is_one_input_of_the_program():
    step = compile(lambda x: sum(tanh(v) for v in x))
    for n in (10, 100):
        assert step.grad([0.1] * n) == pytest.approx([1.0 - np.tanh(0.1) ** 2] * n)
        assert "def value_and_gradients(x):" in step.source
    rows = compile(lambda W, v: sum(sum(a * b for a, b in zip(row, v, strict=True)) ** 2 for row in W))
    W, v = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0.5, -1.0]
    assert rows.grad(W, v) == (2.0 * np.outer(np.array(W) @ v, v)).tolist()
    assert "W @ v" in rows.source


def test_ragged_rows_are_one_input_each():
    x = [[0.1, 0.2], [0.3], [], [0.4, 0.5, 0.6]]
    packed = pack_float_lists(x)
    assert [type(part) for part in packed] == [FloatList, FloatList, list, FloatList]
    assert compile(lambda x: sum(v * v for row in x for v in row)).grad(x) == [[0.2, 0.4], [0.6], [], [0.8, 1.0, 1.2]]


def test_what_is_no_list_of_floats_stays_as_it_is():
    node = Value(1.0)
    for tree in ([1, 2.0], [node, 2.0], (1.0, 2.0), [], [[]], [np.float64(1.0), 2.0], Layer([1, 2]), "text", {"a": 1.0}):
        assert structure(pack_float_lists(tree)) == structure(tree)
    layer = Layer([1, 2])
    assert pack_float_lists(layer) is layer
    assert type(pack_float_lists(Layer([1.0, 2.0])).w) is FloatList
    assert compile(lambda x: x[0] * x[1] * 1.0).value_and_grad([3.0, 2.0]) == (6.0, [2.0, 3.0])


def test_lists_of_ints_and_nodes_still_work():
    a, b = Value(2.0), Value(3.0)
    compile(lambda x: x[0] * x[1])([a, b]).backward()
    assert (a.grad, b.grad) == (3.0, 2.0)
    assert compile(lambda x, k: x[k[0]] * k[1])([1.0, 2.0], [1, 3]) == 6.0


def test_dataclasses_keep_their_class():
    step = compile(lambda m, x: sum(a * b for a, b in zip(m.w, x, strict=True)) ** 2)
    gradient = step.grad(Layer([1.0, 2.0]), [3.0, 4.0])
    assert isinstance(gradient, Layer)
    assert gradient.w == [66.0, 88.0]


def test_tangents_of_lists_are_lists():
    f = lambda x, y: sum(a * b * b for a, b in zip(x, y, strict=True))  # noqa: E731
    x, y, dx, dy = [1.0, 2.0], [3.0, 4.0], [0.5, 0.25], [1, 0.0]
    step = compile(f)
    expected = sum(d * b * b + 2.0 * a * b * e for a, b, d, e in zip(x, y, dx, dy, strict=True))
    assert step.jvp((x, y), (dx, dy)) == pytest.approx((41.0, expected))
    assert step.jvp((x, y), ([Tensor(0.5), 0.25], dy))[1].data == pytest.approx(expected)
    assert step.hvp(y, dx, x) == pytest.approx(ag.hvp(lambda y: f(y, x), y, dx))
    square = compile(lambda x: sum(v * v * v for v in x))
    assert square.hvp(x, dx) == pytest.approx([6.0 * 1.0 * 0.5, 6.0 * 2.0 * 0.25])
    with pytest.raises(ag.ShapeError, match="the tangents have the structure"):
        step.jvp((x, y), (dx, [1.0]))


def test_a_number_that_is_taken_for_a_constant_is_found_in_a_list_too():
    step = compile(lambda x: x[0] * x[1]._primal)  # which no tracer sees
    with pytest.raises(ag.GraphError, match="A number that depends on the inputs was taken for a constant"):
        step([2.0, 3.0])


def test_replays_take_lists():
    step = compile(lambda x: sum(sin(v) for v in x), exact=True)
    for x in ([0.1, 0.2], [0.3, 0.4]):
        value, gradient = step.value_and_grad(x)
        assert value == sum(np.sin(x))
        assert gradient == pytest.approx(np.cos(x).tolist())


def test_a_batch_may_have_lists_that_all_samples_share():
    step = compile(lambda w, x: sum(w) * x, in_axes=(None, 0))
    assert step([1.0, 2.0], np.array([1.0, 2.0])).tolist() == [3.0, 6.0]
