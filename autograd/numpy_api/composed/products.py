"""Products over chosen axes, Kronecker and cross products, powers and chains of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor, is_complex
from autograd.errors import ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor

dispatched: Any = np  # NumPy's functions on Tensors, which its stubs do not know


def inner(a: Any, b: Any) -> Any:
    """Return the sums of products over the last axes of both arrays.

    Parameters
    ----------
    a, b : number, array_like or Tensor
        With last axes of one length; a number multiplies every entry of the other.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If the last axes have different lengths.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(inner(Tensor([1.0, 2.0]), [3.0, 4.0]))
    11.0
    """
    a, b = as_tensor(a), as_tensor(b)
    return a * b if not a.ndim or not b.ndim else tensordot(a, b, (-1, -1))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return the sums of products over pairs of axes.

    Parameters
    ----------
    a, b : array_like or Tensor
    axes : int or (axes of a, axes of b), optional
        A number n pairs the last n axes of ``a`` with the first n of ``b``.

    Returns
    -------
    Tensor
        Its axes are those of ``a`` and then those of ``b`` that were not summed over.

    Raises
    ------
    ShapeError
        If paired axes have different lengths.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(tensordot(Tensor([1.0, 2.0]), [3.0, 4.0], 1))
    11.0
    """
    a, b = as_tensor(a), as_tensor(b)
    axes_a, axes_b = (range(a.ndim - axes, a.ndim), range(axes)) if isinstance(axes, int) else axes
    summed_a, free_a = _split_axes(a, axes_a)
    summed_b, free_b = _split_axes(b, axes_b)
    lengths = [a.shape[i] for i in summed_a]
    if lengths != [b.shape[i] for i in summed_b]:
        raise ShapeError(f"tensordot of shapes {a.shape} and {b.shape}: the axes {axes} do not fit together")
    shape_a, shape_b = [a.shape[i] for i in free_a], [b.shape[i] for i in free_b]
    rows = a.transpose([*free_a, *summed_a]).reshape((prod(shape_a), prod(lengths)))
    columns = b.transpose([*summed_b, *free_b]).reshape((prod(lengths), prod(shape_b)))
    return functions.matmul(rows, columns).reshape((*shape_a, *shape_b))


def _split_axes(tensor: Tensor, axes: Any) -> tuple[list[int], list[int]]:
    """Return the axes to sum over and the other ones, counted from the front."""
    summed = [int(i) % tensor.ndim for i in np.atleast_1d(axes)]
    return summed, [i for i in range(tensor.ndim) if i not in summed]


def kron(a: Any, b: Any) -> Any:
    """Return the Kronecker product: every entry of ``a`` times all of ``b``, as blocks.

    Parameters
    ----------
    a, b : array_like or Tensor

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> kron(Tensor([1.0, 2.0]), [1.0, 10.0]).data
    array([ 1., 10.,  2., 20.])
    """
    a, b = as_tensor(a), as_tensor(b)
    ndim = max(a.ndim, b.ndim)
    a, b = (t.reshape((1,) * (ndim - t.ndim) + t.shape) for t in (a, b))
    pairs = list(zip(a.shape, b.shape, strict=True))
    left = a.reshape(tuple(length for n, _ in pairs for length in (n, 1)))
    right = b.reshape(tuple(length for _, m in pairs for length in (1, m)))
    return (left * right).reshape(tuple(n * m for n, m in pairs))


def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Return the cross product of vectors of length 3.

    Parameters
    ----------
    a, b : array_like or Tensor
    axisa, axisb, axisc : int, optional
        The axes that hold the vectors of ``a``, of ``b`` and of the result.
    axis : int, optional
        One axis for all three.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If an axis has another length.

    Examples
    --------
    >>> from autograd import Tensor
    >>> cross(Tensor([1.0, 0.0, 0.0]), [0.0, 1.0, 0.0]).data
    array([0., 0., 1.])
    """
    axes = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a, b = (dispatched.moveaxis(as_tensor(t), i, -1) for t, i in zip((a, b), axes, strict=False))
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ShapeError(f"cross takes vectors of length 3, not arrays of shapes {a.shape} and {b.shape}")
    j, k = [1, 2, 0], [2, 0, 1]  # cᵢ = aⱼ bₖ - aₖ bⱼ, in cyclic order
    return dispatched.moveaxis(a[..., j] * b[..., k] - a[..., k] * b[..., j], -1, axes[2])


def matvec(a: Any, b: Any) -> Any:
    """Return the products of matrices with vectors, in batches.

    Examples
    --------
    >>> from autograd import Tensor
    >>> matvec(Tensor([[1.0, 2.0], [3.0, 4.0]]), [1.0, 1.0]).data
    array([3., 7.])
    """
    return functions.einsum("...ij,...j->...i", a, b)


def vecmat(a: Any, b: Any) -> Any:
    """Return the products of conjugate vectors with matrices, in batches.

    Examples
    --------
    >>> from autograd import Tensor
    >>> vecmat(Tensor([1.0, 1.0]), [[1.0, 2.0], [3.0, 4.0]]).data
    array([4., 6.])
    """
    a = as_tensor(a)
    return functions.einsum("...i,...ij->...j", functions.conj(a) if is_complex(a) else a, b)


def matrix_power(a: Any, n: int) -> Any:
    """Return the n-th power of a square matrix.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., k, k).
    n : int
        The exponent; a negative one is a power of the inverse.

    Returns
    -------
    Tensor

    Raises
    ------
    AutogradError
        If ``n`` is negative and a matrix is singular.

    Examples
    --------
    >>> from autograd import Tensor
    >>> matrix_power(Tensor([[1.0, 1.0], [0.0, 1.0]]), 3).data
    array([[1., 3.],
           [0., 1.]])
    """
    tensor = as_tensor(a)
    if n < 0:
        return matrix_power(functions.inv(tensor), -n)
    if n == 0:
        return Tensor(np.broadcast_to(np.eye(tensor.shape[-1]), tensor.shape), constant=True)
    if n == 1:
        return tensor
    half = matrix_power(tensor, n // 2)
    square = half @ half
    return square @ tensor if n % 2 else square


def multi_dot(arrays: Sequence[Any]) -> Any:
    """Return the product of several matrices, computed from left to right.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor
        The first and the last may be vectors.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If neighbours do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> float(multi_dot([Tensor([1.0, 2.0]), np.eye(2), [3.0, 4.0]]))
    11.0
    """
    product, *rest = map(as_tensor, arrays)
    for matrix in rest:
        product = functions.matmul(product, matrix)
    return product
