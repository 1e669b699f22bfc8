"""The numbers of each epoch, written to a file, to the logging module, or to TensorBoard."""

from __future__ import annotations

import csv
import logging
from pathlib import Path
from typing import Any

from autograd import SettingError
from nn.callbacks.callback import Callback, Run


def last_numbers(history: Any) -> dict[str, float]:
    """Return the numbers of the last epoch.

    Parameters
    ----------
    history : History
        The history.

    Returns
    -------
    dict
        Numbers by the name of their column; columns without numbers are left out.
    """
    return {name: float(column[-1]) for name, column in history.arrays().items() if len(column)}


class CSVLogger(Callback):
    """Write a line for each epoch to a CSV file. A resumed run goes on in the file of the first one.

    Parameters
    ----------
    path : str or Path
        The file.

    Examples
    --------
    >>> import nn, numpy as np, tempfile
    >>> path, X = Path(tempfile.mkdtemp(), "run.csv"), np.array([[0.0], [1.0]])
    >>> _ = nn.fit(nn.Linear(1, 1, rng=0), X, X, loss="mse", epochs=2, callback=CSVLogger(path), progress=False)
    >>> path.read_text().split()[0], len(path.read_text().split())
    ('epoch,loss,gradient_norm,rate,seconds', 3)
    """

    def __init__(self, path: str | Path) -> None:
        self.path: Path = Path(path)

    def on_start(self, run: Run) -> None:
        """Begin a new file, or drop the epochs that a resumed run takes again.

        Parameters
        ----------
        run : Run
            The run.
        """
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True) if run.history.epochs and self.path.exists() else []
        self.path.write_text("".join(lines[: run.history.epochs]), encoding="utf-8")  # the header, and all epochs but the last

    def on_epoch(self, run: Run) -> None:
        """Write the numbers of the epoch.

        Parameters
        ----------
        run : Run
            The run.
        """
        numbers = last_numbers(run.history)
        is_empty = not self.path.stat().st_size
        with open(self.path, "a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if is_empty:
                writer.writerow(["epoch", *numbers])
            writer.writerow([run.history.epochs, *numbers.values()])


class LogEpochs(Callback):
    """Send a message for each epoch to a logger of the standard library.

    Parameters
    ----------
    logger : logging.Logger or str, default "nn"
        The logger, or its name.
    level : int, default logging.INFO
        The level of the messages.

    Examples
    --------
    >>> import nn, numpy as np
    >>> X = np.array([[0.0], [1.0]])
    >>> nn.fit(nn.Linear(1, 1, rng=0), X, X, loss="mse", epochs=2, callback=LogEpochs("my.run"), progress=False).epochs
    2
    """

    def __init__(self, logger: logging.Logger | str = "nn", level: int = logging.INFO) -> None:
        self.logger: logging.Logger = logging.getLogger(logger) if isinstance(logger, str) else logger
        self.level: int = level

    def on_epoch(self, run: Run) -> None:
        """Send the numbers of the epoch.

        Parameters
        ----------
        run : Run
            The run.
        """
        numbers = ", ".join(f"{name} {x:.6g}" for name, x in last_numbers(run.history).items())
        self.logger.log(self.level, "epoch %d: %s", run.history.epochs, numbers)


class TensorBoard(Callback):
    """Write the numbers of each epoch for TensorBoard. It needs the package tensorboardX.

    Parameters
    ----------
    folder : str or Path
        The folder of the run.

    Raises
    ------
    SettingError
        If tensorboardX is not installed.
    """

    def __init__(self, folder: str | Path) -> None:
        try:
            from tensorboardX import SummaryWriter
        except ImportError:
            raise SettingError("TensorBoard() needs tensorboardX: pip install tensorboardX") from None
        self._make_writer: Any = SummaryWriter
        self.folder: str = str(folder)

    def on_start(self, run: Run) -> None:
        """Open a file in the folder.

        Parameters
        ----------
        run : Run
            The run.
        """
        self._writer = self._make_writer(self.folder)

    def on_epoch(self, run: Run) -> None:
        """Write the numbers of the epoch.

        Parameters
        ----------
        run : Run
            The run.
        """
        for name, x in last_numbers(run.history).items():
            self._writer.add_scalar(name, x, run.history.epochs)

    def on_end(self, run: Run) -> None:
        """Close the file.

        Parameters
        ----------
        run : Run
            The run.
        """
        self._writer.close()
