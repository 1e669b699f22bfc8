"""The base class of callbacks, and the list of those of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import SettingError
from nn.modules.module import Module
from nn.optim import Optimizer


@dataclass(frozen=True)
class Run:
    """What a callback sees of a training run.

    Attributes
    ----------
    model : Module
        The model.
    optimizer : Optimizer
        The optimizer. ``optimizer.lr = …`` changes the rate of the next step.
    history : History
        The numbers of the epochs so far.
    """

    model: Module
    optimizer: Optimizer
    history: Any


class Callback:
    """The base class of callbacks. Override the methods that you need.

    Examples
    --------
    >>> import nn, numpy as np
    >>> class Halve(Callback):
    ...     def on_epoch(self, run):
    ...         run.optimizer.lr = run.optimizer.lr / 2
    >>> X = np.array([[0.0], [1.0]])
    >>> nn.fit(nn.Linear(1, 1), X, X, loss="mse", epochs=3, callback=Halve(), progress=False).rate
    array([0.1  , 0.05 , 0.025])
    """

    def on_start(self, run: Run) -> None:
        """Called before the first epoch, after a checkpoint was read.

        Parameters
        ----------
        run : Run
            The model, the optimizer and the history of the run.
        """

    def on_step(self, run: Run) -> None:
        """Called after each step of the optimizer.

        Parameters
        ----------
        run : Run
            The model, the optimizer and the history of the run.
        """

    def on_epoch(self, run: Run) -> Any:
        """Called after each epoch. The run stops if this returns true.

        Parameters
        ----------
        run : Run
            The model, the optimizer and the history of the run.

        Returns
        -------
        bool or None
            Whether to stop.
        """

    def on_end(self, run: Run) -> None:
        """Called when the run ends, however it ends.

        Parameters
        ----------
        run : Run
            The model, the optimizer and the history of the run.
        """

    def state_dict(self) -> dict[str, Any]:
        """Return the arrays that a checkpoint needs so that a resumed run goes on to the same bits; none by default."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore what :meth:`state_dict` returned. It is called before :meth:`on_start`.

        Parameters
        ----------
        state : mapping
            The state.
        """


class _FunctionOfHistory(Callback):
    """A function of the history as a callback."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def on_epoch(self, run: Run) -> Any:
        return self.function(run.history)


class CallbackList:
    """The callbacks of a run, called one after the other.

    Parameters
    ----------
    callback : Callback, callable, sequence of these, or None
        A callable is a function of the history.
    run : Run
        The run.

    Attributes
    ----------
    callbacks : list of Callback
        The callbacks.

    Raises
    ------
    SettingError
        If something is none of these.
    """

    def __init__(self, callback: Any, run: Run) -> None:
        found: Sequence[Any] = callback if isinstance(callback, list | tuple) else [callback]
        if callback is None:
            found = []
        for one in found:
            if not isinstance(one, Callback) and (isinstance(one, type) or not callable(one)):
                raise SettingError(f"fit(): a callback is a Callback or a function of the history, not {one!r}")
        self.callbacks: list[Callback] = [one if isinstance(one, Callback) else _FunctionOfHistory(one) for one in found]
        self.run = run

    def on_start(self) -> None:
        """Call all callbacks before the first epoch."""
        for callback in self.callbacks:
            callback.on_start(self.run)

    def on_step(self) -> None:
        """Call all callbacks after a step."""
        for callback in self.callbacks:
            callback.on_step(self.run)

    def on_epoch(self) -> bool:
        """Call all callbacks after an epoch; return whether one of them wants to stop."""
        answers = [callback.on_epoch(self.run) for callback in self.callbacks]
        return any(answers)

    def on_end(self) -> None:
        """Call all callbacks at the end."""
        for callback in self.callbacks:
            callback.on_end(self.run)
