"""Derivatives of a program of lines, by the rows of the table: cotangents backwards, tangents forwards; lines again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction, add_all, data_of, topological_sort
from autograd.compiler.ir.program import ProgramBuilder
from autograd.graph.broadcasting import unbroadcast
from autograd.ops import Op


def pullback(builder: ProgramBuilder, roots: Sequence[Any], cotangents: Sequence[Any], sources: Sequence[Instruction]) -> list[Any]:
    """The cotangents of ``sources`` for those of ``roots``; None where nothing arrives."""
    order = topological_sort(roots)
    live = depending(order, sources)
    known = {id(line) for line in order}
    arrived: dict[int, list[Any]] = {}
    parts: dict[int, list[tuple[Any, Any]]] = {}  # what entries of a line have received, by their index
    for root, g in zip(roots, cotangents, strict=True):
        if isinstance(root, Instruction):
            arrived.setdefault(id(root), []).append(g)
    for line in reversed(order):
        if id(line) in parts:
            own = np.asarray(line.data)
            indices, gs = zip(*parts.pop(id(line)), strict=True)
            arrived.setdefault(id(line), []).append(builder.scatter_sum(gs, indices, own.shape, own.dtype))
        if id(line) not in arrived:
            continue
        g = add_all(arrived[id(line)])
        arrived[id(line)] = [g]
        if isinstance(g, Instruction) and g.cotangent_of is None and id(g) not in known and g.op not in ("input", "constant"):
            g.cotangent_of = line
        if not isinstance(line.op, Op):
            continue
        for i, arg in enumerate(line.args):
            if not isinstance(arg, Instruction) or id(arg) not in live:
                continue
            if line.op_name == "getitem":
                parts.setdefault(id(arg), []).append((line.static["index"], g))
                continue
            c = unbroadcast(builder, line.op.vjp(builder, i, g, line, line.args, line.static), arg.shape)
            arrived.setdefault(id(arg), []).append(_typed(builder, c, arg))
    return [arrived[id(s)][0] if id(s) in arrived else None for s in sources]


def pushforward(
    builder: ProgramBuilder, roots: Sequence[Any], sources: Sequence[Instruction], tangents: Sequence[Any]
) -> list[Any]:
    """The tangents of ``roots`` when ``sources`` move along ``tangents``; None where a root does not move."""
    moving: dict[int, Any] = {id(s): t for s, t in zip(sources, tangents, strict=True)}
    for line in topological_sort(roots):
        if id(line) in moving or not isinstance(line.op, Op):
            continue
        along = [moving.get(id(arg)) for arg in line.args]
        if any(t is not None for t in along):
            t = line.op.jvp(builder, along, line, line.args, line.static)
            moving[id(line)] = _typed(builder, builder.broadcast_to(t, line.shape), line)
    return [moving.get(id(root)) for root in roots]


def depending(order: Sequence[Instruction], sources: Sequence[Instruction]) -> set[int]:
    """The lines of ``order`` through which a change of ``sources`` passes."""
    live = {id(s) for s in sources}
    for line in order:
        if isinstance(line.op, Op) and any(id(arg) in live for arg in line.args if isinstance(arg, Instruction)):
            live.add(id(line))
    return live


def _typed(builder: ProgramBuilder, c: Any, like: Instruction) -> Any:
    """A cotangent or tangent in the type of the line that it belongs to."""
    dtype = np.asarray(like.data).dtype
    if not isinstance(c, Instruction) or np.asarray(data_of(c)).dtype == dtype or dtype == np.float64:
        return c
    return builder.astype(c, dtype=dtype)
