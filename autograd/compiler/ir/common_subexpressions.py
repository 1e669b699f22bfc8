"""Common subexpressions: the keys by which the builder of a program finds an instruction that it has already made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.instruction import Instruction
from autograd.ops import Op


def cache_key(x: Any) -> Any:
    """Return a hashable key of an argument or setting. Different keys mean different instructions.

    Parameters
    ----------
    x : Instruction, array, tuple, list, slice or object
        The argument or setting. Instructions are told apart by identity, anything else by value.

    Returns
    -------
    object
        The key.
    """
    if isinstance(x, Instruction):
        return id(x)
    if isinstance(x, np.ndarray):
        return x.shape, x.dtype.str, x.tobytes()
    if isinstance(x, tuple | list):
        return tuple(map(cache_key, x))
    if isinstance(x, slice):
        return "slice", x.start, x.stop, x.step
    return type(x), repr(x)


def instruction_key(op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any:
    """Return a key that equal instructions share.

    Parameters
    ----------
    op : Op
        The row of the table.
    args : sequence of Instruction, float or array
        The arguments.
    static : dict
        The settings.

    Returns
    -------
    tuple
        The key: the name of the operation and the keys of its arguments and settings.
    """
    settings = [(name, cache_key(value)) for name, value in sorted(static.items())]
    return (op.name, *map(cache_key, args), *settings)
