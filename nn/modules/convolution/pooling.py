"""Pooling: one number for each window of a signal or an image."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from autograd import SettingError, Tensor
from nn.modules.convolution.windows import Size, WindowModule, windows


class _Pool(WindowModule):
    """What the pooling layers share: by default, windows do not overlap."""

    fill: ClassVar[float] = 0.0

    def __init__(self, kernel: Size, stride: Size | None = None, padding: Size = 0) -> None:
        self.set_window(kernel, kernel if stride is None else stride, padding, 1)
        if any(2 * before > size for (before, _), size in zip(self.padding, self.kernel, strict=True)):
            raise SettingError(f"{type(self).__name__}: the padding must be at most half of the window")

    def forward(self, x: Any) -> Any:
        """Return one number for each window.

        Parameters
        ----------
        x : Tensor or array_like, shape (N, C, *lengths)
            The input.

        Returns
        -------
        Tensor, shape (N, C, *out)
            The output.

        Raises
        ------
        ShapeError
            If the input has other axes, or the window does not fit into it.
        """
        return self._reduce(windows(self.padded(x, fill=self.fill), self.kernel, self.stride, self.dilation))

    def _reduce(self, entries: Tensor) -> Tensor:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'×'.join(map(str, self.kernel))})"


class _MaxPool(_Pool):
    fill: ClassVar[float] = -np.inf

    def _reduce(self, entries: Tensor) -> Tensor:
        return entries.max(axis=2)


class _AveragePool(_Pool):
    def _reduce(self, entries: Tensor) -> Tensor:
        return entries.mean(axis=2)


class MaxPool1d(_MaxPool):
    """The largest entry of each window of a signal. Entries that tie share the gradient.

    Parameters
    ----------
    kernel : int
        The length of the window.
    stride : int, optional
        The distance between two windows; by default ``kernel``.
    padding : int, default 0
        How many entries of -∞ are added at each end, at most half of ``kernel``.

    Raises
    ------
    SettingError
        If ``kernel``, ``stride`` or ``padding`` is not a whole number or one for each axis, or ``padding`` is more than
        half of ``kernel``.

    Examples
    --------
    >>> MaxPool1d(2)([[[1.0, 3.0, 2.0, 0.0]]]).data
    array([[[3., 2.]]])
    """

    dimensions = 1


class MaxPool2d(_MaxPool):
    """The largest entry of each window of an image. Entries that tie share the gradient.

    Parameters
    ----------
    kernel, stride, padding : int or tuple of int
        As in :class:`MaxPool1d`; a number stands for both axes.

    Raises
    ------
    SettingError
        If ``kernel``, ``stride`` or ``padding`` is not a whole number or one for each axis, or ``padding`` is more than
        half of ``kernel``.

    Examples
    --------
    >>> MaxPool2d(2)(np.arange(4.0).reshape(1, 1, 2, 2)).data
    array([[[[3.]]]])
    """

    dimensions = 2


class AvgPool1d(_AveragePool):
    """The mean of each window of a signal.

    Parameters
    ----------
    kernel : int
        The length of the window.
    stride : int, optional
        The distance between two windows; by default ``kernel``.
    padding : int, default 0
        How many zeros are added at each end, at most half of ``kernel``. They count in the mean.

    Raises
    ------
    SettingError
        If ``kernel``, ``stride`` or ``padding`` is not a whole number or one for each axis, or ``padding`` is more than
        half of ``kernel``.

    Examples
    --------
    >>> AvgPool1d(2)([[[1.0, 3.0, 2.0, 0.0]]]).data
    array([[[2., 1.]]])
    """

    dimensions = 1


class AvgPool2d(_AveragePool):
    """The mean of each window of an image.

    Parameters
    ----------
    kernel, stride, padding : int or tuple of int
        As in :class:`AvgPool1d`; a number stands for both axes.

    Raises
    ------
    SettingError
        If ``kernel``, ``stride`` or ``padding`` is not a whole number or one for each axis, or ``padding`` is more than
        half of ``kernel``.

    Examples
    --------
    >>> AvgPool2d(2)(np.arange(4.0).reshape(1, 1, 2, 2)).data
    array([[[[1.5]]]])
    """

    dimensions = 2
