"""Arrays that are written come back, and damaged or lying files are refused."""

import contextlib
import os
import struct
import warnings
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import DataError
from nn import checkpoint


@pytest.fixture(scope="module")
def valid_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "x.npz"
    checkpoint.save(path, {"W": np.arange(12.0).reshape(3, 4), "b": np.float32(1.0), "n": np.int64(7)})
    return path.read_bytes()


def write_npz_with_header(path, header, body=b"", compress=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compress) as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body)
    return path


@given(
    st.dictionaries(
        st.text("abc.xyz0", min_size=1, max_size=8),
        st.sampled_from([1.5, [1, 2], np.zeros((0, 3)), np.eye(2, dtype="f4"), np.array([True])]),
    )
)
def test_arrays_come_back(arrays):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        checkpoint.save(f"{folder}/x.npz", arrays)
        found = checkpoint.load(f"{folder}/x.npz")
        assert os.listdir(folder) == ["x.npz"]
    assert set(found) == set(arrays)
    for name, x in arrays.items():
        assert np.array_equal(found[name], np.asarray(x))
        assert found[name].dtype == np.asarray(x).dtype


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_file_raises_data_error_only(valid_file, tmp_path_factory, data):
    raw = bytearray(valid_file)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    length = data.draw(st.integers(0, len(raw)))
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    path.write_bytes(bytes(raw[:length] if data.draw(st.booleans()) else raw))
    with contextlib.suppress(DataError):  # which is the one error that may come
        assert sum(x.nbytes for x in checkpoint.load(path).values()) <= 3 * len(valid_file)


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        (b"{'descr': '<f8', 'fortran_order': False, 'shape': (10**15,)}", b"", "malformed"),
        (b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}", b"", "needs 8000000000000 bytes, the file has 0"),
        (b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"x" * 8, r"declares object and shape \(1,\)"),
        (b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", b"", "declares float64"),
        (b"{'descr': '<f8'}", b"", "KeyError"),
        (b"(((((", b"", "SyntaxError"),
        (b"x" * 20_000, b"", "has a header of 20000 bytes"),
    ],
)
def test_headers_that_declare_too_much_take_no_memory(tmp_path, header, body, text):
    with pytest.raises(DataError, match=text):
        checkpoint.load(write_npz_with_header(tmp_path / "x.npz", header, body))


def test_other_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "LARGE", 100_000)
    with pytest.raises(DataError, match="says that it has 1000012 bytes, in a file of"):
        checkpoint.load(write_npz_with_header(tmp_path / "x.npz", b"{}", b"0" * 1_000_000, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(tmp_path / "y.npz", "w") as archive:
        archive.writestr("x.npy", b"no array")
    with pytest.raises(DataError, match="is not an array in version 1 of NumPy's format"):
        checkpoint.load(tmp_path / "y.npz")
    with pytest.raises(DataError, match="is not a readable NPZ file"):
        checkpoint.load(tmp_path / "nothing.npz")
    with pytest.raises(DataError, match=r"save\(\): 'x' holds <U1, not numbers"):
        checkpoint.save(tmp_path / "z.npz", {"x": "a"})
    with pytest.raises(DataError, match="cannot be written"):
        checkpoint.save(tmp_path / "no" / "z.npz", {"x": 1.0})
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        checkpoint.save(tmp_path / "folder", {"x": 1.0})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "x.npz", "y.npz"]


def test_members_that_share_bytes_or_names_or_are_hidden_are_refused(tmp_path):
    path = tmp_path / "x.npz"
    checkpoint.save(path, {"W": np.arange(3.0), "s": np.int64(3)})
    raw = bytearray(path.read_bytes())
    comment = raw.index(b"PK\1\2") + 33  # the high byte of an entry's comment, which swallows those behind it
    raw[comment] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(DataError, match=r"its directory lists 1 arrays, and should list 2|is not a readable NPZ file"):
        checkpoint.load(path)
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("x.npy", b"1")
        archive.writestr("x.npy", b"2")
    with pytest.raises(DataError, match="two arrays have the same name"):
        checkpoint.load(path)
    checkpoint.save(path, {"W": np.zeros(50), "s": np.int64(3)})
    raw = path.read_bytes()
    second = raw.index(b"PK\1\2", raw.index(b"PK\1\2") + 4)
    path.write_bytes(raw[: second + 42] + struct.pack("<L", 60) + raw[second + 46 :])  # it begins inside the first
    with pytest.raises(DataError, match=r"overlaps another array"):
        checkpoint.load(path)


def test_any_name_comes_back_or_is_refused(tmp_path):
    arrays = {"allow_pickle": np.ones(1), "file": np.ones(2), "a/b": np.ones(3)}
    checkpoint.save(tmp_path / "x.npz", arrays)
    assert set(checkpoint.load(tmp_path / "x.npz")) == set(arrays)
    for name in ("", "a\0b", "x" * 70_000):
        with pytest.raises(DataError, match="cannot be the name of an array"):
            checkpoint.save(tmp_path / "y.npz", {name: 1.0})
    assert [p.name for p in tmp_path.iterdir()] == ["x.npz"]


@given(st.integers(1, 2**50), st.integers(1, 2**40))
def test_what_a_compressed_file_may_hold(need, size):
    believed = checkpoint.is_believable(need, size)
    assert believed or need > 100 * size
    assert not (believed and need > max(1040 * max(size, 100), 100 * size))
    assert not (believed and need > max(2**29, 100 * size))
