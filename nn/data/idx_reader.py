"""A reader for IDX files, the format of MNIST. It trusts no byte of a file."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path

import numpy as np

from autograd import DataError
from nn import checkpoint
from nn.data.compression import is_gzipped
from nn.data.pairs import Array

# The third byte of the magic number, and the type of the entries (Y. LeCun, "The MNIST database", section "IDX file format").
IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAGIC_BYTES = 4  # two zero bytes, the type, and the number of axes
LENGTH_BYTES = 4  # of the length of each axis, an unsigned integer, most significant byte first
BLOCK = 1 << 20  # bytes that are read at a time to reach the end of a file. At twice as much, up to 2 MB are in memory.


def read_idx(path: str | Path) -> Array:
    """Read the array in an IDX file.

    Parameters
    ----------
    path : str or Path
        The file, gzipped or not. It begins with two zero bytes, the type of the entries, the number of axes, and their lengths,
        most significant byte first.

    Returns
    -------
    ndarray
        The array, in the byte order of the machine.

    Raises
    ------
    DataError
        If the file does not have that format, is cut short or too long, or says that it holds more than it can.

    References
    ----------
    Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels-idx1-ubyte")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     read_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    path = Path(path)
    raw = _read_bytes(path)
    if len(raw) < MAGIC_BYTES or raw[:2] != b"\0\0" or raw[2] not in IDX_TYPES:
        raise DataError(
            f"{path} is not an IDX file: it begins with {raw[:MAGIC_BYTES].hex(' ')}, not with 00 00, a type and a number of axes"
        )
    dtype, ndim = np.dtype(IDX_TYPES[raw[2]]), raw[3]
    start = MAGIC_BYTES + LENGTH_BYTES * ndim
    if len(raw) < start:
        raise DataError(f"{path} is cut short: its header needs {start} bytes, the file has {len(raw)}")
    shape = struct.unpack(f">{ndim}I", raw[MAGIC_BYTES:start])
    need = start + _size_in_bytes(dtype, shape)
    if len(raw) != need:
        state = "cut short" if len(raw) < need else "too long"
        raise DataError(f"{path} is {state}: shape {shape} of {dtype.name} needs {need} bytes, the file has {len(raw)}")
    try:
        return np.frombuffer(raw, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))
    except ValueError:  # an empty array with an axis that is too long for NumPy
        raise DataError(f"{path}: no array can have the shape {shape}") from None


def _size_in_bytes(dtype: np.dtype[np.generic], shape: tuple[int, ...]) -> int:
    """Return the size of an array, as an exact integer of any length."""
    return dtype.itemsize * int(np.prod(shape, dtype=object))


def _read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, decompressed if it is gzipped."""
    raw = path.read_bytes()
    if not is_gzipped(raw):
        return raw
    try:
        return _decompress(raw)
    except (EOFError, OSError, ValueError, gzip.zlib.error) as error:  # type: ignore[attr-defined]  # gzip imports zlib
        raise DataError(f"{path}: the gzip file is cut short or damaged ({error}): fetch it again") from None


def _decompress(raw: bytes) -> bytes:
    """Return the contents of a gzip file, read no further than the IDX header in it says, so that a bomb takes no memory."""
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
        magic = file.read(MAGIC_BYTES)
        if len(magic) < MAGIC_BYTES or magic[2] not in IDX_TYPES:
            while file.read(BLOCK):  # to the end, where gzip finds out that a file is damaged
                pass
            return magic
        lengths = file.read(LENGTH_BYTES * magic[3])
        shape = tuple(np.frombuffer(lengths, ">u4").tolist())
        need = _size_in_bytes(np.dtype(IDX_TYPES[magic[2]]), shape) if lengths else 0
        if not checkpoint.is_believable(need, len(raw)):
            raise OSError(f"it says that it holds {need} bytes, {need // len(raw)} times its own size")
        return magic + lengths + file.read(need + 1)
