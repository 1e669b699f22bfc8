"""New arrays that hold nodes, and whose entries may be assigned to."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.buffer import Buffer, make_buffer
from autograd.core.tensor import Tensor
from autograd.errors import DataError
from autograd.numpy_api.apply import as_tensor, to_operand
from autograd.numpy_api.functions.shapes import broadcast_to


def array(object: Any, dtype: Any = None) -> Buffer:
    """Return a new array of numbers and nodes, as np.array would if it knew nodes.

    Parameters
    ----------
    object : number, node, array_like, or nested lists of them
        Nodes stay connected to their graph.
    dtype : dtype, optional
        A float or complex type.

    Returns
    -------
    Tensor
        Its entries may be assigned to, as in ``a[0] = x``. Without nodes no gradient flows to it.

    Raises
    ------
    DataError
        If an entry is not a real number or a node, or if ``dtype`` is neither a float nor a complex type.

    Examples
    --------
    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> a = array([[1.0, x], [x * x, 4.0]])
    >>> a[0, 0] = 2.0 * x
    >>> a.sum().backward(); x.grad
    9.0
    """
    tensor = as_tensor(object, "array()")
    return make_buffer(tensor if dtype is None else tensor.astype(_float_type("array()", dtype)))


def zeros(shape: Any, dtype: Any = float) -> Buffer:
    """Return an array of zeros, to be filled with numbers and nodes.

    Parameters
    ----------
    shape : int or sequence of int
        The shape of the array.
    dtype : dtype, optional
        A float or complex type.

    Returns
    -------
    Tensor
        Its entries may be assigned to.

    Raises
    ------
    DataError
        If ``dtype`` is neither a float nor a complex type.

    Examples
    --------
    >>> from autograd import grad
    >>> def f(x):
    ...     a = zeros(3)
    ...     for i in range(3):
    ...         a[i] = x**i
    ...     return a.sum()
    >>> grad(f)(2.0)
    5.0
    """
    return make_buffer(Tensor(np.zeros(shape, _float_type("zeros()", dtype)), constant=True))


def ones(shape: Any, dtype: Any = float) -> Buffer:
    """Return an array of ones, to be filled with numbers and nodes; see `zeros`.

    Parameters
    ----------
    shape : int or sequence of int
        The shape of the array.
    dtype : dtype, optional
        A float or complex type.

    Returns
    -------
    Tensor
        Its entries may be assigned to.

    Raises
    ------
    DataError
        If ``dtype`` is neither a float nor a complex type.

    Examples
    --------
    >>> ones((1, 2)).data
    array([[1., 1.]])
    """
    return make_buffer(Tensor(np.ones(shape, _float_type("ones()", dtype)), constant=True))


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Buffer:
    """Return an array with one number or node everywhere.

    Parameters
    ----------
    shape : int or sequence of int
        The shape of the array.
    fill_value : number, array_like or node
        What is broadcast to the shape. The gradient with respect to a node is the sum of those by the entries.
    dtype : dtype, optional
        A float or complex type.

    Returns
    -------
    Tensor
        Its entries may be assigned to.

    Raises
    ------
    ShapeError
        If the value does not broadcast to the shape.

    Examples
    --------
    >>> from autograd import grad
    >>> grad(lambda x: full((2, 3), x).sum())(5.0)
    6.0
    """
    return array(broadcast_to(to_operand(fill_value, "full()"), shape), dtype)


def _float_type(call: str, dtype: Any) -> np.dtype[Any]:
    if np.dtype(dtype).kind not in "fc":
        raise DataError(
            f"{call}: dtype must be a float or complex type, such as np.float32, not {np.dtype(dtype)}; others have no gradient"
        )
    return np.dtype(dtype)  # type: ignore[no-any-return]  # a dtype
