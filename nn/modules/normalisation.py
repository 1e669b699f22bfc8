"""Normalisation: LayerNorm and RMSNorm over the features of a sample, BatchNorm over the samples of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from autograd import ShapeError, Tensor, update_numbers
from nn.input_checks import positive, positive_integer, real_tensor, within
from nn.modules.module import Module


class LayerNorm(Module):
    """Layer normalisation: (x - mean) / √(variance + ε) · g + b over the last axis.

    Parameters
    ----------
    width : int
        The length of the last axis.
    eps : float, default 1e-5
        The constant ε > 0.

    Attributes
    ----------
    g : Tensor, shape (width,)
        The gains, 1 at first.
    b : Tensor, shape (width,)
        The biases, 0 at first.

    Raises
    ------
    SettingError
        If ``width`` is not a positive whole number, or ``eps`` is not a finite number above 0.

    References
    ----------
    J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization" (2016), eq. 3-4.

    Examples
    --------
    >>> LayerNorm(2)([1.0, 3.0]).data.round(3)
    array([-1.,  1.])
    """

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        width = positive_integer("a layer's width", width)
        self.g: Tensor = Tensor(np.ones(width))
        self.b: Tensor = Tensor(np.zeros(width))
        self.eps: float = positive("eps", eps)

    def forward(self, x: Any) -> Any:
        """Return the normalised input.

        Parameters
        ----------
        x : Tensor or array_like, shape (..., width)
            The input.

        Returns
        -------
        Tensor, shape (..., width)
            The output.

        Raises
        ------
        ShapeError
            If the last axis has another length.
        """
        x = _as_tensor_of_width(x, self.g.shape[0], self)
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        return centred / ag.sqrt(variance + self.eps) * self.g + self.b

    def __repr__(self) -> str:
        return f"LayerNorm({self.g.shape[0]})"


class RMSNorm(Module):
    """Root-mean-square normalisation: x / √(mean of x² + ε) · g over the last axis.

    Parameters
    ----------
    width : int
        The length of the last axis.
    eps : float, default 1e-6
        The constant ε > 0.

    Attributes
    ----------
    g : Tensor, shape (width,)
        The gains, 1 at first.

    Raises
    ------
    SettingError
        If ``width`` is not a positive whole number, or ``eps`` is not a finite number above 0.

    References
    ----------
    B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization" (2019), eq. 4.

    Examples
    --------
    >>> RMSNorm(2)([3.0, 4.0]).data.round(3)
    array([0.849, 1.131])
    """

    def __init__(self, width: int, eps: float = 1e-6) -> None:
        self.g: Tensor = Tensor(np.ones(positive_integer("a layer's width", width)))
        self.eps: float = positive("eps", eps)

    def forward(self, x: Any) -> Any:
        """Return the normalised input.

        Parameters
        ----------
        x : Tensor or array_like, shape (..., width)
            The input.

        Returns
        -------
        Tensor, shape (..., width)
            The output.

        Raises
        ------
        ShapeError
            If the last axis has another length.
        """
        x = _as_tensor_of_width(x, self.g.shape[0], self)
        return x / ag.sqrt((x * x).mean(axis=-1, keepdims=True) + self.eps) * self.g

    def __repr__(self) -> str:
        return f"RMSNorm({self.g.shape[0]})"


class BatchNorm(Module):
    """Batch normalisation: (x - mean) / √(variance + ε) · g + b for each channel, over a batch and all positions.

    In training mode, mean and variance are those of the batch, and the running statistics move towards them. In eval mode they are
    the running statistics.

    Parameters
    ----------
    channels : int
        The length of axis 1.
    momentum : float, default 0.1
        How far the running statistics move in a step: running ← (1 - momentum) running + momentum batch.
    eps : float, default 1e-5
        The constant ε > 0.

    Attributes
    ----------
    g, b : Tensor, shape (channels,)
        The gains, 1 at first, and the biases, 0 at first.
    running_mean, running_variance : Tensor, shape (channels,)
        The running statistics, which are constants. The variance is divided by the number of entries - 1, as in PyTorch.

    Raises
    ------
    SettingError
        If ``channels`` is not a positive whole number, ``momentum`` is outside [0, 1), or ``eps`` is not a finite number
        above 0.

    References
    ----------
    S. Ioffe and C. Szegedy, "Batch Normalization" (2015), algorithms 1 and 2; step for step the same as ``torch.nn.BatchNorm1d``.

    Examples
    --------
    >>> layer = BatchNorm(2)
    >>> layer([[1.0, 5.0], [3.0, 5.0]]).data.round(3)
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> layer.running_mean.data
    array([0.2, 0.5])
    """

    buffers: tuple[str, ...] = ("running_mean", "running_variance")

    def __init__(self, channels: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        channels = positive_integer("the number of channels", channels)
        self.g: Tensor = Tensor(np.ones(channels))
        self.b: Tensor = Tensor(np.zeros(channels))
        self.running_mean: Tensor = Tensor(np.zeros(channels), constant=True)
        self.running_variance: Tensor = Tensor(np.ones(channels), constant=True)
        self.momentum: float = within("momentum", momentum, 0.0, 1.0)
        self.eps: float = positive("eps", eps)

    def forward(self, x: Any) -> Any:
        """Return the normalised input.

        Parameters
        ----------
        x : Tensor or array_like, shape (N, channels, ...)
            The input.

        Returns
        -------
        Tensor, shape (N, channels, ...)
            The output.

        Raises
        ------
        ShapeError
            If axis 1 has another length, or there is only one entry for each channel in training.
        """
        x, channels = real_tensor(x, f"{self}"), self.g.shape[0]
        if x.ndim < 2 or x.shape[1] != channels:
            raise ShapeError(f"{self} takes inputs (N, {channels}, …), but x has shape {x.shape}")
        shape = (channels, *(1,) * (x.ndim - 2))
        if self.training:
            mean, variance = self._batch_statistics(x)
        else:
            mean, variance = self.running_mean.reshape(shape), self.running_variance.reshape(shape)
        scale = self.g.reshape(shape) / ag.sqrt(variance + self.eps)
        return (x - mean) * scale + self.b.reshape(shape)

    def _batch_statistics(self, x: Tensor) -> tuple[Any, Any]:
        """Return mean and variance of a batch for each channel, and let the running statistics follow."""
        axes = (0, *range(2, x.ndim))
        count = int(np.prod([x.shape[axis] for axis in axes]))
        if count < 2:
            raise ShapeError(
                f"{self} needs more than one entry per channel in training, but x has shape {x.shape}; call eval() first"
            )
        mean = x.mean(axis=axes, keepdims=True)
        centred = x - mean
        variance = (centred * centred).mean(axis=axes, keepdims=True)
        self._follow(self.running_mean, mean)
        self._follow(self.running_variance, variance * (count / (count - 1)))
        return mean, variance

    def _follow(self, running: Tensor, batch: Tensor) -> None:
        momentum = self.momentum

        def rule(old: Any, statistic: Any) -> Any:
            return (1.0 - momentum) * old + momentum * statistic.reshape(old.shape)

        update_numbers(running, rule, batch)

    def __repr__(self) -> str:
        return f"BatchNorm({self.g.shape[0]})"


def _as_tensor_of_width(x: Any, width: int, layer: Module) -> Tensor:
    t = real_tensor(x, f"{layer}")
    if t.shape[-1:] != (width,):
        raise ShapeError(f"{layer} takes inputs of width {width}, but x has shape {t.shape}")
    return t
