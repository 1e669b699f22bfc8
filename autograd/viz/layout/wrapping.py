"""wrap_layout and fit_layout: a long layout in several rows, one below the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from autograd.viz.layout.geometry import BOX_GAP, Layout, Point, Route

# Edges that may go from a row to the next. Each takes a lane at the end of the row, between the rows, and before the next row.
# With twice as many, these lanes take more space than a row of boxes.
MAX_WRAPPED_EDGES = 12

# The space of such an edge in its three lanes: its stroke and twice that on either side, as between two layers. Doubled, twelve
# lanes take 96 px more in each of the three places.
LANE_WIDTH = 8.0

# The radius of the corners where an edge turns into a lane, and out of it: smaller than the space between two lanes. Doubled,
# corners would overlap.
CORNER_RADIUS = 6.0

# Rows are planned a fifth longer than the length in equal parts, since they end at gaps between layers. With half of that, some
# rows hold one layer less, and one more row is needed.
ROW_RESERVE = 1.2

# A layout that is longer by less than this factor stays in one row: scaled down by it, text of 12 px can still be read, and a
# row of one box would be left over. Doubled, text would be scaled down to 5 px.
TOLERANCE = 1.25


def wrap_layout(layout: Layout, length: float) -> Layout:
    """Continue a layout in further rows.

    Parameters
    ----------
    layout : Layout
        The layout in one row.
    length : float
        The length after which it continues in a further row, if there is a gap that few edges cross.

    Returns
    -------
    Layout
        The layout in rows of at most that length, unless single layers are longer. Edges to the next row leave at the end of a
        row, run between the rows, and enter the next row from its start.

    Examples
    --------
    >>> from autograd.viz.layout.layered_layout import arrange
    >>> row = arrange([(50.0, 10.0)] * 4, [(0, 1), (1, 2), (2, 3)], [0.0] * 3)
    >>> row.extent, wrap_layout(row, 200.0).extent
    ((332.0, 18.0), (176.0, 72.0))
    """
    breaks = _choose_breaks(layout, length)
    return _Rows(layout, breaks).layout() if breaks else layout


def fit_layout(layout: Layout, window: Point, small_scale: float) -> Layout:
    """Continue a layout in further rows, so that it can be read in a window that shows all of it.

    Parameters
    ----------
    layout : Layout
        The layout in one row.
    window : Point
        The width and the height of the window.
    small_scale : float
        The scale below which text is small.

    Returns
    -------
    Layout
        The layout in the fewest rows that the window shows at ``small_scale`` at least. If there are none, the layout that it shows
        at the largest scale.

    Examples
    --------
    >>> from autograd.viz.layout.layered_layout import arrange
    >>> row = arrange([(50.0, 10.0)] * 4, [(0, 1), (1, 2), (2, 3)], [0.0] * 3)
    >>> fit_layout(row, (332.0, 100.0), 0.75).extent, fit_layout(row, (200.0, 100.0), 0.75).extent
    ((332.0, 18.0), (176.0, 72.0))
    """
    length, height = layout.extent
    # With n rows the scales along and across are n * width / length and height of the window / (n * height of a row).
    most = round((length / window[0] * window[1] / (height + BOX_GAP)) ** 0.5)
    best, best_scale = layout, scale_in_window(layout.extent, window)
    for count in sorted({2, 3, most - 1, most, most + 1, most + 2}):
        if best_scale >= small_scale:
            break
        if count > 1:
            rows = wrap_layout(layout, max(length / count * ROW_RESERVE, window[0]))
            scale = scale_in_window(rows.extent, window)
            if scale > best_scale:
                best, best_scale = rows, scale
    return best


def scale_in_window(extent: Point, window: Point) -> float:
    """Compute the scale at which a window shows all of a drawing.

    Parameters
    ----------
    extent, window : Point
        The width and the height of the drawing and of the window.

    Returns
    -------
    float

    Examples
    --------
    >>> scale_in_window((100.0, 50.0), (200.0, 25.0))
    0.5
    """
    return min(window[0] / extent[0], window[1] / extent[1])


def _crossing_counts(layout: Layout) -> list[int]:
    """How many edges cross the middle of each gap."""
    middles = [(start + end) / 2 for start, end in layout.gaps]
    changes = [0] * (len(middles) + 1)
    for route in layout.routes:
        reached = [piece[-2] for piece in route]
        changes[bisect_right(middles, min(reached))] += 1
        changes[bisect_right(middles, max(reached))] -= 1
    counts, total = [], 0
    for change in changes[:-1]:
        total += change
        counts.append(total)
    return counts


def _choose_breaks(layout: Layout, length: float) -> list[Point]:
    """The gaps at which rows end: the fewest rows, and in them the fewest edges from row to row."""
    if layout.extent[0] <= TOLERANCE * length:
        return []
    gaps = [gap for gap, count in zip(layout.gaps, _crossing_counts(layout), strict=True) if count <= MAX_WRAPPED_EDGES]
    counts = [count for count in _crossing_counts(layout) if count <= MAX_WRAPPED_EDGES]
    stops = [(0.0, 0.0), *gaps, (layout.extent[0], layout.extent[0])]
    costs: list[tuple[float, int]] = [(0.0, -1)]  # of the best rows up to each stop, and where the last of them starts
    for j in range(1, len(stops)):
        choices = []
        for i in range(j - 1, -1, -1):
            row_length = stops[j][0] - stops[i][1]
            excess = max(0.0, row_length - length)
            crossing = counts[j - 1] if j <= len(counts) else 0
            choices.append((costs[i][0] + length + crossing * LANE_WIDTH + 100.0 * excess, i))
            if excess:  # rows that begin earlier are longer still
                break
        costs.append(min(choices))
    breaks, j = [], costs[-1][1]
    while j > 0:
        breaks.append(stops[j])
        j = costs[j][1]
    return breaks[::-1]


class _Rows:
    """A layout that is cut at some gaps."""

    def __init__(self, layout: Layout, breaks: Sequence[Point]) -> None:
        self.old = layout
        self.breaks = breaks
        self.middles = [(start + end) / 2 for start, end in breaks]
        self.starts = [0.0, *(end for _, end in breaks)]
        self.lanes = [self._lanes_across(middle) for middle in self.middles]
        self.lane_counts = [len(set(lanes.values())) for lanes in self.lanes]
        before, after = [0, *self.lane_counts], [*self.lane_counts, 0]
        self.indent = max(before) * LANE_WIDTH + (LANE_WIDTH if max(before) else 0.0)
        self.length = max(end - start for start, end in pairwise([*self.starts, layout.extent[0]]))
        ends = [start for start, _ in breaks] + [layout.extent[0]]
        self.lengths = [end - start for start, end in zip(self.starts, ends, strict=True)]
        self.length = self.indent + max(
            row + (count + 1) * LANE_WIDTH * bool(count) for row, count in zip(self.lengths, after, strict=True)
        )
        tops, bottoms = self._row_bounds()
        self.shifts, top = [], 0.0
        self.gutters = []  # where the lanes before each row begin, across
        for row, count in enumerate(before):
            self.gutters.append(top)
            top += count * LANE_WIDTH + (BOX_GAP if row else 0.0)
            self.shifts.append(top - tops[row])
            top += bottoms[row] - tops[row] + BOX_GAP
        self.height = top - BOX_GAP

    def _lanes_across(self, middle: float) -> dict[int, int]:
        """The lanes, from the outermost to the innermost, of the edges that go from the row before a break to the row after it.

        Edges that leave a row as one line have come from the same box, and share a lane.
        """
        heights = {}
        for e, route in enumerate(self.old.routes):
            reached = [piece[-2] for piece in route]
            if min(reached) < middle < max(reached):
                heights[e] = (self._height_at(route, middle), route[0][0] > middle)
        lanes = {height: lane for lane, height in enumerate(sorted(set(heights.values())))}
        return {e: lanes[height] for e, height in heights.items()}

    @staticmethod
    def _height_at(route: Route, middle: float) -> float:
        """Where a route is before it crosses a break, across."""
        return next(a[-1] for a, b in pairwise(route) if min(a[-2], b[-2]) < middle < max(a[-2], b[-2]))

    def _row_of(self, u: float) -> int:
        return bisect_right(self.middles, u)

    def _row_bounds(self) -> tuple[list[float], list[float]]:
        """The lowest and the highest position across of each row."""
        tops, bottoms = [float("inf")] * len(self.starts), [0.0] * len(self.starts)
        boxes = ((u, v - size[1] / 2, v + size[1] / 2) for (u, v), size in zip(self.old.centres, self.old.sizes, strict=True))
        points = ((u, v, v) for route in self.old.routes for piece in route for u, v in zip(piece[::2], piece[1::2], strict=True))
        for u, top, bottom in (*boxes, *points):
            row = self._row_of(u)
            tops[row], bottoms[row] = min(tops[row], top), max(bottoms[row], bottom)
        return tops, bottoms

    def _move(self, point: Point) -> Point:
        row = self._row_of(point[0])
        return point[0] - self.starts[row] + self.indent, point[1] + self.shifts[row]

    def layout(self) -> Layout:
        """The layout in rows."""
        routes = [self._route(e, route) for e, route in enumerate(self.old.routes)]
        centres = [self._move(p) for p in self.old.centres]
        return Layout(centres, self.old.sizes, routes, (self.length, self.height), [])

    def _route(self, e: int, route: Route) -> Route:
        moved: Route = [self._move((route[0][0], route[0][1]))]
        for last, piece in pairwise(route):
            row, next_row = self._row_of(last[-2]), self._row_of(piece[-2])
            if row == next_row:
                points = zip(piece[::2], piece[1::2], strict=True)
                moved.append(tuple(c for point in points for c in self._move(point)))
            else:
                target = self._move((piece[-2], piece[-1]))
                moved += _round_corners([moved[-1][-2:], *self._detour(e, row, next_row, last[-1], piece[-1]), target])
        return moved

    def _detour(self, e: int, row: int, next_row: int, v: float, next_v: float) -> Iterator[Point]:
        """The corners of an edge from one row to the next, or back."""
        first = min(row, next_row)
        lane, count = self.lanes[first][e], self.lane_counts[first]
        gutter = self.gutters[first + 1] + LANE_WIDTH * (count - lane) - LANE_WIDTH / 2
        right = self.indent + self.lengths[first] + LANE_WIDTH * (count - lane)
        left = self.indent - LANE_WIDTH * (lane + 1)
        corners = [(right, v + self.shifts[row] if row == first else next_v + self.shifts[next_row]), (right, gutter)]
        corners += [(left, gutter), (left, next_v + self.shifts[next_row] if row == first else v + self.shifts[row])]
        yield from corners if row == first else reversed(corners)


def _round_corners(points: Sequence[tuple[float, ...]]) -> Route:
    """Straight pieces from the first point to the last, with rounded corners between them."""
    route: Route = []
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        route += [_towards(corner, before), (*corner, *corner, *_towards(corner, after))]
    return [*route, points[-1]]


def _towards(corner: tuple[float, ...], other: tuple[float, ...]) -> Point:
    """A point near a corner in the direction of another point."""
    du, dv = other[0] - corner[0], other[1] - corner[1]
    distance = abs(du) + abs(dv)
    share = min(CORNER_RADIUS / distance, 0.5) if distance else 0.0
    return corner[0] + du * share, corner[1] + dv * share
