"""SciPy's convolutions and correlations on arrays and Tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.operators import apply
from autograd.core.tensor import Tensor, is_complex
from autograd.errors import SettingError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import apply_to_tensors
from autograd.ops import find
from autograd.scipy import backends as _backends  # noqa: F401 - it gives SciPy's functions to the rows
from autograd.scipy.requirement import import_scipy

__all__ = ["convolve", "convolve2d", "correlate", "fftconvolve"]
_CONVOLVE = find("convolve_axes")
MODES, METHODS = ("full", "same", "valid"), ("auto", "direct", "fft")
# How np.pad calls the boundaries of convolve2d.
PADDINGS = {"wrap": "wrap", "symm": "symmetric"}


def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """Return the convolution of two arrays along all axes.

    Parameters
    ----------
    in1, in2 : array_like or Tensor
        With the same number of axes.
    mode : {"full", "same", "valid"}, optional
        All of it, its centre in the shape of ``in1``, or where one array lies inside the other.
    method : {"auto", "direct", "fft"}, optional
        Sums of products, Fourier transforms, or what SciPy expects to be faster. The derivatives are computed in the same way.

    Returns
    -------
    array or Tensor
        In the shape that ``mode`` says.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    SettingError
        If the mode or the method is another.

    Notes
    -----
    The cotangent of one array is the convolution of ȳ with the other, reversed along all axes.

    Examples
    --------
    >>> convolve(Tensor([1.0, 2.0]), [1.0, 1.0]).data
    array([1., 3., 2.])
    """
    return apply_to_tensors(lambda a, b: _convolve("convolve", a, b, mode, method), "signal.convolve", in1, in2)


def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """Return the cross-correlation of two arrays: the convolution with the reversed conjugate of the second.

    Parameters
    ----------
    in1, in2 : array_like or Tensor
        With the same number of axes.
    mode : {"full", "same", "valid"}, optional
        As for `convolve`.
    method : {"auto", "direct", "fft"}, optional
        As for `convolve`.

    Returns
    -------
    array or Tensor
        In the shape that ``mode`` says.

    Raises
    ------
    ShapeError, SettingError
        As for `convolve`.

    Examples
    --------
    >>> correlate(Tensor([1.0, 2.0, 3.0]), [0.0, 1.0], "valid").data
    array([2., 3.])
    """

    def correlate_tensors(a: Tensor, b: Tensor) -> Any:
        reversed_b = functions.flip(functions.conj(b) if is_complex(b) else b)
        return _convolve("correlate", a, reversed_b, mode, method)

    return apply_to_tensors(correlate_tensors, "signal.correlate", in1, in2)


def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: int | Sequence[int] | None = None) -> Any:
    """Return the convolution of two arrays along some axes, computed by Fourier transforms.

    Parameters
    ----------
    in1, in2 : array_like or Tensor
        With the same number of axes. Along axes that are not convolved they broadcast.
    mode : {"full", "same", "valid"}, optional
        As for `convolve`.
    axes : int, sequence of int or None, optional
        All axes by default.

    Returns
    -------
    array or Tensor
        In the shape that ``mode`` says.

    Raises
    ------
    ShapeError, SettingError
        As for `convolve`.

    Examples
    --------
    >>> fftconvolve(Tensor([[1.0, 2.0], [3.0, 4.0]]), [[1.0, 1.0]], axes=1).data.round(6)
    array([[1., 3., 2.],
           [3., 7., 4.]])
    """
    return apply_to_tensors(lambda a, b: _convolve("fftconvolve", a, b, mode, "fft", axes), "signal.fftconvolve", in1, in2)


def convolve2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0.0) -> Any:
    """Return the convolution of two matrices, with a choice of what lies beyond the border of the first.

    Parameters
    ----------
    in1, in2 : array_like or Tensor, shape (m, n)
        The matrices.
    mode : {"full", "same", "valid"}, optional
        As for `convolve`.
    boundary : {"fill", "wrap", "symm"}, optional
        Beyond the border of ``in1`` are ``fillvalue``, its other side, or its mirror image.
    fillvalue : number or node, optional
        The number beyond the border if ``boundary`` is "fill".

    Returns
    -------
    array or Tensor
        In the shape that ``mode`` says.

    Raises
    ------
    ShapeError
        If the arguments are not matrices, or do not fit.
    SettingError
        If the mode or the boundary is another.

    Examples
    --------
    >>> convolve2d(Tensor([[1.0, 2.0]]), [[1.0, 1.0]], "same", "wrap").data
    array([[3., 3.]])
    """
    if mode not in MODES or boundary not in ("fill", *PADDINGS):
        raise SettingError(
            f"convolve2d(mode={mode!r}, boundary={boundary!r}): they must be among {MODES} and {('fill', *PADDINGS)}"
        )

    def convolve_tensors(a: Tensor, b: Tensor, fill: Tensor) -> Any:
        if a.ndim != 2 or b.ndim != 2:
            raise ShapeError(f"convolve2d takes two matrices, not shapes {a.shape} and {b.shape}")
        if mode == "valid":
            return _convolve("convolve2d", a, b, mode, "direct")
        if boundary in PADDINGS:
            widths = [(width - 1, width - 1) for width in b.shape]
            full = _convolve("convolve2d", np.pad(a, widths, PADDINGS[boundary]), b, "valid", "direct")  # type: ignore[call-overload]
            return _crop(full, a.shape, mode)
        # Beyond the border a - fill is zero, as in the other convolutions.
        return _convolve("convolve2d", a - fill, b, mode, "direct") + fill * functions.sum(b)

    return apply_to_tensors(convolve_tensors, "signal.convolve2d", in1, in2, fillvalue)


def _convolve(call: str, a: Tensor, b: Tensor, mode: str, method: str, axes: Any = None) -> Any:
    """Check the arguments of a convolution, and compute it."""
    if mode not in MODES or method not in METHODS:
        raise SettingError(f"{call}(mode={mode!r}, method={method!r}): they must be among {MODES} and {METHODS}")
    chosen = _normalize_axes(call, a, b, axes)
    other_lengths = [(m, n) for i, (m, n) in enumerate(zip(a.shape, b.shape, strict=True)) if i not in chosen]
    can_broadcast = all(m == n or 1 in (m, n) for m, n in other_lengths)
    if not (a.size and b.size and can_broadcast):
        raise ShapeError(f"{call}: arrays of shapes {a.shape} and {b.shape} cannot be convolved along the axes {chosen}")
    if mode == "valid":
        _check_that_one_fits_into_the_other(call, a, b, chosen)
    if not chosen:
        return a * b
    if method == "auto":
        samples = (np.broadcast_to(np.zeros((), x.dtype), x.shape) for x in (a, b))
        method = import_scipy("signal").choose_conv_method(*samples, mode)
    part = "valid" if mode == "valid" else "full"
    result = apply(_CONVOLVE, a, b, mode=part, axes=chosen, method=method)
    return _crop(result, a.shape, mode)


def _normalize_axes(call: str, a: Tensor, b: Tensor, axes: Any) -> tuple[int, ...]:
    rank = a.ndim
    if rank != b.ndim:
        raise ShapeError(f"{call} takes arrays with the same number of axes, not shapes {a.shape} and {b.shape}: reshape one")
    listed = range(rank) if axes is None else np.atleast_1d(axes).tolist()
    chosen = sorted({i % rank for i in listed if -rank <= i < rank})
    if len(chosen) != len(listed):
        raise ShapeError(
            f"{call}(axes={axes}) of shapes {a.shape} and {b.shape}: the axes must be different numbers from {-rank} to {rank - 1}"
        )
    return tuple(chosen)


def _check_that_one_fits_into_the_other(call: str, a: Tensor, b: Tensor, axes: Sequence[int]) -> None:
    pairs = [(a.shape[i], b.shape[i]) for i in axes]
    if not (all(m >= n for m, n in pairs) or all(m <= n for m, n in pairs)):
        raise ShapeError(
            f"{call}(mode='valid') of shapes {a.shape} and {b.shape}: one array has to fit into the other along all axes"
        )


def _crop(full: Tensor, shape: Sequence[int], mode: str) -> Any:
    """Return the centre of a full convolution in a shape for the mode "same", else all of it."""
    if mode != "same":
        return full
    starts = [(n - m) // 2 for n, m in zip(full.shape, shape, strict=True)]
    return full[tuple(slice(start, start + m) for start, m in zip(starts, shape, strict=True))]
