"""The variables of a generated function and the instructions that they hold.

A variable is called after what it holds, in the manner of textbooks on neural networks:

=========  ==========================================================================
``Z1``     an affine map, such as ``X @ W1.T + b1``
``A1``     a function of ``Z1`` alone: the activation
``D1``     the cotangent of ``Z1``: the delta of the layer
``dW1``    the cotangent of another variable, here ``W1``
``M1``     a mask, the result of a comparison
``s1``     a single number
``T1``     any other array
``C1``     a constant array
``I1``     an array of indices
``B1``     a buffer
=========  ==========================================================================
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable

from autograd.compiler.ir.instruction import Instruction
from autograd.core.tracing import COMPARISONS


class VariableNames:
    """Hands out names, each of them once.

    Attributes
    ----------
    assigned : dict of int to str
        The variable of each instruction that has one, by the identity of the instruction.
    """

    def __init__(self) -> None:
        self.assigned: dict[int, str] = {}
        self._taken: set[str] = {"np", "math", "erf", "erfc", "special", "linalg", "numerics", *keyword.kwlist}
        self._counts: dict[str, int] = {}

    def reserve(self, names: Iterable[str]) -> None:
        """Keep names from being used for variables."""
        self._taken.update(names)

    def release(self, names: Iterable[str]) -> None:
        """Let names be used again, which are not written any more."""
        self._taken.difference_update(names)
        self.assigned = {identity: name for identity, name in self.assigned.items() if name in self._taken}

    def make_unique(self, wanted: str) -> str:
        """Return ``wanted`` as an identifier, with a number at its end if it is taken.

        Examples
        --------
        >>> names = VariableNames()
        >>> names.make_unique("learning rate"), names.make_unique("x1"), names.make_unique("x1")
        ('learning_rate', 'x1', 'x1_2')
        """
        stem = "".join(c if c.isalnum() or c == "_" else "_" for c in wanted if c.isascii()) or "t"
        if stem[0].isdigit():
            stem = f"_{stem}"
        name, number = stem, 1
        while name in self._taken:
            number += 1
            name = f"{stem}_{number}" if stem[-1].isdigit() else f"{stem}{number}"
        self._taken.add(name)
        return name

    def make_numbered(self, letter: str) -> str:
        """Return the next variable of a kind, such as ``T3`` after ``T2``."""
        self._counts[letter] = self._counts.get(letter, 0) + 1
        return self.make_unique(f"{letter}{self._counts[letter]}")

    def assign(self, instruction: Instruction) -> str:
        """Give an instruction the variable that its role suggests, and return it."""
        name = self.assigned[id(instruction)] = self._choose(instruction)
        return name

    def primal_of(self, instruction: Instruction) -> str:
        """Return the variable whose cotangent an instruction is; "" if it is not a cotangent or that has no variable."""
        return self.assigned.get(id(instruction.cotangent_of), "") if instruction.cotangent_of is not None else ""

    def _choose(self, instruction: Instruction) -> str:
        primal = self.primal_of(instruction)
        if primal:
            return self.make_unique(f"D{primal[1:]}" if is_numbered("Z", primal) else f"d{primal}")
        if instruction.name:
            return self.make_unique(instruction.name)
        if instruction.op in COMPARISONS:
            return self.make_numbered("M")
        if not instruction.shape:
            return self.make_numbered("s")
        if instruction.is_affine_map:
            return self.make_numbered("Z")
        operands = self._find_operands(instruction)
        if len(operands) == 1:
            (operand,) = operands
            activation = f"A{operand[1:]}"
            if operand[0] == "Z" and activation not in self._taken:
                return self.make_unique(activation)
        return self.make_numbered("T")

    def _find_operands(self, instruction: Instruction) -> set[str]:
        """Return the variables in the expression of an instruction, without inputs and constants."""
        found: set[str] = set()
        stack = list(instruction.parents)
        while stack:
            parent = stack.pop()
            if id(parent) not in self.assigned:
                stack.extend(parent.parents)
            elif parent.op not in ("input", "constant"):
                found.add(self.assigned[id(parent)])
        return found


def is_numbered(letter: str, name: str) -> bool:
    """Return whether a variable is one of those that `make_numbered` made for a letter."""
    return name[0] == letter and name[1:].isdigit()
