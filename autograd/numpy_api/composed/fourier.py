"""Discrete Fourier transforms, as in np.fft. Their rows transform along one axis; the rest is composed here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.operators import apply
from autograd.core.tensor import Tensor, is_complex
from autograd.errors import DataError, SettingError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import as_tensor
from autograd.ops import Op, find

# By which power of 1/n a transform is scaled, beyond its row: forward transforms are not scaled in their rows, inverse ones by 1/n.
FORWARD_POWERS: dict[str | None, float] = {None: 0.0, "backward": 0.0, "ortho": 0.5, "forward": 1.0}
INVERSE_POWERS: dict[str | None, float] = {None: 0.0, "backward": 0.0, "ortho": -0.5, "forward": -1.0}


def make_transform(row: str) -> Callable[..., Any]:
    """Make fft, ifft or rfft of one axis.

    Parameters
    ----------
    row : str
        The name of the row.

    Returns
    -------
    callable
        ``transform(a, n=None, axis=-1, norm=None)``, as np.fft has it.
    """
    op, powers = find(row), INVERSE_POWERS if row == "ifft" else FORWARD_POWERS

    def transform(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
        tensor = as_tensor(a, f"np.fft.{row}()")
        if row == "rfft" and is_complex(tensor):
            raise DataError("np.fft.rfft takes real numbers: use np.fft.fft for complex ones, or t.real")
        resized = _resize(tensor, tensor.shape[axis] if n is None else n, axis, row)
        return _scale(apply(op, resized, axis=axis), resized.shape[axis], norm, powers)

    return transform


fft: Callable[..., Any] = make_transform("fft")
ifft: Callable[..., Any] = make_transform("ifft")
rfft: Callable[..., Any] = make_transform("rfft")
_IRFFT: Op = find("irfft")


def irfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Return the real numbers whose half spectrum is ``a``.

    Parameters
    ----------
    a : array_like or Tensor
    n : int, optional
        The length of the result along the axis; 2 (m - 1) for m frequencies by default.
    axis : int, optional
    norm : {"backward", "ortho", "forward"}, optional

    Returns
    -------
    Tensor

    Examples
    --------
    >>> irfft([1.0, 0.0]).data
    array([0.5, 0.5])
    """
    tensor = as_tensor(a, "np.fft.irfft()")
    n = 2 * (tensor.shape[axis] - 1) if n is None else n
    resized = _resize(tensor, n // 2 + 1, axis, "irfft")
    return _scale(apply(_IRFFT, resized, n=n, axis=axis), n, norm, INVERSE_POWERS)


def hfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Return the real spectrum of a signal whose first half is ``a``, and whose second half is the conjugate of it.

    Examples
    --------
    >>> hfft([1.0, 0.0]).data
    array([1., 1.])
    """
    tensor = as_tensor(a, "np.fft.hfft()")
    n = 2 * (tensor.shape[axis] - 1) if n is None else n
    return irfft(functions.conj(tensor), n, axis, _opposite(norm))


def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Return the first half of the signal whose spectrum ``a`` is real.

    Examples
    --------
    >>> ihfft([1.0, 1.0]).data
    array([1.-0.j, 0.-0.j])
    """
    return functions.conj(rfft(a, n, axis, _opposite(norm)))


def _opposite(norm: str | None) -> str:
    _check_norm(norm)
    return {"backward": "forward", None: "forward", "forward": "backward", "ortho": "ortho"}[norm]


def make_transform_of_axes(first: Callable[..., Any], others: Callable[..., Any], axes: Sequence[int] | None) -> Callable[..., Any]:
    """Make fftn or one of its relatives.

    Parameters
    ----------
    first : callable
        The transform along the last of the axes, which comes first; of ``rfftn`` it is the real one.
    others : callable
        The transform along the others.
    axes : sequence of int or None
        The default of the axes; None for all.

    Returns
    -------
    callable
        ``transform(a, s=None, axes=None, norm=None)``, as np.fft has it.
    """

    def transform(a: Any, s: Sequence[int] | None = None, axes: Any = axes, norm: str | None = None) -> Any:
        tensor = as_tensor(a, "np.fft")
        lengths, chosen = _lengths_and_axes(tensor, s, axes)
        pairs = list(zip(lengths, chosen, strict=True))
        result: Any = tensor
        for i, (n, axis) in enumerate(reversed(pairs)):
            result = (first if i == 0 else others)(result, n, axis, norm)
        return result

    return transform


def make_real_inverse_of_axes(axes: Sequence[int] | None) -> Callable[..., Any]:
    """Make irfftn or irfft2, whose last axis comes last."""

    def transform(a: Any, s: Sequence[int] | None = None, axes: Any = axes, norm: str | None = None) -> Any:
        tensor = as_tensor(a, "np.fft.irfftn()")
        lengths, chosen = _lengths_and_axes(tensor, s, axes)
        result: Any = tensor
        for n, axis in zip(lengths[:-1], chosen[:-1], strict=True):
            result = ifft(result, n, axis, norm)
        return irfft(result, None if s is None else lengths[-1], chosen[-1], norm)

    return transform


def _lengths_and_axes(tensor: Tensor, s: Any, axes: Any) -> tuple[list[Any], list[int]]:
    if axes is None:
        axes = range(tensor.ndim) if s is None else range(-len(s), 0)
    lengths = [None] * len(axes) if s is None else list(s)
    if len(lengths) != len(axes):
        raise ShapeError(f"np.fft: {len(lengths)} lengths for {len(axes)} axes: pass one for each")
    return lengths, list(axes)


def _resize(tensor: Tensor, n: int, axis: int, name: str) -> Tensor:
    """Cut an axis to ``n`` entries, or fill it up with zeros."""
    if n < 1:
        raise SettingError(f"np.fft.{name}: the number of points must be at least 1, not {n}")
    length = tensor.shape[axis]
    if n == length:
        return tensor
    if n < length:
        index = [slice(None)] * tensor.ndim
        index[axis] = slice(n)
        return tensor[tuple(index)]
    shape = list(tensor.shape)
    shape[axis] = n - length
    return functions.concatenate([tensor, np.zeros(shape, tensor.dtype)], axis=axis)  # type: ignore[no-any-return]  # a Tensor


def _scale(result: Any, n: int, norm: str | None, powers: dict[str | None, float]) -> Any:
    _check_norm(norm)
    return result if not powers[norm] else result * math.pow(n, -powers[norm])


def _check_norm(norm: str | None) -> None:
    if norm not in FORWARD_POWERS:
        raise SettingError(f"np.fft: norm must be 'backward', 'ortho' or 'forward', not {norm!r}")
