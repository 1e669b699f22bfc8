"""Rolling: lines of source that repeat, each time a little further on, become a loop.

A line's pattern is its text without the lines and the whole numbers in it. Where patterns repeat with a period, and everything that
was taken out moves on evenly, one period is the body: what the step before has made is at hand, and what others need of several
steps is kept in a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.ir.indexing import IntArray

TOKEN = re.compile(r"(?<![\w.])(?:\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+|\d+|[A-Za-z_]\w*)")
LEAST = 4  # steps that are worth a loop
WORTH = 16  # lines that are worth one
LONGEST = 400  # lines of a body that are looked for
MOST = 40  # repetitions that are looked into


OWN = -1  # where a block names itself


class Entry(NamedTuple):
    """An assignment: its name, its expression, its comment; a ``block`` has all its lines as its text."""

    name: str
    text: str
    comment: str
    block: bool = False

    def lines(self, text: str, indent: str = "") -> list[tuple[str, str]]:
        """Its source with this text, line by line, the comment beside the first."""
        first, *more = text.split("\n") if self.block else [f"{self.name} = {text}"]
        return [(indent + first, self.comment), *((indent + line, "") for line in more)]


class Loop(NamedTuple):
    """Entries ``start`` to ``start + steps * period`` as a loop."""

    start: int
    period: int
    steps: int

    @property
    def stop(self) -> int:
        """The first entry behind it."""
        return self.start + self.period * self.steps

    def place(self, i: int) -> tuple[int, int] | None:
        """The step and the place in the body of an entry; None outside."""
        return divmod(i - self.start, self.period) if self.start <= i < self.stop else None


class Pattern(NamedTuple):
    """The text captured_state what was taken out, and that: whole numbers where ``whole`` says so, else the numbers of entries."""

    pieces: tuple[str, ...]
    slots: tuple[int, ...]
    whole: tuple[bool, ...]


def rolled(
    entries: Sequence[Entry], results: Sequence[str], fresh: Callable[[str], str]
) -> tuple[list[tuple[str, str]], list[str]]:
    """ProgramBuilder of source with their comments, repeated ones as loops, and the results' expressions by their new names."""
    numbers = {entry.name: i for i, entry in enumerate(entries)}
    patterns = [_pattern(entry.text, numbers, entry.name) for entry in entries]
    loops = _loops(entries, patterns)
    if not loops:
        flat = [line for entry in entries for line in entry.lines(entry.text)]
        return flat, list(results)
    return _Roller(entries, patterns, loops, fresh).written([_pattern(text, numbers) for text in results])


def _pattern(text: str, numbers: dict[str, int], own: str = "") -> Pattern:
    pieces: list[str] = []
    slots: list[int] = []
    whole: list[bool] = []
    end = 0
    for found in TOKEN.finditer(text):
        token = found[0]
        slot = int(token) if token.isdigit() else OWN if token == own else numbers.get(token)
        if slot is not None:
            pieces.append(text[end : found.start()])
            slots.append(slot)
            whole.append(token.isdigit())
            end = found.end()
    return Pattern((*pieces, text[end:]), tuple(slots), tuple(whole))


def _loops(entries: Sequence[Entry], patterns: Sequence[Pattern]) -> list[Loop]:
    """The loops among the entries, from the longest down, in order."""
    kinds: dict[tuple[str, ...], int] = {}
    ids = np.array([kinds.setdefault(p.pieces, len(kinds)) for p in patterns])
    for i, entry in enumerate(entries):
        if "'" in entry.text:
            ids[i] = len(kinds) + i  # like no other
    repeated: list[Loop] = []
    for loop in _repetitions(ids):  # from short periods to long ones, whose multiples say nothing new
        if not any(
            loop.period % other.period == 0 and other.start <= loop.start and loop.stop <= other.stop + other.period
            for other in repeated
        ):
            repeated.append(loop)
    repeated = sorted(repeated, key=lambda loop: (-loop.period * loop.steps, loop.period))[:MOST]
    found: list[Loop] = []
    more = True
    while more:  # a loop may read from one that is found after it was looked at
        more = False
        for loop in repeated:
            if any(loop.start < other.stop and other.start < loop.stop for other in found):
                continue
            even = next((candidate for candidate in _trimmed(loop) if _even(candidate, patterns, found)), None)
            if even is not None:
                found.append(even)
                more = True
    return sorted(found)


def _repetitions(ids: Any) -> Iterator[Loop]:
    """Everything that repeats often enough, with every period."""
    for period in range(1, min(LONGEST, len(ids) // LEAST) + 1):
        same = ids[period:] == ids[:-period]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(np.int8), [0]])))
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            steps = (stop - start) // period + 1
            if steps >= LEAST and steps * period >= WORTH:
                yield Loop(start, period, steps)


def _trimmed(loop: Loop) -> Iterator[Loop]:
    """The loop, and what is left of it when it begins later or ends earlier, by up to three steps."""
    for less in range(4):
        for shift in range(less * loop.period + 1):
            if loop.steps - less >= LEAST:
                yield Loop(loop.start + shift, loop.period, loop.steps - less)


def _even(loop: Loop, patterns: Sequence[Pattern], others: Sequence[Loop]) -> bool:
    """Whether everything in the loop moves on evenly."""
    for j in range(loop.period):
        pattern = patterns[loop.start + j]
        for slots, whole in zip(_slots(loop, j, patterns), pattern.whole, strict=True):
            if _read(loop, j, slots, whole, others) is None:
                return False
    return True


def _slots(loop: Loop, j: int, patterns: Sequence[Pattern]) -> IntArray:
    """What stands in the slots of the body's entry ``j``: one row for each slot, one column for each step."""
    mine = range(loop.start + j, loop.stop, loop.period)
    return np.array([patterns[i].slots for i in mine], dtype=np.int64).reshape(loop.steps, -1).T


class Read(NamedTuple):
    """How a loop reads something: "number" a + d·k, "entry" (always the same), "step" (of this step or the last), or "list"."""

    kind: str
    a: int
    d: int = 0
    loop: Loop | None = None


def _read(loop: Loop, j: int, slots: IntArray, whole: bool, others: Sequence[Loop]) -> Read | None:
    """What stands in one slot of the body's entry ``j``, step by step; None where it does not move on evenly."""
    moves = np.diff(slots)
    d = int(moves[0])
    if whole:
        return Read("number", int(slots[0]), d) if (moves == d).all() else None
    if slots[0] == OWN:
        return Read("step", j)
    if not moves.any():
        return Read("entry", int(slots[0])) if slots[0] < loop.start else None
    steps, places = np.divmod(slots - loop.start, loop.period)
    if loop.start <= slots[1] < loop.stop:
        place, before = int(places[1]), 1 - int(steps[1])
        later = slice(before, None)
        if before not in (0, 1) or (places[later] != place).any() or (steps[later] != np.arange(loop.steps)[later] - before).any():
            return None
        if before == 0:
            return Read("step", place) if place < j else None
        return Read("step", place, 1) if slots[0] < loop.start else None
    for other in others:
        if other.stop <= loop.start and other.start <= slots.min() and slots.max() < other.stop:
            steps, places = np.divmod(slots - other.start, other.period)
            d = int(steps[1] - steps[0])
            if (places == places[0]).all() and (np.diff(steps) == d).all():
                return Read("list", int(steps[0]), d, other._replace(start=other.start + int(places[0])))
    return None


class _Roller:
    """Writes entries with loops among them."""

    def __init__(
        self, entries: Sequence[Entry], patterns: Sequence[Pattern], loops: Sequence[Loop], fresh: Callable[[str], str]
    ) -> None:
        self.entries = entries
        self.patterns = patterns
        self.loops = loops
        self.fresh = fresh
        self.lists: dict[int, str] = {}  # of a body's entry, by its first number: the list of what all steps gave
        self.step = fresh("k")

    def loop_of(self, i: int) -> Loop | None:
        """The loop that an entry is in."""
        return next((loop for loop in self.loops if loop.place(i) is not None), None)

    def outside(self, i: int) -> str:
        """An entry as those behind its loop call it."""
        loop = self.loop_of(i)
        if loop is None:
            return self.entries[i].name
        step, j = divmod(i - loop.start, loop.period)
        if step == loop.steps - 1:
            return self.entries[loop.start + j].name
        return f"{self.kept(loop.start + j)}[{step}]"

    def kept(self, first: int) -> str:
        """The list of what all steps gave for a body's entry."""
        if first not in self.lists:
            self.lists[first] = self.fresh(self.entries[first].name + "s")
        return self.lists[first]

    def written(self, results: Sequence[Pattern]) -> tuple[list[tuple[str, str]], list[str]]:
        """All lines. The last are written first, since they say of which entries lists are kept."""
        texts = [self._text(pattern, self.outside) for pattern in results]
        blocks: list[list[tuple[str, str]]] = []
        i = len(self.entries)
        while i > 0:
            loop = self.loop_of(i - 1)
            if loop is None:
                i -= 1
                entry = self.entries[i]
                blocks.append(entry.lines(self._text(self.patterns[i], self.outside, entry.name)))
            else:
                blocks.append(self._loop(loop))
                i = loop.start
        return [line for block in reversed(blocks) for line in block], texts

    def _text(self, pattern: Pattern, name: Callable[[int], str], own: str = "") -> str:
        text = pattern.pieces[0]
        for slot, whole, piece in zip(pattern.slots, pattern.whole, pattern.pieces[1:], strict=True):
            text += (str(slot) if whole else own if slot == OWN else name(slot)) + piece
        return text

    def _loop(self, loop: Loop) -> list[tuple[str, str]]:
        """A loop: what it begins with, its head, its body, and what it keeps."""
        names = [self.entries[loop.start + j].name for j in range(loop.period)]
        before: dict[int, tuple[str, str]] = {}  # what a place in the body was in the step before: its name, and at first
        body: list[tuple[str, str]] = []
        for j in range(loop.period):
            pattern, texts = self.patterns[loop.start + j], []
            others = [other for other in self.loops if other is not loop]
            for slots, whole in zip(_slots(loop, j, self.patterns), pattern.whole, strict=True):
                found = _read(loop, j, slots, whole, others)
                assert found is not None
                texts.append(self._slot(found, int(slots[0]), names, before))
            text = pattern.pieces[0] + "".join(t + piece for t, piece in zip(texts, pattern.pieces[1:], strict=True))
            body += self.entries[loop.start + j].lines(text, "    ")
        lists = [(j, self.lists[loop.start + j]) for j in range(loop.period) if loop.start + j in self.lists]
        head = [(f"{kept} = []", "") for _, kept in lists]
        head += [(f"{name} = {first}", "") for name, first in before.values()]
        head.append((f"for {self.step} in range({loop.steps}):", ""))
        tail = [(f"    {kept}.append({names[j]})", "") for j, kept in lists]
        tail += [(f"    {name} = {names[place]}", "") for place, (name, _) in before.items() if name != names[place]]
        return [*head, *body, *tail]

    def _slot(self, found: Read, first: int, names: Sequence[str], before: dict[int, tuple[str, str]]) -> str:
        """What stands in one slot of the body."""
        if found.kind == "number":
            return _affine(found.a, found.d, self.step)
        if found.kind == "entry":
            return self.outside(found.a)
        if found.kind == "list":
            assert found.loop is not None
            return f"{self.kept(found.loop.start)}[{_affine(found.a, found.d, self.step)}]"
        if not found.d:
            return names[found.a]
        if found.a not in before:
            before[found.a] = (self.fresh(f"{names[found.a]}_before"), self.outside(first))
        return before[found.a][0]


def _affine(a: int, d: int, step: str) -> str:
    """A + d·k as short as it can be."""
    if not d:
        return str(a)
    times = step if abs(d) == 1 else f"{abs(d)} * {step}"
    if not a and d > 0:
        return times
    return f"{a} {'+' if d > 0 else '-'} {times}"
