"""One line of a program: an operation on lines and numbers. Writing one down is running it once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.ops import TABLE, Op


class Instruction:
    """One line: an operation on lines and numbers, and what it gave when it was written down (``data``).

    ``op`` is a row, or the name of what has none: "input", "constant", "isfinite", "stop_gradient", a comparison.
    """

    __slots__ = ("args", "builder", "cotangent_of", "data", "name", "op", "static")

    def __init__(self, builder: Any, op: Any, args: Sequence[Any], static: dict[str, Any], data: Any, name: str = "") -> None:
        self.builder = builder
        self.op = op
        self.args = tuple(args)
        self.static = static
        self.data = data
        self.name = name
        self.cotangent_of: Instruction | None = None  # the line whose cotangent it is

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return np.shape(self.data)

    @property
    def op_name(self) -> str:
        """The name of its operation."""
        return self.op.name if isinstance(self.op, Op) else self.op

    @property
    def parents(self) -> list[Instruction]:
        """The lines that it reads, a condition among its settings included."""
        return [x for x in (*self.args, *self.static.values()) if isinstance(x, Instruction)]

    def __repr__(self) -> str:
        return f"<line {self.op_name} {self.shape}>"

    def __bool__(self) -> bool:
        raise TypeError("a line has no truth value while the program is written: rows choose with xp.where")


def _operator(row: str, reflected: bool = False) -> Callable[[Any, Any], Any]:
    op = TABLE[row]
    if reflected:
        return lambda self, other: self.builder.call(op, (other, self), {})
    return lambda self, other: self.builder.call(op, (self, other), {})


for _name, _row in {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power"}.items():
    setattr(Instruction, f"__{_name}__", _operator(_row))
    setattr(Instruction, f"__r{_name}__", _operator(_row, reflected=True))
for _name, _row in {"__neg__": "negative", "__abs__": "absolute"}.items():
    setattr(Instruction, _name, lambda self, op=TABLE[_row]: self.builder.call(op, (self,), {}))
for _name, _sign in {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "and": "&"}.items():
    setattr(Instruction, f"__{_name}__", lambda self, other, sign=_sign: self.builder.compare(sign, self, other))


def data_of(x: Any) -> Any:
    """The numbers of a line; a tuple's or a list's entries one by one; anything else as it is."""
    return x.data if isinstance(x, Instruction) else x


def cache_key(x: Any) -> Any:
    """What tells two arguments or settings apart."""
    if isinstance(x, Instruction):
        return id(x)
    if isinstance(x, np.ndarray):
        return x.shape, x.dtype.str, x.tobytes()
    if isinstance(x, tuple | list):
        return tuple(map(cache_key, x))
    if isinstance(x, slice):
        return "slice", x.start, x.stop, x.step
    return type(x), repr(x)


def add_all(terms: Sequence[Any]) -> Any:
    """The sum of at least one line; what is there several times is multiplied."""
    counts: dict[int, list[Any]] = {}
    for term in terms:
        counts.setdefault(id(term), []).append(term)
    parts = [same[0] if len(same) == 1 else float(len(same)) * same[0] for same in counts.values()]
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return result


def topological_sort(roots: Iterable[Any]) -> list[Instruction]:
    """The lines that some lines need, arguments before what uses them; iterative."""
    seen: set[int] = set()
    order: list[Instruction] = []
    stack = [(root, False) for root in reversed(list(roots)) if isinstance(root, Instruction)]
    while stack:
        line, ready = stack.pop()
        if ready:
            order.append(line)
        elif id(line) not in seen:
            seen.add(id(line))
            stack.append((line, True))
            stack.extend((p, False) for p in reversed(line.parents) if id(p) not in seen)
    return order
