"""A reader for MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from autograd import DataError
from nn.data.idx_reader import read_idx
from nn.data.pairs import Part

MNIST_FILES = ("train-images", "train-labels", "t10k-images", "t10k-labels")  # how the names of the files begin
WHITE = 255.0  # the largest value of a pixel, a byte


def read_mnist(folder: str | Path) -> Part:
    """Read the handwritten digits in an MNIST folder.

    Parameters
    ----------
    folder : str or Path
        The folder of the four IDX files, gzipped or not. The two test files may be missing.

    Returns
    -------
    X : ndarray of float, shape (N, 784)
        The images, with pixels in [0, 1]; N is 70 000, or 60 000 without the test files.
    y : ndarray of int, shape (N,)
        The labels 0 to 9.

    Raises
    ------
    DataError
        If a file is missing or damaged, or has the wrong shape.

    Examples
    --------
    >>> X, y = read_mnist("mnist")  # doctest: +SKIP
    >>> X.shape, y[:3].tolist()  # doctest: +SKIP
    ((70000, 784), [5, 0, 4])
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder: give the one that holds MNIST's IDX files")
    paths = {stem: next(iter(sorted(folder.glob(f"{stem}*"))), None) for stem in MNIST_FILES}
    parts = [_read_images_and_labels(folder, paths, "train-images", "train-labels")]
    if paths["t10k-images"] or paths["t10k-labels"]:
        parts.append(_read_images_and_labels(folder, paths, "t10k-images", "t10k-labels"))
    return np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts])


def _read_images_and_labels(folder: Path, paths: dict[str, Path | None], images: str, labels: str) -> Part:
    """Return the images of one pair of files as rows of numbers, and their labels."""
    existing = {}
    for stem in (images, labels):
        path = paths[stem]
        if path is None:
            raise DataError(f"{folder} has no file that begins with {stem!r}: MNIST comes as {', '.join(MNIST_FILES)}")
        existing[stem] = path
    x, y = read_idx(existing[images]), read_idx(existing[labels])
    if x.ndim != 3 or y.shape != x.shape[:1]:
        raise DataError(
            f"{folder}: {images} has shape {x.shape} and {labels} {y.shape}; they must have shapes (N, rows, columns) and (N,)"
        )
    return x.reshape(len(x), -1) / WHITE, y.astype(np.intp)
