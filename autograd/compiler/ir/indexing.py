"""Entries of an array by their flat positions, taken in the simplest way: a reshape, slices, a transpose, or at last a gather."""

from __future__ import annotations

from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder

IntArray = npt.NDArray[np.int64]

# Axes of an array up to which all orders of its axes are tried as a transpose. Arrays of more axes are gathered instead. Each order
# costs a comparison of all entries: 4 axes have 24 orders. Doubled, up to 40320 comparisons.
MAX_TRANSPOSED_RANK = 4


def take_positions(builder: ProgramBuilder, array: Instruction, positions: IntArray) -> Any:
    """Return the entries of an array at some flat positions.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    array : Instruction
        The array.
    positions : array of int
        The positions in the flattened array.

    Returns
    -------
    Instruction
        An array that broadcasts to the shape of ``positions``.
    """
    positions = drop_constant_axes(positions)
    squeezed = positions.reshape([n for n in positions.shape if n > 1])
    return builder.reshape(_take_squeezed(builder, array, squeezed), positions.shape)


def drop_constant_axes(positions: IntArray) -> IntArray:
    """Return an array with length 1 for each axis along which it is constant.

    Parameters
    ----------
    positions : array of int
        The array.

    Returns
    -------
    array of int
        An array that broadcasts to it. Leading axes of length 1 are left out.
    """
    for axis in range(positions.ndim):
        first = positions.take([0], axis)
        if positions.shape[axis] > 1 and (positions == first).all():
            positions = first
    while positions.ndim and positions.shape[0] == 1:
        positions = positions[0]
    return positions


def grid_shape(positions: IntArray, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of sorted positions that select indices along each axis independently, as ``np.ix_`` does.

    Parameters
    ----------
    positions : array of int, shape (n,)
        Flat positions in an array, in increasing order.
    shape : tuple of int
        The shape of that array.

    Returns
    -------
    tuple of int
        The number of indices along each axis, without ones; ``(n,)`` if the positions are not such a grid.
    """
    n_indices = tuple(len(np.unique(along)) for along in np.unravel_index(positions, shape))
    if int(np.prod(n_indices)) != len(positions):
        return (len(positions),)
    return tuple(n for n in n_indices if n > 1)


def _take_squeezed(builder: ProgramBuilder, array: Instruction, positions: IntArray) -> Any:
    """Take positions that have no axis of length 1. The simplest way that works comes first."""
    size = int(np.prod(array.shape))
    if positions.size == size and np.array_equal(positions.ravel(), np.arange(size)):
        return builder.reshape(array, positions.shape)
    for take in (_take_grid, _take_transposed, _take_band):
        found = take(builder, array, positions)
        if found is not None:
            return found
    is_slice = positions.ndim == 1 and _has_equal_steps(positions)
    return builder.getitem(builder.reshape(array, (size,)), index=_to_slice(positions) if is_slice else positions)


def _has_equal_steps(indices: IntArray) -> bool:
    """Return whether indices increase by equal steps, so that a slice can take them."""
    steps = np.diff(indices)
    return len(steps) > 0 and steps[0] > 0 and bool((steps == steps[0]).all())


def _to_slice(indices: IntArray) -> slice:
    step = int(indices[1] - indices[0]) if len(indices) > 1 else 1
    return slice(int(indices[0]), int(indices[-1]) + 1, None if step == 1 else step)


class _AxisIndex(NamedTuple):
    """How one axis of an array is indexed, and which axis of the result the index runs along (None for a single index)."""

    index: Any
    result_axis: int | None


def _take_grid(builder: ProgramBuilder, array: Instruction, positions: IntArray) -> Any:
    """Take positions that are an index along each axis by itself; return None if they are not."""
    axis_indices = []
    for length, coordinates in zip(array.shape, np.unravel_index(positions, array.shape), strict=True):
        found = _index_axis(length, coordinates)
        if found is None:
            return None
        axis_indices.append(found)
    index = [found.index for found in axis_indices]
    result_axes = [found.result_axis for found in axis_indices if found.result_axis is not None]
    n_gathers = sum(isinstance(part, np.ndarray) for part in index)
    has_single_index = any(isinstance(part, int) for part in index)
    if n_gathers > 1 or len(set(result_axes)) < len(result_axes) or (n_gathers and has_single_index):
        return None
    while index and isinstance(index[-1], slice) and index[-1] == slice(None):
        index.pop()
    taken = array
    if index:
        taken = builder.getitem(array, index=index[0] if len(index) == 1 else tuple(index))
    if result_axes == sorted(result_axes):
        return taken
    order = tuple(result_axes.index(axis) for axis in range(positions.ndim))
    return builder.transpose(taken, axes=order if positions.ndim > 2 else None)


def _index_axis(length: int, coordinates: IntArray) -> _AxisIndex | None:
    """Return the index of one axis from the coordinates of all positions along it; None if it varies along several axes."""
    varying = [axis for axis in range(coordinates.ndim) if (coordinates != coordinates.take([0], axis)).any()]
    if len(varying) > 1:
        return None
    if not varying:
        return _AxisIndex(int(coordinates.flat[0]), None)
    axis = varying[0]
    indices = np.moveaxis(coordinates, axis, 0).reshape(coordinates.shape[axis], -1)[:, 0]
    if not _has_equal_steps(indices):
        return _AxisIndex(indices, axis)
    return _AxisIndex(slice(None) if len(indices) == length else _to_slice(indices), axis)


def _take_transposed(builder: ProgramBuilder, array: Instruction, positions: IntArray) -> Any:
    """Take all entries with the axes in another order; return None if the positions are not such an order."""
    rank, size = len(array.shape), int(np.prod(array.shape))
    if positions.size != size or rank > MAX_TRANSPOSED_RANK:
        return None
    all_positions = np.arange(size).reshape(array.shape)
    for axes in permutations(range(rank)):
        if np.array_equal(all_positions.transpose(axes).ravel(), positions.ravel()):
            return builder.reshape(builder.transpose(array, axes=axes), positions.shape)
    return None


def _take_band(builder: ProgramBuilder, array: Instruction, positions: IntArray) -> Any:
    """Take a band of columns whose rows are split into further axes, such as one head of an attention; None if it is not a band.

    The positions must be ``start + Σ strides[k]·i[k]``. The axis of the largest stride runs over rows of that length; the others
    must run through a range of columns in equal steps, the same in each row.
    """
    if positions.ndim < 2:
        return None
    start = int(positions.flat[0])
    strides = [int(positions.take(1, axis).flat[0]) - start for axis in range(positions.ndim)]
    if min(strides) <= 0 or not np.array_equal(_strided_positions(start, strides, positions.shape), positions):
        return None
    order = sorted(range(positions.ndim), key=lambda axis: -strides[axis])
    lengths = [positions.shape[axis] for axis in order]
    width, step = strides[order[0]], strides[order[-1]]
    n_columns = int(np.prod(lengths[1:]))
    first_row, first_column = divmod(start, width)
    last_column = first_column + (n_columns - 1) * step
    size = int(np.prod(array.shape))
    is_nested = all(strides[order[k]] == step * int(np.prod(lengths[k + 1 :])) for k in range(1, positions.ndim))
    if not is_nested or last_column >= width or size % width:
        return None
    n_rows = size // width
    rows = slice(None) if lengths[0] == n_rows else slice(first_row, first_row + lengths[0])
    columns = slice(first_column, last_column + 1, None if step == 1 else step)
    band = builder.getitem(builder.reshape(array, (n_rows, width)), index=(rows, columns))
    return builder.transpose(builder.reshape(band, lengths), axes=tuple(order.index(axis) for axis in range(positions.ndim)))


def _strided_positions(start: int, strides: list[int], shape: tuple[int, ...]) -> IntArray:
    """Return ``start + Σ strides[k]·i[k]`` for all indices of a shape."""
    positions = np.full(shape, start)
    for stride, indices in zip(strides, np.indices(shape), strict=True):
        positions = positions + stride * indices
    return positions
