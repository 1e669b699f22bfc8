"""A module as a function of its parameters: C as a function of 13 002 numbers (S2:69), f_NN(x; θ) with an explicit θ (S1:46)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import Node, SettingError, ShapeError, Tensor
from nn.modules.module import Module, leaves, place


def parameters_to_vector(parameters: Iterable[Any]) -> npt.NDArray[np.float64]:
    """The numbers of all parameters in one row, in their order; a copy.

    >>> from nn import MLP
    >>> parameters_to_vector(MLP([784, 16, 16, 10]).parameters()).shape
    (13002,)
    """
    return np.concatenate([np.ravel(p.data) for p in parameters])


def vector_to_parameters(vector: Any, parameters: Iterable[Any]) -> None:
    """Write a row of numbers into the parameters; ShapeError, and nothing written, unless it has one for each.

    >>> from nn import Linear
    >>> layer = Linear(1, 1); vector_to_parameters([2.0, 3.0], layer.parameters()); layer.b.data
    array([3.])
    """
    parameters = list(parameters)
    numbers = np.asarray(vector, dtype=np.float64)
    sizes = [np.size(p.data) for p in parameters]
    if numbers.shape != (sum(sizes),):
        raise ShapeError(f"vector_to_parameters(): the parameters hold {sum(sizes)} numbers, the vector has shape {numbers.shape}")
    for p, piece in zip(parameters, np.split(numbers, np.cumsum(sizes)[:-1]), strict=True):
        p.data = piece.reshape(p.shape)


def functional_call(module: Module, parameters: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
    """What the module gives with other parameters in place of its own, by their names; gradients flow to those given.

    SettingError names a parameter that the module does not have, ShapeError one of another shape.

    >>> from nn import Linear
    >>> layer = Linear(1, 1, rng=0)
    >>> functional_call(layer, {"W": [[2.0]], "b": [1.0]}, [3.0]).data
    array([7.])
    """
    own = dict(module.named_parameters())
    given = {name: p if isinstance(p, Node) else Tensor(p, constant=True) for name, p in parameters.items()}
    for name, p in given.items():
        if name not in own:
            raise SettingError(f"functional_call(): no parameter is called {name!r}; there are {', '.join(own)}")
        if p.shape != own[name].shape:
            raise ShapeError(f"functional_call(): {name} has shape {own[name].shape}, not {p.shape}")
    places = {name: [path for path, leaf in leaves(module) if leaf is own[name]] for name in given}  # a tied one has several
    try:
        for name, p in given.items():
            for path in places[name]:
                place(module, path, p)
        return module(*args, **kwargs)
    finally:
        for name in given:
            for path in places[name]:
                place(module, path, own[name])
