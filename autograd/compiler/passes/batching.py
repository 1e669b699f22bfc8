"""A program of one sample, for many at once: every line that depends on a batched input gets the batch as its first axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Line, below
from autograd.compiler.ir.program import Lines
from autograd.errors import SettingError
from autograd.ops import Op
from autograd.core.observation import COMPARE


def batched(world: Lines, roots: Sequence[Any], inputs: dict[int, Line], size: int) -> list[Any]:
    """The lines of ``roots`` with ``inputs`` (by the identity of the line for one sample) in place, and a batch of ``size``."""
    new: dict[int, Any] = {}
    wide: set[int] = set()
    for line in below(roots):
        if id(line) in inputs:
            new[id(line)] = inputs[id(line)]
            wide.add(id(line))
        elif not any(id(p) in wide for p in line.parents):
            new[id(line)] = line
        else:
            wide.add(id(line))
            new[id(line)] = _one(world, line, new, wide, size)
    results = []
    for root in roots:
        line = new[id(root)] if isinstance(root, Line) else root
        results.append(
            line if isinstance(root, Line) and id(root) in wide else world.broadcast_to(line, (size, *world.shape(line)))
        )
    return results


def _one(world: Lines, line: Line, new: dict[int, Any], wide: set[int], size: int) -> Any:
    """A line for the whole batch."""
    rank = len(line.shape)

    def flat(x: Any) -> Any:
        """An argument that broadcasts entry by entry: the batch first, then as many axes as the result has."""
        if not isinstance(x, Line):
            return x
        shape = x.shape
        if id(x) not in wide:
            return new[id(x)]
        return world.reshape(new[id(x)], (size, *(1,) * (rank - len(shape)), *shape))

    def full(x: Any) -> Any:
        """An argument with the batch as its first axis, repeated where it has none."""
        if isinstance(x, Line) and id(x) in wide:
            return new[id(x)]
        x = new[id(x)] if isinstance(x, Line) else x
        return world.broadcast_to(x, (size, *world.shape(x)))

    if line.op in COMPARE:
        return world.compared(line.op, *map(flat, line.args))
    if line.op == "stopped":
        return world.constant(flat(line.args[0]))
    assert isinstance(line.op, Op)
    if line.op.kind == "elementwise":
        settings = {k: flat(v) if isinstance(v, Line) else v for k, v in line.static.items()}
        return world.call(line.op, tuple(map(flat, line.args)), settings)
    if line.row == "matmul":
        return _matmul(world, line, new, wide)
    if line.row == "vdot" and all(len(world.shape(x)) == 1 for x in line.args) and len({id(x) in wide for x in line.args}) == 2:
        first, second = sorted(line.args, key=lambda x: id(x) not in wide)
        return world.matmul(new[id(first)], new.get(id(second), second))
    if line.row == "vdot":
        a, b = (flat(x) for x in line.args)
        axes = tuple(range(1, 1 + len(line.args[0].shape)))
        return world.sum(a * b, axis=axes) if axes else a * b
    if line.row not in RULES:
        raise SettingError(
            f"compile(in_axes=): {line.row} on whole arrays cannot be batched: write the sample with numbers, or batch it yourself"
        )
    return RULES[line.row](world, line, [full(a) for a in line.args], line.static)


def _matmul(world: Lines, line: Line, new: dict[int, Any], wide: set[int]) -> Any:
    """A product with the batch in front of what is batched: one product of matrices where one factor is the same for all."""
    a, b = line.args
    x, y = new[id(a)], new[id(b)]
    many, other = id(a) in wide, id(b) in wide
    one, two = len(a.shape), len(b.shape)
    if other and not many and two == 1 and one == 2:
        return world.matmul(y, world.transpose(x, axes=None))
    if (many and not other and two <= 2) or (other and not many and one == 2 and two >= 2):
        return world.matmul(x, y)
    if one == 1 and two == 1:
        return world.matmul(y, x) if other and not many else world.sum(x * y, axis=-1)
    if two == 1:
        return world.getitem(world.matmul(x, world.expand_dims(y, -1)), index=(..., 0))
    if one == 1:
        return world.getitem(world.matmul(world.expand_dims(x, -2), y), index=(..., 0, slice(None)))
    return world.matmul(x, y)


def _axes(axis: Any, rank: int) -> Any:
    """Axes behind the batch."""
    if axis is None:
        return tuple(range(1, rank + 1))
    if isinstance(axis, tuple):
        return tuple(i % rank + 1 for i in axis)
    return axis % rank + 1


def _reduced(world: Lines, line: Line, args: Sequence[Any], static: dict[str, Any]) -> Any:
    rank = len(line.args[0].shape)
    return world.call(line.op, args, {**static, "axis": _axes(static["axis"], rank)})


def _joined(world: Lines, line: Line, args: Sequence[Any], static: dict[str, Any]) -> Any:
    rank = len(line.shape)
    return world.call(line.op, args, {"axis": _axes(static["axis"], rank)})


def _picked(world: Lines, line: Line, args: Sequence[Any], static: dict[str, Any]) -> Any:
    index = static["index"] if isinstance(static["index"], tuple) else (static["index"],)
    arrays = [i for i, part in enumerate(index) if isinstance(part, np.ndarray)]
    ints = any(isinstance(part, int | np.integer) for part in index)
    if len(arrays) > 1 or (arrays and ints):
        return _by_place(world, line, args[0])
    return world.getitem(args[0], index=(slice(None), *index))


def _by_place(world: Lines, line: Line, a: Any) -> Any:
    """Entries by their flat places: right for any index."""
    shape = line.args[0].shape
    return _taken(world, line, a, np.arange(int(np.prod(shape))).reshape(shape)[line.static["index"]])


def _taken(world: Lines, line: Line, a: Any, places: Any) -> Any:
    """The entries of each sample at flat ``places``."""
    flat = world.reshape(a, (world.shape(a)[0], int(np.prod(line.args[0].shape))))
    return world.getitem(flat, index=(slice(None), places))


def _transposed(world: Lines, line: Line, args: Sequence[Any], static: dict[str, Any]) -> Any:
    rank = len(line.args[0].shape)
    axes = range(rank)[::-1] if static["axes"] is None else static["axes"]
    return world.transpose(args[0], axes=(0, *(i % rank + 1 for i in axes)))


RULES: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("sum", "max", "min", "prod", "mean", "logsumexp", "softmax", "log_softmax", "norm", "p_norm"), _reduced),
    "concatenate": _joined,
    "stack": _joined,
    "getitem": _picked,
    "transpose": _transposed,
    "repeated": lambda world, line, args, static: _taken(world, line, args[0], static["source"]),
    "reshape": lambda world, line, args, static: world.reshape(args[0], (world.shape(args[0])[0], *line.shape)),
    "broadcast_to": lambda world, line, args, static: world.broadcast_to(
        world.reshape(args[0], (world.shape(args[0])[0], *(1,) * (len(line.shape) - len(line.args[0].shape)), *line.args[0].shape)),
        (world.shape(args[0])[0], *line.shape),
    ),
}
