"""An instruction of a program: an operation on other instructions and on numbers, computed once when it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.ops import TABLE, Op


class Instruction:
    """One operation of a program, with the value that it had when it was made.

    Operators on instructions append further instructions to the same program.

    Parameters
    ----------
    builder : ProgramBuilder
        The builder of the program.
    op : Op or str
        A row of the table, or for what has none its name: "input", "constant", "isfinite", "stop_gradient" or a comparison
        operator such as ">".
    args : sequence of Instruction, float or array
        The arguments.
    static : dict
        The settings of the operation. One of them may be an instruction: the condition of "where".
    data : float or array
        The value.
    name : str, default ""
        The name of an input or constant.

    Attributes
    ----------
    cotangent_of : Instruction or None
        The instruction whose cotangent this one is.
    is_affine_map : bool
        Whether it is a matrix product, possibly with terms added or subtracted, such as ``X @ W.T + b``.
    """

    __slots__ = ("args", "builder", "cotangent_of", "data", "is_affine_map", "name", "op", "static")

    def __init__(self, builder: Any, op: Any, args: Sequence[Any], static: dict[str, Any], data: Any, name: str = "") -> None:
        self.builder: Any = builder
        self.op: Any = op
        self.args: tuple[Any, ...] = tuple(args)
        self.static: dict[str, Any] = static
        self.data: Any = data
        self.name: str = name
        self.cotangent_of: Instruction | None = None
        self.is_affine_map: bool = self.op_name == "matmul" or (
            self.op_name in ("add", "subtract") and any(isinstance(arg, Instruction) and arg.is_affine_map for arg in self.args)
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return np.shape(self.data)

    @property
    def op_name(self) -> str:
        """The name of the operation."""
        return self.op.name if isinstance(self.op, Op) else self.op

    @property
    def parents(self) -> list[Instruction]:
        """The instructions that this one reads, those among its settings included."""
        return [x for x in (*self.args, *self.static.values()) if isinstance(x, Instruction)]

    def __repr__(self) -> str:
        return f"<instruction {self.op_name} {self.shape}>"

    def __bool__(self) -> bool:
        raise TypeError("an instruction has no truth value while a program is built: choose with xp.where")


def _make_binary_method(row: str) -> Callable[[Any, Any], Any]:
    op = TABLE[row]
    return lambda self, other: self.builder.call(op, (self, other), {})


def _make_reflected_method(row: str) -> Callable[[Any, Any], Any]:
    op = TABLE[row]
    return lambda self, other: self.builder.call(op, (other, self), {})


def _make_unary_method(row: str) -> Callable[[Any], Any]:
    op = TABLE[row]
    return lambda self: self.builder.call(op, (self,), {})


def _make_comparison_method(operator: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: self.builder.compare(operator, self, other)


for _name, _row in {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power"}.items():
    setattr(Instruction, f"__{_name}__", _make_binary_method(_row))
    setattr(Instruction, f"__r{_name}__", _make_reflected_method(_row))
for _name, _row in {"neg": "negative", "abs": "absolute"}.items():
    setattr(Instruction, f"__{_name}__", _make_unary_method(_row))
for _name, _operator in {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "and": "&"}.items():
    setattr(Instruction, f"__{_name}__", _make_comparison_method(_operator))


def is_op(x: Any, name: str) -> bool:
    """Return whether an object is an instruction of a given operation.

    Parameters
    ----------
    x : object
        The object.
    name : str
        The name of the operation.

    Returns
    -------
    bool
        Whether it is one.
    """
    return isinstance(x, Instruction) and x.op_name == name


def data_of(x: Any) -> Any:
    """Return the value of an instruction.

    Parameters
    ----------
    x : Instruction or object
        The instruction.

    Returns
    -------
    float or array
        Its value; anything that is not an instruction is returned unchanged.
    """
    return x.data if isinstance(x, Instruction) else x


def add_all(terms: Sequence[Any]) -> Any:
    """Return the sum of some instructions and numbers.

    Parameters
    ----------
    terms : sequence of Instruction or float
        The terms, at least one. A term that occurs n times is multiplied by n.

    Returns
    -------
    Instruction or float
        The sum.
    """
    occurrences: dict[int, list[Any]] = {}
    for term in terms:
        occurrences.setdefault(id(term), []).append(term)
    parts = [same[0] if len(same) == 1 else float(len(same)) * same[0] for same in occurrences.values()]
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return result
