"""A reader for CSV files of numbers. Anything ambiguous is an error."""

from __future__ import annotations

import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from autograd import DataError, SettingError
from nn.data.gzip_files import is_gzipped
from nn.data.pairs import Part

# Up to 2⁵³ every whole number is a double (53 bits of significand, IEEE 754). At twice as much, odd numbers would be rounded
# without notice.
LARGEST_EXACT_INTEGER = 2.0**53


def read_csv(path: str | Path, target: int = -1, header: bool = False) -> Part:
    """Read a file of numbers separated by commas.

    Parameters
    ----------
    path : str or Path
        A text file in UTF-8. Empty lines are skipped.
    target : int, default -1
        The column of the targets; negative numbers count from the last.
    header : bool, default False
        Whether the first line holds names and is skipped.

    Returns
    -------
    X : ndarray of float, shape (N, n)
        The other columns.
    y : ndarray of float, shape (N,)
        The column ``target``.

    Raises
    ------
    DataError
        If the file is empty, gzipped or not text; if a line has another length than the first, a field that is not a number, or a
        whole number beyond 2⁵³ that a float would round; if ``header=True`` would skip a line of numbers; if there is no column
        ``target``. The message names the line.
    SettingError
        If ``target`` is not an int.
    """
    if isinstance(target, bool) or not isinstance(target, int):
        raise SettingError(f"read_csv(): target must be the number of a column, not {target!r}")
    try:
        with open(path, encoding="utf-8-sig") as file:
            table = _parse_lines(file, path, header)
    except UnicodeDecodeError as error:
        raise _not_text_error(path, error) from None
    rows, columns = table.shape
    if not -columns <= target < columns:
        raise DataError(f"{path} has {rows} lines of {columns} numbers, and no column {target}")
    return np.delete(table, target, axis=1), table[:, target]


def _parse_lines(lines: Iterable[str], path: str | Path, header: bool) -> Any:
    """Return the numbers of all lines as a table."""
    numbers, width = array.array("d"), 0
    for number, line in enumerate(lines, 1):
        if header and number == 1:
            _check_header(line, path)
        elif line.strip():
            row = _parse_row(line, number, path)
            width = width or len(row)
            if len(row) != width:
                raise DataError(f"{path}, line {number}: {len(row)} numbers, but the first line has {width}")
            numbers.extend(row)
    if not width:
        raise DataError(f"read_csv(): {path} holds no line of numbers{' below its header' if header else ': it is empty'}")
    return np.array(numbers).reshape(-1, width)


def _not_text_error(path: str | Path, error: UnicodeDecodeError) -> DataError:
    with open(path, "rb") as file:
        head = file.read(2)
    problem = "is gzipped: unpack it first, as with gunzip" if is_gzipped(head) else f"is not a text file: {error}"
    return DataError(f"read_csv(): {path} {problem}")


def _check_header(line: str, path: str | Path) -> None:
    """Raise DataError if the line that is to be skipped holds numbers."""
    if line.strip() and all(_parse_number(field) is not None for field in line.strip().split(",")):
        raise DataError(f"read_csv(): line 1 of {path} holds numbers, which header=True would skip: leave header out, or add names")


def _parse_row(line: str, number: int, path: str | Path) -> list[float]:
    """Return the numbers of a line."""
    fields = line.strip().split(",")
    parsed = [_parse_number(field) for field in fields]
    row = [x for x in parsed if x is not None]
    if len(row) < len(parsed):
        wrong = fields[parsed.index(None)]
        hint = "; pass header=True to skip a line of names" if number == 1 and not row else ""
        raise DataError(f"{path}, line {number}: could not convert string to float: {wrong!r}{hint}")
    for field, x in zip(fields, row, strict=True):
        if abs(x) >= LARGEST_EXACT_INTEGER and _is_rounded(field, x):
            raise DataError(
                f"{path}, line {number}: {field.strip()} is beyond 2⁵³ and would be rounded to {int(x)}: if it is a name, drop "
                f"that column, else write it with a decimal point"
            )
    return row


def _parse_number(field: str) -> float | None:
    """Return the number in a field, or None if there is none."""
    try:
        return None if "_" in field else float(field)
    except ValueError:
        return None


def _is_rounded(field: str, x: float) -> bool:
    """Whether ``field`` is a whole number, written in digits, and its float ``x`` is another number."""
    try:
        return int(field) != x
    except ValueError:  # it has a point or an exponent: a float was meant
        return False
