"""Gradient clipping, by the global norm or entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd as ag
from autograd import Node
from nn.input_checks import positive
from nn.optim.chains import State, Transform


class clip_by_norm(Transform):  # noqa: N801 - transforms are written like functions, as in optax
    """Clip the global norm, that of all updates together: u ← u · limit / max(‖u‖, limit).

    Parameters
    ----------
    limit : float
        The largest Euclidean norm, above 0.

    Raises
    ------
    SettingError
        If ``limit`` is not a finite number above 0.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks" (2013), algorithm 1.

    Examples
    --------
    >>> [float(u) for u in clip_by_norm(1.0).update_all([3.0, 4.0], [{}, {}], [0.0, 0.0], 1)]
    [0.6000000000000001, 0.8]
    """

    def __init__(self, limit: float) -> None:
        self.limit: float = positive("clip_by_norm", limit)

    def update_all(self, updates: Sequence[Any], states: Sequence[State], params: Sequence[Any], step: int) -> list[Any]:
        squares = (np.vdot(u, u) for u in updates)
        norm = ag.sqrt(sum(x if isinstance(x, Node) else float(x) for x in squares))
        factor = self.limit / ag.maximum(norm, self.limit)
        return [u * factor for u in updates]


class clip_by_value(Transform):  # noqa: N801 - as above
    """Clip each entry to [-limit, limit].

    Parameters
    ----------
    limit : float
        The largest absolute value of an entry, above 0.

    Raises
    ------
    SettingError
        If ``limit`` is not a finite number above 0.

    Examples
    --------
    >>> clip_by_value(0.5).update_one(np.array([3.0, -0.2]), {}, np.zeros(2), 1)
    array([ 0.5, -0.2])
    """

    def __init__(self, limit: float) -> None:
        self.limit: float = positive("clip_by_value", limit)

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        return np.clip(update, -self.limit, self.limit)
