"""A specialization is compared with the function at moved inputs."""

import warnings
from collections import namedtuple

import numpy as np
import pytest

from autograd import GraphError, compile


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda x, y: x * x._primal if y == 1.0 else x * x, (2.0, 1.0)),
        (lambda x, y: x * x._primal if y[0] == 1.0 else x, (2.0, np.array([1.0, 0.0]))),
        (lambda x: x * x._primal, (2.0,)),
    ],
)
def test_a_label_that_cannot_be_moved_does_not_hide_the_other_inputs(f, args):
    with pytest.raises(GraphError, match="differs from its trace: at other inputs its value is"):
        compile(f)(*args)


def test_inputs_at_an_edge_of_the_domain_are_moved_to_the_other_side():
    def f(x):
        if x > 1.0:
            raise ValueError("above 1")
        return x * x._primal

    with pytest.raises(GraphError, match="differs from its trace"):
        compile(f)(1.0)


def test_errors_and_warnings_at_moved_inputs_are_not_passed_on():
    class Share(namedtuple("Share", "p")):
        def __new__(cls, p):
            if isinstance(p, float) and p > 1.0:
                raise ValueError("p > 1")
            return super().__new__(cls, p)

    assert compile(lambda q: q.p * 2)(Share(1.0)) == 2.0

    def wary(x):
        if x.data > 1.0:
            warnings.warn("above 1", UserWarning, stacklevel=2)
        return x * 2.0

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compile(wary)(1.0) == 2.0


def test_a_different_number_of_results_is_found():
    with pytest.raises(GraphError, match="at other inputs it has 1 results where the function gives 2"):
        compile(lambda x: [x] * (2 if x._primal > 2.0 else 1))(2.0)


def test_constants_that_depend_on_a_batched_input_are_found():
    with pytest.raises(GraphError, match="differs from its trace: at other inputs its value is"):
        compile(lambda x: x * x._primal, in_axes=0)(np.array([2.0, 3.0]))
