"""micrograd's three classes, made of scalar Values. A program written for micrograd runs after changing its imports.

The weights come from Python's ``random``, as micrograd's do, so that ``random.seed`` gives its numbers, unless ``rng`` is given.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from autograd import ShapeError, Value
from nn.activations import Activation, activation
from nn.modules.module import Module
from nn.modules.paths import count_text
from nn.random import Seed, generator


class Neuron(Module):
    """A neuron on scalars: f(Σ wᵢ xᵢ + b).

    Parameters
    ----------
    nin : int
        The number of inputs.
    nonlin : bool, default True
        Whether there is an activation.
    activation : str or callable, default "relu"
        The activation f.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the weights; None draws from Python's ``random``.

    Attributes
    ----------
    w : list of Value
        The weights, uniform in [-1, 1) at first.
    b : Value
        The bias, 0 at first.

    Raises
    ------
    DataError
        If ``rng`` is neither a seed nor a generator.

    References
    ----------
    S2:26; micrograd's ``nn.Neuron``.

    Examples
    --------
    >>> n = Neuron(2, rng=0); n.w[0].data, n.w[1].data, n.b.data = 1.0, -2.0, 0.5
    >>> n([3.0, 1.0]).data
    1.5
    """

    def __init__(self, nin: int, nonlin: bool = True, activation: str | Activation = "relu", rng: Seed = None) -> None:
        draw = random.uniform if rng is None else generator(rng).uniform
        self.w: list[Value] = [Value(draw(-1, 1)) for _ in range(nin)]
        self.b: Value = Value(0.0)
        self.nonlin = nonlin
        self.activation = activation

    def forward(self, x: Sequence[Any]) -> Any:
        """Return the activation.

        Parameters
        ----------
        x : sequence of Value or float, length nin
            The inputs.

        Returns
        -------
        Value
            f(Σ wᵢ xᵢ + b).

        Raises
        ------
        ShapeError
            If there is another number of inputs.
        """
        if len(x) != len(self.w):
            raise ShapeError(f"a neuron with {len(self.w)} weights takes {len(self.w)} numbers, not {len(x)}")
        act: Any = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        if not self.nonlin:
            return act
        return act.relu() if self.activation == "relu" else activation(self.activation)(act)

    def parameters(self) -> list[Any]:
        """Return the weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        kind = "Linear"
        if self.nonlin:
            kind = "ReLU" if self.activation == "relu" else str(self.activation)
        return f"{kind}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons with the same inputs.

    Parameters
    ----------
    nin, nout : int
        The numbers of inputs and neurons.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the weights; None draws from Python's ``random``.
    **kwargs
        Settings of :class:`Neuron`.

    Attributes
    ----------
    neurons : list of Neuron
        The neurons.

    Raises
    ------
    DataError
        If ``rng`` is neither a seed nor a generator.

    Examples
    --------
    >>> len(Layer(3, 4, rng=0)([1.0, 2.0, 3.0]))
    4
    """

    def __init__(self, nin: int, nout: int, rng: Seed = None, **kwargs: Any) -> None:
        rng = None if rng is None else generator(rng)
        self.neurons: list[Neuron] = [Neuron(nin, rng=rng, **kwargs) for _ in range(nout)]

    def forward(self, x: Sequence[Any]) -> Any:
        """Return the outputs of the neurons.

        Parameters
        ----------
        x : sequence of Value or float, length nin
            The inputs.

        Returns
        -------
        list of Value, or Value
            One output for each neuron; the output itself if there is a single neuron, as in micrograd.
        """
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Any]:
        """Return the parameters, neuron by neuron."""
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(neuron) for neuron in self.neurons)}]"


class MLP(Module):
    """Layers one after another. The last has no activation, unless ``output`` names one.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nouts : sequence of int
        The number of neurons in each layer.
    activation : str or callable, default "relu"
        The activation of the layers before the last.
    output : str or callable, default "identity"
        The activation of the last layer.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the weights; None draws from Python's ``random``.

    Attributes
    ----------
    layers : list of Layer
        The layers.

    Raises
    ------
    DataError
        If ``rng`` is neither a seed nor a generator.

    References
    ----------
    S0, figure 1, for 3-4-4-1 with 41 parameters; micrograd's ``nn.MLP``.

    Examples
    --------
    >>> MLP(3, [4, 4, 1], rng=0).num_parameters()
    41
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation = "relu",
        output: str | Activation = "identity",
        rng: Seed = None,
    ) -> None:
        rng = None if rng is None else generator(rng)
        sizes = [nin, *nouts]
        activations = [activation] * (len(nouts) - 1) + [output]
        self.layers: list[Layer] = [
            Layer(n_in, n_out, nonlin=f != "identity", activation=f, rng=rng)
            for n_in, n_out, f in zip(sizes, sizes[1:], activations)
        ]

    @property
    def sizes(self) -> list[int]:
        """The widths of all layers, the inputs first."""
        return [len(self.layers[0].neurons[0].w), *(len(layer.neurons) for layer in self.layers)]

    def forward(self, x: Sequence[Any]) -> Any:
        """Return the outputs of the last layer.

        Parameters
        ----------
        x : sequence of Value or float, length nin
            The inputs.

        Returns
        -------
        list of Value, or Value
            One output for each neuron of the last layer; the output itself if there is a single neuron.
        """
        for layer in self.layers[:-1]:
            x = [neuron(x) for neuron in layer.neurons]
        return self.layers[-1](x)

    def parameters(self) -> list[Any]:
        """Return the parameters, layer by layer."""
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}], {count_text(self.num_parameters())}"
