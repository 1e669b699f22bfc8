"""Loss and metric on held-out data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import DataError, GraphError, as_tensor, no_grad
from nn.data import Part
from nn.losses import Loss
from nn.metrics import accuracy
from nn.modules.module import Module

Metric = Callable[[Any, Any], float]


class Evaluation:
    """The loss and the metric of a model on held-out data.

    Parameters
    ----------
    model : Module
        The model.
    loss : callable
        A function of (pred, target).
    metric : callable or None
        A function of (pred, target) that returns a float. None means accuracy if the targets are classes, and no metric otherwise.
    data : tuple of ndarray
        The inputs and targets (X, Y).
    """

    def __init__(self, model: Module, loss: Loss, metric: Metric | None, data: Part) -> None:
        self.model: Module = model
        self.loss: Loss = loss
        self.metric: Metric | None = metric
        self.data: Part = data
        self.metric_name: Any | str = getattr(metric or accuracy, "__name__", "metric")

    def __call__(self) -> tuple[float, float | None]:
        """Evaluate the model, in eval mode and without a graph.

        Returns
        -------
        loss : float
            The loss.
        score : float or None
            The metric, or None if there is none.

        Raises
        ------
        GraphError
            If the loss is not finite.
        """
        x, y = self.data
        self.model.eval()
        with no_grad():
            pred = as_tensor(self.model(x), "fit(validation=)")
            loss = float(self.loss(pred, y))
        if not np.isfinite(loss):
            raise GraphError(f"the validation loss became {loss}: look at the held-out data, or at the model's domain")
        if self.metric is None and not is_classes(pred.shape, y):
            return loss, None
        return loss, self._number((self.metric or accuracy)(pred.numpy(), y))

    def _number(self, score: Any) -> float:
        """Return the value of the metric as a float; raise DataError if it is none."""
        try:
            return float(score)
        except (TypeError, ValueError):
            raise DataError(
                f"fit(): the metric {self.metric_name} returned {score!r}: it must return one number for (pred, target)"
            ) from None


def is_classes(shape: tuple[int, ...], y: Any) -> bool:
    """Whether targets are labels or one-hot rows, for predictions of shape (N, K).

    Parameters
    ----------
    shape : tuple of int
        The shape of the predictions.
    y : ndarray
        The targets.

    Returns
    -------
    bool
        True for integer labels (N,), and for rows (N, K) of zeros and a single one, if K > 1.
    """
    if len(shape) != 2 or shape[1] < 2:
        return False
    if y.ndim == 1:
        return y.dtype.kind in "iub"
    return y.shape == shape and bool(np.all((y == 0) | (y == 1)) and np.all(np.sum(y, axis=1) == 1))
