"""Activations by name: what ``hidden=`` and ``output=`` accept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import autograd as ag
from autograd import SettingError

Activation: TypeAlias = Callable[[Any], Any]


def identity(x: Any) -> Any:
    """Return the input: a layer without an activation.

    Parameters
    ----------
    x : object
        The weighted input.

    Returns
    -------
    object
        ``x`` itself.

    References
    ----------
    C05 in docs/seeds.md.

    Examples
    --------
    >>> identity(2.0)
    2.0
    """
    return x


BY_NAME: dict[str, Activation] = {
    "identity": identity,
    "relu": ag.relu,
    "leaky_relu": ag.leaky_relu,
    "elu": ag.elu,
    "gelu": ag.gelu,
    "silu": ag.silu,
    "sigmoid": ag.sigmoid,
    "tanh": ag.tanh,
    "softplus": ag.softplus,
    "softmax": ag.softmax,
    "log_softmax": ag.log_softmax,
}


def activation(name: str | Activation) -> Activation:
    """Return the activation of that name; a function is returned as it is.

    Parameters
    ----------
    name : str or callable
        A key of ``BY_NAME``, or a function of one argument.

    Returns
    -------
    callable
        A function of one argument.

    Raises
    ------
    SettingError
        If no activation has that name.

    Examples
    --------
    >>> activation("tanh")(0.0)
    0.0
    """
    if callable(name):
        return name
    if name not in BY_NAME:
        raise SettingError(f"no activation is called {name!r}: give a function, or one of {', '.join(BY_NAME)}")
    return BY_NAME[name]


def name_of(f: str | Activation) -> str:
    """Return the name of an activation for a repr.

    Parameters
    ----------
    f : str or callable
        The activation.

    Returns
    -------
    str
        ``f`` itself if it is a str, else the name of the function or of its class.

    Examples
    --------
    >>> name_of(ag.tanh), name_of("relu")
    ('tanh', 'relu')
    """
    return f if isinstance(f, str) else getattr(f, "__name__", type(f).__name__)
