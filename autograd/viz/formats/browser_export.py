"""PNG and PDF of an SVG, by Chromium.

The style of our SVGs is CSS with variables, and their labels are painted with their outline first. Converters without a browser do
not know these: CairoSVG 2.9 draws all boxes black.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import ceil
from typing import Any

from autograd.errors import SettingError

# Browsers that are looked for on the path, if there is none of playwright's own.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")

MAX_PIXELS = 16384  # of a side of an image: the largest that Chromium draws

PAGE = "<!doctype html><style>@page{{margin:0}}body{{margin:0}}svg{{display:block}}</style>{svg}"


def render_png(svg: str, scale: float, dark: bool) -> bytes:
    """Draw an SVG as PNG.

    Parameters
    ----------
    svg : str
        The SVG, with its width and height.
    scale : float
        Pixels of the image for each pixel of the SVG.
    dark : bool
        Whether to use the colours of the dark mode.

    Returns
    -------
    bytes

    Raises
    ------
    SettingError
        If ``scale`` is not positive or the image is too large, or if there is no browser.
    """
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale < float("inf"):
        raise SettingError(f"to_png(): scale must be a positive number, not {scale!r}")
    size = _size(svg)
    if scale * max(size) > MAX_PIXELS:
        width, height = (round(scale * side) for side in size)
        raise SettingError(
            f"to_png(): the image would have {width} × {height} pixels, more than {MAX_PIXELS} on a side: "
            f"take scale={MAX_PIXELS / max(size):.2g} or less, fold the graph, or use to_svg()"
        )
    return _in_browser("to_png", svg, dark, scale, lambda page: page.screenshot(full_page=True))


def render_pdf(svg: str, dark: bool) -> bytes:
    """Draw an SVG as PDF.

    Parameters
    ----------
    svg : str
        The SVG, with its width and height.
    dark : bool
        Whether to use the colours of the dark mode.

    Returns
    -------
    bytes
        One page of the size of the SVG.

    Raises
    ------
    SettingError
        If there is no browser.
    """
    width, height = _size(svg)

    def print_page(page: Any) -> bytes:
        page.emulate_media(media="screen", color_scheme="dark" if dark else "light")
        content: bytes = page.pdf(width=f"{width}px", height=f"{height}px", print_background=True, page_ranges="1")
        return content

    return _in_browser("to_pdf", svg, dark, 1.0, print_page)


def _size(svg: str) -> tuple[int, int]:
    """The width and the height of an SVG, in whole pixels."""
    width, height = (re.search(rf'^<svg [^>]*\b{side}="([\d.]+)"', svg) for side in ("width", "height"))
    assert width is not None  # our SVGs have both
    assert height is not None
    return ceil(float(width[1])), ceil(float(height[1]))


def _in_browser(call: str, svg: str, dark: bool, scale: float, work: Callable[[Any], bytes]) -> bytes:
    """Do something with a page that has the SVG, in a thread: notebooks run an event loop, in which playwright refuses to wait."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise SettingError(f"{call}() needs the package playwright: pip install 'gradlab[export]', or use to_svg()") from None
    width, height = _size(svg)

    def run() -> bytes:  # pragma: no cover - runs in a greenlet of playwright, which coverage does not follow
        with sync_playwright() as playwright:
            browser = _launch(call, playwright)
            page = browser.new_page(
                viewport={"width": width, "height": height},
                device_scale_factor=scale,
                color_scheme="dark" if dark else "light",
                java_script_enabled=False,
                offline=True,
            )
            page.set_content(PAGE.format(svg=svg))
            content = work(page)
            browser.close()
            return content

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def _launch(call: str, playwright: Any) -> Any:
    """Start playwright's own browser, or one that is installed."""
    installed = filter(None, map(shutil.which, BROWSERS))
    for path in (None, *installed):
        with suppress(Exception):  # playwright's error if there is no such browser, or if it does not start
            return playwright.chromium.launch(executable_path=path)
    raise SettingError(f"{call}() needs a browser: run `playwright install chromium`, or install Chromium or Chrome")
