"""A reader for CSV files. Anything ambiguous is an error."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograd import DataError, SettingError
from nn.data.compression import decompress
from nn.data.tables.columns import Column
from nn.data.tables.entries import is_missing_entry, parse_number
from nn.data.tables.table import Choices, ColumnKey, Table, make_table

# In this order: a comma may also be a decimal sign, and a space a part of a text.
DELIMITERS = ";\t|, "
# The lines by which the delimiter is found. A wrong one would have to divide all of them into equally many fields. Twice as many
# lines find rarer exceptions, and take twice the time.
SNIFFED_LINES = 50
YEARS = (1000.0, 2999.0)  # numbers that may be years: those of four digits that people name columns by


def read_csv(
    path: str | Path,
    target: ColumnKey | None = -1,
    *,
    features: Sequence[ColumnKey] | None = None,
    exclude: Sequence[ColumnKey] = (),
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
        The file, possibly compressed by gzip, bzip2 or xz. Empty lines are skipped. Fields may be quoted as in RFC 4180.
    target : int, str or None, default -1
        The column of the targets, by name or number; negative numbers count from the last. None reads inputs only.
    features : sequence of int or str, optional
        The columns of the inputs, in this order. The default is all but the target, those in ``exclude``, and a first column
        without a name that counts the lines, as pandas and R write it.
    exclude : sequence of int or str
        Columns that are not inputs.
    categorical : sequence of int or str
        Columns of categories. Each becomes one column of zeros and ones for each value.
    header : bool, optional
        Whether the first line holds names. The default is to look: names are those that another argument mentions, or they are
        no numbers, and a number is below one of them. If only some entries of the first line look like names, this is an error.
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
        raise SettingError(f"read_csv(): delimiter must be one character, and not that of decimal=, not {delimiter!r}")
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
    rows[0] = _complete_header(rows)
    _check_widths(rows, path)
    choices = Choices(target, features, exclude, categorical, missing, decimal)
    if header is None and choices.names().intersection(_clean_names(rows[0][1])):  # the user knows the names
        header = True
    has_names = _has_names(rows, path, decimal, header)
    names = _clean_names(rows[0][1]) if has_names else [str(k) for k in range(len(rows[0][1]))]
    body = rows[1:] if has_names else rows
    if not body:
        raise DataError(f"read_csv(): {path} holds no line of data below its header")
    entries = zip(*(row for _, row in body), strict=True)
    columns = [Column(name, column) for name, column in zip(names, entries, strict=True)]
    return make_table(columns, choices, str(path), lambda i: f"line {body[i][0]}")


def _read_lines(path: str | Path, encoding: str) -> list[str]:
    """Return the lines of a text file, with their ends."""
    with open(path, "rb") as file:
        content = decompress(file.read(), "read_csv()", path)
    try:
        return list(io.StringIO(content.decode(encoding), newline=""))
    except (UnicodeError, LookupError) as error:
        raise DataError(f"read_csv(): {path} is not a text file in {encoding}: {error}; another encoding= may fit") from None


def _sniff_delimiter(lines: Sequence[str], comment: str | None, decimal: str) -> str:
    """Return the first sign that divides the first lines into equally many fields, or else the most frequent one."""
    signs = [sign for sign in DELIMITERS if sign != decimal]
    for sign in signs:
        try:
            widths = {len(row) for _, row in itertools.islice(_rows(lines, sign, comment), SNIFFED_LINES)}
        except csv.Error:  # without this sign, a line is one field that is too long
            continue
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


def _complete_header(rows: Sequence[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """Return the first row with one field more or fewer, if all others have that: row names have none, and lines may end in a sign.

    R writes the names of the rows into a first column that has no name.
    """
    number, first = rows[0]
    widths = {len(row) for _, row in rows[1:]}
    if widths == {len(first) + 1} and not any(parse_number(entry) is not None for entry in first):
        return number, ["", *first]
    if widths == {len(first) - 1} and not first[-1].strip():
        return number, first[:-1]
    return rows[0]


def _check_widths(rows: Sequence[tuple[int, list[str]]], path: str | Path) -> None:
    """Raise DataError if a row has another number of fields than the first one."""
    width = len(rows[0][1])
    for number, row in rows:
        if len(row) != width:
            raise DataError(
                f"read_csv(): {path}, line {number}: {len(row)} fields, but the first line has {width}; {_advice_for_widths(rows)}"
            )


def _advice_for_widths(rows: Sequence[tuple[int, list[str]]]) -> str:
    """Return what to do if rows have different numbers of fields."""
    usual, count = Counter(len(row) for _, row in rows[-SNIFFED_LINES:]).most_common(1)[0]
    other = [k for k, (_, row) in enumerate(rows) if len(row) != usual]
    if count > 1 and usual > 1 and other == list(range(len(other))):
        has_number = any(parse_number(entry) is not None for entry in rows[len(other)][1])
        is_above_header = has_number and len(_complete_header(rows[len(other) - 1 :])[1]) == usual
        return f"if the first lines are not part of the table, pass skip={rows[len(other) - is_above_header][0] - 1}"
    return "check delimiter=, and look for a missing quotation mark"


def _holds_years(first: Sequence[str], decimal: str) -> bool:
    """Whether the numbers in the first line are years that follow on each other, and so may be names of columns."""
    parsed = [parse_number(entry, decimal) for entry in first]
    numbers = [number for number in parsed if number is not None]
    follow = numbers == [numbers[0] + k for k in range(len(numbers))] if numbers else False
    return follow and len(numbers) > 1 and YEARS[0] <= numbers[0] <= YEARS[1]


def _clean_names(names: Sequence[str]) -> list[str]:
    """Return names without blanks and without the single quotes around them."""
    names = [name.strip() for name in names]
    is_quoted = all(len(name) > 1 and name[0] == name[-1] == "'" for name in names)
    return [name[1:-1] for name in names] if is_quoted else names


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
    texts = is_text if _holds_years(first, decimal) else looks_like_name
    if any(is_number) and any(texts):
        raise DataError(
            f"read_csv(): {first[texts.index(True)]!r} in line {number} of {path} may be a name: pass header=True or header=False, "
            f"or skip={number} if the line is not part of the table"
        )
    return any(looks_like_name)
