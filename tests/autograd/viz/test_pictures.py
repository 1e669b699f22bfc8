"""Pictures: what they count, what they write, where they put it, and the backward pass that they play."""

import copy
import gc
import hashlib
import json
import pickle
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import GraphError, SettingError, ShapeError, Tensor, Value, anomaly, define, scope, stack
from autograd.testing import GradientError, blame, check_grad, check_vjp, strategies
from autograd.viz import draw, gradient_flow, landscape, network, plots, weights
from autograd.viz import representations as shown_module
from autograd.viz.backward_frames import frames
from autograd.viz.colour_refinement import Wiring, classes_of, contracted
from autograd.viz.layout import arrange
from autograd.viz.snapshot import snapshot

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [
    "<script>alert(1)</script>",
    '{}|<>"',
    "‹›",
    "end",
    'x["]; A --> B',
    "a\u202eb\x00\x1b",
    "-->|x|",
    "%%{init}%%",
    "n" * 10_000,
    "]]>&amp;",
    "\\n\\l\\",
    "漢字",
]


def neuron():
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = (a * b + 10.0).tanh() * a + a**2
    y.name = "y"
    return a, b, y


def moons(hidden=16, samples=100):
    model = nn.scalar.MLP(2, [hidden, hidden, 1], rng=0)
    points = np.random.default_rng(0).uniform(-1, 1, (samples, 2)).tolist()
    total = sum((1.0 - model(x)).relu() for x in points) * (1.0 / samples)
    return model, total


def parts(svg):
    """Boxes and links of an SVG that a strict parser takes."""
    root = ET.fromstring(svg)
    return [g for g in root.iter(f"{SVG}g") if "data-box" in g.attrib], [g for g in root.iter(f"{SVG}g") if "data-link" in g.attrib]


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order."""

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
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []
    assert parser.scripts == 2
    return json.loads(parser.data)


MERMAID = re.compile(
    r'graph (LR|RL|TB)|  (  )?[a-z]\w*(\(\["[^"\[\]]*"\]\)|\(\("[^"\[\]]*"\)\)|\[\["[^"\[\]]*"\]\]|\["[^"\[\]]*"\])'
    r'|  [a-z]\w* (-->|==>)(\|"[^"|]*"\|)? [a-z]\w*|  subgraph g\d+ \["[^"\[\]]*"\]|  end|  style \w+ [\w:#,-]+'
)


def mermaid_is_sound(text):
    return all(MERMAID.fullmatch(line) for line in text.splitlines())


# -- what is counted


@given(strategies.programs(), st.sampled_from(["structure", "scope", "depth", False]))
def test_boxes_and_links_account_for_every_node_and_edge(program, fold):
    y = program(*[(Value if np.ndim(x) == 0 else Tensor)(x) for x in program.inputs])
    y = y.sum() if y.shape else y
    y.backward()
    g = draw(y, fold=fold)
    drawing = g.drawing
    edges = sum(len(node.parents) for node in g.snapshot.nodes)
    assert sum(box.count for box in drawing.boxes) == g.snapshot.size
    assert sum(link.count for link in drawing.links) + sum(box.inner for box in drawing.boxes) == edges
    boxes, links = parts(g.to_svg())
    assert (len(boxes), len(links)) == (len(drawing.boxes), len(drawing.links))
    data = page_data(g.to_html())
    assert len(data["boxes"]) == len(boxes)
    assert mermaid_is_sound(g.to_mermaid())
    assert g.to_dot().count("->") == len(links)


def test_one_edge_for_each_argument_slot():
    a = Value(3.0)
    shot = snapshot(a * a)
    assert shot.wiring.tails.tolist() == [0, 0]
    assert shot.local.low.tolist() == [3.0, 3.0]
    assert shot.grad is None
    assert len(draw(a * a).drawing.links) == 2


def test_a_snapshot_does_not_change():
    a, _, y = neuron()
    y.backward()
    g = draw(y)
    before = str(g)
    a.data = 100.0
    y2 = a * 2.0
    y2.backward()
    assert str(g) == before
    w = Tensor([1.0, 2.0])
    g = draw((w * w).sum())
    before = str(g)
    w.move(np.ones(2))
    assert str(g) == before


def test_a_large_network_folds_into_one_screen():
    model, total = moons()
    total.backward()
    g = draw(total)
    assert g.snapshot.size > 60_000
    assert len(g.drawing.boxes) <= 25
    assert "Σ ×1600" in [box.title for box in g.drawing.boxes]
    assert "[[" in g.to_mermaid()
    boxes, links = parts(replace(g, look=replace(g.look, direction="TB")).to_svg())
    assert (len(boxes), len(links)) == (len(g.drawing.boxes), len(g.drawing.links))
    assert any(link.label.startswith("×25600, 16 each") for link in g.drawing.links)
    (products,) = [box for box in g.drawing.boxes if box.count == 25_600 and box.title.startswith("multiply")]
    assert len(products.members) == 25_600
    near = g.focus(model.layers[0].neurons[0].w[0], up=3, down=0)
    assert [box.title for box in near.drawing.boxes] == ["leaf", "multiply ×100", "Σ ×100", "relu ×100"]
    assert "… 100 more arguments" in near.drawing.boxes[2].lines or "… 200 more arguments" in near.drawing.boxes[2].lines


def test_a_recurrence_folds_however_long_it_is():
    w, u, b = Value(0.5, name="w"), Value(0.3, name="u"), Value(0.1, name="b")
    h = Value(0.0)
    for t in range(400):
        h = (w * h + u * float(t % 7) + b).tanh()
    drawing = draw(h).drawing
    assert len(drawing.boxes) <= 40
    assert any(link.tail > link.head for link in drawing.links)  # it feeds back
    assert len(draw(h).fold(hops=0).drawing.boxes) < len(draw(h).fold(hops=3).drawing.boxes)


def test_a_chain_that_is_100_000_deep_needs_no_recursion():
    a = Value(0.9999, name="a")
    x = Value(1.0)
    for _ in range(100_000):
        x = x * a
    g = draw(x)
    assert len(g.drawing.boxes) <= 25
    assert sum(box.count for box in g.drawing.boxes) == 100_002
    assert len(frames(g.snapshot, g.drawing, g.stands)) < 3000


def test_grouping_by_scope_and_by_depth():
    model = nn.scalar.MLP(2, [3, 1], rng=0)
    with model.scopes():
        y = model([1.0, -1.0])
    g = draw(y * 2.0, fold="scope")
    titles = [box.title for box in g.drawing.boxes]
    assert titles == ["layers/0/neurons/0", "layers/0/neurons/1", "layers/0/neurons/2", "layers/1/neurons/0", "· × 2"]
    opened = g.expand("layers/1/neurons/0")
    assert sum(box.count for box in opened.drawing.boxes) == g.snapshot.size
    assert len(opened.drawing.boxes) > len(titles)
    depth = draw(y, fold="depth").drawing
    assert [box.title for box in depth.boxes] == [f"depth {d}" for d in range(len(depth.boxes) - 1, -1, -1)]


def test_the_modules_tree_names_what_is_drawn():
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
    with pytest.raises(GraphError, match=r"^there is no box 9: the boxes have the numbers 0 to 2$"):
        g.expand(9)
    with pytest.raises(GraphError, match=r"^0 boxes are called 'no': give the number of one, as print\(g\) shows it$"):
        g.expand("no")
    many = draw(sum(Value(float(i)) * 2.0 for i in range(2500)))
    with pytest.raises(GraphError, match=r"has 2500 parts: expand one node of it"):
        many.expand(0)


def test_comparing_two_pictures():
    a, b, y = neuron()
    y.backward()
    before = draw(y)
    a2, b2, _ = neuron()
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


# -- what is written


@pytest.mark.parametrize("name", NAMES)
def test_no_name_changes_the_structure_of_any_format(name):
    a = Value(2.0, name=name)
    with scope(name):
        y = a * 3.0 + a
    y.name = name
    y.backward()
    g = draw(y)
    boxes, links = parts(g.to_svg())
    assert (len(boxes), len(links)) == (3, 3)
    data = page_data(g.to_html())
    assert len(data["boxes"]) == 3
    assert mermaid_is_sound(g.to_mermaid())
    assert g.to_mermaid().count("-->") == 3
    if shutil.which("dot"):
        done = subprocess.run(["dot", "-Tplain"], input=g.to_dot(), capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.count("\nedge ") == 3
    assert len(str(g).splitlines()) == 4
    assert len(g.to_svg()) < 20_000


@given(st.text(max_size=50))
def test_any_text_is_a_name(name):
    a = Value(2.0, name=name)
    g = draw(a.exp())
    assert len(parts(g.to_svg())[0]) == 2
    assert len(page_data(g.to_html())["boxes"]) == 2
    assert mermaid_is_sound(g.to_mermaid())
    assert len(str(g).splitlines()) == 3


def test_the_last_two_layers_as_the_text_draws_them():
    """G17: C ← a ← z ← {w, a, b}, from right to left, with the local derivatives on the edges."""
    w, a, b, y = Value(0.5, "w^L"), Value(0.8, "a^L-1"), Value(-0.1, "b^L"), 1.0
    z = w * a + b
    z.name = "z^L"
    out = z.sigmoid()
    out.name = "a^L"
    C = 0.5 * (out - y) ** 2
    C.name = "C"
    C.backward()
    text = draw(C, direction="RL").to_mermaid()
    assert text.startswith("graph RL")
    slope = out.data * (1 - out.data)
    assert f'-->|"∂ {slope:.3g}"|' in text
    boxes, _ = parts(draw(C, direction="RL").to_svg())
    places = {g.find(f"{SVG}text").text: float(g.find(f"{SVG}rect").attrib["x"]) for g in boxes}
    assert places["C = 0.5 × ·"] < places["a^L = sigmoid"] < places["z^L = +"] < places["b^L"]


def test_the_network_with_and_without_bias_nodes():
    """G16 and G18."""
    plain, biased = network([4, 3, 2]), network([4, 3, 2], bias=True)
    assert len(plain.drawing.links) == 4 * 3 + 3 * 2
    assert len(biased.drawing.links) == len(plain.drawing.links) + 3 + 2
    text = biased.to_mermaid()
    assert text.count("subgraph") == 3
    assert mermaid_is_sound(text)
    assert len(parts(biased.to_svg())[0]) == 11
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
    with pytest.raises(SettingError, match=r"direction is one of 'LR', 'RL', 'TB', not 'up'"):
        network([2, 1], direction="up")
    with pytest.raises(SettingError, match=r"1 names for 2 layers"):
        network([2, 1], names=["one"])


def test_what_is_not_finite_or_zero_stands_out():
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
    assert dict(data["boxes"][2]["facts"])["operation"] == "matmul"
    assert "tanh ×3   shape 2, data 1" in str(draw([(Tensor([9.0, 9.0]) * 4.0).tanh() for _ in range(3)], fold="structure"))


def test_second_order_graphs_are_graphs():
    x = Value(0.5, name="x")
    (x**3).backward(create_graph=True)
    g = draw(x.grad)
    assert "· ** 2" in str(g)
    g.to_html()


def test_the_picture_of_nothing_and_bad_settings(tmp_path):
    y = neuron()[2]
    for bad in (3.0, "loss", [], [y, 2.0], None):
        with pytest.raises(GraphError, match=r"^draw\(\) takes a Value, a Tensor or a list of them, as in draw\(loss\), not "):
            draw(bad)
    with pytest.raises(GraphError, match=r"with model.scopes\(\): y = model\(x\); draw\(y\)"):
        draw(nn.MLP([2, 1]))
    with pytest.raises(SettingError, match=r"^draw\(\): color is one of 'grad', 'data', 'error', None, not 'red'$"):
        draw(y, color="red")
    with pytest.raises(SettingError, match=r"direction is one of 'LR', 'RL', 'TB', not 'BT'"):
        draw(y, direction="BT")
    with pytest.raises(SettingError, match=r"show is one of 'data', 'grad', 'local', not 'name'"):
        draw(y, show=("name",))
    with pytest.raises(SettingError, match=r"max_nodes is a whole number of at least 1, not 0"):
        draw(y, max_nodes=0)
    with pytest.raises(SettingError, match=r"^fold\(\): by is one of 'structure', 'scope', 'depth', not 'size'$"):
        draw(y, fold="size")
    with pytest.raises(SettingError, match=r"hops is a whole number of at least 0, not -1"):
        draw(y).fold(hops=-1)
    with pytest.raises(SettingError, match=r"focus\(\): up is a whole number of at least 0, not 1.5"):
        draw(y).focus(y, up=1.5)
    with pytest.raises(GraphError, match=r"is not in this graph of 8 nodes$"):
        draw(y).focus(Value(1.0))
    for path in (tmp_path / "no" / "y.svg", tmp_path):
        with pytest.raises(SettingError, match=r"^the picture cannot be written to "):
            draw(y).to_svg(path)
    assert list(tmp_path.iterdir()) == []
    draw(y).to_html(tmp_path / "y.html")
    assert [path.name for path in tmp_path.iterdir()] == ["y.html"]
    with pytest.raises(GraphError, match=r"has no graph: it is of a rule"):
        draw(check_vjp(np.sin, lambda xs, g: (g * np.cos(xs[0]),), (0.5,)))


def test_graphviz_is_asked_for_politely(monkeypatch):
    graph = draw(neuron()[2]).to_graphviz()
    assert type(graph).__name__ == "Digraph"
    assert str(graph).count("->") == 9
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(
        SettingError, match=r"^to_graphviz\(\) needs the package graphviz: pip install 'gradlab\[pictures\]', or use to_svg\(\)$"
    ):
        draw(neuron()[2]).to_graphviz()


def test_notebooks_get_a_picture_and_never_an_error(monkeypatch):
    g = draw(neuron()[2])
    bundle = g._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["text/plain"] == str(g)
    assert g._repr_html_() == g._repr_svg_() == g.to_svg()

    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr(shown_module, "svg", broken)
    monkeypatch.setattr(shown_module, "text", broken)
    assert g._repr_svg_() is None
    assert g._repr_html_() == "<pre>this picture could not be drawn; print() it</pre>"
    assert g._repr_mimebundle_() == {"text/plain": "a picture that could not be drawn"}


def test_long_texts_are_cut():
    many = draw([Value(float(i)) * float(i) for i in range(300)], fold=False)
    assert str(many).splitlines()[-1] == "  … 400 more boxes"
    assert ", … 12 more" in str(draw(stack([Value(float(i)) for i in range(20)])))


PROGRAM = """
import hashlib
from autograd import Value
from autograd.viz import draw
x = [Value(float(i), name=f"x{i}") for i in range(9)]
y = sum((a * b).tanh() for a, b in zip(x, x[1:])) * x[0]
y.backward()
print(hashlib.sha256((draw(y).to_html() + draw(y, fold="structure").to_svg() + draw(y).to_dot()).encode()).hexdigest())
"""


def test_the_same_bytes_whatever_the_hash_seed_and_with_an_empty_path():
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed, "PATH": ""}
        ).stdout
        for seed in ("1", "2", "77")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == hashlib.sha256().digest_size * 2


def test_the_page_is_small_and_lets_nothing_run_but_its_own():
    g = draw(neuron()[2])
    html, svg = g.to_html(), g.to_svg()
    data = json.dumps(page_data(html))
    assert len(html) - len(svg) - len(data) < 60_000
    assert "default-src 'none'" in html
    assert not re.search(r"https?://(?!www\.w3\.org)", html)


# -- where it is put


def box_hits(box, points):
    (u, v), (w, h) = box
    return any(abs(x - u) < w / 2 - 0.5 and abs(y - v) < h / 2 - 0.5 for x, y in points)


def sampled(route):
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


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=25).map(lambda e: (n, e))
    ),
    st.booleans(),
)
def test_no_box_lies_on_another_and_no_edge_runs_under_a_box(graph, wide):
    n, edges = graph
    placed = arrange([(30.0 + 10.0 * (i % 3), 20.0) for i in range(n)], edges, [20.0 * wide] * len(edges), spread=wide)
    frames_ = list(zip(placed.centres, placed.sizes, strict=True))
    for i, (c, s) in enumerate(frames_):
        for d, t in frames_[:i]:
            assert abs(c[0] - d[0]) >= (s[0] + t[0]) / 2 or abs(c[1] - d[1]) >= (s[1] + t[1]) / 2
        assert c[0] - s[0] / 2 >= 0
        assert c[0] + s[0] / 2 <= placed.extent[0] + 1e-9
        assert 0 <= c[1] - s[1] / 2 <= c[1] + s[1] / 2 <= placed.extent[1]
    for route in placed.routes:
        points = sampled(route)
        assert not any(box_hits(frame, points) for frame in frames_)


def test_too_many_long_edges_run_beside_the_boxes():
    """Every node of a chain is used again at its end: places in every layer would be quadratic in number."""
    n = 200
    edges = [(i, i + 1) for i in range(n - 1)] + [(i, n - 1) for i in range(n - 3)]
    placed = arrange([(20.0, 20.0)] * n, edges, [0.0] * len(edges))
    frames_ = list(zip(placed.centres, placed.sizes, strict=True))
    assert max(v for route in placed.routes for v in route[2][1::2]) > max(c[1] + s[1] / 2 for c, s in frames_)
    for route in placed.routes[::17]:
        assert not any(box_hits(frame, sampled(route)) for frame in frames_)


def test_a_shared_leaf_has_one_trunk():
    a = Value(0.5, name="a")
    x = Value(1.0)
    for _ in range(300):
        x = x * a
    svg = draw(x, fold=False).to_svg()
    assert len(svg) < 400_000
    assert len(parts(svg)[1]) == 600


# -- the groups


@given(
    st.integers(2, 30).flatmap(
        lambda n: st.lists(st.tuples(st.integers(0, n - 2), st.integers(1, n - 1)).filter(lambda e: e[0] < e[1]), max_size=40).map(
            lambda e: (n, e)
        )
    )
)
def test_classes_respect_kinds_and_count_arguments_alike(graph):
    n, edges = graph
    tails, heads = (np.array([e[k] for e in edges], dtype=np.int64) for k in (0, 1))
    kinds = np.array([i % 2 for i in range(n)])
    wiring = Wiring(kinds, tails, heads, np.zeros(len(edges), dtype=np.int64))
    stands = contracted(wiring, kinds == 1)
    assert np.array_equal(stands[stands], stands)
    full = classes_of(wiring, np.arange(n), None, n)
    for k in range(full.max() + 1):
        members = np.flatnonzero(full == k)
        assert len(set(kinds[members])) == 1
        rows = {tuple(sorted(full[tails[heads == m]].tolist())) for m in members}
        assert len(rows) == 1  # every member has arguments of the same classes


# -- the backward pass


@given(strategies.programs(scalar=True, smooth=True))
@settings(max_examples=30)
def test_the_last_frame_is_what_backward_gives(program):
    inputs = [Value(x) for x in program.inputs]
    y = program(*inputs)
    g = draw(y, fold=False)
    played = frames(g.snapshot, g.drawing, g.stands)
    arrived = {box.members[0]: "1.0" for box in g.drawing.boxes if box.root}
    for frame in played:
        node = g.drawing.boxes[frame["box"]].members[0]
        assert arrived[node] == frame["gradient"]
        for push in frame["pushes"]:
            arrived[g.drawing.boxes[push["to"]].members[0]] = push["arrived"]
            assert push["heard"] <= push["of"]
            assert g.drawing.links[push["link"]].tail == push["to"]
    y.backward()
    for node, text in arrived.items():
        assert float(text) == g.snapshot.nodes[node].grad or np.isnan(float(text))


def test_folded_frames_hear_every_edge_and_end_on_the_gradients():
    _, total = moons(4, 6)
    g = draw(total)
    played = frames(g.snapshot, g.drawing, g.stands)
    last = {}
    for frame in played:
        for push in frame["pushes"]:
            last[push["to"]] = push
    assert all(push["heard"] == push["of"] for push in last.values())
    total.backward()
    after = draw(total).drawing
    for k, push in last.items():
        line = next(line for line in after.boxes[k].lines if line.startswith("grad "))
        low, _, high = line.removeprefix("grad ").removesuffix(" ○").partition(" … ")
        shown = push["arrived"].partition(" … ")
        assert [float(low), float(high or low)] == pytest.approx([float(shown[0]), float(shown[2] or shown[0])], rel=6e-3)


def test_frames_of_arrays_several_roots_and_a_part():
    t = Tensor([1.0, 2.0, 3.0], name="t")
    g = draw(t * t)
    (frame,) = frames(g.snapshot, g.drawing, g.stands)
    assert [push["arrived"] for push in frame["pushes"]] == ["[1, 2, 3]", "[2, 4, 6]"]
    leaves = draw([Value(1.0), Value(2.0)], fold="structure")
    assert leaves.drawing.links == ()
    several = draw([t * 2.0, t * 3.0])
    assert frames(several.snapshot, several.drawing, several.stands) == []
    page_data(several.to_html())
    a, _, y = neuron()
    part = draw(y).focus(a, up=1, down=0)
    assert frames(part.snapshot, part.drawing, part.stands)
    page_data(part.to_html())
    big = draw(moons(3, 4)[1])
    near = big.focus(big.nodes(0)[0], up=2, down=0)
    page_data(near.to_html())


def test_the_facts_of_a_node():
    with anomaly():
        x = Value(0.5, name="x")
        y = x.sin()
    odd = define("odd_in_a_picture", lambda xp, a: a * (1.0 if a > 0 else 2.0), lambda xp, y, a: 1.0)
    z = odd(y)
    data = page_data(draw(z).to_html())
    facts = [dict(box["facts"]) for box in data["boxes"]]
    assert facts[1]["formula"] == "y = sin(a)"
    assert facts[1]["∂y/∂a"] == "cos(a)"
    assert "x.sin()" in facts[1]["made at"]
    assert facts[1]["value"] == repr(float(np.sin(0.5)))
    assert facts[2]["formula"] == "y = not known in symbols"


# -- errors in the picture


def test_the_guilty_node_is_marked():
    wrong = define("wrong_in_a_picture", lambda xp, a: a * a, lambda xp, y, a: 2.0 * a + 0.1)
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x: wrong(x).exp() * x, 0.5)
    g = draw(caught.value)
    (guilty,) = [box for box in g.drawing.boxes if box.guilty]
    assert guilty.title == "✗ wrong_in_a_picture"
    assert 'class="box op guilty' in g.to_svg()
    assert "✗ wrong_in_a_picture" in str(g)
    assert 'fontcolor="#b00020"' in g.to_dot()
    assert "style n" in g.to_mermaid()
    x = Value(0.5)
    y = wrong(x).exp()
    assert [box.guilty for box in draw(blame(y)).drawing.boxes] == [False, True, False]
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


# -- plots


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
    with pytest.raises(ShapeError, match=r"^weights\(\): 2 weights do not fill an image of 1 by 1: give shape=\(rows, columns\)$"):
        weights(w)
    with pytest.raises(ShapeError, match=r"^weights\(\) takes a matrix \(to, from\), not an array of shape \(2,\)$"):
        weights([1.0, 2.0])
    with pytest.raises(SettingError, match=r"^gradient_flow\(\) takes a model with named_parameters\(\), not "):
        gradient_flow(3.0)
    with pytest.raises(SettingError, match=r"needs parameters to move"):
        landscape(lambda: 0.0, [])
    with pytest.raises(SettingError, match=r"points is a whole number of at least 2, not 1"):
        landscape(lambda: 0.0, [w], points=1)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SettingError, match=r"^plots need matplotlib: pip install 'gradlab\[pictures\]'$"):
        gradient_flow(model)


# -- found by attacking the pictures


def data_of(picture):
    return page_data(picture.to_html())


def test_scopes_may_begin_anywhere():
    x = Value(1.0, name="x")
    with scope("A"):
        y = (x * x).tanh()
    assert [box.title for box in draw(y + x * 2.0, fold="scope").drawing.boxes].count("A") == 1
    u = x * x
    with scope("B"):
        z = u.tanh()
    assert [box.title for box in draw(z, fold="scope").drawing.boxes] == ["x", "×", "B"]


def test_a_gradient_that_has_all_but_vanished_is_drawn():
    x = Value(2.0)
    y = x * 1e-310
    y.backward()
    assert [box.shade for box in draw(y).drawing.boxes] == [0, 6]
    assert draw(Value(1e-320) + Value(1e300), color="data").drawing.boxes[0].shade == 0
    assert draw(Value(float("nan")) * 2.0, color="error").drawing.boxes[1].shade is None


def test_numbers_of_boxes_are_those_that_are_shown():
    w = [Value(float(i), name=f"w{i}") for i in range(4)]
    y = ((w[0] * w[1]).tanh() + (w[2] * w[3]).exp()).sin()
    near = draw(y).focus(w[3], up=1, down=0)
    assert near.nodes(0) == [w[3]]
    assert near.nodes(np.int64(0)) == near.nodes("w3")
    with pytest.raises(GraphError, match=r"there is no box 9: the boxes have the numbers 0 to 1"):
        near.nodes(9)


def test_hidden_paths_and_broadcasts_have_no_products():
    a = Value(2.0, name="a")
    y = (a * 3.0).sin().exp().tanh() * a
    y.backward()
    assert data_of(draw(y))["single"]
    assert not data_of(draw(y).focus(a, up=1, down=0))["single"]
    s = Tensor(1.0, name="s") + Tensor([1.0, 2.0, 3.0])
    assert data_of(draw(s))["links"][0]["local"] is None


def test_the_player_of_a_part_ends_on_the_gradients_too():
    a = Value(2.0, name="a")
    b = a * 3.0
    d = b.exp()
    y = b.sin() * d
    y.backward()
    for fold in (False, True):
        frames_ = data_of(draw(y, fold=fold).focus(d, up=1, down=1))["frames"]
        arrived = [push for frame in frames_ for push in frame["pushes"]]
        assert any(frame["box"] is None for frame in frames_)
        last = {push["to"]: push for push in arrived}
        assert all(push["heard"] == push["of"] for push in last.values())
        assert any(float(push["arrived"]) == pytest.approx(b.grad, rel=1e-3) for push in last.values())


@pytest.mark.parametrize("fold", ["structure", "depth"])
def test_the_player_of_a_part_of_a_folded_graph_plays_every_box_of_it(fold):
    _, total = moons(4, 6)
    g = draw(total, fold=fold)
    for k in range(len(g.drawing.boxes) - 1):
        part = g.focus(g.nodes(k)[0], up=2, down=1)
        last = {push["to"]: push for frame in frames(part.snapshot, part.drawing, part.stands) for push in frame["pushes"]}
        assert last.keys() == {i for i, box in enumerate(part.drawing.boxes) if not box.root}
        assert all(push["heard"] == push["of"] for push in last.values())


def test_turns_come_after_all_that_they_depend_on():
    with scope("A"):
        a = Value(2.0, name="a")
        b = a * 3.0
    c = b.sin()
    with scope("A"):
        d = c * 2.0 + 1.0
    g = draw(d, fold="scope")
    assert [frame["box"] for frame in frames(g.snapshot, g.drawing, g.stands)] == [1, 0]
    w = [Value(i + 1.0) for i in range(8)]
    g = draw(sum((v * v).tanh() for v in w), fold="depth")
    turns = [frame["box"] for frame in frames(g.snapshot, g.drawing, g.stands)]
    assert turns == sorted(turns, reverse=True)


@given(strategies.programs(), st.sampled_from(["structure", "scope", "depth", False]), st.data())
@settings(max_examples=20)
def test_counts_hold_after_any_sequence_of_changes(program, fold, data):
    with scope("outer"):
        y = program(*[(Value if np.ndim(x) == 0 else Tensor)(x) for x in program.inputs])
    y = y.sum() if y.shape else y * 2.0
    g = draw(y, fold=fold)
    for _ in range(3):
        node = data.draw(st.sampled_from(g.snapshot.nodes))
        g = data.draw(
            st.sampled_from(
                [lambda g=g, n=node: g.expand(n), lambda g=g: g.expand(len(g.drawing.boxes) - 1), lambda g=g: g.fold("depth")]
            )
        )()
        drawing = g.drawing
        assert sum(box.count for box in drawing.boxes) == g.snapshot.size
        assert sum(link.count for link in drawing.links) + sum(box.inner for box in drawing.boxes) == len(g.snapshot.wiring.tails)
    alone = g.focus(node, up=1, down=1)
    (only,) = alone.nodes(next(k for k, box in enumerate(alone.drawing.boxes) if node in set(alone.nodes(k))))
    assert only is node
    data_of(alone)


def test_other_boxes_keep_their_names():
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


def test_every_change_is_a_difference():
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


def test_copies_of_pictures_work_and_names_stay():
    a = Value(2.0, name="a")
    p = draw(a * a)
    html = p.to_html()
    for twin in (pickle.loads(pickle.dumps(p)), copy.deepcopy(p)):
        assert twin.to_html() == html
    p = draw(a * a)
    a.name = "renamed"
    assert "#0  a " in str(p)
    assert p == p
    assert p != draw(a * a)
    assert len({p, p}) == 1


def test_both_slots_of_a_folded_node_are_counted():
    w = [Value(i + 1.0) for i in range(8)]
    y = sum(v - v for v in w)
    y.backward()
    push = data_of(draw(y, fold=True))["frames"][-1]["pushes"][0]
    assert (push["contribution"], push["arrived"], push["of"]) == ("-1 … 1", "0", 16)


def test_looking_runs_no_hooks_and_survives_broken_rules():
    a, calls = Tensor([2.0]), []
    a.register_hook(calls.append)
    y = (a * a).sum()
    draw(y).to_html()
    assert calls == []

    def boom(xp, y, a):
        raise RuntimeError("boom")

    bad = define("boom_in_a_picture", lambda xp, a: a**3, boom)
    with pytest.raises(GradientError) as caught:
        check_grad(lambda x: bad(x * 2.0).sum(), np.array([1.0, 2.0]))
    picture = draw(caught.value)
    assert len(data_of(picture)["frames"]) == 1  # and then the rule raises
    assert str(picture).count("✗") == 1
    assert picture.nodes("boom_in_a_picture") == picture.nodes("✗ boom_in_a_picture")


def test_labels_have_room_or_are_left_out():
    w, h = Value(0.5, name="w"), Value(0.1, name="h")
    for i in range(40):
        h = (h * w + Value(i / 40.0)).tanh()
    root = ET.fromstring(draw(h, direction="TB").to_svg())
    texts = [
        (float(t.attrib["x"]), float(t.attrib["y"]), t.text)
        for g in root.iter(f"{SVG}g")
        if "data-link" in g.attrib
        for t in g.iter(f"{SVG}text")
    ]
    assert len(texts) > 5
    assert all(x + 6.1 * len(s) <= float(root.attrib["width"]) for x, _, s in texts)
    for i, (x, y, s) in enumerate(texts):
        assert not any(abs(y - v) < 8.0 and x < u + 5.5 * len(r) and u < x + 5.5 * len(s) for u, v, r in texts[:i])
    xs = [Value(i / 7.0) for i in range(40)]
    _, links = parts(draw(sum((x * 1.25 for x in xs[1:]), xs[0]), fold=True).expand(1).to_svg())
    assert sum(len(g.findall(f"{SVG}text")) for g in links) < 45


def test_writing_touches_nothing_else(tmp_path):
    p = draw(Value(1.0))
    (tmp_path / "u.svg.part").write_text("precious")
    p.to_svg(tmp_path / "u.svg")
    assert (tmp_path / "u.svg.part").read_text() == "precious"
    (tmp_path / "link.svg").symlink_to(tmp_path / "u.svg")
    (tmp_path / "u.svg").write_text("old")
    p.to_svg(tmp_path / "link.svg")
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "u.svg").read_text(encoding="utf-8") == p.to_svg()
    p.to_svg("/dev/null")
    for path in ("", "/", "a\0b", "x" * 300, 5):
        with pytest.raises(SettingError, match=r"^the picture cannot be written to "):
            p.to_svg(path)


def test_an_empty_line_waits_for_the_player_and_nothing_is_hidden_in_a_table():
    a = Value(2.0, name="a")
    html = draw((a * a).tanh(), show=("data",)).to_html()
    assert html.count('class="grad"') == 3
    assert "grad" not in draw((a * a).tanh()).to_svg()
    assert draw(a * a, color="data", show=("data",)).drawing.caption.endswith("colour: value")
    for x, said in (([np.nan, 1.0, 5.0], "1 … 5, ⚠ 1 nan"), (np.zeros(0), "empty"), ([np.nan] * 2, "⚠ nan")):
        members = data_of(draw([Tensor(x) * 2.0 for _ in range(3)], fold=True))["boxes"][0]["members"]
        assert {row[1] for row in members} == {said}


@pytest.mark.parametrize(
    ("attempt", "error", "text"),
    [
        (lambda: draw(Value(1.0) * 2.0).focus(0), GraphError, "a node of this graph belongs here, not 0 of type int"),
        (lambda: draw(Value(1.0), show=None), SettingError, "show is a tuple of 'data', 'grad', 'local', not None"),
        (lambda: draw(Value(1.0), color=np.ones(2)), SettingError, "color is one of"),
        (lambda: network(None), SettingError, "takes the sizes of at least two layers"),
        (lambda: network(nn.Linear(2, 3)), SettingError, "takes the sizes of at least two layers"),
        (lambda: network(nn.MLP), SettingError, "takes the sizes of at least two layers"),
        (lambda: network([3, 2], names=5), SettingError, "names are a list of strings, one for each layer, not 5"),
        (lambda: weights(np.zeros((0, 4))), ShapeError, r"takes a matrix \(to, from\), not an array of shape \(0, 4\)"),
        (lambda: weights(np.zeros((2, 4)), shape=4), SettingError, r"shape is a pair \(rows, columns\), not 4"),
        (lambda: weights(np.zeros((2, 4)), shape=(-2, -2)), SettingError, "shape is a pair"),
        (lambda: weights([["a"]]), ValueError, "weights"),
        (lambda: gradient_flow(nn.MLP), SettingError, "takes a model with named_parameters"),
    ],
)
def test_more_bad_input(attempt, error, text):
    with pytest.raises((error, TypeError) if error is ValueError else error, match=text):
        attempt()


def test_names_of_layers_are_cleaned():
    ET.fromstring(network([2, 1], names=["a\x1b", "b\ud800"]).to_svg().encode())
    lots = Value(1.0)
    for i in range(70):
        with scope(f"s{i}"):
            lots = lots * 2.0
    assert 'class="group"' not in draw(lots, fold=False).to_svg()


def test_the_collector_is_left_as_it_was():
    g = draw(neuron()[2])
    gc.disable()
    try:
        g.to_svg()
        assert not gc.isenabled()
    finally:
        gc.enable()
    g.to_svg()
    assert gc.isenabled()


def test_what_cannot_be_measured_has_no_shade(monkeypatch):
    def fails(nodes, call):
        raise ArithmeticError("nothing to measure")

    monkeypatch.setattr("autograd.viz.node_errors.check_nodes", fails)
    assert draw(Value(1.0) * 2.0, color="error").drawing.boxes[1].shade is None
