"""Checkpoints: arrays by name in one NPZ or safetensors file. A file is written whole or not at all, and no byte of it is trusted.

No pickle is written or read. The sizes that a file declares are compared with its length before memory is allocated.
"""

from __future__ import annotations

import ast
import os
import struct
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from autograd import DataError
from nn import safetensors_files

Array = npt.NDArray[Any]
SAFETENSORS = ".safetensors"  # the suffix of the other format
KINDS = "fiub"  # the kinds of numbers in a checkpoint: floats, signed and unsigned integers, bools

# The longest header of an array, in bytes: NumPy's own limit for a header that may be parsed as a Python literal. Parsing twice as
# much takes twice the time and memory.
MAX_HEADER = 10_000
# The longest name of an array, in bytes; the ZIP format ends at 65 535, suffix included. At twice as much, names still fit.
MAX_NAME = 10_000
# The largest factor by which DEFLATE, the compression of ZIP, can shrink a file: about 1032 (zlib's technical details). A file that
# declares more lies. At twice as much, twice the memory is allocated for such a file.
MAX_RATIO = 1040
# The size in bytes from which on a file must not declare more than MAX_LARGE_RATIO times its own length: 512 MB, which a small
# machine can allocate. At twice as much, a file of 1 MB can take 1 GB.
LARGE = 2**29
# Measured with zlib: normal numbers shrink by a factor of 1, labels by 11, digits by 13, one-hot rows of 10 classes by 56, arrays
# with 1 % of entries that are not zero by 68. One-hot rows of 100 classes shrink by 248, and are refused if they are that large. At
# twice as much, a file of 10 MB can take 2 GB.
MAX_LARGE_RATIO = 100
# A file of fewer bytes counts as this many. The headers of a single array alone take more (30, 46 and 22 bytes, and 128 of
# NumPy's). At twice as much, a file of this size may declare 200 KB and not 100 KB.
SMALLEST_FILE = 100

ZIP_END_BYTES = 22  # the last record of a ZIP file without a comment
ZIP_END_MAGIC = b"PK\5\6"
ZIP_MANY = 0xFFFF  # what the last record declares if there are more members than it can count
NPY_MAGIC = b"\x93NUMPY"
NPY_PREAMBLE_BYTES = 10  # the magic string, two bytes of the version, and two of the length of the header


def is_believable(need: int, size: int) -> bool:
    """Whether a compressed file can hold as much as it declares: sparse arrays can, bombs cannot.

    Parameters
    ----------
    need : int
        The declared size, in bytes.
    size : int
        The length of the file, in bytes.

    Returns
    -------
    bool
        True if ``need`` is at most 100 times ``size``, or at most 1040 times ``size`` and 512 MB.

    Examples
    --------
    >>> is_believable(12_500_000, 53_000), is_believable(10**12, 10**9), is_believable(10**6, 100)
    (True, False, False)
    """
    return need <= max(MAX_LARGE_RATIO * size, min(MAX_RATIO * max(size, SMALLEST_FILE), LARGE))


def save(path: str | Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays to a file, as a whole or not at all.

    The arrays go to a file next to it first, which then replaces it. A process that is killed at any moment leaves the old file or
    the new one.

    Parameters
    ----------
    path : str or Path
        The file. With the suffix ``.safetensors`` it gets this format, which PyTorch and others read; else it is an NPZ file.
    arrays : mapping
        Arrays and numbers by name.

    Raises
    ------
    DataError
        If something is not an array of real numbers, a name is empty or too long, or the file cannot be written.
    ImportError
        If the suffix is ``.safetensors`` and the package safetensors is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(folder + "/a.npz", {"x": [1.0, 2.0]}); load(folder + "/a.npz")
    {'x': array([1., 2.])}
    """
    path = Path(path)
    checked = {name: _check_array(name, x) for name, x in arrays.items()}
    temporary = path.with_name(f".{path.name}.part")
    encoded = safetensors_files.encode(checked) if path.suffix == SAFETENSORS else None
    try:
        with open(temporary, "wb") as file:
            if encoded is None:
                _write_archive(file, checked)
            else:
                file.write(encoded)
            file.flush()
            os.fsync(file.fileno())  # wait until it is on the disk
        os.replace(temporary, path)
    except OSError as error:
        raise DataError(f"save(): {path} cannot be written: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _check_array(name: str, x: Any) -> Array:
    array = np.asarray(x)
    if array.dtype.kind not in KINDS:
        raise DataError(f"save(): {name!r} holds {array.dtype}, not numbers")
    if not name or "\0" in name or len(name.encode()) > MAX_NAME:
        raise DataError(f"save(): {name[:50]!r} cannot be the name of an array: it is empty, too long, or contains a null byte")
    return array


def _write_archive(file: IO[bytes], arrays: Mapping[str, Array]) -> None:
    """Write an NPZ file."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, x in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, x, version=(1, 0), allow_pickle=False)


def load(path: str | Path, names: Collection[str] | None = None) -> dict[str, Array]:
    """Read the arrays of a checkpoint, or of any NPZ or safetensors file.

    Parameters
    ----------
    path : str or Path
        The file. With the suffix ``.safetensors`` it has this format.
    names : collection of str, optional
        The arrays to read, if they are there; by default all.

    Returns
    -------
    dict
        Arrays by name.

    Raises
    ------
    DataError
        If the file is not of its format, is damaged, or declares that it holds more than it can.
    ImportError
        If the suffix is ``.safetensors`` and the package safetensors is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save(f"{folder}/run.npz", {"w": np.ones(2)})
    ...     load(f"{folder}/run.npz")["w"]
    array([1., 1.])
    """
    path = Path(path)
    if path.suffix == SAFETENSORS:
        return _load_safetensors(path, names)
    try:
        size = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_directory(path, members)
            by_name = {member.filename.removesuffix(".npy"): member for member in members}
            selected = {name: member for name, member in by_name.items() if names is None or name in names}
            return {name: _read_array(archive, member, size) for name, member in selected.items()}
    except Exception as error:  # whatever a damaged file makes the readers raise
        advice = "" if isinstance(error, OSError) else "; it was cut short or damaged: delete it, or restore a copy"
        raise DataError(f"{path} is not a readable NPZ file: {error}{advice}") from None


def _load_safetensors(path: Path, names: Collection[str] | None) -> dict[str, Array]:
    """Read a safetensors file, whose sizes the package compares with those that it declares."""
    try:
        arrays = safetensors_files.decode(path.read_bytes())
    except ImportError:
        raise
    except Exception as error:  # whatever a damaged file makes the package raise
        raise DataError(f"{path} is not a readable safetensors file: {error}") from None
    return {name: x for name, x in arrays.items() if names is None or name in names}


def _check_directory(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    """Raise ValueError unless there are as many members as the file declares, with different names, and none overlaps another."""
    with open(path, "rb") as file:
        file.seek(-ZIP_END_BYTES, os.SEEK_END)
        magic, *_, count = struct.unpack("<4s3H", file.read(ZIP_END_BYTES)[:10])
    if magic != ZIP_END_MAGIC or (count != len(members) and count != ZIP_MANY):
        raise ValueError(f"its directory lists {len(members)} arrays, and should list {count}")
    if len({member.filename for member in members}) != len(members):
        raise ValueError("two arrays have the same name")
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise ValueError(f"{member.filename!r} overlaps another array")
        end = member.header_offset + member.compress_size


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> Array:
    """Return one array, if what it declares fits into a file of ``size`` bytes."""
    name = member.filename
    is_stored = member.compress_type == zipfile.ZIP_STORED
    fits = member.file_size <= size if is_stored else is_believable(member.file_size, size)
    if not fits:
        raise ValueError(f"{name!r} says that it has {member.file_size} bytes, in a file of {size}")
    with archive.open(member) as file:
        preamble = file.read(NPY_PREAMBLE_BYTES)
        if not preamble.startswith(NPY_MAGIC) or preamble[len(NPY_MAGIC)] != 1:
            raise ValueError(f"{name!r} is not an array in version 1 of NumPy's format")
        (length,) = struct.unpack("<H", preamble[8:10])
        if length > MAX_HEADER:
            raise ValueError(f"{name!r} has a header of {length} bytes")
        dtype, shape, is_fortran = _parse_header(file.read(length))
        need = dtype.itemsize * int(np.prod(shape, dtype=object))
        have = member.file_size - NPY_PREAMBLE_BYTES - length
        if need != have:
            raise ValueError(f"{name!r} of shape {shape} needs {need} bytes, the file has {have}")
        raw = file.read(need)
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if is_fortran else "C").copy()


def _parse_header(text: bytes) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    """Return the type and the shape of an array, and whether it is in Fortran order."""
    try:
        header = ast.literal_eval(text.decode("latin1"))
        dtype, shape, is_fortran = np.dtype(header["descr"]), header["shape"], header["fortran_order"]
    except (SyntaxError, TypeError, KeyError, MemoryError, RecursionError, AttributeError) as error:
        raise ValueError(f"its header cannot be read ({type(error).__name__})") from None
    has_shape = isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)
    if dtype.kind not in KINDS or not has_shape:
        raise ValueError(f"its header declares {dtype} and shape {shape!r}")
    return dtype, shape, bool(is_fortran)
