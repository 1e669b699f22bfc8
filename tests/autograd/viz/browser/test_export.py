"""PNG and PDF, as Chromium draws them: sizes, colours, and what is said without a browser."""

import asyncio
import io
import re
import struct
import sys

import matplotlib.image
import numpy as np
import pytest

from autograd import SettingError
from autograd.viz import draw, network
from autograd.viz.formats import browser_export
from autograd.viz.formats.svg_style import DARK_FILLS, LIGHT_FILLS
from picture_helpers import neuron_graph


@pytest.fixture
def picture(browser):  # only where there is one
    y = neuron_graph()[2]
    y.backward()
    return draw(y)


def svg_size(picture):
    return tuple(int(re.search(rf'^<svg [^>]*\b{side}="(\d+)"', picture.to_svg())[1]) for side in ("width", "height"))


def png_size(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def colours(png):
    pixels = np.round(matplotlib.image.imread(io.BytesIO(png))[..., :3] * 255).astype(int)
    return {"#{:02x}{:02x}{:02x}".format(*pixel) for pixel in np.unique(pixels.reshape(-1, 3), axis=0).tolist()}


@pytest.mark.parametrize("scale", [0.5, 1, 2.0, 3])
def test_a_png_has_the_size_of_the_svg_times_the_scale(picture, tmp_path, scale):
    png = picture.to_png(tmp_path / "picture.png", scale=scale)
    assert (tmp_path / "picture.png").read_bytes() == png
    np.testing.assert_allclose(png_size(png), scale * np.array(svg_size(picture)), atol=1)


def test_a_png_has_the_colours_of_the_mode(picture):
    light, dark = colours(picture.to_png()), colours(picture.to_png(dark=True))
    assert set(LIGHT_FILLS.values()) <= light
    assert set(DARK_FILLS.values()) <= dark
    assert "#ffffff" in light
    assert "#15171c" in dark
    assert "#ffffff" not in dark


def test_a_diagram_and_a_picture_in_an_event_loop_are_written(picture):
    assert asyncio.get_running_loop().is_running()  # that of the fixture, as in a notebook
    assert png_size(network([2, 3, 1]).to_png(scale=1)) == svg_size(network([2, 3, 1]))
    assert png_size(picture.to_png(scale=1)) == svg_size(picture)


@pytest.mark.parametrize("dark", [False, True])
def test_a_pdf_is_one_page_of_the_size_of_the_svg(picture, tmp_path, dark):
    pdf = picture.to_pdf(tmp_path / "picture.pdf", dark=dark)
    assert (tmp_path / "picture.pdf").read_bytes() == pdf
    assert pdf.startswith(b"%PDF-")
    ((width, height),) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    points = 72 / 96
    np.testing.assert_allclose([float(width), float(height)], points * np.array(svg_size(picture)), atol=1)
    assert b"/Font" in pdf  # its text is text


def test_bad_scales_and_large_images_are_named(picture):
    for scale in (0, -1, True, "2", float("inf"), float("nan")):
        with pytest.raises(SettingError, match=r"^to_png\(\): scale must be a positive number, not "):
            picture.to_png(scale=scale)
    width, height = svg_size(picture)
    with pytest.raises(
        SettingError,
        match=rf"^to_png\(\): the image would have {100 * width} × {100 * height} pixels, more than 16384 on a side: take scale=2\d or less",
    ):
        picture.to_png(scale=100)


def test_without_playwright_or_a_browser_the_error_says_what_to_install(monkeypatch):
    picture = network([2, 1])
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "playwright.sync_api", None)
        for call in ("to_png", "to_pdf"):
            with pytest.raises(
                SettingError, match=rf"^{call}\(\) needs the package playwright: pip install 'gradlab\[export\]', or use to_svg"
            ):
                getattr(picture, call)()
    pytest.importorskip("playwright.sync_api", reason="needs playwright to run a browser")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    monkeypatch.setattr(browser_export.shutil, "which", lambda name: None)
    with pytest.raises(
        SettingError, match=r"^to_png\(\) needs a browser: run `playwright install chromium`, or install Chromium or Chrome(?m:$)"
    ):
        picture.to_png()
