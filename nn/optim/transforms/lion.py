"""Lion: the sign of a mixture of the gradient and its running mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.input_checks import within
from nn.optim.chains import State, Transform


class lion(Transform):  # noqa: N801 - transforms are written like functions, as in optax
    """Take the sign of an interpolation with a running mean: u' = sign(β₁ m + (1 - β₁) u), then m ← β₂ m + (1 - β₂) u, from m₀ = 0.

    Parameters
    ----------
    b1 : float, default 0.9
        The factor β₁ in [0, 1).
    b2 : float, default 0.99
        The factor β₂ in [0, 1).

    Raises
    ------
    SettingError
        If ``b1`` or ``b2`` is outside [0, 1).

    References
    ----------
    X. Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023), program 1.

    Examples
    --------
    >>> float(lion().update_one(-0.3, {}, 0.0, 1))
    -1.0
    """

    def __init__(self, b1: float = 0.9, b2: float = 0.99) -> None:
        self.b1: float = within("betas[0]", b1, 0.0, 1.0)
        self.b2: float = within("betas[1]", b2, 0.0, 1.0)

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        m = state.get("m", 0.0)
        state["m"] = self.b2 * m + (1.0 - self.b2) * update
        return np.sign(self.b1 * m + (1.0 - self.b1) * update)
