"""page_drawings: the drawing of a page, arranged for wide and for narrow windows."""

from __future__ import annotations

import re
from dataclasses import replace

from autograd.viz.drawing import Drawing
from autograd.viz.formats.svg import SMALL_SCALE, render_svg
from autograd.viz.layout.geometry import Point
from autograd.viz.layout.wrapping import scale_in_window

# The space that a page has for its drawing in a window of 1280 × 800 pixels, and on a phone with 400 × 800.
WIDE_WINDOW: Point = (880.0, 580.0)
NARROW_WINDOW: Point = (390.0, 470.0)

# Boxes of a drawing that is arranged a second time. Thirty make the page about 30 kB larger, and are shown on a phone with letters
# 4 px high, so that of more a reader sees only parts.
MAX_NARROW_BOXES = 30


def page_drawings(drawing: Drawing) -> list[str]:
    """Write a drawing for a page, once or twice.

    Parameters
    ----------
    drawing : Drawing
        The drawing.

    Returns
    -------
    list of str
        The SVG for a wide window. If it is small in a narrow one, then also an SVG for that, if that is larger there: from top to
        bottom, or in shorter rows if it were small from top to bottom. Both have the same boxes and links, in the same order.

    Examples
    --------
    >>> from autograd.viz.drawing import Box, Link
    >>> chain = Drawing(tuple(Box(f"n{i}", "tanh") for i in range(8)), tuple(Link(i, i + 1) for i in range(7)), width=800)
    >>> len(page_drawings(chain)), len(page_drawings(Drawing(chain.boxes[:1], ())))
    (2, 1)
    """
    wide = render_svg(drawing, live=True, window=WIDE_WINDOW)
    scale = _narrow_scale(wide)
    if scale >= SMALL_SCALE or drawing.direction == "TB" or len(drawing.boxes) > MAX_NARROW_BOXES:
        return [wide]
    columns = render_svg(replace(drawing, direction="TB"), live=True)
    if _narrow_scale(columns) >= SMALL_SCALE:
        return [wide, columns]
    narrow = max(columns, render_svg(drawing, live=True, window=NARROW_WINDOW), key=_narrow_scale)
    return [wide, narrow] if _narrow_scale(narrow) > scale else [wide]


def _narrow_scale(svg: str) -> float:
    return scale_in_window(_size(svg), NARROW_WINDOW)


def _size(svg: str) -> Point:
    """The width and the height of an SVG, as its first element has them."""
    width, height = re.findall(r' (?:width|height)="(\d+)"', svg[: svg.index(">")])
    return float(width), float(height)
