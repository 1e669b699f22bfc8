"""RMSProp: the gradient divided by the root of a running mean of its square."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.input_checks import positive, within
from nn.optim.chains import State, Transform


class rmsprop(Transform):  # noqa: N801 - transforms are written like functions, as in optax
    """Divide by the root of a running mean of squares: v ← ρ v + (1 - ρ) u² from v₀ = 0, then u ← u / (√v + ε).

    Parameters
    ----------
    rho : float, default 0.99
        The factor ρ in [0, 1).
    eps : float, default 1e-8
        The constant ε > 0, outside the root.
    centered : bool, default False
        Whether to subtract the square of the running mean of u from v, which gives a variance.

    Raises
    ------
    SettingError
        If ``rho`` is outside [0, 1), or ``eps`` is not a finite number above 0.

    References
    ----------
    T. Tieleman and G. Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012); centred: A. Graves, "Generating Sequences
    With Recurrent Neural Networks" (2013), eq. 38-40, with ε outside the root as in PyTorch.

    Examples
    --------
    >>> round(float(rmsprop(0.75).update_one(2.0, {}, 0.0, 1)), 4)
    2.0
    """

    def __init__(self, rho: float = 0.99, eps: float = 1e-8, centered: bool = False) -> None:
        self.rho: float = within("rho", rho, 0.0, 1.0)
        self.eps: float = positive("eps", eps)
        self.centered: bool = centered

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        v = state["v"] = self.rho * state.get("v", 0.0) + (1.0 - self.rho) * (update * update)
        if self.centered:
            mean = state["mean"] = self.rho * state.get("mean", 0.0) + (1.0 - self.rho) * update
            v = np.maximum(v - mean * mean, 0.0)  # rounding may make the variance negative
        return update / (np.sqrt(v) + self.eps)
