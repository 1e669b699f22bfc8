"""report(): what became of the scalar graph of a compiled function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.live_instructions import topological_sort
from autograd.compiler.specialization.graph_replay import GraphReplay
from autograd.compiler.specialization.tape_program import TapeFunction


@dataclass(frozen=True)
class Summary:
    """A compiled program in numbers. ``print`` shows them, and what each group of nodes became.

    Attributes
    ----------
    name : str
        The name of the function.
    nodes : int
        How many nodes the traced graph has.
    lines : int
        The lines of the source.
    operations : int
        The operations of NumPy, for value and gradient.
    flops : int
        The floating-point operations: 2 for each product in a matrix product, and 1 for each entry of any other result.
    bytes : int
        The memory of all intermediate results, in bytes.
    guards : int
        The guards that are tested at each call.
    value_error, gradient_error : float
        The differences from the traced run at the first call, relative to its largest number.
    reason : str
        Why the graph is replayed; "" if it is not.
    raised : list of (int, str, str)
        The groups of nodes that became arrays: how many nodes, their operation, and what they became.
    left : list of (int, str, str)
        The same for the nodes that stayed numbers.
    tape_speedup : float
        How many times as fast the native tape was at the first call, if it runs instead of the source; else 0.0.
    tape_reason : str
        Why the native tape runs, although the source was not timed; "" if the source was timed.
    """

    name: str
    nodes: int
    lines: int = 0
    operations: int = 0
    flops: int = 0
    bytes: int = 0
    guards: int = 0
    value_error: float = 0.0
    gradient_error: float = 0.0
    reason: str = ""
    raised: list[tuple[int, str, str]] = field(default_factory=list)
    left: list[tuple[int, str, str]] = field(default_factory=list)
    tape_speedup: float = 0.0
    tape_reason: str = ""

    def __str__(self) -> str:
        if self.reason:
            return f"{self.name}: {self.nodes} nodes, replayed as they were traced {self.reason}"
        text = [
            f"{self.name}: {self.nodes} nodes became {self.operations} operations in {self.lines} lines "
            f"({self.flops:.3g} flop, {self.bytes:.3g} bytes)",
            f"checked at the first call: value off by {self.value_error:.1e}, gradient off by {self.gradient_error:.1e}",
        ]
        if self.tape_speedup:
            text.append(f"runs on the native tape, number by number: {self.tape_speedup:.1f} × as fast as these lines")
        if self.tape_reason:
            text.append(f"runs on the native tape, number by number, {self.tape_reason}; the lines are for reading and export")
        if self.guards:
            text.append(f"guards: {self.guards}")
        text += _format_groups("vectorized:", self.raised)
        text += _format_groups("left as scalars, since they are few:", self.left)
        return "\n".join(text)


def _format_groups(heading: str, groups: list[tuple[int, str, str]]) -> list[str]:
    lines = [f"  {count:>8} × {operation:<24} → {result}" for count, operation, result in groups]
    return [heading, *lines] if lines else []


def summarize(name: str, specialization: Any, function: str, key: Any) -> Summary:
    """Describe one function of a specialization.

    Parameters
    ----------
    name : str
        The name of the compiled function.
    specialization : Specialization
        The specialization.
    function : str
        The name of its function, such as "value_and_gradients".
    key : tuple of int, or Update
        The variant of that function.

    Returns
    -------
    Summary
        The program in numbers.
    """
    if isinstance(specialization, GraphReplay):
        return Summary(name, specialization.node_count, reason=specialization.reason)
    program = specialization.function(function, key)
    instructions = topological_sort([x for group in program.groups for x in group])
    operations = [instruction for instruction in instructions if instruction.op not in ("input", "constant")]
    is_on_tape = isinstance(program, TapeFunction)
    vectorized, scalars = _count_groups(specialization.vectorization_log)
    return Summary(
        name=name,
        nodes=specialization.node_count,
        lines=program.source.line_count,
        operations=len(operations),
        flops=sum(map(_count_flops, operations)),
        bytes=sum(np.asarray(operation.data).nbytes for operation in operations),
        guards=len(specialization.guards),
        value_error=specialization.self_check.value_error,
        gradient_error=specialization.self_check.gradient_error,
        raised=vectorized,
        left=[(count, operation, "one by one") for operation, count in scalars.items()],
        tape_speedup=0.0 if is_on_tape else getattr(program, "speedup", 0.0),
        tape_reason=specialization.reason if is_on_tape else "",
    )


def _count_groups(log: list[tuple[int, str, str, bool]]) -> tuple[list[tuple[int, str, str]], dict[str, int]]:
    """Return the groups that became arrays, and how many nodes of each operation stayed numbers."""
    vectorized: list[tuple[int, str, str]] = []
    scalars: dict[str, int] = {}
    for count, operation, result, is_array in log:
        if is_array:
            vectorized.append((count, operation, result))
        else:
            scalars[operation] = scalars.get(operation, 0) + count
    return vectorized, scalars


def _count_flops(instruction: Instruction) -> int:
    size = int(np.prod(instruction.shape))
    if instruction.op_name == "matmul":
        left = instruction.args[0]
        return 2 * size * (left.shape[-1] if isinstance(left, Instruction) and left.shape else 1)
    return size
