"""Checkpoints: arrays by name in one NPZ file, written whole or not at all, and read without trusting a byte of it.

No pickle is written or read; what a file says of its sizes is held against its length before any memory is taken.
"""

from __future__ import annotations

import ast
import os
import struct
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError

Array = npt.NDArray[Any]
KINDS = "fiub"  # the types of numbers that a checkpoint holds
LONGEST_HEADER, LONGEST_NAME = 10_000, 10_000
END = 22  # bytes of a zip file's last record
MOST_INFLATED = 1040  # times its own size: DEFLATE cannot reach more (about 1032), so a file that says so lies
LARGE = 2**29  # bytes from which on a file must not say more than LARGE_INFLATED times its own size
LARGE_INFLATED = 100  # as real arrays of numbers do not, but for nearly empty ones


def is_believable(need: int, size: int) -> bool:
    """Whether a compressed file of ``size`` bytes may hold ``need`` of them: sparse arrays may, bombs may not.

    >>> is_believable(12_500_000, 53_000), is_believable(10**12, 10**9), is_believable(10**6, 100)
    (True, False, False)
    """
    return need <= max(LARGE_INFLATED * size, min(MOST_INFLATED * max(size, 100), LARGE))


def save(path: str | Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays and numbers by name: to a file beside it first, which then takes its place at once.

    A process that is killed at any moment leaves the old file or the new one. DataError for what is no array of numbers, or a
    path that cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(folder + "/a.npz", {"x": [1.0, 2.0]}); load(folder + "/a.npz")
    {'x': array([1., 2.])}
    """
    path = Path(path)
    found = {name: np.asarray(x) for name, x in arrays.items()}
    for name, x in found.items():
        if x.dtype.kind not in KINDS:
            raise DataError(f"save(): {name!r} holds {x.dtype}, not numbers")
        if not name or "\0" in name or len(name.encode()) > LONGEST_NAME:
            raise DataError(f"save(): {name[:50]!r} is no name for an array")
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for name, x in found.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, x, version=(1, 0), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise DataError(f"save(): {path} cannot be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)


def load(path: str | Path, names: Collection[str] | None = None) -> dict[str, Array]:
    """The arrays of a checkpoint, or of any NPZ file, by name: all, or those of ``names`` that there are.

    DataError says what is wrong with a file that is none, is cut short or damaged, or says that it holds more than it can.
    """
    path = Path(path)
    try:
        raw = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_directory(path, members)
            found = {info.filename.removesuffix(".npy"): info for info in members}
            return {name: _array(archive, info, raw) for name, info in found.items() if names is None or name in names}
    except Exception as error:  # whatever a damaged file makes the readers raise
        raise DataError(f"{path} is no NPZ file that can be read: {error}") from None


def _check_directory(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    """As many members as the end of the file says, each by a name and in bytes of its own."""
    with open(path, "rb") as file:
        file.seek(-END, os.SEEK_END)
        mark, *_, count = struct.unpack("<4s3H", file.read(END)[:10])
    if mark != b"PK\5\6" or (count != len(members) and count != 0xFFFF):
        raise ValueError(f"its directory lists {len(members)} arrays, and should list {count}")
    if len({info.filename for info in members}) != len(members):
        raise ValueError("two arrays have one name")
    at = 0
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < at:
            raise ValueError(f"{info.filename!r} lies on another array")
        at = info.header_offset + info.compress_size


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> Array:
    """One array, if what its header says fits into the file."""
    stored = info.compress_type == zipfile.ZIP_STORED
    if info.file_size > size if stored else not is_believable(info.file_size, size):
        raise ValueError(f"{info.filename!r} says that it has {info.file_size} bytes, in a file of {size}")
    with archive.open(info) as file:
        start = file.read(10)
        if start[:6] != b"\x93NUMPY" or start[6] != 1:
            raise ValueError(f"{info.filename!r} is no array of NumPy's first format")
        (length,) = struct.unpack("<H", start[8:10])
        if length > LONGEST_HEADER:
            raise ValueError(f"{info.filename!r} has a header of {length} bytes")
        dtype, shape, fortran = _header(file.read(length))
        need = dtype.itemsize * int(np.prod(shape, dtype=object))
        if need != info.file_size - 10 - length:
            raise ValueError(f"{info.filename!r} of shape {shape} needs {need} bytes, the file has {info.file_size - 10 - length}")
        raw = file.read(need)
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C").copy()


def _header(text: bytes) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    """The type, shape and order that an array's header tells."""
    try:
        said = ast.literal_eval(text.decode("latin1"))
        dtype, shape, fortran = np.dtype(said["descr"]), said["shape"], said["fortran_order"]
    except (SyntaxError, TypeError, KeyError, MemoryError, RecursionError, AttributeError) as error:
        raise ValueError(f"its header cannot be read ({type(error).__name__})") from None
    if dtype.kind not in KINDS or not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"its header tells of {dtype} and shape {shape!r}")
    return dtype, shape, bool(fortran)
