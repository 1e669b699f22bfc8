"""Layers that normalise the last axis: LayerNorm and RMSNorm."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from autograd import ShapeError, Tensor
from nn.input_checks import positive, whole
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

    References
    ----------
    J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization" (2016), eq. 3-4.

    Examples
    --------
    >>> LayerNorm(2)([1.0, 3.0]).data.round(3)
    array([-1.,  1.])
    """

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        width = whole("a layer's width", width)
        self.g, self.b, self.eps = Tensor(np.ones(width)), Tensor(np.zeros(width)), positive("eps", eps)

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

    References
    ----------
    B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization" (2019), eq. 4.

    Examples
    --------
    >>> RMSNorm(2)([3.0, 4.0]).data.round(3)
    array([0.849, 1.131])
    """

    def __init__(self, width: int, eps: float = 1e-6) -> None:
        self.g, self.eps = Tensor(np.ones(whole("a layer's width", width))), positive("eps", eps)

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


def _as_tensor_of_width(x: Any, width: int, layer: Module) -> Tensor:
    t = ag.as_tensor(x, f"{layer}")
    if t.shape[-1:] != (width,):
        raise ShapeError(f"{layer} takes inputs of width {width}, but x has shape {t.shape}")
    return t
