"""Finds statements that repeat, so that they can be written as loops.

The pattern of a statement is its text with its integers and the variables of other statements taken out. A run of statements can be
a loop if the patterns repeat with a fixed period and if each operand that was taken out follows one of five access rules:

* `AffineInteger`: the integer ``start + stride * k`` in iteration ``k``,
* `Invariant`: a variable that is assigned before the loop and does not change in it,
* `SameIteration`: a variable that the same iteration assigned before,
* `PreviousIteration`: a variable that the previous iteration assigned (a loop-carried dependency),
* `ListItem`: item ``start + stride * k`` of the list that an earlier loop collects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.codegen.python_syntax import Statement
from autograd.compiler.ir.indexing import IntArray

# The numbers below were measured on 1035 functions of test programs (11000 statements, the longest function 1084).
#
# Iterations that a loop needs. A rule is read off the first two iterations, so at least three are needed to contradict it, and the
# first one often differs because it reads initial values. Doubled: recurrences of four to seven steps stay written out.
MIN_ITERATIONS = 4
# Statements that a loop must replace; it costs a head and up to two lines per loop-carried variable. Halved: a quarter more loops,
# for 0.5 % fewer lines. Doubled: a quarter of the loops is lost, for 3 % more lines.
MIN_STATEMENTS = 16
# The longest body, in statements. Each period costs one comparison of two arrays of the function's length. Doubled: no function of
# the measurement changes; the search takes up to twice as long in functions of more than 3200 statements.
MAX_PERIOD = 400
# Repetitions that are examined, those of the most statements first. Doubled: no function of the measurement changes, and rolling
# takes up to 30 % longer, since each repetition is checked operand by operand.
MAX_CANDIDATES = 40
# Iterations by which a repetition is shortened if its ends break the rules. With 1 the functions become 2 % longer. Doubled: none
# becomes shorter, and rolling takes 40 % longer.
MAX_TRIMMED_ITERATIONS = 3

# A number or an identifier, but not an attribute such as ``T`` in ``x.T``.
TOKEN = re.compile(r"(?<![\w.])(?:\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+|\d+|[A-Za-z_]\w*)")
SELF = -1  # the operand by which a statement of several lines names its own variable


class Pattern(NamedTuple):
    """The text of a statement with its operands taken out.

    Attributes
    ----------
    pieces : tuple of str
        The text around the operands, one piece more than there are operands.
    operands : tuple of int
        Integers, and for variables the index of the statement that assigns them (or `SELF`).
    is_integer : tuple of bool
        Which operands are integers.
    """

    pieces: tuple[str, ...]
    operands: tuple[int, ...]
    is_integer: tuple[bool, ...]


class Loop(NamedTuple):
    """The statements ``start`` to ``start + iterations * period`` as a loop with a body of ``period`` statements."""

    start: int
    period: int
    iterations: int

    @property
    def stop(self) -> int:
        """The index of the first statement after the loop."""
        return self.start + self.period * self.iterations

    def contains(self, statement: int) -> bool:
        """Return whether the statement with this index is in the loop."""
        return self.start <= statement < self.stop

    def overlaps(self, other: Loop) -> bool:
        """Return whether the two loops have a statement in common."""
        return self.start < other.stop and other.start < self.stop

    def is_multiple_of(self, other: Loop) -> bool:
        """Return whether this is a loop with a shorter period again, several iterations of it at a time."""
        return self.period % other.period == 0 and other.start <= self.start and self.stop <= other.stop + other.period


class AffineInteger(NamedTuple):
    """The integer ``start + stride * k`` in iteration ``k``."""

    start: int
    stride: int


class Invariant(NamedTuple):
    """The variable of a statement before the loop, the same in every iteration."""

    statement: int


class SameIteration(NamedTuple):
    """The variable at ``place`` in the body, of the same iteration."""

    place: int


class PreviousIteration(NamedTuple):
    """The variable at ``place`` in the body, of the previous iteration; ``initial`` is the statement that the first one reads."""

    place: int
    initial: int


class ListItem(NamedTuple):
    """Item ``start + stride * k`` of the list that an earlier loop collects of ``statement``, which is in its first iteration."""

    statement: int
    start: int
    stride: int


Access = AffineInteger | Invariant | SameIteration | PreviousIteration | ListItem


def parse_pattern(text: str, indices: dict[str, int], name: str = "") -> Pattern:
    """Split a text into its pattern and its operands.

    Parameters
    ----------
    text : str
        An expression or the lines of a statement.
    indices : dict of str to int
        The index of the statement that assigns each variable. Other identifiers remain part of the pattern.
    name : str, default ""
        The variable that the statement itself assigns.

    Returns
    -------
    Pattern
    """
    pieces: list[str] = []
    operands: list[int] = []
    is_integer: list[bool] = []
    end = 0
    for match in TOKEN.finditer(text):
        token = match[0]
        operand = int(token) if token.isdigit() else SELF if token == name else indices.get(token)
        if operand is not None:
            pieces.append(text[end : match.start()])
            operands.append(operand)
            is_integer.append(token.isdigit())
            end = match.end()
    return Pattern((*pieces, text[end:]), tuple(operands), tuple(is_integer))


def find_loops(statements: Sequence[Statement], patterns: Sequence[Pattern]) -> list[Loop]:
    """Find loops that do not overlap, preferring those that replace the most statements.

    Parameters
    ----------
    statements : sequence of Statement
    patterns : sequence of Pattern
        The pattern of each statement.

    Returns
    -------
    list of Loop
        In the order of the statements.
    """
    candidates = _find_candidates(_number_patterns(statements, patterns))
    loops: list[Loop] = []
    searching = True
    while searching:  # a candidate that reads the list of another loop becomes a loop only after that one
        searching = False
        for candidate in candidates:
            if any(candidate.overlaps(other) for other in loops):
                continue
            loop = next((part for part in trim(candidate) if _is_loop(part, patterns, loops)), None)
            if loop is not None:
                loops.append(loop)
                searching = True
    return sorted(loops)


def _number_patterns(statements: Sequence[Statement], patterns: Sequence[Pattern]) -> IntArray:
    """Number the distinct patterns; a statement with a string literal in it gets a number of its own."""
    numbers: dict[tuple[str, ...], int] = {}
    numbered = np.array([numbers.setdefault(pattern.pieces, len(numbers)) for pattern in patterns])
    for i, statement in enumerate(statements):
        if "'" in statement.text:
            numbered[i] = len(numbers) + i
    return numbered


def _find_candidates(numbered: IntArray) -> list[Loop]:
    """Find the repetitions to examine, those of the most statements first."""
    repetitions: list[Loop] = []
    for loop in _find_repetitions(numbered):  # the periods ascend, so a multiple comes after the loop that it is a multiple of
        if not any(loop.is_multiple_of(other) for other in repetitions):
            repetitions.append(loop)
    repetitions.sort(key=lambda loop: (-loop.period * loop.iterations, loop.period))
    return repetitions[:MAX_CANDIDATES]


def _find_repetitions(numbered: IntArray) -> Iterator[Loop]:
    """Yield each longest run that repeats with some period, with ascending periods."""
    for period in range(1, min(MAX_PERIOD, len(numbered) // MIN_ITERATIONS) + 1):
        repeats = numbered[period:] == numbered[:-period]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], repeats.astype(np.int8), [0]])))
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            iterations = (stop - start) // period + 1
            if iterations >= MIN_ITERATIONS and iterations * period >= MIN_STATEMENTS:
                yield Loop(start, period, iterations)


def trim(loop: Loop) -> Iterator[Loop]:
    """Yield the loop, then what is left of it if it begins later or ends earlier, the longest first."""
    for trimmed in range(MAX_TRIMMED_ITERATIONS + 1):
        for shift in range(trimmed * loop.period + 1):
            if loop.iterations - trimmed >= MIN_ITERATIONS:
                yield Loop(loop.start + shift, loop.period, loop.iterations - trimmed)


def _is_loop(loop: Loop, patterns: Sequence[Pattern], other_loops: Sequence[Loop]) -> bool:
    """Return whether every operand of the body follows one of the access rules."""
    for place in range(loop.period):
        pattern = patterns[loop.start + place]
        for operands, is_integer in zip(collect_operands(loop, place, patterns), pattern.is_integer, strict=True):
            if find_access(loop, place, operands, is_integer, other_loops) is None:
                return False
    return True


def collect_operands(loop: Loop, place: int, patterns: Sequence[Pattern]) -> IntArray:
    """Return the operands of the body's statement at ``place``: one row per operand, one column per iteration."""
    statements = range(loop.start + place, loop.stop, loop.period)
    return np.array([patterns[i].operands for i in statements], dtype=np.int64).reshape(loop.iterations, -1).T


def find_access(loop: Loop, place: int, operands: IntArray, is_integer: Any, other_loops: Sequence[Loop]) -> Access | None:
    """Find the rule by which a loop reads one operand.

    Parameters
    ----------
    loop : Loop
    place : int
        Which statement of the body reads the operand.
    operands : integer array, shape (loop.iterations,)
        The operand in each iteration.
    is_integer : bool
        Whether the operand is an integer, not a variable.
    other_loops : sequence of Loop
        The loops found so far, whose lists may be read.

    Returns
    -------
    Access or None
        None if no rule holds in all iterations.
    """
    strides = np.diff(operands)
    first, stride = int(operands[0]), int(strides[0])
    if is_integer:
        return AffineInteger(first, stride) if (strides == stride).all() else None
    if first == SELF:
        return SameIteration(place)
    if not strides.any():
        return Invariant(first) if first < loop.start else None
    if loop.contains(int(operands[1])):
        return _find_access_to_body(loop, place, operands)
    return _find_access_to_list(loop, operands, other_loops)


def _find_access_to_body(loop: Loop, place: int, operands: IntArray) -> Access | None:
    """Find the rule for an operand that the loop itself assigns from the second iteration on."""
    iterations, places = np.divmod(operands - loop.start, loop.period)
    source, lag = int(places[1]), 1 - int(iterations[1])
    if lag not in (0, 1) or (places[lag:] != source).any() or (iterations[lag:] != np.arange(loop.iterations - lag)).any():
        return None
    if lag == 0:
        return SameIteration(source) if source < place else None
    return PreviousIteration(source, int(operands[0])) if operands[0] < loop.start else None


def _find_access_to_list(loop: Loop, operands: IntArray, other_loops: Sequence[Loop]) -> ListItem | None:
    """Find the rule for an operand that an earlier loop assigns, in evenly spaced iterations."""
    for other in other_loops:
        if other.stop <= loop.start and other.start <= operands.min() and operands.max() < other.stop:
            iterations, places = np.divmod(operands - other.start, other.period)
            stride = int(iterations[1] - iterations[0])
            if (places == places[0]).all() and (np.diff(iterations) == stride).all():
                return ListItem(other.start + int(places[0]), int(iterations[0]), stride)
    return None
