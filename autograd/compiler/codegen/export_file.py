"""Writes a compiled program as a Python file that needs only NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

HEADER = '"""The program of {name}, compiled by autograd: run({inputs}) gives what {function} says it returns."""\n\n'
RUN = """\
def run({inputs}):
    with np.errstate(all="ignore"):
        return {function}({arguments})
"""


def export_program(name: str, specialization: Any, function: str, moves: tuple[int, ...], path: Path) -> Path:
    """Write one function of a specialization, its constants, and a function ``run`` that calls it with them.

    Parameters
    ----------
    name : str
        Of the compiled Python function, for the docstring of the file.
    specialization : Specialization
    function : str
        Which of its functions: "value", "value_and_gradients", "pullback", "jvp" or "hvp".
    moves : tuple of int
        The slots with respect to which to differentiate.
    path : Path
        The file; it is overwritten if it exists.

    Returns
    -------
    Path
        The same path.
    """
    program = specialization.function(function, moves)
    source = program.source
    inputs, bound = source.parameters[: len(source.inputs)], source.parameters[len(source.inputs) :]
    # a name may contain anything, even the end of the docstring and code after it
    safe_name = "".join(c for c in name if c.isalnum() or c == "_")
    text = HEADER.format(name=safe_name, inputs=", ".join(inputs), function=program.name)
    text += source.module + "\n\n"
    for parameter, x in zip(bound, program.bound_arguments, strict=True):
        text += f"{parameter} = {_format_bound(x)}\n"
    text += "\n\n" if bound else ""
    text += RUN.format(inputs=", ".join(inputs), function=program.name, arguments=", ".join(source.parameters))
    path.write_text(text, encoding="utf-8")
    return path


def _format_bound(x: Any) -> str:
    """Return Python code of what a function gets after its inputs: an array, or a list of arrays and numbers."""
    if isinstance(x, list):
        return f"[{', '.join(repr(entry) if isinstance(entry, float) else format_array(entry) for entry in x)}]"
    return format_array(x)


def format_array(x: Any) -> str:
    """Return Python code that evaluates to the same array: same dtype, same shape, bit for bit.

    Examples
    --------
    >>> format_array([0.1, float("nan")])
    "np.array([0.1, np.nan], dtype='float64').reshape((2,))"
    """
    x = np.asarray(x)
    code = repr(x.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({code}, dtype={x.dtype.name!r}).reshape({x.shape})"
