"""Writes the instructions of a program as statements of one function."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.codegen.inlining import RESHAPING_OPS, count_uses, find_long_chains, find_preactivations
from autograd.compiler.codegen.loop_syntax import find_arrays, write_loop
from autograd.compiler.codegen.operation_syntax import format_gather_index, format_operation
from autograd.compiler.codegen.python_syntax import Expression, SourceLine, format_float
from autograd.compiler.codegen.variable_names import VariableNames, is_numbered
from autograd.compiler.ir.gather import split_parts
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.live_instructions import topological_sort
from autograd.compiler.ir.loop import LOOP, find_loop_results

# Measured on 886 functions of test programs (17000 lines, 24 of them longer than 132 characters with their comments).
#
# Characters of an expression that may be written inside another one. 88 is the line length of the formatters black and ruff.
# Doubled: 69 lines are longer than 132 characters, and 0.5 % of the lines are saved.
MAX_INLINE_WIDTH = 88
# Characters of a transposed or reshaped operand that may be repeated instead of getting a variable, such as ``W1.T``. Halved: four
# more loops, and 0.4 % more lines. Doubled: 26 lines are longer than 132 characters, and four lines are saved.
MAX_REPEATED_WIDTH = 24
SCATTER_OPS = ("scatter_sum", "scatter", "gather_adjoint")


class SourceWriter:
    """Writes one function in which intermediate results are named or inlined, for reading.

    Parameters
    ----------
    arrays_only : bool, default False
        Whether to write only what other array libraries such as jax.numpy run as well: no assignment to parts of an array, and no
        function of Python's math.
    writes_regular_lines : bool, default False
        Whether lines that do the same have the same form, so that they can become a loop; see ``rolling``. Long chains of additions
        then have a line for each term.

    Attributes
    ----------
    names : VariableNames
    lines : list of SourceLine
        The body, in the order in which it runs.
    indices : list of tuple (array, str)
        The integer arrays that are used as indices, and their variables.
    buffers : dict of str to tuple (shape, dtype)
        The buffers by their variables; none here, see `BufferedWriter`.
    lists : dict of int to str
        The lists in which loops keep the numbers of all iterations, by the identities of these results.
    read_as_arrays : set of int
        The identities of instructions that something else than the iterations of a loop reads.
    """

    can_be_rolled = True  # each variable is one array, outside of loops

    def __init__(self, arrays_only: bool = False, writes_regular_lines: bool = False) -> None:
        self.arrays_only = arrays_only
        self.writes_regular_lines = writes_regular_lines
        self.names: VariableNames = VariableNames()
        self.lines: list[SourceLine] = []
        self.indices: list[tuple[Any, str]] = []
        self.buffers: dict[str, Any] = {}
        self.lists: dict[int, str] = {}
        self.read_as_arrays: set[int] = set()
        self._inlined: dict[int, Expression] = {}
        self._index_variables: dict[Any, str] = {}  # by what makes two index arrays equal

    def write(self, roots: Sequence[Any], first: Sequence[Instruction] = ()) -> None:
        """Write all instructions that ``roots`` depend on.

        Parameters
        ----------
        roots : sequence of Instruction or float
            The results of the function.
        first : sequence of Instruction
            Written before the others, with their dependencies.
        """
        self._write_instructions(topological_sort([*first, *roots]), roots, ())

    def write_body(self, roots: Sequence[Instruction], unnamed: Sequence[Instruction]) -> list[SourceLine]:
        """Write the body of a loop, whose placeholders have variables already.

        Parameters
        ----------
        roots : sequence of Instruction
            The results of the body.
        unnamed : sequence of Instruction
            Those that need no variable if nothing else reads them.

        Returns
        -------
        list of SourceLine
            The lines of the body.
        """
        outer, self.lines = self.lines, []
        self._write_instructions(topological_sort(roots), roots, unnamed)
        body, self.lines = self.lines, outer
        return body

    def _write_instructions(self, order: Sequence[Instruction], roots: Sequence[Any], unnamed: Sequence[Instruction]) -> None:
        uses = count_uses(order, roots)
        may_be_inlined = {id(x) for x in unnamed}
        always_named = ({id(root) for root in roots} - may_be_inlined) | find_preactivations(order)
        results = find_loop_results(order)
        if self.writes_regular_lines:
            always_named |= find_long_chains(order, uses)
        self.read_as_arrays |= find_arrays(order, roots)
        for instruction in order:
            if id(instruction) in self.names.assigned or id(instruction) in self._inlined:
                continue
            if instruction.op == LOOP:
                write_loop(self, instruction, results[id(instruction)])
                continue
            if instruction.op_name in SCATTER_OPS:
                self._write_scatter(instruction)
                continue
            expression = self.format(instruction)
            width = self._measure(expression.code)
            may_repeat = instruction.op_name in RESHAPING_OPS and width < MAX_REPEATED_WIDTH
            is_repeated = uses.get(id(instruction), 0) > 1 and not may_repeat
            if is_repeated or id(instruction) in always_named or width > MAX_INLINE_WIDTH:
                self._write_assignment(instruction, expression.code)
            else:
                self._inlined[id(instruction)] = expression

    def _measure(self, code: str) -> int:
        """Return the width of code; in regular lines without the digits of numbers, which differ from line to line."""
        return len(re.sub(r"\d[\d.e-]*", "0", code) if self.writes_regular_lines else code)

    def inline(self, instruction: Instruction, code: str) -> None:
        """Write an instruction as this code wherever it is read."""
        self._inlined[id(instruction)] = Expression(code)

    def format(self, instruction: Instruction) -> Expression:
        """Return the expression of one instruction, whose arguments are written already."""
        return format_operation(self, instruction, [self.write_operand(arg) for arg in instruction.args])

    def write_operand(self, x: Instruction | float) -> Expression:
        """Return an argument as its variable, its inlined expression or a literal."""
        if not isinstance(x, Instruction):
            return format_float(x)
        if id(x) in self.names.assigned:
            return Expression(self.names.assigned[id(x)])
        return self._inlined[id(x)]

    def write_index(self, index: Any) -> str:
        """Return the text between the brackets of a subscript; arrays in it become variables."""
        if isinstance(index, tuple):
            return ", ".join(self.write_index(part) for part in index) + ("," if len(index) == 1 else "")
        if isinstance(index, slice):
            bounds = ["" if bound is None else str(bound) for bound in (index.start, index.stop)]
            return ":".join(bounds) + ("" if index.step is None else f":{index.step}")
        if index is None:
            return "None"
        if index is ...:
            return "..."
        if isinstance(index, np.ndarray):
            return self._index_variable(index)
        return str(int(index))

    def _index_variable(self, index: Any) -> str:
        """Return the variable of an integer array; equal arrays have the same one."""
        key = (index.shape, index.dtype.str, index.tobytes())
        if key not in self._index_variables:
            self._index_variables[key] = self.names.make_numbered("I")
            self.indices.append((index, self._index_variables[key]))
        return self._index_variables[key]

    def _write_assignment(self, instruction: Instruction, code: str) -> None:
        name = self.names.assign(instruction)
        self.lines.append(SourceLine(f"{name} = {code}", self._describe(instruction, name, code)))

    def _describe(self, instruction: Instruction, name: str, code: str) -> str:
        """Return a comment: the shape, and the equation of backpropagation that a statement is, if it is one.

        The equations are those of Nielsen, "Neural Networks and Deep Learning" (2015), chapter 2.
        """
        shape = str(instruction.shape) if instruction.shape else ""
        if is_numbered("D", name):
            return f"{shape}  δ = (δ W) ⊙ f′(z)" if " @ " in code else f"{shape}  δ = ∂L/∂z"
        primal = instruction.cotangent_of
        if primal is not None and primal.op == "input" and code[0] == "D":
            if code.endswith(".sum(axis=0)"):
                return f"{shape}  ∂L/∂{self.names.primal_of(instruction)} = Σ δ"
            if ".T @ " in code:
                return f"{shape}  ∂L/∂{self.names.primal_of(instruction)} = δᵀ a"
        return shape

    def _write_scatter(self, instruction: Instruction) -> None:
        """Write an array of zeros to which values are added at indices."""
        static = instruction.static
        if instruction.op_name == "gather_adjoint":
            self._write_gather_adjoint(instruction)
            return
        indices = [static["index"]] if instruction.op_name == "scatter" else static["indices"]
        name = self.names.assign(instruction)
        dtype = np.asarray(instruction.data).dtype
        dtype_argument = "" if dtype == np.float64 else f", dtype={str(dtype)!r}"
        zeros = f"np.zeros({static['shape']}{dtype_argument})"
        if self.arrays_only:
            parts = [
                f".at[{self.write_index(index)}].add({self.write_operand(value).code})"
                for index, value in zip(indices, instruction.args, strict=True)
            ]
            self._write_additions(name, zeros, parts, static["shape"])
            return
        self.lines.append(SourceLine(f"{name} = {zeros}", str(static["shape"])))
        for index, value in zip(indices, instruction.args, strict=True):
            self.lines.append(SourceLine(self._format_addition(name, index, static["shape"], value, is_only=len(indices) == 1)))

    def _write_gather_adjoint(self, instruction: Instruction) -> None:
        """Write an array of zeros to which values are added at integers that are data, which may repeat."""
        templates, shape = instruction.static["templates"], instruction.static["shape"]
        additions = []
        for (value, integers), template in zip(split_parts(instruction.args, templates), templates, strict=True):
            index = format_gather_index(self, template, [self.write_operand(x) for x in integers])
            additions.append((index, self.write_operand(value).code))
        name, dtype = self.names.assign(instruction), np.asarray(instruction.data).dtype
        zeros = f"np.zeros({shape}" + (")" if dtype == np.float64 else f", dtype={str(dtype)!r})")
        if self.arrays_only:
            self._write_additions(name, zeros, [f".at[{index}].add({value})" for index, value in additions], shape)
            return
        self.lines.append(SourceLine(f"{name} = {zeros}", str(shape)))
        for index, value in additions:
            self.lines.append(SourceLine(f"np.add.at({name}, {index if index.isidentifier() else f'np.s_[{index}]'}, {value})"))

    def _write_additions(self, name: str, zeros: str, additions: Sequence[str], shape: tuple[int, ...]) -> None:
        """Write an array of zeros with additions, each of which gives a new array."""
        if not self.writes_regular_lines:
            self.lines.append(SourceLine(f"{name} = {zeros}{''.join(additions)}", str(shape)))
            return
        self.lines.append(SourceLine(f"{name} = {zeros}", str(shape)))
        self.lines += [SourceLine(f"{name} = {name}{addition}") for addition in additions]

    def _format_addition(self, name: str, index: Any, shape: tuple[int, ...], value: Any, is_only: bool) -> str:
        """Return the line that adds a value to the array ``name`` at an index."""
        subscript = self.write_index(index)
        code = self.write_operand(value).code
        if is_injective(index, shape):
            return f"{name}[{subscript}] {'=' if is_only else '+='} {code}"
        return f"np.add.at({name}, {subscript if subscript.isidentifier() else f'np.s_[{subscript}]'}, {code})"


def is_injective(index: Any, shape: tuple[int, ...]) -> bool:
    """Return whether an index selects each entry of an array of this shape at most once.

    Examples
    --------
    >>> is_injective(np.array([2, 0]), (3,)), is_injective(np.array([2, 2]), (3,))
    (True, False)
    """
    if not any(isinstance(part, np.ndarray) for part in (index if isinstance(index, tuple) else (index,))):
        return True
    positions = np.arange(int(np.prod(shape))).reshape(shape)[index]
    return np.unique(positions).size == np.size(positions)
