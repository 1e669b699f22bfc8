"""Windows that move over signals (N, channels, length) or images (N, channels, height, width)."""

from __future__ import annotations

from itertools import product
from typing import Any, ClassVar, TypeAlias

import numpy as np

import autograd as ag
from autograd import SettingError, ShapeError, Tensor
from nn.input_checks import real_tensor
from nn.modules.module import Module

Size: TypeAlias = int | tuple[int, ...]
AXES = {1: "(N, channels, length)", 2: "(N, channels, height, width)"}


def windows(x: Tensor, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]) -> Tensor:
    """Return the entries of every window: "im2col".

    Each position in the window is one slice of the input, so that the derivative needs no rule of its own.

    Parameters
    ----------
    x : Tensor, shape (N, C, *lengths)
        The input, padded.
    kernel, stride, dilation : tuple of int
        The lengths of a window, the distance of two windows, and the distance of two entries of a window, one for each axis.

    Returns
    -------
    Tensor, shape (N, C, prod(kernel), *out)
        The entries; ``out`` are the numbers of windows along the axes.

    References
    ----------
    K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks for Document Processing" (2006).

    Examples
    --------
    >>> windows(Tensor([[[1.0, 2.0, 3.0]]]), (2,), (1,), (1,)).data
    array([[[[1., 2.],
             [2., 3.]]]])
    """
    spans = [dilation_ * (size - 1) + 1 for size, dilation_ in zip(kernel, dilation, strict=True)]
    counts = [(n - span) // step + 1 for n, span, step in zip(x.shape[2:], spans, stride, strict=True)]
    slices = []
    for offsets in product(*map(range, kernel)):
        starts = [offset * apart for offset, apart in zip(offsets, dilation, strict=True)]
        index = tuple(slice(a, a + (n - 1) * s + 1, s) for a, n, s in zip(starts, counts, stride, strict=True))
        slices.append(x[(slice(None), slice(None), *index)])
    return ag.stack(slices, axis=2)  # type: ignore[no-any-return]  # the function also takes arrays


class WindowModule(Module):
    """A module with a window that moves over its input: the settings of the window, and the check of the input."""

    dimensions: ClassVar[int]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]

    def set_window(self, kernel: Size, stride: Size, padding: Size | str, dilation: Size) -> None:
        """Set the window: how large it is, and how it moves.

        Parameters
        ----------
        kernel, stride, dilation : int or tuple of int
            The size of the window, the distance between windows, and the distance between the entries of one.
        padding : int, tuple of int or "same"
            The number of entries that are added at both ends of each axis. With "same", the output has the size of the input.

        Raises
        ------
        SettingError
            If a setting is not a whole number or one for each axis, or ``padding`` is "same" and ``stride`` is not 1.
        """
        name = type(self).__name__
        self.kernel = self._sizes("the kernel", kernel)
        self.stride = self._sizes("the stride", stride)
        self.dilation = self._sizes("the dilation", dilation)
        if padding == "same":
            if set(self.stride) != {1}:
                raise SettingError(f"{name}: padding='same' takes stride 1, not {self.stride}")
            total = [apart * (size - 1) for size, apart in zip(self.kernel, self.dilation, strict=True)]
            self.padding = tuple((n // 2, n - n // 2) for n in total)
        elif isinstance(padding, str):
            raise SettingError(f"{name}: padding must be a whole number, one per axis, or 'same', not {padding!r}")
        else:
            self.padding = tuple((n, n) for n in self._sizes("the padding", padding, least=0))

    def _sizes(self, what: str, size: Size, least: int = 1) -> tuple[int, ...]:
        """Return one whole number for each axis."""
        sizes = size if isinstance(size, tuple | list) else (size,) * self.dimensions
        if len(sizes) != self.dimensions:
            raise SettingError(f"{type(self).__name__}: {what} takes {self.dimensions} numbers, one per axis, not {size!r}")
        for n in sizes:
            if isinstance(n, bool) or not isinstance(n, int) or n < least:
                raise SettingError(f"{type(self).__name__}: {what} must be a whole number of at least {least}, not {n!r}")
        return tuple(sizes)

    def padded(self, x: Any, channels: int | None = None, fill: float = 0.0) -> Tensor:
        """Return the input, checked and padded.

        Parameters
        ----------
        x : Tensor or array_like, shape (N, channels, ...)
            The input.
        channels : int, optional
            The number of channels that it must have.
        fill : float, default 0.0
            The number that is added at the ends.

        Returns
        -------
        Tensor, shape (N, channels, ...)
            The padded input.

        Raises
        ------
        ShapeError
            If the input has another number of axes or channels, or the window is larger than the padded input.
        DataError
            If it holds something other than real numbers.
        """
        t = real_tensor(x, f"{type(self).__name__}()")
        if t.ndim != self.dimensions + 2 or (channels is not None and t.shape[1] != channels):
            wanted = "" if channels is None else f" with {channels} channels"
            raise ShapeError(f"{self} takes inputs {AXES[self.dimensions]}{wanted}, but x has shape {t.shape}")
        lengths = [n + before + after for n, (before, after) in zip(t.shape[2:], self.padding, strict=True)]
        spans = [apart * (size - 1) + 1 for size, apart in zip(self.kernel, self.dilation, strict=True)]
        if any(n < span for n, span in zip(lengths, spans, strict=True)):
            raise ShapeError(f"{self}: the window {tuple(spans)} does not fit into the input of shape {t.shape}; add padding")
        if not any(map(any, self.padding)):
            return t
        padded: Any = np.pad(t, ((0, 0), (0, 0), *self.padding), constant_values=fill)
        return padded  # type: ignore[no-any-return]  # np.pad of a Tensor is a Tensor
