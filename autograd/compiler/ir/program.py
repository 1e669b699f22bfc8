"""A program of array operations: each line is a row of the table, applied to lines before it.

Rows write themselves here as they do in the other backends: ``ProgramBuilder`` is handed to them as ``xp``. Equal lines are one
line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import Backend
from autograd.backends.numpy_backend import ARRAY
from autograd.compiler.ir.instruction import Instruction, cache_key, data_of
from autograd.compiler.ir.simplification import SIMPLIFICATION_RULES
from autograd.core.observation import COMPARE
from autograd.ops import TABLE, Op
from autograd.ops.op import Linear

SCATTER_SUM = Linear(
    "scatter_sum",
    lambda xp, *gs, indices, shape, dtype: xp.scatter_sum(gs, indices, shape, dtype),
    lambda xp, g, i, gs, indices, shape, dtype: xp.getitem(g, index=indices[i]),
    variadic=True,
    domains=(),
    kink="",
    ties=False,
)


def instruction_key(op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any:
    """What is the same for equal lines."""
    return (op.name, *map(cache_key, args), *((k, cache_key(v)) for k, v in sorted(static.items())))


class ProgramBuilder(Backend):
    """The builder in which rows write lines; it keeps every line, and writes none twice."""

    def __init__(self) -> None:
        super().__init__("LINES", {})
        self.interned: dict[Any, Instruction] = {}
        self.is_lowering = False  # whether rows are being opened up into what NumPy has

    def row(self, op: Op) -> Callable[..., Any]:
        return lambda *args, **static: self.call(op, args, static)

    # -- lines

    def input(self, name: str, data: Any) -> Instruction:
        """A line whose numbers are given at each call."""
        return Instruction(self, "input", (), {}, data, name)

    def make_constant(self, data: Any, name: str = "") -> Any:
        """An array that is always the same; a float stays one."""
        if np.ndim(data) == 0 and (isinstance(data, int) or np.asarray(data).dtype == np.float64):
            return float(data)
        array = np.asarray(data)
        return self._intern(("constant", array.shape, array.dtype.str, array.tobytes()), "constant", (), {}, lambda: array, name)

    def call(self, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any:
        """The line of a row; simpler where a rule of arithmetic says so, a number where all is known."""
        args = tuple(a if isinstance(a, Instruction | float) else self.make_constant(a) for a in args)
        if not any(isinstance(a, Instruction) for a in (*args, *static.values())) and op.kind == "elementwise":
            return self.make_constant(op.f(ARRAY, *args, **static))
        condition = static.get("condition")
        if condition is not None and not isinstance(condition, Instruction):
            static = {"condition": self.make_constant(np.asarray(condition), "M")}
        simpler = SIMPLIFICATION_RULES.get(op.name)
        found = simpler(self, *args, **static) if simpler else None
        if found is not None:
            return found
        return self.emit(op, args, static)

    def emit(self, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Instruction:
        """The line of a row as it stands."""
        return self._intern(
            instruction_key(op, args, static),
            op,
            args,
            static,
            lambda: op.f(ARRAY, *map(data_of, args), **{k: data_of(v) for k, v in static.items()}),
        )

    def find_existing(self, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Instruction | None:
        """The line of a row where it is written already."""
        return self.interned.get(instruction_key(op, args, static))

    def compare(self, sign: str, a: Any, b: Any) -> Any:
        """A comparison, entry by entry: an array of truth values."""
        a, b = (x if isinstance(x, Instruction | float) else self.make_constant(x) for x in (a, b))
        return self._intern((sign, cache_key(a), cache_key(b)), sign, (a, b), {}, lambda: COMPARE[sign](data_of(a), data_of(b)))

    def call_without_gradient(self, name: str, a: Any, compute: Callable[..., Any], **static: Any) -> Any:
        """A line without a derivative."""
        return self._intern((name, cache_key(a), *map(cache_key, static.values())), name, (a,), static, lambda: compute(data_of(a)))

    def scatter_sum(self, gs: Sequence[Any], indices: Sequence[Any], shape: tuple[int, ...], dtype: Any) -> Any:
        """Zeros with each cotangent added at its index: what the parts of an array have received."""
        return self.call(SCATTER_SUM, tuple(gs), {"indices": tuple(indices), "shape": shape, "dtype": dtype})

    def _intern(
        self, key: Any, op: Any, args: Sequence[Any], static: dict[str, Any], compute: Callable[[], Any], name: str = ""
    ) -> Instruction:
        if key not in self.interned:
            self.interned[key] = Instruction(self, op, args, static, compute(), name)
        return self.interned[key]

    # -- what rows ask for and the table does not have

    def shape(self, a: Any) -> tuple[int, ...]:
        return np.shape(data_of(a))

    def equal(self, a: Any, b: Any) -> Any:
        return self.compare("==", a, b)

    def isfinite(self, a: Any) -> Any:
        return self.call_without_gradient("isfinite", a, np.isfinite)

    def constant(self, a: Any) -> Any:
        return self.call_without_gradient("stop_gradient", a, lambda x: x) if isinstance(a, Instruction) else a

    def any(self, a: Any) -> bool:
        """Whether an entry may hold: the careful way of a row is right in any case."""
        return True

    def zeros(self, shape: Any) -> Any:
        return self.make_constant(np.zeros(shape))

    def eye(self, rows: int, columns: int, offset: int = 0) -> Any:
        return self.make_constant(np.eye(rows, columns, offset))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return self.call(TABLE["where"], (a, b), {"condition": condition})

    def einsum(self, subscripts: str, *args: Any) -> Any:
        return self.call(TABLE["einsum"], args, {"subscripts": subscripts})

    def concatenate(self, args: Sequence[Any], axis: int) -> Any:
        return self.call(TABLE["concatenate"], tuple(args), {"axis": axis})

    def stack(self, args: Sequence[Any], axis: int = 0) -> Any:
        return self.call(TABLE["stack"], tuple(args), {"axis": axis})

    def sum(self, a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return self.call(TABLE["sum"], (a,), {"axis": axis, "keepdims": keepdims})

    def reshape(self, a: Any, shape: Any) -> Any:
        shape = tuple(shape)
        if -1 in shape:
            shape = np.reshape(np.empty(self.shape(a)), shape).shape
        return self.call(TABLE["reshape"], (a,), {"shape": shape})

    def broadcast_to(self, a: Any, shape: Any) -> Any:
        return self.call(TABLE["broadcast_to"], (a,), {"shape": tuple(shape)})

    def swapaxes(self, a: Any, axis1: int, axis2: int) -> Any:
        axes = list(range(len(self.shape(a))))
        axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
        return self.transpose(a, axes=tuple(axes))

    def expand_dims(self, a: Any, axis: Any) -> Any:
        return self.reshape(a, np.expand_dims(np.empty(self.shape(a)), axis).shape)

    def products_of_others(self, rows: Any) -> Any:
        n = self.shape(rows)[-1]
        others = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.intp).reshape(n, n - 1)
        return self.call(TABLE["prod"], (self.getitem(rows, index=(..., others)),), {"axis": -1, "keepdims": False})
