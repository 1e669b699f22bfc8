"""When a training run stops."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nn.training.history import History


class StoppingRules(NamedTuple):
    """The rules by which a run stops; a rule that is None does not apply.

    Attributes
    ----------
    epochs : int
        The largest number of epochs.
    tol : float or None
        The gradient norm of an epoch's last batch below which the run stops.
    patience : int or None
        The number of epochs without a lower validation loss.
    target : float or None
        The value of the metric that is to be reached.
    seconds : float or None
        The time after which no further epoch begins, in seconds.
    callback : callable
        A function without arguments; the run stops if it returns true.
    start : float
        When the run began, by ``time.monotonic()``.

    References
    ----------
    ``tol``: S1:134 (corrected).
    """

    epochs: int
    tol: float | None
    patience: int | None
    target: float | None
    seconds: float | None
    callback: Callable[[], bool]
    start: float

    def reason(self, history: History) -> str:
        """Return why the run stops now. The callback is called after every epoch, and once before the first of a resumed run.

        Parameters
        ----------
        history : History
            The history so far.

        Returns
        -------
        str
            The reason, or "" if the run goes on.
        """
        if history.epochs:
            reason = self._reason_in_history(history)
            if reason:
                return reason
        if history.epochs >= self.epochs:
            return f"{history.epochs} epochs"
        if self.seconds is not None and time.monotonic() - self.start > self.seconds:
            return f"{self.seconds:g} seconds"
        return ""

    def _reason_in_history(self, history: History) -> str:
        """Return the reason that the epochs so far give, or ""."""
        if self.callback():
            return "callback"
        if self.tol is not None and history.gradient_norm[-1] < self.tol:
            return f"gradient norm {history.gradient_norm[-1]:.3g} < tol {self.tol:g}"
        if self.target is not None and history.validation[-1] >= self.target:
            return f"validation metric {history.validation[-1]:.4g} ≥ target {self.target:g}"
        if self.patience is not None:
            best = int(np.argmin(history.validation_loss)) + 1
            if history.epochs - best >= self.patience:
                return f"patience: no lower validation loss in {self.patience} epochs since epoch {best}"
        return ""
