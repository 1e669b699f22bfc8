"""Straight-line programs: lines of Python that are a differentiable function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd.core.value import SIGNS
from autograd.numpy_api.apply import apply_op
from autograd.ops import TABLE
from autograd.testing.search.source_code import to_source


class Line(NamedTuple):
    """One line of a program, ``name = expression``.

    Attributes
    ----------
    name : str
        The variable.
    op : str
        The name of the operation.
    expression : str
        The operation as Python.
    operands : tuple of str
        The variables and inputs in the expression.
    """

    name: str
    op: str
    expression: str
    operands: tuple[str, ...]


class Program:
    """A straight-line program. Call it with floats, arrays, Values or Tensors.

    ``repr()`` returns the source and the inputs as Python.

    Parameters
    ----------
    inputs : dict
        The inputs that the program was drawn for, by name.
    lines : sequence of Line
        The lines. The last one is the result.

    Attributes
    ----------
    inputs : tuple
        The inputs that the program was drawn for.
    names : tuple of str
        Their names.
    ops : tuple of str
        The names of the operations, one per line.
    source : str
        The program as Python.
    function : callable
        The compiled program.
    """

    def __init__(self, inputs: dict[str, Any], lines: Sequence[Line]) -> None:
        self.__name__ = "program"
        self.inputs: tuple[Any, ...] = tuple(inputs.values())
        self.names: tuple[str, ...] = tuple(inputs)
        self.ops: tuple[str, ...] = tuple(line.op for line in lines)
        body = [f"    {line.name} = {line.expression}" for line in lines]
        self.source: str = "\n".join([f"def program({', '.join(inputs)}):", *body, f"    return {lines[-1].name}"])
        namespace = make_namespace(self.ops)
        exec(compile(self.source, "<program>", "exec"), namespace)  # noqa: S102 - the source has names and numbers only
        self.function: Callable[..., Any] = namespace["program"]

    def __call__(self, *inputs: Any) -> Any:
        return self.function(*inputs)

    def __repr__(self) -> str:
        assignments = [f"{name} = {to_source(x)}" for name, x in zip(self.names, self.inputs, strict=True)]
        return "\n".join([self.source, "", *assignments])


def make_namespace(ops: Sequence[str]) -> dict[str, Any]:
    """Return the names that a program can use: NumPy, this library, and operations made by ``define()``."""
    return {"np": np, "autograd": autograd} | {op: partial(apply_op, TABLE[op]) for op in ops if op in TABLE}


def call_to_source(op: str, operands: Sequence[str]) -> str:
    """Return an elementwise operation as Python: as an operator, or under the name it has in NumPy, here, or in define().

    >>> call_to_source("add", ("x", "y")), call_to_source("sin", ("x",)), call_to_source("sigmoid", ("x",))
    ('x + y', 'np.sin(x)', 'autograd.sigmoid(x)')
    """
    if op in SIGNS:
        return f" {SIGNS[op]} ".join(operands) if len(operands) > 1 else f"{SIGNS[op]}{operands[0]}"
    call = f"{op}({', '.join(operands)})"
    if hasattr(np, op):
        return f"np.{call}"
    return f"autograd.{call}" if op in autograd.__all__ else call
