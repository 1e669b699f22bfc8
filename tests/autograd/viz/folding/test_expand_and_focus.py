"""Parts of a picture: boxes taken apart, neighbourhoods of a node, numbers and names of boxes."""

import numpy as np
import pytest

from autograd import GraphError, Value, scope
from autograd.viz import draw


def test_expanding_takes_boxes_apart():
    w = [Value(float(i), name=f"w{i}") for i in range(5)]
    y = sum(v * v for v in w)
    g = draw(y, fold="structure")
    assert [box.count for box in g.drawing.boxes] == [5, 5, 5]
    assert g.nodes(0) == w
    apart = g.expand(0)
    assert sorted(box.title for box in apart.drawing.boxes if box.kind == "leaf") == ["w0", "w1", "w2", "w3", "w4"]
    sums = g.expand(2)
    assert sum(box.title == "+" for box in sums.drawing.boxes) == 4
    alone = g.expand(w[3])
    assert {box.title for box in alone.drawing.boxes} >= {"w3", "leaf ×4", "×", "multiply ×4"}
    with pytest.raises(GraphError, match=r"^there is no box 9: the boxes have the numbers 0 to 2(?m:$)"):
        g.expand(9)
    with pytest.raises(GraphError, match=r"^0 boxes are called 'no': give the number of one, as print\(g\) shows it(?m:$)"):
        g.expand("no")
    many = draw(sum(Value(float(i)) * 2.0 for i in range(2500)))
    with pytest.raises(GraphError, match=r"has 2500 parts: expand one node of it"):
        many.expand(0)


def test_boxes_have_the_numbers_that_are_shown():
    w = [Value(float(i), name=f"w{i}") for i in range(4)]
    y = ((w[0] * w[1]).tanh() + (w[2] * w[3]).exp()).sin()
    near = draw(y).focus(w[3], up=1, down=0)
    assert near.nodes(0) == [w[3]]
    assert near.nodes(np.int64(0)) == near.nodes("w3")
    with pytest.raises(GraphError, match=r"there is no box 9: the boxes have the numbers 0 to 1"):
        near.nodes(9)


def test_expanding_a_box_keeps_the_names_of_the_others():
    with scope("A"):
        a = Value(2.0, name="a")
        b = a * 3.0 + a
    with scope("B"):
        c = (b * b).tanh()
    with scope("C"):
        d = c.exp() * c
    g = draw(d, fold="scope").expand("A")
    assert [box.title for box in g.drawing.boxes][-2:] == ["B", "C"]
    assert [box.title for box in g.expand("B").drawing.boxes][-1] == "C"
