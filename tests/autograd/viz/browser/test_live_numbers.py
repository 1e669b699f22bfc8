"""The numbers of live pages against Python's, for random graphs in a real browser: those that are computed and those that are shown."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Tensor, Value, define
from autograd.viz import draw
from autograd.viz.labels import format_number
from autograd.viz.snapshots.snapshot import take_snapshot
from picture_helpers import build, python_numbers, recipes

NUMBERS = """
() => {
  const text = (x) => Object.is(x, -0) ? "-0.0" : { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" }[x] || String(x);
  return [[...tape.values].map(text), [...tape.grads].map(text)];
}
"""
SHOWN = "() => boxes.map((box) => ['.data', '.grad'].map((name) => box.querySelector(name).textContent))"
SHADES = "() => [...boxes, ...links].map((part) => shadeOf(part) || 's0')"


def numbers_of(page):
    return [np.array(list(map(float, column))) for column in page.evaluate(NUMBERS)]


def check_texts(page, values, gradients):
    """What is written on the boxes are these numbers with four digits."""
    for (data, grad), nodes in zip(page.evaluate(SHOWN), page.evaluate("data.boxes.map((box) => box.nodes[0])"), strict=True):
        assert data == f"data {format_number(float(values[nodes]))}"
        assert grad.removesuffix(" ○") == f"grad {format_number(float(gradients[nodes]))}"
        assert grad.endswith("○") == (gradients[nodes] == 0.0)


def is_tame(*columns):
    """Whether the last digits of functions, in which JavaScript differs, have no visible effect."""
    return all(np.abs(column[np.isfinite(column)]).max(initial=0.0) < 1e3 for column in columns)


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(recipes(), st.floats(-2.0, 2.0).map(lambda x: round(x, 3))), min_size=25, max_size=25))
def test_two_hundred_graphs_follow_python(page_of, made):
    for recipe, x in made:
        root = build(*recipe)
        root.backward()
        page = page_of(draw(root, fold=False))
        values, gradients = map(np.array, python_numbers(root))
        shown_values, shown_gradients = numbers_of(page)
        np.testing.assert_array_equal(shown_values, values)
        np.testing.assert_array_equal(shown_gradients, gradients)
        check_texts(page, values, gradients)
        if is_tame(values, gradients):
            colours = page.evaluate(SHADES)
            page.evaluate("() => { tape.forward(); tape.backward(); paint(); }")
            assert page.evaluate(SHADES) == colours

        leaf = int(take_snapshot(root).nodes[0].name)
        moved = build(*recipe, replaced={leaf: x})
        page.evaluate("(x) => { setLeaf(0, x); paint(); }", repr(x))
        shown_values, shown_gradients = numbers_of(page)
        check_texts(page, shown_values, shown_gradients)
        values, gradients = map(np.array, python_numbers(moved))
        if is_tame(values, gradients):
            np.testing.assert_allclose(shown_values, values, rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(shown_gradients, gradients, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf, 0.0, -0.0, 1e308, 5e-324])
def test_a_page_starts_with_and_takes_special_numbers(page_of, x):
    a, b = Value(x, name="a"), Value(2.0, name="b")
    y = (a * b).tanh() + a / b
    y.backward()
    page = page_of(draw(y))
    values, gradients = map(np.array, python_numbers(y))
    shown = numbers_of(page)
    np.testing.assert_array_equal(shown[0], values)
    np.testing.assert_array_equal(shown[1], gradients)
    check_texts(page, values, gradients)
    page.evaluate("setLeaf(0, '1')")
    page.click('[data-box="0"]')
    page.fill("#leaf", repr(x))
    page.keyboard.press("Enter")
    np.testing.assert_array_equal(numbers_of(page)[0], values)
    np.testing.assert_array_equal(numbers_of(page)[1], gradients)


@pytest.mark.parametrize("text", ["two", "", " ", "1,5", "0x", "1e", "--1", "null", "<b>1</b>", "Infinity1"])
def test_text_that_is_no_number_changes_nothing(page_of, text):
    page = page_of(draw(Value(0.5, name="a").tanh()))
    before = page.evaluate(NUMBERS)
    page.click('[data-box="0"]')
    page.fill("#leaf", text)
    page.keyboard.press("Enter")
    assert page.inner_text("#note") == f"“{text}” is not a number: type one such as 0.5, nan or -inf."
    assert page.evaluate(NUMBERS) == before


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "&lt;b&gt;",
    "]]>",
    "\u202eabc",
    "{style}",
    "漢字" * 20,
    "a\nb\x00",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(page_of, name):
    a = Value(2.0, name=name)
    y = (a * 3.0).tanh() + a
    y.name = name
    y.backward()
    page = page_of(draw(y))
    page.click('[data-box="0"]')
    page.evaluate("setLeaf(0, '0.25')")
    page.click("text=Light the paths from the root")
    page.click("#last")
    page.click("#quiz")
    page.click("summary")
    page.select_option("#direction", "forward")
    page.click("#next")
    assert page.locator("script").count() == 2
    assert page.locator("img, b, [onload], [onerror]").count() == 0
    assert page.evaluate("tape.values[0]") == 0.25


def test_static_pages_say_why_and_draw_everything(page_of):
    a = Value(0.5, name="a")
    odd = define("odd_in_a_browser", lambda xp, a: a * (1.0 if a > 0 else 2.0), lambda xp, y, a: 1.0)
    reasons = {
        "gelu needs erfc, which JavaScript lacks.": ag.gelu(a),
        "the graph has arrays, and pages compute with numbers.": (Tensor([1.0, 2.0]) * a).sum(),
        "the graph has 2 roots.": [a * 2.0, a * 3.0],
        "odd_in_a_browser needs odd_in_a_browser, which JavaScript lacks.": odd(a),
    }
    for reason, root in reasons.items():
        picture = draw(root)
        page = page_of(picture)
        assert page.inner_text("#note") == f"This page is static: {reason}"
        assert page.is_hidden("#live")
        assert page.locator("[data-box]").count() == len(picture.drawing.boxes)
        page.click('[data-box="0"]')
        assert page.locator("#leaf").count() == 0


@given(
    st.lists(st.floats() | st.integers(-(10**6), 10**6).map(lambda n: n / 8) | st.floats(-1e5, 1e5), min_size=40, max_size=40),
    st.integers(1, 6),
)
def test_short_numbers_are_pythons(page_of, numbers, digits):
    page = page_of(draw(Value(0.5, name="a").tanh()))
    texts = [{math.inf: "Infinity", -math.inf: "-Infinity"}.get(x, repr(x).replace("nan", "NaN")) for x in numbers]
    shown = page.evaluate(f"[{','.join(texts)}].map((x) => shortNumber(x, {digits}))")
    assert shown == [format_number(x, digits) for x in numbers]
