"""Fully connected layers and networks on Tensors. W has shape (to, from); an input is one sample (n_in,) or a batch (N, n_in)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import autograd as ag
from autograd import SettingError, ShapeError, Tensor, affine
from nn.activations import Activation, activation, name_of
from nn.init import Initialiser, initialise
from nn.input_checks import whole
from nn.modules.module import Module
from nn.modules.paths import count_text
from nn.random import Seed, generator

# Activations that let about half of the variance through, as relu does: MLP initialises the layers before them by He's rule.
RELU_FAMILY = {"relu", "leaky_relu", "elu", "silu", "gelu"}


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

    Attributes
    ----------
    W : Tensor, shape (n_out, n_in)
        The weights.
    b : Tensor, shape (n_out,)
        The biases, zero at first.

    References
    ----------
    S0:48 and S2:50.

    Examples
    --------
    >>> layer = Linear(3, 2, rng=0)
    >>> layer([[1.0, 2.0, 3.0]]).shape, layer
    ((1, 2), Linear(3 → 2, 8 parameters))
    """

    def __init__(self, n_in: int, n_out: int, init: str | Initialiser = "glorot_uniform", rng: Seed = None) -> None:
        n_in, n_out = whole("a layer's width", n_in), whole("a layer's width", n_out)
        self.W = Tensor(initialise((n_out, n_in), init, rng))
        self.b = Tensor(initialise((n_out,), "zeros", rng))

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
        x = ag.as_tensor(x, "Linear()")
        if x.shape[-1:] != self.W.shape[1:]:
            n_out, n_in = self.W.shape
            raise ShapeError(f"Linear({n_in} → {n_out}) takes inputs of width {n_in}, but x has shape {x.shape}")
        return affine(x, self.W, self.b)

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
        self.steps = [activation(step) if isinstance(step, str) else step for step in steps]

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


class MLP(Module):
    """A fully connected network.

    Parameters
    ----------
    sizes : sequence of int
        The widths from the inputs to the outputs. The input layer has no parameters.
    hidden : str, callable or sequence of these, default "tanh"
        The activation of the hidden layers, or one for each of them.
    output : str or callable, default "identity"
        The activation of the last layer.
    init : str or callable, optional
        The initialiser of the weights. The default is He's rule before an activation of the relu family, Glorot's otherwise.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the initialiser.

    Attributes
    ----------
    layers : list of Linear
        The layers behind the inputs.
    activations : list of callable
        The activation of each layer.

    Raises
    ------
    SettingError
        If there are fewer than two sizes, or the number of activations does not fit.

    References
    ----------
    S0:30 for the layers, S1:21 for one activation per layer, S0:50 for the activation of the output.

    Examples
    --------
    >>> MLP([784, 16, 16, 10], hidden="sigmoid", rng=0)
    MLP(784-16-16-10, hidden=sigmoid, output=identity, 13 002 parameters)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        hidden: str | Activation | Sequence[str | Activation] = "tanh",
        output: str | Activation = "identity",
        init: str | Initialiser | None = None,
        rng: Seed = None,
    ) -> None:
        if not isinstance(sizes, list | tuple) or len(sizes) < 2:
            raise SettingError(f"MLP takes at least two sizes, from the inputs to the outputs, as in [784, 16, 10], not {sizes!r}")
        per_layer: Any = hidden if isinstance(hidden, list | tuple) else [hidden] * (len(sizes) - 2)
        names = [*per_layer, output]
        if len(names) != len(sizes) - 1:
            raise SettingError(f"MLP of {len(sizes) - 2} hidden layers takes as many hidden activations, not {len(names) - 1}")
        rng = generator(rng)
        inits = [init or ("he_normal" if name_of(f) in RELU_FAMILY else "glorot_uniform") for f in names]
        self.layers = [Linear(a, b, how, rng) for a, b, how in zip(sizes, sizes[1:], inits, strict=False)]
        self.activations = [activation(f) for f in names]

    def passes(self, x: Any) -> Iterator[tuple[Any, Any]]:
        """Yield the weighted input and the activation of each layer in turn.

        Parameters
        ----------
        x : Tensor or array_like, shape (n_in,) or (N, n_in)
            The input.

        Yields
        ------
        z : Tensor
            The weighted input of the layer; ``z.grad`` is δ after a backward pass.
        a : Tensor
            The activation of the layer.

        References
        ----------
        S0:109-112.
        """
        a = x
        for layer, f in zip(self.layers, self.activations, strict=True):
            z = layer(a)
            a = f(z)
            yield z, a

    def forward(self, x: Any) -> Any:
        """Return the activation of the last layer.

        Parameters
        ----------
        x : Tensor or array_like, shape (n_in,) or (N, n_in)
            The input.

        Returns
        -------
        Tensor, shape (n_out,) or (N, n_out)
            The output.
        """
        for layer, f in zip(self.layers, self.activations, strict=True):
            x = f(layer(x))
        return x

    @property
    def sizes(self) -> list[int]:
        """The widths of all layers, the inputs first."""
        return [self.layers[0].W.shape[1], *(layer.W.shape[0] for layer in self.layers)]

    def __repr__(self) -> str:
        inner = sorted({name_of(f) for f in self.activations[:-1]}) or ["none"]
        shape = "-".join(map(str, self.sizes))
        last = name_of(self.activations[-1])
        return f"MLP({shape}, hidden={'/'.join(inner)}, output={last}, {count_text(self.num_parameters())})"
