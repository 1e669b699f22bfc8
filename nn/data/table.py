"""Columns of text or numbers, turned into inputs and targets. Files and data frames both end here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from autograd import DataError, SettingError
from nn.data.entries import (
    LARGEST_EXACT_INTEGER,
    TRUTHS,
    advice_for,
    is_date_or_comma_number,
    is_missing_entry,
    is_rounded,
    parse_number,
)
from nn.data.pairs import Array

ColumnKey: TypeAlias = int | str
LineName: TypeAlias = Callable[[int], str]  # where a sample is: "line 3"


WHOLE_NUMBER = re.compile(r"[+-]?\d+")


@dataclass
class Table:
    """Inputs and targets, and what their columns mean. It unpacks as ``X, y = table``.

    Attributes
    ----------
    X : ndarray of float, shape (N, n)
        The inputs.
    y : ndarray of shape (N,), or None
        The targets: floats, ints if all are written as whole numbers, or labels from 0 on if they are text. None without target.
    features : list of str
        The name of each column of ``X``. A category has the name of its column and its value, such as "island=Dream".
    classes : list of str
        The text of each label, in alphabetical order; empty if the targets are numbers.
    """

    X: Array
    y: Any
    features: list[str]
    classes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Any]:
        yield from (self.X, self.y)


@dataclass
class Column:
    """A column before it is converted.

    Attributes
    ----------
    name : str
        Its name.
    entries : sequence
        Text or numbers, one per sample.
    """

    name: str
    entries: Sequence[Any]


@dataclass
class Choices:
    """Which columns are used, and how: the settings that :func:`read_csv` and :func:`from_dataframe` share."""

    target: ColumnKey | None
    features: Sequence[ColumnKey] | None
    categorical: Sequence[ColumnKey]
    missing: str | float
    decimal: str = "."


def make_table(columns: Sequence[Column], choices: Choices, where: str, line: LineName) -> Table:
    """Turn columns into inputs and targets.

    Parameters
    ----------
    columns : sequence of Column
        All columns of the file or frame.
    choices : Choices
        The settings.
    where : str
        The file or the frame, for error messages.
    line : callable
        A function of the number of a sample that says where it is, for error messages.

    Returns
    -------
    Table
        The inputs and targets.

    Raises
    ------
    DataError
        If a column is missing, holds text or dates, or an entry is missing and ``missing`` is "refuse".
    SettingError
        If a setting is not what it must be.
    """
    _check_missing(choices.missing)
    target = None if choices.target is None else _find(columns, choices.target, where, "target")
    features = range(len(columns)) if choices.features is None else choices.features
    inputs = [k for k in (_find(columns, key, where, "features") for key in features) if k != target]
    categorical = [_find(columns, key, where, "categorical") for key in choices.categorical]
    if not inputs:
        raise DataError(f"{where} has no column beside the target: there is nothing to learn from; target=None reads inputs only")
    used = [*inputs, *([] if target is None else [target])]
    is_missing = {k: np.array([is_missing_entry(x) for x in columns[k].entries], dtype=bool) for k in used}
    _refuse_missing(columns, is_missing, target, choices.missing, where, line)
    rows = _kept_rows(len(columns[0].entries), is_missing, choices.missing, where)

    def row_name(i: int) -> str:
        return line(int(rows[i]))

    kept = {k: Column(columns[k].name, [columns[k].entries[i] for i in rows]) for k in used}
    blocks, names = [], []
    for k in inputs:
        block, own_names = _input_columns(kept[k], is_missing[k][rows], k in categorical, choices, where, row_name)
        blocks.append(block)
        names += own_names
    y, classes = (None, []) if target is None else _targets(kept[target], choices.decimal, where, row_name)
    return Table(np.hstack(blocks), y, names, classes)


def _input_columns(
    column: Column, gaps: Array, is_categorical: bool, choices: Choices, where: str, line: LineName
) -> tuple[Array, list[str]]:
    """Return the inputs that a column becomes, and their names."""
    if is_categorical:
        block, values = _one_hot(column.entries, gaps)
        return block, [f"{column.name}={value}" for value in values]
    numbers = _numbers(column, gaps, choices.decimal, where, line)
    return _fill(column.name, numbers, gaps, choices.missing, where)[:, None], [column.name]


def _check_missing(missing: str | float) -> None:
    is_number = isinstance(missing, int | float) and not isinstance(missing, bool) and np.isfinite(missing)
    if not is_number and missing not in ("refuse", "drop", "mean", "median"):
        raise SettingError(f"missing must be 'refuse', 'drop', 'mean', 'median' or a number, not {missing!r}")


def _find(columns: Sequence[Column], key: ColumnKey, where: str, setting: str) -> int:
    """Return the position of a column, given by its name or number."""
    if isinstance(key, bool) or not isinstance(key, int | str):
        raise SettingError(f"{setting} takes names and numbers of columns, not {key!r}")
    names = [column.name for column in columns]
    if isinstance(key, str):
        if key not in names:
            raise DataError(f"{where} has no column {key!r}: it has {', '.join(names)}")
        if names.count(key) > 1:
            raise DataError(f"{where} has several columns {key!r}: choose one by its number")
        return names.index(key)
    if not -len(names) <= key < len(names):
        raise DataError(f"{where} has {len(names)} columns, and no column {key}")
    return key % len(names)


def _refuse_missing(
    columns: Sequence[Column], is_missing: dict[int, Array], target: int | None, missing: str | float, where: str, line: LineName
) -> None:
    """Raise DataError if entries are missing that may not be: any if they are refused, targets if they would be filled."""
    if missing == "drop":
        return
    for k in is_missing:
        if (k == target or missing == "refuse") and is_missing[k].any():
            first, count = int(np.argmax(is_missing[k])), int(is_missing[k].sum())
            advice = (
                "'drop' leaves such lines out" if k == target else "'drop' leaves such lines out, 'mean' and 'median' fill them"
            )
            raise DataError(
                f"{where}, {line(first)}: column {columns[k].name!r} has a missing entry ({count} such): choose missing=; {advice}"
            )


def _kept_rows(count: int, is_missing: dict[int, Array], missing: str | float, where: str) -> Array:
    """Return the numbers of the rows that stay."""
    if missing != "drop":
        return np.arange(count)
    rows = np.flatnonzero(~np.any(list(is_missing.values()), axis=0))
    if not len(rows):
        raise DataError(f"{where}: every line misses an entry, so that missing='drop' leaves nothing")
    return rows


def _numbers(column: Column, gaps: Array, decimal: str, where: str, line: LineName) -> Array:
    """Return a column as floats, with nan for gaps."""
    numbers = np.full(len(column.entries), np.nan)
    for i, entry in enumerate(column.entries):
        if gaps[i]:
            continue
        number = parse_number(entry, decimal)
        if number is None:
            raise DataError(f"{where}, {line(i)}: column {column.name!r} holds {entry!r}, {advice_for(entry, decimal)}")
        if abs(number) >= LARGEST_EXACT_INTEGER and is_rounded(entry, number):
            raise DataError(
                f"{where}, {line(i)}: {str(entry).strip()} is beyond 2⁵³ and would be rounded to {int(number)}: if it is a name, "
                f"leave column {column.name!r} out, else write it with a decimal point"
            )
        numbers[i] = number
    return numbers


def _fill(name: str, numbers: Array, gaps: Array, missing: str | float, where: str) -> Array:
    """Replace gaps by the mean, the median or a number."""
    if not gaps.any():
        return numbers
    if gaps.all():
        raise DataError(f"{where}: column {name!r} has no entries: leave it out by features=")
    known = numbers[~gaps]
    value: Any = np.mean(known) if missing == "mean" else np.median(known) if missing == "median" else missing
    return np.where(gaps, value, numbers)


def _one_hot(entries: Sequence[Any], gaps: Array) -> tuple[Array, list[str]]:
    """Return a column of zeros and ones for each value, and the values in alphabetical order. A gap is a row of zeros."""
    texts = np.array([str(entry).strip() for entry in entries])
    values = sorted(set(texts[~gaps].tolist()))
    return np.array([[float(text == value) for value in values] for text in np.where(gaps, "", texts)]), values


def _targets(column: Column, decimal: str, where: str, line: LineName) -> tuple[Array, list[str]]:
    """Return numbers, or labels and their texts."""
    texts = [str(entry).strip() for entry in column.entries]
    is_text = [
        text.lower() in TRUTHS or parse_number(entry, decimal) is None for text, entry in zip(texts, column.entries, strict=True)
    ]
    if any(is_text) and not any(is_date_or_comma_number(entry, decimal) for entry in column.entries):
        classes = sorted(set(texts))
        number_of = {text: k for k, text in enumerate(classes)}
        return np.array([number_of[text] for text in texts]), classes
    numbers = _numbers(column, np.zeros(len(texts), dtype=bool), decimal, where, line)
    is_whole = all(WHOLE_NUMBER.fullmatch(text) for text in texts)
    return (numbers.astype(np.int64) if is_whole else numbers), []


def from_dataframe(
    frame: Any,
    target: ColumnKey | None = -1,
    *,
    features: Sequence[ColumnKey] | None = None,
    categorical: Sequence[ColumnKey] = (),
    missing: str | float = "refuse",
) -> Table:
    """Turn a data frame into inputs and targets.

    Parameters
    ----------
    frame : DataFrame
        A frame of pandas or polars, or any mapping from names to columns of one length.
    target : str, int or None, default -1
        As in :func:`read_csv`.
    features : sequence of str or int, optional
        As in :func:`read_csv`.
    categorical : sequence of str or int, optional
        As in :func:`read_csv`.
    missing : {"refuse", "drop", "mean", "median"} or float, default "refuse"
        As in :func:`read_csv`.

    Returns
    -------
    Table
        ``X, y = from_dataframe(…)`` unpacks inputs and targets.

    Raises
    ------
    DataError
        If ``frame`` is no frame or is empty; otherwise as in :func:`read_csv`.
    SettingError
        As in :func:`read_csv`.

    Examples
    --------
    >>> table = from_dataframe({"x": [1, 2], "kind": ["a", "b"]}, target="kind")
    >>> table.X.tolist(), table.y.tolist(), table.classes
    ([[1.0], [2.0]], [0, 1], ['a', 'b'])
    """
    names = list(getattr(frame, "columns", frame if isinstance(frame, dict) else ()))
    if not names:
        raise DataError(f"from_dataframe() takes a data frame with columns, or a dict of columns, not {type(frame).__name__}")
    columns = [Column(str(name), list(frame[name])) for name in names]
    if len({len(column.entries) for column in columns}) > 1:
        raise DataError("from_dataframe(): the columns have different lengths")
    if not columns[0].entries:
        raise DataError("from_dataframe(): the frame has no rows")
    return make_table(columns, Choices(target, features, categorical, missing), "the data frame", lambda i: f"row {i}")
