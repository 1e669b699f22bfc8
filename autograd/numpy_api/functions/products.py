"""Products of vectors and matrices."""

from __future__ import annotations

from typing import Any

from autograd.core.operators import apply
from autograd.core.tensor import Tensor, is_complex
from autograd.errors import ShapeError
from autograd.numpy_api.apply import apply_to_tensors
from autograd.numpy_api.functions.complex_numbers import conj
from autograd.ops import find

_MATMUL, _VDOT, _OUTER, _AFFINE = find("matmul"), find("vdot"), find("outer"), find("affine")


def matmul(a: Any, b: Any) -> Any:
    """Return the product of vectors, matrices, or stacks of matrices, as ``a @ b``.

    Parameters
    ----------
    a, b : array_like or Tensor
        With at least one axis.

    Returns
    -------
    float, array or Tensor
        Of shape (..., n, m) for matrices of shapes (..., n, k) and (..., k, m). The axis of a vector is left out.

    Raises
    ------
    ShapeError
        If the last axis of ``a`` and the last but one of ``b`` have different lengths.
    DataError
        If an argument holds something other than numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(matmul(Tensor([1.0, 2.0]), [3.0, 4.0]))
    11.0
    """
    return apply_to_tensors(lambda x, y: apply(_MATMUL, x, y), "matmul", a, b)


def vdot(a: Any, b: Any) -> Any:
    """Return Σ conj(a) b over all entries.

    Parameters
    ----------
    a, b : array_like or Tensor
        Of one shape. ``vdot(a, a)`` is the sum of squares.

    Returns
    -------
    float or Tensor
        The sum, a single number.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(vdot(Tensor([3.0, 4.0]), [3.0, 4.0]))
    25.0
    """
    return apply_to_tensors(_vdot, "vdot", a, b)


def _vdot(a: Tensor, b: Tensor) -> Tensor:
    if a.shape != b.shape:
        raise ShapeError(f"vdot takes two arrays of one shape, not {a.shape} and {b.shape}")
    if is_complex(a) or is_complex(b):
        return apply(_MATMUL, conj(a).ravel(), b.ravel())  # type: ignore[no-any-return]  # a Tensor
    return Tensor.record(_VDOT, (a, b), {})


def dot(a: Any, b: Any) -> Any:
    """Return NumPy's dot product.

    Parameters
    ----------
    a, b : number, array_like or Tensor
        The factors.

    Returns
    -------
    float, array or Tensor
        The sums of products over the last axis of ``a`` and the last but one of ``b``; the plain product if one of them is a
        number.

    Raises
    ------
    ShapeError
        If these axes have different lengths.

    Examples
    --------
    >>> from autograd import Tensor
    >>> float(dot(Tensor([1.0, 2.0]), [3.0, 4.0]))
    11.0
    """
    return apply_to_tensors(lambda x, y: x.dot(y), "dot", a, b)


def outer(a: Any, b: Any) -> Any:
    """Return all products of an entry of ``a`` and an entry of ``b``.

    Parameters
    ----------
    a, b : array_like or Tensor
        They are flattened first.

    Returns
    -------
    array or Tensor
        Of shape (a.size, b.size).

    Raises
    ------
    DataError
        If an argument holds something other than numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> outer(Tensor([1.0, 2.0]), [3.0, 4.0]).shape
    (2, 2)
    """
    return apply_to_tensors(lambda x, y: apply(_OUTER, x, y), "outer", a, b)


def affine(x: Any, W: Any, b: Any) -> Any:
    """Return x Wᵀ + b, the weighted input z of a layer.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (n_in,) for one sample, or (N, n_in) for a batch.
    W : array_like or Tensor
        The weights, of shape (n_out, n_in): to, from.
    b : array_like or Tensor
        The biases, of shape (n_out,).

    Returns
    -------
    array or Tensor
        Of shape (n_out,) or (N, n_out).

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    References
    ----------
    S0:48 and S2:50.

    Examples
    --------
    >>> from autograd import Tensor
    >>> affine([[1.0, 2.0]], Tensor([[3.0, 4.0]]), [0.5]).data
    array([[11.5]])
    """
    if type(x) is type(W) is type(b) is Tensor:
        return _affine(x, W, b)
    return apply_to_tensors(_affine, "affine", x, W, b)


def _affine(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    x_shape, W_shape = x.shape, W.shape
    if len(W_shape) != 2 or b.shape != W_shape[:1] or x_shape[-1:] != W_shape[1:]:
        raise ShapeError(
            f"affine: x has shape {x_shape}, W {W_shape} (to, from) and b {b.shape}: "
            f"the last axis of x must be as long as W's second, and b as W's first"
        )
    return Tensor.record(_AFFINE, (x, W, b), {})
