"""Coordinate assignment: the positions of the cells across their layers."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.viz.layout.crossing_reduction import mean_positions, sweep_layers
from autograd.viz.layout.geometry import BOX_GAP, LOOP_HEIGHT, PADDING, PASSING_EDGE_WIDTH, Point
from autograd.viz.layout.layering import CellGrid

# Sweeps that place the cells, for grids of fewer cells than SMALL_GRID and for others. In the same graphs the mean distance
# across between joined cells does not change after the second sweep; the further ones move few boxes. A sweep takes about 2 µs
# for each cell. Doubled, placing takes twice as long.
SMALL_GRID = 5000
PLACE_SWEEPS = 6
PLACE_SWEEPS_OF_LARGE = 2


def place_cells(grid: CellGrid, sizes: Sequence[Point], before: list[list[int]], after: list[list[int]]) -> list[float]:
    """Place the cells across: near the mean of their neighbours, in the order of their layer, without overlap.

    Parameters
    ----------
    grid : CellGrid
        The cells.
    sizes : sequence of Point
        The sizes of the boxes.
    before, after : list of list of int
        The neighbours of each cell.

    Returns
    -------
    list of float
        The centre of each cell, across.
    """
    half_widths = [width / 2 for width in _cell_widths(grid, sizes)]
    centres = [0.0] * len(half_widths)
    for layer in grid.layers:
        _place_layer(layer, [0.0] * len(layer), half_widths, centres)
    sweeps = PLACE_SWEEPS if len(centres) < SMALL_GRID else PLACE_SWEEPS_OF_LARGE
    for layer, neighbours in sweep_layers(grid.layers, before, after, sweeps):
        _place_layer(layer, mean_positions(layer, neighbours, centres), half_widths, centres)
    top = min((centre - half for centre, half in zip(centres, half_widths, strict=True)), default=0.0)
    return [centre - top - BOX_GAP / 2 + PADDING for centre in centres]


def _cell_widths(grid: CellGrid, sizes: Sequence[Point]) -> list[float]:
    """The space across that each cell needs."""
    widths = [size[1] + BOX_GAP for size in sizes]
    for box in {tail for tail, head in grid.edges if tail == head}:
        widths[box] += 2 * LOOP_HEIGHT
    return widths + [PASSING_EDGE_WIDTH] * (len(grid.layer_of_cell) - len(sizes))


def _place_layer(layer: list[int], wanted: list[float], half_widths: list[float], centres: list[float]) -> None:
    """Set the centres nearest to the wanted ones, in the least-squares sense, that keep the order and do not overlap.

    Without the widths of the cells before them, centres that do not overlap are an ascending sequence. The nearest one is found
    by the pool-adjacent-violators algorithm (M. Ayer et al., "An empirical distribution function for sampling with incomplete
    information", Annals of Mathematical Statistics 26, 1955).
    """
    offsets, offset = [], 0.0
    for i, cell in enumerate(layer):
        offset += (half_widths[layer[i - 1]] + half_widths[cell]) if i else 0.0
        offsets.append(offset)
    pools: list[list[float]] = []  # mean and count
    for want, offset in zip(wanted, offsets, strict=True):
        pools.append([want - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            mean, count = pools.pop()
            pools[-1][0] = (pools[-1][0] * pools[-1][1] + mean * count) / (pools[-1][1] + count)
            pools[-1][1] += count
    means = [mean for mean, count in pools for _ in range(int(count))]
    for cell, mean, offset in zip(layer, means, offsets, strict=True):
        centres[cell] = mean + offset
