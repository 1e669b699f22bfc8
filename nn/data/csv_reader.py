"""A reader for CSV files. Anything ambiguous is an error."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograd import DataError, SettingError
from nn.data.entries import is_missing_entry, parse_number
from nn.data.gzip_files import is_gzipped
from nn.data.table import Choices, Column, ColumnKey, Table, make_table

# In this order: a comma may also be a decimal sign, and a space a part of a text.
DELIMITERS = ";\t|, "
# The lines by which the delimiter is found. A wrong one would have to divide all of them into equally many fields. Twice as many
# lines find rarer exceptions, and take twice the time.
SNIFFED_LINES = 50


def read_csv(
    path: str | Path,
    target: ColumnKey | None = -1,
    *,
    features: Sequence[ColumnKey] | None = None,
    categorical: Sequence[ColumnKey] = (),
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    missing: str | float = "refuse",
    comment: str | None = "#",
    skip: int = 0,
    encoding: str = "utf-8-sig",
) -> Table:
    r"""Read a table from a text file.

    Parameters
    ----------
    path : str or Path
        The file, possibly gzipped. Empty lines are skipped. Fields may be quoted as in RFC 4180.
    target : int, str or None, default -1
        The column of the targets, by name or number; negative numbers count from the last. None reads inputs only.
    features : sequence of int or str, optional
        The columns of the inputs, in this order. The default is all but the target.
    categorical : sequence of int or str
        Columns of categories. Each becomes one column of zeros and ones for each value.
    header : bool, optional
        Whether the first line holds names. The default is to look: names are no numbers, and a number is below one of them. If
        only some entries of the first line look like names, this is an error.
    delimiter : str, optional
        The sign between fields. The default is the first of semicolon, tab, bar, comma and space that divides all lines alike.
        With a space, several count as one.
    decimal : {".", ","}, default "."
        The sign before the fraction.
    missing : {"refuse", "drop", "mean", "median"} or float, default "refuse"
        What is done with missing entries, which are empty or written NA, N/A, NaN, null, None or "?". "drop" leaves their lines
        out; a number, or the mean or the median of the column, replaces them. Targets are never replaced.
    comment : str or None, default "#"
        Lines that begin so are skipped.
    skip : int, default 0
        How many lines are skipped at the beginning, before the header.
    encoding : str, default "utf-8-sig"
        The encoding of the file; the default is UTF-8, with or without a byte-order mark.

    Returns
    -------
    Table
        ``X, y = read_csv(…)`` unpacks the inputs of shape (N, n) and the targets of shape (N,). ``features`` are the names of the
        inputs, and ``classes`` the texts of the labels, if the targets are text.

    Raises
    ------
    DataError
        If the file is empty or not text; if a line has another length than the first; if there is no such column; if an input is
        text or a date, or a whole number beyond 2⁵³ that a float would round; if an entry is missing; if ``header=True`` would skip
        a line of numbers. The message names the line and the column.
    SettingError
        If a setting is not one of the above.

    Notes
    -----
    The mean and the median are those of the whole file. To keep test data apart, fill after the split.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "iris.csv")
    >>> _ = path.write_text("length;species\n5,1;setosa\n6,3;virginica\n")
    >>> table = read_csv(path, "species", decimal=",")
    >>> table.X.tolist(), table.y.tolist(), table.classes
    ([[5.1], [6.3]], [0, 1], ['setosa', 'virginica'])
    """
    if decimal not in (".", ","):
        raise SettingError(f"read_csv(): decimal must be '.' or ',', not {decimal!r}")
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter == decimal):
        raise SettingError(f"read_csv(): delimiter must be one sign, and not the decimal sign, not {delimiter!r}")
    if isinstance(skip, bool) or not isinstance(skip, int) or skip < 0:
        raise SettingError(f"read_csv(): skip must be a number of lines, not {skip!r}")
    lines = _read_lines(path, encoding)
    lines[:skip] = [""] * min(skip, len(lines))  # so that line numbers stay those of the file
    try:
        rows = list(_rows(lines, delimiter or _sniff_delimiter(lines, comment, decimal), comment))
    except csv.Error as error:
        raise DataError(f"read_csv(): {path} cannot be read as CSV: {error}") from None
    if not rows:
        raise DataError(f"read_csv(): {path} is empty")
    _check_widths(rows, path)
    has_names = _has_names(rows, path, decimal, header)
    names = [name.strip() for name in rows[0][1]] if has_names else [str(k) for k in range(len(rows[0][1]))]
    body = rows[1:] if has_names else rows
    if not body:
        raise DataError(f"read_csv(): {path} holds no line of data below its header")
    entries = zip(*(row for _, row in body), strict=True)
    columns = [Column(name, column) for name, column in zip(names, entries, strict=True)]
    choices = Choices(target, features, categorical, missing, decimal)
    return make_table(columns, choices, str(path), lambda i: f"line {body[i][0]}")


def _read_lines(path: str | Path, encoding: str) -> list[str]:
    """Return the lines of a text file, with their ends."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        if is_gzipped(content[:2]):
            content = gzip.decompress(content)
        return list(io.StringIO(content.decode(encoding), newline=""))
    except (UnicodeError, EOFError, OSError, LookupError, zlib.error) as error:
        raise DataError(f"read_csv(): {path} is not a text file in {encoding}: {error}; another encoding= may fit") from None


def _sniff_delimiter(lines: Sequence[str], comment: str | None, decimal: str) -> str:
    """Return the first sign that divides the first lines into equally many fields, or else the most frequent one."""
    signs = [sign for sign in DELIMITERS if sign != decimal]
    for sign in signs:
        widths = {len(row) for _, row in itertools.islice(_rows(lines, sign, comment), SNIFFED_LINES)}
        if len(widths) == 1 and max(widths) > 1:
            return sign
    sample = "".join(lines[:SNIFFED_LINES])
    return max(signs, key=sample.count) if any(map(sample.count, signs)) else signs[-2]


def _rows(lines: Iterable[str], delimiter: str, comment: str | None) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the first line and the fields of each row. A quoted field may go over several lines."""
    start, is_inside = 0, False

    def lines_of_rows() -> Iterator[str]:
        nonlocal start, is_inside
        for number, line in enumerate(lines, 1):
            if not is_inside:
                if not line.strip() or (comment is not None and line.startswith(comment)):
                    continue
                start, is_inside = number, True
            yield line.strip() if delimiter == " " else line

    for row in csv.reader(lines_of_rows(), delimiter=delimiter, skipinitialspace=True):
        yield start, row
        is_inside = False


def _check_widths(rows: Sequence[tuple[int, list[str]]], path: str | Path) -> None:
    """Raise DataError if a row has another number of fields than the first one."""
    width = len(rows[0][1])
    for position, (number, row) in enumerate(rows):
        if len(row) != width:
            hint = "; if the first line is no part of the table, pass skip=1" if position == 1 else "; is delimiter= right?"
            raise DataError(f"read_csv(): {path}, line {number}: {len(row)} fields, but the first line has {width}{hint}")


def _has_names(rows: Sequence[tuple[int, list[str]]], path: str | Path, decimal: str, header: bool | None) -> bool:
    """Whether the first row holds names. Raise DataError if it may or may not, or if ``header`` is true and it does not."""
    number, first = rows[0]
    is_number = [parse_number(entry, decimal) is not None for entry in first]
    if header and all(is_number):
        raise DataError(f"read_csv(): line {number} of {path} holds numbers, which header=True would skip: leave header out")
    if header is not None or len(rows) == 1:
        return bool(header)
    is_text = [not is_missing_entry(entry) and not number_above for entry, number_above in zip(first, is_number, strict=True)]
    looks_like_name = [
        text and (is_missing_entry(below) or parse_number(below, decimal) is not None)
        for text, below in zip(is_text, rows[1][1], strict=True)
    ]
    if any(looks_like_name) and any(is_number):
        name = first[looks_like_name.index(True)]
        raise DataError(f"read_csv(): {name!r} in line {number} of {path} may be a name: pass header=True or header=False")
    return any(looks_like_name)
