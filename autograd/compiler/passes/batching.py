"""Batching: turns a program of one sample into one of many samples.

Every instruction that depends on a batched input gets the batch as its first axis. As in ``jax.vmap``, each kind of operation has a
batching rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction, topological_sort
from autograd.compiler.ir.loop import LOOP, RESULT, Loop, carried_result, emit_loop, loop_of, stacked_result
from autograd.compiler.ir.program import ProgramBuilder
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
        if instruction.op.kind == "elementwise":
            args = tuple(self.read_aligned(arg, rank) for arg in instruction.args)
            static = {name: self.read_aligned(value, rank) for name, value in instruction.static.items()}
            return self.builder.call(instruction.op, args, static)
        if instruction.op_name == "matmul":
            return self._batch_matmul(*instruction.args)
        if instruction.op_name == "vdot":
            return self._batch_vdot(*instruction.args)
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
        if (only_a and rank_b <= 2) or (only_b and rank_a == 2 and rank_b >= 2):
            return builder.matmul(x, y)
        if rank_a == 1 and rank_b == 1:
            return builder.matmul(y, x) if only_b else builder.sum(x * y, axis=-1)
        if rank_b == 1:
            return builder.getitem(builder.matmul(x, builder.expand_dims(y, -1)), index=(..., 0))
        if rank_a == 1:
            return builder.getitem(builder.matmul(builder.expand_dims(x, -2), y), index=(..., 0, slice(None)))
        return builder.matmul(x, y)


def _swap_first_axes(builder: ProgramBuilder, a: Any) -> Any:
    """Return an array with its first two axes, of iterations and of samples, in the other order."""
    return builder.swapaxes(a, 0, 1)


def _shift_axes(axis: Any, rank: int) -> Any:
    """Return the axes of a sample of this rank in a batch; None stands for all axes of the sample."""
    if axis is None:
        return tuple(range(1, rank + 1))
    if isinstance(axis, tuple):
        return tuple(i % rank + 1 for i in axis)
    return axis % rank + 1


def _batch_reduction(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    axis = _shift_axes(instruction.static["axis"], len(instruction.args[0].shape))
    return builder.call(instruction.op, args, {**instruction.static, "axis": axis})


def _batch_join(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    return builder.call(instruction.op, args, {"axis": _shift_axes(instruction.static["axis"], len(instruction.shape))})


def _batch_along_axis(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    axis = _shift_axes(instruction.static["axis"], len(instruction.shape))
    return builder.call(instruction.op, args, {"axis": axis})


def _batch_getitem(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    index = instruction.static["index"]
    parts = index if isinstance(index, tuple) else (index,)
    n_arrays = sum(isinstance(part, np.ndarray) for part in parts)
    has_integer = any(isinstance(part, int | np.integer) for part in parts)
    if n_arrays > 1 or (n_arrays and has_integer):  # a slice in front of these would change where NumPy puts their axis
        shape = instruction.args[0].shape
        return _take_flat(builder, instruction, args[0], np.arange(int(np.prod(shape))).reshape(shape)[index])
    return builder.getitem(args[0], index=(slice(None), *parts))


def _take_flat(builder: ProgramBuilder, instruction: Instruction, a: Any, positions: Any) -> Any:
    """Return the entries of each sample at flat positions."""
    size = builder.shape(a)[0]
    flat = builder.reshape(a, (size, int(np.prod(instruction.args[0].shape))))
    return builder.getitem(flat, index=(slice(None), positions))


def _batch_transpose(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    rank = len(instruction.args[0].shape)
    axes = range(rank)[::-1] if instruction.static["axes"] is None else instruction.static["axes"]
    return builder.transpose(args[0], axes=(0, *(i % rank + 1 for i in axes)))


def _batch_padded_gather(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    return _take_flat(builder, instruction, args[0], instruction.static["source"])


def _batch_reshape(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    return builder.reshape(args[0], (builder.shape(args[0])[0], *instruction.shape))


def _batch_broadcast_to(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    size, sample_shape = builder.shape(args[0])[0], instruction.args[0].shape
    new_axes = (1,) * (len(instruction.shape) - len(sample_shape))
    aligned = builder.reshape(args[0], (size, *new_axes, *sample_shape))
    return builder.broadcast_to(aligned, (size, *instruction.shape))


# How the operations that are not elementwise are batched, given their arguments with the batch as first axis.
BATCHING_RULES: dict[str, Callable[[ProgramBuilder, Instruction, Sequence[Any]], Any]] = {
    **dict.fromkeys(("sum", "prod", "max", "min", "mean", "norm", "p_norm"), _batch_reduction),
    **dict.fromkeys(("logsumexp", "softmax", "log_softmax"), _batch_reduction),
    **dict.fromkeys(("concatenate", "stack"), _batch_join),
    **dict.fromkeys(("cumsum", "flip"), _batch_along_axis),
    "getitem": _batch_getitem,
    "padded_gather": _batch_padded_gather,
    "transpose": _batch_transpose,
    "reshape": _batch_reshape,
    "broadcast_to": _batch_broadcast_to,
}
