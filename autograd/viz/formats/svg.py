"""SVG: a drawing laid out and written as one file that follows the reader's light or dark mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from autograd.state.garbage_collection import uncollected
from autograd.viz.folding import Box, Drawing, Link
from autograd.viz.layout import MOST_PORTS, ROOM, Arranged, Point, Route, arrange

LETTER, LINE = 7.3, 16.0  # of the font: the width of a letter, the height of a line
MOST_GROUPS = 60  # are drawn; more are too many to see
SMALL = 6.1  # the width of a letter on an edge
PAD = 9.0
EMPTY = "grad "  # a line of a live picture that waits for the player
NARROWEST = 13  # letters that every box has room for, so that the player can write to it
MARGIN = 12.0
CROWDED = 2000  # edges: more have no text

# Fills are chosen so that the text on each has a contrast of at least 4.5 to 1.
STYLE = """
.drawing{--ink:#16181d;--line:#667;--edge:#555b66;--paper:#fff;--warn:#b00020;--s:#f4f4f2}
.drawing{font:12px ui-monospace,Menlo,Consolas,monospace}
.drawing text{fill:var(--ink)}
.paper{fill:var(--paper)}
.box rect{fill:var(--s);stroke:var(--line)}
.leaf rect{stroke-dasharray:5 3}.leaf.many rect,.many rect{stroke-width:2.5}
.root rect{stroke-width:3.5}.warned rect{stroke:var(--warn);stroke-width:3;stroke-dasharray:2 2}
.guilty rect{stroke:var(--warn);stroke-width:5}.guilty .title,.warned .title{fill:var(--warn);font-weight:bold}
.title{font-weight:bold}
.link path{fill:none;stroke:var(--edge);stroke-width:1.1}.link.many path{stroke-width:2.4}
.drawing .link text{font-size:10px;paint-order:stroke;stroke:var(--paper);stroke-width:3px}
.group{fill:none;stroke:var(--line);stroke-dasharray:1 3}
#arrow path{fill:var(--edge)}
.s0{--s:#f4f4f2}.s1{--s:#e4eefa}.s2{--s:#cfe2f6}.s3{--s:#b5d3f0}.s4{--s:#98c3e9}.s5{--s:#7ab1e0}.s6{--s:#5b9ed6}
@media (prefers-color-scheme:dark){
.drawing{--ink:#f1f2f4;--line:#99a1ae;--edge:#aab1bd;--paper:#15171c;--warn:#ff8a80;--s:#23272f}
.s0{--s:#23272f}.s1{--s:#1f3042}.s2{--s:#1d3a55}.s3{--s:#1b4467}.s4{--s:#194e79}.s5{--s:#17568a}.s6{--s:#145e9a}}
""".replace("\n", "")


@uncollected()
def svg(drawing: Drawing, live: bool = False) -> str:
    """The drawing as an SVG file of its own; a ``live`` one is part of a page, which has the style and answers to clicks.

    >>> svg(Drawing((Box("n0", "a"),), ())).startswith("<svg ")
    True
    """
    upright = drawing.direction == "TB"
    if live:
        drawing = _waiting(drawing)
    texts = _labels(drawing)
    lengths = [len(text) * SMALL + 10.0 if text else 0.0 for text in texts]
    placed = _placed(drawing, lengths, upright)
    turn = _turned(drawing.direction, placed.extent[0])
    across, along = (placed.extent[1], placed.extent[0]) if upright else placed.extent
    head = 22.0 if drawing.caption and not live else 0.0
    beside = max(lengths, default=0.0) if upright else 0.0
    wide = max(across + beside + 2 * MARGIN, len(drawing.caption) * LETTER + 2 * MARGIN)
    middles = [(x, y) for x, y in map(turn, placed.centres)]
    frames = [(middle, (v, u) if upright else (u, v)) for middle, (u, v) in zip(middles, placed.sizes, strict=True)]
    parts = _opening(drawing.caption, wide, along + 2 * MARGIN + head, head, live)
    parts += _groups(drawing.boxes, frames)
    for k, (link, route, entry, text) in enumerate(zip(drawing.links, placed.routes, placed.entries, texts, strict=True)):
        label = _label(link, turn(entry), drawing.direction) if text else ""
        parts.append(_link(k, link, route, turn, label, "" if len(drawing.links) > CROWDED else link.detail))
    parts += [_box(k, box, *frame, live) for k, (box, frame) in enumerate(zip(drawing.boxes, frames, strict=True))]
    return "\n".join(part for part in (*parts, "</g>", "</svg>\n") if part)


def _waiting(drawing: Drawing) -> Drawing:
    """With a line in each box for the player to write to."""
    boxes = (box if any(map(_is_gradient, box.lines)) else replace(box, lines=(*box.lines, EMPTY)) for box in drawing.boxes)
    return replace(drawing, boxes=tuple(boxes))


def _labels(drawing: Drawing) -> list[str]:
    """What stands on each edge: nothing where there are too many."""
    entering = Counter(link.head for link in drawing.links)
    crowded = len(drawing.links) > CROWDED
    return ["" if crowded or entering[link.head] > MOST_PORTS else link.label for link in drawing.links]


def _placed(drawing: Drawing, lengths: list[float], upright: bool) -> Arranged:
    """Where all stands, with room for the labels on the edges."""
    diagram = any(box.kind == "neuron" for box in drawing.boxes)
    sizes = [_size(box, diagram) for box in drawing.boxes]
    edges = [(link.tail, link.head) for link in drawing.links]
    if not upright:
        return arrange(sizes, edges, lengths, not diagram, [ROOM] * len(edges))
    heights = [12.0 if length else 0.0 for length in lengths]
    return arrange([(h, w) for w, h in sizes], edges, heights, not diagram, [max(ROOM, length) for length in lengths])


def _opening(caption: str, wide: float, high: float, head: float, live: bool) -> list[str]:
    """The file up to its first box."""
    said = caption or "A computation graph"
    role = f'role="group" aria-label={quoteattr(said)}' if live else 'role="img"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" {role} width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}">',
        "" if live else f"<title>{escape(said)}</title>\n<style>{STYLE}</style>",
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto" '
        'markerUnits="userSpaceOnUse"><path d="M0,0 8,4 0,8z"/></marker></defs>',
        f'<rect class="paper" width="{wide:.0f}" height="{high:.0f}"/>',
        f'<text class="caption" x="{MARGIN}" y="{MARGIN + 10}">{escape(caption)}</text>' if head else "",
        f'<g transform="translate({MARGIN},{MARGIN + head})">',
    ]


Turn: TypeAlias = Callable[[tuple[float, ...]], tuple[float, ...]]


def _upright(p: tuple[float, ...]) -> tuple[float, ...]:
    return p


def _turned(direction: str, extent: float) -> Turn:
    """From (along, across) to (x, y), for one point or several."""
    if direction == "LR":
        return _upright
    if direction == "RL":
        return lambda p: tuple(extent - c if i % 2 == 0 else c for i, c in enumerate(p))
    return lambda p: tuple(p[i + 1 - 2 * (i % 2)] for i in range(len(p)))


def _groups(boxes: Sequence[Box], frames: Sequence[tuple[Point, Point]]) -> list[str]:
    """A dotted line around the boxes of each group that no other box stands among."""
    drawn: list[str] = []
    groups = dict.fromkeys(box.group for box in boxes if box.group)
    for group in groups if len(groups) <= MOST_GROUPS else ():
        corners = [_corners(frame) for box, frame in zip(boxes, frames, strict=True) if box.group == group]
        left, top, right, bottom = (f(c[i] for c in corners) for i, f in enumerate((min, min, max, max)))
        others = (_corners(frame) for box, frame in zip(boxes, frames, strict=True) if box.group != group)
        if not any(l < right and left < r and t < bottom and top < b for l, t, r, b in others):
            drawn.append(
                f'<g class="group"><rect x="{left - 5:.1f}" y="{top - 5:.1f}" width="{right - left + 10:.1f}" '
                f'height="{bottom - top + 10:.1f}" rx="6"/><title>{escape(group)}</title></g>'
            )
    return drawn


def _corners(frame: tuple[Point, Point]) -> tuple[float, float, float, float]:
    (x, y), (w, h) = frame
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def _size(box: Box, diagram: bool) -> Point:
    if diagram:
        return max(3, box.wide) * LETTER + 2 * PAD, 3 * LETTER + 2 * PAD
    return max(box.wide, NARROWEST) * LETTER + 2 * PAD, (1 + len(box.lines)) * LINE + PAD


def _box(k: int, box: Box, centre: Point, size: Point, live: bool) -> str:
    (x, y), (w, h) = centre, size
    classes = ["box", box.kind, *(name for name in ("root", "warned", "guilty") if getattr(box, name))]
    classes += ["many"] if box.count > 1 else []
    classes += [f"s{box.shade}"] if box.shade is not None else []
    first = y - (len(box.lines) * LINE) / 2 + 4.0
    title, *lines = escape("\n".join((box.title, *box.lines))).split("\n")
    shown = ["" if line == EMPTY else line for line in lines]
    rows = [f'<text class="title" x="{x:.1f}" y="{first:.1f}" text-anchor="middle">{title}</text>']
    rows += [
        f'<text{_said_class(line)} x="{x:.1f}" y="{first + LINE * (i + 1):.1f}" text-anchor="middle">{text}</text>'
        for i, (line, text) in enumerate(zip(lines, shown, strict=True))
    ]
    round_ = h / 2 if box.kind == "neuron" else 9 if box.kind == "leaf" else 4
    rect = f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{round_:g}"/>'
    role = f' role="button" tabindex="-1" aria-label={quoteattr(f"#{k} " + ", ".join((box.title, *box.lines)))}' if live else ""
    return f'<g class="{" ".join(classes)}" data-box="{k}"{role}>{rect}{"".join(rows)}</g>'


def _is_gradient(line: str) -> bool:
    return line.startswith("grad ")


def _said_class(line: str) -> str:
    """The line that the player writes to can be found."""
    return ' class="grad"' if _is_gradient(line) else ""


def _link(k: int, link: Link, route: Route, turn: Turn, text: str, detail: str) -> str:
    """The path of an edge, with an arrow at its end, and its label."""
    pattern = _pattern(tuple(map(len, route)))
    numbers = tuple(chain.from_iterable(route if turn is _upright else map(turn, route)))
    classes = "link many" if link.count > 1 else "link"
    title = f"<title>{escape(detail)}</title>" if detail else ""
    return f'<g class="{classes}" data-link="{k}">{title}<path d="{pattern % numbers}" marker-end="url(#arrow)"/>{text}</g>'


@cache
def _pattern(lengths: tuple[int, ...]) -> str:
    """A path of such pieces, to be filled with all its numbers at once, which takes a third of the time."""
    return "".join(f"{'M' if not i else 'L' if n == 2 else 'C'}{','.join(['%.1f'] * n)}" for i, n in enumerate(lengths))


def _label(link: Link, entry: tuple[float, ...], direction: str) -> str:
    """Where the edge enters the consumer's layer, above it."""
    x, y = entry
    if direction == "TB":
        return f'<text x="{x + 4:.1f}" y="{y + 10:.1f}">{escape(link.label)}</text>'
    leftwards = (direction == "RL") != (link.tail >= link.head)
    anchor, shift = ("end", -2.0) if leftwards else ("start", 2.0)
    return f'<text x="{x + shift:.1f}" y="{y - 3:.1f}" text-anchor="{anchor}">{escape(link.label)}</text>'
