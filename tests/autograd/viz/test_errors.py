"""What draw, network and the plots say about wrong arguments."""

import numpy as np
import pytest

import nn
from autograd import GraphError, SettingError, ShapeError, Value
from autograd.testing import check_vjp
from autograd.viz import draw, gradient_flow, network, weights
from picture_helpers import neuron_graph


def test_errors_of_draw_and_of_pictures(tmp_path):
    y = neuron_graph()[2]
    for bad in (3.0, "loss", [], [y, 2.0], None):
        with pytest.raises(GraphError, match=r"^draw\(\) takes a Value, a Tensor or a list of them, as in draw\(loss\), not "):
            draw(bad)
    with pytest.raises(GraphError, match=r"with model.scopes\(\): y = model\(x\); draw\(y\)"):
        draw(nn.MLP([2, 1]))
    with pytest.raises(SettingError, match=r"^draw\(\): color must be one of 'grad', 'data', 'error', None, not 'red'(?m:$)"):
        draw(y, color="red")
    with pytest.raises(SettingError, match=r"direction must be one of 'LR', 'RL', 'TB', not 'BT'"):
        draw(y, direction="BT")
    with pytest.raises(SettingError, match=r"show must be one of 'data', 'grad', 'local', not 'name'"):
        draw(y, show=("name",))
    with pytest.raises(SettingError, match=r"max_nodes must be a whole number of at least 1, not 0"):
        draw(y, max_nodes=0)
    with pytest.raises(SettingError, match=r"^fold\(\): by must be one of 'structure', 'scope', 'depth', not 'size'(?m:$)"):
        draw(y, fold="size")
    with pytest.raises(SettingError, match=r"hops must be a whole number of at least 0, not -1"):
        draw(y).fold(hops=-1)
    with pytest.raises(SettingError, match=r"focus\(\): up must be a whole number of at least 0, not 1.5"):
        draw(y).focus(y, up=1.5)
    with pytest.raises(GraphError, match=r"is not in this graph of 8 nodes(?m:$)"):
        draw(y).focus(Value(1.0))
    for path in (tmp_path / "no" / "y.svg", tmp_path):
        with pytest.raises(SettingError, match=r"^the picture cannot be written to "):
            draw(y).to_svg(path)
    assert list(tmp_path.iterdir()) == []
    draw(y).to_html(tmp_path / "y.html")
    assert [path.name for path in tmp_path.iterdir()] == ["y.html"]
    with pytest.raises(GraphError, match=r"has no graph: it is of a rule"):
        draw(check_vjp(np.sin, lambda xs, g: (g * np.cos(xs[0]),), (0.5,)))


@pytest.mark.parametrize(
    ("attempt", "error", "text"),
    [
        (
            lambda: draw(Value(1.0) * 2.0).focus(0),
            GraphError,
            r"expand\(\) and focus\(\) take a node of the graph, not 0 of type int",
        ),
        (lambda: draw(Value(1.0), show=None), SettingError, "show must be a tuple of 'data', 'grad', 'local', not None"),
        (lambda: draw(Value(1.0), color=np.ones(2)), SettingError, "color must be one of"),
        (lambda: network(None), SettingError, "takes the sizes of at least two layers"),
        (lambda: network(nn.Linear(2, 3)), SettingError, "takes the sizes of at least two layers"),
        (lambda: network(nn.MLP), SettingError, "takes the sizes of at least two layers"),
        (lambda: network([3, 2], names=5), SettingError, "names must be a list of strings, one for each layer, not 5"),
        (lambda: weights(np.zeros((0, 4))), ShapeError, r"takes a matrix \(to, from\), not an array of shape \(0, 4\)"),
        (lambda: weights(np.zeros((2, 4)), shape=4), SettingError, r"shape must be a pair \(rows, columns\), not 4"),
        (lambda: weights(np.zeros((2, 4)), shape=(-2, -2)), SettingError, "shape must be a pair"),
        (lambda: weights([["a"]]), ValueError, "weights"),
        (lambda: gradient_flow(nn.MLP), SettingError, "takes a model with named_parameters"),
    ],
)
def test_errors_name_the_wrong_argument(attempt, error, text):
    with pytest.raises((error, TypeError) if error is ValueError else error, match=text):
        attempt()
