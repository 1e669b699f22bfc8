"""Plots with matplotlib."""

import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

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


def find_faults(figure):
    """Texts that meet another text of the figure, or lie outside of it."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    shown = [axes for axes in figure.axes if axes.axison]
    ends = [(axis, sorted(axis.get_view_interval())) for axes in shown for axis in (axes.xaxis, axes.yaxis)]
    ticks = [tick for axis, (low, high) in ends for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    texts = [axes.title for axes in figure.axes] + [axis.label for axis, _ in ends]
    texts += [label for tick in ticks for label in (tick.label1, tick.label2)]
    places = [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_visible() and text.get_text()]
    inside = figure.bbox.padded(1.0)
    faults = [
        f"{name} is cut"
        for name, box in places
        if not (inside.containsx(box.x0) and inside.containsx(box.x1) and inside.containsy(box.y0) and inside.containsy(box.y1))
    ]
    rotated = {text.get_text() for text in texts if text.get_rotation() % 90}  # their rectangles meet, their letters do not
    upright = [(name, box) for name, box in places if name not in rotated]
    return faults + [f"{a} meets {b}" for n, (a, p) in enumerate(upright) for b, q in upright[:n] if p.padded(-1.0).overlaps(q)]


@pytest.mark.parametrize("size", [1, 12, 30])
def test_texts_of_plots_are_not_cut_and_do_not_meet(size):
    model = nn.MLP([4, size, size, 2], rng=0)
    model(np.ones((5, 4))).sum().backward()
    pictures = [weights(model.layers[0].W), weights(model.layers[1].W, shape=(1, size)), gradient_flow(model)]
    w = Tensor([1e6, 3.0])
    pictures.append(landscape(lambda: (w * w).sum(), [w], points=5, rng=1))
    assert [find_faults(figure) for figure in pictures] == [[], [], [], []]
    pictures[0].axes[0].set_title("a title that is much wider than its image")
    assert find_faults(pictures[0]) != []


def test_weights_have_the_colours_of_their_signs():
    negative, zero, positive = weights([[-1.0, 0.0, 1.0, 1.0]], shape=(1, 4)).axes[0].images[0].cmap([0.0, 0.5, 1.0])
    assert negative[0] > negative[1] > negative[2]  # orange
    assert max(zero) - min(zero) < 0.1
    assert positive[2] > positive[1] > positive[0]  # blue
