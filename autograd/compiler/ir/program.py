"""The builder of a program of array operations: each instruction is a row of the table, applied to earlier instructions.

The builder is a backend: rows that get it as ``xp`` append instructions instead of computing numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import Backend
from autograd.backends.numpy_backend import ARRAY
from autograd.compiler.ir.common_subexpressions import cache_key, instruction_key
from autograd.compiler.ir.instruction import Instruction, data_of
from autograd.compiler.ir.simplification import simplify
from autograd.core.tracing import COMPARISONS
from autograd.ops import TABLE, Op
from autograd.ops.kinds import Linear

# Zeros with each argument added at its index: the sum of what the parts of an array have received.
SCATTER_SUM = Linear(
    "scatter_sum",
    lambda xp, *gs, indices, shape, dtype: xp.scatter_sum(gs, indices, shape, dtype),
    lambda xp, g, i, gs, indices, shape, dtype: xp.getitem(g, index=indices[i]),
    variadic=True,
    domains=(),
    kink="",
    ties=False,
)


class ProgramBuilder(Backend):
    """Builds a program of instructions. Equal instructions are one instruction.

    Attributes
    ----------
    interned : dict of object to Instruction
        The instructions by a key of what they compute.
    is_lowering : bool
        Whether rows are being replaced by formulas in operations that NumPy has. Rules that undo this are off meanwhile.
    """

    def __init__(self) -> None:
        super().__init__("PROGRAM", {})
        self.interned: dict[Any, Instruction] = {}
        self.is_lowering = False

    def row(self, op: Op) -> Callable[..., Any]:
        return lambda *args, **static: self.call(op, args, static)

    # -- instructions

    def input(self, name: str, data: Any) -> Instruction:
        """Return a new input, whose value is given at each call of the program.

        Parameters
        ----------
        name : str
            The name of the input.
        data : float or array
            An example value.

        Returns
        -------
        Instruction
            The input.
        """
        return Instruction(self, "input", (), {}, data, name)

    def make_constant(self, data: Any, name: str = "") -> Any:
        """Return an instruction for an array that is the same at each call.

        Parameters
        ----------
        data : float or array
            The value.
        name : str, default ""
            The name of the array in the source.

        Returns
        -------
        Instruction or float
            The constant; a single number of double precision stays a float.
        """
        if np.ndim(data) == 0 and (isinstance(data, int) or np.asarray(data).dtype == np.float64):
            return float(data)
        array = np.asarray(data)
        key = ("constant", array.shape, array.dtype.str, array.tobytes())
        return self._intern(key, "constant", (), {}, lambda: array, name)

    def call(self, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any:
        """Return an instruction for an operation, or what is equal and simpler.

        Parameters
        ----------
        op : Op
            The row of the table.
        args : sequence of Instruction, float or array
            The arguments.
        static : dict
            The settings.

        Returns
        -------
        Instruction or float
            An instruction that rules of arithmetic say is equal, a constant if no argument is an instruction, or else a new
            instruction.
        """
        args = tuple(a if isinstance(a, Instruction | float) else self.make_constant(a) for a in args)
        if not any(isinstance(a, Instruction) for a in (*args, *static.values())) and op.kind == "elementwise":
            return self.make_constant(op.f(ARRAY, *args, **static))
        condition = static.get("condition")
        if condition is not None and not isinstance(condition, Instruction):
            static = {"condition": self.make_constant(np.asarray(condition), "M")}
        simpler = simplify(self, op, args, static)
        return simpler if simpler is not None else self.emit(op, args, static)

    def emit(self, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Instruction:
        """Return an instruction for an operation without simplifying it.

        Parameters
        ----------
        op, args, static
            The operation, as in :meth:`call`.

        Returns
        -------
        Instruction
            The instruction.
        """

        def compute() -> Any:
            return op.f(ARRAY, *map(data_of, args), **{name: data_of(value) for name, value in static.items()})

        return self._intern(instruction_key(op, args, static), op, args, static, compute)

    def find_existing(self, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Instruction | None:
        """Return the instruction of an operation if there is one.

        Parameters
        ----------
        op, args, static
            The operation, as in :meth:`call`.

        Returns
        -------
        Instruction or None
            The instruction.
        """
        return self.interned.get(instruction_key(op, args, static))

    def compare(self, operator: str, a: Any, b: Any) -> Any:
        """Return an instruction that compares elementwise.

        Parameters
        ----------
        operator : {">", ">=", "<", "<=", "==", "!=", "&", "|"}
            The operator.
        a, b : Instruction, float or array
            The operands.

        Returns
        -------
        Instruction
            The truth values.
        """
        a, b = (x if isinstance(x, Instruction | float) else self.make_constant(x) for x in (a, b))
        key = (operator, cache_key(a), cache_key(b))
        return self._intern(key, operator, (a, b), {}, lambda: COMPARISONS[operator](data_of(a), data_of(b)))

    def rebuild(self, op: Any, args: Sequence[Any], static: dict[str, Any]) -> Any:
        """Return an instruction for any operation, also one that is not a row of the table.

        Parameters
        ----------
        op, args, static
            The operation, as in :meth:`call`.

        Returns
        -------
        Instruction or float
            The instruction, or what is equal and simpler.
        """
        if isinstance(op, Op):
            return self.call(op, args, static)
        if op in COMPARISONS:
            return self.compare(op, *args)
        return self.isfinite(*args) if op == "isfinite" else self.constant(*args)

    def scatter_sum(self, gs: Sequence[Any], indices: Sequence[Any], shape: tuple[int, ...], dtype: Any) -> Any:
        """Return zeros with each cotangent added at its index.

        Parameters
        ----------
        gs : sequence of Instruction
            The cotangents.
        indices : sequence
            The index of each.
        shape : tuple of int
            The shape of the result.
        dtype : dtype
            Its dtype.

        Returns
        -------
        Instruction
            The sum.
        """
        return self.call(SCATTER_SUM, tuple(gs), {"indices": tuple(indices), "shape": shape, "dtype": dtype})

    def _call_function(self, name: str, function: Callable[[Any], Any], a: Any) -> Any:
        """Return an instruction that has no row in the table, and no derivative."""
        return self._intern((name, cache_key(a)), name, (a,), {}, lambda: function(data_of(a)))

    def _intern(
        self, key: Any, op: Any, args: Sequence[Any], static: dict[str, Any], compute: Callable[[], Any], name: str = ""
    ) -> Instruction:
        """Return the instruction of a key; one that is new is computed."""
        if key not in self.interned:
            self.interned[key] = Instruction(self, op, args, static, compute(), name)
        return self.interned[key]

    # -- what rows call on ``xp`` and the table does not have

    def shape(self, a: Any) -> tuple[int, ...]:
        """Return the shape of an instruction or a number."""
        return np.shape(data_of(a))

    def equal(self, a: Any, b: Any) -> Any:
        """Return an instruction for ``a == b``."""
        return self.compare("==", a, b)

    def isfinite(self, a: Any) -> Any:
        """Return an instruction for ``np.isfinite(a)``."""
        return self._call_function("isfinite", np.isfinite, a)

    def constant(self, a: Any) -> Any:
        """Return ``a`` without a gradient."""
        return self._call_function("stop_gradient", lambda x: x, a) if isinstance(a, Instruction) else a

    def any(self, a: Any) -> bool:
        """Return True: an entry may hold at some call, and rows are right if they take the careful way needlessly."""
        return True

    def has_ties(self, is_extremal: Any, extrema: Any) -> bool:
        """Return True, as for ``any``."""
        return True

    def are_equal(self, row: Any) -> Any:
        """Return an instruction for the mask of the pairs of equal numbers, without a tolerance."""
        return self.equal(row, self.swapaxes(row, -1, -2))

    def is_negligible(self, a: Any, scale: Any) -> Any:
        """Return an instruction for the mask of zeros, without a tolerance."""
        return self.equal(a, 0.0)

    def require_negligible(self, call: str, condition: Any, a: Any, scale: Any) -> None:
        """Do nothing: the function itself has raised the error at the inputs that it was traced with, and a program does not."""

    def half_spectrum_counts(self, n: int, axis: int, ndim: int) -> Any:
        """Return a constant of how often each frequency of a half spectrum occurs in the whole one."""
        return self.make_constant(ARRAY.half_spectrum_counts(n, axis, ndim))

    # -- what rows call with other arguments than the table has

    def zeros(self, shape: Any) -> Any:
        """Return a constant of zeros."""
        return self.make_constant(np.zeros(shape))

    def tri(self, rows: int, columns: int, offset: int = 0) -> Any:
        """Return a constant with ones at and below a diagonal."""
        return self.make_constant(np.tri(rows, columns, offset))

    def eye(self, rows: int, columns: int, offset: int = 0) -> Any:
        """Return a constant of ones on a diagonal."""
        return self.make_constant(np.eye(rows, columns, offset))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """Return an instruction for ``np.where``."""
        return self.call(TABLE["where"], (a, b), {"condition": condition})

    def einsum(self, subscripts: str, *args: Any) -> Any:
        """Return an instruction for ``np.einsum``."""
        return self.call(TABLE["einsum"], args, {"subscripts": subscripts})

    def concatenate(self, args: Sequence[Any], axis: int) -> Any:
        """Return an instruction for ``np.concatenate``."""
        return self.call(TABLE["concatenate"], tuple(args), {"axis": axis})

    def stack(self, args: Sequence[Any], axis: int = 0) -> Any:
        """Return an instruction for ``np.stack``."""
        return self.call(TABLE["stack"], tuple(args), {"axis": axis})

    def sum(self, a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Return an instruction for ``np.sum``."""
        return self.call(TABLE["sum"], (a,), {"axis": axis, "keepdims": keepdims})

    def reshape(self, a: Any, shape: Any) -> Any:
        """Return an instruction for ``np.reshape``; one length may be -1."""
        shape = tuple(shape)
        if -1 in shape:
            shape = np.reshape(np.empty(self.shape(a)), shape).shape
        return self.call(TABLE["reshape"], (a,), {"shape": shape})

    def broadcast_to(self, a: Any, shape: Any) -> Any:
        """Return an instruction for ``np.broadcast_to``."""
        return self.call(TABLE["broadcast_to"], (a,), {"shape": tuple(shape)})

    def swapaxes(self, a: Any, axis1: int, axis2: int) -> Any:
        """Return an instruction for ``np.swapaxes``, as a transpose."""
        axes = list(range(len(self.shape(a))))
        axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
        return self.transpose(a, axes=tuple(axes))

    def expand_dims(self, a: Any, axis: Any) -> Any:
        """Return an instruction for ``np.expand_dims``, as a reshape."""
        return self.reshape(a, np.expand_dims(np.empty(self.shape(a)), axis).shape)

    def products_of_others(self, rows: Any) -> Any:
        """Return for each entry along the last axis the product of all other entries: the derivative of ``np.prod``."""
        n = self.shape(rows)[-1]
        others = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.intp).reshape(n, n - 1)
        return self.call(TABLE["prod"], (self.getitem(rows, index=(..., others)),), {"axis": -1, "keepdims": False})

    def cofactors(self, y: Any, a: Any) -> Any:
        """Return the derivative of determinants y of matrices that are not singular."""
        return self.reshape(y, (*self.shape(y), 1, 1)) * self.swapaxes(self.inv(a), -1, -2)
