"""explain: the chain rule along every path."""

import pytest
from hypothesis import given

import autograd as ag
from autograd import AutogradError, Tensor, Value, explain, gradients
from oracles import assert_close
from value_graphs import value_graphs


@given(value_graphs())
def test_the_products_along_all_paths_add_up_to_the_gradient(graph):
    root, leaves = graph
    for leaf in leaves:
        gradient = gradients(root, leaf)
        try:
            explanation = explain(root, wrt=leaf, most=10**6)
        except AutogradError:
            assert gradient == 0.0
            continue
        assert explanation.routes == len(explanation.paths)
        assert_close(sum(path.product for path in explanation.paths), gradient, rtol=1e-9, atol=1e-9)
        assert_close(explanation.gradient, gradient, rtol=1e-12, atol=1e-12)


def test_explanations_as_text_and_as_latex():
    a, b = Value(3.0, name="a"), Value(-2.0, name="b_1")
    y = a * b + a
    explanation = explain(y, wrt=a)
    assert str(explanation).splitlines()[0] == "∂y/∂a = -1, the sum over 2 paths"
    assert repr(explanation) == str(explanation)
    assert explanation.latex() == (
        "\\begin{align*}\n"
        "\\frac{\\partial y}{\\partial a} &= -1 \\\\\n"
        "&+ \\frac{\\partial y}{\\partial \\mathrm{v1}}\\frac{\\partial \\mathrm{v1}}{\\partial a} = 1 \\cdot (-2) = -2 \\\\\n"
        "&+ \\frac{\\partial y}{\\partial a} = 1 = 1\n"
        "\\end{align*}"
    )
    assert "\\mathrm{b\\_1}" in explain(y, wrt=b).latex()
    assert str(explain(a, wrt=a)) == "∂a/∂a = 1, the sum over 1 path\n  1 = 1"


def test_paths_to_an_interior_node():
    a = Value(2.0)
    m = a * a
    assert explain(m * m + m, wrt=m).gradient == 9.0


def test_all_paths_are_counted_but_few_are_listed():
    a = Value(1.0)
    y = a
    for _ in range(200):
        y = y + y
    explanation = explain(y, wrt=a, most=2)
    assert explanation.routes == 2**200
    assert len(explanation.paths) == 2
    assert str(explanation).endswith(f"… and {2**200 - 2} more")


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda: explain(Value(1.0), wrt=3.0), r"explain\(\) takes two Values, not 3.0"),
        (lambda: explain(Tensor([1.0]), wrt=Value(1.0)), "sum or index a Tensor's entries as Values first"),
        (
            lambda: explain(Value(1.0) * 2.0, wrt=Value(1.0, name="q")),
            r"no path leads from this Value .* to this Value \('q', leaf\)",
        ),
    ],
)
def test_errors_name_the_wrong_input(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


def test_settings_of_an_operation_are_no_paths():
    a = Value(2.0)
    assert explain(ag.leaky_relu(a) * 2.0, wrt=a).routes == 1
