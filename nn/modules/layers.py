"""Linear layers, and modules made of others. W has shape (to, from); an input is one sample (n_in,) or a batch (N, n_in)."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import SettingError, ShapeError, Tensor, affine
from nn.activations import activation, name_of
from nn.init import Initialiser, initialise
from nn.input_checks import positive_integer, real_tensor
from nn.modules.module import Module
from nn.modules.paths import count_text
from nn.random import Seed


class Linear(Module):
    """A fully connected layer: z = W a + b, or Z = A Wᵀ + b for a batch.

    Parameters
    ----------
    n_in, n_out : int
        The widths of the input and the output.
    init : str or callable, default "glorot_uniform"
        The initialiser of ``W``: a name, or a function of (shape, rng).
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the initialiser.
    bias : bool, default True
        Whether the layer has biases.

    Attributes
    ----------
    W : Tensor, shape (n_out, n_in)
        The weights.
    b : Tensor of shape (n_out,), or None
        The biases, zero at first.

    Raises
    ------
    SettingError
        If a width is not a positive whole number, or no initialiser is called ``init``.

    References
    ----------
    S0:48 and S2:50.

    Examples
    --------
    >>> layer = Linear(3, 2, rng=0)
    >>> layer([[1.0, 2.0, 3.0]]).shape, layer
    ((1, 2), Linear(3 → 2, 8 parameters))
    """

    def __init__(
        self, n_in: int, n_out: int, init: str | Initialiser = "glorot_uniform", rng: Seed = None, bias: bool = True
    ) -> None:
        n_in, n_out = positive_integer("a layer's width", n_in), positive_integer("a layer's width", n_out)
        self.W = Tensor(initialise((n_out, n_in), init, rng))
        self.b: Any = Tensor(initialise((n_out,), "zeros", rng)) if bias else None

    def forward(self, x: Any) -> Any:
        """Return the weighted input z.

        Parameters
        ----------
        x : Tensor or array_like, shape (n_in,) or (N, n_in)
            The input a.

        Returns
        -------
        Tensor, shape (n_out,) or (N, n_out)
            z.

        Raises
        ------
        ShapeError
            If the input has another width.
        """
        x = real_tensor(x, "Linear()")
        if x.shape[-1:] != self.W.shape[1:]:
            n_out, n_in = self.W.shape
            raise ShapeError(f"Linear({n_in} → {n_out}) takes inputs of width {n_in}, but x has shape {x.shape}")
        return x @ self.W.T if self.b is None else affine(x, self.W, self.b)

    def __repr__(self) -> str:
        n_out, n_in = self.W.shape
        return f"Linear({n_in} → {n_out}, {count_text(self.num_parameters())})"


class Sequential(Module):
    """Modules, functions and named activations, applied one after another.

    Parameters
    ----------
    *steps : Module, callable or str
        The steps; a str is the name of an activation.

    Attributes
    ----------
    steps : list of callable
        The steps.

    Raises
    ------
    SettingError
        If a step is none of these.

    References
    ----------
    S1:46 (corrected): each layer has its own W and b.

    Examples
    --------
    >>> Sequential(Linear(2, 3, rng=0), "tanh", Linear(3, 1, rng=1))([0.0, 0.0]).shape
    (1,)
    """

    def __init__(self, *steps: Any) -> None:
        for step in steps:
            if not callable(step) and not isinstance(step, str):
                raise SettingError(f"Sequential takes modules, functions and names of activations, not {step!r}")
        self.steps: list[Any] = [activation(step) if isinstance(step, str) else step for step in steps]

    def forward(self, x: Any) -> Any:
        """Apply the steps.

        Parameters
        ----------
        x : object
            The input of the first step.

        Returns
        -------
        object
            The output of the last step.
        """
        for step in self.steps:
            x = step(x)
        return x

    def __repr__(self) -> str:
        inner = ", ".join(repr(s) if isinstance(s, Module) else name_of(s) for s in self.steps)
        return f"Sequential({inner}, {count_text(self.num_parameters())})"


class Residual(Module):
    """A module with a skip connection: x + f(x).

    Parameters
    ----------
    inner : Module or callable
        f, whose output has the shape of its input.
    skip : Module or callable, optional
        What is applied to x on the skip connection, such as a Linear layer if f changes the width. The default is the identity.

    Raises
    ------
    SettingError
        If ``inner`` or ``skip`` cannot be called.

    References
    ----------
    K. He et al., "Deep Residual Learning for Image Recognition" (2016), eq. 1 and 2.

    Examples
    --------
    >>> Residual(Linear(2, 2, rng=0))([[1.0, 2.0]]).shape
    (1, 2)
    """

    def __init__(self, inner: Any, skip: Any = None) -> None:
        for f in (inner, skip):
            if f is not None and not callable(f):
                raise SettingError(f"Residual takes modules and functions, not {f!r}")
        self.inner: Any = inner
        self.skip: Any = skip

    def forward(self, x: Any) -> Any:
        """Return x + f(x).

        Parameters
        ----------
        x : Tensor or array_like, any shape
            The input.

        Returns
        -------
        Tensor
            The output.

        Raises
        ------
        ShapeError
            If f(x) does not have the shape of what the skip connection carries. Nothing is broadcast.
        """
        x = real_tensor(x, "Residual()")
        out, carried = self.inner(x), x if self.skip is None else self.skip(x)
        if out.shape != carried.shape:
            raise ShapeError(
                f"Residual: the inner module gives shape {out.shape}, but the skip connection carries {carried.shape}; "
                f"give skip= a layer that changes the shape, such as Linear"
            )
        return carried + out

    def __repr__(self) -> str:
        parts = [f for f in (self.inner, self.skip) if f is not None]
        return f"Residual({', '.join(repr(f) if isinstance(f, Module) else name_of(f) for f in parts)})"


class Flatten(Module):
    """Join all axes behind the first, as before a Linear layer that follows a convolution.

    Examples
    --------
    >>> Flatten()(Tensor([[[1.0, 2.0], [3.0, 4.0]]])).shape
    (1, 4)
    """

    def forward(self, x: Any) -> Any:
        """Return the samples as vectors.

        Parameters
        ----------
        x : Tensor or array_like, shape (N, ...)
            The input.

        Returns
        -------
        Tensor, shape (N, n)
            The output.

        Raises
        ------
        ShapeError
            If ``x`` is a single number.
        """
        x = real_tensor(x, "Flatten()")
        if not x.ndim:
            raise ShapeError("Flatten() takes samples of shape (N, ...), not a single number")
        return x.reshape((x.shape[0], int(np.prod(x.shape[1:]))))

    def __repr__(self) -> str:
        return "Flatten()"
