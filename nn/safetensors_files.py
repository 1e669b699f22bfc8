"""The format safetensors, which PyTorch and others read and write: arrays by name as bytes, through the package of that name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError

Array = npt.NDArray[Any]

# The format's names of types, and NumPy's; numbers are stored with the least significant byte first.
TYPES = {
    "F16": "<f2",
    "F32": "<f4",
    "F64": "<f8",
    "BOOL": "|b1",
    **{f"I{bits}": f"<i{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"<u{bits // 8}" for bits in (8, 16, 32, 64)},
}
STORED = {np.dtype(code) for code in TYPES.values()}


def _import_safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            f"a .safetensors file needs the package safetensors ({error}): install the extra with pip install "
            f"'gradlab[safetensors]', or use the suffix .npz"
        ) from None
    return safetensors


def encode(arrays: Mapping[str, Array]) -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    arrays : mapping
        Arrays of real numbers by name.

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        If the format does not have the type of an array, or reserves its name.
    ImportError
        If the package safetensors is not installed.

    Examples
    --------
    >>> len(encode({"x": np.ones(2)}))  # doctest: +SKIP
    80
    """
    safetensors = _import_safetensors()
    tensors = {}
    for name, x in arrays.items():
        if x.dtype.newbyteorder("<") not in STORED or name == "__metadata__":
            raise DataError(f"save(): a .safetensors file cannot hold {name!r} of {x.dtype}: use another name or type, or .npz")
        tensors[name] = np.array(x, x.dtype.newbyteorder("="), order="C")  # the package writes the memory as it is
    return bytes(safetensors.numpy.save(tensors))


def decode(data: bytes) -> dict[str, Array]:
    """Return the arrays in the bytes of a file.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    dict
        Arrays by name. Those of the type bfloat16, which NumPy lacks, become float32, with the same numbers.

    Raises
    ------
    ValueError
        If an array has another type that NumPy lacks, or if the file is damaged; the package raises an error of its own, too.
    ImportError
        If the package safetensors is not installed.
    """
    return {name: _to_array(name, **entry) for name, entry in _import_safetensors().deserialize(data)}


def _to_array(name: str, dtype: str, shape: list[int], data: bytes) -> Array:
    if dtype == "BF16":  # the upper half of a float32
        return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").astype(np.float32).reshape(shape)
    if dtype not in TYPES:
        raise ValueError(f"{name!r} has the type {dtype}, which NumPy lacks")
    stored = np.dtype(TYPES[dtype])
    return np.frombuffer(data, stored).astype(stored.newbyteorder("=")).reshape(shape)
