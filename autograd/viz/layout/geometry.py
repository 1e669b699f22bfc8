"""Points and distances of a layout. All lengths are in pixels of an SVG at its natural size; letters are 7.3 wide and 16 high."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float]  # (along, across) the direction of reading
Route: TypeAlias = list[tuple[float, ...]]  # a start, then points to go straight to, and triples of points for a Bézier curve
Edge: TypeAlias = tuple[int, int]  # argument and consumer, as positions of boxes

# Across, between two boxes: a line of text (16) and the strokes of the boxes. Doubled, the unfolded graph of a small MLP becomes
# a fifth higher.
BOX_GAP = 18.0

# Across, the space of an edge that passes a layer: its stroke (up to 2.4) and twice that on either side. Doubled, layers that
# many edges pass become twice as high.
PASSING_EDGE_WIDTH = 12.0

# Along, between two layers, besides the labels: an edge to the neighbouring row, which is a box of two lines and BOX_GAP (75)
# away, is 60° steep on average. Doubled, the unfolded graph of a small MLP becomes a fifth longer.
LAYER_GAP = 44.0

# The same in a diagram of a network. There all nodes of two layers are joined, and the edges are steep: those across ten nodes
# (580) rise at 77°, and at 86° with LAYER_GAP. Doubled, at 66°, and a network of four layers is 396 px longer.
NETWORK_LAYER_GAP = 3 * LAYER_GAP

# Across, above a box with an edge to itself: one line of text. Doubled, such a box takes 16 px more on either side.
LOOP_HEIGHT = 16.0

# Across, between two edges that enter a box: the height of a label in letters of 10 px and a gap. Half as much would let labels
# overlap; twice as much makes boxes with many arguments twice as high.
PORT_GAP = 14.0

# Edges that enter a box with a gap of PORT_GAP between them. More share the side as it is, and have no labels. Sixteen make a box
# 224 px high, which is a quarter of a screen; twice as many make it half a screen.
MAX_PORTS = 16

# Across, between the outermost edge or box and the margin of the picture, so that no lane runs along the margin. Doubled,
# pictures become 4 px higher.
PADDING = 2.0

# How far above the box, and from its corner, the curve of a loop ends: less than LOOP_HEIGHT, so that the loop keeps clear of its
# neighbours. Doubled, it runs 4 px nearer to the box.
LOOP_CORNER = 4.0

# Along, from a layer to where an edge turns into its lane: less than a fifth of LAYER_GAP, so that curves between layers keep
# clear of it. Doubled, they may cross it.
LANE_TURN = 8.0


class Layout(NamedTuple):
    """Where everything is.

    Attributes
    ----------
    centres : list of Point
        The centre of each box.
    sizes : list of Point
        The size of each box, which may have grown across to hold its edges.
    routes : list of Route
        The route of each edge.
    extent : Point
        The size of the whole.
    gaps : list of Point
        Where edges are curved between neighbouring layers, from and to, along. There are none if edges run in lanes.
    """

    centres: list[Point]
    sizes: list[Point]
    routes: list[Route]
    extent: Point
    gaps: list[Point]
