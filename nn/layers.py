"""Linear, Sequential and MLP on Tensors: W of shape (to, from), one sample (n_in,) or a batch (N, n_in)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograd import SettingError, ShapeError, Tensor, affine
from nn.activations import Activation, activation, name_of
from nn.checks import whole
from nn.init import Initialiser, initialised
from nn.module import Module, counted
from nn.random import Seed, generator

KINKED = {"relu", "leaky_relu", "elu", "silu", "gelu"}  # these let about half of the variance through: He's initialisation


class Linear(Module):
    """z = W a + b (S0:48, S2:50), for a batch Z = A Wᵀ + b; ``W`` has shape (n_out, n_in), ``b`` (n_out,) starts at zero.

    ``init`` is a name or a function of (shape, rng). ShapeError names both widths when the input has another one.

    >>> layer = Linear(3, 2, rng=0)
    >>> layer([[1.0, 2.0, 3.0]]).shape, layer
    ((1, 2), Linear(3 → 2, 8 parameters))
    """

    def __init__(self, n_in: int, n_out: int, init: str | Initialiser = "glorot_uniform", rng: Seed = None) -> None:
        n_in, n_out = whole("a layer's width", n_in), whole("a layer's width", n_out)
        self.W = Tensor(initialised((n_out, n_in), init, rng))
        self.b = Tensor(initialised((n_out,), "zeros", rng))

    def forward(self, x: Any) -> Any:
        """The weighted input z of shape (n_out,) or (N, n_out)."""
        x = x if isinstance(x, Tensor) else Tensor(x, constant=True)
        if x.shape[-1:] != self.W.shape[1:]:
            n_out, n_in = self.W.shape
            raise ShapeError(f"Linear({n_in} → {n_out}) takes inputs of width {n_in}, but x has shape {x.shape}")
        return affine(x, self.W, self.b)

    def __repr__(self) -> str:
        n_out, n_in = self.W.shape
        return f"Linear({n_in} → {n_out}, {counted(self.num_parameters())})"


class Sequential(Module):
    """Modules, functions and named activations one after another (S1:46, corrected: each layer has its own W and b).

    >>> Sequential(Linear(2, 3, rng=0), "tanh", Linear(3, 1, rng=1))([0.0, 0.0]).shape
    (1,)
    """

    def __init__(self, *steps: Any) -> None:
        for step in steps:
            if not callable(step) and not isinstance(step, str):
                raise SettingError(f"Sequential takes modules, functions and names of activations, not {step!r}")
        self.steps = [activation(step) if isinstance(step, str) else step for step in steps]

    def forward(self, x: Any) -> Any:
        """The output of the last step."""
        for step in self.steps:
            x = step(x)
        return x

    def __repr__(self) -> str:
        inner = ", ".join(repr(s) if isinstance(s, Module) else name_of(s) for s in self.steps)
        return f"Sequential({inner}, {counted(self.num_parameters())})"


class MLP(Module):
    """A fully connected network: ``sizes`` from the inputs to the outputs (S0:30; the input layer has no parameters).

    ``hidden`` is the activation of the hidden layers, or a list with one for each (S1:21); ``output`` that of the last (S0:50).
    ``init`` defaults to He's for the relu family and to Glorot's otherwise.

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
        each: Any = hidden if isinstance(hidden, list | tuple) else [hidden] * (len(sizes) - 2)
        names = [*each, output]
        if len(names) != len(sizes) - 1:
            raise SettingError(f"MLP of {len(sizes) - 2} hidden layers takes as many hidden activations, not {len(names) - 1}")
        rng = generator(rng)
        inits = [init or ("he_normal" if name_of(f) in KINKED else "glorot_uniform") for f in names]
        self.layers = [Linear(a, b, how, rng) for a, b, how in zip(sizes, sizes[1:], inits, strict=False)]
        self.activations = [activation(f) for f in names]

    def passes(self, x: Any) -> Iterator[tuple[Any, Any]]:
        """The weighted input z and the activation a of each layer in turn (S0:109-112); z.grad is δ after a backward()."""
        a = x
        for layer, f in zip(self.layers, self.activations, strict=True):
            z = layer(a)
            a = f(z)
            yield z, a

    def forward(self, x: Any) -> Any:
        """The activation of the output layer, of shape (n_out,) or (N, n_out)."""
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
        return f"MLP({shape}, hidden={'/'.join(inner)}, output={last}, {counted(self.num_parameters())})"
