"""The public functions: a function that a module of numpy_api/functions defines is autograd.<name>, without another entry."""

import inspect
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd.numpy_api.functions import FUNCTIONS
from autograd.ops import TABLE, Elementwise


def test_every_public_function_is_in_the_package_and_in_its_list_of_names():
    assert set(FUNCTIONS) <= set(ag.__all__)
    assert all(getattr(ag, name) is function for name, function in FUNCTIONS.items())


def test_no_name_is_listed_twice():
    assert len(set(ag.__all__)) == len(ag.__all__)


def test_a_star_import_takes_the_listed_names_and_no_others():
    namespace = {}
    exec("from autograd import *", namespace)
    assert set(namespace) - {"__builtins__"} == set(ag.__all__)


def test_every_elementwise_row_that_is_no_helper_of_another_has_a_public_name():
    helpers = {name for name in TABLE if name.endswith(("_slope", "_derivative"))}
    rows = {
        op.name
        for op in TABLE.values()
        if isinstance(op, Elementwise) and op.f.__module__.startswith("autograd.ops") and not op.library
    }
    assert rows - helpers <= set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_functions_are_documented_and_know_their_names(name):
    function = FUNCTIONS[name]
    assert function.__name__ == name
    assert pickle.loads(pickle.dumps(function)) is function
    sections = ("Parameters", "Returns", "Examples")
    assert all(f"{section}\n{'-' * len(section)}" in inspect.getdoc(function) for section in sections)


def test_helpers_and_imports_of_the_modules_are_not_public():
    assert not {"np", "find", "Tensor", "Any", "apply", "elementwise", "shapes"} & set(FUNCTIONS)
    assert not any(name.startswith("_") for name in FUNCTIONS)
    assert not hasattr(ag, "np")


def test_a_row_of_the_user_may_have_the_name_of_a_module():
    shapes = ag.define("shapes", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a)
    assert ag.grad(ag.grad(shapes))(3.0) == 2.0
    assert np.array_equal(ag.hessian(lambda x: ag.sum(shapes(x)))(np.ones(2)), 2.0 * np.eye(2))
