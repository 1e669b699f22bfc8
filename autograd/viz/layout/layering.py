"""Layers: which boxes stand in each layer, and which edges pass through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from autograd.viz.layout.geometry import Edge

# The number of cells that passing edges may take is CELLS_PER_BOX for each box and EXTRA_CELLS. If every node of a chain of n is
# used at its end, the edges pass n²/2 cells. With this limit a chain of 5000 nodes, all used at its end, takes 0.5 s and 3.5 MB
# of SVG; with twice as many cells for each box 0.7 s and 4.2 MB. Where most edges are short, the limit is never reached: an
# unfolded network of 10 000 nodes looks the same with four times the cells.
CELLS_PER_BOX = 4
EXTRA_CELLS = 2000


class Trunk(NamedTuple):
    """The way of an edge through the layers between its ends.

    Attributes
    ----------
    cells : list of int
        The box where the edge begins in the direction of reading, then one cell in each layer that the trunk passes. Edges of one
        box share these.
    passed : int
        How many of these cells this edge passes.
    """

    cells: list[int]
    passed: int


def assign_layers(box_count: int, edges: Sequence[Edge]) -> list[int]:
    """Assign each box to a layer, as close to the last layer as its consumers allow.

    Parameters
    ----------
    box_count : int
        The number of boxes.
    edges : sequence of Edge
        The edges. An edge from a higher to a lower number is drawn backwards.

    Returns
    -------
    list of int
        The layer of each box. Each box stands right before one of its consumers.
    """
    consumers: list[list[int]] = [[] for _ in range(box_count)]
    for tail, head in edges:
        if tail != head:
            consumers[min(tail, head)].append(max(tail, head))
    distance_to_end = [0] * box_count
    for box in range(box_count - 1, -1, -1):
        distance_to_end[box] = max((distance_to_end[consumer] + 1 for consumer in consumers[box]), default=0)
    deepest = max(distance_to_end, default=0)
    return [deepest - distance for distance in distance_to_end]


class CellGrid:
    """Boxes and passing edges in layers.

    A cell is a box, or the place that passing edges take in a layer. The boxes are the first cells.

    Parameters
    ----------
    box_count : int
        The number of boxes.
    edges : sequence of Edge
        The edges.

    Attributes
    ----------
    layer_of_cell : list of int
        The layer of each cell.
    layers : list of list of int
        The cells of each layer.
    joins : dict of Edge to None
        The pairs of cells in neighbouring layers that edges join, in order. The first cell of a pair is in the earlier layer.
    trunks : dict of int to Trunk
        The trunk of each edge that has one.
    lane_edges : list of int
        The edges that run in lanes next to all boxes, because the cells would be too many.
    """

    def __init__(self, box_count: int, edges: Sequence[Edge]) -> None:
        self.box_count = box_count
        self.edges = edges
        self.layer_of_cell: list[int] = assign_layers(box_count, edges)
        self.layers: list[list[int]] = [[] for _ in range(max(self.layer_of_cell, default=-1) + 1)]
        self.joins: dict[Edge, None] = {}
        self.trunks: dict[int, Trunk] = {}
        self.lane_edges: list[int] = []
        for box, layer in enumerate(self.layer_of_cell):
            self.layers[layer].append(box)
        self._add_passing_edges()

    def _add_passing_edges(self) -> None:
        """Give each bundle of edges its cells, the shortest bundles first, until the cells are used up."""
        bundles, last_layers = self._bundle_edges()
        spans = sorted((last - self.layer_of_cell[key[0]] - 1, key) for key, last in last_layers.items())
        free_cells = CELLS_PER_BOX * self.box_count + EXTRA_CELLS
        for span, key in spans:
            start, bundle = key[0], bundles[key]
            free_cells -= span
            if free_cells >= 0:
                self._add_trunk(start, bundle, last_layers[key])
                continue
            self.lane_edges += [e for e in bundle if self._layers_crossed(e) > 1]
            self._add_trunk(start, [e for e in bundle if self._layers_crossed(e) == 1], self.layer_of_cell[start] + 1)

    def _bundle_edges(self) -> tuple[dict[Edge, list[int]], dict[Edge, int]]:
        """The edges that share a trunk, and the last layer that they reach, by the box where they begin.

        All forward edges of one box share a trunk; each backward edge has its own.
        """
        bundles: dict[Edge, list[int]] = {}
        last_layers: dict[Edge, int] = {}
        for e, (tail, head) in enumerate(self.edges):
            if tail == head:
                continue
            key = (tail, -1) if tail < head else (head, e)
            bundles.setdefault(key, []).append(e)
            last_layers[key] = max(last_layers.get(key, -1), self.layer_of_cell[max(tail, head)])
        return bundles, last_layers

    def _layers_crossed(self, e: int) -> int:
        tail, head = self.edges[e]
        return abs(self.layer_of_cell[tail] - self.layer_of_cell[head])

    def _add_trunk(self, start: int, bundle: list[int], last_layer: int) -> None:
        """Make one cell for each layer between the box ``start`` and ``last_layer``."""
        first_layer = self.layer_of_cell[start]
        cells = [start]
        for layer in range(first_layer + 1, last_layer):
            cells.append(len(self.layer_of_cell))
            self.layer_of_cell.append(layer)
            self.layers[layer].append(cells[-1])
        for pair in zip(cells, cells[1:], strict=False):
            self.joins[pair] = None
        for e in bundle:
            end = max(self.edges[e])
            passed = self.layer_of_cell[end] - first_layer - 1
            self.joins[cells[passed], end] = None
            self.trunks[e] = Trunk(cells, passed)

    def neighbours(self) -> tuple[list[list[int]], list[list[int]]]:
        """Find the cells that edges join.

        Returns
        -------
        before, after : list of list of int
            For each cell, those in the layer before and in the layer after it.
        """
        before: list[list[int]] = [[] for _ in self.layer_of_cell]
        after: list[list[int]] = [[] for _ in self.layer_of_cell]
        for earlier, later in self.joins:
            after[earlier].append(later)
            before[later].append(earlier)
        return before, after
