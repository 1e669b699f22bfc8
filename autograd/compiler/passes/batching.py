"""A program of one sample, for many at once: every line that depends on a batched input gets the batch as its first axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction, topological_sort
from autograd.compiler.ir.program import ProgramBuilder
from autograd.core.observation import COMPARE
from autograd.errors import SettingError
from autograd.ops import Op


def batched(builder: ProgramBuilder, roots: Sequence[Any], inputs: dict[int, Instruction], size: int) -> list[Any]:
    """The lines of ``roots`` with ``inputs`` (by the identity of the line for one sample) in place, and a batch of ``size``."""
    new: dict[int, Any] = {}
    wide: set[int] = set()
    for line in topological_sort(roots):
        if id(line) in inputs:
            new[id(line)] = inputs[id(line)]
            wide.add(id(line))
        elif not any(id(p) in wide for p in line.parents):
            new[id(line)] = line
        else:
            wide.add(id(line))
            new[id(line)] = _one(builder, line, new, wide, size)
    results = []
    for root in roots:
        line = new[id(root)] if isinstance(root, Instruction) else root
        results.append(
            line if isinstance(root, Instruction) and id(root) in wide else builder.broadcast_to(line, (size, *builder.shape(line)))
        )
    return results


def _one(builder: ProgramBuilder, line: Instruction, new: dict[int, Any], wide: set[int], size: int) -> Any:
    """A line for the whole batch."""
    rank = len(line.shape)

    def flat(x: Any) -> Any:
        """An argument that broadcasts entry by entry: the batch first, then as many axes as the result has."""
        if not isinstance(x, Instruction):
            return x
        shape = x.shape
        if id(x) not in wide:
            return new[id(x)]
        return builder.reshape(new[id(x)], (size, *(1,) * (rank - len(shape)), *shape))

    def full(x: Any) -> Any:
        """An argument with the batch as its first axis, repeated where it has none."""
        if isinstance(x, Instruction) and id(x) in wide:
            return new[id(x)]
        x = new[id(x)] if isinstance(x, Instruction) else x
        return builder.broadcast_to(x, (size, *builder.shape(x)))

    if line.op in COMPARE:
        return builder.compare(line.op, *map(flat, line.args))
    if line.op == "stop_gradient":
        return builder.constant(flat(line.args[0]))
    assert isinstance(line.op, Op)
    if line.op.kind == "elementwise":
        settings = {k: flat(v) if isinstance(v, Instruction) else v for k, v in line.static.items()}
        return builder.call(line.op, tuple(map(flat, line.args)), settings)
    if line.op_name == "matmul":
        return _matmul(builder, line, new, wide)
    if (
        line.op_name == "vdot"
        and all(len(builder.shape(x)) == 1 for x in line.args)
        and len({id(x) in wide for x in line.args}) == 2
    ):
        first, second = sorted(line.args, key=lambda x: id(x) not in wide)
        return builder.matmul(new[id(first)], new.get(id(second), second))
    if line.op_name == "vdot":
        a, b = (flat(x) for x in line.args)
        axes = tuple(range(1, 1 + len(line.args[0].shape)))
        return builder.sum(a * b, axis=axes) if axes else a * b
    if line.op_name not in RULES:
        raise SettingError(
            f"compile(in_axes=): {line.op_name} on whole arrays cannot be batched: write the sample with numbers, or batch it "
            f"yourself"
        )
    return RULES[line.op_name](builder, line, [full(a) for a in line.args], line.static)


def _matmul(builder: ProgramBuilder, line: Instruction, new: dict[int, Any], wide: set[int]) -> Any:
    """A product with the batch in front of what is batched: one product of matrices where one factor is the same for all."""
    a, b = line.args
    x, y = new[id(a)], new[id(b)]
    many, other = id(a) in wide, id(b) in wide
    one, two = len(a.shape), len(b.shape)
    if other and not many and two == 1 and one == 2:
        return builder.matmul(y, builder.transpose(x, axes=None))
    if (many and not other and two <= 2) or (other and not many and one == 2 and two >= 2):
        return builder.matmul(x, y)
    if one == 1 and two == 1:
        return builder.matmul(y, x) if other and not many else builder.sum(x * y, axis=-1)
    if two == 1:
        return builder.getitem(builder.matmul(x, builder.expand_dims(y, -1)), index=(..., 0))
    if one == 1:
        return builder.getitem(builder.matmul(builder.expand_dims(x, -2), y), index=(..., 0, slice(None)))
    return builder.matmul(x, y)


def _axes(axis: Any, rank: int) -> Any:
    """Axes behind the batch."""
    if axis is None:
        return tuple(range(1, rank + 1))
    if isinstance(axis, tuple):
        return tuple(i % rank + 1 for i in axis)
    return axis % rank + 1


def _reduced(builder: ProgramBuilder, line: Instruction, args: Sequence[Any], static: dict[str, Any]) -> Any:
    rank = len(line.args[0].shape)
    return builder.call(line.op, args, {**static, "axis": _axes(static["axis"], rank)})


def _joined(builder: ProgramBuilder, line: Instruction, args: Sequence[Any], static: dict[str, Any]) -> Any:
    rank = len(line.shape)
    return builder.call(line.op, args, {"axis": _axes(static["axis"], rank)})


def _picked(builder: ProgramBuilder, line: Instruction, args: Sequence[Any], static: dict[str, Any]) -> Any:
    index = static["index"] if isinstance(static["index"], tuple) else (static["index"],)
    arrays = [i for i, part in enumerate(index) if isinstance(part, np.ndarray)]
    ints = any(isinstance(part, int | np.integer) for part in index)
    if len(arrays) > 1 or (arrays and ints):
        return _by_place(builder, line, args[0])
    return builder.getitem(args[0], index=(slice(None), *index))


def _by_place(builder: ProgramBuilder, line: Instruction, a: Any) -> Any:
    """Entries by their flat places: right for any index."""
    shape = line.args[0].shape
    return _taken(builder, line, a, np.arange(int(np.prod(shape))).reshape(shape)[line.static["index"]])


def _taken(builder: ProgramBuilder, line: Instruction, a: Any, places: Any) -> Any:
    """The entries of each sample at flat ``places``."""
    flat = builder.reshape(a, (builder.shape(a)[0], int(np.prod(line.args[0].shape))))
    return builder.getitem(flat, index=(slice(None), places))


def _transposed(builder: ProgramBuilder, line: Instruction, args: Sequence[Any], static: dict[str, Any]) -> Any:
    rank = len(line.args[0].shape)
    axes = range(rank)[::-1] if static["axes"] is None else static["axes"]
    return builder.transpose(args[0], axes=(0, *(i % rank + 1 for i in axes)))


RULES: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("sum", "max", "min", "prod", "mean", "logsumexp", "softmax", "log_softmax", "norm", "p_norm"), _reduced),
    "concatenate": _joined,
    "stack": _joined,
    "getitem": _picked,
    "transpose": _transposed,
    "padded_gather": lambda builder, line, args, static: _taken(builder, line, args[0], static["source"]),
    "reshape": lambda builder, line, args, static: builder.reshape(args[0], (builder.shape(args[0])[0], *line.shape)),
    "broadcast_to": lambda builder, line, args, static: builder.broadcast_to(
        builder.reshape(
            args[0], (builder.shape(args[0])[0], *(1,) * (len(line.shape) - len(line.args[0].shape)), *line.args[0].shape)
        ),
        (builder.shape(args[0])[0], *line.shape),
    ),
}
