"""Decides which instructions get a variable; all others are written inside the expressions that use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.compiler.ir.instruction import Instruction
from autograd.ops import Op

# Operations that only rearrange axes. They are short to write and cost no arithmetic.
RESHAPING_OPS = {"transpose", "reshape"}
# Additions of one chain that are written in one expression in a long function. Measured on 99 programs of the tests (7572 lines):
# doubled, three of them are longer, one by 41 lines, since chains of different lengths have different forms; halved, one by 19.
MAX_CHAIN = 6


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


def find_long_chains(order: Sequence[Instruction], uses: dict[int, int]) -> set[int]:
    """Find the additions in chains of more than ``MAX_CHAIN`` additions, each of which reads the one before it.

    Parameters
    ----------
    order : sequence of Instruction
    uses : dict of int to int
        How often each instruction is read.

    Returns
    -------
    set of int
        Identities of instructions.
    """
    lengths: dict[int, int] = {}
    for instruction in order:
        if instruction.op_name in ("add", "subtract"):
            terms = [lengths.get(id(arg), 0) for arg in instruction.args if uses.get(id(arg)) == 1]
            lengths[id(instruction)] = 1 + max(terms, default=0)
    for instruction in reversed(order):
        for arg in instruction.args if id(instruction) in lengths else ():
            if id(arg) in lengths and uses[id(arg)] == 1:
                lengths[id(arg)] = max(lengths[id(arg)], lengths[id(instruction)])
    return {identity for identity, length in lengths.items() if length > MAX_CHAIN}
