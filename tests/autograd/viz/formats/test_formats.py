"""The formats: any name is only text, the same bytes every time, files and notebooks."""

import gc
import hashlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import SettingError, Value, scope, stack
from autograd.viz import draw, network, picture_formats
from picture_helpers import SVG_NAMESPACE, is_valid_mermaid, neuron_graph, page_data, svg_parts

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


@pytest.mark.parametrize("name", NAMES)
def test_no_name_changes_the_structure_of_any_format(name):
    a = Value(2.0, name=name)
    with scope(name):
        y = a * 3.0 + a
    y.name = name
    y.backward()
    g = draw(y)
    boxes, links = svg_parts(g.to_svg())
    assert (len(boxes), len(links)) == (3, 3)
    data = page_data(g.to_html())
    assert len(data["boxes"]) == 3
    assert is_valid_mermaid(g.to_mermaid())
    assert g.to_mermaid().count("-->") == 3
    if shutil.which("dot"):
        done = subprocess.run(["dot", "-Tplain"], input=g.to_dot(), capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.count("\nedge ") == 3
    assert len(str(g).splitlines()) == 4
    assert len(g.to_svg()) < 20_000


@given(st.text(max_size=50))
def test_any_text_may_be_a_name(name):
    a = Value(2.0, name=name)
    g = draw(a.exp())
    assert len(svg_parts(g.to_svg())[0]) == 2
    assert len(page_data(g.to_html())["boxes"]) == 2
    assert is_valid_mermaid(g.to_mermaid())
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
    boxes, _ = svg_parts(draw(C, direction="RL", width=None).to_svg())
    places = {g.find(f"{SVG_NAMESPACE}text").text: float(g.find(f"{SVG_NAMESPACE}rect").attrib["x"]) for g in boxes}
    assert places["C = 0.5 × ·"] < places["a^L = sigmoid"] < places["z^L = +"] < places["b^L"]


def test_to_graphviz_needs_the_package(monkeypatch):
    graph = draw(neuron_graph()[2]).to_graphviz()
    assert type(graph).__name__ == "Digraph"
    assert str(graph).count("->") == 9
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(
        SettingError,
        match=r"^to_graphviz\(\) needs the package graphviz: pip install 'gradlab\[pictures\]', or use to_svg\(\)(?m:$)",
    ):
        draw(neuron_graph()[2]).to_graphviz()


def test_notebooks_get_a_picture_or_a_text_instead_of_an_error(monkeypatch):
    g = draw(neuron_graph()[2])
    bundle = g._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["text/plain"] == str(g)
    assert g._repr_svg_() == g.to_svg()
    assert unescape(g._repr_html_().split('srcdoc="')[1].split('"')[0]) == g.to_html()
    assert 'sandbox="allow-scripts"' in bundle["text/html"]
    still = draw(neuron_graph()[2], live=False)
    assert still._repr_html_() == still.to_svg()
    diagram = network([2, 1])
    assert diagram._repr_html_() == diagram.to_svg()
    monkeypatch.setattr(picture_formats, "MAX_NOTEBOOK_PAGE", 1000)
    assert g._repr_html_() == g.to_svg()

    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr(picture_formats, "render_svg", broken)
    monkeypatch.setattr(picture_formats, "render_text", broken)
    assert g._repr_svg_() is None
    assert g._repr_html_() == "<pre>this picture could not be drawn; print() it</pre>"
    assert g._repr_mimebundle_() == {"text/plain": "a picture that could not be drawn"}


def test_long_printouts_are_shortened():
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


def test_output_does_not_depend_on_hash_seed_and_path():
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed, "PATH": ""}
        ).stdout
        for seed in ("1", "2", "77")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == hashlib.sha256().digest_size * 2


def test_writing_a_file_touches_no_other_file(tmp_path):
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


def test_edge_labels_do_not_overlap():
    w, h = Value(0.5, name="w"), Value(0.1, name="h")
    for i in range(40):
        h = (h * w + Value(i / 40.0)).tanh()
    root = ET.fromstring(draw(h, direction="TB").to_svg())
    texts = [
        (float(t.attrib["x"]), float(t.attrib["y"]), t.text)
        for g in root.iter(f"{SVG_NAMESPACE}g")
        if "data-link" in g.attrib
        for t in g.iter(f"{SVG_NAMESPACE}text")
    ]
    assert len(texts) > 5
    assert all(6.1 * len(s) / 2 <= x + 12.0 <= float(root.attrib["width"]) - 6.1 * len(s) / 2 for x, _, s in texts)
    for i, (x, y, s) in enumerate(texts):
        assert not any(abs(y - v) < 8.0 and abs(x - u) < 5.5 * (len(r) + len(s)) / 2 for u, v, r in texts[:i])
    xs = [Value(i / 7.0) for i in range(40)]
    _, links = svg_parts(draw(sum((x * 1.25 for x in xs[1:]), xs[0]), fold=True).expand(1).to_svg())
    assert sum(len(g.findall(f"{SVG_NAMESPACE}text")) for g in links) < 45


def test_the_garbage_collector_is_left_as_it_was():
    g = draw(neuron_graph()[2])
    gc.disable()
    try:
        g.to_svg()
        assert not gc.isenabled()
    finally:
        gc.enable()
    g.to_svg()
    assert gc.isenabled()
