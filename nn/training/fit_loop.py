"""fit: the training cycle (S0:87-92): forward, loss, backward, update, repeat; and why it stopped."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from autograd import AnomalyError, GraphError, SettingError, anomaly, as_tensor, no_grad
from nn.data import Part, batches, pair
from nn.input_checks import positive, whole
from nn.losses import Loss
from nn.losses import loss as named_loss
from nn.metrics import accuracy
from nn.modules.module import Module
from nn.optim import SGD, Optimizer
from nn.optim.optimizer import read_only_data
from nn.random import Seed, generator
from nn.training.diagnostics import ailments
from nn.training.history import History
from nn.training.resume import Saved
from nn.training.run_identity import identity
from nn.training.training_step import TrainingStep, as_floats, unmoved_parameters
from nn.training_warning import TrainingWarning

Metric = Callable[[Any, Any], float]


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
    metric: Metric | None = None,
    tol: float | None = None,
    patience: int | None = None,
    target: float | None = None,
    seconds: float | None = None,
    callback: Callable[[History], Any] | None = None,
    checkpoint: str | Path | None = None,
    compiled: bool = False,
    progress: bool = True,
    rng: Seed = None,
) -> History:
    """Train ``model`` on ``X`` (N, …) and ``Y`` (N, …), epoch by epoch, and say what happened.

    ``loss`` is a name or a function of (pred, target); ``optimizer`` defaults to SGD with ``lr`` (0.1). ``batch_size`` None is the
    full batch (S3:92), 1 is stochastic descent (S0:81). On ``validation`` = (X, Y) the loss and ``metric`` (accuracy for
    classes) are taken after each epoch.

    It stops after ``epochs``; when ‖∇L‖ of an epoch's last batch is below ``tol`` (S1:134, corrected); when the validation loss
    has not fallen for ``patience`` epochs; when the metric reaches ``target``; after so many ``seconds``; when
    ``callback(history)`` returns true; and on Ctrl-C, with the parameters of the last whole step. ``History.stopped`` says which.
    With ``patience`` the parameters of the epoch with the least validation loss are put back, however the run ends. A loss or
    gradient that is not finite raises GraphError, which names operation and layer, and the model keeps the parameters of the step
    before. TrainingWarning tells of divergence, vanishing or exploding gradients and dead units.

    With ``compiled`` a step is one program, as :class:`nn.TrainingStep` makes it, for a model and a loss that ``autograd.compile``
    can follow: a small network then trains about one and a half times as fast. GraphError where it cannot, as where Dropout draws.

    With ``checkpoint``, a path, all is written there after each epoch, and a run that finds it goes on from it: to the same bits as
    one that was never stopped. The progress bar and ``History.resumed`` say so. DataError names what differs where the file is of
    another run: data, settings, first parameters, generators, or the code and constants of loss, metric and modules; ``epochs`` and
    the other ways to stop may differ. What a module keeps apart from parameters, generators and constant Tensors is not in it. The
    progress bar goes to stderr. The model is left in eval mode.

    >>> import nn
    >>> X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])
    >>> history = fit(nn.Linear(1, 1, rng=0), X, Y, loss="quadratic", lr=0.5, epochs=200, progress=False)
    >>> bool(history.loss[-1] < 1e-6), history.stopped
    (True, '200 epochs')
    """
    X, Y = pair(X, Y, "fit()")
    if validation is not None:
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise SettingError("fit(): validation is a pair (X, Y) of held-out data")
        validation = pair(*validation, "fit(validation=)")
    if metric is not None and not callable(metric):
        raise SettingError(f"fit(): metric is a function of (pred, target), such as nn.metrics.accuracy, not {metric!r}")
    if validation is None and (patience is not None or target is not None):
        raise SettingError("fit(): patience and target look at held-out data: give validation=(X, Y)")
    limits = Limits(
        whole("epochs", epochs),
        None if tol is None else positive("tol", tol),
        None if patience is None else whole("patience", patience),
        None if target is None else float(target),
        None if seconds is None else positive("seconds", seconds),
        callback,
        time.monotonic(),
    )
    if validation is None and metric is not None:
        raise SettingError("fit(): metric is taken on held-out data: give validation=(X, Y)")
    run = _Run(model, named_loss(loss), _optimizer(model, optimizer, lr), metric, compiled)
    seeded = rng is not None
    rng = generator(rng)
    history = History()
    saved = None
    if checkpoint is not None:
        data = {"data X": X, "data Y": Y, "validation data": validation}
        settings = {"batch_size": batch_size, "patience (given or not)": patience is not None, "compiled": compiled}
        own = identity(model, run.loss, metric, run.optimizer, data, settings, rng if seeded else None)
        saved = Saved(checkpoint, own, model, run.optimizer, rng)
        saved.resume(history)
        history.resumed = history.epochs
    try:
        with np.errstate(all="ignore"), tqdm(total=limits.epochs, unit="epoch", disable=not progress, file=sys.stderr) as bar:
            bar.update(history.epochs)
            if history.resumed:
                bar.write(f"fit(): goes on from {checkpoint}, after {history.resumed} epochs", file=sys.stderr)
            run.cycle(X, Y, batch_size, validation, limits, history, saved, rng, bar)
    finally:
        model.eval()
    return history


class Limits(NamedTuple):
    """When to stop."""

    epochs: int
    tol: float | None
    patience: int | None
    target: float | None
    seconds: float | None
    callback: Callable[[History], Any] | None
    began: float

    def reason(self, history: History) -> str:
        """Why to stop now; "" to go on. The callback is asked after every epoch, and first when a run goes on."""
        if self.callback is not None and history.epochs and self.callback(history):
            return "callback"
        if self.tol is not None and history.epochs and history.gradient_norm[-1] < self.tol:
            return f"gradient norm {history.gradient_norm[-1]:.3g} < tol {self.tol:g}"
        if self.target is not None and history.epochs and history.validation[-1] >= self.target:
            return f"validation metric {history.validation[-1]:.4g} ≥ target {self.target:g}"
        if self.patience is not None and history.epochs:
            best = int(np.argmin(history.validation_loss)) + 1
            if history.epochs - best >= self.patience:
                return f"patience: no lower validation loss in {self.patience} epochs since epoch {best}"
        if history.epochs >= self.epochs:
            return f"{history.epochs} epochs"
        if self.seconds is not None and time.monotonic() - self.began > self.seconds:
            return f"{self.seconds:g} seconds"
        return ""


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
    left = unmoved_parameters("fit()", model, optimizer)
    if left:
        warnings.warn(f"fit(): the optimizer does not move {', '.join(left)}", TrainingWarning, stacklevel=3)
    return optimizer


class _Run:
    """One model, its loss and its optimizer at work."""

    def __init__(self, model: Module, loss: Loss, optimizer: Optimizer, metric: Metric | None, compiled: bool) -> None:
        self.model, self.loss, self.optimizer, self.metric = model, loss, optimizer, metric
        self.work = TrainingStep(model, loss, optimizer, compiled)
        self.names = list(model.named_parameters())
        self.parameters = optimizer.parameters
        self.best: list[Any] = []  # the parameters of the epoch with the least validation loss

    def cycle(
        self,
        X: Any,
        Y: Any,
        batch_size: int | None,
        validation: Part | None,
        limits: Limits,
        history: History,
        saved: Saved | None,
        rng: np.random.Generator,
        bar: Any,
    ) -> None:
        """Epochs until there is a reason to stop."""
        self.best = saved.best if saved is not None else []
        if validation is not None and limits.target is not None and self.judge(validation)[1] is None:
            raise SettingError("fit(): target needs a metric: give metric=, as nn.metrics.accuracy")
        inputs, targets = (X, Y) if self.work.program is None else (as_floats(X), as_floats(Y))
        shuffle = batch_size is not None
        try:
            while not (reason := limits.reason(history)):
                self.model.train()
                total = sum(self.step(x, y) * len(x) for x, y in batches(inputs, targets, batch_size, rng, shuffle))
                self._note(history, total / len(X), validation, limits, bar)
                for ailment in ailments(self.model, history, X):
                    warnings.warn(ailment, TrainingWarning, stacklevel=4)
                if saved is not None:
                    saved.write(history, self.best)
        except KeyboardInterrupt:
            reason = f"interrupted in epoch {history.epochs + 1}"
            for p, was in zip(self.parameters, self._whole or (), strict=self._whole is not None):
                p.data = was
        finally:
            if limits.patience is not None and self.best:
                for p, x in zip(self.model.parameters(), self.best, strict=True):
                    p.data = x
        history.stopped = reason

    _whole: list[Any] | None = None  # the parameters before the step that is under way

    def _note(self, history: History, loss: float, validation: Part | None, limits: Limits, bar: Any) -> None:
        """Take an epoch into the history, and show it."""
        value, score = (None, None) if validation is None else self.judge(validation)
        rate = self.optimizer.groups[0].rate(self.optimizer.steps - 1)
        history.add(loss, self.gradient_norm(), rate, value, score, time.monotonic() - limits.began)
        if limits.patience is not None and np.argmin(history.validation_loss) == history.epochs - 1:
            self.best = [np.array(p.data) if np.ndim(p.data) else p.data for p in self.model.parameters()]
        shown = {"loss": f"{loss:.4f}", "‖∇‖": f"{history.gradient_norm[-1]:.2g}", "rate": f"{history.rate[-1]:.2g}"}
        if value is not None:
            shown["val loss"] = f"{value:.4f}"
        if score is not None:
            shown["val " + getattr(self.metric or accuracy, "__name__", "metric")] = f"{score:.4f}"
        bar.set_postfix(shown, refresh=False)
        bar.update()

    def step(self, x: Any, y: Any) -> float:
        """Forward, loss, backward, update on one batch; its loss."""
        value = self.work.forward(x, y)
        if not np.isfinite(value):
            raise GraphError(f"the loss became {value} {self._where(self.optimizer.steps + 1)}{self._first_bad(x, y)}")
        self.work.backward()
        gradients = [p.grad for _, p in self.names]
        if not all_finite(gradients):
            name = next(name for (name, _), g in zip(self.names, gradients, strict=True) if not np.all(np.isfinite(g)))
            raise GraphError(f"the gradient of {name} is not finite {self._where(self.optimizer.steps + 1)}{self._first_bad(x, y)}")
        self._whole = [read_only_data(p) for p in self.parameters]
        self.work.move()
        if not all_finite([read_only_data(p) for p in self.parameters]):
            for p, was in zip(self.parameters, self._whole, strict=True):
                p.data = was
            raise GraphError(f"a parameter became infinite {self._where(self.optimizer.steps)}")
        self._whole = None
        return value

    def _where(self, step: int) -> str:
        rate = self.optimizer.groups[0].rate(step - 1)
        return f"in step {step} (learning rate {rate:g}): lower the learning rate, or look at the data"

    def _first_bad(self, x: Any, y: Any) -> str:
        """Which operation, in which layer, made the first nan or inf of that batch."""
        try:
            with anomaly(), self.model.scopes():
                self.work.eager(x, y).backward()
        except AnomalyError as error:
            return f"; {error}"
        return ""

    def gradient_norm(self) -> float:
        """‖∇L‖ over all parameters, of the last batch."""
        return float(np.sqrt(sum(np.sum(np.square(p.grad)) for p in self.optimizer.parameters)))

    def judge(self, validation: Part) -> tuple[float, float | None]:
        """Loss and metric on held-out data; accuracy where the targets are classes and no metric was named."""
        x, y = validation
        self.model.eval()
        with no_grad():
            pred = as_tensor(self.model(x), "fit(validation=)")
            value = float(self.loss(pred, y))
        if not np.isfinite(value):
            raise GraphError(f"the validation loss became {value}: look at the held-out data, or at the model's domain")
        if self.metric is None and not is_classes(pred.shape, y):
            return value, None
        return value, float((self.metric or accuracy)(pred.numpy(), y))


def all_finite(arrays: list[Any]) -> bool:
    """Whether no entry is nan or infinite: by the sum of squares, which is quick, and one by one where that is not finite."""
    return bool(np.isfinite(sum(np.vdot(a, a) for a in arrays))) or all(np.all(np.isfinite(a)) for a in arrays)


def is_classes(shape: tuple[int, ...], y: Any) -> bool:
    """Whether targets are labels, or one-hot rows, for scores of that shape."""
    if len(shape) != 2 or shape[1] < 2:
        return False
    if y.ndim == 1:
        return y.dtype.kind in "iub"
    return y.shape == shape and bool(np.all((y == 0) | (y == 1)) and np.all(np.sum(y, axis=1) == 1))
