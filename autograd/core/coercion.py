"""Coercion: numbers become float64 (other float types are kept); anything else raises an error that says what to do."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.backends.foreign_arrays import is_foreign_array, to_numpy
from autograd.errors import DataError

REAL_KINDS = "fiub"  # NumPy's kinds of dtype: floats, signed and unsigned integers, booleans
NUMBER_KINDS = REAL_KINDS + "c"  # and complex numbers, which arrays may hold
PLAIN_NUMBERS = frozenset({float, int, bool, np.float64})  # types of the entries of most lists, which need no look one by one


def to_float(x: Any, call: str) -> float:
    """Return a real number as a Python float.

    Parameters
    ----------
    x : object
        The number.
    call : str
        The call that error messages name.

    Returns
    -------
    float
        The number.

    Raises
    ------
    DataError
        If ``x`` is not a real number, or is an integer beyond float64.

    Examples
    --------
    >>> to_float(True, "Value()")
    1.0
    """
    if type(x) is float:
        return x
    if is_foreign_array(x):
        x = to_numpy(x, call)
    if isinstance(x, np.ndarray | np.generic):
        if type(x) is not np.ndarray:
            check_array_kind(x, call)
        if x.dtype.kind in REAL_KINDS and x.ndim == 0:
            return float(x)
    elif isinstance(x, numbers.Real | Decimal):
        try:
            return float(x)
        except OverflowError:
            raise DataError(f"{call}: an integer of {len(repr(x))} digits is beyond float64 (about 1.8e308)") from None
    raise DataError(f"{call} takes a real number, not {describe(x)}{suggest_fix(x)}")


def to_array(x: Any, call: str) -> npt.NDArray[Any]:
    """Return numbers as an array of floats or of complex numbers that nobody else can write to.

    Parameters
    ----------
    x : array_like
        The numbers. Float and complex types are kept; ints and bools become float64. Arrays of other libraries are read by DLPack.
    call : str
        The call that error messages name.

    Returns
    -------
    ndarray
        A copy, or ``x`` itself if it is read-only and owns its memory.

    Raises
    ------
    DataError
        If ``x`` is not an array of numbers, or has masked entries.

    Examples
    --------
    >>> to_array([1, 2], "Tensor()")
    array([1., 2.])
    """
    if type(x) is float:
        return np.array(x)
    if type(x) is np.ndarray and x.dtype.kind in "fc":
        return copy_if_writable(x)
    x = _read_arrays(x, call)
    try:
        array = np.asarray(x)
    except (ValueError, DataError) as error:  # NumPy's word for ragged lists; ours for nodes inside them
        raise DataError(f"{call} takes an array of real numbers, not {describe(x)}{suggest_fix(x)}: {error}") from None
    if array.dtype.kind not in NUMBER_KINDS:
        raise DataError(f"{call} takes real numbers, not {describe(x)}{suggest_fix(x)}")
    if array.dtype.kind not in "fc":
        return array.astype(np.float64)
    return array if isinstance(x, list | tuple) or np.isscalar(x) else np.array(array)


def check_array_kind(x: Any, call: str) -> None:
    """Raise DataError if an array has masked entries, which would count as numbers, or is a matrix, whose ``*`` is a product.

    >>> check_array_kind(np.ma.array([1.0, 2.0], mask=[False, False]), "Tensor()")
    """
    if isinstance(x, np.matrix):
        raise DataError(
            f"{call} takes arrays, not an np.matrix, for which * and ** are products of matrices: pass np.asarray(x), and write @ "
            f"for products"
        )
    mask = getattr(x, "mask", None)
    masked = 0 if mask is None else int(np.sum(mask))
    if masked:
        raise DataError(
            f"{call}: {masked} of {np.size(x)} entries are masked, but the numbers below the mask would be used: fill them, as in "
            f"x.filled(0.0), or drop them, as in x.compressed()"
        )


def _read_arrays(x: Any, call: str) -> Any:
    """Return ``x`` with NumPy's arrays in place of those of other libraries, also in nested lists; refuse masked entries."""
    if isinstance(x, list | tuple):
        if PLAIN_NUMBERS.issuperset(map(type, x)):
            return x
        parts = [_read_arrays(part, call) for part in x]
        return x if all(new is old for new, old in zip(parts, x, strict=True)) else parts
    if isinstance(x, np.ndarray):
        if type(x) is not np.ndarray:
            check_array_kind(x, call)
        return x
    return to_numpy(x, call) if is_foreign_array(x) else x


def copy_if_writable(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the array itself if it is read-only and owns its memory, otherwise a copy."""
    if type(array) is np.ndarray and not array.flags.writeable and array.base is None:
        return array
    return np.array(array)


def describe(x: Any) -> str:
    """Return a short description of an argument for error messages."""
    if isinstance(x, np.ndarray):
        return f"an array of dtype {x.dtype} and shape {x.shape}"
    text = repr(x)
    return f"{text if len(text) <= 60 else text[:57] + '…'} of type {type(x).__name__}"


def suggest_fix(x: Any) -> str:
    """Return advice for a known mistake, or an empty string."""
    if hasattr(type(x), "stamp"):  # a node; coercion knows nothing else about it
        return "; it is a node already: use it as it is, or take x.data for its numbers"
    if isinstance(x, complex | np.complexfloating) or (isinstance(x, np.ndarray) and x.dtype.kind == "c"):
        return "; a Tensor may hold complex numbers, as in Tensor(x)"
    if isinstance(x, str | bytes):
        return "; convert it first, as in float(text)"
    if hasattr(x, "__next__"):
        return "; make a list of it first, as in list(x)"
    if isinstance(x, np.ndarray | list | tuple):
        return "; stack Values into a Tensor with autograd.stack, or convert with np.asarray(x, dtype=float)"
    return ""
