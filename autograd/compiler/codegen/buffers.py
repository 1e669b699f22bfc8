"""The second way to write a program: results of NumPy's ufuncs go into buffers that are used over and over, by ``out=``.

It is the same program line by line, for speed on large arrays and not for reading: nothing is allocated but what is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.codegen.numpy_source import VIEWS, Writer
from autograd.compiler.codegen.statements import Statement
from autograd.compiler.ir.instruction import Instruction, topological_sort

COMPARED = {">": "greater", ">=": "greater_equal", "<": "less", "<=": "less_equal", "==": "equal", "!=": "not_equal"}
COMPARED |= {"&": "logical_and", "|": "logical_or"}
Kind = tuple[tuple[int, ...], str]  # the shape and the type of a buffer


class BufferedWriter(Writer):
    """Writes one function with buffers, which it is handed after its constants."""

    def __init__(self) -> None:
        super().__init__()
        self.rolls = False  # a buffer has many values, and so no step of a loop its own
        self._idle: dict[Kind, list[str]] = {}
        self._kinds: dict[int, Kind] = {}  # of the lines that are in a buffer

    def write(self, roots: Sequence[Any], last: Sequence[Instruction] = ()) -> None:
        """Write down all that ``roots`` need, each line by itself."""
        order = topological_sort([*last, *roots])
        left: dict[int, int] = {}  # how often each line will still be read, itself or by a view of it
        for line in order:
            for parent in line.parents if not is_view(line) else ():
                left[id(base(parent))] = left.get(id(base(parent)), 0) + 1
        returned = {id(base(root)) for root in roots if isinstance(root, Instruction)}
        for line in order:
            if id(line) in self.names:
                continue
            if is_view(line):
                self.inline[id(line)] = self.text(line)
                continue
            if line.op_name in ("scatter_sum", "scatter"):
                self._scattered(line)
            ufunc = self._ufunc(line) if line.op_name not in ("scatter_sum", "scatter") and id(line) not in returned else ""
            args = ", ".join(self.of(a).text for a in line.args) if ufunc else ""
            if not ufunc and id(line) not in self.names:
                self.keep(line, self.text(line).text)
            elif ufunc == "matmul":  # which must not write where it reads
                self._into(line, ufunc, args)
            for parent in line.parents:
                memory = id(base(parent))
                left[memory] -= 1
                if not left[memory] and memory in self._kinds:
                    self._idle.setdefault(self._kinds[memory], []).append(self.names[memory])
            if ufunc and ufunc != "matmul":
                self._into(line, ufunc, args)

    def _ufunc(self, line: Instruction) -> str:
        """The ufunc that a line is; "" for what is none, or is one number."""
        name = COMPARED.get(line.op_name, line.op_name)
        return name if line.shape and isinstance(getattr(np, name, None), np.ufunc) else ""

    def _into(self, line: Instruction, ufunc: str, args: str) -> None:
        """One operation into a buffer that nobody reads any more, or a new one."""
        kind = line.shape, np.asarray(line.data).dtype.str
        idle = self._idle.get(kind)
        name = idle.pop() if idle else self.numbered("B")
        self.buffers[name] = kind
        self.names[id(line)] = name
        self._kinds[id(line)] = kind
        self.body.append(Statement(name, f"np.{ufunc}({args}, out={name})", str(line.shape)))


def is_view(line: Instruction) -> bool:
    """Whether a line is other lines' memory, seen in another way."""
    basic = line.op_name == "getitem" and not any(isinstance(part, np.ndarray) for part in _parts(line.static["index"]))
    return (
        (line.op_name in VIEWS or basic or line.op_name == "broadcast_to")
        and isinstance(line.args[0], Instruction)
        and bool(line.shape)
    )


def _parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def base(line: Instruction) -> Instruction:
    """The line whose memory a line is."""
    while is_view(line):
        line = line.args[0]
    return line
