"""Data frames become inputs and targets as files do."""

import datetime

import numpy as np
import pytest

from autograd import DataError
from nn import data

COLUMNS = {"mass": [3.5, np.nan, 4.0], "sex": ["f", None, "m"], "year": [2007, 2008, 2009], "species": ["B", "A", "B"]}


def test_a_dict_of_columns_is_a_frame():
    table = data.from_dataframe(COLUMNS, "species", categorical=["sex"], missing="median")
    assert table.features == ["mass", "sex=f", "sex=m", "year"]
    assert table.X.tolist() == [[3.5, 1, 0, 2007], [3.75, 0, 0, 2008], [4.0, 0, 1, 2009]]
    assert (table.y.tolist(), table.classes) == ([1, 0, 1], ["A", "B"])
    table = data.from_dataframe(COLUMNS, "year", features=["mass"], missing="drop")
    assert (table.X.tolist(), table.y.tolist()) == ([[3.5], [4.0]], [2007, 2009])


def test_a_frame_of_pandas():
    pandas = pytest.importorskip("pandas", reason="pandas is not needed by the library")
    frame = pandas.DataFrame(COLUMNS).convert_dtypes()
    table = data.from_dataframe(frame, "species", features=["mass", "year"], missing="mean")
    assert table.X.tolist() == [[3.5, 2007], [3.75, 2008], [4.0, 2009]]
    frame["day"] = pandas.Timestamp("2020-01-31")
    with pytest.raises(DataError, match=r"the data frame, row 0: column 'day' holds Timestamp.*, a date"):
        data.from_dataframe(frame, "species", features=["day"])


def test_what_is_no_frame_is_named():
    with pytest.raises(DataError, match=r"from_dataframe\(\) takes a data frame with columns, or a dict of columns, not list"):
        data.from_dataframe([[1, 2]])
    with pytest.raises(DataError, match="the columns have different lengths"):
        data.from_dataframe({"a": [1], "b": [1, 2]})
    with pytest.raises(DataError, match="the frame has no rows"):
        data.from_dataframe({"a": [], "b": []})
    with pytest.raises(DataError, match=r"row 1: column 'sex' has a missing entry \(1 such\)"):
        data.from_dataframe(COLUMNS, "species", features=["sex"], categorical=["sex"])
    with pytest.raises(DataError, match=r"row 0: column 'day' holds datetime.date\(2020, 1, 31\), a date"):
        data.from_dataframe({"day": [datetime.date(2020, 1, 31)], "y": [1]})
    with pytest.raises(DataError, match=r"row 0: column 'a' holds \[1\], which is not a number"):
        data.from_dataframe({"a": [[1]], "y": [1]})
