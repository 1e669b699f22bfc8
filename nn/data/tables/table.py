"""Columns of text or numbers, turned into inputs and targets. Files and data frames both end here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from autograd import DataError, SettingError
from nn.data.pairs import Array
from nn.data.tables.columns import MOST_LONE_LABELS, Column, LineName, numbers_of, with_keys
from nn.data.tables.entries import TRUTHS, advice_for, is_date, is_no_label, parse_number

ColumnKey: TypeAlias = int | str

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

    Examples
    --------
    >>> table = Table(np.ones((2, 1)), np.array([0, 1]), ["length"], ["cat", "dog"])
    >>> X, y = table
    >>> [table.classes[label] for label in y]
    ['cat', 'dog']
    """

    X: Array
    y: Any
    features: list[str]
    classes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Any]:
        yield from (self.X, self.y)


@dataclass
class Choices:
    """Which columns are used, and how: the settings that :func:`read_csv` and :func:`from_dataframe` share."""

    target: ColumnKey | None
    features: Sequence[ColumnKey] | None
    exclude: Sequence[ColumnKey]
    categorical: Sequence[ColumnKey]
    missing: str | float
    decimal: str = "."

    def names(self) -> set[str]:
        """Return the names of columns that the user mentions. Numbers are left out, since columns without names have numbers."""
        lists = [keys for keys in (self.features, self.exclude, self.categorical) if isinstance(keys, list | tuple)]
        keys = [self.target, *(key for keys in lists for key in keys)]
        return {key for key in keys if isinstance(key, str) and parse_number(key, self.decimal) is None}


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
    columns = with_keys(columns)
    target = None if choices.target is None else _find(columns, choices.target, where, "target")
    inputs = _choose_inputs(columns, choices, target, where)
    categorical = [_find(columns, key, where, "categorical") for key in choices.categorical]
    used = [*inputs, *([] if target is None else [target])]
    gaps = {k: columns[k].gaps() for k in used}
    rows = _kept_rows(columns, gaps, target, choices.missing, where)
    kept = {k: columns[k].part(rows) for k in used}

    def row_name(i: int) -> str:
        return line(int(rows[i]))

    numbers = numbers_of({k: kept[k] for k in inputs if k not in categorical}, choices.decimal, where, row_name)
    _refuse_missing(columns, gaps, target, choices.missing, where, line)
    blocks, names = [], []
    for k in inputs:
        if k in numbers:
            blocks.append(_fill(kept[k], numbers[k], choices.missing, where)[:, None])
            names.append(kept[k].name)
        else:
            block, values = _one_hot(kept[k].entries, gaps[k][rows])
            blocks.append(block)
            names += [f"{kept[k].name}={value}" for value in values]
    y, classes = (None, []) if target is None else _targets(kept[target], choices.decimal, where, row_name)
    return Table(np.hstack(blocks), y, names, classes)


def _choose_inputs(columns: Sequence[Column], choices: Choices, target: int | None, where: str) -> list[int]:
    """Return the numbers of the columns that are inputs."""
    if choices.features is not None:
        if choices.exclude:
            raise SettingError("exclude= and features= exclude each other: name the inputs, or the columns that are none")
        chosen = [_find(columns, key, where, "features") for key in choices.features]
        if target in chosen:
            name = columns[next(k for k in chosen if k == target)].name
            raise SettingError(f"{where}: column {name!r} is the target, and cannot be an input too: pass target=, or leave it out")
    else:
        excluded = {_find(columns, key, where, "exclude") for key in choices.exclude}
        if target in excluded:
            raise SettingError(f"{where}: exclude= contains the target, which is column {choices.target!r}: pass another target=")
        if columns[0].names_rows():
            excluded.add(0)
        chosen = [k for k in range(len(columns)) if k != target and k not in excluded]
    if not chosen:
        raise DataError(
            f"{where} has no column other than the target: there is nothing to learn from; target=None reads inputs only"
        )
    return chosen


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
    columns: Sequence[Column], gaps: Mapping[int, Array], target: int | None, missing: str | float, where: str, line: LineName
) -> None:
    """Raise DataError if entries are missing that may not be: any if they are refused, targets if they would be filled."""
    if missing == "drop":
        return
    for k in gaps:
        if (k == target or missing == "refuse") and gaps[k].any():
            first, count = int(np.argmax(gaps[k])), int(gaps[k].sum())
            advice = (
                "'drop' leaves such lines out" if k == target else "'drop' leaves such lines out, 'mean' and 'median' fill them"
            )
            raise DataError(
                f"{where}, {line(first)}: column {columns[k].name!r} has a missing entry ({count} such): choose missing=; {advice}"
            )


def _kept_rows(columns: Sequence[Column], gaps: Mapping[int, Array], target: int | None, missing: str | float, where: str) -> Array:
    """Return the numbers of the rows that stay."""
    if target is not None and gaps[target].all():
        raise DataError(f"{where}: the target, column {columns[target].name!r}, has no entries: choose another target=")
    if missing != "drop":
        return np.arange(len(columns[0].entries))
    empty = [columns[k].key for k in gaps if gaps[k].all()]
    if empty:
        raise DataError(f"{where}: there are columns without entries: pass exclude={empty} to leave them out")
    rows = np.flatnonzero(~np.any(list(gaps.values()), axis=0))
    if not len(rows):
        raise DataError(
            f"{where}: every line has a missing entry, so missing='drop' leaves nothing: choose 'mean' or 'median', or exclude= "
            f"columns with many gaps"
        )
    return rows


def _fill(column: Column, numbers: Array, missing: str | float, where: str) -> Array:
    """Replace gaps by the mean, the median or a number."""
    gaps = np.isnan(numbers)
    if not gaps.any():
        return numbers
    if gaps.all():
        raise DataError(f"{where}: column {column.name!r} has no entries: pass exclude={[column.key]} to leave it out")
    known = numbers[~gaps]
    averages: dict[Any, Any] = {"mean": np.mean, "median": np.median}
    value: Any = averages[missing](known) if missing in averages else missing
    return np.where(gaps, value, numbers)


def _one_hot(entries: Sequence[Any], gaps: Array) -> tuple[Array, list[str]]:
    """Return a column of zeros and ones for each value, and the values in alphabetical order. A gap is a row of zeros."""
    texts = np.array([str(entry).strip() for entry in entries])
    values = sorted(set(texts[~gaps].tolist()))
    block = (texts[:, None] == np.array(values)) & ~gaps[:, None]
    return block.astype(float), values


def _targets(column: Column, decimal: str, where: str, line: LineName) -> tuple[Array, list[str]]:
    """Return numbers, or labels and their texts."""
    texts = [str(entry).strip() for entry in column.entries]
    is_text = [
        text.lower() in TRUTHS or parse_number(entry, decimal) is None for text, entry in zip(texts, column.entries, strict=True)
    ]
    no_label = next((i for i, entry in enumerate(column.entries) if is_no_label(entry, decimal)), None)
    if any(is_text) and no_label is None:
        classes = sorted(set(texts))
        if len(classes) == len(texts) > MOST_LONE_LABELS:
            raise DataError(
                f"{where}: the {len(texts)} targets in column {column.name!r} are all different, such as {texts[0]!r}, and so no "
                f"classes: choose another target="
            )
        number_of = {text: k for k, text in enumerate(classes)}
        return np.array([number_of[text] for text in texts]), classes
    if no_label is not None:
        entry = column.entries[no_label]
        is_of_time = is_date(entry)
        advice = "a date: choose another target=, or turn it into numbers" if is_of_time else advice_for(entry, decimal, [], [])
        raise DataError(f"{where}, {line(no_label)}: the target, column {column.name!r}, holds {entry!r}, {advice}")
    numbers = numbers_of({0: column}, decimal, where, line)[0]
    is_whole = all(WHOLE_NUMBER.fullmatch(text) for text in texts)
    return (numbers.astype(np.int64) if is_whole else numbers), []
