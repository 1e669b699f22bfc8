"""The colours: signs by hue, magnitudes by strength, text that can be read on all of them, and the directions of arrow heads."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Tensor, Value
from autograd.viz import draw
from autograd.viz.folding.colour_scale import colour_steps
from autograd.viz.formats.svg_style import DARK_FILLS, LIGHT_FILLS
from autograd.viz.network import network
from picture_helpers import SVG_NAMESPACE, neuron_graph, svg_parts


@given(st.lists(st.floats(allow_nan=True), min_size=1, max_size=8))
def test_a_step_has_the_sign_of_its_number_and_steps_grow_with_magnitudes(numbers):
    steps = colour_steps(numbers)
    for number, step in zip(numbers, steps, strict=True):
        assert (step is None) == (not math.isfinite(number))
        assert step is None or step == 0 or (step > 0) == (number > 0)
    pairs = sorted((abs(number), abs(step)) for number, step in zip(numbers, steps, strict=True) if step is not None)
    assert [step for _, step in pairs] == sorted(step for _, step in pairs)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("fills", "ink"), [(LIGHT_FILLS, "#16181d"), (DARK_FILLS, "#f1f2f4")])
def test_text_can_be_read_on_every_colour(fills, ink):
    for colour in fills.values():
        high, low = sorted((luminance(colour), luminance(ink)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_signs_have_colours_of_their_own():
    a, b = Value(2.0, name="a"), Value(3.0, name="b")
    y = a * 2.0 - b * 0.5
    y.backward()
    shades = {box.title: box.shade for box in draw(y).drawing.boxes}
    assert shades["a"] == 6
    assert shades["b"] == -5
    assert draw(y).drawing.legend.largest == 2.0
    svg = draw(y).to_svg()
    assert "gradient -2" in svg
    colours = [link.attrib["class"] for link in svg_parts(svg)[1]]
    assert any(" p" in colour for colour in colours)
    assert any(" n" in colour for colour in colours)


def test_a_box_with_both_signs_has_both_colours():
    t = Tensor([-1.0, 2.0])
    y = (t * t).sum()
    y.backward()
    box = draw(y).drawing.boxes[0]
    assert (box.low_shade, box.shade) == (-5, 6)
    halves = svg_parts(draw(y).to_svg())[0][0].findall(f"{SVG_NAMESPACE}path")
    assert [half.attrib["class"] for half in halves] == ["n5"]
    assert {link.shade for link in draw(y).drawing.links} == {None, 6}


def test_the_coloured_half_is_inside_of_the_outline_which_is_wider_around_the_root():
    t = Tensor([-1.0, 2.0])
    y = t * 3.0
    y.backward(np.array([1.0, -2.0]))
    insets = []
    for box in svg_parts(draw(y).to_svg())[0]:
        top = float(box.find(f"{SVG_NAMESPACE}rect").attrib["y"])
        start = re.match(r"M[\d.]+,([\d.]+)H", box.find(f"{SVG_NAMESPACE}path").attrib["d"])
        insets.append(round(float(start[1]) - top, 1))
    assert insets == [0.5, 1.8]  # half of an outline of 1, and of 3.5


@pytest.mark.parametrize(("direction", "head"), [("LR", "l-7,-3.5v7z"), ("RL", "l7,-3.5v7z"), ("TB", "l-3.5,-7h7z")])
def test_arrow_heads_point_in_the_direction_of_reading(direction, head):
    svg = draw(neuron_graph()[2], direction=direction).to_svg()
    heads = re.findall(r'class="head" d="M[^l]*(l[^"]*)"', svg)
    assert heads == [head] * 9


def test_a_backward_edge_has_its_head_on_the_other_side():
    x = Value(0.5)
    for _ in range(40):
        x = (x * 0.9).tanh() + (x * 0.1).tanh()
    svg = draw(x, fold="structure").to_svg()
    assert "l7,-3.5v7z" in svg


def test_pictures_can_share_a_document():
    """Nothing in an SVG has an id, so that two of them cannot refer to each other's parts."""
    for svg in (draw(neuron_graph()[2]).to_svg(), network([2, 2]).to_svg()):
        assert not re.search(r"\bid=|url\(", svg)


def test_layers_have_their_names():
    svg = network([3, 4, 1], names=["pixels", "wider than its layer", "digit"]).to_svg()
    for name in ("pixels", "wider than its layer", "digit"):
        assert re.search(f"<text [^>]*>{name}</text>", svg)
    svg = network([3, 4, 1], names=["a name that would cover the next layer", "hidden", "digit"]).to_svg()
    assert re.search(r"<text [^>]*>hidden</text>", svg)
    assert not re.search(r"<text [^>]*>a name that", svg)
