"""A function of a program, written out and ready to run."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from importlib import import_module
from threading import Lock
from typing import Any

import numpy as np

from autograd.backends.backend import QUIET, RAISED
from autograd.backends.numpy_backend import ARRAY
from autograd.compiler.codegen import numpy_source
from autograd.compiler.codegen.buffers import BufferedWriter
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.passes.lowering import lowered


class Careful:
    """What stands for Python's math where that raised: NumPy's functions, which answer with inf and nan."""

    def __getattr__(self, name: str) -> Any:
        rows = {theirs: row for row, theirs in numpy_source.MATH.items()}
        return np.power if name == "pow" else getattr(ARRAY, rows[name])


VIEWS = {"reshape", "transpose", "getitem", "broadcast_to", "flip"}


def _shared(groups: Sequence[Sequence[Any]]) -> list[list[bool]]:
    """Which results may have their memory in common with an input, a constant, or a result before them."""
    seen: set[int] = set()
    flags: list[list[bool]] = []
    for group in groups:
        flags.append([])
        for x in group:
            base, repeated = x, False
            while isinstance(base, Instruction) and base.op_name in VIEWS and isinstance(base.args[0], Instruction):
                repeated |= base.op_name == "broadcast_to"
                base = base.args[0]
            array = isinstance(x, Instruction) and bool(x.shape)
            flags[-1].append(array and (repeated or base.op in ("input", "constant") or id(base) in seen))
            seen.add(id(base))
    return flags


class Function:
    """Groups of lines as a function of the inputs; ``front`` groups are written first, and a lone line in them stands bare."""

    def __init__(
        self,
        name: str,
        inputs: Sequence[Instruction],
        groups: Sequence[Sequence[Any]],
        front: int = 0,
        xp: Any = None,
        buffers: bool = False,
    ) -> None:
        flat, self._lower = lowered([x for group in groups for x in group])
        parts: list[list[Any]] = []
        for group in groups:
            parts.append(flat[: len(group)])
            flat = flat[len(group) :]
        self.name = name
        self.groups = parts
        self.bare = [k < front and len(group) == 1 for k, group in enumerate(parts)]
        forward = [x for group in parts[:front] for x in group if isinstance(x, Instruction)]
        backward = [x for group in parts[front:] for x in reversed(group) if isinstance(x, Instruction)]
        writer = BufferedWriter() if buffers else numpy_source.Writer(xp is not None)
        self.source = numpy_source.source(name, inputs, parts, self.bare, writer, [*forward, *backward])
        self._copied = _shared(parts) if xp is None else [[False] * len(group) for group in parts]
        self._xp = np if xp is None else xp
        self.fixed = [*(line.data for line in self.source.constants), *self.source.indices]
        self.fixed += [np.empty(shape, dtype) for shape, dtype in self.source.buffers]
        self._alone = Lock() if self.source.buffers else None
        self.run = self._made(math)
        self._careful: Callable[..., Any] | None = None
        self._copies = any(map(any, self._copied))

    def name_of(self, line: Any) -> str:
        """What the source calls a line of the program; "" where it has no name there."""
        name = self.source.called.get(id(self._lower.get(id(line), line)), "")
        return name if re.search(rf"\b{name}\b", self.source.text) else ""

    def _made(self, mathematics: Any) -> Callable[..., Any]:
        special = ARRAY if self._xp is np else import_module(f"{self._xp.__name__.split('.')[0]}.scipy.special")
        scope = {"np": self._xp, "math": mathematics, "erf": special.erf, "erfc": special.erfc}
        exec(compile(self.source.text, f"<compiled {self.name}>", "exec"), scope)  # noqa: S102 - our own text, names checked
        function: Callable[..., Any] = scope[self.name]
        return function

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        """The results, one sequence per group."""
        if self._alone is None:
            return self._called(inputs)
        with self._alone:
            return self._called(inputs)

    def _called(self, inputs: Sequence[Any]) -> list[Any]:
        with np.errstate(**QUIET):
            try:
                return self._grouped(self.run(*inputs, *self.fixed))
            except RAISED:
                if self._careful is None:
                    self._careful = self._made(Careful())
                numbers = [np.float64(x) if isinstance(x, float) else x for x in inputs]
                return self._grouped(self._careful(*numbers, *self.fixed))

    def _grouped(self, results: Any) -> list[Any]:
        if len(self.bare) == 1:
            results = (results,)
        groups = [(result,) if bare else result for result, bare in zip(results, self.bare)]
        if self._copies:
            return [
                [np.array(x) if copied else x for x, copied in zip(group, flags)] if any(flags) else group
                for group, flags in zip(groups, self._copied)
            ]
        return groups

    def pure(self, *inputs: Any) -> Any:
        """What the source returns for these inputs, constants filled in: a function that jit can take."""
        return self.run(*inputs, *self.fixed)

    def shaken(self, inputs: Sequence[Any], by: float) -> list[Any] | None:
        """The results when every input and every constant is off by about so much of itself; None where that is nothing."""
        rng = np.random.default_rng(0)
        near = [
            x * (1.0 + by * rng.uniform(-1.0, 1.0, np.shape(x))) if np.asarray(x).dtype.kind == "f" else x
            for x in (*inputs, *self.fixed)
        ]
        with np.errstate(**QUIET):
            try:
                return self._grouped(self.run(*near))
            except RAISED:
                return None
