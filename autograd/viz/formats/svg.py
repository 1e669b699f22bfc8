"""A drawing as SVG: laid out and written as one file that follows the reader's light or dark mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import NamedTuple, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from autograd.state.garbage_collection import pause_garbage_collection
from autograd.viz.drawing import Box, Drawing, Legend, Link
from autograd.viz.folding.colour_scale import MAX_STEP
from autograd.viz.formats import svg_style as style
from autograd.viz.labels import display_width, format_number
from autograd.viz.layout.geometry import MAX_PORTS, PORT_GAP, Layout, Point, Route
from autograd.viz.layout.layered_layout import arrange
from autograd.viz.layout.wrapping import fit_layout, wrap_layout

# Groups that are drawn. A group is compared with all boxes, so that n groups of n boxes take a time in proportion to n². A screen
# holds about thirty boxes, so that more groups cannot be seen. Doubled, the comparison takes up to four times as long.
MAX_GROUPS = 60

# Links up to which there are labels and details. These take about 95 bytes for each link, and would make the file of an unfolded
# network of 10 000 nodes 30 % larger, whose labels are too small to read when it fits on a screen.
# Doubled, an SVG gets up to 190 kB larger.
MAX_LABELLED_LINKS = 2000

# The scale below which text is small: letters of 12 px are 8.4 px high.
SMALL_SCALE = 0.7

EMPTY_GRADIENT_LINE = "grad "  # the line of a live box that waits for the player


class Frame(NamedTuple):
    """Where a box is on the page: its centre (x, y), and its size (width, height)."""

    centre: Point
    size: Point

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        (x, y), (width, height) = self
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2


# From (along, across) to (x, y), for one point or for several in one tuple.
Transform: TypeAlias = Callable[[tuple[float, ...]], tuple[float, ...]]


@pause_garbage_collection()
def render_svg(drawing: Drawing, live: bool = False, window: Point | None = None) -> str:
    """Write a drawing as SVG.

    Parameters
    ----------
    drawing : Drawing
        The drawing.
    live : bool, default False
        Whether the SVG is part of an HTML page, which has the style, and a script that answers clicks and writes gradients on
        boxes.
    window : tuple of float, optional
        The width and the height of a window that shows all of the drawing. Its rows are as long as is best read there. Without a
        window, they are as long as ``drawing.width``.

    Returns
    -------
    str

    Examples
    --------
    >>> render_svg(Drawing((Box("n0", "a"),), ())).startswith("<svg ")
    True
    """
    if live:
        drawing = _add_gradient_lines(drawing)
    is_vertical = drawing.direction == "TB"
    labels = _edge_labels(drawing)
    label_widths = [len(label) * style.EDGE_LETTER_WIDTH + style.EDGE_LABEL_PADDING if label else 0.0 for label in labels]
    layout = _arrange(drawing, label_widths)
    if drawing.width is not None and not is_vertical:
        layout = (
            wrap_layout(layout, drawing.width - 2 * style.MARGIN) if window is None else fit_layout(layout, window, SMALL_SCALE)
        )
    transform = _transform(drawing.direction, layout.extent[0])
    sizes = [(across, along) if is_vertical else (along, across) for along, across in layout.sizes]
    frames = [Frame((x, y), size) for (x, y), size in zip(map(transform, layout.centres), sizes, strict=True)]
    outlines, names, space_for_names = _groups(drawing.boxes, frames, drawing.direction, layout.extent)
    parts = _opening(drawing, layout.extent, space_for_names, live)
    parts += outlines
    parts += _links(drawing, layout, labels, transform)
    parts += names
    parts += [_box(k, box, frame) for k, (box, frame) in enumerate(zip(drawing.boxes, frames, strict=True))]
    return "\n".join(part for part in (*parts, "</g>", "</svg>\n") if part)


def _add_gradient_lines(drawing: Drawing) -> Drawing:
    """The drawing with a line for the gradient in each box, which is empty until the player writes to it."""
    return replace(drawing, boxes=tuple(map(_with_gradient_line, drawing.boxes)))


def _with_gradient_line(box: Box) -> Box:
    return box if any(map(_is_gradient, box.lines)) else replace(box, lines=(*box.lines, EMPTY_GRADIENT_LINE))


def _is_gradient(line: str) -> bool:
    return line.startswith("grad ")


def _edge_labels(drawing: Drawing) -> list[str]:
    """The label of each edge; "" if there are too many edges."""
    entering = Counter(link.head for link in drawing.links)
    is_crowded = len(drawing.links) > MAX_LABELLED_LINKS
    return ["" if is_crowded or entering[link.head] > MAX_PORTS else link.label for link in drawing.links]


def _is_diagram(drawing: Drawing) -> bool:
    """Whether this is the diagram of a network, whose edges all run in the direction of reading and have no arrow heads."""
    return any(box.kind == "neuron" for box in drawing.boxes)


def _arrange(drawing: Drawing, label_widths: list[float]) -> Layout:
    """The layout, with space for the labels on the edges."""
    is_diagram = _is_diagram(drawing)
    sizes = [_size(box, is_diagram) for box in drawing.boxes]
    edges = [(link.tail, link.head) for link in drawing.links]
    if drawing.direction != "TB":
        return arrange(sizes, edges, label_widths, not is_diagram)
    label_heights = [style.EDGE_LABEL_HEIGHT if width else 0.0 for width in label_widths]
    port_gaps = [max(PORT_GAP, width) for width in label_widths]
    return arrange([(height, width) for width, height in sizes], edges, label_heights, not is_diagram, port_gaps)


def _size(box: Box, is_diagram: bool) -> Point:
    """The width and the height that the text of a box needs."""
    if is_diagram:
        letters = max(style.MIN_NEURON_LETTERS, box.text_width)
        height = style.MIN_NEURON_LETTERS * style.LETTER_WIDTH + 2 * style.BOX_PADDING
        return letters * style.LETTER_WIDTH + 2 * style.BOX_PADDING, height
    width = max(box.text_width, style.MIN_BOX_LETTERS) * style.LETTER_WIDTH + 2 * style.BOX_PADDING
    return width, (1 + len(box.lines)) * style.LINE_HEIGHT + style.BOX_PADDING


def _transform(direction: str, extent: float) -> Transform:
    """The transform for a direction of reading, where the layout is ``extent`` long."""
    if direction == "LR":
        return _identity
    if direction == "RL":
        return lambda point: tuple(extent - c if i % 2 == 0 else c for i, c in enumerate(point))
    return _transpose


def _transpose(point: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(point[i + 1 - 2 * (i % 2)] for i in range(len(point)))


def _identity(point: tuple[float, ...]) -> tuple[float, ...]:
    return point


def _opening(drawing: Drawing, extent: Point, space_for_names: float, live: bool) -> list[str]:
    """The file up to its first box."""
    along, across = extent
    width, height = (across, along) if drawing.direction == "TB" else (along, across)
    header, header_width, header_height = _header(drawing, live)
    width = max(width + space_for_names, header_width) + 2 * style.MARGIN
    height = height + 2 * style.MARGIN + header_height
    title = drawing.caption or "A computation graph"
    role = f'role="group" aria-label={quoteattr(title)}' if live else 'role="img"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" {role} width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">',
        "" if live else f"<title>{escape(title)}</title>\n<style>{style.STYLE}</style>",
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>',
        *header,
        f'<g transform="translate({style.MARGIN},{style.MARGIN + header_height})">',
    ]


def _header(drawing: Drawing, live: bool) -> tuple[list[str], float, float]:
    """The caption, the legend of the colours below it and the space for names of groups; with their width and height."""
    parts, width, height = [], 0.0, 0.0
    if drawing.caption and not live:
        parts.append(f'<text class="caption" x="{style.MARGIN}" y="{style.MARGIN + 10}">{escape(drawing.caption)}</text>')
        width, height = len(drawing.caption) * style.LETTER_WIDTH, style.CAPTION_HEIGHT
    if drawing.legend is not None:
        legend, legend_width = _legend(drawing.legend, style.MARGIN + height)
        parts.append(legend)
        width, height = max(width, legend_width), height + style.LEGEND_HEIGHT
    if any(box.group for box in drawing.boxes):
        height += style.GROUP_NAME_HEIGHT
    return parts, width, height


def _legend(legend: Legend, top: float) -> tuple[str, float]:
    """The colour scale with the numbers at its ends, and its width."""
    strongest = format_number(legend.largest)
    first, last = (f"{legend.what} -{strongest}" if legend.is_signed else f"{legend.what} 0"), strongest
    steps = range(-MAX_STEP if legend.is_signed else 0, MAX_STEP + 1)
    left = style.MARGIN + len(first) * style.LETTER_WIDTH + style.LEGEND_SPACE
    swatches = [
        f'<rect class="{style.shade_class(step)}" x="{left + i * style.SWATCH_WIDTH:.1f}" y="{top:.1f}" '
        f'width="{style.SWATCH_WIDTH}" height="{style.SWATCH_HEIGHT}"/>'
        for i, step in enumerate(steps)
    ]
    right = left + len(steps) * style.SWATCH_WIDTH + style.LEGEND_SPACE
    texts = [f'<text x="{x:.1f}" y="{top + 10:.1f}">{text}</text>' for x, text in ((style.MARGIN, first), (right, last))]
    return f'<g class="legend">{"".join(swatches)}{"".join(texts)}</g>', right + len(last) * style.LETTER_WIDTH - style.MARGIN


def _groups(boxes: Sequence[Box], frames: Sequence[Frame], direction: str, extent: Point) -> tuple[list[str], list[str], float]:
    """A dotted line around the boxes of each group, unless another box stands among them; their names; the space for these."""
    groups = dict.fromkeys(box.group for box in boxes if box.group)
    if len(groups) > MAX_GROUPS:
        return [], [], 0.0
    corners = {group: _group_corners(group, boxes, frames) for group in groups}
    known = {group: place for group, place in corners.items() if place is not None}
    outlines = [_group_outline(group, place) for group, place in known.items()]
    if direction == "TB":
        width = max((right + _name_width(group) - extent[1] for group, (_, _, right, _) in known.items()), default=0.0)
        return outlines, [_name_beside(group, place) for group, place in known.items()], max(0.0, width)
    names, taken = [], [frame.corners for frame in frames]
    for group, place in known.items():
        name = _name_above(group, place, extent[0], taken)
        if name is not None:
            names.append(name[0])
            taken.append(name[1])
    return outlines, names, 0.0


Corners: TypeAlias = tuple[float, float, float, float]  # left, top, right and bottom


def _group_corners(group: str, boxes: Sequence[Box], frames: Sequence[Frame]) -> Corners | None:
    """The outline of a group; None if another box is inside of it."""
    inside = [frame.corners for box, frame in zip(boxes, frames, strict=True) if box.group == group]
    outside = [frame.corners for box, frame in zip(boxes, frames, strict=True) if box.group != group]
    lefts, tops, rights, bottoms = zip(*inside, strict=True)
    around = min(lefts), min(tops), max(rights), max(bottoms)
    if any(_meet(around, corners) for corners in outside):
        return None
    left, top, right, bottom = around
    pad = style.GROUP_PADDING
    return left - pad, top - pad, right + pad, bottom + pad


def _meet(a: Corners, b: Corners) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _group_outline(group: str, corners: Corners) -> str:
    left, top, right, bottom = corners
    return (
        f'<g class="group"><rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
        f'height="{bottom - top:.1f}" rx="{style.GROUP_CORNER_RADIUS}"/><title>{escape(group)}</title></g>'
    )


def _name_width(group: str) -> float:
    return display_width(group) * style.EDGE_LETTER_WIDTH + style.EDGE_LABEL_PADDING


def _name_beside(group: str, corners: Corners) -> str:
    """The name to the right of a group, where no edge is if edges run down."""
    _, top, right, bottom = corners
    return f'<text class="of-group" x="{right + 4.0:.1f}" y="{(top + bottom) / 2 + 3.0:.1f}">{escape(group)}</text>'


def _name_above(group: str, corners: Corners, length: float, taken: Sequence[Corners]) -> tuple[str, Corners] | None:
    """The name in the middle above a group, and its place; None if it would cover a box or another name."""
    left, top, right, _ = corners
    width = _name_width(group) - style.EDGE_LABEL_PADDING
    start = max(-style.MARGIN / 2, min((left + right - width) / 2, length + style.MARGIN / 2 - width))
    bottom = top - 2.0
    place = start, bottom - style.GROUP_NAME_HEIGHT, start + width, bottom
    if start < -style.MARGIN / 2 or any(_meet(place, other) for other in taken):
        return None
    return f'<text class="of-group" x="{start:.1f}" y="{bottom:.1f}">{escape(group)}</text>', place


def _box(k: int, box: Box, frame: Frame) -> str:
    """A box with its text."""
    x, y = frame.centre
    first_line = y - (len(box.lines) * style.LINE_HEIGHT) / 2 + style.BASELINE
    title, *lines = escape("\n".join((box.title, *box.lines))).split("\n")
    title_class = "title glyph" if len(box.title) == 1 and not box.title.isalnum() else "title"
    texts = [f'<text class="{title_class}" x="{x:.1f}" y="{first_line:.1f}" text-anchor="middle">{title}</text>']
    for i, line in enumerate(lines, start=1):
        class_ = _line_class(line)
        text = "" if line == EMPTY_GRADIENT_LINE else line
        texts.append(f'<text{class_} x="{x:.1f}" y="{first_line + style.LINE_HEIGHT * i:.1f}" text-anchor="middle">{text}</text>')
    return f'<g class="{_box_classes(box)}" data-box="{k}">{_outline(box, frame)}{"".join(texts)}</g>'


def _line_class(line: str) -> str:
    """The class by which the script of a page finds a line: of the data, of the gradient, or a note that changes with them."""
    if _is_gradient(line):
        return ' class="grad"'
    if line.startswith("data "):
        return ' class="data"'
    return ' class="note"' if line.endswith("○") or line.startswith(("⚠", "⚑")) else ""


def _box_classes(box: Box) -> str:
    marks = {
        "root": box.is_root,
        "warned": box.has_warning,
        "guilty": box.is_guilty,
        "many": box.count > 1,
        style.shade_class(box.shade or 0): box.shade is not None,
    }
    return " ".join(["box", box.kind, *(name for name, is_marked in marks.items() if is_marked)])


def _outline_width(box: Box) -> float:
    """The width of the line around a box."""
    if box.is_root:
        return style.ROOT_STROKE
    return style.MANY_STROKE if box.count > 1 else 1.0


def _outline(box: Box, frame: Frame) -> str:
    left, top, _, _ = frame.corners
    width, height = frame.size
    radius = {"neuron": height / 2, "leaf": style.LEAF_CORNER_RADIUS}.get(box.kind, style.CORNER_RADIUS)
    outline = f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:g}"/>'
    if box.low_shade is None:
        return outline
    middle, inset = left + width / 2, _outline_width(box) / 2
    left, top, height, radius = left + inset, top + inset, height - 2 * inset, radius - inset
    half = (  # the left half, for the negative numbers, inside of the outline
        f"M{middle:.1f},{top:.1f}H{left + radius:.1f}a{radius:g},{radius:g} 0 0 0 {-radius:g},{radius:g}"
        f"v{height - 2 * radius:.1f}a{radius:g},{radius:g} 0 0 0 {radius:g},{radius:g}H{middle:.1f}z"
    )
    return f'{outline}<path class="{style.shade_class(box.low_shade)}" d="{half}"/>'


def _links(drawing: Drawing, layout: Layout, labels: Sequence[str], transform: Transform) -> list[str]:
    """The path of each link, with an arrow at its end, its label and its detail."""
    has_details = len(drawing.links) <= MAX_LABELLED_LINKS
    is_diagram = _is_diagram(drawing)
    parts = []
    for k, (link, route, label) in enumerate(zip(drawing.links, layout.routes, labels, strict=True)):
        classes = "link many" if link.count > 1 else "link"
        if link.shade is not None:
            classes += f" {style.shade_class(link.shade)}"
        title = f"<title>{escape(link.detail)}</title>" if has_details and link.detail else ""
        end = transform(route[-1][-2:])
        head = "" if is_diagram else f'<path class="head" d="{_arrow_head(link, end, drawing.direction)}"/>'
        path = f'<path d="{_path(route, transform)}"/>'
        text = _edge_label(link, end, drawing.direction) if label else ""
        parts.append(f'<g class="{classes}" data-link="{k}">{title}{path}{text}{head}</g>')
    return parts


def _arrow_head(link: Link, end: tuple[float, ...], direction: str) -> str:
    """A triangle at the end of an edge, which arrives along the direction of reading, or against it if the edge runs back."""
    (x, y), length, half = end, style.ARROW_LENGTH, style.ARROW_WIDTH / 2
    back = length if (direction == "RL") != (link.tail > link.head) else -length
    if direction == "TB":
        return f"M{x:.1f},{y:.1f}l{-half:g},{back:g}h{2 * half:g}z"
    return f"M{x:.1f},{y:.1f}l{back:g},{-half:g}v{2 * half:g}z"


def _path(route: Route, transform: Transform) -> str:
    """The route as path data, with all numbers formatted at once, which takes a third of the time of one by one."""
    numbers = tuple(chain.from_iterable(route if transform is _identity else map(transform, route)))
    return _path_pattern(tuple(map(len, route))) % numbers


@cache
def _path_pattern(lengths: tuple[int, ...]) -> str:
    """A path of pieces with so many numbers: a start, then lines (two numbers) and Bézier curves (six)."""
    commands = ["M", *("L" if length == 2 else "C" for length in lengths[1:])]
    return "".join(f"{command}{','.join(['%.1f'] * length)}" for command, length in zip(commands, lengths, strict=True))


def _edge_label(link: Link, end: tuple[float, ...], direction: str) -> str:
    """The label, above the straight piece with which an edge enters its consumer, or on it where edges run down."""
    x, y = end
    if direction == "TB":
        above = -style.ARROW_LENGTH - style.LABEL_RISE if link.tail <= link.head else 2.0 * style.ARROW_LENGTH + style.LABEL_RISE
        width = len(link.label) * style.EDGE_LETTER_WIDTH + style.EDGE_LABEL_PLATE
        plate = f'<rect x="{x - width / 2:.1f}" y="{y + above - 9:.1f}" width="{width:.1f}" height="{style.EDGE_LABEL_HEIGHT:g}"/>'
        return f'{plate}<text x="{x:.1f}" y="{y + above:.1f}" text-anchor="middle">{escape(link.label)}</text>'
    runs_left = (direction == "RL") != (link.tail > link.head)
    anchor, shift = ("start", style.LABEL_SHIFT) if runs_left else ("end", -style.LABEL_SHIFT)
    return f'<text x="{x + shift:.1f}" y="{y - style.LABEL_RISE:.1f}" text-anchor="{anchor}">{escape(link.label)}</text>'
