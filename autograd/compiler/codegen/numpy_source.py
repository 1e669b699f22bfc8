"""Python source of a function that computes the instructions of a program with NumPy."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd.compiler.codegen.operation_syntax import HELPERS, LIBRARIES
from autograd.compiler.codegen.python_syntax import SourceLine
from autograd.compiler.codegen.result_entries import ResultEntries, merge_entries
from autograd.compiler.codegen.rolling.roll import roll_lines
from autograd.compiler.codegen.source_writer import SourceWriter
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.loop import walk_with_bodies

# Characters of code up to which the comments of a function stand below each other. Doubled: 32 lines of 17000 instead of 24 are
# longer than 132 characters, since one long line moves the comments of all lines.
MAX_ALIGNED_WIDTH = 60
# Lines up to which a function has no loops in place of lines that repeat: one that fits on a screen is easier to read without.
# Doubled, four of the 99 programs of the tests are longer, by up to 69 lines; halved, none changes.
MAX_STRAIGHT_LINES = 60
# The share of its lines that it may have with loops to be written so. With 0.4, five of these programs are longer, by up to 144
# lines; with 0.95, four are shorter, by up to 40 lines, and have more lists to read.
ROLLED_SHARE = 0.8
RESERVED_NAMES = ("run", "abs", "float", "range")  # the function of an exported file, and builtins in the source


class Source(NamedTuple):
    """The source of one function.

    Its parameters are the inputs, then the constants, the index arrays, the buffers and the tables.

    Attributes
    ----------
    text : str
        The function, without imports.
    inputs : list of Instruction
    constants : list of Instruction
    indices : list of array
    buffers : list of tuple (shape, dtype)
    tables : list of list
        The arrays and numbers that loops read one after the other.
    parameters : list of str
        The names of all parameters, in order.
    line_count : int
        Lines of the body without the return statement.
    variables : dict of int to str
        The variable of each instruction that has one, by the identity of the instruction.
    """

    text: str
    inputs: list[Instruction]
    constants: list[Instruction]
    indices: list[Any]
    buffers: list[Any]
    tables: list[list[Any]]
    parameters: list[str]
    line_count: int
    variables: dict[int, str]

    @property
    def libraries(self) -> list[tuple[str, str, str]]:
        """The modules besides NumPy that the function calls, as triples (package, ".", module)."""
        paths = [library.rpartition(".") for library in LIBRARIES]
        return [path for path in paths if re.search(rf"(?<![\w.]){path[2]}\.", self.text)]

    @property
    def module(self) -> str:
        """The function with its imports and the functions that NumPy lacks."""
        helpers = [name for name in HELPERS if re.search(rf"(?<![\w.]){name}\(", self.text)]
        parts = ["import math\n\n"] if helpers or "math." in self.text else []
        parts.append("import numpy as np\n")
        parts += [f"from {package} import {module}\n" for package, _, module in self.libraries]
        parts.append("\n")
        parts += [f"{name} = np.vectorize(math.{name}, otypes=[float])\n" for name in helpers]
        return "".join([*parts, "\n", self.text])


def generate_source(
    name: str,
    inputs: Sequence[Instruction],
    groups: Sequence[Sequence[Any]],
    is_bare: Sequence[bool],
    writer: SourceWriter,
    first: Sequence[Instruction] = (),
) -> Source:
    """Write a function that returns groups of results.

    Parameters
    ----------
    name : str
        Of the function.
    inputs : sequence of Instruction
        Its parameters.
    groups : sequence of sequences of Instruction or number
        The results. Each group is returned as a tuple.
    is_bare : sequence of bool
        Which groups have one member that is returned without a tuple around it.
    writer : SourceWriter
        A new one; its class determines how the instructions are written.
    first : sequence of Instruction
        Written before all others, for example the forward pass.

    Returns
    -------
    Source
    """
    straight = _write_function(name, inputs, groups, is_bare, writer, first)
    if not writer.can_be_rolled or straight.line_count <= MAX_STRAIGHT_LINES:
        return straight
    regular_writer = SourceWriter(writer.arrays_only, writes_regular_lines=True)
    rolled = _write_function(name, inputs, groups, is_bare, regular_writer, first)
    return rolled if rolled.line_count < ROLLED_SHARE * straight.line_count else straight


def _write_function(
    name: str,
    inputs: Sequence[Instruction],
    groups: Sequence[Sequence[Any]],
    is_bare: Sequence[bool],
    writer: SourceWriter,
    first: Sequence[Instruction],
) -> Source:
    """Write a function with one writer. Regular lines that repeat become loops."""
    writer.names.reserve([name, *RESERVED_NAMES])
    merged = [merge_entries(group) for group in groups]
    entries = itertools.chain.from_iterable(merged)
    roots = [x.array if isinstance(x, ResultEntries) else x for x in entries]
    for instruction in inputs:
        writer.names.assigned[id(instruction)] = writer.names.make_unique(instruction.name or "x")
    constants = _name_constants(writer, walk_with_bodies([*first, *roots]))
    writer.write(roots, first)
    results = [_format_group(writer, group, bare) for group, bare in zip(merged, is_bare, strict=True)]
    bound: dict[str, Any] = {writer.names.assigned[id(instruction)]: instruction for instruction in constants}
    bound |= {variable: index for index, variable in writer.indices}
    names = [writer.names.assigned[id(instruction)] for instruction in inputs]
    body, tables = writer.lines, {}
    rolled = roll_lines(body, results, names, [*bound], writer.names) if writer.writes_regular_lines else None
    if rolled is not None:
        body, results = rolled.lines, rolled.results
        tables = {table: [_value_of(x, bound) for x in entries] for table, entries in rolled.tables.items()}
        replaced = {x for entries in rolled.tables.values() for x in entries}
        bound = {parameter: x for parameter, x in bound.items() if parameter not in replaced}
    parameters = [*names, *bound, *writer.buffers, *tables]
    return Source(
        _format_function(name, parameters, body, results),
        list(inputs),
        constants=[x for x in bound.values() if isinstance(x, Instruction)],
        indices=[x for x in bound.values() if not isinstance(x, Instruction)],
        buffers=list(writer.buffers.values()),
        tables=list(tables.values()),
        parameters=parameters,
        line_count=len(body),
        variables=writer.names.assigned,
    )


def _format_function(name: str, parameters: Sequence[str], body: Sequence[SourceLine], results: Sequence[str]) -> str:
    lines = [f"    {line}" for line in _align_comments(body)]
    return "\n".join([f"def {name}({', '.join(parameters)}):", *lines, f"    return {', '.join(results)}\n"])


def _value_of(entry: str, bound: dict[str, Any]) -> Any:
    """Return the entry of a table: the data of a constant, an index array, or a number."""
    if entry not in bound:
        return float(entry)
    x = bound[entry]
    return x.data if isinstance(x, Instruction) else x


def _name_constants(writer: SourceWriter, order: Sequence[Instruction]) -> list[Instruction]:
    """Return the constant arrays of a program, after giving them variables: ``X`` if they are multiplied as matrices."""
    constants = list({id(instruction): instruction for instruction in order if instruction.op == "constant"}.values())
    products = [instruction for instruction in order if instruction.op_name == "matmul"]
    factors = {id(arg) for product in products for arg in product.args}
    for constant in constants:
        if not constant.name and id(constant) in factors:
            constant.name = "X"
        variable = writer.names.make_unique(constant.name) if constant.name else writer.names.make_numbered("C")
        writer.names.assigned[id(constant)] = variable
    return constants


def _format_group(writer: SourceWriter, group: Sequence[Any], is_bare: bool) -> str:
    """Return the expression of one group of results."""
    codes = [_format_result(writer, x) for x in group]
    if is_bare:
        return codes[0]
    return f"({', '.join(codes)}{',' if len(codes) == 1 else ''})"


def _format_result(writer: SourceWriter, x: Any) -> str:
    if isinstance(x, ResultEntries):
        return x.format(writer.write_operand(x.array).code)
    return writer.write_operand(x).code if isinstance(x, Instruction | float) else repr(x)


def _align_comments(lines: Sequence[SourceLine]) -> list[str]:
    """Return the text of each line, with the comments in one column after lines of usual width."""
    widths = [len(line.code) for line in lines if line.comment and len(line.code) < MAX_ALIGNED_WIDTH]
    width = max(widths, default=0)
    return [f"{line.code.ljust(width)}  # {line.comment.strip()}" if line.comment else line.code for line in lines]
