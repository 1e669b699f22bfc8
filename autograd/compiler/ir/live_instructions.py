"""Dead code elimination: instructions are found from the results backward, so those that no result needs are left out."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from autograd.compiler.ir.instruction import Instruction


def topological_sort(roots: Iterable[Any], known: Container[int] = ()) -> list[Instruction]:
    """Return the instructions that some results need, in an order in which each follows its arguments.

    Parameters
    ----------
    roots : iterable
        The results. Anything that is not an instruction is left out.
    known : container of int, default ()
        The identities of instructions that are left out, and with them what only they need.

    Returns
    -------
    list of Instruction
        The instructions, the roots included.
    """
    seen: set[int] = set()
    order: list[Instruction] = []
    stack = [(root, False) for root in reversed(list(roots)) if isinstance(root, Instruction)]
    while stack:
        instruction, is_ready = stack.pop()
        if is_ready:
            order.append(instruction)
        elif id(instruction) not in seen and id(instruction) not in known:
            seen.add(id(instruction))
            stack.append((instruction, True))
            stack.extend((parent, False) for parent in reversed(instruction.parents) if id(parent) not in seen)
    return order
