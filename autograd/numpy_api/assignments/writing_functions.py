"""NumPy's functions that write to an array: of a Tensor that may be assigned to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.core.tracing import concretize
from autograd.errors import DataError, ShapeError
from autograd.numpy_api.apply import as_tensor
from autograd.numpy_api.assignments.indexed_updates import replace_entries, replace_where


def require_assignable(call: str, target: Any) -> Tensor:
    """Return the array that a call writes to, after it was made assignable.

    Parameters
    ----------
    call : str
        The call, for error messages.
    target : object
        The array.

    Returns
    -------
    Tensor

    Raises
    ------
    DataError
        If it is not a Tensor, so that it cannot hold nodes, or a Tensor that cannot be assigned to.
    """
    if not isinstance(target, Tensor):
        raise DataError(
            f"{call} writes to an array that cannot hold nodes: make it with np.zeros_like(t), autograd.zeros(shape), "
            f"autograd.full(shape, t) or autograd.array(x), or use the result of a function that returns a new array"
        )
    target.make_assignable(call)
    return target


def write_result(call: str, target: Any, result: Any) -> Any:
    """Write the result of a function to the array that ``out=`` names, and return that.

    Parameters
    ----------
    call : str
        The call, for error messages.
    target : Tensor
        The array.
    result : Tensor
        The result.

    Returns
    -------
    Tensor

    Raises
    ------
    DataError
        If the array cannot hold nodes.
    ShapeError
        If the result has another shape.
    """
    tensor = require_assignable(call, target)
    if np.shape(result) != tensor.shape:
        raise ShapeError(f"{call}: the result of shape {np.shape(result)} does not fit into out= of shape {tensor.shape}")
    tensor[...] = result
    return tensor


def _write(call: str, a: Any, values: Any, write: Callable[[Any, Any], None]) -> None:
    """Replace entries by values: NumPy's own function says which, since it is applied to the positions of the values."""
    target, new = require_assignable(call, a), as_tensor(values, call)
    writer = np.full(target.shape, -1)
    write(writer, np.arange(new.size).reshape(new.shape))
    target[...] = replace_entries(target, writer, new)


def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    """Replace the entries at positions of the flattened array, as np.put does; a short list of values is repeated.

    Examples
    --------
    >>> from autograd import zeros
    >>> a = zeros(3); put(a, [0, 2], 5.0); a.data
    array([5., 0., 5.])
    """
    _write("np.put", a, v, lambda writer, values: np.put(writer, concretize(ind), values, mode=mode))


def place(arr: Any, mask: Any, vals: Any) -> None:
    """Replace the entries at which a mask holds by one value after the other, as np.place does.

    Examples
    --------
    >>> from autograd import zeros
    >>> a = zeros(3); place(a, [True, False, True], [5.0, 6.0]); a.data
    array([5., 0., 6.])
    """
    _write("np.place", arr, vals, lambda writer, values: np.place(writer, concretize(mask), values))


def putmask(a: Any, mask: Any, values: Any) -> None:
    """Replace the entries at which a mask holds by the values at the same positions, as np.putmask does.

    Examples
    --------
    >>> from autograd import zeros
    >>> a = zeros(3); putmask(a, [True, False, True], [5.0, 6.0, 7.0]); a.data
    array([5., 0., 7.])
    """
    if np.shape(values) in ((), np.shape(a)):
        target = require_assignable("np.putmask", a)
        target[...] = replace_where(target, mask, values)
    else:
        _write("np.putmask", a, values, lambda writer, positions: np.putmask(writer, concretize(mask), positions))


def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    """Copy an array into another one, as np.copyto does.

    Examples
    --------
    >>> from autograd import zeros
    >>> a = zeros(3); copyto(a, 2.0, where=[True, False, True]); a.data
    array([2., 0., 2.])
    """
    target = require_assignable("np.copyto", dst)
    if not np.can_cast(np.result_type(src), target.dtype, casting):
        raise DataError(f"np.copyto with casting={casting!r} does not convert {np.result_type(src)} to {target.dtype}")
    target[...] = src if where is True else replace_where(target, where, src)


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> None:
    """Replace entries along an axis, as np.put_along_axis does.

    Examples
    --------
    >>> from autograd import zeros
    >>> a = zeros((2, 2)); put_along_axis(a, [[1], [0]], 5.0, 1); a.data
    array([[0., 5.],
           [5., 0.]])
    """
    _write(
        "np.put_along_axis",
        arr,
        values,
        lambda writer, positions: np.put_along_axis(writer, np.asarray(concretize(indices)), positions, axis),
    )


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Replace the entries of the main diagonal, as np.fill_diagonal does.

    Examples
    --------
    >>> from autograd import ones
    >>> a = ones((2, 2)); fill_diagonal(a, 0.0); a.data
    array([[0., 1.],
           [1., 0.]])
    """
    _write("np.fill_diagonal", a, val, lambda writer, values: np.fill_diagonal(writer, values, wrap=wrap))
