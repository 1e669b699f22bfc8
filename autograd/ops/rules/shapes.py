"""Adjoints of the operations that rearrange entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def inverse_permutation(axes: Sequence[int] | None) -> tuple[int, ...] | None:
    """Return the permutation that undoes ``axes``; ``None``, which reverses all axes, undoes itself.

    Examples
    --------
    >>> inverse_permutation((2, 0, 1))
    (1, 2, 0)
    """
    return None if axes is None else tuple(sorted(range(len(axes)), key=lambda i: axes[i] % len(axes)))


def concatenate_adjoint(xp: Any, g: Any, i: int, args: Sequence[Any], axis: int) -> Any:
    """Return the slice of the cotangent that belongs to the i-th of the concatenated arrays."""
    start = sum(xp.shape(a)[axis] for a in args[:i])
    leading = (slice(None),) * (axis % len(xp.shape(g)))
    return xp.getitem(g, index=(*leading, slice(start, start + xp.shape(args[i])[axis])))


def set_entries_adjoint(xp: Any, g: Any, i: int, index: Any) -> Any:
    """Return the cotangent of an array without its replaced entries (i = 0), or of what replaced them (i = 1)."""
    return xp.getitem(g, index=index) if i else xp.set_entries(g, 0.0, index=index)


def stack_adjoint(xp: Any, g: Any, i: int, axis: int) -> Any:
    """Return the slice of the cotangent that belongs to the i-th of the stacked arrays."""
    return xp.getitem(g, index=(*(slice(None),) * (axis % len(xp.shape(g))), i))


def trace_adjoint(xp: Any, g: Any, a: Any, offset: int, axis1: int, axis2: int) -> Any:
    """Put the cotangent of a trace on the diagonal of the two axes, with zeros elsewhere."""
    shape = xp.shape(a)
    rest = [i for i in range(len(shape)) if i not in (axis1 % len(shape), axis2 % len(shape))]
    diagonals = xp.reshape(g, (*xp.shape(g), 1, 1)) * xp.eye(shape[axis1], shape[axis2], offset)
    return xp.transpose(diagonals, axes=inverse_permutation([*rest, axis1 % len(shape), axis2 % len(shape)]))
