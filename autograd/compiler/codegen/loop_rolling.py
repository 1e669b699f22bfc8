"""Writes statements that repeat as loops.

A loop keeps the variables of its body in place of one variable per iteration. What a statement after the loop reads of earlier
iterations is collected in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.compiler.codegen.loop_detection import (
    SELF,
    Access,
    AffineInteger,
    Invariant,
    ListItem,
    Loop,
    Pattern,
    SameIteration,
    collect_operands,
    find_access,
    find_loops,
    parse_pattern,
)
from autograd.compiler.codegen.python_syntax import SourceLine, Statement

INDENT = "    "


def roll_loops(
    statements: Sequence[Statement], results: Sequence[str], make_name: Callable[[str], str]
) -> tuple[list[SourceLine], list[str]]:
    """Write statements as lines of source, with loops for those that repeat.

    Parameters
    ----------
    statements : sequence of Statement
        In the order in which they run. Each variable is assigned once.
    results : sequence of str
        The expressions that the function returns.
    make_name : callable
        Returns an unused variable name like the one it gets.

    Returns
    -------
    lines : list of SourceLine
    results : list of str
        The expressions with the variables that hold their operands after the loops.
    """
    indices = {statement.name: i for i, statement in enumerate(statements)}
    patterns = [parse_pattern(statement.text, indices, statement.name) for statement in statements]
    loops = find_loops(statements, patterns)
    if not loops:
        return [line for statement in statements for line in statement.to_lines(statement.text)], list(results)
    return _LoopWriter(statements, patterns, loops, make_name).write([parse_pattern(text, indices) for text in results])


class _LoopWriter:
    """Writes statements with loops among them."""

    def __init__(
        self,
        statements: Sequence[Statement],
        patterns: Sequence[Pattern],
        loops: Sequence[Loop],
        make_name: Callable[[str], str],
    ) -> None:
        self.statements = statements
        self.patterns = patterns
        self.loops = loops
        self.make_name = make_name
        self.lists: dict[int, str] = {}  # the list that collects a statement, by the index of the statement in the first iteration
        self.counter = make_name("k")

    def write(self, results: Sequence[Pattern]) -> tuple[list[SourceLine], list[str]]:
        """Write everything, the last statements first: what they read determines which lists the loops before them collect."""
        result_texts = [self._fill_in(pattern) for pattern in results]
        blocks: list[list[SourceLine]] = []
        i = len(self.statements)
        while i > 0:
            loop = self._find_loop(i - 1)
            if loop is None:
                i -= 1
                statement = self.statements[i]
                blocks.append(statement.to_lines(self._fill_in(self.patterns[i], statement.name)))
            else:
                blocks.append(self._write_loop(loop))
                i = loop.start
        return [line for block in reversed(blocks) for line in block], result_texts

    def _find_loop(self, i: int) -> Loop | None:
        """Return the loop that a statement is in."""
        return next((loop for loop in self.loops if loop.contains(i)), None)

    def _list_name(self, statement: int) -> str:
        """Return the list that collects a statement of the first iteration over all iterations."""
        if statement not in self.lists:
            self.lists[statement] = self.make_name(self.statements[statement].name + "s")
        return self.lists[statement]

    def _name_outside(self, i: int) -> str:
        """Return the expression by which code after its loop reads a statement."""
        loop = self._find_loop(i)
        if loop is None:
            return self.statements[i].name
        iteration, place = divmod(i - loop.start, loop.period)
        if iteration == loop.iterations - 1:
            return self.statements[loop.start + place].name
        return f"{self._list_name(loop.start + place)}[{iteration}]"

    def _fill_in(self, pattern: Pattern, own_name: str = "") -> str:
        """Return the text of a pattern outside of loops."""
        texts = []
        for operand, is_integer in zip(pattern.operands, pattern.is_integer, strict=True):
            if is_integer:
                texts.append(str(operand))
            else:
                texts.append(own_name if operand == SELF else self._name_outside(operand))
        return _interleave(pattern, texts)

    def _write_loop(self, loop: Loop) -> list[SourceLine]:
        """Write a loop: initial values, head, body, and at the end of the body the lists and the loop-carried variables."""
        names = [self.statements[loop.start + place].name for place in range(loop.period)]
        carried: dict[int, tuple[str, str]] = {}  # by place: the variable of the previous iteration, and its initial value
        body = [line for place in range(loop.period) for line in self._write_body_statement(loop, place, names, carried)]
        lists = [(place, self.lists[loop.start + place]) for place in range(loop.period) if loop.start + place in self.lists]
        head = [SourceLine(f"{collected} = []") for _, collected in lists]
        head += [SourceLine(f"{previous} = {initial}") for previous, initial in carried.values()]
        head.append(SourceLine(f"for {self.counter} in range({loop.iterations}):"))
        tail = [SourceLine(f"{INDENT}{collected}.append({names[place]})") for place, collected in lists]
        tail += [SourceLine(f"{INDENT}{previous} = {names[place]}") for place, (previous, _) in carried.items()]
        return [*head, *body, *tail]

    def _write_body_statement(
        self, loop: Loop, place: int, names: Sequence[str], carried: dict[int, tuple[str, str]]
    ) -> list[SourceLine]:
        pattern, texts = self.patterns[loop.start + place], []
        other_loops = [other for other in self.loops if other is not loop]
        for operands, is_integer in zip(collect_operands(loop, place, self.patterns), pattern.is_integer, strict=True):
            access = find_access(loop, place, operands, is_integer, other_loops)
            assert access is not None
            texts.append(self._write_access(access, names, carried))
        return self.statements[loop.start + place].to_lines(_interleave(pattern, texts), INDENT)

    def _write_access(self, access: Access, names: Sequence[str], carried: dict[int, tuple[str, str]]) -> str:
        """Return the expression by which the body reads an operand; a loop-carried variable is added to ``carried``."""
        if isinstance(access, AffineInteger):
            return format_affine(access.start, access.stride, self.counter)
        if isinstance(access, Invariant):
            return self._name_outside(access.statement)
        if isinstance(access, ListItem):
            return f"{self._list_name(access.statement)}[{format_affine(access.start, access.stride, self.counter)}]"
        if isinstance(access, SameIteration):
            return names[access.place]
        if access.place not in carried:
            carried[access.place] = (self.make_name(f"{names[access.place]}_before"), self._name_outside(access.initial))
        return carried[access.place][0]


def _interleave(pattern: Pattern, texts: Sequence[str]) -> str:
    """Return the text of a pattern with these texts in place of its operands."""
    first, *rest = pattern.pieces
    return first + "".join(text + piece for text, piece in zip(texts, rest, strict=True))


def format_affine(start: int, stride: int, variable: str) -> str:
    """Return ``start + stride * variable`` as Python, as short as possible.

    Examples
    --------
    >>> format_affine(3, -2, "k")
    '3 - 2 * k'
    >>> format_affine(0, 1, "k")
    'k'
    """
    if not stride:
        return str(start)
    product = variable if abs(stride) == 1 else f"{abs(stride)} * {variable}"
    if not start and stride > 0:
        return product
    return f"{start} {'+' if stride > 0 else '-'} {product}"
