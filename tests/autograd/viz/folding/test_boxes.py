"""What boxes show: names, shapes, numbers, warnings, errors and colours."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, define, scope
from autograd.testing import GradientError, blame, check_grad
from autograd.viz import draw
from picture_helpers import page_data


def test_boxes_have_the_names_of_modules_and_parameters():
    model = nn.MLP([2, 3, 1], rng=0)
    with model.scopes():
        y = model([[1.0, 2.0]])
    text = str(draw(y.sum()))
    assert "layers.0.W" in text
    assert "layers.1.b" in text
    assert draw(y.sum()).to_mermaid().count("subgraph") == 2
    model.tied = model.layers[0]  # found twice, named once
    model.layers[0].W.name = "mine"
    with model.scopes():
        assert model([[1.0, 2.0]]).scope == "layers/1"
    assert model.layers[0].W.name == "mine"
    with scope("around"):
        x = Value(1.0) * 2.0
        assert draw(x).to_svg().count('class="group"') == 1
    between = x.exp()
    with scope("around"):
        z = between * 2.0
    assert draw(z).to_svg().count('class="group"') == 0  # one that is not of the group stands among them


def test_nan_infinity_and_zero_are_marked():
    x = Value(0.0, name="x")
    y = x.log() * 0.0 + Value(1.0, name="unused") * 0.0
    y.backward()
    text = str(draw(y))
    assert "⚠ -inf" in text
    assert "⚠ nan" in text
    assert "⚑ first inf of the forward pass, and of the backward pass" in text
    assert "grad 0 ○" in text
    square = Value(0.0, name="x").sqrt() ** 2
    square.backward()
    assert "⚑ first nan or inf of the backward pass" in str(draw(square))
    t = Tensor([0.0, 1.0, np.nan])
    many = str(draw(t * 2.0))
    assert "⚠ 1 nan" in many
    assert "data 0 … 2" in many
    assert "data ⚠ nan" in str(draw(Tensor([np.nan, np.nan]) * 1.0))
    assert "data empty" in str(draw(Tensor(np.zeros((0, 2))) * 1.0))
    folded = draw([Value(float("nan")) * 2.0 for _ in range(3)], fold="structure")
    assert "⚠ nan" in str(folded)
    assert "∂ 2" in str(folded)
    assert 'class="box op root warned many' in folded.to_svg()
    infinite = draw([(Value(0.0) ** -1.0) for _ in range(3)], fold="structure")
    assert "⚠" in str(infinite)


def test_tensors_show_shape_and_summary():
    W, x = Tensor(np.arange(6.0).reshape(2, 3), name="W"), Tensor([1.0, 2.0, 3.0], name="x")
    y = (W @ x).tanh().sum()
    text = str(draw(y))
    assert "W   shape 2×3, data 0 … 5" in text
    assert "@   shape 2" in text
    y.backward()
    data = page_data(draw(y).to_html())
    assert data["boxes"][0]["told"][:2] == ["shape 2×3", "data 0 … 5"]
    assert data["boxes"][2]["operation"] == "matmul"
    assert "tanh ×3   shape 2, data 1" in str(draw([(Tensor([9.0, 9.0]) * 4.0).tanh() for _ in range(3)], fold="structure"))


def test_the_guilty_node_is_marked():
    wrong = define("wrong_in_a_picture", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a + 0.1)
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x: wrong(x).exp() * x, 0.5)
    g = draw(caught.value)
    (guilty,) = [box for box in g.drawing.boxes if box.is_guilty]
    assert guilty.title == "✗ wrong_in_a_picture"
    assert 'class="box op guilty' in g.to_svg()
    assert "✗ wrong_in_a_picture" in str(g)
    assert 'fontcolor="#b00020"' in g.to_dot()
    assert "style n" in g.to_mermaid()
    x = Value(0.5)
    y = wrong(x).exp()
    assert [box.is_guilty for box in draw(blame(y)).drawing.boxes] == [False, True, False]
    shades = [box.shade for box in draw(y, color="error").drawing.boxes]
    assert shades == [0, 6, 0]
    assert draw(y, color="error", fold="structure").drawing.boxes[1].shade == 6
    raising = define("raising_in_a_picture", lambda xp, a: a * a, lambda xp, y, a: xp.no_such_function(a))
    assert draw(raising(Tensor([1.0])), color="error", show=("data",)).drawing.boxes[1].shade == 6


def test_colours_are_steps_of_ten():
    x = Value(1.0)
    y = x * 0.01 + Value(0.0) * 5.0
    assert draw(y, color="data").drawing.boxes[0].shade == 6
    assert {box.shade for box in draw(y, color=None).drawing.boxes} == {None}
    assert {box.shade for box in draw(y).drawing.boxes} == {None}  # no gradient yet
    bad = draw(Value(float("nan")) * 2.0, color="data")
    assert {box.shade for box in bad.drawing.boxes} <= {0, None}


def test_a_denormal_gradient_has_a_colour():
    x = Value(2.0)
    y = x * 1e-310
    y.backward()
    assert [box.shade for box in draw(y).drawing.boxes] == [0, 6]
    assert draw(Value(1e-320) + Value(1e300), color="data").drawing.boxes[0].shade == 0
    assert draw(Value(float("nan")) * 2.0, color="error").drawing.boxes[1].shade is None


def test_errors_that_cannot_be_measured_have_no_colour(monkeypatch):
    def fails(nodes, call):
        raise ArithmeticError("nothing to measure")

    monkeypatch.setattr("autograd.viz.snapshots.node_errors.check_nodes", fails)
    assert draw(Value(1.0) * 2.0, color="error").drawing.boxes[1].shade is None
