"""CSV files are read exactly, or refused with the line and the column that are wrong."""

import bz2
import csv
import gzip
import io
import lzma
import re
import zipfile

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
    with pytest.raises(DataError, match=r"every line has a missing entry, so missing='drop' leaves nothing: choose 'mean'"):
        read("1,,3\n,2,4\n", missing="drop")
    with pytest.raises(DataError, match=r"a.csv: column '0' has no entries: pass exclude=\['0'\] to leave it out"):
        read(",1\n,2\n", missing="mean")
    with pytest.raises(DataError, match=r"a.csv: there are columns without entries: pass exclude=\['0'\] to leave them out"):
        read(",1,1\n,2,1\n", missing="drop")
    with pytest.raises(DataError, match=r"a.csv: the target, column '1', has no entries: choose another target="):
        read("1,\n,\n", missing="drop")


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
        ("a,b\n", {"target": "b"}, "holds no line of data below its header"),
        ("a;b\n1,5;2,5\n", {"target": "b"}, "line 2: column 'a' holds '1,5', a number with a comma: pass decimal=','"),
        ("1,2\n1,x,3\n4,5,6\n", {}, r"(?m)line 2: 3 fields, but the first line has 2; if the first lines are not part of the table, pass skip=1$"),
        ("Made by hand\n\nin 1999, or so\na,b,c\n1,2,3\n4,5,6\n", {}, r"(?m)line 3: 2 fields, but the first line has 1; if .* pass skip=3$"),
        ("Made by hand\na,b,\n1,2\n4,5\n", {}, r"(?m)line 2: 3 fields, but the first line has 1; if .* pass skip=1$"),
        ("1,2\n3,4\n1,2,3\n", {}, r"line 3: 3 fields, but the first line has 2; check delimiter=, and look for a missing quotation mark"),
        ("1;2\n3;4;5\n", {}, "line 2: 3 fields, but the first line has 2"),
        ("1,2,0\n3,4,1\n", {"header": True}, r"line 1 of .*a.csv holds numbers, which header=True would skip: leave header out"),
        ("a,2,0\n3,4,1\n", {}, "'a' in line 1 of .*a.csv may be a name: pass header=True or header=False"),
        ("1,2\n1_0,4\n", {"target": 1}, "line 2: column '0' holds '1_0', which is not a number: pass exclude=\\['0'\\] to leave it out, or categorical=\\['0'\\]"),
        ("d,y\n2020-01-31,4\n", {}, "line 2: column 'd' holds '2020-01-31', a date: pass exclude=\\['d'\\], or turn it into numbers"),
        ("y,d\n1,31-Jan-20\n", {}, "line 2: the target, column 'd', holds '31-Jan-20', a date: choose another target="),
        ("a;b\n1,5;2\n", {}, "line 2: column 'a' holds '1,5', a number with a comma: pass decimal=','"),
        ("b;a\n2;1,5\n", {}, "line 2: the target, column 'a', holds '1,5', a number with a comma: pass decimal=','"),
        ("a;b\n1.5;2\n", {"decimal": ",", "header": True}, "line 2: column 'a' holds '1.5', which is not a number"),
        ("1,2\n3,4\n", {"target": 5}, "a.csv has 2 columns, and no column 5"),
        ("a,b\n3,4\n", {"target": "c"}, "a.csv has no column 'c': it has a, b"),
        ("a,a\n3,4\n", {"target": "a"}, "a.csv has several columns 'a': choose one by its number"),
        ("1\n2\n", {}, "a.csv has no column other than the target: there is nothing to learn from"),
        (b"1,\xff\n", {}, r"a.csv is not a text file in utf-8-sig: 'utf-8' codec can't decode byte 0xff .*; another encoding= may fit"),
        (gzip.compress(b"1,2\n" * 99, mtime=0)[:-12], {}, "a.csv is damaged, or cut short: Compressed file ended .*; get the file again"),
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
        ({"delimiter": "."}, r"delimiter must be one character, and not that of decimal=, not '\.'"),
        ({"delimiter": ", "}, "delimiter must be one character, and not that of decimal=, not ', '"),
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
    with pytest.raises(
        DataError, match=rf"line 2: {text} is beyond 2⁵³ and would be rounded .*: if it is a name, pass exclude=\['0'\]"
    ):
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


def test_what_pandas_and_r_write_is_read(read):
    """An unnamed first column that counts or names the rows is no input, unless it is asked for."""
    for text in (
        ",a,y\n0,5,u\n1,6,v\n",
        "Unnamed: 0,a,y\n1,5,u\n2,6,v\n",
        '"a","y"\n"1",5,"u"\n"2",6,"v"\n',
        "a y\nAda 5 u\nBob 6 v\n",
        "a,y,\n5,u\n6,v\n",
        "'a','y'\n5,u\n6,v\n",
    ):
        table = read(text)
        assert (table.features, table.X.tolist(), table.classes) == (["a"], [[5.0], [6.0]], ["u", "v"]), text
    assert read(",a,y\n0,5,1\n1,6,2\n", features=[0, "a"]).X.tolist() == [[0.0, 5.0], [1.0, 6.0]]
    assert read(",a,y\n3,5,1\n1,6,2\n").X.shape == (2, 2)
    with pytest.raises(DataError, match=r"column '' holds 'u', which is not a number: pass exclude=\[''\] to leave it out, or cat"):
        read(",a,y\nu,5,1\nu,6,2\n")


def test_all_columns_that_are_no_numbers_are_named_at_once(read):
    text = "a,b,c,day,b,y\n1,x,3,2020-01-31,u,1\n2,z,4,2020-02-01,v,2\n"
    with pytest.raises(DataError, match=r"column 'b' holds 'x', .*: pass exclude=\[1, 'day', 4\] .*, or categorical=\[1, 4\] for"):
        read(text)
    table = read(text, exclude=["day"], categorical=[1, 4])
    assert table.features == ["a", "b=x", "b=z", "c", "b=u", "b=v"]
    lines = "".join(f"name {k},{k}\n" for k in range(21))
    with pytest.raises(
        DataError, match=r"(?m)column 'n' holds 'name 0', which is not a number: pass exclude=\['n'\] to leave it out$"
    ):
        read("n,y\n" + lines)
    with pytest.raises(DataError, match=r"the 21 targets in column 'n' are all different, such as 'name 0', and so no classes"):
        read("n,y\n" + lines, "n")
    assert len(read("n,y\n" + "".join(f"name {k},{k}\n" for k in range(20)), "n").classes) == 20


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("1,234,567", "a number with signs between the thousands: remove these from the file"),
        ("1,234.5", "a number with signs between the thousands"),
        ("12 345", "a number with signs between the thousands"),
        ("1,5", r"a number with a comma: pass decimal=',', or remove the comma from the file if it only separates thousands"),
        ("12 %", "a number with a unit: remove the unit from the file"),
        ("$ 12.50", "a number with a unit"),
        ("17-08-1984", "a date"),
        ("1950:1", "a date"),
        ("1942-09", "a date"),
    ],
)
def test_numbers_in_other_notations_are_no_labels(read, entry, message):
    with pytest.raises(DataError, match=f"line 2: column 'a' holds '{re.escape(entry)}', {message}"):
        read(f"a;y\n{entry};1\n2;2\n", delimiter=";")
    with pytest.raises(DataError, match=f"line 2: the target, column 'a', holds '{re.escape(entry)}', {message}"):
        read(f"a;y\n{entry};1\nb;2\n", "a", delimiter=";")


def test_minus_signs_of_typesetters_are_read(read):
    assert read("\N{MINUS SIGN}1.5,1\n\N{EN DASH}2,2\n").X.tolist() == [[-1.5], [-2.0]]


def test_years_in_the_first_line_may_be_names(read):
    text = "country,code,2001,2002\nAruba,ABW,1.5,2\nChad,TCD,6,5\n"
    with pytest.raises(
        DataError, match=r"'country' in line 1 .* may be a name: pass header=True or header=False, or skip=1 if the"
    ):
        read(text)
    assert read(text, header=True, exclude=[0, 1]).features == ["2001"]
    assert read("u,1,2,3\nv,1,2,3\n", 0).X.tolist() == [[1, 2, 3]] * 2


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress, gzip.compress])
def test_compressed_files_are_read(read, pack):
    packed = pack(b"a,b\n1.5,2\n3,4\n")
    assert read(packed).X.tolist() == [[1.5], [3.0]]
    with pytest.raises(DataError, match=r"read_csv\(\): .*a.csv is damaged, or cut short: .*; get the file again"):
        read(packed[:-10])


def test_zip_archives_are_refused(read):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", "1,2")
    with pytest.raises(DataError, match=r"a.csv is a zip archive: unpack it, as with zipfile.ZipFile\(.*\).extractall\(\)"):
        read(buffer.getvalue())


def test_settings_that_exclude_each_other_are_refused(read):
    with pytest.raises(SettingError, match="exclude= and features= exclude each other: name the inputs, or the columns that are"):
        read("1,2\n3,4\n", features=[0], exclude=[1])
    with pytest.raises(SettingError, match=r"column '1' is the target, and cannot be an input too: pass target=, or leave it out"):
        read("1,2\n3,4\n", features=[0, 1])
    with pytest.raises(SettingError, match=r"exclude= contains the target, which is column -1: pass another target="):
        read("1,2\n3,4\n", exclude=[1])


def test_a_long_line_is_read_by_the_sign_that_divides_it(read):
    X, y = read(",".join(["0.25"] * 40_000) + "\n")
    assert (X.shape, y.tolist()) == ((1, 39_999), [0.25])
