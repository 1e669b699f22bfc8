"""Einstein sums."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.coercion import describe
from autograd.core.operators import apply
from autograd.core.tensor import Tensor
from autograd.errors import DataError, ShapeError
from autograd.numpy_api.apply import apply_to_tensors
from autograd.ops import find

_EINSUM = find("einsum")
_UPPERCASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # stands for the axes of "..."


def einsum(subscripts: Any, *operands: Any, optimize: Any = "greedy") -> Any:
    """Return an Einstein sum, in NumPy's notation.

    Parameters
    ----------
    subscripts : str
        Such as ``"ij,jk->ik"``. The result may be left out, letters may be repeated, and ``...`` stands for any axes.
    *operands : array_like or Tensor
        Or, without subscripts: each operand, followed by a list of whole numbers that name its axes, and perhaps a last list for
        the result, as in ``einsum(A, [0, 1], B, [1, 2], [0, 2])``.
    optimize : bool, str or list, default "greedy"
        In which order more than two operands are multiplied, as for ``np.einsum_path``: "greedy", "optimal", or a path. True is
        "greedy", and False multiplies all of them at once.

    Returns
    -------
    float, array or Tensor
        Its axes are the letters of the result.

    Raises
    ------
    DataError
        If there are neither subscripts nor lists of axes.
    ShapeError
        If the subscripts do not fit the operands.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> einsum("ij,ij->i", Tensor(np.ones((2, 3))), np.ones((2, 3))).data
    array([3., 3.])
    """
    if not isinstance(subscripts, str):
        subscripts, operands = _read_operand_lists((subscripts, *operands))

    def record(*tensors: Tensor) -> Tensor:
        explicit = _make_explicit(subscripts, [t.ndim for t in tensors])
        if len(tensors) < 3 or optimize is False:
            return apply(_EINSUM, *tensors, subscripts=explicit)  # type: ignore[no-any-return]
        return _multiply_pairwise(explicit, list(tensors), optimize)

    return apply_to_tensors(record, "einsum", *operands)


def _read_operand_lists(arguments: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return subscripts and operands for operands that are each followed by a list of axes."""
    operands, lists = tuple(arguments[: len(arguments) // 2 * 2 : 2]), list(arguments[1::2])
    result = list(arguments[-1:]) if len(arguments) % 2 else []
    for axes in [*lists, *result]:
        if not isinstance(axes, list | tuple) or not all(axis is Ellipsis or isinstance(axis, int | np.integer) for axis in axes):
            raise DataError(
                "einsum takes its subscripts as one string first, such as 'ij,jk->ik', or after each operand a list of whole "
                f"numbers that name its axes, not {describe(axes)}"
            )
    parts = ["".join(map(_letter_of, axes)) for axes in [*lists, *result]]
    inputs = ",".join(parts[: len(lists)])
    return f"{inputs}->{parts[-1]}" if result else inputs, operands


def _letter_of(axis: Any) -> str:
    """Return the letter of an axis that was given as a whole number, or the ellipsis."""
    return "..." if axis is Ellipsis else chr(ord("a") + axis)


def _multiply_pairwise(subscripts: str, tensors: list[Tensor], optimize: Any) -> Tensor:
    """Multiply the operands in the order that NumPy finds the cheapest."""
    inputs, result = subscripts.split("->")
    parts = inputs.split(",")
    for step in _find_path(subscripts, tuple(t.shape for t in tensors), optimize):
        chosen = sorted(step, reverse=True)
        some = [(parts.pop(i), tensors.pop(i)) for i in chosen]
        needed = "".join(parts) + result
        letters = dict.fromkeys("".join(part for part, _ in some))
        product = "".join(letter for letter in letters if letter in needed) if parts else result
        parts.append(product)
        joined = ",".join(part for part, _ in some) + "->" + product
        tensors.append(apply(_EINSUM, *(t for _, t in some), subscripts=joined))
    return tensors[0]


def _find_path(subscripts: str, shapes: tuple[tuple[int, ...], ...], optimize: Any) -> list[tuple[int, ...]]:
    """Return the operands to be multiplied in each step, as NumPy finds them; by names they are kept."""
    if isinstance(optimize, bool | str):
        return _find_path_by_name(subscripts, shapes, optimize)
    return _ask_numpy(subscripts, shapes, optimize)


def _ask_numpy(subscripts: str, shapes: tuple[tuple[int, ...], ...], optimize: Any) -> list[tuple[int, ...]]:
    arrays = [np.broadcast_to(0.0, shape) for shape in shapes]
    try:
        path, _ = np.einsum_path(subscripts, *arrays, optimize=optimize)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ShapeError(f"einsum: {subscripts!r} of shapes {shapes} with optimize={optimize!r}: {error}") from None
    return list(path[1:])


_find_path_by_name = functools.lru_cache(maxsize=1024)(_ask_numpy)


def _make_explicit(subscripts: str, ndims: Sequence[int]) -> str:
    """Write out the result of subscripts, and replace every ``...`` by letters."""
    inputs, arrow, result = subscripts.replace(" ", "").partition("->")
    parts = inputs.split(",")
    ellipsis_lengths = _count_ellipsis_axes(subscripts, parts, ndims)
    unused = "".join(sorted(set(_UPPERCASE) - set(subscripts)))
    letters = unused[: max(ellipsis_lengths)]
    if not arrow:
        result = _infer_result(inputs)
    filled = [p.replace("...", letters[len(letters) - n :]) for p, n in zip(parts, ellipsis_lengths, strict=True)]
    return ",".join(filled) + "->" + result.replace("...", letters)


def _count_ellipsis_axes(subscripts: str, parts: Sequence[str], ndims: Sequence[int]) -> list[int]:
    """Count the axes that ``...`` stands for in each operand."""
    if len(parts) != len(ndims):
        raise ShapeError(f"einsum: {subscripts!r} names {len(parts)} operands, but {len(ndims)} were given")
    lengths = [ndim - len(part.replace("...", "")) for part, ndim in zip(parts, ndims, strict=True)]
    for part, ndim, length in zip(parts, ndims, lengths, strict=True):
        if length < 0 or (length and "..." not in part):
            raise ShapeError(f"einsum: {part!r} does not name the {ndim} axes of its operand, in {subscripts!r}")
    return lengths


def _infer_result(inputs: str) -> str:
    """Return the axes of ``...``, then the letters that occur once, in alphabetical order."""
    letters = inputs.replace(",", "").replace("...", "")
    once = sorted(letter for letter in set(letters) if letters.count(letter) == 1)
    return ("..." if "..." in inputs else "") + "".join(once)
