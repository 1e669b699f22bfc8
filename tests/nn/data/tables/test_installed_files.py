"""CSV files of the installed packages are read, or refused with advice that leads to a table or says what is wrong with the file.

To try more files, install packages that have some, such as statsmodels or vega_datasets.
"""

import ast
import csv
import importlib.metadata
import re
from collections import Counter

import numpy as np
import pytest

from autograd import DataError
from nn import data

LARGEST_FILE = 2_000_000  # bytes; a file of this size is read in a second
MOST_ADVICE = 8  # how many errors in a row may name the next step: skip, header, exclude, categorical, missing, target
# What the last error may say. Only someone who changes the file, or knows what is in it, can go on.
ENDS = (
    "is empty",
    "is not a text file",
    "remove these from the file",
    "remove the unit from the file",
    "check delimiter=, and look for a missing quotation mark",
    "holds no line of data below its header",
    "has no column other than the target: there is nothing to learn from",
    "every line has a missing entry",
)


def installed_files():
    """The CSV files of all installed distributions, without doubles."""
    paths = {}
    for distribution in importlib.metadata.distributions():
        for file in distribution.files or ():
            if re.search(r"\.csv(\.gz|\.bz2|\.xz)?$", file.name):
                paths[str(file)] = file.locate()
    return {name: path for name, path in sorted(paths.items()) if path.exists() and path.stat().st_size <= LARGEST_FILE}


def setting_in(message, name):
    """The value that a message gives for a setting, or None."""
    found = re.search(rf"\b{name}=(\[.*?\](?=[\s,]|$)|'.'|\w+)", message)
    return found and found[1]


def next_settings(message, settings):
    """The settings that a message advises, added to those so far."""
    for name in ("categorical", "exclude"):
        names = setting_in(message, name)
        if names and names != "[]":
            return settings | {name: [*settings.get(name, []), *ast.literal_eval(names)]}
    if "choose missing=" in message:
        return settings | {"missing": "mean" if settings.get("missing") != "mean" and "'mean'" in message else "drop"}
    if "choose another target=" in message or "target=None reads inputs only" in message or "pass another target=" in message:
        return settings | {"target": None}
    for name in ("skip", "decimal", "header"):
        value = setting_in(message, name)
        if value:
            return settings | {name: ast.literal_eval(value)}
    return None


def follow_advice(path):
    """Read a file; return the table or None, the settings, and all messages."""
    settings, messages = {}, []
    for _ in range(MOST_ADVICE):
        try:
            return data.read_csv(path, **settings), settings, messages
        except DataError as error:
            message = str(error)
        messages.append(message)
        better = None if any(end in message and "target=None" not in message for end in ENDS) else next_settings(message, settings)
        if better is None or better == settings:
            return None, settings, messages
        settings = better
    return None, settings, messages


FILES = installed_files()


def test_there_are_files():
    assert len(FILES) >= 5


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused_with_the_right_advice(name):
    table, settings, messages = follow_advice(FILES[name])
    if table is None:
        assert any(end in messages[-1] for end in ENDS), (settings, messages)
    else:
        assert table.X.ndim == 2
        assert np.isfinite(table.X).all() or "missing" not in settings
        assert len(table.features) == table.X.shape[1]


@pytest.mark.parametrize("name", FILES)
def test_the_numbers_are_those_that_pandas_reads(name):
    pandas = pytest.importorskip("pandas", reason="pandas, the oracle here, is not needed by the library")
    table, settings, _ = follow_advice(FILES[name])
    if table is None:
        pytest.skip("the file is refused")
    fields = len(table.features) + (table.y is not None) + len(settings.get("exclude", ()))
    if fields == 1:
        pytest.skip("there is no delimiter that pandas could find")
    missing, skip = settings.get("missing", "refuse"), settings.get("skip", 0)
    has_names = table.features[0] != "0"
    options = {"header": 0 if has_names else None, "skiprows": skip, "sep": None, "engine": "python", "comment": "#"}
    try:
        frame = pandas.read_csv(FILES[name], **options)
    except (pandas.errors.ParserError, csv.Error) as error:
        pytest.skip(f"pandas cannot read it: {error}")
    if "categorical" not in settings and frame.shape[1] not in (fields, fields + 1):  # one more for the names of the rows
        pytest.skip("pandas takes another sign for the delimiter")
    frame.columns = [str(column).strip().strip("'") for column in frame.columns]
    names, columns, compared = Counter(table.features), Counter(frame.columns), 0
    for k, feature in enumerate(table.features):
        if names[feature] == columns[feature] == 1 and missing != "drop" and len(frame) == len(table.X):
            theirs = pandas.to_numeric(frame[feature], errors="coerce").to_numpy(float)
            known = ~np.isnan(theirs)
            np.testing.assert_array_equal(table.X[known, k], theirs[known], err_msg=feature)
            compared += 1
    if not compared:
        pytest.skip("pandas finds other columns")
