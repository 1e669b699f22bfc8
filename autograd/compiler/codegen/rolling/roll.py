"""Writes the lines of a function with loops in place of lines that repeat."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.codegen.python_syntax import SourceLine
from autograd.compiler.codegen.rolling.families import Family
from autograd.compiler.codegen.rolling.loop_template import BrokenAtError, Lines, LoopTemplate, Place
from autograd.compiler.codegen.rolling.regions import MIN_ITERATIONS, MIN_SAVED_LINES, Region, find_regions
from autograd.compiler.codegen.rolling.steps import Steps, fit
from autograd.compiler.codegen.rolling.tokens import TEXT, VARIABLE, Token, find_target, split_tokens
from autograd.compiler.codegen.variable_names import VariableNames
from autograd.compiler.ir.indexing import IntArray

INDENT = "    "
# How often a region is shortened to the longer side of an iteration that does not follow the others. With 4 and with 16, none of
# the 99 programs of the tests changes.
MAX_CUTS = 8


class RolledSource(NamedTuple):
    """The lines of a function after rolling.

    Attributes
    ----------
    lines : list of SourceLine
    results : list of str
        The expressions that the function returns.
    tables : dict of str to list of str
        The lists of constants that the function gets: of each the parameters that it replaces, or literals.
    """

    lines: list[SourceLine]
    results: list[str]
    tables: dict[str, list[str]]


def roll_lines(
    lines: Sequence[SourceLine],
    results: Sequence[str],
    inputs: Sequence[str],
    constants: Sequence[str],
    names: VariableNames,
) -> RolledSource | None:
    """Replace lines that repeat by loops.

    Parameters
    ----------
    lines : sequence of SourceLine
        The body of the function. What is assigned again, outside of ``for`` statements, is the same variable with other entries.
    results : sequence of str
        The expressions that it returns.
    inputs, constants : sequence of str
        Its parameters.
    names : VariableNames
        The names that are taken. Those that are replaced are released.

    Returns
    -------
    RolledSource or None
        None if there are no such lines. A loop saves at least as many lines as it takes to declare its lists.
    """
    roller = _Roller(lines, results, inputs, constants)
    return roller.write(names) if roller.loops else None


class _Roller:
    """The loops among the lines of a function."""

    def __init__(
        self, lines: Sequence[SourceLine], results: Sequence[str], inputs: Sequence[str], constants: Sequence[str]
    ) -> None:
        self.source = lines
        targets = _find_new_variables(lines)
        nested = {find_target(line.code.lstrip()) for line in lines if line.code.startswith(INDENT)}
        self.variables = {*targets, *nested, *inputs, *constants} - {""}
        self.inputs = {*inputs, *constants}
        tokens = [split_tokens(line.code, self.variables) for line in lines]
        self.lines = Lines(tokens, targets, frozenset(constants), nested)
        self.results = [split_tokens(result, self.variables) for result in results]
        self.places: dict[str, Place] = {}
        self.loops: list[LoopTemplate] = []
        for region in find_regions(self._number_forms()):
            self._add_loop(region)
        self._find_lists()

    def _number_forms(self) -> IntArray:
        """Return a number for each line, equal for lines of the same form. Those of ``for`` statements differ from all others."""
        numbers: dict[Any, int] = {}
        forms = []
        for i, (line, tokens) in enumerate(zip(self.source, self.lines.tokens, strict=True)):
            form: Any = i
            if not line.code.startswith((INDENT, "for ", "def ")):
                form = tuple(token.text if token.kind == TEXT else token.kind for token in tokens)
            forms.append(numbers.setdefault(form, len(numbers)))
        return np.array(forms, dtype=np.int64)

    def _add_loop(self, region: Region) -> None:
        """Add the loop of a region, or of the part of it in which all iterations follow each other."""
        for _ in range(MAX_CUTS):
            if region.iterations < MIN_ITERATIONS or (region.iterations - 1) * region.period < MIN_SAVED_LINES:
                return
            try:
                loop = LoopTemplate(self.lines, region, self.places)
            except BrokenAtError as broken:
                region = _cut(region, broken.iteration)
                continue
            self.loops.append(loop)
            self.places.update(loop.added)
            for name, (family, place) in loop.added.items():
                family.members[place] = name
            return

    def _find_lists(self) -> None:
        """Mark the families with a member that is read outside of the iteration that assigns it."""
        inside = {i for loop in self.loops for i in range(loop.region.start, loop.region.stop)}
        plain = [tokens for i, tokens in enumerate(self.lines.tokens) if i not in inside]
        plain += [[part for part in row if isinstance(part, Token)] for loop in self.loops for row in loop.rows]
        for token in itertools.chain.from_iterable([*plain, *self.results]):
            if token.kind == VARIABLE and token.text in self.places:
                self.places[token.text][0].is_list = True
        for loop in self.loops:
            own = set(map(id, loop.families))
            for entry in loop.entries:
                is_own = id(entry.family) in own and entry.place == Steps(0, 1)
                entry.family.is_list |= not is_own or entry.family.length > loop.region.iterations

    def write(self, names: VariableNames) -> RolledSource:
        """Write all lines."""
        families = [family for loop in self.loops for family in loop.families]
        replaced = {name for family in families for name in family.replaced} - self.inputs
        names.release(replaced)
        for family in families:
            family.name = names.make_unique(family.stem) if family.is_list else family.members[0]
        counter = names.make_unique("k")
        starts = {loop.region.start: loop for loop in self.loops}
        lines: list[SourceLine] = []
        undeclared = {id(family): family for family in families if family.is_list and not family.is_table}
        i = 0
        while i < len(self.source):
            loop = starts.get(i)
            if loop is None:
                members = [
                    token.text for token in self.lines.tokens[i] if token.text in self.places and token.text not in self.inputs
                ]
                lines += self._declare(undeclared, [self.places[name][0] for name in members])
                lines.append(SourceLine(self._rename(self.lines.tokens[i]), self.source[i].comment))
                i += 1
                continue
            lines += self._declare(undeclared, [entry.family for entry in loop.entries])
            lines += self._write_loop(loop, counter)
            i = loop.region.stop
        tables = {family.name: family.list_members() for family in families if family.is_table}
        return RolledSource(lines, [self._rename(tokens) for tokens in self.results], tables)

    def _declare(self, undeclared: dict[int, Family], families: Sequence[Family]) -> list[SourceLine]:
        """Return the lines that make the lists of families, with the members that are parameters."""
        lines = []
        for family in families:
            if undeclared.pop(id(family), None) is None:
                continue
            lines.append(SourceLine(f"{family.name} = [None] * {family.length}"))
            members = [(place, name) for place, name in sorted(family.members.items()) if name in self.inputs]
            lines += [SourceLine(f"{family.write_entry(place)} = {name}") for place, name in members]
        return lines

    def _rename(self, tokens: Sequence[Token]) -> str:
        return "".join(self._rename_variable(token.text) if token.kind == VARIABLE else token.text for token in tokens)

    def _rename_variable(self, name: str) -> str:
        if name not in self.places:
            return name
        family, place = self.places[name]
        return family.write_entry(place) if family.is_table or name not in self.inputs else name

    def _write_loop(self, loop: LoopTemplate, counter: str) -> list[SourceLine]:
        codes = loop.write(counter, self._rename_variable)
        comments = [self._write_comment(loop.region, row, counter) for row in range(loop.region.period)]
        body = [SourceLine(INDENT + code, comment) for code, comment in zip(codes, comments, strict=True)]
        return [SourceLine(f"for {counter} in range({loop.region.iterations}):"), *body]

    def _write_comment(self, region: Region, row: int, counter: str) -> str:
        """Return the comment of a line, with the counter in it; "" if the comments of the iterations do not follow each other."""
        comments = [self.source[i].comment for i in range(region.start + row, region.stop, region.period)]
        parts = [re.split(r"(\b\d+\b)", comment) for comment in comments]
        if len({tuple(part[::2]) for part in parts}) > 1:
            return ""
        text = parts[0][0]
        for position in range(1, len(parts[0]), 2):
            values = [int(part[position]) for part in parts]
            integer = fit(values)
            if any(value != integer.at(k) for k, value in enumerate(values)):
                return ""
            text += integer.write(counter) + parts[0][position + 1]
        return text


def _find_new_variables(lines: Sequence[SourceLine]) -> list[str]:
    """Return the variable that each line assigns first, or "". A later assignment changes it, as an assignment to a part does."""
    seen = {""}
    targets = []
    for line in lines:
        target = find_target(line.code)
        targets.append("" if target in seen else target)
        seen.add(target)
    return targets


def _cut(region: Region, broken: int) -> Region:
    """Return the longer part of a region, before or after an iteration."""
    after = region.iterations - broken - 1
    if broken > after:
        return region._replace(iterations=broken)
    return region._replace(start=region.start + (broken + 1) * region.period, iterations=after)
