"""Decides which instructions get a variable; all others are written inside the expressions that use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.compiler.ir.instruction import Instruction
from autograd.ops import Op

# Terms from which every partial sum of a sum gets a statement. Measured on 886 functions of test programs (17000 lines).
# Doubled: one of 38 loops is lost, and 62 lines instead of 24 are longer than 132 characters. Halved: 0.3 % more lines.
MANY_TERMS = 12

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


def is_affine_map(instruction: Instruction) -> bool:
    """Return whether an instruction is a matrix product, possibly with terms added or subtracted, such as ``X @ W.T + b``."""
    if instruction.op_name == "matmul":
        return True
    return instruction.op_name in ("add", "subtract") and any(
        is_affine_map(arg) for arg in instruction.args if isinstance(arg, Instruction)
    )


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
            if isinstance(arg, Instruction) and arg.shape and arg.cotangent_of is None and is_affine_map(arg):
                found.add(id(arg))
    return found


def find_long_sums(order: Sequence[Instruction], uses: dict[int, int]) -> set[int]:
    """Find the partial sums of sums with at least `MANY_TERMS` terms.

    With a statement for each term, a sum over the steps of a recurrence is as regular as the recurrence and can become part of its
    loop.

    Parameters
    ----------
    order : sequence of Instruction
        Arguments before the instructions that use them.
    uses : dict of int to int
        How often each instruction is read.

    Returns
    -------
    set of int
        Identities of instructions.
    """
    first_sum: dict[int, int] = {}  # of each partial sum, the first of the same sum
    term_count: dict[int, int] = {}  # of each sum, by its first partial sum
    for instruction in order:
        if instruction.op_name not in ("add", "subtract"):
            continue
        left = instruction.args[0]
        first = id(instruction)
        if isinstance(left, Instruction) and uses.get(id(left)) == 1:
            first = first_sum.get(id(left), first)
        first_sum[id(instruction)] = first
        term_count[first] = term_count.get(first, 1) + 1
    return {partial for partial, first in first_sum.items() if term_count[first] >= MANY_TERMS}
