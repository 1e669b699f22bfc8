"""How pages and pictures look: screenshots at three widths, light and dark, beside those that were looked at and kept.

The kept ones are a quarter of the size, so that they show colours and places and hardly any letters. After a change that is meant,
run this file with ``SCREENSHOTS=keep``, look at the new ones in the folder ``screenshots``, and commit them.
"""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nn
from autograd.viz import draw, network, playground
from picture_helpers import moons_loss, neuron_graph

FOLDER = Path(__file__).parent / "screenshots"
KEEPS = os.environ.get("SCREENSHOTS") == "keep"
SHRINKING = 4

# Differences of 0 to 255, of a colour. A box one step darker differs by about 20 where it is, and a box that is missing by more.
VISIBLE = 12
# The share of pixels that may differ visibly: letters and rounded corners that another version of Chromium draws elsewhere. A single
# box of the page of eight nodes is 0.8 % of it at 1280 pixels.
MAX_SHARE = 0.003


def expression():
    y = neuron_graph()[2]
    y.backward()
    return draw(y)


def loss():
    total = moons_loss(4, 4)[1]
    total.backward()
    return draw(total)


class Svg:
    """The SVG of a picture, on a page of its own."""

    def __init__(self, picture):
        self.picture = picture

    def to_html(self, path):
        path.write_text(f"<!doctype html><meta charset=utf-8><meta name=color-scheme content='light dark'>{self.picture.to_svg()}")


KINDS = {
    "expression": expression,
    "loss": loss,
    "network": lambda: Svg(network([3, 5, 4, 2])),
    "playground": lambda: playground(nn.MLP([2, 4, 3, 1], rng=0), *nn.toys.moons(40, rng=0)),
}


@pytest.fixture
def same_fonts(has_same_fonts):
    if not has_same_fonts:
        pytest.skip("the fonts of this machine are others than those of the kept screenshots")


def take(page, name):
    """A screenshot at a quarter of the size."""
    if name.startswith("playground"):
        for _ in range(3):
            page.click("#step")
    elif not name.startswith("network"):
        page.keyboard.press("ArrowRight")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return image.resize((image.width // SHRINKING, image.height // SHRINKING), Image.Resampling.BOX)


def share_of_difference(a, b):
    """The share of the pixels that differ visibly."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    assert a.shape == b.shape
    return np.mean(np.abs(a - b).max(axis=2) > VISIBLE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 800, 1280])
@pytest.mark.parametrize("kind", KINDS)
def test_pages_look_as_they_did(same_fonts, open_page, tmp_path, kind, width, scheme):
    name = f"{kind}-{width}-{scheme}.png"
    page = open_page(KINDS[kind](), scheme, size=(width, 800))
    image = take(page, name)
    if KEEPS:
        image.save(FOLDER / name, optimize=True)
    kept = Image.open(FOLDER / name).convert("RGB")
    share = share_of_difference(image, kept)
    if share > MAX_SHARE:
        page.screenshot(path=tmp_path / name)
    assert share <= MAX_SHARE, f"{share:.2%} of the pixels differ from screenshots/{name}: look at {tmp_path / name}"


CHANGES = {
    "a box is missing": '() => document.querySelector("[data-box]").remove()',
    "a box has another colour": '() => document.querySelector(".p6").setAttribute("class", "box n6")',
    "the panel is missing": '() => document.querySelector("aside").remove()',
    "text is larger": '() => { document.querySelector("aside").style.fontSize = "120%"; }',
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found(same_fonts, open_page, change):
    page = open_page(expression())
    page.set_viewport_size({"width": 1280, "height": 800})
    before = take(page, "expression")
    page.evaluate(CHANGES[change])
    after = take(page, "expression")
    assert share_of_difference(before, after) > MAX_SHARE
