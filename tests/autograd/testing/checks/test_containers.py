"""check_grad on containers of inputs and results: it finds the leaf whose derivative is wrong, and calls it as Python would."""

import dataclasses
import re
from collections import OrderedDict, namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import DataError, SettingError, Tensor, Value, stop_gradient
from autograd.core.pytree import flatten
from autograd.testing import WrongValueError, check_grad

Pair = namedtuple("Pair", ["first", "second"])


@dataclasses.dataclass
class Layer:
    weight: object
    bias: object


@st.composite
def leaves(draw):
    shape = draw(st.sampled_from([None, (2,), (1, 3)]))
    size = 1 if shape is None else int(np.prod(shape))
    numbers = [draw(st.integers(-16, 16)) / 8 for _ in range(size)]
    return numbers[0] if shape is None else np.array(numbers).reshape(shape)


def containers(children):
    return st.one_of(
        st.lists(children, min_size=1, max_size=3),
        st.tuples(children, children),
        st.dictionaries(st.sampled_from("abc"), children, min_size=1, max_size=3),
        st.dictionaries(st.integers(0, 3), children, min_size=1, max_size=2).map(OrderedDict),
        st.builds(Pair, children, children),
        st.builds(Layer, children, children),
    )


trees = st.recursive(leaves(), containers, max_leaves=5)


def sum_of_squares(tree, frozen=None):
    """The sum of all squares, in which leaf number ``frozen`` has a wrong derivative."""
    parts = [x * (stop_gradient(x) if i == frozen else x) for i, x in enumerate(flatten(tree)[0])]
    return sum(np.sum(part) for part in parts)


@given(trees, st.data())
def test_the_leaf_that_is_wrong_is_named_by_its_path(tree, data):
    numbers, build = flatten(tree)
    numbers = [x + 3.0 for x in numbers]  # no derivative is zero
    tree = build(numbers)
    assert check_grad(sum_of_squares, tree, order=2).verdict == "pass"
    wrong = data.draw(st.integers(0, len(numbers) - 1))
    report = check_grad(lambda tree: sum_of_squares(tree, wrong), tree, raise_on_fail=False)
    assert (report.fault, report.findings[0].argument) == ("value", wrong)
    path = re.search(r"by input 0(\S*?)(?: at index .*)?:", report.findings[0].message).group(1)
    assert eval("tree" + path) is numbers[wrong]


def test_functions_may_return_containers():
    def f(x, y):
        return {"sum": x + y, "parts": [np.sin(x), (y, 2.0)], "none": []}

    assert check_grad(f, np.array([0.5, 1.0]), 2.0, order=2).verdict == "pass"
    assert check_grad(lambda x: (), 2.0).verdict == "pass"
    with pytest.raises(WrongValueError, match="by input 1"):
        check_grad(lambda x, y: (x, [x * 2.0, stop_gradient(y) * y]), 0.5, 2.0)


def test_object_arrays_and_nodes_are_containers_and_leaves():
    entries = np.array([Value(0.5), Value(2.0)], dtype=object)
    assert check_grad(lambda a: a[0] * a[1], entries).verdict == "pass"
    assert check_grad(lambda pair: np.sum(pair[0] * pair[1]), (Tensor([1.0, 2.0]), Value(3.0))).verdict == "pass"


def test_only_the_inputs_in_argnums_are_differentiated():
    def power(x, n, name):
        assert (n, name) == (3, "cube")
        return x**n

    assert check_grad(power, 2.0, 3, "cube", argnums=0).verdict == "pass"
    assert check_grad(lambda x, y: stop_gradient(x) * y, 2.0, 3.0, argnums=-1).verdict == "pass"
    with pytest.raises(WrongValueError, match="by input 1"):
        check_grad(lambda name, x: stop_gradient(x) * x, "name", 2.0, argnums=(1,))
    with pytest.raises(SettingError, match=r"check_grad\(\): argnums is 2, but the number of positional arguments is 1"):
        check_grad(np.sin, 0.5, argnums=2)


def test_whole_numbers_are_floats_as_in_grad():
    assert check_grad(lambda x, a: np.sum(x * x * a), 3, np.array([1, 2])).verdict == "pass"
    with pytest.raises(DataError, match=r"input 0\['flag'\] is True.*which has no derivative"):
        check_grad(lambda p: p["x"], {"x": 1, "flag": True})
    with pytest.raises(DataError, match=r"input 0\.bias contains nan: pass finite numbers"):
        check_grad(lambda layer: layer.weight, Layer(1.0, np.nan))


def test_the_domain_of_a_container_holds_for_its_leaves():
    def roots(p, x):
        return np.sqrt(p["a"]) + np.sqrt(p["b"]) * x

    assert check_grad(roots, {"a": 0.25, "b": 1.0}, -1.0, domains=[(0.0, 2.0), None]).verdict == "pass"
    with pytest.raises(DataError, match=r"input 0\['b'\] is outside of its domain from 0 to 2"):
        check_grad(roots, {"a": 0.25, "b": 3.0}, -1.0, domains=[(0.0, 2.0), None])
    with pytest.raises(SettingError, match=r"check_grad\(\): 1 domains for 2 inputs"):
        check_grad(roots, {"a": 0.25, "b": 3.0}, -1.0, domains=[None])


def test_every_part_of_the_contract_names_the_leaf():
    apart = ag.define("containers_apart", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a + 1e-3)
    with pytest.raises(WrongValueError, match=r"by input 1\.second\[0\]") as caught:
        check_grad(lambda x, pair: x * apart(pair.second[0]), 1.0, Pair(2.0, [3.0]))
    assert "containers_apart" in caught.value.report.blame
