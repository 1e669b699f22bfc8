"""A module as a function of its parameters.

The cost is a function of 13 002 numbers (S2:69), and the network is f_NN(x; θ) with an explicit θ (S1:46).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import Node, SettingError, ShapeError, Tensor
from nn.modules.module import Module, named_leaves
from nn.modules.paths import set_at_path


def parameters_to_vector(parameters: Iterable[Any]) -> npt.NDArray[np.float64]:
    """Return the numbers of all parameters as one vector.

    Parameters
    ----------
    parameters : iterable of Value or Tensor
        Usually ``model.parameters()``.

    Returns
    -------
    ndarray, shape (n,)
        A copy of the numbers, in the order of the parameters.

    Examples
    --------
    >>> from nn import MLP
    >>> parameters_to_vector(MLP([784, 16, 16, 10]).parameters()).shape
    (13002,)
    """
    return np.concatenate([np.ravel(p.data) for p in parameters])


def vector_to_parameters(vector: Any, parameters: Iterable[Any]) -> None:
    """Write the numbers of a vector into the parameters.

    Parameters
    ----------
    vector : array_like, shape (n,)
        One number for each entry of the parameters, in their order.
    parameters : iterable of Value or Tensor
        Usually ``model.parameters()``.

    Raises
    ------
    ShapeError
        If the vector has another length. Nothing changes then.

    Examples
    --------
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
    """Call a module with other parameters in place of its own.

    Parameters
    ----------
    module : Module
        The module. It has its own parameters again afterwards.
    parameters : mapping
        Nodes or arrays by path. Gradients flow to nodes; arrays are constants. Parameters that are not named stay.
    *args, **kwargs
        The arguments of the module.

    Returns
    -------
    object
        What the module returns.

    Raises
    ------
    SettingError
        If the module has no parameter of that name.
    ShapeError
        If a parameter has another shape.

    Examples
    --------
    >>> from nn import Linear
    >>> layer = Linear(1, 1, rng=0)
    >>> functional_call(layer, {"W": [[2.0]], "b": [1.0]}, [3.0]).data
    array([7.])
    """
    own = dict(module.named_parameters())
    new = {name: p if isinstance(p, Node) else Tensor(p, constant=True) for name, p in parameters.items()}
    for name, p in new.items():
        if name not in own:
            raise SettingError(f"functional_call(): no parameter is called {name!r}; there are {', '.join(own)}")
        if p.shape != own[name].shape:
            raise ShapeError(f"functional_call(): {name} has shape {own[name].shape}, not {p.shape}")
    paths = {name: [path for path, leaf in named_leaves(module) if leaf is own[name]] for name in new}  # several if it is tied
    try:
        _replace(module, paths, new)
        return module(*args, **kwargs)
    finally:
        _replace(module, paths, own)


def _replace(module: Module, paths: Mapping[str, Iterable[str]], parameters: Mapping[str, Any]) -> None:
    """Put each parameter at all of its paths."""
    for name, own_paths in paths.items():
        for path in own_paths:
            set_at_path(module, path, parameters[name])
