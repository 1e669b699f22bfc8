"""Source in which NumPy's ufuncs write their results into reused buffers by ``out=``.

It is the same program instruction by instruction, for speed on large arrays and not for reading. Only what is returned is
allocated at each call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.codegen.aliasing import find_base, is_view
from autograd.compiler.codegen.loop_syntax import find_arrays, write_loop
from autograd.compiler.codegen.python_syntax import SourceLine
from autograd.compiler.codegen.source_writer import SCATTER_OPS, SourceWriter
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.live_instructions import topological_sort
from autograd.compiler.ir.loop import LOOP, find_loop_results

COMPARISON_UFUNCS = {
    ">": "greater",
    ">=": "greater_equal",
    "<": "less",
    "<=": "less_equal",
    "==": "equal",
    "!=": "not_equal",
    "&": "logical_and",
    "|": "logical_or",
}
BufferType = tuple[tuple[int, ...], str]  # shape and dtype


class BufferedWriter(SourceWriter):
    """Writes one function that gets buffers as further parameters."""

    can_be_rolled = False

    def __init__(self) -> None:
        super().__init__()
        self._free_buffers: dict[BufferType, list[str]] = {}
        self._buffer_types: dict[int, BufferType] = {}  # of the instructions whose result is in a buffer
        self._pending_reads: dict[int, int] = {}  # how often the memory of each instruction will still be read

    def write(self, roots: Sequence[Any], first: Sequence[Instruction] = ()) -> None:
        """Write all instructions that ``roots`` depend on, one statement each; see `SourceWriter.write`."""
        order = topological_sort([*first, *roots])
        self._pending_reads = _count_reads(order)
        returned = {id(find_base(root)) for root in roots if isinstance(root, Instruction)}
        results = find_loop_results(order)
        self.read_as_arrays.update(find_arrays(order, roots))
        for instruction in order:
            if id(instruction) in self.names.assigned:
                continue
            if instruction.op == LOOP:
                write_loop(self, instruction, results[id(instruction)])
                self._free_arguments(instruction)
                continue
            if is_view(instruction):
                self._inlined[id(instruction)] = self.format(instruction)
                continue
            self._write_instruction(instruction, "" if id(instruction) in returned else _find_ufunc(instruction))

    def _write_instruction(self, instruction: Instruction, ufunc: str) -> None:
        """Write an instruction, into a buffer if it is a ufunc, and free the buffers that it is the last to read."""
        if ufunc == "matmul":  # which may not write to the memory that it reads
            self._write_into_buffer(instruction, ufunc, self._format_arguments(instruction))
            self._free_arguments(instruction)
        elif ufunc:
            arguments = self._format_arguments(instruction)
            self._free_arguments(instruction)
            self._write_into_buffer(instruction, ufunc, arguments)
        else:
            if instruction.op_name in SCATTER_OPS:
                self._write_scatter(instruction)
            else:
                self._write_assignment(instruction, self.format(instruction).code)
            self._free_arguments(instruction)

    def _format_arguments(self, instruction: Instruction) -> str:
        return ", ".join(self.write_operand(arg).code for arg in instruction.args)

    def _free_arguments(self, instruction: Instruction) -> None:
        """Count the reads of an instruction; a buffer that is not read any more is free."""
        for parent in instruction.parents:
            memory = id(find_base(parent))
            self._pending_reads[memory] -= 1
            if not self._pending_reads[memory] and memory in self._buffer_types:
                self._free_buffers.setdefault(self._buffer_types[memory], []).append(self.names.assigned[memory])

    def _write_into_buffer(self, instruction: Instruction, ufunc: str, arguments: str) -> None:
        """Write one ufunc call into a free buffer, or into a new one if none is free."""
        buffer_type = instruction.shape, np.asarray(instruction.data).dtype.str
        free = self._free_buffers.get(buffer_type)
        name = free.pop() if free else self.names.make_numbered("B")
        self.buffers[name] = buffer_type
        self.names.assigned[id(instruction)] = name
        self._buffer_types[id(instruction)] = buffer_type
        self.lines.append(SourceLine(f"{name} = np.{ufunc}({arguments}, out={name})", str(instruction.shape)))


def _count_reads(order: Sequence[Instruction]) -> dict[int, int]:
    """Return how often the memory of each instruction is read, directly or through views."""
    reads: dict[int, int] = {}
    for instruction in order:
        if is_view(instruction):
            continue
        for parent in instruction.parents:
            memory = id(find_base(parent))
            reads[memory] = reads.get(memory, 0) + 1
    return reads


def _find_ufunc(instruction: Instruction) -> str:
    """Return the name of NumPy's ufunc for an instruction on arrays; "" if it has none or is a single number."""
    name = COMPARISON_UFUNCS.get(instruction.op_name, instruction.op_name)
    is_ufunc = isinstance(getattr(np, name, None), np.ufunc)
    return name if instruction.shape and is_ufunc else ""
