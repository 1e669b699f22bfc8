"""report(): what became of a scalar graph, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction, topological_sort
from autograd.compiler.specialization.graph_replay import GraphReplay


@dataclass(frozen=True)
class Summary:
    """A compiled program in numbers; printing it shows them, and every group of nodes with what it became.

    ``operations`` are NumPy's, in value and gradient; ``flops`` counts two for each product in a matrix product and one for each
    entry that any other operation makes; ``bytes`` is what the named lines hold; ``reason`` says why nothing was raised, or "".
    ``tape_speedup`` is how many times as fast the native tape was at the first call, if it runs instead of the lines, else 0.0.
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

    def __str__(self) -> str:
        if self.reason:
            return f"{self.name}: {self.nodes} nodes, replayed as they were traced {self.reason}"
        text = [
            f"{self.name}: {self.nodes} nodes became {self.operations} operations in {self.lines} lines "
            f"({self.flops:.3g} flop, {self.bytes:.3g} bytes)",
            f"proved at the first call: {self.value_error:.1e} off the value, {self.gradient_error:.1e} off the gradient",
        ]
        if self.tape_speedup:
            text.append(f"runs on the native tape, number by number: {self.tape_speedup:.1f} × as fast as these lines")
        text += [f"guarded: {self.guards} things that the function looked at"] if self.guards else []
        for head, groups in (("raised to arrays:", self.raised), ("left as numbers, since few are alike:", self.left)):
            text += [head] if groups else []
            text += [f"  {count:>8} × {what:<24} → {how}" for count, what, how in groups]
        return "\n".join(text)


def summary(name: str, specialization: Any, function: str, moves: tuple[int, ...]) -> Summary:
    """What a specialization is."""
    if isinstance(specialization, GraphReplay):
        return Summary(name, specialization.nodes, reason=specialization.why)
    program = specialization.function(function, moves)
    lines = topological_sort([x for group in program.groups for x in group])
    work = [line for line in lines if line.op not in ("input", "constant")]
    raised = [(count, what, how) for count, what, how, alike in specialization.log if alike]
    left: dict[str, int] = {}
    for count, what, _, alike in specialization.log:
        if not alike:
            left[what] = left.get(what, 0) + count
    return Summary(
        name,
        specialization.nodes,
        program.source.line_count,
        len(work),
        sum(map(_flops, work)),
        sum(np.asarray(line.data).nbytes for line in work),
        len(specialization.guards),
        specialization.proof.value,
        specialization.proof.gradient,
        "",
        raised,
        [(count, what, "one by one") for what, count in left.items()],
        getattr(program, "speedup", 0.0),
    )


def _flops(line: Instruction) -> int:
    size = int(np.prod(line.shape))
    if line.op_name == "matmul":
        first = line.args[0]
        return 2 * size * (first.shape[-1] if isinstance(first, Instruction) and first.shape else 1)
    return size
