"""Batching: turns a program of one sample into one of many samples.

Every instruction that depends on a batched input gets the batch as its first axis. As in ``jax.vmap``, each kind of operation has a
batching rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.live_instructions import topological_sort
from autograd.compiler.ir.loop import LOOP, RESULT, Loop, carried_result, emit_loop, loop_of, stacked_result
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.passes.batching_rules import BATCHING_RULES
from autograd.core.tracing import COMPARISONS
from autograd.errors import SettingError
from autograd.ops import Op


def batch_program(builder: ProgramBuilder, roots: Sequence[Any], inputs: dict[int, Instruction], size: int) -> list[Any]:
    """Write a program of one sample for a batch.

    Parameters
    ----------
    builder : ProgramBuilder
        Where the instructions are written.
    roots : sequence of Instruction or float
        The results for one sample.
    inputs : dict of int to Instruction
        The batched inputs, by the identities of the inputs for one sample.
    size : int
        The number of samples.

    Returns
    -------
    list of Instruction
        The results, with the batch as their first axis. Results that are the same for all samples are repeated.

    Raises
    ------
    SettingError
        If an operation on whole arrays has no batching rule.
    """
    batcher = _Batcher(builder, inputs, size)
    for instruction in topological_sort(roots):
        if any(id(parent) in batcher.batched for parent in instruction.parents):
            batcher.batched[id(instruction)] = batcher.batch(instruction)
    return [batcher.read_repeated(root) for root in roots]


# Operations on complex numbers whose arguments broadcast, though the table has them as rows on whole arrays.
ENTRY_BY_ENTRY = {"real", "imag", "conj", "angle", "modulus", "complex_power", "complex_sign"}
ENTRY_BY_ENTRY |= {f"complex_{name}" for name in ("arcsin", "arccos", "arcsinh", "arccosh", "arcsin_slope", "arccosh_slope")}


class _Batcher:
    """Writes batched instructions.

    Attributes
    ----------
    batched : dict of int to Instruction
        The batched form of the instructions that have one, by their identities.
    """

    def __init__(self, builder: ProgramBuilder, inputs: dict[int, Instruction], size: int) -> None:
        self.builder = builder
        self.size = size
        self.batched: dict[int, Any] = dict(inputs)
        self._stacked: dict[int, list[Any]] = {}  # of each batched loop, the batched values that it may stack

    def is_batched(self, x: Any) -> bool:
        return isinstance(x, Instruction) and id(x) in self.batched

    def read(self, x: Any) -> Any:
        """Return an argument in its batched form if it has one, else as it is."""
        return self.batched[id(x)] if self.is_batched(x) else x

    def read_repeated(self, x: Any) -> Any:
        """Return an argument with the batch as its first axis; what is the same for all samples is repeated."""
        if self.is_batched(x):
            return self.batched[id(x)]
        return self.builder.broadcast_to(x, (self.size, *self.builder.shape(x)))

    def read_aligned(self, x: Any, rank: int) -> Any:
        """Return an argument that broadcasts with an array of the batch and ``rank`` axes of a sample."""
        if not self.is_batched(x):
            return x
        return self.builder.reshape(self.batched[id(x)], (self.size, *(1,) * (rank - len(x.shape)), *x.shape))

    def batch(self, instruction: Instruction) -> Any:
        """Return the batched form of an instruction that reads at least one batched one."""
        rank = len(instruction.shape)
        if instruction.op == LOOP:
            return self._batch_loop(instruction)
        if instruction.op == RESULT:
            return self._batch_result(instruction)
        if instruction.op in COMPARISONS:
            return self.builder.compare(instruction.op, *(self.read_aligned(arg, rank) for arg in instruction.args))
        if instruction.op == "stop_gradient":
            return self.builder.constant(self.read_aligned(instruction.args[0], rank))
        assert isinstance(instruction.op, Op)
        if instruction.op.kind == "elementwise" or instruction.op_name in ENTRY_BY_ENTRY:
            args = tuple(self.read_aligned(arg, rank) for arg in instruction.args)
            static = {name: self.read_aligned(value, rank) for name, value in instruction.static.items()}
            return self.builder.call(instruction.op, args, static)
        if instruction.op_name == "matmul":
            return self._batch_matmul(*instruction.args)
        if instruction.op_name == "vdot":
            return self._batch_vdot(*instruction.args)
        if instruction.op_name == "affine" and not any(map(self.is_batched, instruction.args[1:])):
            return self._batch_inputs_of_affine(instruction)
        if instruction.op_name not in BATCHING_RULES:
            raise SettingError(
                f"compile(in_axes=): {instruction.op_name} on whole arrays cannot be batched: write the sample with numbers, or "
                f"batch it yourself"
            )
        args = tuple(self.read_repeated(arg) for arg in instruction.args)
        return BATCHING_RULES[instruction.op_name](self.builder, instruction, args)

    def _batch_loop(self, instruction: Instruction) -> Instruction:
        """Return one loop for all samples: what it carries gets the batch as first axis."""
        loop, builder = loop_of(instruction), self.builder
        is_batched = [any(x is carried for carried in loop.carried) for x in loop.placeholders]
        is_batched = [carried or self.is_batched(arg) for carried, arg in zip(is_batched, instruction.args, strict=True)]
        new = {
            id(x): builder.input(x.name, np.broadcast_to(x.data, (self.size, *x.shape)))
            for x, batched in zip(loop.placeholders, is_batched, strict=True)
            if batched
        }
        results = batch_program(builder, [*loop.updates, *loop.stacked], new, self.size)
        parts = [[new.get(id(x), x) for x in part] for part in (loop.carried, loop.strided, loop.invariant)]
        n_carried, n_strided = len(loop.carried), len(loop.strided)
        args = [self.read_repeated(arg) for arg in instruction.args[:n_carried]]
        args += [
            _swap_first_axes(builder, self.read(arg)) if self.is_batched(arg) else arg
            for arg in instruction.args[n_carried : n_carried + n_strided]
        ]
        args += [self.read(arg) for arg in instruction.args[n_carried + n_strided :]]
        batched_loop = emit_loop(
            builder, Loop(loop.length, loop.is_reversed, parts[0], parts[1], parts[2], results[:n_carried], []), args
        )
        self._stacked[id(batched_loop)] = results[n_carried:]
        return batched_loop

    def _batch_result(self, instruction: Instruction) -> Any:
        """Return a result of a batched loop."""
        loop, which = self.batched[id(instruction.args[0])], instruction.static["result"]
        if not which.is_stacked:
            return carried_result(loop, which.position)
        return _swap_first_axes(self.builder, stacked_result(loop, self._stacked[id(loop)][which.position]))

    def _batch_vdot(self, a: Any, b: Any) -> Any:
        """Return one dot product per sample."""
        shapes = self.builder.shape(a), self.builder.shape(b)
        if self.is_batched(a) != self.is_batched(b) and all(len(shape) == 1 for shape in shapes):
            matrix, vector = (a, b) if self.is_batched(a) else (b, a)
            return self.builder.matmul(self.read(matrix), vector)
        product = self.read_aligned(a, len(shapes[0])) * self.read_aligned(b, len(shapes[1]))
        sample_axes = tuple(range(1, 1 + len(shapes[0])))
        return self.builder.sum(product, axis=sample_axes) if sample_axes else product

    def _batch_matmul(self, a: Any, b: Any) -> Any:
        """Return one matrix product per sample; a single one for all samples if one factor is the same for all and a matrix."""
        builder, rank_a, rank_b = self.builder, len(a.shape), len(b.shape)
        x, y = self.read(a), self.read(b)
        only_a, only_b = not self.is_batched(b), not self.is_batched(a)
        if only_b and rank_a == 2 and rank_b == 1:
            return builder.matmul(y, builder.transpose(x, axes=None))
        if only_a and rank_b <= 2:
            return builder.matmul(x, y)
        if only_b and rank_a == 2 and rank_b >= 2:
            return builder.matmul(x, y)
        if rank_a == 1 and rank_b == 1:
            return builder.matmul(y, x) if only_b else builder.sum(x * y, axis=-1)
        if rank_b == 1:
            return builder.getitem(builder.matmul(x, builder.expand_dims(y, -1)), index=(..., 0))
        if rank_a == 1:
            return builder.getitem(builder.matmul(builder.expand_dims(x, -2), y), index=(..., 0, slice(None)))
        return builder.matmul(x, y)

    def _batch_inputs_of_affine(self, instruction: Instruction) -> Any:
        """Return a single affine map for the inputs of all samples: they have the same weights and biases."""
        x, W, b = instruction.args
        rows = self.builder.reshape(self.read(x), (self.size * int(np.prod(x.shape[:-1])), x.shape[-1]))
        return self.builder.reshape(self.builder.call(instruction.op, (rows, W, b), {}), (self.size, *instruction.shape))


def _swap_first_axes(builder: ProgramBuilder, a: Any) -> Any:
    """Return an array with its first two axes, of iterations and of samples, in the other order."""
    return builder.swapaxes(a, 0, 1)
