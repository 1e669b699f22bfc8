"""Steps: forward, loss, backward and the optimizer's move on one batch; each by itself, or all compiled into one program."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import GraphError, Node, SettingError, Tensor, UnfitError, compile
from nn.losses import Loss
from nn.losses import loss as named_loss
from nn.modules.module import Module
from nn.optim.compiled_update import Plan
from nn.optim.optimizer import Optimizer

MOST = 8  # plans in a row, after which an optimizer moves on its own


class TrainingStep:
    """One step of training, a function of a batch (x, y) that gives its loss: forward, loss, backward, the optimizer's move.

    With ``compiled`` all of it is one program, whose text is ``program.source``; where the optimizer cannot be a part of that, it
    moves afterwards, and ``apart`` says why. As in ``autograd.compile``, what arrays hold besides parameters and what is remembered
    is taken as constant; rates are asked for before the forward pass. SettingError for what is no optimizer, or where the loss
    gives no node; GraphError for a loss that cannot be compiled, and for steps out of turn.

    >>> import nn
    >>> model = nn.Linear(1, 1, rng=0)
    >>> step = TrainingStep(model, "quadratic", nn.SGD(model.parameters(), lr=0.5), compiled=True)
    >>> losses = [step(np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])) for _ in range(200)]
    >>> losses[-1] < 1e-6, step.apart
    (True, '')
    """

    def __init__(self, model: Module, loss: str | Loss, optimizer: Optimizer, compiled: bool = False) -> None:
        if not isinstance(optimizer, Optimizer):
            raise SettingError(f"TrainingStep(): optimizer is one such as nn.Adam(model.parameters()), not {optimizer!r}")
        if isinstance(model, Module):
            unmoved("TrainingStep()", model, optimizer)
        of_prediction = named_loss(loss)
        self.optimizer = optimizer
        on_arrays = all(isinstance(p, Tensor) for p in optimizer.parameters)

        def training_step(x: Any, y: Any) -> Any:
            return of_prediction(model(x), y)

        self.eager: Loss = training_step
        self.program: Any = compile(training_step, tensors=on_arrays) if compiled else None
        self.apart = "" if on_arrays else "it moves Values"
        self._plan: Plan | None = None
        self._made = 0  # plans in a row
        self._loss: Any = None  # of the last batch, as a node
        self._ahead: tuple[Any, Any] | None = None  # where there is none: the gradients and the move, as the program gave them

    def __call__(self, x: Any, y: Any) -> float:
        """The loss of a batch; the parameters have moved, and have the gradients by which they did."""
        value = self.forward(x, y)
        self.backward()
        self.move()
        return value

    def forward(self, x: Any, y: Any) -> float:
        """The loss of a batch; in one program, the gradients and the move are known then, too."""
        if self.program is not None:
            x, y = as_floats(x), as_floats(y)
            found = self._in_one(x, y)
            if found is not None:
                value, *ahead = found
                self._loss, self._ahead = None, ahead
                return float(value)
        self.optimizer.zero_grad()
        self._loss = self.eager(x, y) if self.program is None else self.program(x, y)
        if not isinstance(self._loss, Node):
            raise SettingError(f"TrainingStep(): the loss is a function that gives a Tensor or a Value, not {self._loss!r}")
        return float(self._loss)

    def backward(self) -> None:
        """Fill ``.grad`` of the parameters."""
        if self._loss is not None:
            self._loss.backward()
        else:
            plan, (gradients, _) = self._planned("backward()")
            plan.update.differentiate(gradients)

    def move(self) -> None:
        """Let the optimizer move the parameters."""
        if self._loss is not None:
            self.optimizer.step()
        else:
            plan, (_, moved) = self._planned("move()")
            plan.move(moved)
        self._loss = self._ahead = None

    def _planned(self, call: str) -> tuple[Plan, tuple[Any, Any]]:
        """The plan, and what it gave for the last batch."""
        if self._plan is None or self._ahead is None:
            raise GraphError(f"TrainingStep.{call}: there is no loss to follow: call forward(x, y) first")
        return self._plan, self._ahead

    def _in_one(self, x: Any, y: Any) -> Any:
        """Loss, gradients, and what the optimizer makes of them; None where it cannot be a part of the program, or must not now."""
        if self.apart:
            return None
        try:
            if self._plan is not None and self._plan.optimizer is self.optimizer and self._plan.holds():
                self._made = 0
                self._plan.renew()
            else:
                self._made += 1
                if self._made > MOST:
                    raise UnfitError("its settings change at every step")
                self._plan = Plan(self.optimizer, self.program)
            return self.program.value_and_update(self._plan.update, self._plan.state(), x, y)
        except UnfitError as error:
            self.apart = str(error)
            return None


def unmoved(call: str, model: Module, optimizer: Optimizer) -> list[str]:
    """The parameters of a model that an optimizer leaves where they are; SettingError where that is all of them."""
    moved = {id(p) for p in optimizer.parameters}
    left = [name for name, p in model.named_parameters() if id(p) not in moved]
    if len(left) == len(model.parameters()):
        raise SettingError(f"{call}: the optimizer moves no parameter of this model: make it with model.parameters() of this one")
    return left


def as_floats(a: Any) -> Any:
    """Whole numbers and truth values as floats, which compile() follows from batch to batch; anything else as it is."""
    if type(a) is np.ndarray and a.dtype.kind == "f":
        return a
    try:
        array = np.asarray(a) if isinstance(a, np.ndarray | list | tuple) else None
    except ValueError:  # rows of unequal lengths
        return a
    return a if array is None or array.dtype.kind not in "iubf" else array.astype(float, copy=False)
