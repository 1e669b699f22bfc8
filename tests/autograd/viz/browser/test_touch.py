"""A page on a phone: one finger moves the drawing or a leaf, and two zoom."""

import pytest

from autograd.viz import draw
from picture_helpers import neuron_graph


@pytest.fixture
def phone(browser, tmp_path):
    """The page of eight nodes on a phone, a function that moves fingers over it, and a free point of its drawing."""
    y = neuron_graph()[2]
    y.backward()
    draw(y).to_html(tmp_path / "page.html")
    context = browser.new_context(viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True, offline=True)
    page = context.new_page()
    errors = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page.goto((tmp_path / "page.html").as_uri())
    session = context.new_cdp_session(page)

    def send(kind, points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    def swipe(*ways):
        """Move a finger along each way, given as (start, end)."""
        send("touchStart", [start for start, _ in ways])
        for step in range(1, 6):
            send("touchMove", [(a + (c - a) * step / 5, b + (d - b) * step / 5) for (a, b), (c, d) in ways])
        send("touchEnd", [])
        page.wait_for_timeout(50)

    box = page.locator("main").bounding_box()
    yield page, swipe, (box["x"] + 60, box["y"] + box["height"] - 60)
    context.close()
    assert errors == []


def test_one_finger_moves_the_drawing(phone):
    page, swipe, (x, y) = phone
    page.evaluate("show({ ...full })")
    swipe(((x, y), (x + 50, y - 30)))
    moved = page.evaluate("[(full.x - view.x) / unitsPerPixel(), (full.y - view.y) / unitsPerPixel(), view.width / full.width]")
    assert moved == pytest.approx([50, -30, 1], abs=8)  # the first pixels tell a move from a tap
    assert page.inner_text("#panel h2") == "Click a box"


def test_two_fingers_zoom_about_the_point_between_them(phone):
    page, swipe, (x, y) = phone
    under = "([x, y]) => [view.x + view.width / 2 + (x - area.left - area.width / 2) * unitsPerPixel(), view.y + view.height / 2 + (y - area.top - area.height / 2) * unitsPerPixel()]"
    before = page.evaluate(under, [x, y])
    width = page.evaluate("view.width")
    swipe(((x - 25, y), (x - 50, y)), ((x + 25, y), (x + 50, y)))
    assert page.evaluate("view.width") == pytest.approx(width / 2, rel=0.05)
    assert page.evaluate(under, [x, y]) == pytest.approx(before, abs=3)
    swipe(((x - 50, y), (x - 25, y)), ((x + 50, y), (x + 25, y)))
    assert page.evaluate("view.width") == pytest.approx(width, rel=0.1)
    assert page.evaluate("fingers.size") == 0


def test_a_finger_drags_a_leaf_and_a_tap_chooses_it(phone):
    page, swipe, _ = phone
    page.tap('[data-box="0"]')
    assert page.inner_text("#panel h2") == "#0 a"
    box = page.locator('[data-box="0"]').bounding_box()
    at = box["x"] + 20, box["y"] + 10
    before = page.evaluate("view.x")
    swipe((at, (at[0] + 50, at[1])))
    assert page.evaluate("tape.values[0]") > 2
    assert page.evaluate("view.x") == before
