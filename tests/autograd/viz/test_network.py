"""Diagrams of networks."""

import xml.etree.ElementTree as ET

import pytest

import nn
from autograd import SettingError, Value, scope
from autograd.viz import draw, network
from picture_helpers import is_valid_mermaid, svg_parts


def test_the_network_with_and_without_bias_nodes():
    """G16 and G18."""
    plain, biased = network([4, 3, 2]), network([4, 3, 2], bias=True)
    assert len(plain.drawing.links) == 4 * 3 + 3 * 2
    assert len(biased.drawing.links) == len(plain.drawing.links) + 3 + 2
    text = biased.to_mermaid()
    assert text.count("subgraph") == 3
    assert is_valid_mermaid(text)
    assert len(svg_parts(biased.to_svg())[0]) == 11
    assert biased.to_svg().count('class="group"') == 3
    assert biased.to_dot().count("shape=circle") == 9
    assert biased.to_dot().count("subgraph cluster_") == 3
    wide = network(nn.MLP([784, 16, 16, 10]), names=["pixels", "edges", "patterns", "digits"], direction="TB")
    assert wide.drawing.caption == "784-16-16-10, 13 002 parameters"
    assert "… 779 more" in str(wide)
    assert "patterns" in wide.to_mermaid()
    assert network(nn.scalar.MLP(3, [4, 4, 1], rng=0)).drawing.caption == "3-4-4-1, 41 parameters"
    for given_, message in (
        ([3], "at least two layers"),
        ([3, "x"], "at least two"),
        (5, "at least two"),
        ([3, True], "at least two"),
    ):
        with pytest.raises(SettingError, match=message):
            network(given_)
    with pytest.raises(SettingError, match=r"direction must be one of 'LR', 'RL', 'TB', not 'up'"):
        network([2, 1], direction="up")
    with pytest.raises(SettingError, match=r"1 names for 2 layers"):
        network([2, 1], names=["one"])


def test_names_of_layers_are_sanitized():
    ET.fromstring(network([2, 1], names=["a\x1b", "b\ud800"]).to_svg().encode())
    lots = Value(1.0)
    for i in range(70):
        with scope(f"s{i}"):
            lots = lots * 2.0
    assert 'class="group"' not in draw(lots, fold=False).to_svg()
