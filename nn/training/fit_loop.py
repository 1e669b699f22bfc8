"""fit: the training loop. Forward, loss, backward, update, repeat (S0:87-92)."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from autograd import SettingError
from nn.callbacks.callback import CallbackList, Run
from nn.data import Part, batches, pair
from nn.input_checks import check_compiled, positive, positive_integer, within
from nn.losses import Loss
from nn.losses import loss as named_loss
from nn.modules.module import Module
from nn.optim import SGD, Optimizer
from nn.random import Seed, generator
from nn.training.checked_step import CheckedStep
from nn.training.diagnostics import diagnose
from nn.training.evaluation import Evaluation, Metric
from nn.training.history import History
from nn.training.resume import RunCheckpoint
from nn.training.run_identity import identity
from nn.training.sample_weights import sample_weights
from nn.training.stopping import StoppingRules
from nn.training.training_step import as_floats, unmoved_parameters
from nn.training_warning import TrainingWarning

# The learning rate of plain gradient descent if none is given. A linear model with the quadratic loss learns one sample x if
# η < 2/‖x‖²: at 0.1 if ‖x‖ < √20, at twice as much only if ‖x‖ < √10. Inputs of a few entries near 1 satisfy both.
DEFAULT_LR = 0.1


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
    micro_batch_size: int | None = None,
    sample_weight: Any = None,
    class_weight: Any = None,
    validation: Part | None = None,
    metric: Metric | None = None,
    tol: float | None = None,
    patience: int | None = None,
    target: float | None = None,
    seconds: float | None = None,
    callback: Any = None,
    checkpoint: str | Path | None = None,
    compiled: bool | str = False,
    progress: bool = True,
    rng: Seed = None,
) -> History:
    """Train a model, epoch by epoch.

    The model is left in eval mode.

    Parameters
    ----------
    model : Module
        The model.
    X : array_like, shape (N, ...)
        The inputs.
    Y : array_like, shape (N, ...)
        The targets.
    loss : str or callable
        The name of a loss, or a function of (pred, target).
    optimizer : Optimizer, optional
        The optimizer; by default ``SGD(model.parameters(), lr)``.
    lr : float, default 0.1
        The learning rate, if there is no ``optimizer``.
    epochs : int, default 10
        The largest number of epochs.
    batch_size : int, optional
        The number of samples in a batch. None is the full batch (S3:92), 1 is stochastic gradient descent (S0:81).
    micro_batch_size : int, optional
        The largest number of samples in one forward and backward pass. Larger batches are divided, and gradients accumulated.
    sample_weight : array_like, shape (N,), optional
        The weight of each sample in the training loss. Only their ratios count. A sample of weight 2 counts as two samples.
    class_weight : mapping, array_like or "balanced", optional
        The weight of each class in the training loss. "balanced" gives every class the same total weight.
    validation : tuple of array_like, optional
        Held-out data (X, Y), on which the loss and the metric are computed after each epoch.
    metric : callable, optional
        A function of (pred, target) that returns a float. The default is the accuracy if the targets are classes.
    tol : float, optional
        The run stops when ‖∇L‖ of an epoch's last batch is below ``tol`` (S1:134, corrected).
    patience : int, optional
        The run stops when the validation loss has not fallen for so many epochs. The parameters of the epoch with the least
        validation loss are restored, however the run ends.
    target : float, optional
        The run stops when the metric reaches ``target``.
    seconds : float, optional
        The run stops after so many seconds.
    callback : Callback, callable, or list of these, optional
        What is called during the run; see :mod:`nn.callbacks`. A function of the history is called after each epoch. The run stops
        when a callback returns true.
    checkpoint : str or Path, optional
        A file to which everything is written after each epoch. A run that finds it goes on from there, to the same bits as a run
        that was never stopped. What a module keeps apart from parameters, generators and constant Tensors is not in it.
    compiled : bool or "auto", default False
        Whether a step is one program, as in :class:`nn.TrainingStep`. A small network trains about one and a half times as fast.
    progress : bool, default True
        Whether a progress bar is shown, on stderr.
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the shuffles.

    Returns
    -------
    History
        The numbers of each epoch. ``stopped`` says why the run stopped, ``resumed`` how many epochs came from a checkpoint. Ctrl-C
        stops a run, too; the model has the parameters of the last whole step then.

    Raises
    ------
    GraphError
        If the loss, a gradient or a parameter is not finite: the message names the operation and the layer, and the model keeps the
        parameters before the step. Also if the loss cannot be compiled, for example because a layer counts its calls.
    DataError
        If an entry of the data is not a finite number, or ``checkpoint`` is the file of another run: the message names what
        differs. Data, settings, first parameters, generators, and the code and constants of loss, metric and modules must be the
        same; ``epochs`` and the other ways to stop may differ.
    SettingError
        If a setting is out of its range, or has no effect.
    ShapeError
        If X and Y have different lengths.

    Warns
    -----
    TrainingWarning
        If the loss diverges, gradients vanish or explode, relu units are dead, or the optimizer does not move a parameter.

    References
    ----------
    S0:87-92, the training cycle.

    Examples
    --------
    >>> import nn
    >>> X, Y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])
    >>> history = fit(nn.Linear(1, 1, rng=0), X, Y, loss="quadratic", lr=0.5, epochs=200, progress=False)
    >>> bool(history.loss[-1] < 1e-6), history.stopped
    (True, '200 epochs')
    """
    if not isinstance(model, Module):
        raise SettingError(f"fit(): the model must be a Module, such as nn.MLP([2, 8, 1]), not {model!r}")
    check_compiled("fit()", compiled)
    if not isinstance(progress, bool | np.bool_):
        raise SettingError(f"fit(): progress must be True or False, not {progress!r}")
    X, Y = pair(X, Y, "fit()")
    validation = _check_validation(validation, metric, patience, target)
    loss = named_loss(loss)
    optimizer = _check_optimizer(model, optimizer, lr)
    history = History()
    callbacks = CallbackList(callback, Run(model, optimizer, history))
    stopping = StoppingRules(
        epochs=positive_integer("fit(): epochs", epochs),
        tol=None if tol is None else positive("fit(): tol", tol),
        patience=None if patience is None else positive_integer("fit(): patience", patience),
        target=None if target is None else within("fit(): target", target, -np.inf, np.inf),
        seconds=None if seconds is None else positive("fit(): seconds", seconds),
        callback=callbacks.on_epoch,
        start=time.monotonic(),
    )
    weights = sample_weights(Y, sample_weight, class_weight)
    step = CheckedStep(model, loss, optimizer, compiled, micro_batch_size)
    evaluation = None if validation is None else Evaluation(model, loss, metric, validation)
    is_seeded = rng is not None
    rng = generator(rng)
    run = _Run(model, step, evaluation, stopping, history, rng, callbacks)
    if checkpoint is not None:
        data = {"data X": X, "data Y": Y, "validation data": validation, "weights of the samples": weights}
        settings = {"batch_size": batch_size, "micro_batch_size": micro_batch_size, "compiled": compiled}
        settings["patience (given or not)"] = patience is not None
        own = identity(model, loss, metric, optimizer, data, settings, rng if is_seeded else None)
        run.resume(RunCheckpoint(checkpoint, own, model, optimizer, rng, callbacks.callbacks))
    if compiled and compiled != "auto":
        X, Y = step.training_step.as_inputs(X), as_floats(Y)
    run.train_with_bar(X, Y, weights, batch_size, progress)
    return history


def _check_validation(validation: Any, metric: Metric | None, patience: int | None, target: float | None) -> Part | None:
    """Return the held-out data, checked; raise SettingError if it is missing and a setting needs it."""
    if metric is not None and not callable(metric):
        raise SettingError(f"fit(): metric must be a function of (pred, target), such as nn.metrics.accuracy, not {metric!r}")
    if validation is None:
        if patience is not None or target is not None:
            raise SettingError("fit(): patience and target need held-out data: give validation=(X, Y)")
        if metric is not None:
            raise SettingError("fit(): metric needs held-out data: give validation=(X, Y)")
        return None
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise SettingError("fit(): validation must be a pair (X, Y) of held-out data")
    held_out_X, held_out_Y = validation
    return pair(held_out_X, held_out_Y, "fit(validation=)")


def _check_optimizer(model: Module, optimizer: Optimizer | None, lr: float | None) -> Optimizer:
    """Return the optimizer, checked, or plain gradient descent if there is none."""
    if optimizer is None:
        return SGD(model.parameters(), positive("fit(): the learning rate lr", DEFAULT_LR if lr is None else lr))
    if not isinstance(optimizer, Optimizer):
        raise SettingError(
            f"fit(): optimizer must be one made with the model's parameters, as in nn.Adam(model.parameters()), not {optimizer!r}"
        )
    if lr is not None:
        raise SettingError(f"fit(): lr={lr!r} would be ignored: the optimizer has its own rate, {optimizer.lr:g}")
    unmoved = unmoved_parameters("fit()", model, optimizer)
    if unmoved:
        warnings.warn(f"fit(): the optimizer does not move {', '.join(unmoved)}", TrainingWarning, stacklevel=3)
    return optimizer


class _Run:
    """A training run: what fit() has checked and made, and the loop over the epochs."""

    def __init__(
        self,
        model: Module,
        step: CheckedStep,
        evaluation: Evaluation | None,
        stopping: StoppingRules,
        history: History,
        rng: np.random.Generator,
        callbacks: CallbackList,
    ) -> None:
        self.model, self.step, self.evaluation = model, step, evaluation
        self.stopping, self.history, self.rng, self.callbacks = stopping, history, rng, callbacks
        self.optimizer = step.optimizer
        self.checkpoint: RunCheckpoint | None = None
        self.best: dict[str, Any] = {}  # the state dict of the model after the epoch with the least validation loss

    def resume(self, checkpoint: RunCheckpoint) -> None:
        """Go on from a checkpoint if its file exists, and write it after each epoch."""
        checkpoint.resume(self.history)
        self.history.resumed = self.history.epochs
        self.checkpoint, self.best = checkpoint, checkpoint.best

    def train_with_bar(self, X: Any, Y: Any, weights: Any, batch_size: int | None, progress: bool) -> None:
        """Train with a progress bar, and leave the model in eval mode."""
        history, total = self.history, self.stopping.epochs
        try:
            with np.errstate(all="ignore"), tqdm(total=total, unit="epoch", disable=not progress, file=sys.stderr) as bar:
                bar.update(history.epochs)
                if self.checkpoint is not None and history.resumed:
                    bar.write(f"fit(): goes on from {self.checkpoint.path}, after {history.resumed} epochs", file=sys.stderr)
                self.train(X, Y, weights, batch_size, bar)
        finally:
            self.model.eval()

    def _take_step(self, batch: Sequence[Any]) -> float:
        """Take a step, and return the sum of the losses of its samples."""
        loss = self.step(*batch)
        self.callbacks.on_step()
        return loss * len(batch[0])

    def train(self, X: Any, Y: Any, weights: Any, batch_size: int | None, bar: Any) -> None:
        """Run epochs until there is a reason to stop."""
        if self.evaluation is not None and self.stopping.target is not None and self.evaluation()[1] is None:
            raise SettingError("fit(): target needs a metric: give metric=, as nn.metrics.accuracy")
        shuffle = batch_size is not None
        self.callbacks.on_start()
        self.model.train()
        try:
            while not (reason := self.stopping.reason(self.history)):
                if not self.model.training:  # an evaluation or a callback has left it in eval mode
                    self.model.train()
                parts = batches(X, Y, batch_size, self.rng, shuffle, weights=weights)
                self._finish_epoch(sum(map(self._take_step, parts)) / len(X), bar)
                for message in diagnose(self.model, self.history, X):
                    warnings.warn(message, TrainingWarning, stacklevel=4)
                if self.checkpoint is not None:
                    self.checkpoint.write(self.history, self.best)
        except KeyboardInterrupt:
            reason = f"interrupted in epoch {self.history.epochs + 1}"
            self.step.undo()
        finally:
            if self.stopping.patience is not None and self.best:
                self.model.load_state_dict(self.best)
            self.callbacks.on_end()
        self.history.stopped = reason

    def _finish_epoch(self, loss: float, bar: Any) -> None:
        """Add an epoch to the history, keep its parameters if they are the best so far, and show it."""
        validation_loss, score = (None, None) if self.evaluation is None else self.evaluation()
        rate = self.optimizer.groups[0].rate(self.optimizer.steps - 1)
        elapsed = time.monotonic() - self.stopping.start
        history = self.history
        history.add(loss, self.step.gradient_norm(), rate, validation_loss, score, elapsed)
        if self.stopping.patience is not None and np.argmin(history.validation_loss) == history.epochs - 1:
            self.best = self.model.state_dict()
        if not bar.disable:
            self._show_epoch(bar, validation_loss, score)
        bar.update()

    def _show_epoch(self, bar: Any, validation_loss: float | None, score: float | None) -> None:
        """Show the numbers of the last epoch next to the progress bar."""
        history = self.history
        postfix = {"loss": f"{history.loss[-1]:.4f}", "‖∇‖": f"{history.gradient_norm[-1]:.2g}", "rate": f"{history.rate[-1]:.2g}"}
        if validation_loss is not None:
            postfix["val loss"] = f"{validation_loss:.4f}"
        if self.evaluation is not None and score is not None:
            postfix[f"val {self.evaluation.metric_name}"] = f"{score:.4f}"
        bar.set_postfix(postfix, refresh=False)
