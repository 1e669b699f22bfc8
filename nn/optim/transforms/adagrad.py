"""Adagrad: the gradient divided by the root of the sum of its squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.input_checks import positive
from nn.optim.chains import State, Transform


class adagrad(Transform):  # noqa: N801 - transforms are written like functions, as in optax
    """Divide by the root of the sum of all squares so far: s ← s + u², then u ← u / (√s + ε).

    Parameters
    ----------
    eps : float, default 1e-10
        The constant ε > 0, outside the root.

    Raises
    ------
    SettingError
        If ``eps`` is not a finite number above 0.

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization" (2011),
    figure 1.

    Examples
    --------
    >>> transform, state = adagrad(), {}
    >>> [round(float(transform.update_one(2.0, state, 0.0, step)), 4) for step in (1, 2)]
    [1.0, 0.7071]
    """

    def __init__(self, eps: float = 1e-10) -> None:
        self.eps: float = positive("eps", eps)

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        s = state["sum"] = state.get("sum", 0.0) + update * update
        return update / (np.sqrt(s) + self.eps)
