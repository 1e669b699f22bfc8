"""Ports: the places on the sides of boxes where edges enter and leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from autograd.viz.layout.geometry import MAX_PORTS, PORT_GAP, Edge, Point


class Ports(NamedTuple):
    """The edges that enter a box. Each has a port of its own, so that no edge runs through the label of another.

    Forward edges leave from the middle of the side where backward edges enter, unless there are any: then they leave from a port
    before those. Backward edges leave from a port after all others, on the side where forward edges enter.

    Attributes
    ----------
    loops, forward, backward : list of int
        The edges from the box itself, from boxes before it, and from boxes after it.
    has_backward_exit : bool
        Whether backward edges leave the box.
    """

    loops: list[int]
    forward: list[int]
    backward: list[int]
    has_backward_exit: bool

    @property
    def entering(self) -> list[int]:
        """The edges that enter the box."""
        return [*self.loops, *self.forward, *self.backward]

    def space(self, port_gaps: Sequence[float]) -> float:
        """The space that all ports need, across."""
        leaving = bool(self.backward) + self.has_backward_exit
        return sum(port_gaps[e] for e in self.entering) + leaving * PORT_GAP


def find_ports(box_count: int, edges: Sequence[Edge]) -> list[Ports]:
    """Find the edges that enter each box.

    Parameters
    ----------
    box_count : int
        The number of boxes.
    edges : sequence of Edge
        The edges.

    Returns
    -------
    list of Ports
    """
    leaves_backward = {tail for tail, head in edges if tail > head}
    ports = [Ports([], [], [], box in leaves_backward) for box in range(box_count)]
    for e, (tail, head) in enumerate(edges):
        of_head = ports[head]
        (of_head.loops if tail == head else of_head.forward if tail < head else of_head.backward).append(e)
    return ports


def grow_to_hold_ports(sizes: Sequence[Point], ports: Sequence[Ports], port_gaps: Sequence[float]) -> list[Point]:
    """Make boxes at least so large across that few edges enter with their gaps.

    Parameters
    ----------
    sizes : sequence of Point
        The size of each box.
    ports : sequence of Ports
        The ports of each box.
    port_gaps : sequence of float
        The space across that each edge needs where it enters a box.

    Returns
    -------
    list of Point
    """
    return [
        (along, across if len(of_box.entering) > MAX_PORTS else max(across, of_box.space(port_gaps)))
        for (along, across), of_box in zip(sizes, ports, strict=True)
    ]


class PlacedPorts(NamedTuple):
    """Where edges enter and leave boxes, across.

    Attributes
    ----------
    entries : dict of int to float
        Where each edge enters.
    exits, backward_exits : list of float
        Where forward edges and backward edges leave each box.
    """

    entries: dict[int, float]
    exits: list[float]
    backward_exits: list[float]


def place_ports(
    ports: Sequence[Ports],
    across: Sequence[float],
    sizes: Sequence[Point],
    port_gaps: Sequence[float],
    come_from: Callable[[int], float],
) -> PlacedPorts:
    """Spread the ports of each box over its side.

    Parameters
    ----------
    ports : sequence of Ports
        The ports of each box.
    across : sequence of float
        The centre of each box, across.
    sizes : sequence of Point
        The size of each box.
    port_gaps : sequence of float
        The space across that each edge needs where it enters a box.
    come_from : callable
        Where an edge comes from, across. Edges enter in this order.

    Returns
    -------
    PlacedPorts
    """
    placed = PlacedPorts({}, [], [])
    for of_box, centre, (_, width) in zip(ports, across, sizes, strict=False):
        scale = width / (of_box.space(port_gaps) or width)
        at = centre - width / 2
        loops, forward, backward = (sorted(edges, key=lambda e: (come_from(e), e)) for edges in of_box[:3])
        for e in (*loops, *forward):
            placed.entries[e] = at + scale * port_gaps[e] / 2
            at += scale * port_gaps[e]
        placed.exits.append(at + scale * PORT_GAP / 2 if backward else centre)
        at += scale * PORT_GAP
        for e in backward:
            placed.entries[e] = at + scale * port_gaps[e] / 2
            at += scale * port_gaps[e]
        placed.backward_exits.append(centre + (width - scale * PORT_GAP) / 2)
    return placed


def join_ports(ports: Sequence[Ports], across: Sequence[float]) -> PlacedPorts:
    """Put the ports of each box in the middle of its side.

    Parameters
    ----------
    ports : sequence of Ports
        The ports of each box.
    across : sequence of float
        The centre of each box, across.

    Returns
    -------
    PlacedPorts
    """
    centres = list(across[: len(ports)])
    entries = {e: centre for of_box, centre in zip(ports, centres, strict=True) for e in of_box.entering}
    return PlacedPorts(entries, centres, centres)
