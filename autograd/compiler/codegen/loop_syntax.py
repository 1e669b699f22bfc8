"""How a loop is written: as a ``for`` statement, or for JAX as a function that ``scan`` calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd.compiler.codegen.python_syntax import Precedence, SourceLine
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.loop import LOOP, RESULT, Loop, LoopResult, loop_of

if TYPE_CHECKING:
    from autograd.compiler.codegen.source_writer import SourceWriter

INDENT = "    "


def write_loop(writer: SourceWriter, instruction: Instruction, results: dict[LoopResult, Instruction]) -> None:
    """Write a loop. Its results get variables.

    Parameters
    ----------
    writer : SourceWriter
        The writer of the function.
    instruction : Instruction
        The loop.
    results : dict of LoopResult to Instruction
        Its results that are read.
    """
    if writer.arrays_only:
        _write_scan(writer, instruction, results)
    else:
        _ForStatement(writer, instruction, results).write()


class _ForStatement:
    """Writes one loop as a ``for`` statement."""

    def __init__(self, writer: SourceWriter, instruction: Instruction, results: dict[LoopResult, Instruction]) -> None:
        self.writer = writer
        self.loop: Loop = loop_of(instruction)
        self.args = instruction.args
        self.results = results
        self.counter = writer.names.make_unique("t")
        self.before: list[SourceLine] = []
        self.after: list[SourceLine] = []
        self.body: list[SourceLine] = []

    def write(self) -> None:
        """Write the loop as a statement of the function."""
        loop, writer = self.loop, self.writer
        n_carried, n_strided = len(loop.carried), len(loop.strided)
        initial, entries, invariant = (
            self.args[:n_carried],
            self.args[n_carried : n_carried + n_strided],
            self.args[n_carried + n_strided :],
        )
        for placeholder, arg in zip(loop.invariant, invariant, strict=True):
            writer.names.assigned[id(placeholder)] = self._name_outside(placeholder, arg)
        for placeholder, arg in zip(loop.carried, initial, strict=True):
            self._begin_carried(placeholder, arg)
        for placeholder, arg in zip(loop.strided, entries, strict=True):
            self._begin_strided(placeholder, arg)
        self._write_body()
        order = f"reversed(range({loop.length}))" if loop.is_reversed else f"range({loop.length})"
        lines = [*self.before, SourceLine(f"for {self.counter} in {order}:"), *(_indent(line) for line in self.body), *self.after]
        writer.lines += lines
        for which, result in self.results.items():
            if not which.is_stacked:
                writer.names.assigned[id(result)] = writer.names.assigned[id(loop.carried[which.position])]

    def _assign(self, lines: list[SourceLine], name: str, code: str, shape: tuple[int, ...] = ()) -> None:
        lines.append(SourceLine(f"{name} = {code}", str(shape) if shape else ""))

    def _name_outside(self, placeholder: Instruction, arg: Any) -> str:
        """Return a variable that holds an argument before the loop."""
        code = self.writer.write_operand(arg).code
        number = _as_float(code, arg)
        if isinstance(arg, float) or (code.isidentifier() and number == code):
            return code
        name = self.writer.names.make_unique(placeholder.name or "p")
        self._assign(self.before, name, number, placeholder.shape)
        return name

    def _begin_carried(self, placeholder: Instruction, arg: Any) -> None:
        """Write the first value of a carried variable."""
        name = self.writer.names.assigned[id(placeholder)] = self.writer.names.make_unique(placeholder.name or "h")
        self._assign(self.before, name, _as_float(self.writer.write_operand(arg).code, arg), placeholder.shape)

    def _begin_strided(self, placeholder: Instruction, arg: Any) -> None:
        """Write the list or array whose entries the iterations read."""
        writer = self.writer
        code = "" if id(arg) in writer.lists else writer.write_operand(arg).code
        if id(arg) in writer.lists:
            name = writer.lists[id(arg)]
        elif not placeholder.shape:
            name = writer.names.make_unique(f"{placeholder.name or 'x'}s")
            self._assign(
                self.before, name, f"{writer.write_operand(arg).as_operand(Precedence.ATOM)}.tolist()", (self.loop.length,)
            )
        elif code.isidentifier():
            name = code
        else:
            name = writer.names.make_unique(placeholder.name or "x")
            self._assign(self.before, name, code, (self.loop.length, *placeholder.shape))
        writer.inline(placeholder, f"{name}[{self.counter}]")

    def _write_body(self) -> None:
        loop, writer = self.loop, self.writer
        stacked = {which.position: result for which, result in self.results.items() if which.is_stacked}
        updates = [x for x in loop.updates if isinstance(x, Instruction)]
        self.body += writer.write_body([*updates, *(loop.stacked[k] for k in stacked)], unnamed=updates)
        is_update = {id(update): k for k, update in enumerate(loop.updates) if isinstance(update, Instruction)}
        late: list[tuple[int, Instruction]] = []
        for k, result in stacked.items():
            if id(loop.stacked[k]) in is_update:
                late.append((k, result))
            else:
                self._keep(result, writer.write_operand(loop.stacked[k]).code, loop.stacked[k])
        self._update()
        for k, result in late:
            carried = loop.carried[is_update[id(loop.stacked[k])]]
            self._keep(result, writer.names.assigned[id(carried)], loop.stacked[k])

    def _keep(self, result: Instruction, code: str, value: Instruction) -> None:
        """Write that a value of each iteration is kept."""
        stem = code if code.isidentifier() else value.name or "y"
        name = self.writer.names.make_unique(f"{stem}_all")
        self.body.append(SourceLine(f"{name}[{self.counter}] = {code}"))
        if value.shape:
            self._assign(self.before, name, f"np.empty({result.shape})", result.shape)
            self.writer.names.assigned[id(result)] = name
            return
        self.writer.lists[id(result)] = name
        self._assign(self.before, name, f"[0.0] * {self.loop.length}")
        if id(result) in self.writer.read_as_arrays:
            array = self.writer.names.assigned[id(result)] = self.writer.names.make_unique(f"{stem}_array")
            self._assign(self.after, array, f"np.array({name})", result.shape)
        else:
            self.writer.names.assigned[id(result)] = name

    def _update(self) -> None:
        """Write the new values of the carried variables, in an order in which none is read after it has changed."""
        names = [self.writer.names.assigned[id(x)] for x in self.loop.carried]
        codes = [self.writer.write_operand(update).code for update in self.loop.updates]
        shapes = [x.shape for x in self.loop.carried]
        pending = [k for k in range(len(names)) if names[k] != codes[k]]
        while pending:
            free = [k for k in pending if not _is_read(names[k], [codes[other] for other in pending if other != k])]
            if not free:
                left, right = ", ".join(names[k] for k in pending), ", ".join(codes[k] for k in pending)
                self.body.append(SourceLine(f"{left} = {right}"))
                return
            self._assign(self.body, names[free[0]], codes[free[0]], shapes[free[0]])
            pending.remove(free[0])


def find_arrays(order: Sequence[Instruction], roots: Sequence[Any]) -> set[int]:
    """Return the identities of instructions that a loop does not read elementwise."""
    found = {id(root) for root in roots}
    for instruction in order:
        entries: Sequence[Any] = ()
        if instruction.op == LOOP:
            loop = loop_of(instruction)
            entries = instruction.args[len(loop.carried) : len(loop.carried) + len(loop.strided)]
        is_entry = {id(x) for x in entries}
        found.update(id(parent) for parent in instruction.parents if id(parent) not in is_entry)
    return found


def _as_float(code: str, x: Any) -> str:
    """Return the code of an argument. What is a single number of an array becomes a float, with which Python computes faster."""
    is_entry = isinstance(x, Instruction) and not x.shape and x.op != RESULT and any(parent.shape for parent in x.parents)
    return f"float({code})" if is_entry else code


def _is_read(name: str, codes: Sequence[str]) -> bool:
    """Return whether a name occurs in one of some lines of code."""
    return any(re.search(rf"\b{name}\b", code) for code in codes)


def _indent(line: SourceLine) -> SourceLine:
    return SourceLine(INDENT + line.code, line.comment)


def _write_scan(writer: SourceWriter, instruction: Instruction, results: dict[LoopResult, Instruction]) -> None:
    """Write a loop as a function of one iteration, and a call of JAX's ``scan``."""
    loop = loop_of(instruction)
    args = [writer.write_operand(arg).code for arg in instruction.args]
    n_carried, n_strided = len(loop.carried), len(loop.strided)
    step = writer.names.make_unique("step")
    for placeholder, code in zip(loop.invariant, args[n_carried + n_strided :], strict=True):
        name = writer.names.assigned[id(placeholder)] = writer.names.make_unique(placeholder.name or "p")
        writer.lines.append(SourceLine(f"{name} = {code}", str(placeholder.shape) if placeholder.shape else ""))
    for placeholder in (*loop.carried, *loop.strided):
        writer.names.assigned[id(placeholder)] = writer.names.make_unique(placeholder.name or "x")
    stacked = {which.position: result for which, result in results.items() if which.is_stacked}
    values = [loop.stacked[k] for k in stacked]
    computed = writer.write_body([*(x for x in loop.updates if isinstance(x, Instruction)), *values], unnamed=[])
    carried_names = [writer.names.assigned[id(x)] for x in loop.carried]
    updates = [writer.write_operand(x).code for x in loop.updates]
    lines = [SourceLine(f"def {step}(carried, entries):")]
    body = [
        SourceLine(f"{_tuple(carried_names)} = carried"),
        SourceLine(f"{_tuple([writer.names.assigned[id(x)] for x in loop.strided])} = entries"),
    ]
    body += computed
    kept = [writer.write_operand(x).code for x in values]
    body.append(SourceLine(f"return {_tuple(updates)}, {_tuple(kept)}"))
    lines += map(_indent, body)
    finals = [writer.names.make_unique(name) for name in carried_names]
    names = []
    for result in stacked.values():
        names.append(writer.names.make_unique("y_all"))
        writer.names.assigned[id(result)] = names[-1]
    initial = [
        f"np.broadcast_to(np.asarray({code}, dtype=np.result_type(float)), {x.shape})"
        for code, x in zip(args[:n_carried], loop.carried, strict=True)
    ]
    entries = _tuple(args[n_carried : n_carried + n_strided])
    call = f"scan({step}, {_tuple(initial)}, {entries}, length={loop.length}, reverse={loop.is_reversed})"
    lines.append(SourceLine(f"{_tuple(finals)}, {_tuple(names)} = {call}"))
    writer.lines += lines
    for which, result in results.items():
        if not which.is_stacked:
            writer.names.assigned[id(result)] = finals[which.position]


def _tuple(codes: Sequence[str]) -> str:
    return f"({', '.join(codes)}{',' if len(codes) == 1 else ''})"
