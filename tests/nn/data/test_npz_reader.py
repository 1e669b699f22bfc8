"""NPZ files are read, and damaged ones are refused."""

import gzip

import numpy as np
import pytest

from autograd import AutogradError, DataError
from nn import data
from oracles import assert_close


def test_npz_files_are_read(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.eye(2), y=np.arange(2.0))
    X, y = data.read_npz(tmp_path / "a.npz")
    assert_close(X, np.eye(2))
    assert_close(y, [0.0, 1.0])


def test_damaged_npz_files_are_named(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, X=np.ones(2))
    with pytest.raises(AutogradError, match="has no array called 'y'"):
        data.read_npz(path)
    for content in (b"", b"PK\x03\x04 nonsense", b"nonsense"):
        path.write_bytes(content)
        with pytest.raises(AutogradError, match="is not a readable NPZ file"):
            data.read_npz(path)
    with pytest.raises(AutogradError, match=r"is not a readable NPZ file: .*No such file"):
        data.read_npz(tmp_path / "none.npz")
    np.savez(path, X=np.array([object()]), y=np.ones(1))
    with pytest.raises(AutogradError, match="declares object"):
        data.read_npz(path)


def test_sparse_arrays_are_read_and_bombs_are_refused(tmp_path):
    sparse = np.zeros((1250, 1250))
    sparse[::125, ::125] = 1.0
    np.savez_compressed(tmp_path / "a.npz", X=sparse, y=np.zeros(1250))
    assert (tmp_path / "a.npz").stat().st_size * 100 < sparse.nbytes
    assert data.read_npz(tmp_path / "a.npz")[0].sum() == 100
    black = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (2000, 28, 28)) + bytes(2000 * 784)
    (tmp_path / "black.gz").write_bytes(gzip.compress(black))
    assert data.read_idx(tmp_path / "black.gz").shape == (2000, 28, 28)
    huge = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (2**31, 2**10, 2**10)) + bytes(10_000)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(huge))
    with pytest.raises(DataError, match=r"says that it holds .* bytes"):
        data.read_idx(tmp_path / "bomb.gz")
