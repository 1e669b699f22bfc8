"""What readers do to a live page: odd numbers, a quiz that must not tell, tables and tooltips that must follow."""

import math

import pytest

import nn
from autograd import Value
from autograd.viz import draw, playground
from picture_helpers import moons_loss, neuron_graph


@pytest.fixture
def live_page(open_page):
    y = neuron_graph()[2]
    y.backward()
    return open_page(draw(y))


def type_leaf(page, text):
    page.fill("#leaf", text)
    page.keyboard.press("Enter")
    page.wait_for_timeout(60)


NUMBERS = {
    "NaN": "nan",
    "infinity": "inf",
    "-Infinity": "-inf",
    "1e999": "inf",
    " +inf ": "inf",
    "0x10": "16",
    "1e-400": "0",
    "-0": "-0",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_read_and_written_as_in_python(live_page, text):
    live_page.click('[data-box="0"]')
    type_leaf(live_page, text)
    assert live_page.inner_text("#panel dd >> nth=0") == NUMBERS[text]
    a, b = Value(float(NUMBERS[text])), Value(-3.0)
    root = ((a * b + 10.0).tanh() * a + a**2).data
    note = live_page.inner_text("#note").removeprefix("y = +: ")
    assert float(note) == root or (note == "nan" and math.isnan(root))


@pytest.mark.parametrize("text", ["5", "-1e308", "1e308", "inf", "nan", "1e-300"])
def test_the_slider_reaches_to_both_sides_of_what_was_typed(live_page, text):
    live_page.click('[data-box="0"]')
    type_leaf(live_page, text)
    low, x, high = live_page.evaluate(
        "['min', 'value', 'max'].map((name) => Number(document.querySelector('.edit input[type=range]')[name]))"
    )
    expected = float(text) if math.isfinite(float(text)) else 0.0
    assert -math.inf < low < x < high < math.inf
    assert x == pytest.approx(expected, rel=1e-12)


def classes_of(page, selector):
    return set(
        page.evaluate("(selector) => [...document.querySelectorAll(selector)].map((part) => part.getAttribute('class'))", selector)
    )


def test_films_of_numbers_that_are_not_finite(live_page):
    live_page.click('[data-box="0"]')
    for text in ("nan", "inf", "1e200"):
        type_leaf(live_page, text)
        for _ in range(6):
            live_page.click("#next")
            radii = live_page.evaluate("[...document.querySelectorAll('.flow')].map((dot) => Number(dot.getAttribute('r')))")
            assert all(3 <= radius <= 8 for radius in radii)
        if text == "nan":
            assert classes_of(live_page, ".flow") == {"flow"}
        live_page.click("#first")


def everything(page):
    """All that a reader can find out: texts, tooltips and names for screen readers."""
    return page.evaluate(
        """() => [document.body.innerText, ...[...document.querySelectorAll("main title")].map((title) => title.textContent),
        ...[...document.querySelectorAll("[aria-label]")].map((part) => part.getAttribute("aria-label"))].join("\\n")"""
    )


def test_the_quiz_tells_no_gradient(open_page):
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = (a * b + 5.5).tanh() * a + a**2
    y.backward()
    page = open_page(draw(y))
    shown = f"{a.grad:.4g}", f"{b.grad:.4g}"
    assert all(text in everything(page) for text in shown)
    page.click("summary")
    page.click("#quiz")
    page.locator('[data-box="0"]').focus()
    page.keyboard.press("Enter")
    page.click("text=Light the paths from the root")
    for link in range(9):
        page.evaluate("(l) => links[l].dispatchEvent(new PointerEvent('pointerenter'))", link)
    for _ in range(5):
        page.click("#next")
        assert [line for line in everything(page).splitlines() if any(text in line for text in shown)] == []
    page.wait_for_timeout(150)
    assert [line for line in everything(page).splitlines() if any(text in line for text in shown)] == []
    assert page.locator("#rows tr:first-child .numbers").inner_text() == "data 2; grad ?"
    page.click("#quiz")
    page.wait_for_timeout(150)
    assert page.locator("#rows tr:first-child .numbers").inner_text() == f"data 2; grad {a.grad:.4g}"


def test_the_quiz_of_a_folded_graph_tells_no_gradient(open_page):
    y = sum((Value(float(i)) * 0.5).tanh() for i in range(80))
    y.backward()
    page = open_page(draw(y))
    page.click("#quiz")
    page.locator('[data-box="0"]').focus()
    page.keyboard.press("Enter")
    page.click("text=Expand its 80 nodes")
    assert page.locator("#panel .told").all_inner_texts()[-1] == "grad ?"
    assert {row.split("\t")[2] for row in page.locator("#panel tbody tr").all_inner_texts()} == {"?"}


def test_an_infinite_gradient_can_be_the_right_answer(open_page):
    a = Value(0.0, name="a")
    y = a.sqrt()
    y.backward()
    page = open_page(draw(y))
    page.click("#quiz")
    page.click('[data-box="0"]')
    for guess, said in (
        ("nan", "Not yet"),
        ("1e9", "Not yet"),
        ("", "“” is not a number."),
        ("x", "“x” is not a number."),
        ("inf", "Right: ⚠ inf. 1 of 3."),
    ):
        page.fill("#guess", guess)
        page.keyboard.press("Enter")
        assert page.inner_text("#verdict").startswith(said)


def test_the_table_and_the_tooltips_follow_a_leaf(live_page):
    live_page.click("summary")
    live_page.click('[data-box="0"]')
    type_leaf(live_page, "1.25")
    live_page.wait_for_timeout(150)
    a, b = Value(1.25), Value(-3.0)
    product = a * b
    y = (product + 10.0).tanh() * a + a**2
    y.backward()
    assert live_page.locator("#rows tr:first-child .numbers").inner_text() == f"data 1.25; grad {a.grad:.4g}"
    live_page.evaluate("links[0].dispatchEvent(new PointerEvent('pointerenter'))")
    expected = f"local derivative -3; contribution {-3.0 * product.grad:.4g}"
    assert live_page.text_content('[data-link="0"] title') == expected
    live_page.click("#reset")
    live_page.wait_for_timeout(150)
    assert live_page.locator("#rows tr:first-child .numbers").inner_text().startswith("data 2; grad ")


def test_members_of_a_folded_box_follow_a_leaf(open_page):
    leaves = [Value(float(i), name=f"x{i}") for i in range(80)]
    scale = Value(0.5, name="scale")
    y = sum((x * scale).tanh() for x in leaves)
    y.backward()
    page = open_page(draw(y))
    box = page.evaluate("data.boxes.findIndex((box) => box.title === 'scale')")
    page.locator(f'[data-box="{box}"]').focus()
    page.keyboard.press("Enter")
    type_leaf(page, "2")
    scale.data = 2.0
    again = sum((x * scale).tanh() for x in leaves)
    for leaf in leaves:
        leaf.grad = 0.0
    again.backward()
    folded = page.evaluate("data.boxes.findIndex((box) => box.count === 80 && box.operation === '')")
    page.locator(f'[data-box="{folded}"]').focus()
    page.keyboard.press("Enter")
    page.click("text=Expand its 80 nodes")
    rows = [row.split("\t") for row in page.locator("#panel tbody tr").all_inner_texts()]
    assert [float(gradient) for _, _, gradient in rows[:5]] == pytest.approx([float(f"{leaf.grad:.4g}") for leaf in leaves[:5]])


BAD_SETTINGS = [
    ("rate", "-0.1", "Rate: “-0.1” is not a positive number."),
    ("rate", "1e999", "Rate: “1e999” is not a positive number."),
    ("rate", "", "Rate: “” is not a positive number."),
    ("batch", "0", "Batch size: “0” is not a positive whole number."),
    ("batch", "2.5", "Batch size: “2.5” is not a positive whole number."),
    ("batch", "nan", "Batch size: “nan” is not a positive whole number."),
]


@pytest.mark.parametrize(("field", "text", "said"), BAD_SETTINGS)
def test_a_playground_refuses_settings(open_page, field, text, said):
    page = open_page(playground(nn.MLP([2, 4, 1], rng=0), *nn.toys.moons(20, rng=0)))
    before = page.inner_text("#loss")
    page.fill(f"#{field}", text)
    page.click("#step")
    assert page.inner_text("#note") == said
    assert page.inner_text("#loss") == before
    page.click("#play")
    page.wait_for_timeout(80)
    assert page.inner_text("#play") == "Play"
    assert page.inner_text("#note") == said
    page.fill(f"#{field}", "1")
    page.click("#step")
    assert page.inner_text("#note") == ""
    assert page.inner_text("#loss").startswith("Step 1: ")


@pytest.mark.parametrize("text", ["0", "-3", "17", "8 8 8 8 8 8", "2.5", "x", "8,,x", "1e1000", "<b>"])
def test_a_playground_refuses_widths(open_page, text):
    page = open_page(playground(nn.MLP([2, 4, 1], rng=0), *nn.toys.moons(20, rng=0)))
    page.fill("#widths", text)
    page.keyboard.press("Enter")
    assert page.inner_text("#note") == "Hidden widths are at most five whole numbers from 1 to 16, such as 8, 8."
    assert page.inner_text("#shape") == "2-4-1"


def test_a_playground_that_diverges_stops_and_recovers(open_page):
    page = open_page(playground(nn.MLP([2, 4, 1], hidden="relu", rng=0), *nn.toys.moons(20, rng=0), loss="mse"))
    page.fill("#rate", "1e200")
    page.click("#play")
    page.wait_for_timeout(200)
    assert page.inner_text("#play") == "Play"
    assert page.inner_text("#note") == "The loss is no longer finite: reset, and take a smaller rate."
    page.fill("#rate", "0.1")
    page.click("#reset")
    page.click("#step")
    assert math.isfinite(float(page.inner_text("#loss").split()[-1]))
    assert "NaN" not in page.inner_html("main")


def test_two_live_pages_in_one_document_do_not_meet(open_page, tmp_path):
    class Both:
        def to_html(self, path):
            frames = "".join(draw(moons_loss(1, size)[1])._repr_html_() for size in (1, 2))
            path.write_text(f"<!doctype html><meta charset=utf-8>{frames}")

    page = open_page(Both())
    first, second = page.frames[1:]
    sizes = [frame.evaluate("boxes.length") for frame in (first, second)]
    before = second.evaluate("[...tape.values]")
    first.evaluate("setLeaf(tape.leaves[0], '7')")
    page.wait_for_timeout(200)
    assert first.evaluate("tape.values[tape.leaves[0]]") == 7
    assert second.evaluate("[...tape.values]") == before
    assert sizes[0] != sizes[1]


def test_a_page_that_was_saved_works_again(live_page, open_page):
    live_page.click('[data-box="0"]')
    type_leaf(live_page, "1.25")
    html = live_page.content()

    class Saved:
        def to_html(self, path):
            path.write_text(html)

    page = open_page(Saved())
    assert page.locator("[data-box]").count() == 8
    assert page.evaluate("tape.values[0]") == 2  # the numbers of Python
    page.click('[data-box="0"]')
    type_leaf(page, "3")
    assert page.inner_text("#note") == f"y = +: {live_page.evaluate('(setLeaf(0, 3), exactly(tape.values[data.program.root]))')}"
    assert page.locator("#moves option").count() == live_page.locator("#moves option").count()
    assert page.locator("#rows tr").count() == 8


def test_a_playground_that_was_saved_works_again(open_page):
    page = open_page(playground(nn.MLP([2, 4, 1], rng=0), *nn.toys.moons(20, rng=0)))
    first = page.inner_text("#loss")
    for _ in range(3):
        page.click("#step")
    third = page.inner_text("#loss")
    html = page.content()

    class Saved:
        def to_html(self, path):
            path.write_text(html)

    again = open_page(Saved())
    assert again.inner_text("#loss") == first
    for _ in range(3):
        again.click("#step")
    assert again.inner_text("#loss") == third
    for part in ("#activation option", "#network canvas", "#flow li"):
        assert again.locator(part).count() == page.locator(part).count()


@pytest.mark.parametrize("text", ["2", "1e-300", "-1e200", "123456"])
def test_the_legend_stays_clear_of_its_colours(open_page, text):
    a = Value(1.0, name="a")
    y = a**2
    y.backward()
    page = open_page(draw(y))
    page.click('[data-box="0"]')
    type_leaf(page, text)
    ends, first, last = page.evaluate(
        """() => {
        const place = (part) => part.getBoundingClientRect();
        const swatches = [...document.querySelectorAll(".legend rect")];
        return [[...document.querySelectorAll(".legend text")].map((end) => [place(end).left, place(end).right]),
            place(swatches[0]).left, place(swatches[swatches.length - 1]).right];
        }"""
    )
    assert ends[0][1] <= first
    assert ends[1][0] >= last
