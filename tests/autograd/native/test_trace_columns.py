"""Traced nodes as columns: C gives what Python gives, keeps the order of the program, and loses no memory."""

import gc
import sys

import numpy as np
import pytest
from hypothesis import given

import autograd as ag
from autograd import Tensor, Value
from autograd.compiler.frontend import scalar_graph_builder, traced_run
from autograd.compiler.frontend.arguments import Call
from autograd.compiler.frontend.trace import trace_function
from autograd.state.engine import native
from autograd.testing import strategies

pytestmark = pytest.mark.skipif(native is None, reason="tests the native engine")


def trace(f, *args):
    return trace_function(f, Call(args, {}, None).make_nodes, 10**6)


def columns(traced):
    graph = traced.scalar_graph
    return graph.op_ids, graph.first_args, graph.second_args, graph.third_args, graph.values, list(map(str, graph.ops))


@pytest.fixture(scope="module")
def python_loop():
    """Trace with the loop in Python, on the same nodes."""

    def trace_in_python(f, *args):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scalar_graph_builder, "native", None)
            patch.setattr(traced_run, "native", None)
            return trace(f, *args)

    return trace_in_python


@given(program=strategies.programs(scalar=True))
def test_columns_are_those_of_python(python_loop, program):
    numbers = [float(x) for x in program.inputs]
    f = lambda *xs: program(*xs) * 1.0  # noqa: E731 - a program may return its input
    np.testing.assert_equal(columns(trace(f, *numbers)), columns(python_loop(f, *numbers)))


def test_nodes_keep_the_order_of_the_program(python_loop):
    w = Value(0.5)

    def f(x, y):
        unused = x * 7.0  # noqa: F841 - nothing depends on it
        late = 2.0 - y
        mask = x > 0.5
        first = ag.where(mask, x * x, y) + w
        array = Tensor([1.0, 2.0]) * x
        return {"b": array.sum() * late, "a": ag.clip(first, 0.0, 1.0) ** 2}

    traced = trace(f, 0.7, 0.2)
    np.testing.assert_equal(columns(traced), columns(python_loop(f, 0.7, 0.2)))
    names = [getattr(op := traced.scalar_graph.ops[i].op, "name", op) for i in traced.scalar_graph.op_ids if i >= 0]
    assert names == ["subtract", "multiply", ">", "where", "add", "clip", "power"]


def test_references_are_given_back():
    def f(x):
        return sum((x * k + 1.0).tanh() for k in range(50))

    trace(f, 0.3)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(20):
        trace(f, 0.3)
    gc.collect()
    assert sys.getallocatedblocks() - before < 200  # one lost object a node would be 3 000


def test_what_python_raises_is_raised_and_damaged_nodes_are_left_to_python():
    def fail(x):
        raise KeyError(x)

    nodes = [Value(2.0) * 3.0]
    with pytest.raises(KeyError):
        native.add_scalar_nodes(nodes, 0, ([], [], [], []), {}, {}, fail, fail)
    assert native.add_scalar_nodes([Value(1.0), *nodes], 0, ([], [], [], []), {}, {}, fail, fail) == 0
    assert native.add_scalar_nodes(nodes, 5, ([], [], [], []), {}, {}, fail, fail) == 5
    with pytest.raises(TypeError):
        native.add_scalar_nodes(nodes, 0, ([], [], []), {}, {}, fail, fail)
    with pytest.raises(TypeError):
        native.nodes_with_stamp(tuple(nodes), 1)
