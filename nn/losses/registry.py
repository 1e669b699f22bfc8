"""Losses by name: what ``loss=`` accepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import SettingError
from nn.activations import name_of
from nn.losses.binary import binary_cross_entropy, binary_cross_entropy_with_logits, hinge
from nn.losses.cross_entropy import cross_entropy, kl_divergence
from nn.losses.regression import huber, mae, mse, quadratic

Loss = Callable[..., Any]

BY_NAME: dict[str, Loss] = {
    "quadratic": quadratic,
    "mse": mse,
    "mae": mae,
    "huber": huber,
    "kl_divergence": kl_divergence,
    "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "hinge": hinge,
}


def loss(name: str | Loss) -> Loss:
    """Return the loss of that name; a function is returned as it is.

    Parameters
    ----------
    name : str or callable
        A key of ``BY_NAME``, or a function of (pred, target).

    Returns
    -------
    callable
        A function of (pred, target).

    Raises
    ------
    SettingError
        If no loss has that name.

    References
    ----------
    D08 in docs/seeds.md: any loss function.

    Examples
    --------
    >>> loss("mse") is mse
    True
    """
    if callable(name):
        return name
    if name not in BY_NAME:
        raise SettingError(
            f"no loss is called {name_of(name)!r}: give a function of (pred, target), or one of {', '.join(BY_NAME)}"
        )
    return BY_NAME[name]
