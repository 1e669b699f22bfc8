"""Layout: boxes in layers, every edge routed through free space, in the manner of Sugiyama, Tagawa and Toda (1981).

Along the direction of reading lie the layers; across it, each layer's boxes. A long edge has a place of its own in every layer that
it passes, so that no edge runs under a box; when those would be too many, it runs in a lane beside all boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float]
Route: TypeAlias = list[tuple[float, ...]]  # a start, then points to go straight to, and triples of points for a Bézier curve
Edge: TypeAlias = tuple[int, int]

BETWEEN = 18.0  # across, between two boxes
BESIDE = 12.0  # across, what a passing edge takes
GAP = 44.0  # along, between two layers, besides the labels
LOOP = 16.0  # across, above a box whose edge returns to it
ROOM = 14.0  # across, between the edges that enter a box
MOST_PORTS = 16  # edges that still get room of their own at a box


class Arranged(NamedTuple):
    """The middle of each box, (along, across), and the route of each edge.

    ``entries`` are the points from which the edges run straight to their consumer. ``extent`` is the size of the whole, and
    ``sizes`` are those of the boxes, which may have grown across to hold their edges.
    """

    centres: list[Point]
    sizes: list[Point]
    routes: list[Route]
    entries: list[Point]
    extent: Point


def arrange(
    sizes: Sequence[Point],
    edges: Sequence[Edge],
    labels: Sequence[float],
    spread: bool = True,
    room: Sequence[float] | None = None,
) -> Arranged:
    """Places for boxes of the given (along, across) sizes, and ways for ``edges`` (argument, consumer).

    Boxes are given with arguments before consumers wherever that is possible; edges the other way are drawn backwards.
    ``labels`` are the lengths of the edges' labels along the direction of reading, ``room`` what each edge needs across where it
    enters a box. The edges that enter a box are ``spread`` over its side, or meet in one point.

    >>> arrange([(10.0, 10.0), (10.0, 10.0)], [(0, 1)], [0.0]).centres
    [(5.0, 9.0), (59.0, 9.0)]
    """
    return _Layers(sizes, edges, labels, spread, room or [ROOM] * len(edges)).arranged()


class _Layers:
    """The work in hand. A *cell* is a box, or a place that a passing edge takes in a layer; boxes come first."""

    def __init__(
        self, sizes: Sequence[Point], edges: Sequence[Edge], labels: Sequence[float], spread: bool, room: Sequence[float]
    ) -> None:
        self.edges, self.spread = edges, spread
        self.n = len(sizes)
        self.ports = self._entering()
        self.loops = {t for t, h in edges if t == h}
        needed = [max((room[e] for e in ports), default=0.0) * len(ports) for ports in self.ports]
        few = [spread and len(ports) <= MOST_PORTS for ports in self.ports]
        self.sizes = [(u, max(v, need if f else 0.0)) for (u, v), need, f in zip(sizes, needed, few, strict=True)]
        self.labels = labels
        self.layer = self._layers()
        self.beside: list[int] = []  # edges in lanes
        self.trunks: dict[int, tuple[list[int], int]] = {}  # the cells of an edge's trunk, and how many of them it passes
        self.layers: list[list[int]] = [[] for _ in range(max(self.layer, default=-1) + 1)]
        self.room, self.room_back = self._label_room()
        self._cells()

    def _entering(self) -> list[list[int]]:
        """The edges that end at each box, loops apart."""
        ports: list[list[int]] = [[] for _ in range(self.n)]
        for e, (t, h) in enumerate(self.edges):
            if t != h:
                ports[h].append(e)
        return ports

    def _layers(self) -> list[int]:
        """As close to the end as its consumers allow, so that each box stands right before one of them."""
        back = [0] * self.n
        ahead: list[list[int]] = [[] for _ in range(self.n)]
        for t, h in self.edges:
            if t != h:
                ahead[min(t, h)].append(max(t, h))
        for i in range(self.n - 1, -1, -1):
            back[i] = max((back[j] + 1 for j in ahead[i]), default=0)
        deepest = max(back, default=0)
        return [deepest - b for b in back]

    def _cells(self) -> None:
        """Put boxes and passing edges into layers. Forward edges of one box share their places."""
        for i, layer in enumerate(self.layer):
            self.layers[layer].append(i)
        trunks: dict[tuple[int, int], list[int]] = {}
        lasts: dict[tuple[int, int], int] = {}
        layers = self.layer
        for e, (t, h) in enumerate(self.edges):
            if t != h:
                key, far = ((t, -1), layers[h]) if t < h else ((h, e), layers[t])
                trunks.setdefault(key, []).append(e)
                if far > lasts.get(key, -1):
                    lasts[key] = far
        spans = sorted((last - layers[key[0]] - 1, key, last) for key, last in lasts.items())
        room = 4 * self.n + 2000
        self.cell_layer = list(self.layer)
        self.joins: dict[Edge, None] = {}
        for span, key, last in spans:
            room -= span
            if room < 0:
                steps = {e: abs(self.layer[self.edges[e][0]] - self.layer[self.edges[e][1]]) for e in trunks[key]}
                self.beside += [e for e, step in steps.items() if step > 1]
                self._pass(key[0], [e for e, step in steps.items() if step == 1], self.layer[key[0]] + 1)
                continue
            self._pass(key[0], trunks[key], last)

    def _pass(self, start: int, members: list[int], last: int) -> None:
        """One cell for each layer between ``start`` and the farthest end."""
        first = self.layer[start]
        cells = [start]
        if last == first + 1:
            for e in members:
                self.joins[start, max(self.edges[e])] = None
                self.trunks[e] = cells, 0
            return
        for layer in range(first + 1, last):
            cells.append(len(self.cell_layer))
            self.cell_layer.append(layer)
            self.layers[layer].append(cells[-1])
        for pair in zip(cells, cells[1:], strict=False):
            self.joins[pair] = None
        for e in members:
            far = max(self.edges[e])
            count = self.layer[far] - first
            self.joins[cells[count - 1], far] = None
            self.trunks[e] = cells, count - 1

    def arranged(self) -> Arranged:
        count = len(self.cell_layer)
        before: list[list[int]] = [[] for _ in range(count)]
        after: list[list[int]] = [[] for _ in range(count)]
        for a, b in self.joins:
            after[a].append(b)
            before[b].append(a)
        self._order(before, after)
        across = self._across(before, after)
        starts, ends = self._along()
        return self._routed(across, starts, ends)

    def _order(self, before: list[list[int]], after: list[list[int]]) -> None:
        """Fewer crossings: each layer sorted by the mean place of its neighbours, from the end, from the start, and again."""
        place = [0.0] * len(self.cell_layer)
        for layer in self.layers:
            for i, cell in enumerate(layer):
                place[cell] = i
        sweeps = 12 if len(place) < 500 else 4 if len(place) < 5000 else 2
        for sweep in range(sweeps):
            backwards = sweep % 2 == 0
            near = after if backwards else before
            for layer in reversed(self.layers) if backwards else self.layers:
                if len(layer) > 1:
                    means = {c: sum([place[j] for j in near[c]]) / len(near[c]) if near[c] else place[c] for c in layer}
                    layer.sort(key=means.__getitem__)
                    for i, cell in enumerate(layer):
                        place[cell] = i

    def _size_across(self, cell: int) -> float:
        if cell >= self.n:
            return BESIDE
        return self.sizes[cell][1] + BETWEEN + (2 * LOOP if cell in self.loops else 0.0)

    def _across(self, before: list[list[int]], after: list[list[int]]) -> list[float]:
        """Where the cells lie across: near the mean of their neighbours, in order, without overlap."""
        across = [0.0] * len(self.cell_layer)
        half = [self._size_across(c) / 2 for c in range(len(self.cell_layer))]
        for layer in self.layers:
            _settle(layer, [0.0] * len(layer), half, across)
        for sweep in range(6 if len(across) < 5000 else 2):
            backwards = sweep % 2 == 0
            near = after if backwards else before
            for layer in reversed(self.layers) if backwards else self.layers:
                wanted = [sum([across[j] for j in near[c]]) / len(near[c]) if near[c] else across[c] for c in layer]
                _settle(layer, wanted, half, across)
        top = min((across[c] - half[c] for c in range(len(across))), default=0.0)
        return [a - top - BETWEEN / 2 + 2.0 for a in across]

    def _along(self) -> tuple[list[float], list[float]]:
        """Where each layer starts and ends."""
        wide = [max((self.sizes[c][0] for c in layer if c < self.n), default=0.0) for layer in self.layers]
        starts, ends, at = [], [], 0.0
        for i, w in enumerate(wide):
            at += (self.room[i] + (GAP if self.spread else 3 * GAP) + self.room_back[i]) if i else 0.0
            starts.append(at)
            ends.append(at + w)
            at += w
        return starts, ends

    def _label_room(self) -> tuple[list[float], list[float]]:
        """Before each layer, where edges run straight beneath their labels: those that go on, and those that go back."""
        ahead, back = [0.0] * (len(self.layers) + 1), [0.0] * (len(self.layers) + 1)
        for e, (t, h) in enumerate(self.edges):
            if t < h:
                ahead[self.layer[h]] = max(ahead[self.layer[h]], self.labels[e])
            elif t > h:
                back[self.layer[h] + 1] = max(back[self.layer[h] + 1], self.labels[e])
        return ahead, back

    def _routed(self, across: list[float], starts: list[float], ends: list[float]) -> Arranged:
        centres = [((starts[self.layer[i]] + ends[self.layer[i]]) / 2, across[i]) for i in range(self.n)]
        first = [s - room for s, room in zip(starts, self.room, strict=False)]  # where curves end before a layer,
        last = [e + room for e, room in zip(ends, self.room_back[1:], strict=False)]  # and where they begin behind it
        entry = self._entries(across)
        lowest = max((across[i] + self.sizes[i][1] / 2 for i in range(self.n)), default=0.0)
        lanes = self._lanes(lowest)
        whole = sum(count for _, count in self.trunks.values()) <= 2 * len(self.edges) + 1000
        routes: list[Route] = []
        doors: list[Point] = []
        for e, (t, h) in enumerate(self.edges):
            if t == h:
                routes.append(self._loop(centres[t], self.sizes[t]))
                doors.append((centres[t][0] + self.sizes[t][0] / 2, across[t] - self.sizes[t][1] / 2 - LOOP + 4.0))
                continue
            forward = t < h
            side = 0.5 if forward else -0.5
            start = (centres[t][0] + side * self.sizes[t][0], across[t] if forward else across[t] + self.sizes[t][1] / 4)
            end = (centres[h][0] - side * self.sizes[h][0], entry[e])
            out, into = (last, first) if forward else (first, last)
            doors.append((into[self.layer[h]], entry[e]))
            if e in lanes:
                routes.append(_lane(start, out[self.layer[t]], into[self.layer[h]], end, lanes[e], 1.0 if forward else -1.0))
                continue
            cells, count = self.trunks[e]
            passed = cells[1 : count + 1] if forward else cells[count:0:-1]
            begin = out[self.layer[t]]
            if not whole and count and count < len(cells) - 1:  # the trunk is drawn once, by its longest edge
                begin = out[self.cell_layer[cells[count]]]
                start, passed = (begin, across[cells[count]]), []
            stations = [(into[self.cell_layer[c]], out[self.cell_layer[c]], across[c]) for c in passed]
            routes.append(_way(start, begin, stations, into[self.layer[h]], end))
        bottom = max([lowest, *lanes.values()]) + 2.0
        return Arranged(centres, self.sizes, routes, doors, (ends[-1] if ends else 0.0, bottom))

    def _entries(self, across: list[float]) -> dict[int, float]:
        """Where on a box's side each edge enters: spread out, in the order of where they come from."""
        entry = {}
        for h, ports in enumerate(self.ports):
            for k, e in enumerate(sorted(ports, key=lambda e: (across[self._last_cell(e)], e))):
                entry[e] = across[h] + (((k + 0.5) / len(ports) - 0.5) * self.sizes[h][1] if self.spread else 0.0)
        return entry

    def _last_cell(self, e: int) -> int:
        """Where an edge comes from in the layer next to its consumer."""
        t, h = self.edges[e]
        cells, count = self.trunks.get(e, ([t], 0))
        return (cells[count] if t < h else cells[1]) if count else t

    def _lanes(self, lowest: float) -> dict[int, float]:
        """A lane across for each edge that has no cells: all edges of one source share theirs."""
        lanes: dict[int, float] = {}
        by_source: dict[int, float] = {}
        for e in self.beside:
            t = self.edges[e][0]
            by_source.setdefault(t, lowest + BESIDE * (len(by_source) + 1))
            lanes[e] = by_source[t]
        return lanes

    def _loop(self, centre: Point, size: Point) -> Route:
        """Out at the end, back above the box, in at its start."""
        u, v = centre
        right, left, top = u + size[0] / 2, u - size[0] / 2, v - size[1] / 2
        inner, over = top + 7.0, top - LOOP + 4.0
        return [
            (right, inner),
            (right + LOOP, inner, right + LOOP, over, right - 4.0, over),
            (left + 4.0, over),
            (left - LOOP, over, left - LOOP, inner, left, inner),
        ]


def _settle(layer: list[int], wanted: list[float], half: list[float], across: list[float]) -> None:
    """The places nearest to the wanted ones, in the least-squares sense, that keep the order and do not overlap.

    Cells that would overlap move as one block, by the pool-adjacent-violators algorithm (Ayer et al. 1955).
    """
    offset, at = [], 0.0
    for i, cell in enumerate(layer):
        at += (half[layer[i - 1]] + half[cell]) if i else 0.0
        offset.append(at)
    blocks: list[list[float]] = []  # mean, count
    for want, shift in zip(wanted, offset, strict=True):
        blocks.append([want - shift, 1.0])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            mean, count = blocks.pop()
            blocks[-1][0] = (blocks[-1][0] * blocks[-1][1] + mean * count) / (blocks[-1][1] + count)
            blocks[-1][1] += count
    i = 0
    for mean, count in blocks:
        for _ in range(int(count)):
            across[layer[i]] = mean + offset[i]
            i += 1


def _way(start: Point, out: float, passed: Sequence[tuple[float, float, float]], into: float, end: Point) -> Route:
    """Straight beside the boxes of a layer, curved between layers only."""
    route: Route = [start, (out, start[1])]
    at, y = out, start[1]
    for first, last, level in passed:
        route += [_curve(at, y, first, level), (last, level)]
        at, y = last, level
    return [*route, _curve(at, y, into, end[1]), end]


def _lane(start: Point, out: float, into: float, end: Point, lane: float, step: float) -> Route:
    """Out into the gap, to the lane beside all boxes, along it, and back into the gap before the consumer."""
    return [start, (out + 8 * step, start[1]), (out + 8 * step, lane), (into - 8 * step, lane), (into - 8 * step, end[1]), end]


def _curve(u: float, v: float, to: float, level: float) -> tuple[float, ...]:
    if v == level:
        return to, level
    middle = (u + to) / 2
    return middle, v, middle, level, to, level
