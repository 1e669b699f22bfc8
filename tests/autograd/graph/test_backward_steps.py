"""The backward pass as something to watch, and the chain rule explained path by path."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import AutogradError, Tensor, Value, explain, gradients
from oracles import same


@st.composite
def graphs(draw):
    """A random graph of Values and its leaves."""
    leaves = [Value(draw(st.floats(-2, 2)), name=name) for name in "abc"]
    nodes = list(leaves)
    for _ in range(draw(st.integers(1, 12))):
        x, y = (nodes[draw(st.integers(0, len(nodes) - 1))] for _ in range(2))
        nodes.append(
            draw(st.sampled_from([lambda x, y: x + y, lambda x, y: x * y, lambda x, y: x.tanh(), lambda x, y: x - y]))(x, y)
        )
    return nodes[-1], leaves


@given(graphs())
def test_the_last_step_leaves_the_gradients_of_backward(graph):
    root, leaves = graph
    arrived, done, seen = {root: 1.0}, {root}, []
    for step in root.backward_steps():
        assert step.node in done  # its cotangent is complete when its turn comes
        assert step.cotangent == arrived[step.node]
        seen.append(step.node)
        for push in step.pushes:
            arrived[push.source] = push.arrived
            assert 1 <= push.heard <= push.consumers
            if push.complete:
                done.add(push.source)
    assert len(seen) == len(set(seen))
    assert all(leaf.grad == 0.0 for leaf in leaves)
    root.backward()
    assert all(leaf.grad == arrived.get(leaf, 0.0) for leaf in leaves)
    assert all(node.grad == arrived[node] for node in seen)


def test_steps_of_tensors():
    t = Tensor([1.0, 2.0])
    (last,) = [push for step in (t * 3.0).backward_steps([1.0, 10.0]) for push in step.pushes]
    same(last.contribution, [3.0, 30.0])
    assert last.complete
    assert last.position == 0


@given(graphs())
def test_the_products_along_all_paths_add_up_to_the_gradient(graph):
    root, leaves = graph
    for leaf in leaves:
        gradient = gradients(root, leaf)
        try:
            told = explain(root, wrt=leaf, most=10**6)
        except AutogradError:
            assert gradient == 0.0
            continue
        assert told.routes == len(told.paths)
        same(sum(path.product for path in told.paths), gradient, rtol=1e-9, atol=1e-9)
        same(told.gradient, gradient, rtol=1e-12, atol=1e-12)


def test_explanations_print_and_typeset():
    a, b = Value(3.0, name="a"), Value(-2.0, name="b_1")
    y = a * b + a
    told = explain(y, wrt=a)
    assert str(told).splitlines()[0] == "∂y/∂a = -1, the sum over 2 paths"
    assert repr(told) == str(told)
    assert told.latex() == (
        "\\begin{align*}\n"
        "\\frac{\\partial y}{\\partial a} &= -1 \\\\\n"
        "&+ \\frac{\\partial y}{\\partial \\mathrm{v1}}\\frac{\\partial \\mathrm{v1}}{\\partial a} = 1 \\cdot (-2) = -2 \\\\\n"
        "&+ \\frac{\\partial y}{\\partial a} = 1 = 1\n"
        "\\end{align*}"
    )
    assert "\\mathrm{b\\_1}" in explain(y, wrt=b).latex()
    assert str(explain(a, wrt=a)) == "∂a/∂a = 1, the sum over 1 path\n  1 = 1"


def test_paths_may_end_between():
    a = Value(2.0)
    m = a * a
    assert explain(m * m + m, wrt=m).gradient == 9.0


def test_a_great_many_paths_are_counted_and_not_written():
    a = Value(1.0)
    y = a
    for _ in range(200):
        y = y + y
    told = explain(y, wrt=a, most=2)
    assert told.routes == 2**200
    assert len(told.paths) == 2
    assert str(told).endswith(f"… and {2**200 - 2} more")


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda: explain(Value(1.0), wrt=3.0), r"explain\(\) takes two Values, not 3.0"),
        (lambda: explain(Tensor([1.0]), wrt=Value(1.0)), "sum or index a Tensor's entries as Values first"),
        (
            lambda: explain(Value(1.0) * 2.0, wrt=Value(1.0, name="q")),
            r"no path leads from this Value .* to this Value \('q', leaf\)",
        ),
        (lambda: Tensor(np.ones(2)).backward_steps(), r"backward\(\) starts from one number"),
    ],
)
def test_wrong_input_is_named(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


def test_settings_do_not_count_as_paths():
    a = Value(2.0)
    assert explain(ag.leaky_relu(a) * 2.0, wrt=a).routes == 1
