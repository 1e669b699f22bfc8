"""Hypothesis strategies: Values, Tensors, and random differentiable programs over the table of operations.

Programs shrink to few lines on small round inputs, and print as Python that can be pasted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

import autograd
from autograd.core.tensor import Tensor
from autograd.core.value import SIGNS, Value
from autograd.errors import SettingError
from autograd.numpy_api.functions import call_row
from autograd.ops import TABLE, Elementwise, find
from autograd.testing.search.argument_specs import Array, Real
from autograd.testing.search.point_strategies import lists_from, points, sampled_from
from autograd.testing.search.source_code import to_source

LARGEST = 1e3  # what a line of a program may amount to
MARGIN = 1e-2  # how far a program stays from kinks, ties and the edges of a domain
LENGTHS = (2, 3, 1)
NUMBERS = (0.5, 1.5, -0.75, 2.0, 0.25, -1.25, 3.0)


def values(low: float = -np.inf, high: float = np.inf) -> st.SearchStrategy[Value]:
    """Values between ``low`` and ``high``: ordinary numbers, zeros, edges, magnitudes from 10⁻¹² to 10⁶.

    >>> from hypothesis import find
    >>> find(values(1.0, 2.0), lambda v: True)
    Value(data=1.0, grad=0.0)
    """
    return points({"x": Real(low, high)}).map(lambda point: Value(point["x"]))  # type: ignore[no-any-return]


@st.composite
def tensors(draw: Any, *dims: str | int, low: float = -np.inf, high: float = np.inf) -> Tensor:
    """Tensors of the shape that ``dims`` say (see :class:`Array`), or of any shape of up to three axes.

    >>> from hypothesis import find
    >>> find(tensors("n", 2), lambda t: t.shape[0] > 1).shape
    (2, 2)
    """
    lengths = dims or draw(st.sampled_from((("n",), ("n", "m"), (), ("n", "m", "k"))))
    return Tensor(draw(points({"x": Array(*lengths, low=low, high=high)}))["x"])


class Program:
    """A straight-line program: call it on numbers, arrays, Values or Tensors; ``inputs`` are those it was made for.

    ``source`` is its Python and ``ops`` the names of the operations in it; printing it shows the inputs too.
    """

    def __init__(self, inputs: dict[str, Any], lines: Sequence[Line]) -> None:
        self.__name__ = "program"
        self.inputs = tuple(inputs.values())
        self.names = tuple(inputs)
        self.ops = tuple(line.op for line in lines)
        body = [f"    {line.name} = {line.text}" for line in lines]
        self.source = "\n".join([f"def program({', '.join(inputs)}):", *body, f"    return {lines[-1].name}"])
        space = _space(self.ops)
        exec(compile(self.source, "<program>", "exec"), space)  # noqa: S102 - written by Draft, of names and numbers alone
        self.function: Callable[..., Any] = space["program"]

    def __call__(self, *inputs: Any) -> Any:
        return self.function(*inputs)

    def __repr__(self) -> str:
        at = "\n".join(f"{name} = {to_source(x)}" for name, x in zip(self.names, self.inputs, strict=True))
        return f"{self.source}\n\n{at}"


def programs(
    *, scalar: bool = False, most: int = 8, ops: Sequence[str] | None = None, smooth: bool = True
) -> st.SearchStrategy[Program]:
    """Random programs of up to ``most`` lines with shared parts; of arrays, with broadcasting, reductions, products and moves.

    ``scalar=True`` makes programs of floats, for Values. ``ops`` names the elementwise operations to choose from, among them what
    was define()d; default all. ``smooth`` keeps away from kinks, ties and the edges of domains. Numbers stay below 1000.
    SettingError for names that the table does not have.

    >>> from hypothesis import find
    >>> find(programs(), lambda program: "matmul" in program.ops).ops[-1]
    'matmul'
    """
    for name in ops or ():
        if not isinstance(TABLE.get(name), Elementwise):
            raise SettingError(f"programs(): {name!r} is no elementwise operation of the table: see python -m autograd.ops")
    return _programs(scalar, most, tuple(ops or _ready()), smooth)


def _ready() -> list[str]:
    """The elementwise rows without settings, the simplest first."""
    simple = ["add", "multiply", "subtract", "sin", "tanh", "exp", "square", "divide"]
    rows = [op.name for op in TABLE.values() if isinstance(op, Elementwise) and not op.f.__code__.co_kwonlyargcount]
    return simple + [name for name in rows if name not in simple and name != "where"]


@st.composite
def _programs(draw: Any, scalar: bool, most: int, ops: tuple[str, ...], smooth: bool) -> Program:
    inputs: dict[str, Any] = {}
    for k in range(draw(sampled_from((1, 2, 3)))):
        shape = () if scalar else tuple(draw(lists_from(LENGTHS, draw(sampled_from((1, 2))))))
        size = math.prod(shape)
        flat = np.array(draw(lists_from(NUMBERS, size)))
        apart = 0.0625 * np.arange(size)  # no two alike, so that nothing ties by accident
        inputs[f"x{k}"] = (flat + apart).reshape(shape) if shape else float(flat[0])
    draft = Draft(draw, inputs, ops, smooth)
    draft.add_line(arrays=not scalar)
    while len(draft.lines) < most and draw(sampled_from(tuple(range(8)))):
        draft.add_line(arrays=not scalar)
    return draft.program()


class Line(NamedTuple):
    """``name = text``, in which ``used`` are the names of earlier results or inputs, and ``op`` is the operation."""

    name: str
    op: str
    text: str
    used: tuple[str, ...]


class Draft:
    """A program while it is being drawn; every line is computed at once, so that the next one can be chosen by its numbers."""

    def __init__(self, draw: Any, inputs: dict[str, Any], ops: Sequence[str], smooth: bool) -> None:
        self.draw, self.inputs, self.ops, self.smooth = draw, inputs, ops, smooth
        self.space = _space(ops)
        self.numbers = dict(inputs)
        self.lines: list[Line] = []

    def add_line(self, arrays: bool) -> None:
        """One more line: an elementwise operation, or one that moves, reduces or multiplies arrays."""
        names = list(self.numbers)[::-1]
        a = self.draw(sampled_from(tuple(names[:2])))
        whole = self._whole(a, names) if arrays and self.draw(sampled_from((0, 1, 2))) == 2 else []
        op, text, used = self.draw(st.sampled_from(whole)) if whole else self._elementwise(a, names)
        line = Line(f"t{len(self.lines)}", op, text, used)
        self.numbers[line.name] = self._value(text)
        self.lines.append(line)

    def _value(self, text: str) -> Any:
        with np.errstate(all="ignore"):
            return eval(text, {**self.space, **self.numbers})  # noqa: S307 - written here, of names and numbers alone

    def _fits(self, text: str) -> bool:
        """Whether a line has finite numbers of moderate size."""
        try:
            y = self._value(text)
        except (ValueError, ArithmeticError):  # the shapes do not fit, or Python's numbers overflow
            return False
        return bool(np.all(np.abs(y) < LARGEST))  # or nan

    def _elementwise(self, a: str, names: Sequence[str]) -> tuple[str, str, tuple[str, ...]]:
        """An operation of the table whose domain has the numbers, from a random one on; tanh, which always fits, where none has."""
        b = self.draw(sampled_from(tuple(names)))
        start = self.draw(sampled_from(tuple(range(len(self.ops)))))
        for op in (*self.ops[start:], *self.ops[:start]):
            row = find(op)
            assert isinstance(row, Elementwise)
            used = (a, b)[: len(row.partials)] + (a,) * (len(row.partials) - 2)
            text = _call(op, used)
            inside = all(self._inside(self.numbers[n], d) for n, d in zip(used, row.domains, strict=True))
            if inside and self._fits(text) and not (self.smooth and (row.ties or row.kink) and self._tie(used)):
                return op, text, used
        return "tanh", f"np.tanh({a})", (a,)

    def _inside(self, x: Any, domain: Any) -> bool:
        margin = MARGIN if self.smooth else 0.0
        bounded = bool(np.all((x >= domain.low + margin) & (x <= domain.high - margin)))
        return bounded and not (self.smooth and any(np.any(np.abs(x - kink) < margin) for kink in domain.kinks))

    def _tie(self, used: Sequence[str]) -> bool:
        """Whether entries of two arguments tie."""
        first, *others = (self.numbers[name] for name in used)
        return any(bool(np.any(np.abs(first - x) < MARGIN)) for x in others)

    def _whole(self, a: str, names: Sequence[str]) -> list[tuple[str, str, tuple[str, ...]]]:
        """Operations on whole arrays that ``a`` has the shape for."""
        arrays = [name for name in names if np.ndim(self.numbers[name])]
        if a not in arrays:
            return []
        b = self.draw(sampled_from(tuple(arrays)))
        axis = self.draw(sampled_from((0, -1, 1, -2)[: 2 * np.ndim(self.numbers[a])]))
        one = {
            "sum": f"np.sum({a}, axis={axis})",
            "mean": f"np.mean({a}, axis={axis}, keepdims=True)",
            "transpose": f"{a}.T",
            "reshape": f"np.ravel({a})",
            "flip": f"{a}[::-1]",
            "getitem": f"{a}[[0, -1, 0]]",
            "cumsum": f"np.cumsum({a}, axis={axis})",
            "logsumexp": f"autograd.logsumexp({a}, axis={axis})",
            "softmax": f"autograd.softmax({a}, axis={axis})",
        }
        two = {
            "matmul": f"{a} @ {b}",
            "outer": f"np.outer({a}, {b})",
            "concatenate": f"np.concatenate([np.ravel({a}), np.ravel({b})])",
        }
        found = [(op, text, (a,)) for op, text in one.items()] + [(op, text, (a, b)) for op, text in two.items()]
        return [choice for choice in found if self._fits(choice[1])]

    def program(self) -> Program:
        """The lines that the last one needs, and the inputs that they need."""
        wanted, kept = {self.lines[-1].name}, []
        for line in reversed(self.lines):
            if line.name in wanted:
                kept.append(line)
                wanted.update(line.used)
        return Program({name: x for name, x in self.inputs.items() if name in wanted}, kept[::-1])


def _space(ops: Sequence[str]) -> dict[str, Any]:
    """The names that a program may use: NumPy, this library, and operations that were define()d."""
    return {"np": np, "autograd": autograd} | {op: partial(call_row, TABLE[op]) for op in ops if op in TABLE}


def _call(op: str, used: Sequence[str]) -> str:
    """An operation as a program writes it: as an operator, by NumPy's name, by ours, or by the one it was defined under."""
    if op in SIGNS:
        return f" {SIGNS[op]} ".join(used) if len(used) > 1 else f"{SIGNS[op]}{used[0]}"
    module = "np." if hasattr(np, op) else "autograd." if op in autograd.__all__ else ""
    return f"{module}{op}({', '.join(used)})"
