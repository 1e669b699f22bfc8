"""The lines of one iteration, with what differs from iteration to iteration as functions of the counter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd.compiler.codegen.rolling.families import Family
from autograd.compiler.codegen.rolling.regions import Region
from autograd.compiler.codegen.rolling.steps import Steps, fit
from autograd.compiler.codegen.rolling.tokens import INTEGER, NUMBER, VARIABLE, Token

Place = tuple[Family, int]


class Entry(NamedTuple):
    """The member of a family at a place that depends on the counter."""

    family: Family
    place: Steps


class BrokenAtError(Exception):
    """An iteration does not follow the others."""

    def __init__(self, iteration: int) -> None:
        super().__init__(iteration)
        self.iteration = iteration


class Lines(NamedTuple):
    """The lines of a function.

    Attributes
    ----------
    tokens : list of list of Token
    targets : list of str
        The variable that each line assigns, or "".
    constants : frozenset of str
        The parameters that hold constants.
    fixed : set of str
        The variables that must keep their names, because something else assigns them several times.
    """

    tokens: list[list[Token]]
    targets: list[str]
    constants: frozenset[str]
    fixed: set[str]


class LoopTemplate:
    """One iteration of a region.

    Parameters
    ----------
    lines : Lines
    region : Region
    places : dict of str to tuple (Family, int)
        The members of the families of earlier loops.

    Attributes
    ----------
    region : Region
    rows : list of list of str, Steps or Entry
        The parts of each line. A string is text or a variable that is the same in all iterations.
    families : list of Family
        Of each line the family of the variables that it assigns, if it assigns one; then the tables of constants.
    added : dict of str to tuple (Family, int)
        The members that this loop adds to families.

    Raises
    ------
    BrokenAtError
        If an iteration does not follow the others.
    """

    def __init__(self, lines: Lines, region: Region, places: dict[str, Place]) -> None:
        self.region = region
        self.added: dict[str, Place] = {}
        self.families: list[Family] = []
        self._lines = lines
        self._places = places
        self._occupied: dict[tuple[int, int], str] = {}
        self._add_targets()
        self.rows: list[list[Any]] = [self._read_row(row) for row in range(region.period)]

    @property
    def entries(self) -> list[Entry]:
        """The members of families that an iteration reads or assigns."""
        return [part for row in self.rows for part in row if isinstance(part, Entry)]

    def write(self, counter: str, rename: Callable[[str], str]) -> list[str]:
        """Return the code of one iteration; ``rename`` gives the code of a variable that is the same in all iterations."""
        return ["".join(_write_part(part, counter, rename) for part in row) for row in self.rows]

    def _line(self, row: int, k: int) -> int:
        return self.region.start + k * self.region.period + row

    def _add_targets(self) -> None:
        for row in range(self.region.period):
            names = [self._lines.targets[self._line(row, k)] for k in range(self.region.iterations)]
            for k, name in enumerate(names):
                if bool(name) != bool(names[0]):  # a variable that has a value already
                    raise BrokenAtError(k)
            if names[0]:
                family = Family(dict(enumerate(names)))
                self.families.append(family)
                self.added.update((name, (family, k)) for k, name in enumerate(names))

    def _read_row(self, row: int) -> list[Any]:
        iterations = [self._lines.tokens[self._line(row, k)] for k in range(self.region.iterations)]
        parts = [self._read_part(*tokens) for tokens in zip(*iterations, strict=True)]
        for before, part, after in zip(parts, parts[1:], parts[2:], strict=False):
            if isinstance(part, Steps) and not (before[-1] in " [(:" and after[0] in "]),:" and not before.endswith(" - ")):
                raise BrokenAtError(1)  # an operand, which would need parentheses
        return parts

    def _read_part(self, *tokens: Token) -> Any:
        """Return what stands at one place of a line in all iterations."""
        kind, texts = tokens[0].kind, [token.text for token in tokens]
        if kind == INTEGER:
            return _read_integers(texts)
        if len(set(texts)) == 1:
            return tokens[0] if kind == VARIABLE else texts[0]
        if kind == NUMBER:
            return Entry(self._add_table(texts), Steps(0, 1))
        return self._read_variables(texts)

    def _add_table(self, texts: Sequence[str]) -> Family:
        family = Family(dict(enumerate(texts)), is_table=True)
        self.families.append(family)
        return family

    def _read_variables(self, names: Sequence[str]) -> Entry:
        """Return the entry that variables are, which are different in some iterations."""
        middle = len(names) // 2  # the first iterations may read other variables, and so may the last one
        pair = names[middle : middle + 2]
        here, after = map(self._find, pair)
        if here is None and after is None:
            for k, name in enumerate(names):
                if name not in self._lines.constants or name in names[:k]:
                    raise BrokenAtError(k)
            family = self._add_table(names)
            self.added.update((name, (family, k)) for k, name in enumerate(names) if self._find(name) is None)
            here, after = map(self._find, pair)
        if here is None or after is None or here[0] is not after[0] or here[1] == after[1]:
            raise BrokenAtError(middle)
        family, step = here[0], after[1] - here[1]
        place = Steps(here[1] - middle * step, step)
        for k, name in enumerate(names):
            found = self._find(name)
            if found is None and name not in self._lines.fixed and self._may_be_member(family, name):
                found = self.added[name] = (family, place.at(k))
                if self._occupied.setdefault((id(family), place.at(k)), name) != name or place.at(k) in family.members:
                    raise BrokenAtError(k)
            if found != (family, place.at(k)):
                raise BrokenAtError(k)
        return Entry(family, place)

    def _may_be_member(self, family: Family, name: str) -> bool:
        """Return whether a variable may be a member of a family: a table has constants only."""
        return not family.is_table or name in self._lines.constants

    def _find(self, name: str) -> Place | None:
        return self.added.get(name) or self._places.get(name)


def _read_integers(texts: Sequence[str]) -> Any:
    values = list(map(int, texts))
    integer = fit(values)
    for k, value in enumerate(values):
        if value != integer.at(k):
            raise BrokenAtError(k)
    return texts[0] if integer == Steps(integer.start) else integer


def _write_part(part: Any, counter: str, rename: Callable[[str], str]) -> str:
    if isinstance(part, Token):
        return rename(part.text)
    if isinstance(part, Steps):
        return part.write(counter)
    if isinstance(part, Entry):
        family, place = part
        index = place._replace(start=place.start - family.first).write(counter)
        return f"{family.name}[{index}]" if family.is_list else family.name
    text: str = part
    return text
