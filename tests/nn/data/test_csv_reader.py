"""CSV files are read exactly, or refused with the line that is wrong."""

import gzip

import pytest

from autograd import AutogradError, DataError, SettingError
from nn import data
from oracles import same


def test_csv_files_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y,label\n1,2,0\n\n3,4.5,1\n", encoding="utf-8")
    X, y = data.read_csv(path, header=True)
    same(X, [[1.0, 2.0], [3.0, 4.5]])
    same(y, [0.0, 1.0])
    same(data.read_csv(path, target=0, header=True)[1], [1.0, 3.0])


def test_csv_files_of_excel_and_of_python(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf1,2\n3,4\n")
    assert data.read_csv(path)[0].tolist() == [[1.0], [3.0]]
    path.write_text("1_0,2\n")
    with pytest.raises(AutogradError, match="line 1: could not convert string to float: '1_0'"):
        data.read_csv(path)
    with pytest.raises(SettingError, match=r"read_csv\(\): target must be the number of a column, not 0.5"):
        data.read_csv(path, target=0.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "line 1: could not convert string to float: 'a'; pass header=True to skip a line of names"),
        ("1,2\n1,x\n", "line 2: could not convert string to float: 'x'"),
        ("1,2\n1,2,3\n", "line 2: 3 numbers, but the first line has 2"),
        ("", r"read_csv\(\): .*a.csv holds no line of numbers: it is empty"),
        ("x\n", "pass header=True to skip a line of names"),
    ],
)
def test_damaged_csv_files_are_named(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AutogradError, match=message):
        data.read_csv(path)


def test_a_csv_file_that_is_not_text_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,\xff\n")
    with pytest.raises(AutogradError, match=r"a.csv is not a text file: 'utf-8' codec can't decode byte 0xff"):
        data.read_csv(path)


def test_a_header_of_numbers_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1,2,0\n3,4,1\n")
    with pytest.raises(DataError, match=r"read_csv\(\): line 1 of .*a.csv holds numbers, which header=True would skip"):
        data.read_csv(path, header=True)
    path.write_text("a,2,0\n3,4,1\n")
    assert data.read_csv(path, header=True)[1].tolist() == [1.0]


@pytest.mark.parametrize("text", ["9007199254740993", "-9007199254740993", "123456789012345678901"])
def test_whole_numbers_that_a_float_would_round_are_refused(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(f"1,2\n{text},4\n")
    with pytest.raises(DataError, match=rf"line 2: {text} is beyond 2⁵³ and would be rounded"):
        data.read_csv(path)
    path.write_text("9007199254740992,2\n9007199254740993.0,1e300\n")
    assert len(data.read_csv(path)[0]) == 2


def test_empty_gzipped_and_partly_textual_files_are_named(tmp_path):
    path = tmp_path / "a.csv"
    for text, header, message in (
        ("", False, "holds no line of numbers: it is empty"),
        ("\n\n", False, "holds no line of numbers: it is empty"),
        ("a,b\n", True, "holds no line of numbers below its header"),
        ("1,x\n", False, "line 1: could not convert string to float: 'x'$"),
        ("1,\n", False, "line 1: could not convert string to float: ''$"),
        ("a,b\n1,2\n", False, "'a'; pass header=True to skip a line of names"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=message):
            data.read_csv(path, header=header)
    path.write_bytes(gzip.compress(b"1,2\n3,4\n"))
    with pytest.raises(DataError, match="is gzipped: unpack it first, as with gunzip"):
        data.read_csv(path)


def test_a_missing_column_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n3,4\n")
    with pytest.raises(DataError, match="has 2 lines of 2 numbers, and no column 5"):
        data.read_csv(tmp_path / "a.csv", target=5)
