"""CSV files are read exactly, or refused with the line and the column that are wrong."""

import csv
import gzip
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import AutogradError, DataError, SettingError
from nn import data


@pytest.fixture
def read(tmp_path):
    """A function that writes text to a file and reads it."""

    def write_and_read(text, *args, **settings):
        path = tmp_path / "a.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return data.read_csv(path, *args, **settings)

    return write_and_read


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs")), min_size=1, max_size=4).map(
    lambda text: f"n{text}"
)


@settings(max_examples=40)
@given(st.data())
def test_what_python_writes_is_read_back(tmp_path_factory, data_):
    """csv.writer quotes names and labels that hold signs; every delimiter, with and without a header."""
    width, height = data_.draw(st.integers(1, 3)), data_.draw(st.integers(1, 4))
    X = data_.draw(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=width, max_size=width), min_size=height, max_size=height))
    labels = data_.draw(st.lists(names, min_size=height, max_size=height))
    header = data_.draw(st.lists(names, min_size=width + 1, max_size=width + 1, unique=True))
    delimiter, has_names = data_.draw(st.sampled_from(",;\t|")), data_.draw(st.booleans())
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerows([header] * has_names + [[*map(repr, row), label] for row, label in zip(X, labels, strict=True)])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(buffer.getvalue().encode())
    table = data.read_csv(path, delimiter=delimiter, header=has_names)
    assert table.X.tolist() == X
    assert [table.classes[k] for k in table.y] == [label.strip() for label in labels]
    assert table.features == ([name.strip() for name in header[:-1]] if has_names else [str(k) for k in range(width)])


def test_inputs_targets_names_and_classes(read):
    text = "length,width,species\n5.1,3.5,setosa\n6.3,3.3,virginica\n4.9,3.0,setosa\n"
    X, y = read(text)
    assert (X.tolist(), y.tolist()) == ([[5.1, 3.5], [6.3, 3.3], [4.9, 3.0]], [0, 1, 0])
    table = read(text, "species", features=["width", 0])
    assert (table.features, table.classes) == (["width", "length"], ["setosa", "virginica"])
    assert table.X[0].tolist() == [3.5, 5.1]
    assert read(text, "width", features=["length"]).y.tolist() == [3.5, 3.3, 3.0]
    assert read(text, None, features=[0, 1]).y is None


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a,b\n1.5,2\n3,4\n", {}),
        ("a;b\n1,5;2\n3;4\n", {"decimal": ","}),
        ("a\tb\n1.5\t2\n3\t4\n", {}),
        ("a|b\r\n1.5|2\r\n3|4\r\n", {}),
        ("a   b\n 1.5  2\n3    4 \n", {}),
        ('"a","b"\n"1.5","2"\n\n3,4', {}),
        ("# made by hand\na,b\n# in between\n1.5,2\n3,4\n", {}),
        ("units: cm\nand kg\na,b\n1.5,2\n3,4\n", {"skip": 2}),
        (b"\xef\xbb\xbfa,b\n1.5,2\n3,4\n", {}),
        ("a,b\n1.5,2\n3,4\n".encode("utf-16"), {"encoding": "utf-16"}),
        (gzip.compress(b"a,b\n1.5,2\n3,4\n", mtime=0), {}),
        ("x,b\n1.5,2\nx,4\n3,4\n".replace("x,4\n", ""), {"header": True}),
        ("1.5,2\n3,4\n", {"header": False}),
        ("1.5,2\n3,4\n", {}),
    ],
)
def test_ways_to_write_the_same_numbers(read, text, options):
    X, y = read(text, **options)
    assert (X.tolist(), y.tolist()) == ([[1.5], [3.0]], [2, 4])


def test_a_quoted_field_may_hold_anything(read):
    table = read('x,label\n1,"a, b"\n2,"two\n\n# lines"\n3,"say ""c"""\n')
    assert table.classes == ["a, b", 'say "c"', "two\n\n# lines"]
    with pytest.raises(DataError, match="line 5: column 'x' holds 'bad'"):
        read('x,label\n1,"two\n\nlines"\nbad,b\n')


def test_targets_are_ints_floats_or_labels(read):
    assert read("1,2\n3,4\n").y.dtype == np.int64
    assert read("1,2\n3,4.0\n").y.dtype == np.float64
    for words in ("True", "False"), ("yes", "no"):
        table = read(f"x,ok\n1,{words[0]}\n2,{words[1]}\n")
        assert table.classes == sorted(words)
        assert [table.classes[k] for k in table.y] == list(words)
    assert read("x,ok\n1,True\n2,false\n", 0).X.tolist() == [[1.0], [0.0]]


def test_missing_entries_are_refused_dropped_or_filled(read):
    text = "a,b,y\n1,10,u\nNA,20,v\n3,,u\n8,60,?\n"
    with pytest.raises(
        DataError, match=r"a.csv, line 3: column 'a' has a missing entry \(1 such\): choose missing=; 'drop' leaves such"
    ):
        read(text)
    dropped = read(text, missing="drop")
    assert (dropped.X.tolist(), dropped.classes) == ([[1.0, 10.0]], ["u"])
    assert read(text, None, features=["a", "b"], missing="mean").X.tolist() == [[1, 10], [4, 20], [3, 30], [8, 60]]
    assert read(text, None, features=["a", "b"], missing="median").X[:, 0].tolist() == [1, 3, 3, 8]
    assert read(text, None, features=["a"], missing=-1).X.tolist() == [[1], [-1], [3], [8]]
    with pytest.raises(
        DataError, match=r"line 5: column 'y' has a missing entry \(1 such\): choose missing=; 'drop' leaves such lines out(?m:$)"
    ):
        read(text, missing="mean")
    with pytest.raises(DataError, match="every line misses an entry, so that missing='drop' leaves nothing"):
        read("1,\n,2\n", missing="drop")
    with pytest.raises(DataError, match="column '0' has no entries: leave it out by features="):
        read(",1\n,2\n", missing="mean")


def test_categories_become_columns_of_zeros_and_ones(read):
    table = read("island,mass,species\nDream,3,A\nBiscoe,4,G\nNA,5,A\n", categorical=["island"], missing="mean")
    assert table.features == ["island=Biscoe", "island=Dream", "mass"]
    assert table.X.tolist() == [[0, 1, 3], [1, 0, 4], [0, 0, 5]]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, r"read_csv\(\): .*a.csv is empty"),
        ("\n# x\n", {}, r"read_csv\(\): .*a.csv is empty"),
        ("a,b\n", {"header": True}, "holds no line of data below its header"),
        ("1,2\n1,x,3\n", {}, r"line 2: 3 fields, but the first line has 2; if the first line is no part of the table, pass skip=1"),
        ("1,2\n3,4\n1,2,3\n", {}, r"line 3: 3 fields, but the first line has 2; is delimiter= right\?"),
        ("1;2\n3;4;5\n", {}, "line 2: 3 fields, but the first line has 2"),
        ("1,2,0\n3,4,1\n", {"header": True}, r"line 1 of .*a.csv holds numbers, which header=True would skip: leave header out"),
        ("a,2,0\n3,4,1\n", {}, "'a' in line 1 of .*a.csv may be a name: pass header=True or header=False"),
        ("1,2\n1_0,4\n", {"target": 1}, "line 2: column '0' holds '1_0', which is not a number: leave the column out by features=, or name it in categorical="),
        ("d,y\n2020-01-31,4\n", {}, "line 2: column 'd' holds '2020-01-31', a date: leave the column out by features=, or turn it into numbers"),
        ("y,d\n1,31-Jan-20\n", {}, "line 2: column 'd' holds '31-Jan-20', a date"),
        ("a;b\n1,5;2\n", {}, "line 2: column 'a' holds '1,5', a number with a comma: pass decimal=','"),
        ("b;a\n2;1,5\n", {}, "line 2: column 'a' holds '1,5', a number with a comma: pass decimal=','"),
        ("a;b\n1.5;2\n", {"decimal": ",", "header": True}, "line 2: column 'a' holds '1.5', which is not a number"),
        ("1,2\n3,4\n", {"target": 5}, "a.csv has 2 columns, and no column 5"),
        ("a,b\n3,4\n", {"target": "c"}, "a.csv has no column 'c': it has a, b"),
        ("a,a\n3,4\n", {"target": "a"}, "a.csv has several columns 'a': choose one by its number"),
        ("1\n2\n", {}, "a.csv has no column beside the target: there is nothing to learn from"),
        (b"1,\xff\n", {}, r"a.csv is not a text file in utf-8-sig: 'utf-8' codec can't decode byte 0xff .*; another encoding= may fit"),
        (gzip.compress(b"1,2\n" * 99, mtime=0)[:-12], {}, "a.csv is not a text file in utf-8-sig: Compressed file ended"),
        (b"1,2\n", {"encoding": "latin-99"}, "a.csv is not a text file in latin-99: unknown encoding"),
        ("1," + "9" * 200_000, {}, "a.csv cannot be read as CSV: field larger than field limit"),
    ],
)  # fmt: skip
def test_damaged_and_unfit_files_are_named(read, text, options, message):
    with pytest.raises(DataError, match=message):
        read(text, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": 0.5}, r"target takes names and numbers of columns, not 0\.5"),
        ({"features": [True]}, "features takes names and numbers of columns, not True"),
        ({"decimal": ";"}, "decimal must be '.' or ',', not ';'"),
        ({"delimiter": "."}, r"delimiter must be one sign, and not the decimal sign, not '\.'"),
        ({"delimiter": ", "}, "delimiter must be one sign, and not the decimal sign, not ', '"),
        ({"missing": "ignore"}, "missing must be 'refuse', 'drop', 'mean', 'median' or a number, not 'ignore'"),
        ({"missing": float("nan")}, "missing must be 'refuse', 'drop', 'mean', 'median' or a number, not nan"),
        ({"skip": -1}, "skip must be a number of lines, not -1"),
    ],
)
def test_wrong_settings_are_named(read, options, message):
    with pytest.raises(SettingError, match=message):
        read("1,2\n3,4\n", **options)


@pytest.mark.parametrize("text", ["9007199254740993", "-9007199254740993", "123456789012345678901"])
def test_whole_numbers_that_a_float_would_round_are_refused(read, text):
    with pytest.raises(DataError, match=rf"line 2: {text} is beyond 2⁵³ and would be rounded .* leave column '0' out"):
        read(f"1,2\n{text},4\n")
    assert len(read("9007199254740992,2\n9007199254740993.0,1e300\ninf,1\n").X) == 3


@settings(max_examples=60)
@given(st.binary(max_size=40) | st.text("0123456789.,;\"'\n\r\t aN?#-e", max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(content)
    try:
        table = data.read_csv(path)
    except AutogradError:
        return
    assert len(table.X) == len(table.y) > 0
