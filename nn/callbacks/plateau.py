"""A learning rate that falls when the loss does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.callbacks.callback import Callback, Run
from nn.input_checks import positive_integer, within


class ReduceOnPlateau(Callback):
    """Multiply the learning rate by a factor when the loss has not fallen for some epochs.

    The loss is that of the held-out data if there are any, and the training loss otherwise.

    Parameters
    ----------
    factor : float, default 0.1
        The factor, in [0, 1).
    patience : int, default 10
        The number of epochs without a lower loss that are waited for.
    threshold : float, default 1e-4
        A loss counts as lower if it is below (1 - threshold) times the least loss so far.
    floor : float, default 0.0
        The least rate.

    Attributes
    ----------
    waited : int
        The number of epochs since the loss fell, or since the rate did.

    Raises
    ------
    SettingError
        If ``factor`` or ``threshold`` is outside [0, 1), ``patience`` is not a positive whole number, or ``floor`` is below
        0.

    References
    ----------
    Epoch for epoch the same as ``torch.optim.lr_scheduler.ReduceLROnPlateau``.

    Examples
    --------
    >>> import nn, numpy as np
    >>> X = np.array([[0.0], [1.0]])
    >>> history = nn.fit(nn.Linear(1, 1), X, X, loss="mse", epochs=200, callback=ReduceOnPlateau(0.5, patience=5), progress=False)
    >>> bool(history.rate[-1] <= history.rate[0])
    True
    """

    def __init__(self, factor: float = 0.1, patience: int = 10, threshold: float = 1e-4, floor: float = 0.0) -> None:
        self.factor: float = within("factor", factor, 0.0, 1.0)
        self.patience: int = positive_integer("patience", patience)
        self.threshold: float = within("threshold", threshold, 0.0, 1.0)
        self.floor: float = within("floor", floor, 0.0, float("inf"))
        self.best: float = np.inf
        self.waited: int = 0

    def on_epoch(self, run: Run) -> None:
        """Compare the loss of the epoch with the least one, and lower the rate if it is time.

        Parameters
        ----------
        run : Run
            The run.
        """
        losses = run.history.validation_loss if len(run.history.validation_loss) else run.history.loss
        loss = float(losses[-1])
        if loss < self.best * (1.0 - self.threshold):
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if self.waited > self.patience:
            run.optimizer.multiply_lr(self.factor, self.floor)
            self.waited = 0

    def state_dict(self) -> dict[str, Any]:
        """Return the least loss and the number of epochs waited."""
        return {"best": np.float64(self.best), "waited": np.int64(self.waited)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore the least loss and the number of epochs waited.

        Parameters
        ----------
        state : mapping
            The state.
        """
        self.best = float(state["best"])
        self.waited = int(state["waited"])
