"""A reader for NPZ files, NumPy's archives of arrays."""

from __future__ import annotations

from pathlib import Path

from autograd import DataError
from nn import checkpoint
from nn.data.pairs import Part


def read_npz(path: str | Path, inputs: str = "X", targets: str = "y") -> Part:
    """Read two arrays of an NPZ file. No pickle is read, so a file cannot run code.

    Parameters
    ----------
    path : str or Path
        The file.
    inputs : str, default "X"
        The name of the array of inputs.
    targets : str, default "y"
        The name of the array of targets.

    Returns
    -------
    X, y : ndarray
        The two arrays.

    Raises
    ------
    DataError
        If the file has no such array, holds objects, or is damaged.

    Examples
    --------
    >>> import numpy as np
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/data.npz", X=np.ones((3, 2)), y=np.arange(3))
    ...     X, y = read_npz(f"{folder}/data.npz")
    >>> X.shape, y.tolist()
    ((3, 2), [0, 1, 2])
    """
    arrays = checkpoint.load(path, (inputs, targets))
    for name in (inputs, targets):
        if name not in arrays:
            raise DataError(f"{path} has no array called {name!r}")
    return arrays[inputs], arrays[targets]
