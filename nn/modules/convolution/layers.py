"""Convolutions of signals and images."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import SettingError, Tensor
from nn.init import Initialiser, initialise
from nn.input_checks import positive_integer
from nn.modules.convolution.windows import Size, WindowModule, windows
from nn.modules.paths import count_text
from nn.random import Seed, generator


class _Convolution(WindowModule):
    """What Conv1d and Conv2d share."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        init: str | Initialiser = "he_uniform",
        rng: Seed = None,
        bias: bool = True,
    ) -> None:
        name = type(self).__name__
        channels_in = positive_integer(f"{name}: channels_in", channels_in)
        channels_out = positive_integer(f"{name}: channels_out", channels_out)
        self.groups: int = positive_integer(f"{name}: groups", groups)
        if channels_in % self.groups or channels_out % self.groups:
            raise SettingError(f"{name}: {channels_in} and {channels_out} channels cannot be divided into {self.groups} groups")
        self.set_window(kernel, stride, padding, dilation)
        self.W = Tensor(initialise((channels_out, channels_in // self.groups, *self.kernel), init, generator(rng)))
        self.b: Any = Tensor(np.zeros(channels_out)) if bias else None

    def forward(self, x: Any) -> Any:
        """Return the weighted sums of all windows.

        Parameters
        ----------
        x : Tensor or array_like, shape (N, channels_in, *lengths)
            The input.

        Returns
        -------
        Tensor, shape (N, channels_out, *out)
            The output, with out = ⌊(length + 2 padding - dilation (kernel - 1) - 1) / stride⌋ + 1 for each axis.

        Raises
        ------
        ShapeError
            If the input has other axes or channels, or the window does not fit into it.
        """
        channels_out, per_group = self.W.shape[:2]
        t = windows(self.padded(x, per_group * self.groups), self.kernel, self.stride, self.dilation)
        n, out = t.shape[0], t.shape[3:]
        columns = t.reshape((n, self.groups, per_group * int(np.prod(self.kernel)), int(np.prod(out))))
        W = self.W.reshape((self.groups, channels_out // self.groups, columns.shape[2]))
        z = (W @ columns).reshape((n, channels_out, *out))
        return z if self.b is None else z + self.b.reshape((channels_out, *(1,) * self.dimensions))

    def __repr__(self) -> str:
        channels_out, per_group = self.W.shape[:2]
        window = "×".join(map(str, self.kernel))
        return f"{type(self).__name__}({per_group * self.groups} → {channels_out}, {window}, {count_text(self.num_parameters())})"


class Conv1d(_Convolution):
    """A convolution of signals: z[n, o, t] = Σ_c Σ_k W[o, c, k] x[n, c, t stride + k dilation] + b[o].

    Parameters
    ----------
    channels_in, channels_out : int
        The channels of the input and the output.
    kernel : int
        The length of the window.
    stride : int, default 1
        The distance between two windows.
    padding : int or "same", default 0
        How many zeros are added at each end. "same" keeps the length; it takes stride 1.
    dilation : int, default 1
        The distance between two entries of a window.
    groups : int, default 1
        The number of groups into which the channels are divided. Each group of outputs sees one group of inputs.
    init : str or callable, default "he_uniform"
        The initialiser of ``W``: a name, or a function of (shape, rng).
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the initialiser.
    bias : bool, default True
        Whether the layer has biases.

    Attributes
    ----------
    W : Tensor, shape (channels_out, channels_in / groups, kernel)
        The weights.
    b : Tensor of shape (channels_out,), or None
        The biases, zero at first.

    Raises
    ------
    SettingError
        If a setting is out of its range, or ``groups`` does not divide the channels.

    References
    ----------
    Y. LeCun et al., "Gradient-Based Learning Applied to Document Recognition" (1998). As in PyTorch, the kernel is not flipped.

    Examples
    --------
    >>> layer = Conv1d(1, 4, 3, padding="same", rng=0)
    >>> layer(np.ones((2, 1, 10))).shape, layer
    ((2, 4, 10), Conv1d(1 → 4, 3, 16 parameters))
    """

    dimensions = 1


class Conv2d(_Convolution):
    """A convolution of images: the sum over a window of two axes; otherwise as :class:`Conv1d`.

    Parameters
    ----------
    channels_in, channels_out : int
        The channels of the input and the output.
    kernel, stride, padding, dilation : int or tuple of int
        As in :class:`Conv1d`; a number stands for both axes.
    groups : int, default 1
        As in :class:`Conv1d`.
    init : str or callable, default "he_uniform"
        As in :class:`Conv1d`.
    rng : int, numpy.random.Generator or None, default None
        As in :class:`Conv1d`.
    bias : bool, default True
        As in :class:`Conv1d`.

    Attributes
    ----------
    W : Tensor, shape (channels_out, channels_in / groups, height, width)
        The weights.
    b : Tensor of shape (channels_out,), or None
        The biases, zero at first.

    Raises
    ------
    SettingError
        If a setting is out of its range, or ``groups`` does not divide the channels.

    Examples
    --------
    >>> Conv2d(3, 8, (3, 5), stride=2, rng=0)(np.ones((1, 3, 9, 9))).shape
    (1, 8, 4, 3)
    """

    dimensions = 2
