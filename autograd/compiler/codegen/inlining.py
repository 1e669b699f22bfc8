"""Decides which instructions get a variable; all others are written inside the expressions that use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.compiler.ir.instruction import Instruction
from autograd.ops import Op

# Operations that only rearrange axes. They are short to write and cost no arithmetic.
RESHAPING_OPS = {"transpose", "reshape"}


def count_uses(order: Sequence[Instruction], roots: Sequence[Any]) -> dict[int, int]:
    """Return how often each instruction is read, by its identity; being returned counts as once."""
    uses: dict[int, int] = {}
    for instruction in order:
        for parent in instruction.parents:
            uses[id(parent)] = uses.get(id(parent), 0) + 1
    for root in roots:
        uses[id(root)] = uses.get(id(root), 0) + 1
    return uses


def find_preactivations(order: Sequence[Instruction]) -> set[int]:
    """Find the affine maps that a nonlinear operation reads.

    Textbooks call them ``z`` and give them an equation of their own. Cotangents are left out.

    Parameters
    ----------
    order : sequence of Instruction

    Returns
    -------
    set of int
        Identities of instructions.
    """
    found: set[int] = set()
    for instruction in order:
        if not isinstance(instruction.op, Op) or instruction.op_name in ("add", "subtract", "matmul", *RESHAPING_OPS):
            continue
        for arg in instruction.args:
            if isinstance(arg, Instruction) and arg.shape and arg.cotangent_of is None and arg.is_affine_map:
                found.add(id(arg))
    return found
