"""Down to what NumPy has a name for: other rows are opened up into the formulas they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction, is_op, topological_sort
from autograd.compiler.ir.program import ProgramBuilder
from autograd.core.observation import COMPARE
from autograd.ops import TABLE, Op
from autograd.ops.rules.reductions import finite_max


def _logsumexp(builder: ProgramBuilder, a: Any, axis: Any, keepdims: bool) -> Any:
    top = finite_max(builder, a, axis)
    value = top + builder.log(builder.sum(builder.exp(a - top), axis=axis, keepdims=True))
    if keepdims:
        return value
    return builder.reshape(value, np.sum(np.empty(builder.shape(a)), axis=axis).shape)


LOWER: dict[str, Callable[..., Any]] = {
    "logsumexp": _logsumexp,
    "norm": lambda builder, a, axis, keepdims: builder.sqrt(builder.sum(a * a, axis=axis, keepdims=keepdims)),
}
# What NumPy, or the language, has a name for.
NAMES = """
    add subtract multiply divide negative absolute power maximum minimum where clip sign remainder fmod floor_divide
    floor ceil trunc rint exp exp2 expm1 log log1p log2 log10 sqrt cbrt logaddexp hypot erf erfc
    sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh
    sum prod max min cumsum matmul vdot outer einsum trace inv det solve logabsdet
    getitem scatter reshape transpose broadcast_to concatenate stack flip astype
    scatter_sum
"""
SPOKEN = frozenset(NAMES.split())


def lowered(roots: Sequence[Any]) -> tuple[list[Any], dict[int, Any]]:
    """The same lines in operations that NumPy has: other rows are opened up into the formulas they are.

    And what every line below became, by its identity.
    """
    lower: dict[int, Any] = {}
    builders = {root.builder for root in roots if isinstance(root, Instruction)}
    for builder in builders:
        builder.is_lowering = True
    try:
        lines = _lowered(roots, lower)
        replaced = _summed_scaled(lines)
        if not replaced:
            return lines, lower
        lines = _lowered(lines, replaced)
        return lines, {line: replaced.get(id(new), new) for line, new in lower.items()}
    finally:
        for builder in builders:
            builder.is_lowering = False


def _summed_scaled(roots: Sequence[Any]) -> dict[int, Any]:
    """Where both c x and c Σx are needed, the second as the sum of the first."""
    order = topological_sort(roots)
    present = {id(line) for line in order}
    replaced: dict[int, Any] = {}
    for line in order:
        if line.op_name == "multiply" and isinstance(line.args[0], float) and is_op(line.args[1], "sum"):
            total = line.args[1]
            scaled = line.builder.find_existing(TABLE["multiply"], (line.args[0], total.args[0]), {})
            if scaled is not None and id(scaled) in present:
                new = replaced[id(line)] = line.builder.emit(TABLE["sum"], (scaled,), total.static)
                new.name, new.cotangent_of = new.name or line.name, line.cotangent_of
    return replaced


def _lowered(roots: Sequence[Any], lower: dict[int, Any]) -> list[Any]:
    def of(x: Any) -> Any:
        if isinstance(x, tuple):
            return tuple(map(of, x))
        return lower[id(x)] if isinstance(x, Instruction) else x

    for line in topological_sort(roots):
        if id(line) in lower:
            continue
        args, static = tuple(map(of, line.args)), {k: of(v) for k, v in line.static.items()}
        builder = line.builder
        if not isinstance(line.op, Op):
            lower[id(line)] = _again(line, args)
        elif line.op_name in SPOKEN:
            lower[id(line)] = builder.call(line.op, args, static)
        else:
            formula = LOWER.get(line.op_name)
            opened = formula(builder, *args, **static) if formula else line.op.f(builder, *args, **static)
            # an opened row may use others that NumPy does not have
            lower[id(line)] = _lowered([opened], {})[0] if any(unspoken(part) for part in topological_sort([opened])) else opened
        new = lower[id(line)]
        if isinstance(new, Instruction) and new is not line:
            new.name = new.name or line.name
            if new.cotangent_of is None and line.cotangent_of is not None and id(line.cotangent_of) in lower:
                of_ = lower[id(line.cotangent_of)]
                new.cotangent_of = of_ if isinstance(of_, Instruction) else None
    return [of(root) for root in roots]


def unspoken(line: Instruction) -> bool:
    """Whether a line is of a row that NumPy has no name for."""
    return line.op == "stop_gradient" or (isinstance(line.op, Op) and line.op_name not in SPOKEN)


def _again(line: Instruction, args: tuple[Any, ...]) -> Any:
    """A line without a row, of other arguments."""
    builder = line.builder
    if line.op in COMPARE:
        return builder.compare(line.op, *args)
    if line.op == "isfinite":
        return builder.isfinite(*args)
    if line.op == "stop_gradient":
        return args[0]
    return line
