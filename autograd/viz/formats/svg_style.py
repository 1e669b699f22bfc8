"""The style of an SVG and the sizes of its text."""

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
EDGE_LABEL_PADDING = 10.0  # between an edge's label and the ends of the straight piece that it stands on
MARGIN = 12.0  # around the drawing: twice the widest stroke (5), rounded up

# Radii of the corners of boxes: leaves look rounder than operations.
CORNER_RADIUS = 4
LEAF_CORNER_RADIUS = 9
GROUP_CORNER_RADIUS = 6

# Letters that every box has room for, so that the player can write a gradient of four digits to it, such as "grad -0.1235".
# Doubled, the boxes of plain graphs are mostly empty.
MIN_BOX_LETTERS = 13

# Letters that a node of a diagram has room for: "x10". It is also as high.
MIN_NEURON_LETTERS = 3

# The fills s0 to s6 are the colour scale. The text on each has a contrast of at least 4.5 to 1 (WCAG 2.2, level AA).
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
