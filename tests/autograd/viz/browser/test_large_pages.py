"""Pages of large graphs: only what is in view is in the document, and what cannot be read is drawn on a canvas."""

import pytest

import nn
from autograd import Value
from autograd.viz import draw


def web():
    """A live graph of 402 nodes, all of which follow the leaf x."""
    x = Value(0.5, name="x")
    row = [x * (0.1 * i) for i in range(1, 41)]
    for _ in range(2):
        row = [(a + b).sin() for a, b in zip(row, row[1:] + row[:1], strict=True)]
    y = sum(row)
    y.backward()
    return x, y


def shown(page):
    return page.evaluate("boxes.map((box, k) => k).filter((k) => boxes[k].isConnected)")


def settle(page):
    """Wait until what waits for a frame is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def overview(page):
    """What is drawn on the canvas, as a PNG in base 64. Those of an empty canvas of this size have about 5000 characters."""
    settle(page)
    return page.evaluate("overview.toDataURL()")


def test_the_whole_graph_is_an_overview_and_a_part_of_it_is_elements(open_page):
    _, y = web()
    page = open_page(draw(y, fold=False))
    count = page.evaluate("boxes.length")
    assert len(shown(page)) == 1  # the box that the Tab key reaches
    assert len(overview(page)) > 30_000
    page.evaluate("centre(30)")
    near = shown(page)
    assert 30 in near
    assert len(near) < count / 4
    assert page.is_hidden("#overview")
    area = page.locator("main").bounding_box()
    outside = page.evaluate(
        """([width, height]) => boxes.filter((box) => box.isConnected).map((box) => box.getBoundingClientRect())
           .filter((r) => r.right < -40 || r.bottom < -40 || r.left > width + 40 || r.top > height + 90).length""",
        [area["width"], area["height"]],
    )
    assert outside <= 1
    page.click("#fit")
    assert page.is_visible("#overview")
    assert len(shown(page)) == 1


COLOURS = """
() => {
  const unit = unitsPerPixel(), rgb = (text) => text.match(/\\d+/g).slice(0, 3).map(Number), found = [];
  const image = brush.getImageData(0, 0, overview.width, overview.height);
  for (let k = 0; k < boxes.length; k += 3) {
    const box = boxes[k], p = boxLayer.places[k], wasIn = box.isConnected;
    if (halves[k]) continue;
    boxLayer.layer.append(box);
    const expected = rgb(getComputedStyle(box.querySelector("rect")).fill);
    if (!wasIn) box.remove();
    const x = area.width / 2 + ((p.left + p.right) / 2 - view.x - view.width / 2) / unit;
    const y = area.height / 2 + ((p.top + p.bottom) / 2 - view.y - view.height / 2) / unit;
    const start = 4 * (Math.floor(y * devicePixelRatio) * overview.width + Math.floor(x * devicePixelRatio));
    found.push([[...image.data.slice(start, start + 3)], expected]);
  }
  return found;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_boxes_of_the_overview_have_the_colours_of_the_elements(open_page, scheme):
    _, y = web()
    y.backward()
    page = open_page(draw(y, fold=False), scheme)
    settle(page)
    found = page.evaluate(COLOURS)
    assert len(found) > 50
    assert len({tuple(expected) for _, expected in found}) > 2
    for pixel, expected in found:
        assert max(abs(a - b) for a, b in zip(pixel, expected, strict=True)) <= 2


def test_what_comes_into_view_has_the_numbers_of_the_changed_leaf(open_page):
    _, y = web()
    page = open_page(draw(y, fold=False))
    before = overview(page)
    page.evaluate("setLeaf(tape.leaves[0], '-1.25')")
    assert overview(page) != before
    expected = [-1.25 * (0.1 * i) for i in range(1, 4)]
    for k in range(3):
        page.evaluate("(k) => centre(data.boxes.findIndex((box) => box.title === `· × ${k}`))", f"{0.1 * (k + 1):.4g}")
        settle(page)
        texts = page.evaluate(
            "boxes.filter((box) => box.isConnected).map((box) => [box.querySelector('.title').textContent, box.querySelector('.data').textContent])"
        )
        assert [f"· × {0.1 * (k + 1):.4g}", f"data {expected[k]:.4g}"] in texts
    page.click("#reset")
    page.click("#fit")
    assert overview(page) == before
    page.evaluate("centre(data.boxes.findIndex((box) => box.title === 'x'))")
    settle(page)
    assert (
        page.evaluate("boxes.find((box) => box.querySelector('.title').textContent === 'x').querySelector('.data').textContent")
        == "data 0.5"
    )


def test_the_overview_answers_the_mouse_the_keyboard_and_the_search(open_page, wait_until):
    _, y = web()
    page = open_page(draw(y, fold=False))
    x, y = page.evaluate(
        """() => { const p = boxLayer.places[50], unit = unitsPerPixel(), middle = (a, b) => (a + b) / 2;
           return [area.left + area.width / 2 + (middle(p.left, p.right) - view.x - view.width / 2) / unit,
                   area.top + area.height / 2 + (middle(p.top, p.bottom) - view.y - view.height / 2) / unit]; }"""
    )
    page.mouse.click(x, y)
    assert page.inner_text("#panel h2").startswith("#50 ")
    page.keyboard.press("Escape")
    page.fill("#search", "sin")
    assert page.inner_text("#hits") == "80 found"
    assert page.is_visible("#overview")
    page.keyboard.press("Enter")
    assert page.is_hidden("#overview")
    first = page.evaluate("chosen")
    assert first in shown(page)
    assert "sin" in page.inner_text("#panel h2")
    page.click("#fit")
    page.evaluate("boxes[chosen].focus({ preventScroll: true })")
    page.keyboard.press("j")
    assert page.evaluate("chosen") == first + 1
    assert page.evaluate("document.activeElement === boxes[chosen]")
    page.click("#fit")
    plain = overview(page)
    page.click("text=Light the paths from the root")
    lit = overview(page)
    page.click("#next")
    played = overview(page)
    assert len({plain, lit, played}) == 3
    page.emulate_media(color_scheme="dark")
    wait_until(page, "(before) => overview.toDataURL() !== before", played)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_overview_passes_the_checks_of_axe(open_page, assert_accessible, scheme):
    page = open_page(draw(web()[1], fold=False), scheme)
    assert_accessible(page)
    page.evaluate("centre(30)")
    assert_accessible(page)


def test_a_static_page_of_many_boxes_draws_what_is_in_view(open_page):
    model = nn.scalar.MLP(2, [8, 1], rng=0)
    X, y = nn.toys.moons(60, rng=0)
    loss = sum((1.0 - (2.0 * t - 1.0) * model(x.tolist())).relu() for x, t in zip(X, y, strict=True))
    loss.backward()
    page = open_page(draw(loss, fold=False))
    assert "more than 2000 nodes" in page.inner_text("#note")
    assert len(shown(page)) == 1
    for action in ("zoom(0.2)", "pan(0.1, 0.1)", "show({ ...full })", "centre(1000)"):
        page.evaluate(action)
        assert len(shown(page)) < 150
    assert 1000 in shown(page)


@pytest.mark.parametrize("colour", ["grad", "data", "error", None])
def test_a_reset_restores_texts_and_colours(open_page, colour):
    x, w = Value(0.5, name="x"), Value(0.0, name="w")
    y = (x * 3.0 - 1.0) * (x + w).sin() + (x * w).log()
    y.backward()
    page = open_page(draw(y, color=colour))
    look = "() => [...svg.querySelectorAll('.box,.link,text')].map((part) => [...[...part.classList].sort(), part.textContent].join(' '))"
    before = page.evaluate(look)
    assert any("⚑" in line or "⚠" in line for line in before)
    page.evaluate("setLeaf(tape.leaves[0], '-1.25')")
    settle(page)
    assert page.evaluate(look) != before
    page.click("#reset")
    settle(page)
    assert page.evaluate(look) == before
