"""IDX files and MNIST folders are read, and damaged ones are refused."""

import gzip
import struct

import numpy as np
import pytest

from autograd import AutogradError
from nn import data


def to_idx_bytes(array, code):
    return bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.mark.parametrize(("code", "kind"), data.IDX_TYPES.items())
@pytest.mark.parametrize("zipped", [False, True])
def test_idx_files_of_every_type_are_read(tmp_path, code, kind, zipped):
    array = np.arange(12).reshape(3, 2, 2).astype(kind)
    raw = to_idx_bytes(array, code)
    path = tmp_path / "x.idx"
    path.write_bytes(gzip.compress(raw) if zipped else raw)
    back = data.read_idx(path)
    np.testing.assert_array_equal(back, array)
    assert back.dtype.isnative


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda raw: raw[:-1], r"is cut short: shape \(3, 2\) of uint8 needs 18 bytes, the file has 17"),
        (lambda raw: raw + b"x", "is too long: .* needs 18 bytes, the file has 19"),
        (lambda raw: raw[:6], "is cut short: its header needs 12 bytes, the file has 6"),
        (lambda raw: b"\x01" + raw[1:], "is not an IDX file: it begins with 01 00 08 02, not with 00 00"),
        (lambda raw: raw[:2] + b"\x07" + raw[3:], "is not an IDX file"),
        (lambda raw: b"", "is not an IDX file: it begins with , not"),
        (lambda raw: gzip.compress(raw)[:-9], "the gzip file is cut short or damaged"),
        (lambda raw: b"\x1f\x8b" + raw, "the gzip file is cut short or damaged"),
        (lambda raw: gzip.compress(raw)[:12] + b"\xff" * 9, "the gzip file is cut short or damaged"),
    ],
)
def test_damaged_idx_files_are_named(tmp_path, change, text):
    path = tmp_path / "x.idx"
    path.write_bytes(change(to_idx_bytes(np.arange(6, dtype=np.uint8).reshape(3, 2), 8)))
    with pytest.raises(AutogradError, match=text):
        data.read_idx(path)


def test_gzipped_idx_files_that_declare_too_much_take_no_memory(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"\0\0\x08\x01\xff\xff\xff\xff"))
    with pytest.raises(AutogradError, match="it says that it holds 4294967295 bytes"):
        data.read_idx(path)
    path.write_bytes(gzip.compress(b"no IDX" * 10))
    with pytest.raises(AutogradError, match="is not an IDX file"):
        data.read_idx(path)
    path.write_bytes(gzip.compress(b"\0\0\x08\x00"))
    with pytest.raises(AutogradError, match="is cut short: shape"):
        data.read_idx(path)


def test_an_empty_idx_file_of_a_huge_shape_is_named(tmp_path):
    path = tmp_path / "x.idx"
    path.write_bytes(b"\0\0\x08\x03" + b"\xff" * 8 + b"\0" * 4)
    with pytest.raises(AutogradError, match="no array can have the shape"):
        data.read_idx(path)


def test_mnist_folders_are_read(tmp_path):
    images, labels = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2), np.array([7, 0, 9], np.uint8)
    with pytest.raises(AutogradError, match="has no file that begins with 'train-images'"):
        data.read_mnist(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(to_idx_bytes(images, 8))
    with pytest.raises(AutogradError, match="has no file that begins with 'train-labels'"):
        data.read_mnist(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(to_idx_bytes(labels, 8)))
    X, y = data.read_mnist(tmp_path)
    np.testing.assert_array_equal(X, images.reshape(3, 4) / 255)
    np.testing.assert_array_equal(y, labels)
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(to_idx_bytes(images[:1], 8))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(to_idx_bytes(labels[:1], 8))
    X, y = data.read_mnist(tmp_path)
    assert X.shape == (4, 4)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(to_idx_bytes(labels, 8))
    with pytest.raises(AutogradError, match=r"t10k-images has shape \(1, 2, 2\) and t10k-labels \(3,\)"):
        data.read_mnist(tmp_path)
    with pytest.raises(AutogradError, match="is not a folder: give the one that holds MNIST's IDX files"):
        data.read_mnist(tmp_path / "nowhere")
