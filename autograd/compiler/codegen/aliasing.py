"""Which instructions return a view of another one's memory, as NumPy does for reshapes and slices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.loop import RESULT

VIEW_OPS = {"reshape", "transpose", "broadcast_to", "flip"}  # and getitem by integers and slices


def is_view(instruction: Instruction) -> bool:
    """Return whether the array of an instruction is its first argument's memory, seen with another shape or order."""
    is_view_op = instruction.op_name in VIEW_OPS or (
        instruction.op_name == "getitem" and _is_basic_index(instruction.static["index"])
    )
    return is_view_op and isinstance(instruction.args[0], Instruction) and bool(instruction.shape)


def _is_basic_index(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return not any(isinstance(part, np.ndarray) for part in parts)


def find_base(instruction: Instruction) -> Instruction:
    """Return the instruction whose memory an instruction views, or the instruction itself."""
    while is_view(instruction):
        instruction = instruction.args[0]
    return instruction


def find_results_to_copy(groups: Sequence[Sequence[Any]]) -> list[list[bool]]:
    """Find the results that a caller could not change safely.

    These are arrays that may share memory with an input, a constant or a result before them, and broadcast arrays, which are
    read-only.

    Parameters
    ----------
    groups : sequence of sequences of Instruction or float
        The results.

    Returns
    -------
    list of list of bool
        For each result, whether to copy it.
    """
    returned: set[int] = set()
    return [[_needs_copy(result, returned) for result in group] for group in groups]


def _needs_copy(result: Any, returned: set[int]) -> bool:
    """Return whether a result must be copied, and add the memory that it uses to ``returned``."""
    if not isinstance(result, Instruction):
        return False
    base = find_base(result)
    is_shared = base.op in ("input", "constant", RESULT) or id(base) in returned or _is_broadcast(result)
    returned.add(id(base))
    return bool(result.shape) and is_shared


def _is_broadcast(instruction: Instruction) -> bool:
    """Return whether several entries of a view may be one number in memory."""
    while is_view(instruction):
        if instruction.op_name == "broadcast_to":
            return True
        instruction = instruction.args[0]
    return False
