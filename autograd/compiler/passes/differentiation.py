"""Reverse-mode and forward-mode differentiation of a program: derivatives become further instructions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.gather import GATHER, GATHER_ADJOINT
from autograd.compiler.ir.instruction import Instruction, add_all, data_of
from autograd.compiler.ir.live_instructions import topological_sort
from autograd.compiler.ir.loop import LOOP, RESULT, LoopResult
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.passes.loop_differentiation import pull_back_loop, push_forward_loop
from autograd.graph.broadcasting import unbroadcast
from autograd.ops import Op


def pullback(builder: ProgramBuilder, roots: Sequence[Any], cotangents: Sequence[Any], sources: Sequence[Instruction]) -> list[Any]:
    """Pull cotangents of some results back to some inputs (a vector-Jacobian product).

    Parameters
    ----------
    builder : ProgramBuilder
        Where the instructions are written.
    roots : sequence of Instruction or float
        The results.
    cotangents : sequence of Instruction or float
        One for each root, in its shape.
    sources : sequence of Instruction
        The inputs.

    Returns
    -------
    list of Instruction, float or None
        The cotangent of each source; None if no root depends on it.

    Notes
    -----
    The cotangents of indexed parts of an array are added by one ``scatter_sum``, not each by an array of zeros of its own.
    """
    sweep = _ReverseSweep(builder, topological_sort(roots), sources)
    for root, cotangent in zip(roots, cotangents, strict=True):
        if isinstance(root, Instruction):
            sweep.add(root, cotangent)
    sweep.run()
    cotangents = [sweep.terms[id(source)][0] if id(source) in sweep.terms else None for source in sources]
    return [_convert_like(builder, cotangent, source) for cotangent, source in zip(cotangents, sources, strict=True)]


class _ReverseSweep:
    """Walks a program from its results to its inputs and collects cotangents."""

    def __init__(self, builder: ProgramBuilder, order: Sequence[Instruction], sources: Sequence[Instruction]) -> None:
        self.builder = builder
        self.order = order
        self.forward_ids = {id(instruction) for instruction in order}
        self.live = find_dependents(order, sources)
        self.terms: dict[int, list[Any]] = {}  # of each instruction, the cotangents to add; after its turn, their sum
        self.parts: dict[int, list[tuple[Any, Any]]] = {}  # of each array, the indices of parts and their cotangents
        self.gathers: dict[int, list[tuple[Any, Instruction]]] = {}  # the same for parts at integers that are data
        self.results: dict[int, dict[LoopResult, Any]] = {}  # of each loop, the cotangents of its results

    def add(self, instruction: Instruction, cotangent: Any) -> None:
        self.terms.setdefault(id(instruction), []).append(cotangent)

    def run(self) -> None:
        for instruction in reversed(self.order):
            self._add_parts(instruction)
            if id(instruction) in self.results:
                self._propagate_through_loop(instruction)
            if id(instruction) not in self.terms:
                continue
            cotangent = add_all(self.terms[id(instruction)])
            self.terms[id(instruction)] = [cotangent]
            self._note_primal(cotangent, instruction)
            if instruction.op == RESULT:
                (loop,) = instruction.args
                self.results.setdefault(id(loop), {})[instruction.static["result"]] = cotangent
            elif isinstance(instruction.op, Op):
                self._propagate(instruction, cotangent)

    def _add_parts(self, instruction: Instruction) -> None:
        """Add the cotangents of indexed parts of an array as one array."""
        if id(instruction) in self.parts:
            indices, cotangents = zip(*self.parts.pop(id(instruction)), strict=True)
            like = np.asarray(instruction.data)
            self.add(instruction, self.builder.scatter_sum(cotangents, indices, like.shape, like.dtype))
        if id(instruction) in self.gathers:
            gathers = self.gathers.pop(id(instruction))
            args = [x for cotangent, gather in gathers for x in (cotangent, *gather.args[1:])]
            templates = tuple(gather.static["template"] for _, gather in gathers)
            self.add(instruction, self.builder.call(GATHER_ADJOINT, args, {"templates": templates, "shape": instruction.shape}))

    def _note_primal(self, cotangent: Any, primal: Instruction) -> None:
        """Remember what a new instruction is the cotangent of; its name and comment in the source tell it."""
        is_new = isinstance(cotangent, Instruction) and id(cotangent) not in self.forward_ids
        if is_new and cotangent.cotangent_of is None and cotangent.op not in ("input", "constant"):
            cotangent.cotangent_of = primal

    def _propagate(self, instruction: Instruction, cotangent: Any) -> None:
        """Pass the cotangent of an instruction on to its arguments."""
        for i, arg in enumerate(instruction.args):
            if not isinstance(arg, Instruction) or id(arg) not in self.live:
                continue
            if instruction.op_name == "getitem":
                self.parts.setdefault(id(arg), []).append((instruction.static["index"], cotangent))
                continue
            if instruction.op is GATHER and not i:
                self.gathers.setdefault(id(arg), []).append((cotangent, instruction))
                continue
            g = instruction.op.vjp(self.builder, i, cotangent, instruction, instruction.args, instruction.static)
            self.add(arg, _cast_like(self.builder, unbroadcast(self.builder, g, arg.shape), arg))

    def _propagate_through_loop(self, instruction: Instruction) -> None:
        """Pass the cotangents of the results of a loop on to its arguments."""
        is_live = [isinstance(arg, Instruction) and id(arg) in self.live for arg in instruction.args]
        cotangents = pull_back_loop(self.builder, instruction, self.results.pop(id(instruction)), is_live, pullback)
        for arg, cotangent, live in zip(instruction.args, cotangents, is_live, strict=True):
            if live and cotangent is not None:
                self.add(arg, _cast_like(self.builder, cotangent, arg))


def pushforward(
    builder: ProgramBuilder, roots: Sequence[Any], sources: Sequence[Instruction], tangents: Sequence[Any]
) -> list[Any]:
    """Push tangents of some inputs forward to some results (a Jacobian-vector product).

    Parameters
    ----------
    builder : ProgramBuilder
        Where the instructions are written.
    roots : sequence of Instruction or float
        The results.
    sources : sequence of Instruction
        The inputs.
    tangents : sequence of Instruction or float
        One for each source, in its shape.

    Returns
    -------
    list of Instruction, float or None
        The tangent of each root; None if it depends on no source.
    """
    tangent_of: dict[int, Any] = {id(source): tangent for source, tangent in zip(sources, tangents, strict=True)}
    loops: dict[int, Any] = {}  # of each loop, what gives the tangents of its results
    for instruction in topological_sort(roots):
        if instruction.op == LOOP:
            incoming = [tangent_of.get(id(arg)) for arg in instruction.args]
            if any(tangent is not None for tangent in incoming):
                loops[id(instruction)] = push_forward_loop(builder, instruction, incoming, pushforward)
        elif instruction.op == RESULT and id(instruction.args[0]) in loops:
            tangent_of[id(instruction)] = loops[id(instruction.args[0])](instruction.static["result"])
        if id(instruction) in tangent_of or not isinstance(instruction.op, Op):
            continue
        incoming = [tangent_of.get(id(arg)) for arg in instruction.args]
        if any(tangent is not None for tangent in incoming):
            tangent = instruction.op.jvp(builder, incoming, instruction, instruction.args, instruction.static)
            tangent = builder.broadcast_to(tangent, instruction.shape)
            tangent_of[id(instruction)] = _cast_like(builder, tangent, instruction)
    return [_convert_like(builder, tangent_of.get(id(root)), root) for root in roots]


def find_dependents(order: Sequence[Instruction], sources: Sequence[Instruction]) -> set[int]:
    """Return the identities of sources and of the instructions that depend on them by operations with a derivative.

    Parameters
    ----------
    order : sequence of Instruction
        Arguments before the instructions that use them.
    sources : sequence of Instruction

    Returns
    -------
    set of int
    """
    dependents = {id(source) for source in sources}
    for instruction in order:
        if not isinstance(instruction.op, Op) and instruction.op not in (LOOP, RESULT):
            continue
        if any(id(arg) in dependents for arg in instruction.args if isinstance(arg, Instruction)):
            dependents.add(id(instruction))
    return dependents


def _cast_like(builder: ProgramBuilder, derivative: Any, primal: Instruction) -> Any:
    """Return a cotangent or tangent in the dtype of its primal; of a real number it is the real part.

    In double precision it stays as it is, which saves conversions: float64 results and sources are converted at the end.
    """
    if not isinstance(derivative, Instruction):
        return derivative
    dtype = np.asarray(primal.data).dtype
    if dtype.kind != "c" and np.iscomplexobj(derivative.data):
        derivative = builder.real(derivative)
    return derivative if dtype in (np.float64, np.complex128) else builder.astype(derivative, dtype=dtype)


def _convert_like(builder: ProgramBuilder, derivative: Any, primal: Any) -> Any:
    """Return a derivative in the dtype of a result or source; None and numbers of Python stay, unless it is complex."""
    dtype = np.asarray(data_of(primal)).dtype
    if isinstance(derivative, Instruction) or (derivative is not None and dtype.kind == "c"):
        return builder.astype(derivative, dtype=dtype)
    return derivative
