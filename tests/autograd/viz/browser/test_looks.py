"""How pictures look, as Chromium measures them: no text is cut or covers another, and everything is in view, for random graphs."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nn
from autograd import Value, compile, scope
from autograd.viz import draw, network, playground
from autograd.viz.drawing import Box, Drawing, Link
from autograd.viz.formats.svg import render_svg
from autograd.viz.labels import sanitize
from picture_faults import DRAWING_FAULTS, PAGE_FAULTS
from picture_helpers import build, moons_loss, neuron_graph, recipes


@pytest.fixture(scope="module")
def faults_of(window):
    context, events = window
    page = context.new_page()

    def find(svg):
        page.set_content(f"<!doctype html><body style='margin:0'>{svg}")
        return page.evaluate(DRAWING_FAULTS)

    yield find
    page.close()
    assert events["errors"] == []


@settings(suppress_health_check=list(HealthCheck))
@given(
    recipes(),
    st.sampled_from(["LR", "RL", "TB"]),
    st.booleans(),
    st.sampled_from([None, 400, 800]),
    st.sampled_from(["", "漢字", "layers/0/w", "W" * 60]),
)
def test_random_graphs_have_no_faults(faults_of, recipe, direction, folded, width, name):
    with scope(name or "s"):
        y = build(*recipe)
    y.name = name
    y.backward()
    assert faults_of(draw(y, direction=direction, fold=folded, width=width).to_svg()) == []


def penalized_loss():
    """A folded network and a penalty, whose edges have long labels."""
    model, loss = moons_loss(8, 20)
    total = loss + 1e-4 * sum(p * p for p in model.parameters())
    total.backward()
    return total


@pytest.mark.parametrize("direction", ["LR", "RL", "TB"])
def test_long_labels_of_neighbours_do_not_meet(faults_of, direction):
    assert faults_of(draw(penalized_loss(), direction=direction).to_svg()) == []


@pytest.mark.parametrize("direction", ["LR", "RL", "TB"])
def test_labels_of_edges_that_run_back_have_no_faults(faults_of, direction):
    boxes = tuple(Box(f"n{i}", title, ("data 1", "grad 1")) for i, title in enumerate(("x", "tanh ×40", "y")))
    label = "×39, ∂ 0.123 … 0.987"
    links = (Link(0, 1, 40, label), Link(1, 2, 1, label), Link(2, 0, 1, label))
    assert faults_of(render_svg(Drawing(boxes, links, direction=direction))) == []
    with_loop = render_svg(Drawing(boxes, (*links, Link(1, 1, 39, label)), direction=direction))
    assert with_loop.count(f">{label}</text>") == 4
    assert faults_of(with_loop) == []


@st.composite
def drawings_with_cycles(draw):
    """Boxes of any height, joined by edges in both directions, and loops: at most one at each box."""
    size = draw(st.integers(1, 6))
    ends = draw(st.lists(st.tuples(*[st.integers(0, size - 1)] * 2), max_size=12))
    loops = {end: n for n, end in reversed(list(enumerate(ends)))}
    kept = [(tail, head) for n, (tail, head) in enumerate(ends) if tail != head or loops[tail, head] == n]
    texts = draw(st.lists(st.sampled_from(["", "∂ 1", "×30, to 30 of 89, ∂ 0.195 … 0.3"]), min_size=len(kept), max_size=len(kept)))
    boxes = tuple(Box(f"n{i}", f"box {i}", ("data 1",) * draw(st.integers(0, 4))) for i in range(size))
    links = tuple(Link(*ends, 1, text and f"{n}: {text}") for n, (ends, text) in enumerate(zip(kept, texts, strict=True)))
    direction, width = draw(st.sampled_from(["LR", "RL", "TB"])), draw(st.sampled_from([None, 400, 800]))
    return Drawing(boxes, links, direction=direction, width=width)


@settings(suppress_health_check=list(HealthCheck))
@given(drawings_with_cycles())
def test_drawings_with_cycles_have_no_faults(faults_of, drawing):
    assert faults_of(render_svg(drawing)) == []


@pytest.mark.parametrize("direction", ["LR", "RL", "TB"])
def test_a_compiled_loop_has_no_faults(faults_of, direction):
    @compile
    def iterate(w, b, h):
        for _ in range(30):
            h = (w * h + b).tanh()
        return h

    iterate(Value(0.5), Value(0.1), Value(0.3))
    picture = draw(iterate, direction=direction)
    assert any(link.tail == link.head and link.label for link in picture.drawing.links)
    assert faults_of(picture.to_svg()) == []


@pytest.mark.parametrize("direction", ["LR", "RL", "TB"])
def test_edges_of_a_folded_recurrence_are_in_view(faults_of, direction):
    w, h, x = Value(0.5, name="w"), Value(0.1, name="h"), Value(0.3, name="x")
    for _ in range(100):
        h = (h * w + x).tanh()
    h.backward()
    assert faults_of(draw(h, direction=direction).to_svg()) == []


@pytest.mark.parametrize("direction", ["LR", "RL", "TB"])
@pytest.mark.parametrize("names", [None, ["input layer", "a hidden layer with a long name", "漢字漢字", "W" * 90]])
def test_names_of_layers_have_no_faults(faults_of, direction, names):
    picture = network([3, 6, 4, 2], direction=direction, names=names, bias=True)
    assert faults_of(picture.to_svg()) == []
    shown = [name for name in names or ["layer 0", "layer 3"] if f">{sanitize(name)}</text>" in picture.to_svg()]
    assert len(shown) >= (3 if names else 2)


@pytest.mark.parametrize("direction", ["LR", "RL", "TB"])
@pytest.mark.parametrize("size", [1, 3])
def test_networks_and_their_losses_have_no_faults(faults_of, direction, size):
    _, loss = moons_loss(4, 2 * size)
    loss.backward()
    assert faults_of(draw(loss, fold=size > 1, direction=direction).to_svg()) == []
    assert faults_of(draw(neuron_graph()[2], direction=direction).to_svg()) == []
    assert faults_of(network([3, 4 * size, 2]).to_svg()) == []


def test_a_fault_is_found(faults_of):
    y = neuron_graph()[2]
    svg = draw(y).to_svg()
    assert faults_of(svg.replace("font:12px", "font:24px"))
    assert any(fault.startswith("out of view") for fault in faults_of(svg.replace("<text ", '<text dx="-300" ', 1)))


def test_a_head_that_a_box_hides_is_found(faults_of):
    svg = draw(neuron_graph()[2]).to_svg()
    x, rest = svg.split('class="head" d="M', 1)[1].split(",", 1)
    moved = svg.replace(f'class="head" d="M{x},{rest[:5]}', f'class="head" d="M{float(x) + 12:.1f},{rest[:5]}', 1)
    assert [fault.split(":")[0] for fault in faults_of(moved)] == ["hidden"]


@pytest.mark.parametrize("direction", ["LR", "RL", "TB"])
def test_two_pictures_in_one_document_do_not_need_each_other(window, direction):
    """Of two SVGs, the second looks the same when the first is not displayed."""
    svg = draw(neuron_graph()[2], direction=direction).to_svg()
    page = window[0].new_page()
    page.set_content(
        f"<!doctype html><body style='margin:0'><div>{svg}</div><div id=second style='position:absolute;top:900px'>{svg}</div>"
    )
    before = page.locator("#second").screenshot()
    page.evaluate("document.querySelector('div').style.display = 'none'")
    after = page.locator("#second").screenshot()
    ids = page.evaluate("[...document.querySelectorAll('svg [id]')].length")
    page.close()
    assert before == after
    assert ids == 0


def test_a_label_that_an_edge_crosses_is_found(faults_of):
    boxes = tuple(Box(f"n{i}", f"box {i}") for i in range(3))
    svg = render_svg(Drawing(boxes, (Link(0, 2, 1, "first"), Link(1, 2, 1, "second"))))
    assert faults_of(svg) == []
    first, second = (float(svg.split(f">{name}</text>")[0].rsplit('y="', 1)[1].split('"')[0]) for name in ("first", "second"))
    moved = svg.replace(">first<", f' dy="{second - first + 7:.1f}">first<')
    assert [fault for fault in faults_of(moved) if fault.startswith("struck: first")] == ["struck: first by second"]


def long_names():
    """A graph whose leaves have long names without spaces, and extreme numbers."""
    a, b = Value(1e-300, name="W" * 200), Value(float("-inf"), name="<b>" + "_" * 50)
    return a * b + Value(-1.7976931348623157e308, name="漢字" * 30)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 740), (800, 900), (1280, 800), (1920, 1080)], ids=str)
@pytest.mark.parametrize("kind", ["expression", "loss", "playground", "long names"])
def test_pages_have_no_faults_at_any_width(open_page, kind, size, scheme):
    if kind == "playground":
        picture = playground(nn.MLP([2, 8, 8, 1], rng=0), *nn.toys.moons(40, rng=0))
    else:
        root = {"expression": lambda: neuron_graph()[2], "loss": lambda: moons_loss(4, 4)[1], "long names": long_names}[kind]()
        root.backward()
        picture = draw(root)
    page = open_page(picture, scheme, size=size)
    assert page.evaluate(PAGE_FAULTS) == []
    if kind != "playground":
        page.locator('[data-box="0"]').focus()
        page.keyboard.press("Enter")
        page.keyboard.press("End")
    else:
        page.click("#step")
    assert page.evaluate(PAGE_FAULTS) == []


BOXES = "[...document.querySelectorAll('main svg [data-box] rect')].map((rect) => rect.getBoundingClientRect().toJSON())"
LETTERS = "12 / unitsPerPixel()"


def test_the_drawing_is_arranged_for_the_window(open_page):
    rows = {}
    for width in (400, 800, 1280):
        page = open_page(draw(neuron_graph()[2]), size=(width, 800))
        boxes = page.evaluate(BOXES)
        rows[width] = boxes
        assert page.evaluate(LETTERS) > 8
        assert page.evaluate("boxes.length") == len(boxes) == 8
    for width in (800, 1280):  # from left to right, in one row: the root is to the right of all
        *others, root = rows[width]
        assert max(box["right"] for box in others) < root["left"]
        assert max(box["bottom"] for box in rows[width]) - min(box["top"] for box in rows[width]) < 200
    *others, root = rows[400]  # from top to bottom
    assert max(box["bottom"] for box in others) < root["top"]


def test_the_narrow_drawing_is_live(open_page):
    a, b, y = neuron_graph()
    y.backward()
    page = open_page(draw(y), size=(400, 800))
    page.evaluate("setLeaf(tape.leaves[0], '3')")
    page.evaluate("paint()")
    a.data = 3.0
    again = (a * b + 10.0).tanh() * a + a**2
    assert page.text_content('main svg [data-box="7"] .data') == f"data {float(again.data):.4g}"
    page.click("#last")
    assert page.locator(".flow").count() > 0


def test_a_small_drawing_is_not_blown_up(open_page):
    page = open_page(draw(Value(1.0, name="x")))
    assert page.evaluate(LETTERS) == pytest.approx(18, abs=0.5)
    page.set_viewport_size({"width": 500, "height": 900})
    page.wait_for_timeout(100)
    assert page.evaluate("showsAll()")
    assert page.evaluate(LETTERS) == pytest.approx(18, abs=0.5)
    middle = page.evaluate("svg.getBoundingClientRect().x + svg.getBoundingClientRect().width / 2")
    (box,) = page.evaluate(BOXES)
    assert (box["left"] + box["right"]) / 2 == pytest.approx(middle, abs=1)


def test_a_long_chain_fills_the_window(open_page):
    x = Value(0.5)
    for _ in range(300):
        x = x.tanh()
    page = open_page(draw(x, fold=False), size=(1280, 800))
    area = page.evaluate("svg.getBoundingClientRect().toJSON()")
    places = page.evaluate(
        "boxLayer.places.map((p) => [p.left / unitsPerPixel(), p.right / unitsPerPixel(), p.bottom / unitsPerPixel()])"
    )
    assert max(right for _, right, _ in places) - min(left for left, _, _ in places) > 0.6 * area["width"]
    assert max(bottom for *_, bottom in places) > 0.6 * area["height"]
