"""The average of the parameters over the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import GraphError
from nn.callbacks.callback import Callback, Run
from nn.input_checks import within
from nn.modules.module import Module


class WeightAverage(Callback):
    """Keep an exponential moving average of the parameters: m ← β m + (1 - β) θ after each step.

    Parameters
    ----------
    decay : float, default 0.999
        The factor β in [0, 1). The average is over about 1 / (1 - β) steps.
    at_end : bool, default False
        Whether the model gets the average when the run ends.

    Raises
    ------
    SettingError
        If ``decay`` is outside [0, 1).

    Notes
    -----
    The average starts at 0 and is divided by 1 - βᵗ, as Adam's moments are, so that the first steps count fully.

    References
    ----------
    B. T. Polyak and A. B. Juditsky, "Acceleration of Stochastic Approximation by Averaging" (1992).

    Examples
    --------
    >>> import nn
    >>> X = np.array([[0.0], [1.0]])
    >>> model, average = nn.Linear(1, 1, rng=0), WeightAverage(0.9)
    >>> _ = nn.fit(model, X, 2.0 * X, loss="mse", lr=0.5, epochs=300, callback=average, progress=False)
    >>> with average.applied(model):
    ...     round(float(model([1.0])[0]), 3)
    2.0
    """

    def __init__(self, decay: float = 0.999, at_end: bool = False) -> None:
        self.decay: float = within("decay", decay, 0.0, 1.0)
        self.at_end: bool = at_end
        self._sums: dict[str, Any] = {}
        self._steps = 0

    def on_step(self, run: Run) -> None:
        """Add the parameters to the average.

        Parameters
        ----------
        run : Run
            The run.
        """
        self._steps += 1
        for name, parameter in run.model.named_parameters():
            before = self._sums.get(name, 0.0)
            self._sums[name] = np.asarray(self.decay * before + (1.0 - self.decay) * parameter.data)

    def on_end(self, run: Run) -> None:
        """Give the model the average if ``at_end`` is set.

        Parameters
        ----------
        run : Run
            The run.
        """
        if self.at_end and self._steps:
            run.model.load_state_dict(self.average(), strict=False)

    def average(self) -> dict[str, Any]:
        """Return the average.

        Returns
        -------
        dict
            Arrays by the paths of the parameters.

        Raises
        ------
        GraphError
            If there was no step yet.
        """
        if not self._steps:
            raise GraphError("WeightAverage: there was no step yet: pass it to fit(callback=) first")
        return {name: x / (1.0 - self.decay**self._steps) for name, x in self._sums.items()}

    @contextmanager
    def applied(self, model: Module) -> Iterator[None]:
        """Use the average inside a ``with`` block, and the model's own parameters again afterwards.

        Parameters
        ----------
        model : Module
            The model that was trained.
        """
        own = model.state_dict()
        model.load_state_dict(self.average(), strict=False)
        try:
            yield
        finally:
            model.load_state_dict(own)

    def state_dict(self) -> dict[str, Any]:
        """Return the sums and the number of steps."""
        return {"steps": np.int64(self._steps), **{f"sum.{name}": x for name, x in self._sums.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore the sums and the number of steps.

        Parameters
        ----------
        state : mapping
            The state.
        """
        self._steps = int(state["steps"])
        self._sums = {name.removeprefix("sum."): x for name, x in state.items() if name.startswith("sum.")}
