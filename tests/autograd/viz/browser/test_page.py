"""The page in a real browser: no errors, no requests, all controls by mouse and by keyboard, and the accessibility checks of axe-core."""

import pytest

import nn
from autograd import Value
from autograd.viz import draw, playground


def expression():
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = ((a * b + 10.0) * 0.1).tanh() * a + a**2
    y.backward()
    return a, b, y


def test_the_player_ends_on_the_gradients_of_backward(open_page):
    a, b, y = expression()
    page = open_page(draw(y))
    assert page.inner_text("#said") == "7 steps. Press Next or the right arrow key."
    page.keyboard.press("ArrowRight")
    assert "Step 1 of 7" in page.inner_text("#said")
    page.click("#next")
    assert "consumers done" in page.inner_text("#said")
    page.keyboard.press("ArrowLeft")
    assert "Step 1 of 7" in page.inner_text("#said")
    page.click("#last")
    shown = {g.get_attribute("data-box"): g.query_selector(".grad").text_content() for g in page.query_selector_all("[data-box]")}
    assert shown["0"] == f"grad {a.grad:.4g}"
    assert shown["1"] == f"grad {b.grad:.4g}"
    assert f"{a.grad!r} in all" in page.inner_text("#said")
    page.click("#first")
    assert page.inner_text("#said").startswith("7 steps")
    page.evaluate(
        "document.getElementById('slider').value = 3; document.getElementById('slider').dispatchEvent(new Event('input'))"
    )
    assert "Step 3 of 7" in page.inner_text("#said")
    page.keyboard.press("End")
    assert page.is_disabled("#next")
    page.keyboard.press("Home")
    assert page.is_disabled("#back")


def test_the_player_runs_unless_reduced_motion_is_preferred(open_page):
    picture = draw(expression()[2])
    assert open_page(picture).is_disabled("#run")
    page = open_page(picture, motion="no-preference")
    page.click("#run")
    assert page.inner_text("#run") == "Pause"
    page.locator("#said", has_text="Step 2 of 7").wait_for()
    page.click("#run")
    assert page.inner_text("#run") == "Play"
    page.click("#last")
    page.click("#run")
    page.locator("#said", has_text="Step 1 of 7").wait_for()


def test_everything_is_in_view_at_first(open_page):
    page = open_page(draw(expression()[2]))
    area = page.locator("main").bounding_box()
    for box in page.locator("[data-box]").all():
        place = box.bounding_box()
        assert area["x"] <= place["x"] <= place["x"] + place["width"] <= area["x"] + area["width"]
        assert area["y"] <= place["y"] <= place["y"] + place["height"] <= area["y"] + area["height"]


def test_paths_search_zoom_and_keys(open_page):
    a, _, y = expression()
    page = open_page(draw(y))
    page.click('[data-box="0"]')
    assert page.inner_text("#panel h2") == "#0 a"
    assert repr(float(a.grad)) in page.inner_text("#panel")
    page.click("text=Light the paths from the root")
    assert page.locator("#paths li").count() == 3
    assert page.inner_text("#sum") == f"3 paths; the products add up to {a.grad:.6g}."
    assert page.locator(".link.lit").count() > 0
    page.keyboard.press("Escape")
    assert page.locator(".lit").count() == 0
    page.fill("#search", "tanh")
    assert page.inner_text("#hits") == "1 found"
    page.keyboard.press("Enter")
    assert "tanh" in page.inner_text("#panel h2")
    page.locator(".box.chosen").focus()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.keyboard.press("k")
    before = page.get_attribute("main svg", "viewBox")
    for key in ("+", "-", "w", "a", "s", "d"):
        page.keyboard.press(key)
        now = page.get_attribute("main svg", "viewBox")
        assert now != before
        before = now
    page.keyboard.press("0")
    whole = page.get_attribute("main svg", "viewBox")
    page.click("#in")
    page.click("#out")
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 300)
    page.mouse.down()
    page.mouse.move(350, 330)
    page.mouse.up()
    page.wait_for_timeout(50)
    assert page.get_attribute("main svg", "viewBox") != whole
    page.click("#fit")
    assert page.get_attribute("main svg", "viewBox") == whole
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.click("summary")
    assert page.locator("#rows tr").count() == len(draw(y).drawing.boxes)
    page.click("#rows tr:nth-child(2) button")
    assert page.inner_text("#panel h2") == "#1 b"


def test_a_folded_box_expands(open_page):
    y = sum((Value(float(i)) * 0.5).tanh() for i in range(200))
    y.backward()
    page = open_page(draw(y))
    page.locator('[data-box="0"]').focus()
    page.keyboard.press("Enter")
    page.click("text=Expand its 200 nodes")
    assert page.locator(".mosaic span").count() == 144
    assert page.locator("#panel tbody tr").count() == 144
    assert "The first 144 of 200." in page.inner_text("#panel")
    page.click("text=Light the paths from the root")
    assert page.inner_text("#sum") == "The boxes and edges between the root and this one are lit."
    page.keyboard.press("End")
    assert "all consumers done" in page.inner_text("#said")


def test_a_leaf_is_changed_and_everything_follows(open_page):
    a, _, y = expression()
    page = open_page(draw(y))
    page.click('[data-box="0"]')
    page.fill("#leaf", "1.25")
    page.keyboard.press("Enter")
    c, d = Value(1.25), Value(-3.0)
    z = ((c * d + 10.0) * 0.1).tanh() * c + c**2
    z.backward()
    page.wait_for_timeout(60)
    assert page.text_content('[data-box="0"] .data') == "data 1.25"
    page.locator('[data-box="0"]').focus()
    assert page.get_attribute('[data-box="0"]', "aria-label") == f"#0 a, data 1.25, grad {c.grad:.4g}"
    assert page.text_content('[data-box="0"] .grad') == f"grad {c.grad:.4g}"
    assert page.text_content('[data-box="1"] .grad') == f"grad {d.grad:.4g}"
    assert float(page.inner_text("#note").split(": ")[1]) == pytest.approx(z.data, rel=1e-14)
    assert float(page.inner_text("#panel dd >> nth=1")) == pytest.approx(c.grad, rel=1e-14)
    page.click("#last")
    assert page.text_content('[data-box="0"] .grad') == f"grad {c.grad:.4g}"
    for text, said in (("two", "“two” is not a number"), ("", "is not a number"), ("nan", "nan"), ("inf", ": ")):
        page.fill("#leaf", text)
        page.keyboard.press("Enter")
        assert said in page.inner_text("#note")
    page.click("#reset")
    assert page.text_content('[data-box="0"] .grad') == f"grad {a.grad:.4g}"
    box = page.locator('[data-box="1"]').bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 20)
    page.mouse.up()
    page.wait_for_timeout(60)
    assert page.text_content('[data-box="1"] .data') == "data -1.5"


def test_the_products_along_lit_paths_follow_a_leaf(open_page):
    a, _, y = expression()
    page = open_page(draw(y))
    page.click('[data-box="0"]')
    page.click("text=Light the paths from the root")
    page.fill("#leaf", "1.25")
    page.keyboard.press("Enter")
    c, d = Value(1.25), Value(-3.0)
    (((c * d + 10.0) * 0.1).tanh() * c + c**2).backward()
    page.wait_for_timeout(250)
    assert page.inner_text("#sum") == f"3 paths; the products add up to {c.grad:.6g}."
    page.click("#reset")
    page.wait_for_timeout(250)
    assert page.inner_text("#sum") == f"3 paths; the products add up to {a.grad:.6g}."
    page.keyboard.press("Escape")
    page.evaluate("setLeaf(0, '1.25')")
    page.wait_for_timeout(250)
    assert page.inner_text("#sum") == ""


def test_descent_lowers_the_root_and_an_edge_is_checked(open_page):
    a, _, y = expression()
    page = open_page(draw(y))
    page.click("#step")
    moved = a.data - 0.05 * a.grad
    page.wait_for_timeout(60)
    assert page.text_content('[data-box="0"] .data') == f"data {moved:.4g}"
    page.click("#descend")
    page.locator("#lossnow", has_text="step 5").wait_for()
    page.click("#descend")
    losses = page.evaluate("losses")
    assert losses[0] == y.data
    assert all(later < earlier for earlier, later in zip(losses[:5], losses[1:6], strict=True))
    page.fill("#rate", "-1")
    page.click("#step")
    assert page.inner_text("#note") == "The rate must be a positive number."
    page.click("#reset")
    page.evaluate("links[links.length - 1].dispatchEvent(new Event('click'))")
    assert "they agree" in page.inner_text("#note")


def test_the_quiz_hides_the_gradients_and_checks_them(open_page):
    a, _, y = expression()
    page = open_page(draw(y))
    page.click("#quiz")
    page.click('[data-box="0"]')
    assert page.text_content('[data-box="0"] .grad') == "grad ?"
    assert repr(a.grad) not in page.inner_text("body")
    assert page.get_attribute('[data-box="0"]', "aria-label") == "#0 a, data 2, grad ?"
    page.fill("#guess", "100")
    page.click("text=Check")
    assert page.inner_text("#verdict").startswith("Not yet.")
    page.fill("#guess", f"{a.grad:.4g}")
    page.keyboard.press("Enter")
    assert page.inner_text("#verdict") == f"Right: {a.grad:.4g}. 1 of 2."


def test_the_forward_film_and_the_equations(open_page):
    page = open_page(draw(expression()[2]))
    page.click("#next")
    assert page.locator("#equation math").count() == 2
    assert page.locator(".flow").count() == 2
    page.select_option("#direction", "forward")
    page.click("#next")
    assert page.inner_text("#said").startswith("Step 1 of 7: #2 × = -6, computed of #0 a and #1 b")
    assert page.locator(".waits").count() == 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("folded", [False, True])
def test_the_page_passes_the_checks_of_axe(open_page, assert_accessible, scheme, folded):
    y = sum((Value(float(i)) * 0.5).tanh() for i in range(200)) if folded else expression()[2]
    y.backward()
    page = open_page(draw(y), scheme)
    page.click("summary")
    page.locator('[data-box="0"]').focus()
    page.keyboard.press("Enter")
    page.click("text=Light the paths from the root")
    page.keyboard.press("ArrowRight")
    page.click("#step")
    page.click("#quiz")
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["static", "roots", "difference", "vertical", "nan", "narrow"])
def test_other_pages_pass_the_checks_of_axe(open_page, assert_accessible, kind, scheme):
    a, _, y = expression()
    pictures = {
        "static": lambda: draw(y, live=False),
        "roots": lambda: draw([y, a * 2.0]),
        "difference": lambda: draw(y).diff(draw(expression()[0] * 2.0)),
        "vertical": lambda: draw(y, direction="TB", color="data"),
        "nan": lambda: draw((Value(0.0, name="a") * 2.0).log() - y),
        "narrow": lambda: draw(y),
    }
    page = open_page(pictures[kind](), scheme)
    if kind == "narrow":
        page.set_viewport_size({"width": 360, "height": 740})
    page.locator('[data-box="0"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    assert_accessible(page)


def test_the_playground_trains_and_answers_its_controls(open_page, wait_until):
    X, y = nn.toys.moons(30, rng=0)
    page = open_page(playground(nn.MLP([2, 4, 1], rng=0), X, y, lr=0.3))
    assert page.inner_text("#shape") == "2-4-1"
    assert page.locator("#network canvas").count() == 7
    assert page.locator("#network path").count() == 12
    first = float(page.inner_text("#loss").split()[-1])
    page.click("#step")
    assert page.inner_text("#loss").startswith("Step 1: mean loss")
    page.click("#play")
    wait_until(page, "steps > 20")
    page.click("#play")
    assert float(page.inner_text("#loss").split()[-1]) < first
    assert page.locator("#flow meter").count() == 2
    page.select_option("#activation", "relu")
    page.fill("#widths", "3, 5")
    page.keyboard.press("Enter")
    assert page.inner_text("#shape") == "2-3-5-1"
    page.click("#step")
    page.fill("#rate", "fast")
    page.click("#step")
    assert page.inner_text("#note") == "Rate: “fast” is not a positive number."
    page.fill("#widths", "99")
    page.keyboard.press("Enter")
    assert "from 1 to 16" in page.inner_text("#note")
    page.fill("#rate", "1e9")
    page.click("#step")
    page.click("#reset")
    assert page.inner_text("#shape") == "2-4-1"
    assert float(page.inner_text("#loss").split()[-1]) == first


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_playground_passes_the_checks_of_axe(open_page, assert_accessible, scheme):
    X, y = nn.toys.gate("xor")
    page = open_page(playground(nn.MLP([2, 4, 1], rng=0), X, y), scheme)
    page.click("#step")
    assert_accessible(page)
