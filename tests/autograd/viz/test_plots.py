"""Plots with matplotlib."""

import sys

import numpy as np
import pytest

import nn
from autograd import SettingError, ShapeError, Tensor
from autograd.viz import gradient_flow, landscape, plots, weights


def test_plots_show_the_numbers(monkeypatch):
    model = nn.MLP([4, 3, 3, 2], hidden="relu", rng=0)
    model(np.ones((5, 4))).sum().backward()
    rows = plots.flow(model)
    assert [row.name for row in rows] == [name for name, _ in model.named_parameters()]
    assert rows[0].mean == pytest.approx(np.mean(np.abs(model.layers[0].W.grad)))
    figure = gradient_flow(model)
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == pytest.approx([row.mean for row in rows])
    fresh = nn.MLP([2, 1], rng=0)
    assert gradient_flow(fresh).axes[0].get_yscale() == "linear"
    images = weights(model.layers[0].W)
    assert np.array_equal(images.axes[0].images[0].get_array(), model.layers[0].W.numpy()[0].reshape(2, 2))
    w = Tensor([[3.0, 4.0]])
    before = w.numpy()
    found = plots.surface(lambda: (w * w).sum(), [w], points=5, rng=1)
    assert found.values[2, 2] == 25.0
    assert np.array_equal(w.numpy(), before)
    assert landscape(lambda: (w * w).sum(), [w], points=5, rng=1).axes[0].get_xlabel() == "along the first direction"
    with pytest.raises(
        ShapeError, match=r"^weights\(\): 2 weights do not fill an image of 1 by 1: give shape=\(rows, columns\)(?m:$)"
    ):
        weights(w)
    with pytest.raises(ShapeError, match=r"^weights\(\) takes a matrix \(to, from\), not an array of shape \(2,\)(?m:$)"):
        weights([1.0, 2.0])
    with pytest.raises(SettingError, match=r"^gradient_flow\(\) takes a model with named_parameters\(\), not "):
        gradient_flow(3.0)
    with pytest.raises(SettingError, match=r"needs parameters to move"):
        landscape(lambda: 0.0, [])
    with pytest.raises(SettingError, match=r"points must be a whole number of at least 2, not 1"):
        landscape(lambda: 0.0, [w], points=1)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SettingError, match=r"^plots need matplotlib: pip install 'gradlab\[pictures\]'(?m:$)"):
        gradient_flow(model)
