"""The history of a training run: numbers for each epoch, and why the run stopped."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

COLUMNS = ("loss", "gradient_norm", "rate", "validation_loss", "validation", "seconds")


class History:
    """The numbers of each epoch of a training run.

    Attributes
    ----------
    loss : ndarray, shape (epochs,)
        The mean training loss, taken while the parameters move.
    gradient_norm : ndarray, shape (epochs,)
        The Euclidean norm of the gradient of the last batch.
    rate : ndarray, shape (epochs,)
        The learning rate of the last step.
    validation_loss : ndarray, shape (epochs,)
        The loss on held-out data after the epoch; empty if there are none.
    validation : ndarray, shape (epochs,)
        The metric on held-out data after the epoch; empty if there is none.
    seconds : ndarray, shape (epochs,)
        The time from the beginning of the run to the end of the epoch.
    epochs : int
        The number of epochs.
    stopped : str
        Why the run stopped.
    resumed : int
        How many epochs came from a checkpoint.

    Examples
    --------
    >>> history = History(); history.add(0.5, 1.0, 0.1, None, None, 0.0); history.epochs, history.loss
    (1, array([0.5]))
    """

    loss: npt.NDArray[np.float64]
    gradient_norm: npt.NDArray[np.float64]
    rate: npt.NDArray[np.float64]
    validation_loss: npt.NDArray[np.float64]
    validation: npt.NDArray[np.float64]
    seconds: npt.NDArray[np.float64]

    def __init__(self) -> None:
        self._columns: dict[str, list[float]] = {name: [] for name in COLUMNS}
        self.stopped = ""
        self.resumed = 0

    def __getattr__(self, name: str) -> Any:
        if name not in COLUMNS:
            raise AttributeError(f"a History has no {name!r}; it has {', '.join(COLUMNS)}, epochs and stopped")
        return np.array(self._columns[name])

    @property
    def epochs(self) -> int:
        """The number of epochs."""
        return len(self._columns["loss"])

    def add(self, *numbers: float | None) -> None:
        """Add an epoch.

        Parameters
        ----------
        *numbers : float or None
            Loss, gradient norm, rate, validation loss, metric, seconds. None is left out.
        """
        for name, x in zip(COLUMNS, numbers, strict=True):
            if x is not None:
                self._columns[name].append(float(x))

    def arrays(self) -> dict[str, npt.NDArray[np.float64]]:
        """Return all columns as arrays by name."""
        return {name: np.array(column) for name, column in self._columns.items()}

    def restore(self, arrays: dict[str, Any]) -> None:
        """Replace all columns.

        Parameters
        ----------
        arrays : dict
            What :meth:`arrays` of another history returned.

        Raises
        ------
        ValueError
            If the columns have different lengths.
        """
        columns = {name: [float(x) for x in arrays[name]] for name in COLUMNS}
        if any(len(column) not in (0, len(columns["loss"])) for column in columns.values()):
            raise ValueError("the columns of its history have different lengths")
        self._columns = columns

    def __eq__(self, other: object) -> bool:
        """Whether the numbers and the reason for stopping are the same. ``seconds`` does not count."""
        if not isinstance(other, History) or self.stopped != other.stopped:
            return False
        own, others = self.arrays(), other.arrays()
        return all(np.array_equal(own[name], others[name]) for name in COLUMNS if name != "seconds")

    __hash__: Any = None  # a history changes

    def __repr__(self) -> str:
        last = f", loss {self._columns['loss'][-1]:.4g}" if self.epochs else ""
        resumed = f", {self.resumed} of them from a checkpoint" if self.resumed else ""
        return f"History({self.epochs} epochs{resumed}{last}{f', stopped: {self.stopped}' if self.stopped else ''})"
