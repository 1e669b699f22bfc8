"""Arrays of other libraries, such as PyTorch and JAX: read as NumPy arrays by DLPack, the protocol of the array API."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.errors import DataError

CPU = 1  # the type of device in DLPack's header that stands for the memory of the CPU

# Types that need no look; most arguments are of one of them.
_OWN_TYPES = frozenset({float, int, bool, complex, list, tuple, dict, str, type(None), np.ndarray, np.float64})


def is_foreign_array(x: Any) -> bool:
    """Return whether ``x`` is an array of another library that has DLPack.

    Parameters
    ----------
    x : object

    Returns
    -------
    bool
        False for NumPy's arrays and numbers, and for nodes.

    Examples
    --------
    >>> is_foreign_array(np.ones(2)), is_foreign_array(1.0)
    (False, False)
    """
    if type(x) in _OWN_TYPES or isinstance(x, np.ndarray | np.generic | type):
        return False
    return hasattr(x, "__dlpack__") and not hasattr(type(x), "stamp")  # all nodes have a stamp


def to_numpy(x: Any, call: str) -> npt.NDArray[Any]:
    """Return an array of another library as a NumPy array.

    Parameters
    ----------
    x : array
        An array for which :func:`is_foreign_array` is true.
    call : str
        The call that error messages name.

    Returns
    -------
    ndarray
        The same memory, which must not be written to.

    Raises
    ------
    DataError
        If the array is recorded in a graph of its library, is abstract, is on another device than the CPU, or has a type that NumPy
        lacks.

    References
    ----------
    Python array API standard, "Data interchange mechanisms" (DLPack).
    """
    if getattr(x, "requires_grad", False):
        raise DataError(
            f"{call}: {_describe(x)} requires grad, and would be cut from its graph here: pass x.detach(), or make the whole "
            f"function one of PyTorch with autograd.interop.to_torch(f)"
        )
    if not hasattr(x, "__dlpack_device__"):  # a tracer of JAX
        raise DataError(
            f"{call}: {_describe(x)} has no numbers inside jit, grad and vmap of its library: use it outside of them, or make the "
            f"whole function one of JAX with autograd.interop.to_jax(f)"
        )
    try:
        device = int(x.__dlpack_device__()[0])
    except Exception:  # a device that DLPack does not know, such as PyTorch's "meta"
        device = 0
    if device != CPU:
        raise DataError(
            f"{call}: {_describe(x)} is on the device {str(getattr(x, 'device', 'of another kind'))!r}, and only the memory of the "
            f"CPU is read: move it first, as in x.cpu() (PyTorch) or jax.device_put(x, jax.devices('cpu')[0])"
        )
    try:
        return np.from_dlpack(x)
    except Exception as error:  # each library has its own for types and layouts that it cannot export
        raise DataError(
            f"{call}: {_describe(x)} cannot be read as a NumPy array ({error}): convert it to a dense array of float64 first"
        ) from None


def _describe(x: Any) -> str:
    return f"an array of {type(x).__module__.partition('.')[0]} of dtype {getattr(x, 'dtype', '?')} and shape {tuple(x.shape)}"
