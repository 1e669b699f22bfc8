"""The inputs of a program: their instructions, their names in the source, and where their data comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.specialization.specialization import InputSlot
from autograd.core.node import Node
from autograd.core.tensor import Tensor

# Names of captured inputs without a name of their own: matrices and other weights, biases, and other parameters.
WEIGHT, BIAS, PARAMETER = "W", "b", "p"


class ProgramInputs:
    """Collects the inputs of a program while it is built, and reads their data at each call.

    Parameters
    ----------
    builder : ProgramBuilder
        It makes the instructions.

    Attributes
    ----------
    slots : list of InputSlot
        Where each input comes from: arguments, then captured arrays, then groups of captured Values.
    instructions : list of Instruction
        The instruction of each input.
    group_start : int
        The index of the first slot that stands for a group of Values.
    """

    def __init__(self, builder: ProgramBuilder) -> None:
        self.builder = builder
        self.slots: list[InputSlot] = []
        self.instructions: list[Instruction] = []
        self.group_start: int = 0
        self._argument_positions: list[int] = []
        self._tensors: list[Any] = []
        self._values: list[Any] = []
        self._ranges: list[tuple[int, int, tuple[int, ...]]] = []  # of each group: start and stop among the Values, and its shape
        self._user_named: set[int] = set()  # the identities of instructions that have a name of the user's

    # -- while the program is built

    def add_argument(self, position: int, name: str, data: Any) -> Instruction:
        """Add a leaf of the arguments.

        Parameters
        ----------
        position : int
            The index of the leaf.
        name : str
            Its name in the source.
        data : float or array
            Its data at the trace.

        Returns
        -------
        Instruction
            The input.
        """
        self._argument_positions.append(position)
        return self._add(self.builder.input(name, data), InputSlot(position, [], np.shape(data)))

    def add_tensor(self, node: Any, name: str) -> Instruction:
        """Add a captured Tensor.

        Parameters
        ----------
        node : Tensor
            The Tensor.
        name : str
            Its name in the source; with "" it is called by its role.

        Returns
        -------
        Instruction
            The input.
        """
        instruction = self.builder.input(name or (BIAS if len(node.shape) < 2 else WEIGHT), node._primal)
        if name:
            self._user_named.add(id(instruction))
        self._tensors.append(node)
        return self._add(instruction, InputSlot(None, [node], node.shape))

    def start_groups(self) -> None:
        """Say that all arguments and captured Tensors have been added."""
        self.group_start = len(self.slots)

    def add_values(self, nodes: Sequence[Any], shape: tuple[int, ...], instruction: Instruction, name: str) -> None:
        """Add captured Values that form one array.

        Parameters
        ----------
        nodes : sequence of Value
            The Values, in the order of the array.
        shape : tuple of int
            The shape of the array.
        instruction : Instruction
            The input, which there is already.
        name : str
            Its name in the source; with "" it keeps the one it has.
        """
        if name:
            instruction.name = name
            self._user_named.add(id(instruction))
        start = len(self._values)
        self._values += nodes
        self._ranges.append((start, len(self._values), shape))
        self._add(instruction, InputSlot(None, list(nodes), shape))

    def _add(self, instruction: Instruction, slot: InputSlot) -> Instruction:
        self.instructions.append(instruction)
        self.slots.append(slot)
        return instruction

    def number_names(self) -> None:
        """Number the inputs that are called by their role: W1, W2, …; a single parameter ``p`` stays without a number."""
        for role in (WEIGHT, BIAS, PARAMETER):
            instructions = [x for x, slot in zip(self.instructions, self.slots, strict=True) if self._has_role(x, slot, role)]
            for k, instruction in enumerate(instructions):
                if len(instructions) > 1 or role != PARAMETER:
                    instruction.name = f"{role}{k + 1}"

    def _has_role(self, instruction: Instruction, slot: InputSlot, role: str) -> bool:
        return instruction.name == role and slot.argument is None and id(instruction) not in self._user_named

    def add_batch_axis(self, batch: Mapping[int, Any]) -> dict[int, Instruction]:
        """Replace batched arguments by inputs for all samples.

        Parameters
        ----------
        batch : mapping of int to array
            The samples, by the index of the leaf.

        Returns
        -------
        dict of int to Instruction
            The new inputs, by the identity of the old.
        """
        batched: dict[int, Instruction] = {}
        for instruction, slot in zip(self.instructions, self.slots, strict=True):
            if slot.argument is not None and slot.argument in batch:
                batched[id(instruction)] = self.builder.input(instruction.name, batch[slot.argument])
        self.instructions = [batched.get(id(instruction), instruction) for instruction in self.instructions]
        return batched

    # -- at each call

    def read(self, leaves: Sequence[Any]) -> list[Any]:
        """Return the data of all inputs as they are now.

        Parameters
        ----------
        leaves : sequence
            The leaves of the arguments of a call.

        Returns
        -------
        list of float or array
            One for each slot.
        """
        data: list[Any] = []
        for position in self._argument_positions:
            leaf = leaves[position]
            if type(leaf) is not np.ndarray and type(leaf) is not float:  # tested here, since nearly all leaves are one of these
                leaf = to_plain_data(leaf)
            data.append(leaf)
        data += [tensor.freeze_data() for tensor in self._tensors]
        if self._values:
            numbers = np.array([value._primal for value in self._values])
            for start, stop, shape in self._ranges:
                data.append(numbers[start:stop].reshape(shape) if shape else self._values[start]._primal)
        return data


def to_plain_data(leaf: Any) -> Any:
    """Return the data of a leaf of the arguments: a float or an array."""
    if isinstance(leaf, Tensor):
        return leaf.freeze_data()
    data = leaf._primal if isinstance(leaf, Node) else leaf
    return data if isinstance(data, float) else np.asarray(data)
