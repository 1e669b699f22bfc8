"""arrange: places for boxes, and routes for the edges between them.

The steps are layer assignment (``layering``), crossing reduction (``crossing_reduction``), coordinate assignment (``placement``),
places where edges enter and leave boxes (``ports``), and edge routing (``routing``).
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.viz.layout.crossing_reduction import order_cells
from autograd.viz.layout.geometry import PORT_GAP, Edge, Layout, Point
from autograd.viz.layout.layering import CellGrid
from autograd.viz.layout.placement import place_cells
from autograd.viz.layout.ports import find_ports, grow_to_hold_ports
from autograd.viz.layout.routing import Router


def arrange(
    sizes: Sequence[Point],
    edges: Sequence[Edge],
    label_lengths: Sequence[float],
    spread: bool = True,
    port_gaps: Sequence[float] | None = None,
) -> Layout:
    """Find places for boxes, and routes for the edges between them.

    Parameters
    ----------
    sizes : sequence of Point
        The size (along, across) of each box, in pixels. Arguments come before consumers where that is possible.
    edges : sequence of Edge
        Pairs (argument, consumer) of positions of boxes. An edge from a higher to a lower position is drawn backwards.
    label_lengths : sequence of float
        The length of each edge's label, along.
    spread : bool, default True
        Whether the edges that enter a box are spread over its side. Otherwise they meet in one point, and layers are further
        apart, as in a diagram of a network.
    port_gaps : sequence of float, optional
        The space across that each edge needs where it enters a box; 14 by default.

    Returns
    -------
    Layout

    Examples
    --------
    >>> arrange([(10.0, 10.0), (10.0, 10.0)], [(0, 1)], [0.0]).centres
    [(5.0, 9.0), (59.0, 9.0)]
    """
    ports = find_ports(len(sizes), edges)
    gaps = port_gaps or [PORT_GAP] * len(edges)
    if spread:
        sizes = grow_to_hold_ports(sizes, ports, gaps)
    grid = CellGrid(len(sizes), edges)
    before, after = grid.neighbours()
    order_cells(grid, before, after)
    across = place_cells(grid, sizes, before, after)
    return Router(grid, list(sizes), ports, across, label_lengths, gaps if spread else None).layout()
