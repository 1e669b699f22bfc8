"""fit: the training cycle (S0:87-92): forward, loss, backward, update, repeat; and why it stopped."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tqdm import tqdm

from autograd import GraphError, SettingError
from nn.checks import positive, whole
from nn.data import Part, batches, pair
from nn.losses import Loss
from nn.losses import loss as named_loss
from nn.metrics import accuracy
from nn.module import Module
from nn.optim import SGD, Optimizer
from nn.random import Seed, generator


@dataclass
class History:
    """What a training run left behind: a number per epoch, and why it stopped.

    >>> History(loss=[0.5, 0.25]).epochs
    2
    """

    loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    stopped: str = ""

    @property
    def epochs(self) -> int:
        """How many epochs were run."""
        return len(self.loss)


def fit(
    model: Module,
    X: Any,
    Y: Any,
    *,
    loss: str | Loss,
    optimizer: Optimizer | None = None,
    lr: float | None = None,
    epochs: int = 10,
    batch_size: int | None = None,
    validation: Part | None = None,
    metric: Callable[[Any, Any], float] | None = None,
    tol: float | None = None,
    callback: Callable[[History], Any] | None = None,
    progress: bool = True,
    rng: Seed = None,
) -> History:
    """Train ``model`` on ``X`` (N, …) and ``Y`` (N, …), epoch by epoch, and say what happened.

    ``loss`` is a name or a function of (pred, target); ``optimizer`` defaults to SGD with ``lr`` (0.1). ``batch_size`` None is the
    full batch (S3:92), 1 is stochastic descent (S0:81). On ``validation`` = (X, Y) the loss and ``metric`` (accuracy for
    classes) are taken after each epoch. It stops after ``epochs``, when ‖∇L‖ of an epoch's last batch falls below ``tol``
    (S1:134, corrected), or when ``callback(history)`` returns true; ``History.stopped`` says which. A loss or gradient that is
    not finite raises GraphError, and the model keeps the parameters of the step before. The progress bar goes to stderr.

    >>> import nn
    >>> X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])
    >>> history = fit(nn.Linear(1, 1, rng=0), X, Y, loss="quadratic", lr=0.5, epochs=200, progress=False)
    >>> history.loss[-1] < 1e-6, history.stopped
    (True, '200 epochs')
    """
    X, Y = pair(X, Y, "fit()")
    if validation is not None:
        validation = pair(*validation, "fit(validation=)")
    epochs = whole("epochs", epochs)
    tol = None if tol is None else positive("tol", tol)
    if metric is not None and not callable(metric):
        raise SettingError(f"fit(): metric is a function of (pred, target), such as nn.metrics.accuracy, not {metric!r}")
    run = _Run(model, named_loss(loss), _optimizer(model, optimizer, lr))
    rng = generator(rng)
    history = History(stopped=f"{epochs} epochs")
    with np.errstate(all="ignore"), tqdm(total=epochs, unit="epoch", disable=not progress, file=sys.stderr, leave=True) as bar:
        for _ in range(epochs):
            total = sum(run.step(x, y) * len(x) for x, y in batches(X, Y, batch_size, rng, shuffle=batch_size is not None))
            history.loss.append(total / len(X))
            history.gradient_norm.append(run.gradient_norm())
            shown = {"loss": f"{history.loss[-1]:.4f}"}
            if validation is not None:
                value, score = run.judge(validation, metric)
                history.validation_loss.append(value)
                shown["val loss"] = f"{value:.4f}"
                if score is not None:
                    history.validation.append(score)
                    shown["val " + getattr(metric or accuracy, "__name__", "metric")] = f"{score:.4f}"
            bar.set_postfix(shown, refresh=False)
            bar.update()
            if tol is not None and history.gradient_norm[-1] < tol:
                history.stopped = f"gradient norm {history.gradient_norm[-1]:.3g} < tol {tol:g}"
                break
            if callback is not None and callback(history):
                history.stopped = "callback"
                break
    return history


def _optimizer(model: Module, optimizer: Optimizer | None, lr: float | None) -> Optimizer:
    """The optimizer that was given, checked, or plain descent."""
    if optimizer is None:
        return SGD(model.parameters(), positive("the learning rate lr", 0.1 if lr is None else lr))
    if not isinstance(optimizer, Optimizer):
        raise SettingError(
            f"fit(): optimizer is one made with the model's parameters, as nn.Adam(model.parameters()), not {optimizer!r}"
        )
    if lr is not None:
        raise SettingError(f"fit(): lr={lr!r} would be ignored: the optimizer has its own rate, {optimizer.lr:g}")
    if not set(optimizer.parameters) & set(model.parameters()):
        raise SettingError("fit(): the optimizer moves no parameter of this model: make it with model.parameters() of this one")
    return optimizer


class _Run:
    """One model, its loss and its optimizer at work."""

    def __init__(self, model: Module, loss: Loss, optimizer: Optimizer) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer

    def step(self, x: Any, y: Any) -> float:
        """Forward, loss, backward, update on one batch; its loss."""
        self.optimizer.zero_grad()
        value = self.loss(self.model(x), y)
        if not np.isfinite(float(value)):
            raise GraphError(f"the loss became {float(value)} {self._where()}: lower the learning rate, or look at the data")
        value.backward()
        for name, p in self.model.named_parameters():
            if not np.all(np.isfinite(p.grad)):
                raise GraphError(
                    f"the gradient of {name} is not finite {self._where()}: lower the learning rate, or look at the data"
                )
        before = [p.data for p in self.optimizer.parameters]
        self.optimizer.step()
        if not all(np.all(np.isfinite(p.data)) for p in self.optimizer.parameters):
            for p, was in zip(self.optimizer.parameters, before, strict=True):
                p.data = was
            raise GraphError(f"a parameter became infinite {self._where()}: lower the learning rate")
        return float(value)

    def _where(self) -> str:
        return f"in step {self.optimizer.steps + 1} (learning rate {self.optimizer.lr:g})"

    def gradient_norm(self) -> float:
        """‖∇L‖ over all parameters, of the last batch."""
        return float(np.sqrt(sum(np.sum(np.square(p.grad)) for p in self.optimizer.parameters)))

    def judge(self, validation: Part, metric: Callable[[Any, Any], float] | None) -> tuple[float, float | None]:
        """Loss and metric on held-out data; accuracy where the targets are classes and no metric was named."""
        x, y = validation
        pred = self.model(x)
        value = float(self.loss(pred, y))
        if metric is None and not is_classes(pred.shape, y):
            return value, None
        return value, float((metric or accuracy)(pred.numpy(), y))


def is_classes(shape: tuple[int, ...], y: Any) -> bool:
    """Whether targets are labels, or one-hot rows, for scores of that shape."""
    if len(shape) != 2 or shape[1] < 2:
        return False
    return y.dtype.kind in "iub" if y.ndim == 1 else y.shape == shape and bool(np.all((y == 0) | (y == 1)))
