"""MLP: a fully connected network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograd import SettingError
from nn.activations import Activation, activation, name_of
from nn.init import Initialiser
from nn.modules.layers import Linear
from nn.modules.module import Module
from nn.modules.paths import count_text
from nn.random import Seed, generator

# Activations that let about half of the variance through, as relu does: MLP initialises the layers before them by He's rule.
RELU_FAMILY = {"relu", "leaky_relu", "elu", "silu", "gelu"}


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
    DataError
        If ``rng`` is neither a seed nor a generator.

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
            raise SettingError(f"MLP of {len(sizes) - 2} hidden layers takes one activation for each, not {len(names) - 1}")
        rng = generator(rng)
        inits = [init or _default_initialiser(f) for f in names]
        self.layers: list[Linear] = [Linear(a, b, how, rng) for a, b, how in zip(sizes, sizes[1:], inits, strict=False)]
        self.activations: list[Activation] = [activation(f) for f in names]

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


def _default_initialiser(activation: str | Activation) -> str:
    return "he_normal" if name_of(activation) in RELU_FAMILY else "glorot_uniform"
