"""A program as Python source that a person can read: one NumPy line for each line that deserves a name, the others inside them."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.codegen.loop_rolling import roll_loops
from autograd.compiler.codegen.statements import Statement
from autograd.compiler.ir.instruction import Instruction, topological_sort
from autograd.core.observation import COMPARE
from autograd.ops import Op

TIGHT, POWER, SIGN, TIMES, PLUS, BOTH, COMPARED, LOOSE = range(8, 0, -1)
SIGNS = {
    "add": ("+", PLUS),
    "subtract": ("-", PLUS),
    "multiply": ("*", TIMES),
    "divide": ("/", TIMES),
    "matmul": ("@", TIMES),
    "power": ("**", POWER),
}
SIGNS |= {sign: (sign, COMPARED) for sign in COMPARE}
SIGNS |= {"&": ("&", BOTH), "|": ("|", BOTH)}
VIEWS = {"transpose", "reshape", "swapaxes"}
WIDTH = 88  # beyond which an expression gets a name of its own
MANY = 12  # terms of a sum that get a line each
# How Python's math calls what it can do on one number faster than NumPy.
MATH = {
    name: name for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
}
MATH |= {"arc" + name: "a" + name for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")}
MATH |= {"hypot": "hypot", "erf": "erf", "erfc": "erfc", "cbrt": "cbrt", "exp2": "exp2"}
HELPERS = ("erf", "erfc")  # what NumPy lacks


class Text(NamedTuple):
    """An expression, and how tightly its outermost operator binds."""

    text: str
    binds: int = TIGHT

    def within(self, binds: int) -> str:
        """The expression as an operand of something that binds so tightly."""
        return self.text if self.binds >= binds else f"({self.text})"


class Source(NamedTuple):
    """A function written out: its text, its inputs, and the constants, indices and buffers that it is handed after them."""

    text: str
    inputs: list[Instruction]
    constants: list[Instruction]
    indices: list[Any]
    buffers: list[Any]  # the shape and the type of each
    names: list[str]  # of all of these, in order
    lines: int
    called: dict[int, str]  # the names of lines, by their identity

    @property
    def module(self) -> str:
        """The function with the imports that it needs, and what NumPy lacks."""
        needed = [line for line in ("import math",) if "math." in self.text or any(f" {h}(" in self.text for h in HELPERS)]
        helpers = [
            f"{h} = np.vectorize(math.{h}, otypes=[float])" for h in HELPERS if f"{h}(" in self.text.replace(f"math.{h}(", "")
        ]
        head = "\n".join([*needed, *([""] if needed else []), "import numpy as np"])
        return head + "\n\n" + ("\n".join(helpers) + "\n" if helpers else "") + "\n" + self.text


class Writer:
    """Writes one function; ``arrays_only`` keeps to what also runs on other array libraries, such as jax.numpy."""

    def __init__(self, arrays_only: bool = False) -> None:
        self.arrays_only = arrays_only
        self.names: dict[int, str] = {}
        self.taken: set[str] = {"np", "math", "erf", "erfc", *keyword.kwlist}
        self.inline: dict[int, Text] = {}
        self.body: list[Statement] = []
        self.indices: list[tuple[Any, str]] = []
        self.counts: dict[str, int] = {}
        self.buffers: dict[str, Any] = {}  # the shape and the type of each, by name
        self.rolls = True

    # -- names

    def fresh(self, wanted: str) -> str:
        """The wanted name, or the next one like it that is free."""
        stem = "".join(c if c.isalnum() or c == "_" else "_" for c in wanted if c.isascii()) or "t"
        stem = f"_{stem}" if stem[0].isdigit() else stem
        name, k = stem, 1
        while name in self.taken:
            k += 1
            name = f"{stem}_{k}" if stem[-1].isdigit() else f"{stem}{k}"
        self.taken.add(name)
        return name

    def numbered(self, letter: str) -> str:
        """The letter with the next number behind it."""
        self.counts[letter] = self.counts.get(letter, 0) + 1
        return self.fresh(f"{letter}{self.counts[letter]}")

    def name_of(self, line: Instruction, text: str) -> str:
        """A name that says what a line is: of a cotangent, what it is the cotangent of."""
        if line.cotangent_of is not None and id(line.cotangent_of) in self.names:
            of = self.names[id(line.cotangent_of)]
            return self.fresh(f"D{of[1:]}" if of[0] == "Z" and of[1:].isdigit() else f"d{of}")
        if line.name:
            return self.fresh(line.name)
        if line.op in COMPARE:
            return self.numbered("M")
        if not line.shape:
            return self.numbered("s")
        if is_product(line):
            return self.numbered("Z")
        near = self._nearest(line)
        if len(near) == 1:
            (z,) = near
            if z[0] == "Z" and f"A{z[1:]}" not in self.taken:
                return self.fresh(f"A{z[1:]}")
        return self.numbered("T")

    def _nearest(self, line: Instruction) -> set[str]:
        """The named lines, inputs and constants aside, that the expression of a line reads."""
        found: set[str] = set()
        stack = list(line.parents)
        while stack:
            parent = stack.pop()
            if id(parent) in self.names:
                if parent.op not in ("input", "constant"):
                    found.add(self.names[id(parent)])
            else:
                stack.extend(parent.parents)
        return found

    # -- lines

    def write(self, roots: Sequence[Any], last: Sequence[Instruction] = ()) -> None:
        """Write down all that ``roots`` need."""
        uses: dict[int, int] = {}
        order = topological_sort([*last, *roots])
        for line in order:
            for parent in line.parents:
                uses[id(parent)] = uses.get(id(parent), 0) + 1
        for root in roots:
            if isinstance(root, Instruction):
                uses[id(root)] = uses.get(id(root), 0) + 1
        outputs = {id(root) for root in roots} | weighted_inputs(order) | long_sums(order, uses)
        for line in order:
            if id(line) in self.names:
                continue
            if line.op_name in ("scatter_sum", "scatter"):
                self._scattered(line)
                continue
            text = self.text(line)
            view = line.op_name in VIEWS and len(text.text) < 24
            if (uses.get(id(line), 0) > 1 and not view) or id(line) in outputs or len(text.text) > WIDTH:
                self.keep(line, text.text)
            else:
                self.inline[id(line)] = text

    def keep(self, line: Instruction, text: str) -> str:
        """Give a line a name."""
        name = self.name_of(line, text)
        self.names[id(line)] = name
        self.body.append(Statement(name, text, self._comment(line, name, text)))
        return name

    def _comment(self, line: Instruction, name: str, text: str) -> str:
        """The shape of a line, and which formula of the textbooks it is, where it is one."""
        shape = str(line.shape) if line.shape else ""
        of = self.names.get(id(line.cotangent_of), "") if line.cotangent_of is not None else ""
        if name[0] == "D" and name[1:].isdigit():
            return f"{shape}  δ = (δ W) ⊙ f′(z)" if " @ " in text else f"{shape}  δ = ∂L/∂z"
        if line.cotangent_of is not None and line.cotangent_of.op == "input":
            if text.endswith(".sum(axis=0)") and text[0] == "D":
                return f"{shape}  ∂L/∂{of} = Σ δ"
            if ".T @ " in text and text[0] == "D":
                return f"{shape}  ∂L/∂{of} = δᵀ a"
        return shape

    def _scattered(self, line: Instruction) -> None:
        """Zeros with cotangents added at their indices, which takes several lines."""
        parts = (
            [(line.static["index"], line.args[0])] if line.op_name == "scatter" else list(zip(line.static["indices"], line.args))
        )
        name = self.name_of(line, "")
        shape, dtype = line.static["shape"], np.asarray(line.data).dtype
        kind = "" if dtype == np.float64 else f", dtype={str(dtype)!r}"
        if self.arrays_only:
            text = f"np.zeros({shape}{kind})" + "".join(f".at[{self.index(i)}].add({self.of(g).text})" for i, g in parts)
            self.body.append(Statement(name, text, str(shape)))
        else:
            lines = [f"{name} = np.zeros({shape}{kind})"]
            for index, g in parts:
                at = self.index(index)
                if unrepeated(index, shape):
                    lines.append(f"{name}[{at}] {'=' if len(parts) == 1 else '+='} {self.of(g).text}")
                else:
                    lines.append(f"np.add.at({name}, {at if at.isidentifier() else f'np.s_[{at}]'}, {self.of(g).text})")
            self.body.append(Statement(name, "\n".join(lines), str(shape), is_block=True))
        self.names[id(line)] = name

    def of(self, x: Any) -> Text:
        """An argument as text: by its name, or written out."""
        if isinstance(x, Instruction):
            if id(x) in self.names:
                return Text(self.names[id(x)])
            return self.inline[id(x)]
        return number(x)

    def text(self, line: Instruction) -> Text:
        """The expression of one line."""
        args = [self.of(a) for a in line.args]
        row = line.op_name
        if line.op == "isfinite":
            return Text(f"np.isfinite({args[0].text})")
        if row in SIGNS and not (row == "power" and not self._in_signs(line)):
            sign, binds = SIGNS[row]
            left, right = (TIGHT, SIGN) if row == "power" else (binds + (binds in (COMPARED, BOTH)), binds + 1)
            space = "" if row == "power" else " "
            return Text(f"{args[0].within(left)}{space}{sign}{space}{args[1].within(right)}", binds)
        return WRITTEN[row](self, line, args) if row in WRITTEN else self.called(line, args)

    def _in_signs(self, line: Instruction) -> bool:
        """Whether a power may be written with **: a float of Python must not become a complex number."""
        b = line.args[1]
        return bool(line.shape) or (isinstance(b, float) and b == int(b))

    def called(self, line: Instruction, args: Sequence[Text]) -> Text:
        """A function of the rows that NumPy, or for one number Python's math, has."""
        row = line.op_name
        scalar = not line.shape and not self.arrays_only
        inside = ", ".join(a.text for a in args)
        if scalar and row == "power":
            return Text(f"math.pow({inside})")
        if scalar and row in MATH:
            return Text(f"math.{MATH[row]}({inside})")
        if row in HELPERS:
            return Text(f"{row}({inside})")
        if row in ("inv", "det", "solve"):
            return Text(f"np.linalg.{row}({inside})")
        return Text(f"np.{row}({inside})")

    def index(self, index: Any) -> str:
        """An index as text; arrays in it become constants with names."""
        if isinstance(index, tuple):
            return ", ".join(self.index(part) for part in index) + ("," if len(index) == 1 else "")
        if isinstance(index, slice):
            parts = ["" if x is None else str(x) for x in (index.start, index.stop)]
            return ":".join(parts) + ("" if index.step is None else f":{index.step}")
        if index is None:
            return "None"
        if index is ...:
            return "..."
        if isinstance(index, np.ndarray):
            for known, name in self.indices:
                if known is index or (known.shape == index.shape and known.dtype == index.dtype and np.array_equal(known, index)):
                    return name
            self.indices.append((index, self.numbered("I")))
            return self.indices[-1][1]
        return str(int(index))


def is_product(line: Instruction) -> bool:
    """Whether a line is a matrix product, or one plus or minus something."""
    return line.op_name == "matmul" or (
        line.op_name in ("add", "subtract") and any(isinstance(a, Instruction) and is_product(a) for a in line.args)
    )


def weighted_inputs(order: Sequence[Instruction]) -> set[int]:
    """The products that something else than a sum reads: what textbooks call z, and give a line of its own."""
    return {
        id(arg)
        for line in order
        if isinstance(line.op, Op) and line.op_name not in ("add", "subtract", "matmul", *VIEWS)
        for arg in line.args
        if isinstance(arg, Instruction) and arg.shape and arg.cotangent_of is None and is_product(arg)
    }


def long_sums(order: Sequence[Instruction], uses: dict[int, int]) -> set[int]:
    """The partial sums of sums of many terms, which get a line each: so a sum over the steps of a recurrence is regular."""
    terms: dict[int, int] = {}
    first: dict[int, int] = {}
    for line in order:
        if line.op_name not in ("add", "subtract"):
            continue
        left = line.args[0]
        start = first.get(id(left)) if isinstance(left, Instruction) and uses.get(id(left)) == 1 else None
        first[id(line)] = start if start is not None else id(line)
        terms[first[id(line)]] = terms.get(first[id(line)], 1) + 1
    return {i for i, start in first.items() if terms[start] >= MANY}


def unrepeated(index: Any, shape: tuple[int, ...]) -> bool:
    """Whether an index picks every entry at most once."""
    places = np.arange(int(np.prod(shape))).reshape(shape)[index]
    return np.unique(places).size == np.size(places)


def number(x: float) -> Text:
    """A float as Python that gives it again."""
    if x != x or x in (np.inf, -np.inf):
        return Text("np.nan" if x != x else "np.inf" if x > 0 else "-np.inf", TIGHT if x != x or x > 0 else SIGN)
    return Text(repr(float(x)), TIGHT if x >= 0 and not (x == 0 and np.signbit(x)) else SIGN)


def _sum(writer: Writer, line: Instruction, args: Sequence[Text]) -> Text:
    a, axis, keep = args[0], line.static["axis"], line.static["keepdims"]
    settings = [f"axis={axis}"] if axis is not None else []
    settings += ["keepdims=True"] if keep else []
    if a.binds == TIGHT and not a.text[0].isdigit():
        return Text(f"{a.text}.{line.op_name}({', '.join(settings)})")
    return Text(f"np.{line.op_name}({', '.join([a.text, *settings])})")


def _where(writer: Writer, line: Instruction, args: Sequence[Text]) -> Text:
    mask = writer.of(line.static["condition"])
    if not line.shape and not writer.arrays_only:
        return Text(f"{args[0].within(COMPARED)} if {mask.within(COMPARED)} else {args[1].within(LOOSE)}", LOOSE)
    return Text(f"np.where({mask.text}, {args[0].text}, {args[1].text})")


def _reshape(writer: Writer, line: Instruction, args: Sequence[Text]) -> Text:
    shape = line.static["shape"]
    if isinstance(line.args[0], float) or (isinstance(line.args[0], Instruction) and not line.args[0].shape):
        return Text(f"np.reshape({args[0].text}, {shape})")
    if shape == ():
        return Text(f"{args[0].within(TIGHT)}[{', '.join('0' for _ in line.args[0].shape)}]")
    return Text(f"{args[0].within(TIGHT)}.reshape({', '.join(map(str, shape))})")


def _transpose(writer: Writer, line: Instruction, args: Sequence[Text]) -> Text:
    axes = line.static["axes"]
    return Text(f"{args[0].within(TIGHT)}.T" if axes is None else f"np.transpose({args[0].text}, {tuple(axes)})")


def _joined(writer: Writer, line: Instruction, args: Sequence[Text]) -> Text:
    axis = line.static["axis"]
    return Text(f"np.{line.op_name}([{', '.join(a.text for a in args)}]" + (f", axis={axis})" if axis else ")"))


def _clip(writer: Writer, line: Instruction, args: Sequence[Text]) -> Text:
    low, high = (writer.of(x if isinstance(x, Instruction) else float(x)) for x in (line.static["low"], line.static["high"]))
    return Text(f"np.minimum(np.maximum({args[0].text}, {low.text}), {high.text})")


def _set(writer: Writer, line: Instruction, args: Sequence[Text]) -> Text:
    """A function with its settings by keyword."""
    settings = [f"{name}={value!r}" for name, value in line.static.items()]
    return Text(f"np.{line.op_name}({', '.join([*(a.text for a in args), *settings])})")


WRITTEN: dict[str, Callable[[Writer, Instruction, Sequence[Text]], Text]] = {
    "negative": lambda writer, line, args: Text(f"-{args[0].within(SIGN)}", SIGN),
    "absolute": lambda writer, line, args: Text(f"abs({args[0].text})"),
    "where": _where,
    "sum": _sum,
    "prod": _sum,
    "max": _sum,
    "min": _sum,
    "reshape": _reshape,
    "transpose": _transpose,
    "getitem": lambda writer, line, args: Text(f"{args[0].within(TIGHT)}[{writer.index(line.static['index'])}]"),
    "concatenate": _joined,
    "stack": _joined,
    "clip": _clip,
    "swapaxes": lambda writer, line, args: Text(f"np.swapaxes({args[0].text}, {line.static['axis1']}, {line.static['axis2']})"),
    "broadcast_to": lambda writer, line, args: Text(f"np.broadcast_to({args[0].text}, {line.static['shape']})"),
    "einsum": lambda writer, line, args: Text(f"np.einsum({line.static['subscripts']!r}, {', '.join(a.text for a in args)})"),
    "logabsdet": lambda writer, line, args: Text(f"np.linalg.slogdet({args[0].text})[1]"),
    "astype": lambda writer, line, args: Text(f"{args[0].within(TIGHT)}.astype({str(np.dtype(line.static['dtype']))!r})"),
    "cumsum": _set,
    "flip": _set,
    "trace": _set,
}


def source(
    name: str,
    inputs: Sequence[Instruction],
    groups: Sequence[Sequence[Any]],
    bare: Sequence[bool],
    writer: Writer,
    first: Sequence[Instruction] = (),
) -> Source:
    """A function that returns the lines of ``groups``: those of one line bare where ``bare`` says so, the others as tuples.

    ``first`` are lines to be written before the others, such as the forward pass.
    """
    writer.taken |= {name, "run", "abs", "float", "range"}
    roots = [x for group in groups for x in group]
    order = topological_sort([*first, *roots])
    for line in inputs:
        writer.names[id(line)] = writer.fresh(line.name or "x")
    constants = [line for line in order if line.op == "constant"]
    factors = {id(arg) for line in order if line.op_name == "matmul" for arg in line.args}
    for line in constants:
        line.name = line.name or ("X" if id(line) in factors else "")
        writer.names[id(line)] = writer.fresh(line.name) if line.name else writer.numbered("C")
    writer.write(roots, first)
    texts = [[writer.of(x).text if isinstance(x, Instruction | float) else repr(x) for x in group] for group in groups]
    results = [group[0] if alone else _tuple(group) for group, alone in zip(texts, bare, strict=True)]
    given = [writer.names[id(line)] for line in (*inputs, *constants)] + [text for _, text in writer.indices] + [*writer.buffers]
    body, results = roll_loops(writer.body if writer.rolls else [], results, writer.fresh)
    body = body or [line for statement in writer.body for line in statement.to_lines(statement.text)]
    wide = max([len(text) for text, comment in body if comment and len(text) < 60], default=0)
    text = [f"def {name}({', '.join(given)}):"]
    for line_, comment in body:
        text.append(f"    {line_.ljust(wide)}  # {comment.strip()}" if comment else f"    {line_}")
    text.append(f"    return {', '.join(results)}")
    indices, buffers = [index for index, _ in writer.indices], list(writer.buffers.values())
    return Source("\n".join(text) + "\n", list(inputs), constants, indices, buffers, given, len(body), writer.names)


def _tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
