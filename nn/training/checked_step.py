"""A training step that stops before a number that is not finite reaches the parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import AnomalyError, GraphError, anomaly
from nn.losses import Loss
from nn.modules.module import Module
from nn.optim import Optimizer
from nn.optim.optimizer import read_only_data
from nn.training.training_step import TrainingStep


class CheckedStep:
    """A :class:`TrainingStep` that checks the loss, the gradients and the parameters, and can be undone.

    Parameters
    ----------
    model : Module
        The model.
    loss : callable
        A function of (pred, target).
    optimizer : Optimizer
        The optimizer.
    compiled : bool or "auto"
        Whether the step is compiled.
    micro_batch_size : int, optional
        The largest number of samples in one forward and backward pass.
    """

    def __init__(
        self, model: Module, loss: Loss, optimizer: Optimizer, compiled: bool | str, micro_batch_size: int | None = None
    ) -> None:
        self.model: Module = model
        self.optimizer: Optimizer = optimizer
        self.training_step: TrainingStep = TrainingStep(model, loss, optimizer, compiled, micro_batch_size)
        self._named_parameters = list(model.named_parameters())
        self._parameters = optimizer.parameters
        self._before: list[Any] | None = None  # the parameters before the move that is under way

    def __call__(self, *batch: Any) -> float:
        """Take one step.

        Parameters
        ----------
        *batch : array_like, shapes (N, ...)
            The inputs and targets of a batch, and the weights of its samples if there are any.

        Returns
        -------
        float
            The loss before the move.

        Raises
        ------
        GraphError
            If the loss, a gradient or a parameter is not finite, or no parameter has a gradient. The parameters are those before
            the step then.
        """
        loss = self.training_step.forward(*batch)
        if not math.isfinite(loss):
            raise GraphError(f"the loss became {loss} {self._where(self.optimizer.steps + 1)}{self._first_anomaly(*batch)}")
        self.training_step.backward()
        if not any(p.has_grad for p in self._parameters):
            raise GraphError(
                "fit(): no gradient reaches the parameters, so nothing would be learned: forward() and the loss must compute with "
                "Tensors, not with their numbers, such as t.numpy() and t.data"
            )
        self._check_gradients(*batch)
        self._before = [read_only_data(p) for p in self._parameters]
        self.training_step.move()
        if not all_finite([read_only_data(p) for p in self._parameters]):
            self.undo()
            raise GraphError(f"a parameter became infinite {self._where(self.optimizer.steps)}")
        self._before = None
        return loss

    def undo(self) -> None:
        """Restore the parameters if a step was interrupted while it moved them."""
        if self._before is not None:
            for p, before in zip(self._parameters, self._before, strict=True):
                p.data = before

    def gradient_norm(self) -> float:
        """Return the Euclidean norm of the gradient with respect to all parameters, of the last batch."""
        return float(np.sqrt(sum(np.sum(np.square(p.grad)) for p in self.optimizer.parameters)))

    def _check_gradients(self, *batch: Any) -> None:
        gradients = [p.grad for _, p in self._named_parameters]
        if all_finite(gradients):
            return
        names = [name for name, _ in self._named_parameters]
        name = next(name for name, g in zip(names, gradients, strict=True) if not np.all(np.isfinite(g)))
        raise GraphError(
            f"the gradient of {name} is not finite {self._where(self.optimizer.steps + 1)}{self._first_anomaly(*batch)}"
        )

    def _where(self, step: int) -> str:
        """Return the number and the rate of a step, and what to do, for an error message."""
        rate = self.optimizer.groups[0].rate(step - 1)
        return f"in step {step} (learning rate {rate:g}): lower the learning rate, or look at the data"

    def _first_anomaly(self, *batch: Any) -> str:
        """Return which operation in which layer made the first nan or inf of a batch, for an error message."""
        try:
            with anomaly(), self.model.scopes():
                self.training_step.eager(*batch).backward()
        except AnomalyError as error:
            return f"; {error}"
        return ""


def all_finite(arrays: Sequence[Any]) -> bool:
    """Whether no entry is nan or infinite.

    Parameters
    ----------
    arrays : sequence of float or ndarray
        The numbers.

    Returns
    -------
    bool
        The answer. The sum of squares gives it at once, unless it overflows; only then is every entry looked at.
    """
    if math.isfinite(sum(map(np.vdot, arrays, arrays))):
        return True
    return all(np.all(np.isfinite(a)) for a in arrays)
