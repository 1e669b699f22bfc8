"""Lowering: rewrites a program in operations that NumPy has, by expanding all others into their formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction, is_op
from autograd.compiler.ir.live_instructions import topological_sort
from autograd.compiler.ir.loop import (
    LOOP,
    RESULT,
    Loop,
    LoopResult,
    carried_result,
    emit_loop,
    find_loop_results,
    loop_of,
    stacked_result,
)
from autograd.compiler.ir.program import ProgramBuilder
from autograd.ops import TABLE, Op
from autograd.ops.rules.contraction import contract, find_matrix_form
from autograd.ops.rules.reductions import finite_max

# The operations that NumPy, Python's math or an operator of Python computes.
NUMPY_OP_NAMES = """
    add subtract multiply divide negative absolute power maximum minimum where clip sign remainder fmod floor_divide
    floor ceil trunc rint exp exp2 expm1 log log1p log2 log10 sqrt cbrt logaddexp hypot erf erfc
    sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh
    sum prod max min cumsum matmul vdot outer convolve einsum trace inv det solve logabsdet
    cholesky eigh_factors eig_factors svd_factors qr_factors pinv
    getitem scatter reshape transpose broadcast_to concatenate stack flip astype
    scatter_sum gather gather_adjoint
    real imag conj angle fft ifft rfft irfft
    complex_cholesky complex_qr_factors complex_pinv complex_eig_factors complex_eigh_factors complex_svd_factors
"""
NUMPY_OPS = frozenset(NUMPY_OP_NAMES.split())


def _expand_logsumexp(builder: ProgramBuilder, a: Any, axis: Any, keepdims: bool) -> Any:
    largest = finite_max(builder, a, axis)
    value = largest + builder.log(builder.sum(builder.exp(a - largest), axis=axis, keepdims=True))
    if keepdims:
        return value
    return builder.reshape(value, np.sum(np.empty(builder.shape(a)), axis=axis).shape)


def replace_entries(builder: ProgramBuilder, a: Any, x: Any, index: Any) -> Any:
    """Return ``a`` with ``x`` at ``index``: a choice by a mask, after the entries of ``x`` were put where they belong.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    a : Instruction
        The array.
    x : Instruction or float
        What is broadcast to the entries.
    index : object
        The index, which repeats no entry.

    Returns
    -------
    Instruction
    """
    shape = builder.shape(a)
    positions = np.arange(int(np.prod(shape))).reshape(shape)[index]
    writer = np.full(int(np.prod(shape)), -1)
    writer[positions.ravel()] = np.arange(positions.size)
    writer = writer.reshape(shape)
    if builder.shape(x) not in ((), (1,) * np.ndim(positions)):
        entries = builder.broadcast_to(x, positions.shape) if builder.shape(x) != positions.shape else x
        x = builder.getitem(builder.reshape(entries, (positions.size,)), index=np.maximum(writer, 0))
    elif builder.shape(x):
        x = builder.reshape(x, ())
    return builder.where(builder.make_constant(writer >= 0), x, a)


def _find_matrix_form(builder: ProgramBuilder, args: Sequence[Any], subscripts: str) -> Any:
    """Return how an Einstein sum is computed by a matrix product, or None: BLAS is faster than ``np.einsum``."""
    return find_matrix_form(subscripts, *map(builder.shape, args))


# Formulas of operations for which the table calls the backend. The formulas of all others are in the table itself.
FORMULAS: dict[str, Callable[..., Any]] = {
    "logsumexp": _expand_logsumexp,
    "einsum": lambda builder, *args, subscripts: contract(builder, _find_matrix_form(builder, args, subscripts), *args),
    "set_entries": replace_entries,
    "norm": lambda builder, a, axis, keepdims: builder.sqrt(builder.sum(a * a, axis=axis, keepdims=keepdims)),
}


def lower(roots: Sequence[Any]) -> tuple[list[Any], dict[int, Any]]:
    """Lower all instructions that some roots depend on.

    Parameters
    ----------
    roots : sequence of Instruction or float

    Returns
    -------
    roots : list of Instruction or float
        The same results in operations that NumPy has.
    replacements : dict of int to Instruction or float
        What every instruction became, by the identity of the old one.
    """
    replacements: dict[int, Any] = {}
    builders = {root.builder for root in roots if isinstance(root, Instruction)}
    for builder in builders:
        builder.is_lowering = True
    try:
        lowered = _lower_all(roots, replacements)
        reused = _reuse_scaled_arrays(lowered)
        if not reused:
            return lowered, replacements
        lowered = _lower_all(lowered, reused)
        return lowered, {old: reused.get(id(new), new) for old, new in replacements.items()}
    finally:
        for builder in builders:
            builder.is_lowering = False


def _lower_all(roots: Sequence[Any], replacements: dict[int, Any]) -> list[Any]:
    """Lower the instructions that have no replacement yet, and return the replacements of the roots."""
    order = topological_sort(roots, known=replacements)
    used_results = find_loop_results(order)
    lowered_loops: dict[int, _LoweredLoop] = {}
    for instruction in order:
        if instruction.op == LOOP:
            lowered_loops[id(instruction)] = _LoweredLoop(instruction, used_results[id(instruction)], replacements)
        elif instruction.op == RESULT:
            replacements[id(instruction)] = lowered_loops[id(instruction.args[0])].read(instruction.static["result"])
        else:
            new = replacements[id(instruction)] = _lower_instruction(instruction, replacements)
            if new is not instruction and isinstance(new, Instruction):
                _copy_name_and_role(instruction, new, replacements)
    return [_replace(root, replacements) for root in roots]


class _LoweredLoop:
    """A loop whose body is lowered, without what none of its results needs."""

    def __init__(self, instruction: Instruction, used: Iterable[LoopResult], replacements: dict[int, Any]) -> None:
        loop, builder = loop_of(instruction), instruction.builder
        stacked = [which.position for which in used if which.is_stacked]
        carried = {which.position for which in used if not which.is_stacked}
        reached: set[int] = set()
        is_growing = True
        while is_growing:
            roots = [*(loop.updates[k] for k in sorted(carried)), *(loop.stacked[k] for k in stacked)]
            reached = {id(x) for x in topological_sort(roots)}
            needed = {k for k, x in enumerate(loop.carried) if id(x) in reached}
            is_growing = not needed <= carried
            carried |= needed
        kept = sorted(carried)
        old = [
            [loop.carried[k] for k in kept],
            [x for x in loop.strided if id(x) in reached],
            [x for x in loop.invariant if id(x) in reached],
        ]
        new = [[builder.input(x.name, x.data) for x in part] for part in old]
        inside = {id(x): y for part, copies in zip(old, new, strict=True) for x, y in zip(part, copies, strict=True)}
        lowered = _lower_all(roots, inside)
        arguments = {id(x): arg for x, arg in zip(loop.placeholders, instruction.args, strict=True)}
        args = [_replace(arguments[id(x)], replacements) for part in old for x in part]
        self._loop = emit_loop(builder, Loop(loop.length, loop.is_reversed, new[0], new[1], new[2], lowered[: len(kept)], []), args)
        self._carried = {k: position for position, k in enumerate(kept)}
        self._stacked = dict(zip(stacked, lowered[len(kept) :], strict=True))

    def read(self, which: LoopResult) -> Any:
        """Return a result of the loop."""
        if which.is_stacked:
            return stacked_result(self._loop, self._stacked[which.position])
        return carried_result(self._loop, self._carried[which.position])


def _replace(x: Any, replacements: dict[int, Any]) -> Any:
    """Return the replacement of an instruction, or of those in a tuple; anything else as it is."""
    if isinstance(x, tuple):
        return tuple(_replace(part, replacements) for part in x)
    return replacements[id(x)] if isinstance(x, Instruction) else x


def _lower_instruction(instruction: Instruction, replacements: dict[int, Any]) -> Any:
    args = tuple(_replace(arg, replacements) for arg in instruction.args)
    static = {name: _replace(value, replacements) for name, value in instruction.static.items()}
    if instruction.op == "stop_gradient":
        return args[0]
    if not isinstance(instruction.op, Op):
        return instruction.builder.rebuild(instruction.op, args, static) if args else instruction
    if _is_primitive(instruction.op) and not (
        is_op(instruction, "einsum") and _find_matrix_form(instruction.builder, args, **static)
    ):
        return instruction.builder.call(instruction.op, args, static)
    formula = FORMULAS.get(instruction.op_name, instruction.op.f)
    expanded = formula(instruction.builder, *args, **static)
    lowered_before = {id(x): x for x in (*args, *static.values()) if isinstance(x, Instruction)}
    if any(needs_lowering(part) for part in topological_sort([expanded], known=lowered_before)):
        return _lower_all([expanded], lowered_before)[0]
    return expanded


def needs_lowering(instruction: Instruction) -> bool:
    """Return whether NumPy has no operation for an instruction."""
    if instruction.op == "stop_gradient":
        return True
    return isinstance(instruction.op, Op) and not _is_primitive(instruction.op)


def _is_primitive(op: Op) -> bool:
    """Return whether NumPy, or the library of the row, has the operation."""
    return op.name in NUMPY_OPS or bool(op.library)


def _copy_name_and_role(old: Instruction, new: Instruction, replacements: dict[int, Any]) -> None:
    """Give a replacement the name of the old instruction, and what that is the cotangent of."""
    new.name = new.name or old.name
    if new.cotangent_of is None and old.cotangent_of is not None and id(old.cotangent_of) in replacements:
        primal = replacements[id(old.cotangent_of)]
        new.cotangent_of = primal if isinstance(primal, Instruction) else None


def _reuse_scaled_arrays(roots: Sequence[Any]) -> dict[int, Any]:
    """Replace ``c * x.sum()`` by ``(c * x).sum()`` if ``c * x`` is computed anyway; return the replacements."""
    order = topological_sort(roots)
    computed = {id(instruction) for instruction in order}
    replacements: dict[int, Any] = {}
    for product in order:
        if product.op_name != "multiply" or not isinstance(product.args[0], float) or not is_op(product.args[1], "sum"):
            continue
        factor, total = product.args
        scaled = product.builder.find_existing(TABLE["multiply"], (factor, total.args[0]), {})
        if scaled is not None and id(scaled) in computed:
            new = replacements[id(product)] = product.builder.emit(TABLE["sum"], (scaled,), total.static)
            new.name, new.cotangent_of = new.name or product.name, product.cotangent_of
    return replacements
