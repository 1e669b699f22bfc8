"""Entries of an array picked by their places, said as simply as possible: the array itself, a slice, a transpose, last a gather."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder

IntArray = npt.NDArray[np.int64]


def take_positions(builder: ProgramBuilder, line: Instruction, places: IntArray) -> Any:
    """The entries of ``line`` at flat ``places``: a line that broadcasts to the shape of ``places``."""
    places = drop_constant_axes(places)
    core = places.reshape([n for n in places.shape if n > 1])
    return builder.reshape(_core(builder, line, core), places.shape)


def drop_constant_axes(places: IntArray) -> IntArray:
    """Axes along which nothing changes have length one, and are left out in front."""
    for axis in range(places.ndim):
        if places.shape[axis] > 1 and (places == places.take([0], axis)).all():
            places = places.take([0], axis)
    while places.ndim and places.shape[0] == 1:
        places = places[0]
    return places


def _core(builder: ProgramBuilder, line: Instruction, core: IntArray) -> Any:
    size = int(np.prod(line.shape))
    if core.size == size and np.array_equal(core.ravel(), np.arange(size)):
        return builder.reshape(line, core.shape)
    boxed = _box(builder, line, core)
    if boxed is not None:
        return boxed
    strided = _permuted(builder, line, core) if core.size == size else None
    if strided is None:
        strided = _strided(builder, line, core)
    if strided is not None:
        return strided
    flat = builder.reshape(line, (size,))
    steps = np.diff(core) if core.ndim == 1 else np.zeros(0)
    if len(steps) and steps[0] > 0 and (steps == steps[0]).all():
        return builder.getitem(flat, index=_slice(core))
    return builder.getitem(flat, index=core)


def _slice(places: IntArray) -> slice:
    step = int(places[1] - places[0]) if len(places) > 1 else 1
    return slice(int(places[0]), int(places[-1]) + 1, None if step == 1 else step)


def _box(builder: ProgramBuilder, line: Instruction, core: IntArray) -> Any:
    """A choice along each axis of the array by itself, where the places are one; None where they are not."""
    coordinates = np.unravel_index(core, line.shape)
    index: list[Any] = []
    drivers: list[int] = []
    gathers = 0
    for axis, along in enumerate(coordinates):
        varies = [k for k in range(core.ndim) if (along != along.take([0], k)).any()]
        if len(varies) > 1:
            return None
        if not varies:
            index.append(int(along.flat[0]))
            continue
        chosen = np.moveaxis(along, varies[0], 0).reshape(core.shape[varies[0]], -1)[:, 0]
        drivers.append(varies[0])
        steps = np.diff(chosen)
        if steps[0] > 0 and (steps == steps[0]).all():
            whole = len(chosen) == line.shape[axis]
            index.append(slice(None) if whole else _slice(chosen))
        else:
            index.append(chosen)
            gathers += 1
    if gathers > 1 or len(set(drivers)) < len(drivers) or (gathers and any(isinstance(i, int) for i in index)):
        return None
    while index and isinstance(index[-1], slice) and index[-1] == slice(None):
        index.pop()
    found = line if not index else builder.getitem(line, index=index[0] if len(index) == 1 else tuple(index))
    if drivers == sorted(drivers):
        return found
    return builder.transpose(found, axes=tuple(drivers.index(k) for k in range(core.ndim)) if core.ndim > 2 else None)


def _permuted(builder: ProgramBuilder, line: Instruction, core: IntArray) -> Any:
    """All entries with the axes in another order; None where it is no such order."""
    if len(line.shape) > 4:
        return None
    places = np.arange(core.size).reshape(line.shape)
    for axes in permutations(range(len(line.shape))):
        if np.array_equal(places.transpose(axes).ravel(), core.ravel()):
            return builder.reshape(builder.transpose(line, axes=axes), core.shape)
    return None


def _strided(builder: ProgramBuilder, line: Instruction, core: IntArray) -> Any:
    """A band of columns, each row of it taken apart, such as one head of an attention; None where the places are no such band."""
    if core.ndim < 2:
        return None
    base = int(core.flat[0])
    strides = [int(core.take(1, axis).flat[0]) - base for axis in range(core.ndim)]
    if min(strides) <= 0:
        return None
    grid = sum((s * i for s, i in zip(strides, np.indices(core.shape), strict=True)), np.full(core.shape, base))
    if not np.array_equal(grid, core):
        return None
    order = sorted(range(core.ndim), key=lambda axis: -strides[axis])
    lengths = [core.shape[axis] for axis in order]
    width, step = strides[order[0]], strides[order[-1]]
    inner = int(np.prod(lengths[1:]))
    nested = all(strides[order[k]] == step * int(np.prod(lengths[k + 1 :])) for k in range(1, core.ndim))
    start, size = base % width, int(np.prod(line.shape))
    if not nested or start + (inner - 1) * step >= width or size % width:
        return None
    rows = builder.reshape(line, (size // width, width))
    high = slice(base // width, base // width + lengths[0])
    whole = slice(None) if lengths[0] == size // width else high
    index = (whole, slice(start, start + (inner - 1) * step + 1, None if step == 1 else step))
    band = builder.reshape(builder.getitem(rows, index=index), lengths)
    return builder.transpose(band, axes=tuple(order.index(axis) for axis in range(core.ndim)))


def grid_shape(places: IntArray, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that sorted places have where they are a choice along each axis by itself; else their number alone."""
    counts = tuple(len(np.unique(along)) for along in np.unravel_index(places, shape))
    return tuple(n for n in counts if n > 1) if int(np.prod(counts)) == len(places) else (len(places),)
