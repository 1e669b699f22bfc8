"""The HTML page: its size, its policy, and the numbers that its script reads."""

import json
import re

import numpy as np

from autograd import Tensor, Value, anomaly, define
from autograd.viz import draw
from autograd.viz.formats.page_drawings import page_drawings
from picture_helpers import data_of, neuron_graph, page_data


def test_the_page_is_small_and_runs_only_its_own_script():
    g = draw(neuron_graph()[2])
    html, svg = g.to_html(), "".join(page_drawings(g.drawing))
    data = json.dumps(page_data(html))
    assert len(html) - len(svg) - len(data) < 70_000
    assert "default-src 'none'" in html
    assert not re.search(r"https?://(?!www\.w3\.org)", html)


def test_the_facts_of_a_node():
    with anomaly():
        x = Value(0.5, name="x")
        y = x.sin()
    odd = define("odd_in_a_picture", lambda xp, a: a * (1.0 if a > 0 else 2.0), lambda xp, y, a: 1.0)
    z = odd(y)
    data = page_data(draw(z).to_html())
    facts = [dict(box["facts"]) | dict(data["operations"].get(box["operation"], ())) for box in data["boxes"]]
    assert facts[1]["formula"] == "y = sin(a)"
    assert facts[1]["∂y/∂a"] == "cos(a)"
    assert "x.sin()" in facts[1]["made at"]
    assert facts[1]["value"] == repr(float(np.sin(0.5)))
    assert facts[2]["formula"] == "y = not known in symbols"


def test_hidden_paths_and_broadcasts_have_no_products_of_derivatives():
    a = Value(2.0, name="a")
    y = (a * 3.0).sin().exp().tanh() * a
    y.backward()
    assert data_of(draw(y))["single"]
    assert not data_of(draw(y).focus(a, up=1, down=0))["single"]
    s = Tensor(1.0, name="s") + Tensor([1.0, 2.0, 3.0])
    assert data_of(draw(s))["links"][0]["local"] is None


def test_boxes_have_a_line_for_the_player_and_tables_show_nan_and_empty():
    a = Value(2.0, name="a")
    html = draw((a * a).tanh(), show=("data",)).to_html()
    assert html.count('class="grad"') == 3
    assert "grad" not in draw((a * a).tanh()).to_svg()
    assert draw(a * a, color="data", show=("data",)).drawing.caption.endswith("colour: value")
    for x, said in (([np.nan, 1.0, 5.0], "1 … 5, ⚠ 1 nan"), (np.zeros(0), "empty"), ([np.nan] * 2, "⚠ nan")):
        members = data_of(draw([Tensor(x) * 2.0 for _ in range(3)], fold=True))["boxes"][0]["members"]
        assert {row[1] for row in members} == {said}
