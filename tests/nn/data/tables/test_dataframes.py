"""Data frames become inputs and targets as files do."""

import datetime

import numpy as np
import pytest

import nn
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


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_go_in_wherever_arrays_do(library):
    """Columns of several types too: numbers and truths make an array of objects."""
    frames = pytest.importorskip(library, reason=f"{library} is not needed by the library")
    rng = np.random.default_rng(0)
    columns = {"a": rng.normal(size=12), "b": np.arange(12), "c": np.arange(12) % 2 == 0}
    X, frame = np.column_stack([np.asarray(column, float) for column in columns.values()]), frames.DataFrame(columns)
    y, series = np.arange(12) % 3, frames.Series(np.arange(12) % 3)

    def fit(X, y, **options):
        model = nn.MLP([3, 4, 3], rng=0)
        history = nn.fit(
            model, X, y, loss="cross_entropy", epochs=2, batch_size=5, validation=(X, y), progress=False, rng=0, **options
        )
        return model, history

    model, history = fit(X, y)
    assert fit(frame, series)[1] == history
    assert fit(frame, series, sample_weight=series + 1, compiled=True)[1].epochs == 2
    np.testing.assert_array_equal(model.predict(frame), model.predict(X))
    np.testing.assert_array_equal(model(frame).data, model(X).data)
    np.testing.assert_array_equal(data.Standardiser(frame)(frame), data.Standardiser(X)(X))
    for ours, theirs in zip(data.split(frame, series, (0.5, 0.5), rng=0), data.split(X, y, (0.5, 0.5), rng=0), strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])
        np.testing.assert_array_equal(ours[1], theirs[1])
    assert [len(x) for x, _ in data.batches(frame, series, 5)] == [5, 5, 2]
    scores = frames.DataFrame({str(k): column for k, column in enumerate(np.eye(3)[y].T)})
    assert nn.metrics.accuracy(scores, series) == 1.0
    assert float(nn.losses.cross_entropy(scores, series)) == float(nn.losses.cross_entropy(np.eye(3)[y], y))


def test_an_array_with_columns_is_taken_for_a_frame():
    class Frame:
        """What of a frame is used, so that no package is needed."""

        columns = ("a", "b")

        def __array__(self, dtype=None, copy=None):
            return np.array([[1, 2.0], [True, 3]], dtype=object)

    layer = nn.Linear(2, 1, rng=0)
    np.testing.assert_array_equal(layer(Frame()).data, layer([[1.0, 2.0], [1.0, 3.0]]).data)
