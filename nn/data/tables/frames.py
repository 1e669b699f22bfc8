"""Data frames as inputs and targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import DataError
from nn.data.tables.columns import Column
from nn.data.tables.table import Choices, ColumnKey, Table, make_table


def from_dataframe(
    frame: Any,
    target: ColumnKey | None = -1,
    *,
    features: Sequence[ColumnKey] | None = None,
    exclude: Sequence[ColumnKey] = (),
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
    exclude : sequence of str or int, optional
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
        If ``frame`` is not a frame or is empty; otherwise as in :func:`read_csv`.
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
    choices = Choices(target, features, exclude, categorical, missing)
    return make_table(columns, choices, "the data frame", lambda i: f"row {i}")
