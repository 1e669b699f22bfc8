"""One step of training on a batch: forward, loss, backward, and the move of the optimizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import GraphError, Node, SettingError, Tensor, UnfitError, compile
from nn.input_checks import check_compiled, positive_integer
from nn.losses import Loss
from nn.losses import loss as named_loss
from nn.modules.module import Module
from nn.optim.compiled_update import CompiledUpdate
from nn.optim.optimizer import Optimizer

# How many times in a row the compiled update may be made anew, because the optimizer was changed, before the optimizer moves on its
# own. Making it takes 28 ms for 64-16-16-10 with Adam, as long as 100 eager steps. At twice as much, a run that changes a setting
# at every step loses 8 more of these.
MAX_REBUILDS = 8
# The number of steps of the optimizer after which compiled="auto" compiles. Compiling takes 55 to 120 ms, and a compiled step of a
# network of two or three layers saves 0.05 to 0.1 ms, so the cost is earned in about as many steps again. At twice as much, runs
# of up to 2 000 steps are never compiled.
STEPS_BEFORE_COMPILING = 1_000


class TrainingStep:
    """One step of training: a function of a batch (x, y) that moves the parameters and returns the loss.

    A step is always ``forward``, ``backward``, ``move``. There are two implementations of these: a recorded graph and the
    optimizer, or one program that contains the optimizer. The graph is needed for hooks, ``anomaly()``, inputs that have
    gradients, and optimizers that cannot be traced. The program is two to three times as fast for small networks.

    Parameters
    ----------
    model : Module or callable
        A function of x.
    loss : str or callable
        The name of a loss, or a function of (pred, target) that returns a Tensor or a Value.
    optimizer : Optimizer
        An optimizer of the parameters of ``model``.
    compiled : bool or "auto", default False
        Whether the step is compiled; "auto" compiles it after 1 000 steps of the optimizer, if it can be compiled. As in
        ``autograd.compile``, the contents of arrays other than parameters and states are constants then. Learning rates are asked
        for before the forward pass.
    micro_batch_size : int, optional
        The largest number of samples in one forward and backward pass. A larger batch is divided, and the gradients of its parts
        are accumulated: the step is that of the whole batch, and needs the memory of a part.

    Attributes
    ----------
    optimizer : Optimizer
        The optimizer.
    program : object or None
        What ``autograd.compile`` returned, if the step is compiled; ``program.source`` is its text.
    eager : callable
        The loss as a function of (x, y), not compiled.
    separate_reason : str
        Why the optimizer is not a part of the program but moves after it; "" if it is a part.

    Raises
    ------
    SettingError
        If ``optimizer`` is not an Optimizer, or moves no parameter of the model.

    Examples
    --------
    >>> import nn
    >>> model = nn.Linear(1, 1, rng=0)
    >>> step = TrainingStep(model, "quadratic", nn.SGD(model.parameters(), lr=0.5), compiled=True)
    >>> losses = [step(np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])) for _ in range(200)]
    >>> losses[-1] < 1e-6, step.separate_reason
    (True, '')
    """

    def __init__(
        self,
        model: Module,
        loss: str | Loss,
        optimizer: Optimizer,
        compiled: bool | str = False,
        micro_batch_size: int | None = None,
    ) -> None:
        check_compiled("TrainingStep()", compiled)
        if not isinstance(optimizer, Optimizer):
            raise SettingError(
                f"TrainingStep(): optimizer must be an optimizer, such as nn.Adam(model.parameters()), not {optimizer!r}"
            )
        if isinstance(model, Module):
            unmoved_parameters("TrainingStep()", model, optimizer)
        loss_function = named_loss(loss)
        self.optimizer = optimizer
        self._has_tensors_only = all(isinstance(p, Tensor) for p in optimizer.parameters)

        def training_step(x: Any, y: Any, *weights: Any) -> Any:
            return weighted_mean(loss_function, model(x), y, *weights) if weights else loss_function(model(x), y)

        self.eager: Loss = training_step
        self.micro_batch_size: int | None = (
            None if micro_batch_size is None else positive_integer("micro_batch_size", micro_batch_size)
        )
        self.program: Any = None
        self._is_automatic = compiled == "auto"
        if compiled and not self._is_automatic:
            self._compile()
        self.separate_reason = "" if self._has_tensors_only else "it moves Values"
        self._update: CompiledUpdate | None = None
        self._rebuilds = 0  # of the update, in a row
        self._pending: _RecordedStep | _FusedStep | None = None

    def __call__(self, x: Any, y: Any, weights: Any = None) -> float:
        """Take one step.

        Parameters
        ----------
        x : array_like, shape (N, ...)
            The inputs.
        y : array_like, shape (N, ...)
            The targets.
        weights : array_like, shape (N,), optional
            The weights of the samples, by which their losses are multiplied before the mean is taken.

        Returns
        -------
        float
            The loss before the move. The parameters keep the gradients by which they moved.

        Raises
        ------
        GraphError
            If the loss cannot be compiled.
        SettingError
            If the loss does not return a Tensor or a Value.
        """
        loss = self.forward(x, y, weights)
        self.backward()
        self.move()
        return loss

    def forward(self, x: Any, y: Any, weights: Any = None) -> float:
        """Compute the loss of a batch. One program also computes the gradients and the new parameters, and keeps them.

        Parameters
        ----------
        x, y : array_like, shapes (N, ...)
            The inputs and the targets.
        weights : array_like, shape (N,), optional
            The weights of the samples.

        Returns
        -------
        float
            The loss.

        Raises
        ------
        GraphError
            If the loss cannot be compiled.
        SettingError
            If the loss does not return a Tensor or a Value, or there are weights and it takes no ``reduction="none"``.
        """
        batch = [x, y] if weights is None else [x, y, weights]
        if self._is_automatic and self.optimizer.steps >= STEPS_BEFORE_COMPILING:
            return self._forward_automatically(batch)
        return self._forward(batch)

    def _compile(self) -> None:
        self.program = compile(self.eager, tensors=self._has_tensors_only)

    def _forward_automatically(self, batch: Sequence[Any]) -> float:
        """Compute the loss by a program, or go on with eager steps if that fails."""
        if self.program is None:
            self._compile()
        try:
            return self._forward(batch)
        except Exception:  # compile() may not fit the model; an error of the model itself comes again
            self.program, self._is_automatic = None, False
            return self._forward(batch)

    def _forward(self, batch: Sequence[Any]) -> float:
        """Compute the loss of a batch."""
        x = batch[0]
        if self.program is not None:
            batch = [self.as_inputs(x), *map(as_floats, batch[1:])]
        if self.micro_batch_size is not None and len(x) > self.micro_batch_size:
            return self._accumulate(batch, len(x), self.micro_batch_size)
        if self.program is not None:
            results = self._run_fused(*batch)
            if results is not None:
                value, self._pending = results
                return value
        self.optimizer.zero_grad()
        loss = self._loss(batch)
        self._pending = _RecordedStep(loss, self.optimizer)
        return float(loss)

    def as_inputs(self, x: Any) -> Any:
        """Convert the inputs of a compiled model to what its program takes.

        Parameters
        ----------
        x : array_like, shape (N, ...)
            The inputs.

        Returns
        -------
        array or object
            Whole numbers of a model of Tensors stay integers, since they may be those of an Embedding. Other numbers become floats.
        """
        if self._has_tensors_only and isinstance(x, np.ndarray | list | tuple) and is_integer_array(x):
            return np.asarray(x)
        return as_floats(x)

    def _loss(self, batch: Sequence[Any]) -> Any:
        """Return the loss of a batch as a node."""
        loss = self.eager(*batch) if self.program is None else self.program(*batch)
        if not isinstance(loss, Node):
            raise SettingError(f"TrainingStep(): the loss must be a function that returns a Tensor or a Value, not {loss!r}")
        return loss

    def _accumulate(self, batch: Sequence[Any], count: int, size: int) -> float:
        """Return the loss of a batch, computed and differentiated part by part."""
        self.optimizer.zero_grad()
        total = 0.0
        for start in range(0, count, size):
            part = [a[start : start + size] for a in batch]
            loss = self._loss(part) * (len(part[0]) / count)
            loss.backward()
            total += float(loss)
        self._pending = _RecordedStep(None, self.optimizer)
        return total

    def backward(self) -> None:
        """Fill ``.grad`` of the parameters.

        Raises
        ------
        GraphError
            If there was no ``forward`` before.
        """
        self._require_pending("backward()").backward()

    def move(self) -> None:
        """Let the optimizer move the parameters.

        Raises
        ------
        GraphError
            If there was no ``forward`` before.
        """
        self._require_pending("move()").move()
        self._pending = None

    def _require_pending(self, call: str) -> _RecordedStep | _FusedStep:
        if self._pending is None:
            raise GraphError(f"TrainingStep.{call}: there is no loss to follow: call forward(x, y) first")
        return self._pending

    def _run_fused(self, *batch: Any) -> tuple[float, _FusedStep] | None:
        """Run one program for the whole step. Return None if the optimizer cannot be a part of it, or must not be this time."""
        if self.separate_reason:
            return None
        try:
            update = self._current_update()
            results = self.program.value_and_update(update.update, update.inputs(), *batch)
        except UnfitError as error:
            self.separate_reason = str(error)
            return None
        if results is None:
            return None
        value, gradients, new_values = results
        return float(value), _FusedStep(update, gradients, new_values)

    def _current_update(self) -> CompiledUpdate:
        """Return the compiled update, made anew if the optimizer was changed."""
        update = self._update
        if update is not None and update.optimizer is self.optimizer and update.is_current():
            self._rebuilds = 0
            update.read_rates()
            return update
        self._rebuilds += 1
        if self._rebuilds > MAX_REBUILDS:
            raise UnfitError("its settings change at every step")
        self._update = CompiledUpdate(self.optimizer, self.program)
        return self._update


class _RecordedStep:
    """A step whose loss is a node: gradients and moves are still to be computed. Without a loss, gradients are there already."""

    __slots__ = ("loss", "optimizer")

    def __init__(self, loss: Any, optimizer: Optimizer) -> None:
        self.loss, self.optimizer = loss, optimizer

    def backward(self) -> None:
        if self.loss is not None:
            self.loss.backward()

    def move(self) -> None:
        self.optimizer.step()


class _FusedStep:
    """A step that one program has computed: gradients and new values are still to be written."""

    __slots__ = ("gradients", "new_values", "update")

    def __init__(self, update: CompiledUpdate, gradients: Sequence[Any], new_values: Sequence[Any]) -> None:
        self.update, self.gradients, self.new_values = update, gradients, new_values

    def backward(self) -> None:
        self.update.update.differentiate(self.gradients)

    def move(self) -> None:
        self.update.move(self.new_values)


def weighted_mean(loss: Loss, pred: Any, target: Any, weights: Any) -> Any:
    """Return the mean of the samples' losses, each multiplied by its weight.

    Parameters
    ----------
    loss : callable
        A function of (pred, target, reduction).
    pred, target : Tensor or array_like, shapes (N, ...)
        The predictions and the targets.
    weights : array_like, shape (N,)
        The weights.

    Returns
    -------
    Tensor, shape ()
        The mean. A sample with several entries has the mean of their losses.

    Raises
    ------
    SettingError
        If ``loss`` takes no ``reduction="none"``, or does not return one loss per sample then.

    Examples
    --------
    >>> from nn.losses import mse
    >>> float(weighted_mean(mse, [1.0, 2.0], [0.0, 0.0], np.array([1.5, 0.5])))
    1.75
    """
    try:
        losses = loss(pred, target, reduction="none")
    except TypeError as error:
        raise SettingError(
            f"weights of samples need a loss that takes reduction='none', as those of nn.losses do: {error}"
        ) from None
    if losses.shape[:1] != np.shape(weights):
        raise SettingError(
            f"weights of samples need one loss for each, but with reduction='none' the loss has shape {losses.shape}"
        )
    return (losses.mean(axis=tuple(range(1, losses.ndim))) * weights).mean()


def unmoved_parameters(call: str, model: Module, optimizer: Optimizer) -> list[str]:
    """Return the names of the parameters of a model that an optimizer does not move.

    Parameters
    ----------
    call : str
        The name of the caller, for the error message.
    model : Module
        The model.
    optimizer : Optimizer
        The optimizer.

    Returns
    -------
    list of str
        The paths of the parameters.

    Raises
    ------
    SettingError
        If these are all parameters of the model.
    """
    moved = {id(p) for p in optimizer.parameters}
    unmoved = [name for name, p in model.named_parameters() if id(p) not in moved]
    if len(unmoved) == len(model.parameters()):
        raise SettingError(
            f"{call}: the optimizer moves no parameter of this model: make the optimizer with the parameters of this model"
        )
    return unmoved


def is_integer_array(x: Any) -> bool:
    """Return whether an array or nested lists hold integers, and no bools.

    Parameters
    ----------
    x : array_like
        Anything.

    Returns
    -------
    bool
        Whether they do.

    Examples
    --------
    >>> is_integer_array([[1, 2], [3, 4]]), is_integer_array([True]), is_integer_array([[1], [2, 3]])
    (True, False, False)
    """
    try:
        return np.asarray(x).dtype.kind in "iu"
    except ValueError:  # rows of unequal lengths
        return False


def as_floats(a: Any) -> Any:
    """Convert whole numbers and bools to floats, which compile() treats as inputs, and not as constants.

    Parameters
    ----------
    a : object
        Inputs or targets of any kind.

    Returns
    -------
    object
        An array of floats for an array, list or tuple of real numbers; anything else unchanged.
    """
    if type(a) is np.ndarray and a.dtype.kind == "f":
        return a
    try:
        array = np.asarray(a) if isinstance(a, np.ndarray | list | tuple) else None
    except ValueError:  # rows of unequal lengths
        return a
    return a if array is None or array.dtype.kind not in "iubf" else array.astype(float, copy=False)
