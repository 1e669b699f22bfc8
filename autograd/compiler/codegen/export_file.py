"""export: a compiled program as a Python file of its own, which needs NumPy and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

HEAD = '"""The program of {name}, compiled by autograd: run({inputs}) gives what {function} says it returns."""\n\n'


def export(name: str, specialization: Any, function: str, moves: tuple[int, ...], path: Path) -> Path:
    """Write the program, its constants and a function ``run`` that puts them together."""
    program = specialization.function(function, moves)
    given = program.source.names[: len(program.source.inputs)]
    fixed = program.source.names[len(given) :]
    text = HEAD.format(name="".join(c for c in name if c.isalnum() or c == "_"), inputs=", ".join(given), function=program.name)
    text += program.source.module + "\n\n"
    text += "".join(f"{name} = {literal(x)}\n" for name, x in zip(fixed, program.fixed, strict=True))
    text += "\n\n" if fixed else ""
    text += f"def run({', '.join(given)}):\n"
    text += '    with np.errstate(all="ignore"):\n'
    text += f"        return {program.name}({', '.join([*given, *fixed])})\n"
    path.write_text(text, encoding="utf-8")
    return path


def literal(x: Any) -> str:
    """An array as Python that gives it again, bit for bit."""
    x = np.asarray(x)
    text = repr(x.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({text}, dtype={x.dtype.name!r}).reshape({x.shape})"
