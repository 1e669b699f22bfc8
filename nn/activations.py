"""Activations by name: what ``hidden=`` and ``output=`` accept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import autograd as ag
from autograd import SettingError

Activation: TypeAlias = Callable[[Any], Any]


def identity(x: Any) -> Any:
    """X itself: a layer without an activation (C05).

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
    """The function of that name; a function is used as it is. SettingError names the known ones.

    >>> activation("tanh")(0.0)
    0.0
    """
    if callable(name):
        return name
    if name not in BY_NAME:
        raise SettingError(f"no activation is called {name!r}: give a function, or one of {', '.join(BY_NAME)}")
    return BY_NAME[name]


def name_of(f: str | Activation) -> str:
    """What a repr calls an activation."""
    return f if isinstance(f, str) else getattr(f, "__name__", type(f).__name__)
