"""Columns before they are inputs: which entries are missing, and which are not numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from autograd import DataError
from nn.data.pairs import Array
from nn.data.tables.entries import LARGEST_EXACT_INTEGER, advice_for, is_missing_entry, is_no_label, is_rounded, parse_number

LineName: TypeAlias = Callable[[int], str]  # where a sample is: "line 3"
# What pandas and R call a column without a name, in which they write the names or numbers of the rows.
ROW_NAMES = ("", "Unnamed: 0")
# So many texts that are mostly different are names, and no labels. Twice as many let a column of 30 names pass as 30 classes.
MOST_LONE_LABELS = 20


@dataclass
class Column:
    """A column before it is converted.

    Attributes
    ----------
    name : str
        Its name.
    entries : sequence
        Text or numbers, one per sample.
    key : int or str
        What names the column in a setting: its name, or its number if others have the same name.
    """

    name: str
    entries: Sequence[Any]
    key: int | str = ""

    def gaps(self) -> Array:
        """Return which entries are missing."""
        return np.array([is_missing_entry(entry) for entry in self.entries], dtype=bool)

    def part(self, rows: Array) -> Column:
        """Return the column with some of its entries."""
        return Column(self.name, [self.entries[i] for i in rows], self.key)

    def names_rows(self) -> bool:
        """Whether the column has no name and counts or names the rows, as pandas and R write it.

        Examples
        --------
        >>> [Column("", entries).names_rows() for entries in (["1", "2", "3"], ["a", "b"], ["a", "a"], ["0.5", "2"])]
        [True, True, False, False]
        """
        if self.name not in ROW_NAMES:
            return False
        numbers = [parse_number(entry) for entry in self.entries]
        if all(number is None for number in numbers):
            return len({str(entry) for entry in self.entries}) == len(numbers)
        return numbers[0] in (0.0, 1.0) and numbers == [numbers[0] + k for k in range(len(numbers))]

    def holds_names(self) -> bool:
        """Whether there are too many different texts for categories: more than half of them occur once, and there are many."""
        different = len({str(entry) for entry in self.entries})
        return different > MOST_LONE_LABELS and 2 * different > len(self.entries)


def with_keys(columns: Sequence[Column]) -> list[Column]:
    """Return columns with the keys that name them in settings.

    Parameters
    ----------
    columns : sequence of Column
        All columns of a table.

    Returns
    -------
    list of Column
        The columns.

    Examples
    --------
    >>> [column.key for column in with_keys([Column("a", []), Column("b", []), Column("a", [])])]
    [0, 'b', 2]
    """
    names = Counter(column.name for column in columns)
    return [Column(x.name, x.entries, x.name if names[x.name] == 1 else k) for k, x in enumerate(columns)]


def numbers_of(columns: Mapping[int, Column], decimal: str, where: str, line: LineName) -> dict[int, Array]:
    """Return columns as floats, with nan where an entry is missing.

    Parameters
    ----------
    columns : mapping
        The columns, by their numbers.
    decimal : str
        The sign before the fraction in numbers.
    where : str
        The file or the frame, for error messages.
    line : callable
        A function of the number of a sample that says where it is.

    Returns
    -------
    dict
        An array for each column.

    Raises
    ------
    DataError
        If an entry is not a number, or would be rounded. The message has the names of all columns with such entries.
    """
    converted = {k: _convert(column, decimal) for k, column in columns.items()}
    wrong = {k: i for k, (_, i) in converted.items() if i is not None}
    if wrong:
        entries = {k: columns[k].entries[i] for k, i in wrong.items()}
        texts = [columns[k].key for k, x in entries.items() if not is_no_label(x, decimal) and not columns[k].holds_names()]
        k, i = next(iter(wrong.items()))
        advice = advice_for(entries[k], decimal, [columns[k].key for k in wrong], texts)
        raise DataError(f"{where}, {line(i)}: column {columns[k].name!r} holds {entries[k]!r}, {advice}")
    for k, column in columns.items():
        _refuse_rounding(column, converted[k][0], where, line)
    return {k: numbers for k, (numbers, _) in converted.items()}


def _convert(column: Column, decimal: str) -> tuple[Array, int | None]:
    """Return a column as floats, and the position of the first entry that is neither a number nor missing."""
    numbers = np.full(len(column.entries), np.nan)
    for i, entry in enumerate(column.entries):
        number = parse_number(entry, decimal)
        if number is None and not is_missing_entry(entry):
            return numbers, i
        numbers[i] = np.nan if number is None else number
    return numbers, None


def _refuse_rounding(column: Column, numbers: Array, where: str, line: LineName) -> None:
    """Raise DataError if a whole number was changed when it became a float."""
    for i in np.flatnonzero(np.abs(numbers) >= LARGEST_EXACT_INTEGER).tolist():
        entry, number = column.entries[i], float(numbers[i])
        if is_rounded(entry, number):
            raise DataError(
                f"{where}, {line(i)}: {str(entry).strip()} is beyond 2⁵³ and would be rounded to {int(number)}: if it is a name, "
                f"pass exclude={[column.key]} to leave the column out, else write it with a decimal point"
            )
