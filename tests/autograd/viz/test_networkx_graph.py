"""Graphs of the package networkx: its algorithms find the gradient as the sum over paths, and nothing is lost."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import GraphError, SettingError, Tensor, Value, scope
from autograd.viz import to_networkx
from docstring_examples import run_examples

networkx = pytest.importorskip("networkx", reason="networkx is an extra")


def sum_over_paths(graph, source, target):
    """The sum over all paths of the products of the local derivatives."""
    paths = networkx.all_simple_edge_paths(graph, source, target)
    return sum(np.prod([graph.edges[edge]["local"] for edge in path]) for path in paths)


NUMBERS = st.floats(0.5, 2.0)


@given(NUMBERS, NUMBERS)
def test_the_gradient_is_the_sum_over_the_paths(a, b):
    x, y = Value(a, name="x"), Value(b, name="y")
    z = (x * x - 2.0) * y / (x + y) ** 2
    graph = to_networkx(z)
    number = {name: i for i, name in graph.nodes(data="name")}
    (root,) = graph.graph["roots"]
    by_x = 2 * a * b / (a + b) ** 2 - 2 * (a * a - 2) * b / (a + b) ** 3
    by_y = (a * a - 2) / (a + b) ** 2 - 2 * (a * a - 2) * b / (a + b) ** 3
    assert sum_over_paths(graph, number["x"], root) == pytest.approx(by_x)
    assert sum_over_paths(graph, number["y"], root) == pytest.approx(by_y)


def test_nodes_and_edges_have_what_the_graph_has():
    with scope("layer"):
        w, x = Tensor([1.0, 2.0], name="w"), Value(3.0)
    y = ((w - 1.0) * x).sum()
    y.backward()
    graph = to_networkx(y)
    nodes = {graph.nodes[i]["op"] or graph.nodes[i]["name"] or "x": i for i in graph}
    assert list(graph) == sorted(graph)
    assert all(tail < head for tail, head in graph.edges())
    assert set(nodes) == {"layer/w", "x", "subtract", "multiply", "sum"}
    leaf = graph.nodes[nodes["layer/w"]]
    assert (leaf["data"].tolist(), leaf["grad"].tolist(), leaf["constants"]) == ([1.0, 2.0], [3.0, 3.0], {})
    assert (graph.nodes[nodes["x"]]["data"], graph.nodes[nodes["x"]]["grad"]) == (3.0, 1.0)
    assert graph.nodes[nodes["subtract"]]["constants"] == {1: 1.0}
    assert graph.edges[nodes["x"], nodes["multiply"], 1]["local"].tolist() == [0.0, 1.0]
    assert graph.edges[nodes["multiply"], nodes["sum"], 0]["local"] is None
    assert graph.graph["roots"] == [nodes["sum"]]


def test_the_graph_does_not_change_with_the_nodes():
    t = Tensor([1.0, 2.0])
    y = (t * t).sum()
    y.backward()
    graph = to_networkx(y)
    t.data[:] = 5.0
    t.grad[:] = 5.0
    assert graph.nodes[0]["data"].tolist() == [1.0, 2.0]
    assert graph.nodes[0]["grad"].tolist() == [2.0, 4.0]


def test_an_argument_that_is_used_twice_has_two_edges():
    x = Value(2.0)
    graph = to_networkx([x * x, x])
    assert [(key, local) for *_, key, local in graph.edges(keys=True, data="local")] == [(0, 2.0), (1, 2.0)]
    assert graph.graph["roots"] == [1, 0]


def test_gradients_that_are_graphs_and_complex_numbers_are_numbers():
    x = Value(2.0)
    (x**3).backward(create_graph=True)
    assert to_networkx(x * 1.0).nodes[0]["grad"] == 12.0
    assert to_networkx(ag.sum(Tensor([1.0, 1j]))).nodes[0]["data"].tolist() == [1.0, 1j]


def test_what_is_no_graph_is_refused(monkeypatch):
    with pytest.raises(
        GraphError, match=r"^to_networkx\(\) takes a Value, a Tensor or a list of them, as in to_networkx\(loss\), not 3"
    ):
        to_networkx(3)
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(SettingError, match=r"^to_networkx\(\) needs the package networkx: pip install 'gradlab\[networkx\]'"):
        to_networkx(Value(1.0))


def test_the_example_of_the_docstring_runs():
    assert run_examples(to_networkx).failed == 0
