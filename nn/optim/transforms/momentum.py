"""Momentum, also in Nesterov's form."""

from __future__ import annotations

from typing import Any

from nn.input_checks import within
from nn.optim.chains import State, Transform


class momentum(Transform):  # noqa: N801 - transforms are written like functions, as in optax
    """Accumulate a velocity: v ← μ v + u with v = u in the first step; then u ← v, or u ← u + μ v with ``nesterov``.

    Parameters
    ----------
    mu : float
        The factor μ in [0, 1).
    nesterov : bool, default False
        Whether to use Nesterov's momentum.

    Raises
    ------
    SettingError
        If ``mu`` is outside [0, 1).

    References
    ----------
    S1:104; B. T. Polyak, "Some methods of speeding up the convergence of iteration methods" (1964); I. Sutskever et al., "On
    the importance of initialization and momentum in deep learning" (2013), eq. 3-4, in the form of ``torch.optim.SGD``.

    Examples
    --------
    >>> transform, state = momentum(0.5), {}
    >>> [transform.update_one(1.0, state, 0.0, step) for step in (1, 2, 3)]
    [1.0, 1.5, 1.75]
    """

    def __init__(self, mu: float, nesterov: bool = False) -> None:
        self.mu: float = within("momentum", mu, 0.0, 1.0)
        self.nesterov: bool = nesterov

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        v = self.mu * state["velocity"] + update if "velocity" in state else update + 0.0
        state["velocity"] = v
        return update + self.mu * v if self.nesterov else v
