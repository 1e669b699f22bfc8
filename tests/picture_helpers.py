"""Graphs to draw, and strict parsers for what pictures are written as."""

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import numpy as np
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Value
from autograd.graph.backward_steps import iterate_steps
from autograd.viz.backward_frames import backward_frames
from autograd.viz.snapshots.snapshot import take_snapshot

SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"

# The operations of random graphs
UNARY = ["tanh", "exp", "sigmoid", "relu", "sin", "arctan", "softplus", "square", "absolute", "sqrt"]
BINARY = ["add", "multiply", "subtract", "divide", "maximum", "power"]


def neuron_graph():
    """Two leaves, and a root with eight nodes below it."""
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = (a * b + 10.0).tanh() * a + a**2
    y.name = "y"
    return a, b, y


def moons_loss(hidden=16, samples=100):
    """A network, and its loss at random points."""
    model = nn.scalar.MLP(2, [hidden, hidden, 1], rng=0)
    points = np.random.default_rng(0).uniform(-1, 1, (samples, 2)).tolist()
    total = sum((1.0 - model(x)).relu() for x in points) * (1.0 / samples)
    return model, total


def svg_parts(svg):
    """The boxes and the links of an SVG, as a strict parser reads it."""
    groups = list(ET.fromstring(svg).iter(f"{SVG_NAMESPACE}g"))
    return [g for g in groups if "data-box" in g.attrib], [g for g in groups if "data-link" in g.attrib]


class PageParser(HTMLParser):
    """Asserts that every element is closed in order and that no attribute has a script or a style. Keeps the data of the page."""

    EMPTY = frozenset({"meta", "link", "input"})

    def __init__(self):
        super().__init__()
        self.open, self.scripts, self.data = [], 0, ""

    def handle_starttag(self, tag, attrs):
        if tag not in self.EMPTY:
            self.open.append(tag)
        self.scripts += tag == "script"
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)

    def handle_endtag(self, tag):
        if tag not in self.EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] == ["script"] and not self.data:
            self.data = data


def page_data(html):
    """The data that the script of a page reads."""
    parser = PageParser()
    parser.feed(html)
    assert parser.open == []
    assert parser.scripts == 2
    return json.loads(parser.data)


def data_of(picture):
    """The data of the page of a picture."""
    return page_data(picture.to_html())


MERMAID = re.compile(
    r'graph (LR|RL|TB)|  (  )?[a-z]\w*(\(\["[^"\[\]]*"\]\)|\(\("[^"\[\]]*"\)\)|\[\["[^"\[\]]*"\]\]|\["[^"\[\]]*"\])'
    r'|  [a-z]\w* (-->|==>)(\|"[^"|]*"\|)? [a-z]\w*|  subgraph g\d+ \["[^"\[\]]*"\]|  end|  style \w+ [\w:#,-]+'
)


def is_valid_mermaid(text):
    """Whether every line is one of those that flowcharts are made of."""
    return all(MERMAID.fullmatch(line) for line in text.splitlines())


def frames_of(picture):
    """The frames of the backward pass."""
    return backward_frames(picture.snapshot, picture.drawing, picture.grouping.representatives)


def is_hit(box, points):
    (u, v), (w, h) = box
    return any(abs(x - u) < w / 2 - 0.5 and abs(y - v) < h / 2 - 0.5 for x, y in points)


def points_on(route):
    """Points along a route: straight lines and Bézier curves."""
    at, points = np.array(route[0]), []
    for piece in route[1:]:
        corners = np.array([at, *np.reshape(piece, (-1, 2))])
        t = np.linspace(0.0, 1.0, 12)[:, None]
        if len(corners) == 2:
            points += list((1 - t) * corners[0] + t * corners[1])
        else:
            points += list(
                sum(c * (1 - t) ** (3 - k) * t**k * n for k, (c, n) in enumerate(zip(corners, (1, 3, 3, 1), strict=True)))
            )
        at = corners[-1]
    return points


@st.composite
def recipes(draw):
    """Numbers of leaves, and steps that each apply an operation to earlier nodes."""
    numbers = st.floats(-3.0, 3.0)
    leaves = draw(st.lists(numbers, min_size=2, max_size=4))
    steps, size = [], len(leaves)
    for _ in range(draw(st.integers(1, 10))):
        args = [draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))]
        name = draw(st.sampled_from(UNARY + BINARY))
        steps.append((name, args if name in BINARY else args[:1], draw(st.sampled_from([None, 0.5, 2.0]))))
        size += 1
    return leaves, steps


def build(leaves, steps, replaced=None):
    """The graph of a recipe, whose leaves are named by their positions."""
    nodes = [Value((replaced or {}).get(i, x), name=str(i)) for i, x in enumerate(leaves)]
    for name, args, constant in steps:
        operands = [nodes[i] for i in args]
        if name in BINARY and constant is not None:
            operands[1] = constant
        nodes.append(getattr(ag, name)(*operands))
    return sum(nodes[len(leaves) :], nodes[0] * 1.0)


def python_numbers(root):
    snapshot = take_snapshot(root)
    gradients = [0.0] * snapshot.size
    gradients[int(snapshot.roots[0])] = 1.0
    for step in iterate_steps(root, 1.0):
        for push in step.pushes:
            gradients[snapshot.index_by_id[id(push.source)]] = float(push.accumulated)
    return [float(x) for x in snapshot.data.low], gradients
