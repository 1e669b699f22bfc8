"""The comparison of two pictures."""

import numpy as np
import pytest

from autograd import GraphError, Tensor, Value
from autograd.viz import draw
from picture_helpers import neuron_graph


def test_diff_of_two_pictures():
    a, b, y = neuron_graph()
    y.backward()
    before = draw(y)
    a2, b2, _ = neuron_graph()
    a2.data = 2.5
    again = (a2 * b2 + 10.0).tanh() * a2 + a2**2
    again.backward()
    changed = draw(again).diff(before)
    assert "Δdata 0.5" in str(changed)
    assert "differ from the other's 8" in changed.drawing.caption
    other = draw((a * b + 10.0).sigmoid() * a + a**2).diff(before)
    assert "✗ only here" in str(other)
    assert "1 only here" in other.drawing.caption
    assert "only there" in other.drawing.caption
    assert draw(y).diff(before).drawing.caption.endswith("; 0 differ from the other's 8")
    with pytest.raises(GraphError, match=r"^diff\(\) compares with another picture"):
        before.diff(y)


def test_diff_shows_nan_infinity_order_and_gradients():
    a = Value(2.0)
    before = draw(a * 3.0)
    for bad, said in ((float("nan"), "⚠ inf"), (float("inf"), "⚠ inf")):
        a.data = bad
        assert "2 differ" in str(draw(a * 3.0).diff(before))
        assert f"Δdata {said}" in str(draw(a * 3.0).diff(before))
    t = Tensor([1.0, 2.0])
    before = draw(t * 3.0)
    t.data = np.array([2.0, 1.0])
    assert "Δdata within the same range" in str(draw(t * 3.0).diff(before))
    a = Value(2.0)
    y = a * 3.0
    before = draw(y)
    y.backward()
    assert "Δgrad 3" in str(draw(y).diff(before))
    assert "Δgrad 3" in str(before.diff(draw(y)))
