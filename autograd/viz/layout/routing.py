"""Routes of edges: straight next to the boxes of a layer, curved between layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from autograd.viz.layout.geometry import (
    LANE_TURN,
    LAYER_GAP,
    LOOP_CORNER,
    LOOP_HEIGHT,
    NETWORK_LAYER_GAP,
    PADDING,
    PASSING_EDGE_WIDTH,
    Edge,
    Layout,
    Point,
    Route,
)
from autograd.viz.layout.layering import CellGrid, Trunk
from autograd.viz.layout.ports import PlacedPorts, Ports, join_ports, place_ports

# If edges pass more cells than PASSED_CELLS_PER_EDGE for each edge and EXTRA_PASSED_CELLS, a trunk that edges share is drawn
# once, by its longest edge, and the others branch off. A leaf that all nodes of a chain of n use has n edges that pass n²/2
# cells. If each were drawn to its full length, a chain of 1000 nodes would have 31 MB of SVG instead of 0.8 MB. With the limits
# doubled a chain of 60 nodes has 136 kB instead of 49 kB.
PASSED_CELLS_PER_EDGE = 2
EXTRA_PASSED_CELLS = 1000


class Router:
    """Routes the edges of a grid of cells whose order and places are known.

    Parameters
    ----------
    grid : CellGrid
        The cells.
    sizes : list of Point
        The size of each box.
    ports : list of Ports
        The edges that enter each box.
    across : list of float
        The centre of each cell, across.
    label_lengths : sequence of float
        The length of each edge's label, along.
    port_gaps : sequence of float or None
        The space across that each edge needs where it enters a box; None if all edges meet in the middle of its side.
    """

    def __init__(
        self,
        grid: CellGrid,
        sizes: list[Point],
        ports: list[Ports],
        across: list[float],
        label_lengths: Sequence[float],
        port_gaps: Sequence[float] | None,
    ) -> None:
        self.grid: CellGrid = grid
        self.edges: Sequence[Edge] = grid.edges
        self.sizes: list[Point] = sizes
        self.across: list[float] = across
        forward_labels, backward_labels = self._label_space(label_lengths)
        self.label_lengths: Sequence[float] = label_lengths
        starts, ends = self._layer_bounds(forward_labels, backward_labels, NETWORK_LAYER_GAP if port_gaps is None else LAYER_GAP)
        # Edges are straight next to boxes and labels, and curved from the end of a layer to the start of the next.
        self.straight_starts: list[float] = [start - space for start, space in zip(starts, forward_labels, strict=False)]
        self.straight_ends: list[float] = [end + space for end, space in zip(ends, backward_labels[1:], strict=False)]
        self.length: float = self.straight_ends[-1] if ends else 0.0
        layer_of_box = grid.layer_of_cell[: grid.box_count]
        self.centres: list[Point] = [((starts[layer] + ends[layer]) / 2, v) for layer, v in zip(layer_of_box, across, strict=False)]
        self.ports: PlacedPorts = (
            join_ports(ports, across) if port_gaps is None else place_ports(ports, across, sizes, port_gaps, self._origin)
        )
        self.lowest: float = max((v + size[1] / 2 for v, size in zip(across, sizes, strict=False)), default=0.0)
        self.lanes: dict[int, float] = self._lanes()
        passed_cells = sum(trunk.passed for trunk in grid.trunks.values())
        self.draws_trunks_once: bool = passed_cells > PASSED_CELLS_PER_EDGE * len(self.edges) + EXTRA_PASSED_CELLS

    def _label_space(self, label_lengths: Sequence[float]) -> tuple[list[float], list[float]]:
        """The space before each layer for the labels of the edges that enter it forward, and backward from the layer before.

        Loops enter forward, and turn before their labels and behind their boxes.
        """
        layer_of = self.grid.layer_of_cell
        forward, backward = [0.0] * (len(self.grid.layers) + 1), [0.0] * (len(self.grid.layers) + 1)
        for (tail, head), length in zip(self.edges, label_lengths, strict=True):
            layer, turn = layer_of[head], LOOP_HEIGHT if tail == head else 0.0
            if tail <= head:
                forward[layer] = max(forward[layer], length + turn)
            if tail >= head:
                backward[layer + 1] = max(backward[layer + 1], turn or length)
        return forward, backward

    def _layer_bounds(
        self, forward_labels: list[float], backward_labels: list[float], gap: float
    ) -> tuple[list[float], list[float]]:
        """Where the boxes of each layer start and end, along."""
        starts, ends, position = [], [], 0.0
        for i, layer in enumerate(self.grid.layers):
            position += forward_labels[i] + backward_labels[i] + (gap if i else 0.0)
            starts.append(position)
            position += max((self.sizes[cell][0] for cell in layer if cell < self.grid.box_count), default=0.0)
            ends.append(position)
        return starts, ends

    def _origin(self, e: int) -> float:
        """Where an edge comes from, across, as its consumer sees it."""
        return self.across[self._cell_before_consumer(e)]

    def _cell_before_consumer(self, e: int) -> int:
        """The cell, in the layer next to the consumer, from which an edge comes."""
        tail, head = self.edges[e]
        cells, passed = self.grid.trunks.get(e, Trunk([tail], 0))
        if not passed:
            return tail
        return cells[passed] if tail < head else cells[1]

    def _lanes(self) -> dict[int, float]:
        """The lane, across, of each edge that has no cells. All edges of one source share a lane."""
        lanes: dict[int, float] = {}
        lane_of_source: dict[int, float] = {}
        for e in self.grid.lane_edges:
            source = self.edges[e][0]
            lanes[e] = lane_of_source.setdefault(source, self.lowest + PASSING_EDGE_WIDTH * (len(lane_of_source) + 1))
        return lanes

    def layout(self) -> Layout:
        """Route all edges.

        Returns
        -------
        Layout
        """
        routes = [self._loop(e) if tail == head else self._route(e) for e, (tail, head) in enumerate(self.edges)]
        height = max(chain([self.lowest], (v for route in routes for piece in route for v in piece[1::2]))) + PADDING
        gaps = list(zip(self.straight_ends, self.straight_starts[1:], strict=False))
        return Layout(self.centres, self.sizes, routes, (self.length, height), [] if self.lanes else gaps)

    def _bounds(self, e: int) -> tuple[float, float]:
        """Where the curves of an edge begin behind its argument, and end before its consumer, along."""
        tail, head = self.edges[e]
        tail_layer, head_layer = self.grid.layer_of_cell[tail], self.grid.layer_of_cell[head]
        if tail < head:
            return self.straight_ends[tail_layer], self.straight_starts[head_layer]
        return self.straight_starts[tail_layer], self.straight_ends[head_layer]

    def _route(self, e: int) -> Route:
        """The route of an edge between two boxes."""
        tail, head = self.edges[e]
        is_forward = tail < head
        side = 0.5 if is_forward else -0.5
        (tail_u, _), (head_u, _) = self.centres[tail], self.centres[head]
        exits = self.ports.exits if is_forward else self.ports.backward_exits
        start = (tail_u + side * self.sizes[tail][0], exits[tail])
        end = (head_u - side * self.sizes[head][0], self.ports.entries[e])
        begin, into = self._bounds(e)
        if e in self.lanes:
            return _route_by_lane(start, begin, into, end, self.lanes[e], LANE_TURN if is_forward else -LANE_TURN)
        cells, count = self.grid.trunks[e]
        is_longest = count == len(cells) - 1
        if self.draws_trunks_once and count and not is_longest:
            begin = self._leaving(cells[count], is_forward)
            return _route_by_cells((begin, self.across[cells[count]]), begin, [], into, end)
        passed_cells = cells[1 : count + 1] if is_forward else cells[count:0:-1]
        straights = [
            (self._entering(cell, is_forward), self._leaving(cell, is_forward), self.across[cell]) for cell in passed_cells
        ]
        return _route_by_cells(start, begin, straights, into, end)

    def _entering(self, cell: int, is_forward: bool) -> float:
        """Where edges begin to run straight through the layer of a cell."""
        return (self.straight_starts if is_forward else self.straight_ends)[self.grid.layer_of_cell[cell]]

    def _leaving(self, cell: int, is_forward: bool) -> float:
        """Where edges end to run straight through the layer of a cell."""
        return (self.straight_ends if is_forward else self.straight_starts)[self.grid.layer_of_cell[cell]]

    def _loop(self, e: int) -> Route:
        """The route of an edge from a box to itself: out at its end, back above it and its label, in at its start."""
        box = self.edges[e][0]
        (u, v), (along, across) = self.centres[box], self.sizes[box]
        right, left, port = u + along / 2, u - along / 2, self.ports.entries[e]
        above, into = v - across / 2 - LOOP_HEIGHT + LOOP_CORNER, left - self.label_lengths[e]
        route: Route = [
            (right, port),
            (right + LOOP_HEIGHT, port, right + LOOP_HEIGHT, above, right - LOOP_CORNER, above),
            (into + LOOP_CORNER, above),
            (into - LOOP_HEIGHT, above, into - LOOP_HEIGHT, port, into, port),
        ]
        return route if into == left else [*route, (left, port)]


def _route_by_cells(start: Point, begin: float, straights: Sequence[tuple[float, float, float]], into: float, end: Point) -> Route:
    """Straight to ``begin`` and through each cell, given as (first, last, across); curved between; straight from ``into``."""
    route: Route = [start, (begin, start[1])]
    u, v = begin, start[1]
    for first, last, across in straights:
        route += [_curve(u, v, first, across), (last, across)]
        u, v = last, across
    route.append(_curve(u, v, into, end[1]))
    return route if (into, end[1]) == end else [*route, end]  # an empty last piece would have no direction


def _route_by_lane(start: Point, begin: float, into: float, end: Point, lane: float, turn: float) -> Route:
    """Out into the gap between layers, along the lane next to all boxes, and back through the gap before the consumer."""
    out, back = begin + turn, into - turn
    return [start, (out, start[1]), (out, lane), (back, lane), (back, end[1]), end]


def _curve(u: float, v: float, to_u: float, to_v: float) -> tuple[float, ...]:
    """A Bézier curve that leaves and arrives straight along; a line if that is straight."""
    if v == to_v:
        return to_u, to_v
    middle = (u + to_u) / 2
    return middle, v, middle, to_v, to_u, to_v
