"""Data: splitting, mini-batches, and the reader of MNIST's own files."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, SettingError, ShapeError
from nn.metrics import labels_of
from nn.random import Seed, generator

Array = npt.NDArray[Any]
Part = tuple[Array, Array]


def pair(X: Any, Y: Any, call: str) -> Part:
    """Inputs and targets as arrays with one row per sample; nan, none at all, or unequal numbers of them are errors."""
    X, Y = np.asarray(X), np.asarray(Y)
    for name, array in (("X", X), ("Y", Y)):
        if array.dtype.kind not in "fiub":
            raise DataError(f"{call}: {name} holds {array.dtype}, not real numbers")
    if not X.ndim or not Y.ndim or len(X) != len(Y):
        raise ShapeError(f"{call}: X has shape {X.shape} and Y {Y.shape}; both need one row per sample")
    if not len(X):
        raise ShapeError(f"{call}: there are no samples: X has shape {X.shape}")
    for name, array in (("X", X), ("Y", Y)):
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            place = tuple(int(i) for i in bad[0])
            raise DataError(
                f"{call}: {name}[{', '.join(map(str, place))}] is {array[place]} ({len(bad)} such): drop or fill those samples"
            )
    return X, Y


def split(X: Any, Y: Any, fractions: Sequence[float] = (0.7, 0.2, 0.1), rng: Seed = None, stratify: bool = False) -> list[Part]:
    """Shuffled parts of the data in the given shares, disjoint and exhaustive (S0:85: training, validation, test).

    The sizes are the shares of N, rounded so that they add up. With ``stratify`` every part has each label in the share it has
    in the whole, to within one sample.

    >>> [len(x) for x, _ in split(np.zeros((10, 2)), np.arange(10), rng=0)]
    [7, 2, 1]
    """
    X, Y = pair(X, Y, "split()")
    shares = np.asarray(fractions, dtype=float)
    if shares.ndim != 1 or not len(shares) or np.any(shares <= 0) or not np.isclose(shares.sum(), 1.0):
        raise SettingError(f"split(): the fractions are positive and add up to 1, not {tuple(fractions)}")
    rng = generator(rng)
    groups = [np.flatnonzero(labels_of(Y) == c) for c in np.unique(labels_of(Y))] if stratify else [np.arange(len(X))]
    sizes = _sizes([len(g) for g in groups], shares)
    parts: list[list[Array]] = [[] for _ in shares]
    for group, counts in zip(groups, sizes, strict=True):
        for part, piece in zip(parts, np.split(rng.permutation(group), np.cumsum(counts)[:-1]), strict=True):
            part.append(piece)
    chosen = [rng.permutation(np.concatenate(part)) for part in parts]
    if any(not len(c) for c in chosen):
        raise SettingError(f"split(): {len(X)} samples are too few for the fractions {tuple(fractions)}: a part would be empty")
    return [(X[c], Y[c]) for c in chosen]


def _sizes(groups: list[int], shares: Array) -> list[Array]:
    """How many of each group go to each part: rounded down, then the parts that lack most are filled, over all groups together."""
    exact = np.outer(groups, shares)
    counts = np.floor(exact + 1e-9).astype(int)
    wanted = _rounded(sum(groups), shares)
    for i, n in enumerate(groups):
        for _ in range(n - counts[i].sum()):
            short = wanted - counts.sum(axis=0)
            lack = exact[i] - counts[i]
            counts[i, max(range(len(shares)), key=lambda j: (short[j] > 0 and lack[j] > 1e-9, lack[j], -j))] += 1
    return list(counts)


def _rounded(n: int, shares: Array) -> Array:
    """The shares of ``n`` as whole numbers that add up to it: the largest remainders are rounded up."""
    exact = shares * n
    counts = np.floor(exact + 1e-9).astype(int)
    for j in np.argsort(counts - exact, kind="stable")[: n - counts.sum()]:
        counts[j] += 1
    return counts


def batches(X: Any, Y: Any, size: int | None, rng: Seed = None, shuffle: bool = True, drop_last: bool = False) -> Iterator[Part]:
    """Mini-batches of ``size`` samples in shuffled order (S0:81); None is the full batch, 1 is stochastic descent.

    The last batch may be smaller, or is left out with ``drop_last``.

    >>> [len(x) for x, _ in batches(np.zeros((5, 2)), np.zeros(5), 2, rng=0)]
    [2, 2, 1]
    """
    X, Y = np.asarray(X), np.asarray(Y)
    n = len(X)
    if size is None:
        size = n
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise SettingError(f"a batch holds a positive number of samples, not {size!r}")
    order = generator(rng).permutation(n) if shuffle else np.arange(n)
    for start in range(0, n - size + 1 if drop_last else n, size):
        chosen = order[start : start + size]
        yield _sealed(X[chosen]), _sealed(Y[chosen])


def _sealed(a: Array) -> Array:
    """The array, read-only: a graph may keep it without a copy."""
    a.flags.writeable = False
    return a


# The third byte of an IDX file's magic number, and the type of its entries.
IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: str | Path) -> Array:
    """The array in an IDX file, MNIST's format, gzipped or not.

    The file begins with two zero bytes, the type of the entries, the number of axes, and their lengths, most significant byte
    first. DataError says what is wrong with a file that does not fit that.
    """
    path = Path(path)
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError, gzip.zlib.error) as error:  # type: ignore[attr-defined]  # gzip imports zlib
            raise DataError(f"{path}: the gzip file is cut short or damaged ({error}): fetch it again") from None
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in IDX_TYPES:
        raise DataError(f"{path} is no IDX file: it begins with {raw[:4].hex(' ')}, not with 00 00, a type and a number of axes")
    kind, ndim = np.dtype(IDX_TYPES[raw[2]]), raw[3]
    start = 4 + 4 * ndim
    if len(raw) < start:
        raise DataError(f"{path} is cut short: its header needs {start} bytes, the file has {len(raw)}")
    shape = struct.unpack(f">{ndim}I", raw[4:start])
    need = start + kind.itemsize * int(np.prod(shape, dtype=object))
    if len(raw) != need:
        state = "cut short" if len(raw) < need else "too long"
        raise DataError(f"{path} is {state}: shape {shape} of {kind.name} needs {need} bytes, the file has {len(raw)}")
    return np.frombuffer(raw, kind, offset=start).reshape(shape).astype(kind.newbyteorder("="))


MNIST_FILES = ("train-images", "train-labels", "t10k-images", "t10k-labels")


def read_mnist(folder: str | Path) -> Part:
    """All 70 000 digits of an MNIST folder (its four IDX files, gzipped or not): X (N, 784) in [0, 1] and labels (N,).

    A folder with the training files alone will do. DataError names a missing file.
    """
    found = {stem: _mnist_file(Path(folder), stem) for stem in MNIST_FILES}
    parts: list[Part] = []
    for images, labels in (MNIST_FILES[:2], MNIST_FILES[2:]):
        have = [found[images], found[labels]]
        if have == [None, None] and parts:
            continue
        for stem, path in zip((images, labels), have, strict=True):
            if path is None:
                raise DataError(f"{folder} has no file that begins with {stem!r}: MNIST comes as {', '.join(MNIST_FILES)}")
        x, y = read_idx(found[images] or ""), read_idx(found[labels] or "")
        if x.ndim != 3 or y.shape != x.shape[:1]:
            raise DataError(
                f"{folder}: {images} has shape {x.shape} and {labels} {y.shape}; (N, rows, columns) and (N,) belong there"
            )
        parts.append((x.reshape(len(x), -1) / 255.0, y.astype(np.intp)))
    return np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts])


def _mnist_file(folder: Path, stem: str) -> Path | None:
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder: give the one that holds MNIST's IDX files")
    return next(iter(sorted(folder.glob(f"{stem}*"))), None)
