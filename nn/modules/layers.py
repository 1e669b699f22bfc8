"""Linear, Sequential and MLP on Tensors: W of shape (to, from), one sample (n_in,) or a batch (N, n_in)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

import autograd as ag
from autograd import DataError, OutOfRangeError, SettingError, ShapeError, Tensor, affine
from nn.activations import Activation, activation, name_of
from nn.init import Initialiser, initialised
from nn.input_checks import positive, whole, within
from nn.modules.module import Module, counted
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
        x = ag.as_tensor(x, "Linear()")
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


class Embedding(Module):
    """A row of numbers for each of ``count`` things: integers (…) in, rows (…, width) out.

    OutOfRangeError names an integer that has no row.

    >>> Embedding(10, 4, rng=0)([[1, 2], [3, 1]]).shape
    (2, 2, 4)
    """

    def __init__(self, count: int, width: int, init: str | Initialiser = "normal", rng: Seed = None) -> None:
        self.W = Tensor(initialised((whole("the number of rows", count), whole("a row's width", width)), init, rng))

    def forward(self, indices: Any) -> Any:
        """The rows of those numbers."""
        places = np.asarray(indices)
        if places.dtype.kind not in "iu":
            raise DataError(f"Embedding takes integers, not {places.dtype}")
        count = self.W.shape[0]
        if places.size and not (places.min() >= 0 and places.max() < count):
            wrong = places[(places < 0) | (places >= count)].flat[0]
            raise OutOfRangeError(f"Embedding of {count} rows has none with the number {wrong}: they are 0 to {count - 1}")
        return self.W[places]

    def __repr__(self) -> str:
        count, width = self.W.shape
        return f"Embedding({count} × {width}, {counted(self.num_parameters())})"


class Dropout(Module):
    """In training each entry is 0 with probability ``p``, and the others are divided by 1 - p (Srivastava et al. 2014).

    After ``eval()`` it hands on what it gets. ``rng`` draws a new mask each time.

    >>> Dropout(0.5, rng=0)(np.ones(4)).data
    array([2., 0., 0., 0.])
    """

    def __init__(self, p: float = 0.5, rng: Seed = None) -> None:
        self.p = within("p", p, 0.0, 1.0)
        self.rng = generator(rng)

    def forward(self, x: Any) -> Any:
        """The same shape."""
        x = ag.as_tensor(x, "Dropout()")
        if not self.training or not self.p:
            return x
        return x * ((self.rng.random(x.shape) >= self.p) / (1.0 - self.p)).astype(x.dtype)

    def __repr__(self) -> str:
        return f"Dropout({self.p:g})"


class LayerNorm(Module):
    """(x - mean) / √(variance + ε) over the last axis, times ``g`` plus ``b``, which start at 1 and 0 (Ba et al. 2016).

    >>> LayerNorm(2)([1.0, 3.0]).data.round(3)
    array([-1.,  1.])
    """

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        width = whole("a layer's width", width)
        self.g, self.b, self.eps = Tensor(np.ones(width)), Tensor(np.zeros(width)), positive("eps", eps)

    def forward(self, x: Any) -> Any:
        """The same shape (…, width)."""
        x = _wide(x, self.g.shape[0], self)
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        return centred / ag.sqrt(variance + self.eps) * self.g + self.b

    def __repr__(self) -> str:
        return f"LayerNorm({self.g.shape[0]})"


class RMSNorm(Module):
    """X / √(mean of x² + ε) over the last axis, times ``g``, which starts at 1 (Zhang and Sennrich 2019).

    >>> RMSNorm(2)([3.0, 4.0]).data.round(3)
    array([0.849, 1.131])
    """

    def __init__(self, width: int, eps: float = 1e-6) -> None:
        self.g, self.eps = Tensor(np.ones(whole("a layer's width", width))), positive("eps", eps)

    def forward(self, x: Any) -> Any:
        """The same shape (…, width)."""
        x = _wide(x, self.g.shape[0], self)
        return x / ag.sqrt((x * x).mean(axis=-1, keepdims=True) + self.eps) * self.g

    def __repr__(self) -> str:
        return f"RMSNorm({self.g.shape[0]})"


def _wide(x: Any, width: int, layer: Module) -> Tensor:
    """``x`` as a Tensor whose last axis has that width."""
    t = ag.as_tensor(x, f"{layer}")
    if t.shape[-1:] != (width,):
        raise ShapeError(f"{layer} takes inputs of width {width}, but x has shape {t.shape}")
    return t


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
