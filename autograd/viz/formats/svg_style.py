"""The style of an SVG and the sizes of its text.

Lengths are in pixels. Unless a comment says otherwise, they follow from the sizes of the fonts. If one of them is doubled, the part
that it describes is twice as large, and nothing else depends on it.
"""

# The font is 12 px high (10 px on edges) and monospaced. Its letters are 0.602 of that wide in Menlo, the widest of the fonts
# that the style names; the width is rounded up, so that text never leaves its box. Doubled, boxes are twice as wide as their
# text.
LETTER_WIDTH = 7.3
EDGE_LETTER_WIDTH = 6.1

LINE_HEIGHT = 16.0  # 4/3 of the height of the font, as browsers space lines
EDGE_LABEL_HEIGHT = 12.0  # of the font of 10 px, with its white outline
BASELINE = 4.0  # from the middle of a line down to the baseline of its letters: a third of the height of the font
CAPTION_HEIGHT = 22.0  # a line and a gap below it

BOX_PADDING = 9.0  # between text and the sides of a box: a little more than a letter
GROUP_PADDING = 5.0  # between boxes and the line around their group, less than half of the gap between boxes (18)
EDGE_LABEL_PADDING = 10.0  # at both ends of an edge's label together: the head, and a gap
EDGE_LABEL_PLATE = 4.0  # at both ends of a label on an edge together, where the edge is hidden
MARGIN = 12.0  # around the drawing: twice the widest stroke (5), rounded up

# Radii of the corners of boxes: leaves look rounder than operations.
CORNER_RADIUS = 4
LEAF_CORNER_RADIUS = 9
GROUP_CORNER_RADIUS = 6

# The widths of the outlines of boxes for several nodes, and of the root.
MANY_STROKE = 2.5
ROOT_STROKE = 3.5

# Letters that every box has room for, so that the player can write a gradient of four digits to it, such as "grad -0.1235".
# Doubled, the boxes of plain graphs are mostly empty.
MIN_BOX_LETTERS = 13

# Letters that a node of a diagram has room for: "x10". It is also as high.
MIN_NEURON_LETTERS = 3

# The head of an edge: about as long as a letter, so that it fits on the straight piece before a box.
ARROW_LENGTH = 7.0
ARROW_WIDTH = 7.0
LABEL_SHIFT = 8.0  # of the end of a label from the end of its edge: the length of the head, and a gap
LABEL_RISE = 4.0  # of a label above its edge: half of the head's width, rounded up

# The legend of the colours: swatches as high as letters, in a line of the height of the caption.
SWATCH_WIDTH = 12
SWATCH_HEIGHT = 11
LEGEND_SPACE = 7.0
LEGEND_HEIGHT = 22.0
GROUP_NAME_HEIGHT = 10.0  # of the font of 10 px, above the boxes of the first row

# The colour scale: 0, then six steps to the largest magnitude. Blue and orange can be told apart by readers with any common
# deficiency of colour vision. The text on each has a contrast of at least 4.5 to 1 (WCAG 2.2, level AA).
NEUTRAL_LIGHT, NEUTRAL_DARK = "#f4f4f2", "#23272f"
POSITIVE_LIGHT = ("#e4eefa", "#cfe2f6", "#b5d3f0", "#98c3e9", "#7ab1e0", "#5b9ed6")
NEGATIVE_LIGHT = ("#fdf0e2", "#fbe2c6", "#f9d2a6", "#f6c083", "#f2ab5c", "#ea9335")
POSITIVE_DARK = ("#1f3042", "#1d3c58", "#1b486e", "#1a5484", "#1a609a", "#1a6cb0")
NEGATIVE_DARK = ("#372c20", "#4a351e", "#5e3f1b", "#734917", "#885211", "#9c5c0a")

LIGHT_FILLS = dict(zip(range(-6, 7), (*reversed(NEGATIVE_LIGHT), NEUTRAL_LIGHT, *POSITIVE_LIGHT), strict=True))
DARK_FILLS = dict(zip(range(-6, 7), (*reversed(NEGATIVE_DARK), NEUTRAL_DARK, *POSITIVE_DARK), strict=True))


def shade_class(step: int) -> str:
    """Return the class of a step of the colour scale: p1 to p6 for positive numbers, n1 to n6 for negative ones, and s0.

    Parameters
    ----------
    step : int
        The step, from -6 to 6.

    Returns
    -------
    str
        The name of the class.
    """
    if step == 0:
        return "s0"
    return f"p{step}" if step > 0 else f"n{-step}"


def _fills(fills: dict[int, str]) -> str:
    return "".join(f".drawing .{shade_class(step)}{{--s:{colour}}}" for step, colour in fills.items())


# The strength of an edge is its width.
EDGE_WIDTHS = "".join(f".drawing .link.p{k} path,.drawing .link.n{k} path{{stroke-width:{1 + 0.35 * k:g}}}" for k in range(1, 7))

STYLE = (
    """
.drawing{--ink:#16181d;--line:#667;--edge:#555b66;--paper:#fff;--warn:#b00020;--s:#f4f4f2;--plus:#2166ac;--minus:#b35806}
.drawing{font:12px ui-monospace,Menlo,Consolas,monospace}
.drawing text{fill:var(--ink)}
.drawing .paper{fill:var(--paper)}
.drawing .box rect,.drawing .legend rect{fill:var(--s);stroke:var(--line)}
.drawing .legend rect{stroke-width:.5}
.drawing .box path{fill:var(--s)}
.drawing .leaf rect{stroke-dasharray:5 3}"""
    + f".drawing .many rect{{stroke-width:{MANY_STROKE}}}.drawing .root rect{{stroke-width:{ROOT_STROKE}}}"
    + """
.drawing .warned rect{stroke:var(--warn);stroke-width:3;stroke-dasharray:2 2}
.drawing .guilty rect{stroke:var(--warn);stroke-width:5}

.drawing .guilty:not([class*=" p"],[class*=" n"]) .title,.drawing .warned:not([class*=" p"],[class*=" n"]) .title{fill:var(--warn)}
.drawing .title{font-weight:bold}.drawing .glyph{font-size:16px}
.drawing .link{--e:var(--edge)}
.drawing .link path{fill:none;stroke:var(--e);stroke-width:1.1}.drawing .link.many path{stroke-width:2.4}
"""
    + EDGE_WIDTHS
    + """
.drawing .link[class*=" p"]{--e:var(--plus)}.drawing .link[class*=" n"]{--e:var(--minus)}
.drawing .link path.head{fill:var(--e);stroke-linejoin:round}
.drawing .link text,.drawing .of-group{font-size:10px;paint-order:stroke;stroke:var(--paper);stroke-width:3px}
.drawing .link rect{fill:var(--paper)}
.drawing .group rect{fill:none;stroke:var(--line);stroke-dasharray:1 3}
"""
    + _fills(LIGHT_FILLS)
    + """
@media (prefers-color-scheme:dark){
.drawing{--ink:#f1f2f4;--line:#99a1ae;--edge:#aab1bd;--paper:#15171c;--warn:#ff8a80;--s:#23272f;--plus:#7db8ec;--minus:#f2ab5c}
"""
    + _fills(DARK_FILLS)
    + "}"
)
STYLE = STYLE.replace("\n", "")
