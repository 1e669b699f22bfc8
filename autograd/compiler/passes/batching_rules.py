"""Batching rules: how each operation on whole arrays of a sample is computed for a batch of samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder
from autograd.ops import find
from autograd.ops.rules.einsum import LOWERCASE


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


def _batch_same(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    """An operation that already treats leading axes as a batch: on the last axis, on matrices, or elementwise."""
    return builder.call(instruction.op, args, instruction.static)


def _batch_axis(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    """An operation along ``axis`` that keeps the rank."""
    axis = _shift_axes(instruction.static["axis"], len(instruction.args[0].shape))
    return builder.call(instruction.op, args, {**instruction.static, "axis": axis})


def _batch_two_axes(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    rank = len(instruction.args[0].shape)
    shifted = {name: _shift_axes(instruction.static[name], rank) for name in ("axis1", "axis2")}
    return builder.call(instruction.op, args, {**instruction.static, **shifted})


def _batch_outer(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    rows, columns = instruction.shape
    size = builder.shape(args[0])[0]
    return builder.reshape(args[0], (size, rows, 1)) * builder.reshape(args[1], (size, 1, columns))


def _batch_convolve(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    """Sum the products of all pairs of entries by the sum of their positions: NumPy convolves one pair of vectors at a time."""
    size, n, m = builder.shape(args[0])[0], *(arg.shape[0] for arg in instruction.args)
    products = builder.reshape(args[0], (size, n, 1)) * builder.reshape(args[1], (size, 1, m))
    places = np.add.outer(np.arange(n), np.arange(m)).ravel()
    settings = {"index": (slice(None), places), "shape": (size, n + m - 1)}
    full = builder.call(find("scatter"), (builder.reshape(products, (size, n * m)),), settings)
    start = min(n, m) - 1 if instruction.static["mode"] == "valid" else 0
    return builder.getitem(full, index=(slice(None), slice(start, n + m - 1 - start)))


def _batch_convolve_axes(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    """Transform along the axes of the samples: sums of products know no other axes."""
    axes = _shift_axes(instruction.static["axes"], len(instruction.shape))
    return builder.call(instruction.op, args, {**instruction.static, "axes": axes, "method": "fft"})


def _batch_einsum(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    subscripts = instruction.static["subscripts"]
    letter = next(letter for letter in LOWERCASE + LOWERCASE.upper() if letter not in subscripts)
    inputs, result = subscripts.split("->")
    batched = ",".join(letter + part for part in inputs.split(",")) + f"->{letter}{result}"
    return builder.call(instruction.op, args, {"subscripts": batched})


def _batch_affine(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    x, W, b = args
    size, n_out = builder.shape(b)
    rows = builder.reshape(x, (size, int(np.prod(instruction.shape[:-1])), builder.shape(x)[-1]))
    product = builder.matmul(rows, builder.transpose(W, axes=(0, 2, 1))) + builder.reshape(b, (size, 1, n_out))
    return builder.reshape(product, (size, *instruction.shape))


def _batch_solve(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    a, b = args
    if len(instruction.args[1].shape) > 1:
        return builder.call(instruction.op, args, {})
    columns = builder.expand_dims(b, -1)  # NumPy would take a batch of vectors for one matrix
    return builder.reshape(builder.call(instruction.op, (a, columns), {}), (builder.shape(a)[0], *instruction.shape))


def _batch_scatter(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    index, shape, size = instruction.static["index"], instruction.static["shape"], builder.shape(args[0])[0]
    count = int(np.prod(shape))
    positions = np.arange(count).reshape(shape)[index]
    flat = {"index": (slice(None), positions.ravel()), "shape": (size, count)}
    entries = builder.reshape(args[0], (size, positions.size))
    return builder.reshape(builder.call(instruction.op, (entries,), flat), (size, *shape))


def _batch_set_entries(builder: ProgramBuilder, instruction: Instruction, args: Sequence[Any]) -> Any:
    (a, x), shape = args, instruction.shape
    size, count = builder.shape(a)[0], int(np.prod(shape))
    positions = np.arange(count).reshape(shape)[instruction.static["index"]]
    axes = builder.shape(x)[1:]
    aligned = builder.reshape(x, (size, *(1,) * (positions.ndim - len(axes)), *axes))
    entries = builder.reshape(builder.broadcast_to(aligned, (size, *positions.shape)), (size, positions.size))
    settings = {"index": (slice(None), positions.ravel())}
    return builder.reshape(builder.call(instruction.op, (builder.reshape(a, (size, count)), entries), settings), (size, *shape))


FACTORIZATIONS = ("cholesky", "eigh_factors", "eig_factors", "svd_factors", "qr_factors", "pinv")
# How the operations that are not elementwise are batched, given their arguments with the batch as first axis.
BATCHING_RULES: dict[str, Callable[[ProgramBuilder, Instruction, Sequence[Any]], Any]] = {
    **dict.fromkeys(("sum", "prod", "max", "min", "mean", "norm", "p_norm"), _batch_reduction),
    **dict.fromkeys(("logsumexp", "softmax", "log_softmax"), _batch_reduction),
    **dict.fromkeys(("concatenate", "stack"), _batch_join),
    "getitem": _batch_getitem,
    "padded_gather": _batch_padded_gather,
    "transpose": _batch_transpose,
    **dict.fromkeys(("reshape", "ravel", "expand_dims", "squeeze", "item"), _batch_reshape),
    **dict.fromkeys(("cumsum", "flip", "fft", "ifft", "rfft", "irfft"), _batch_axis),
    **dict.fromkeys(("swapaxes", "trace"), _batch_two_axes),
    **dict.fromkeys(("astype", "inv", "det", "logabsdet", "softmax_cross_entropy"), _batch_same),
    **{prefix + name: _batch_same for name in FACTORIZATIONS for prefix in ("", "complex_")},
    "outer": _batch_outer,
    "convolve": _batch_convolve,
    "convolve_axes": _batch_convolve_axes,
    "einsum": _batch_einsum,
    "affine": _batch_affine,
    "solve": _batch_solve,
    "scatter": _batch_scatter,
    "set_entries": _batch_set_entries,
    "broadcast_to": _batch_broadcast_to,
}
