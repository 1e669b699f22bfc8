"""History: what a training run left behind, a number for each epoch, and why it stopped."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

COLUMNS = ("loss", "gradient_norm", "rate", "validation_loss", "validation", "seconds")


class History:
    """Arrays with one entry per epoch: ``loss``, ``gradient_norm``, ``rate``, ``validation_loss``, ``validation``, ``seconds``.

    Those of the validation are empty where there was none. ``rate`` is that of the epoch's last step. ``stopped`` says why the run
    ended, and ``resumed`` how many of its epochs were taken from a checkpoint.

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
        self._rows: dict[str, list[float]] = {name: [] for name in COLUMNS}
        self.stopped = ""
        self.resumed = 0

    def __getattr__(self, name: str) -> Any:
        if name not in COLUMNS:
            raise AttributeError(f"a History has no {name!r}; it has {', '.join(COLUMNS)}, epochs and stopped")
        return np.array(self._rows[name])

    @property
    def epochs(self) -> int:
        """How many epochs were run."""
        return len(self._rows["loss"])

    def add(self, *numbers: float | None) -> None:
        """Take in an epoch: its numbers in the order of the columns, None where there is none."""
        for name, x in zip(COLUMNS, numbers, strict=True):
            if x is not None:
                self._rows[name].append(float(x))

    def arrays(self) -> dict[str, npt.NDArray[np.float64]]:
        """All columns by name."""
        return {name: np.array(rows) for name, rows in self._rows.items()}

    def restore(self, arrays: dict[str, Any]) -> None:
        """Take the place of another history."""
        rows = {name: [float(x) for x in arrays[name]] for name in COLUMNS}
        if any(len(row) not in (0, len(rows["loss"])) for row in rows.values()):
            raise ValueError("the columns of its history have different lengths")
        self._rows = rows

    def __eq__(self, other: object) -> bool:
        """The same numbers and the same end; how long it took does not count."""
        if not isinstance(other, History) or self.stopped != other.stopped:
            return False
        one, two = self.arrays(), other.arrays()
        return all(np.array_equal(one[name], two[name]) for name in COLUMNS if name != "seconds")

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        last = f", loss {self._rows['loss'][-1]:.4g}" if self.epochs else ""
        resumed = f", {self.resumed} of them from a checkpoint" if self.resumed else ""
        return f"History({self.epochs} epochs{resumed}{last}{f', stopped: {self.stopped}' if self.stopped else ''})"
