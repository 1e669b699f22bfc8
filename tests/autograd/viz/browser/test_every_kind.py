"""How every kind of picture looks, and every state that a reader brings a page to: at three widths, light and dark.

Nothing is cut, covered or out of view, and a screenshot has the colours that it had when somebody looked at it: the mean brightness
and hue of 12 by 8 parts of the window are kept in ``looks.json``. After a change that is meant, run this file with
``SCREENSHOTS=keep``, which writes the screenshots and the new numbers, and look at the screenshots.
"""

import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from picture_faults import DRAWING_FAULTS, PAGE_FAULTS
from picture_kinds import KINDS, SVGS

KEPT = Path(__file__).with_name("looks.json")
KEEPS = os.environ.get("SCREENSHOTS") == "keep"
LOOKS = json.loads(KEPT.read_text()) if KEPT.exists() else {}

PARTS = (12, 8)  # across and down
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-"  # of numbers of 0 to 63

# Of 0 to 63, the largest change of a part that is no change, since it may be rounded to the other side. Without its edges, the page
# of a folded network changes by 2 at 800 pixels.
TOLERANCE = 1

WIDTHS = {400: 800, 800: 800, 1280: 800}  # and heights


def look_of(screenshot):
    """The brightness and the hue (red minus blue) of each part of a screenshot, of 0 to 63."""
    red, green, blue = (
        np.asarray(band, dtype=float) for band in screenshot.convert("RGB").resize(PARTS, Image.Resampling.BOX).split()
    )
    brightness, hue = (red + green + blue) / 3, (red - blue) / 2 + 127.5
    return np.round(np.stack([brightness, hue]).ravel() * 63 / 255).astype(int)


def largest_change(look, kept):
    return max(abs(a - LETTERS.index(b)) for a, b in zip(look, kept, strict=True))


@pytest.fixture(scope="module")
def keep_looks():
    """A function that keeps a look, if this run is to keep them."""
    found = {}
    yield found.__setitem__
    if KEEPS:
        KEPT.write_text(json.dumps(dict(sorted({**LOOKS, **found}.items())), indent=0) + "\n")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_no_faults_and_looks_as_it_did(page_of, has_same_fonts, assert_accessible, keep_looks, tmp_path, kind):
    make, act = KINDS[kind]
    picture, changes = make(), {}
    for width, height in WIDTHS.items():
        page = page_of(picture, size=(width, height))
        act(page)
        assert page.evaluate(DRAWING_FAULTS) == [], f"{width} pixels wide"
        assert kind in SVGS or page.evaluate(PAGE_FAULTS) == [], f"{width} pixels wide"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(30)  # the overview and the surfaces of a playground are drawn again
            name = f"{kind}, {width}, {scheme}"
            path = tmp_path / f"{name}.png"
            image = Image.open(io.BytesIO(page.screenshot(path=path)))
            if width == 800:
                assert_accessible(page)
            look = look_of(image)
            keep_looks(name, "".join(LETTERS[x] for x in look))
            if has_same_fonts and not KEEPS:
                changes[str(path)] = largest_change(look, LOOKS[name])
    assert {path: change for path, change in changes.items() if change > TOLERANCE} == {}, "look at these screenshots"


def test_screenshots_can_be_compared(has_same_fonts):
    if not has_same_fonts or KEEPS:
        pytest.skip("the fonts of this machine are others than those of the looks that were kept, or new ones are being kept")
    assert {name.split(", ")[0] for name in LOOKS} == set(KINDS)


CHANGES = {
    "a box is missing": '() => document.querySelector("[data-box]").remove()',
    "a box has another colour": '() => document.querySelector(".box.p6").setAttribute("class", "box n6")',
    "the panel is missing": '() => document.querySelector("aside").remove()',
    "the edges are missing": '() => document.querySelectorAll(".link").forEach((link) => link.remove())',
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_change_is_found(page_of, change, width):
    page = page_of(KINDS["folded network"][0](), size=(width, WIDTHS[width]))
    before = look_of(Image.open(io.BytesIO(page.screenshot())))
    page.evaluate(CHANGES[change])
    after = look_of(Image.open(io.BytesIO(page.screenshot())))
    assert np.abs(after - before).max() > TOLERANCE or (change, width) == ("the panel is missing", 400)  # where it is below
