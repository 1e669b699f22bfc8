"""Data: splitting, mini-batches, and readers for CSV, NPZ and MNIST's own files."""

from __future__ import annotations

import array
import gzip
import io
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, SettingError, ShapeError
from nn import checkpoint
from nn.input_checks import plain_array, whole
from nn.metrics import labels_of
from nn.random import Seed, generator

Array = npt.NDArray[Any]
Part = tuple[Array, Array]


def pair(X: Any, Y: Any, call: str) -> Part:
    """Inputs and targets as arrays with one row per sample; nan, none at all, or unequal numbers of them are errors."""
    X, Y = plain_array(X, call), plain_array(Y, call)
    for name, values in (("X", X), ("Y", Y)):
        if values.dtype.kind not in "fiub":
            raise DataError(f"{call}: {name} holds {values.dtype}, not real numbers")
    if not X.ndim or not Y.ndim or len(X) != len(Y):
        raise ShapeError(f"{call}: X has shape {X.shape} and Y {Y.shape}; both need one row per sample")
    if not len(X):
        raise ShapeError(f"{call}: there are no samples: X has shape {X.shape}")
    for name, values in (("X", X), ("Y", Y)):
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            place = tuple(int(i) for i in bad[0])
            raise DataError(
                f"{call}: {name}[{', '.join(map(str, place))}] is {values[place]} ({len(bad)} such): drop or fill those samples"
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
    if not isinstance(fractions, tuple | list | np.ndarray):
        raise SettingError(f"split(): the fractions are one per part, such as (0.8, 0.2), not {fractions!r}")
    try:
        shares = np.asarray(fractions, dtype=float)
    except (TypeError, ValueError):
        raise SettingError(f"split(): the fractions are numbers, such as (0.8, 0.2), not {tuple(fractions)}") from None
    if shares.ndim != 1 or not len(shares) or np.any(shares <= 0) or not np.isclose(shares.sum(), 1.0):
        raise SettingError(f"split(): the fractions are positive and add up to 1, not {tuple(fractions)}")
    rng = generator(rng)
    labels = labels_of(Y, "split(stratify=True)") if stratify else Y
    groups = [np.flatnonzero(labels == c) for c in np.unique(labels)] if stratify else [np.arange(len(X))]
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
    """How many of each group go to each part: every share rounded up or down, so that groups and parts come out whole.

    The shares are rounded down first; who is rounded up is a matching of groups with parts, found along augmenting paths.
    """
    exact = np.outer(groups, shares)
    counts = np.floor(exact + 1e-9).astype(int)
    free = exact - counts > 1e-9
    room = _rounded(sum(groups), shares) - counts.sum(axis=0)
    up = np.zeros_like(free)
    for i, n in enumerate(groups):
        for _ in range(n - counts[i].sum()):
            _match(i, up, free, room)
    return list(counts + up)


def _match(first: int, up: Array, free: Array, room: Array) -> None:
    """Round group ``first`` up in one more part, other groups making room there by moving on.

    There is always a way: the shares themselves are a matching in fractions, so there is one in whole numbers.
    """
    has_room = up.sum(axis=0) < room
    reached: dict[int, tuple[int, int]] = {first: (first, -1)}  # a group that makes room: for whom, and in which part
    waiting = [first]
    for group in waiting:  # pragma: no branch - there is always a way
        wanted = free[group] & ~up[group]
        if np.any(wanted & has_room):
            break
        held = up & wanted
        for other in sorted(set(np.flatnonzero(held.any(axis=1)).tolist()) - reached.keys()):
            reached[other] = group, int(np.argmax(held[other]))
            waiting.append(other)
    part = int(np.argmax(wanted & has_room))
    up[group, part] = True
    while group != first:
        before, part = reached[group]
        up[group, part], up[before, part] = False, True
        group = before


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
    X, Y = plain_array(X, "batches()"), plain_array(Y, "batches()")
    n = len(X)
    if len(Y) != n:
        raise ShapeError(f"batches(): X has shape {X.shape} and Y {Y.shape}; both need one row per sample")
    size = n if size is None else whole("the number of samples in a batch", size)
    order = generator(rng).permutation(n) if shuffle else None
    for start in range(0, n - size + 1 if drop_last else n, size):
        chosen = slice(start, start + size)
        places: Any = chosen if order is None else order[chosen]
        yield _sealed(X[places]), _sealed(Y[places])


def k_fold(X: Any, Y: Any, k: int = 5, rng: Seed = None, stratify: bool = False) -> Iterator[tuple[Part, Part]]:
    """Each of ``k`` parts of the shuffled data as validation in turn, with the others for training: (training, validation).

    >>> [(len(a[0]), len(b[0])) for a, b in k_fold(np.zeros((7, 1)), np.zeros(7), k=3, rng=0)]
    [(4, 3), (5, 2), (5, 2)]
    """
    if isinstance(k, bool) or not isinstance(k, int) or k < 2:
        raise SettingError(f"k_fold(): k is a whole number of at least 2, not {k!r}")
    parts = split(X, Y, [1.0 / k] * k, rng, stratify)
    for i, part in enumerate(parts):
        rest = [other for j, other in enumerate(parts) if j != i]
        yield (np.concatenate([x for x, _ in rest]), np.concatenate([y for _, y in rest])), part


GZIPPED = b"\x1f\x8b"  # how a gzip file begins
EXACT = 2.0**53  # up to here every whole number is a float


class Standardiser:
    """(x - mean) / deviation, column by column, of the data it was made from: the training part, and no other.

    A column that does not vary is only shifted.

    >>> train = np.array([[0.0, 5.0], [2.0, 5.0]])
    >>> Standardiser(train)([[4.0, 6.0]])
    array([[3., 1.]])
    """

    def __init__(self, X: Any) -> None:
        X = plain_array(X, "Standardiser()").astype(float)
        if X.ndim < 2 or not len(X):
            raise ShapeError(f"Standardiser takes training data (N, …), not an array of shape {X.shape}")
        self.mean = X.mean(axis=0)
        self.deviation = np.where(X.min(axis=0) < X.max(axis=0), X.std(axis=0), 1.0)

    def __call__(self, X: Any) -> Array:
        """The data in units of the training data's deviations."""
        X = plain_array(X, "Standardiser").astype(float)
        if X.shape[1:] != self.mean.shape:
            raise ShapeError(f"Standardiser: fitted on samples of shape {self.mean.shape}, called with {X.shape[1:]}")
        return np.asarray((X - self.mean) / self.deviation)

    def back(self, X: Any) -> Array:
        """From those units to the data's own."""
        return np.asarray(plain_array(X, "Standardiser.back()").astype(float) * self.deviation + self.mean)


def _sealed(a: Array) -> Array:
    """The array, read-only: a graph may keep it without a copy."""
    a.flags.writeable = False
    return a


def read_csv(path: str | Path, target: int = -1, header: bool = False) -> Part:
    """Inputs X (N, n) and the column ``target`` y (N,) of a file of numbers separated by commas.

    With ``header`` the first line holds names, and is skipped. DataError names the line that holds no number, has another length,
    or holds a whole number that a float would round; it also says where a file is empty or gzipped, and where ``header`` would
    skip a line of numbers.
    """
    if isinstance(target, bool) or not isinstance(target, int):
        raise SettingError(f"read_csv(): target is the number of a column, not {target!r}")
    numbers, width = array.array("d"), 0
    try:
        with open(path, encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if header and number == 1:
                    _check_header(line, path)
                elif line.strip():
                    row = _row(line, number, path)
                    width = width or len(row)
                    if len(row) != width:
                        raise DataError(f"{path}, line {number}: {len(row)} numbers, but the first line has {width}")
                    numbers.extend(row)
    except UnicodeDecodeError as error:
        with open(path, "rb") as raw:
            packed = raw.read(2) == GZIPPED
        what = "is gzipped: unpack it first, as with gunzip" if packed else f"is no text: {error}"
        raise DataError(f"read_csv(): {path} {what}") from None
    if not width:
        raise DataError(f"read_csv(): {path} holds no line of numbers{' below its header' if header else ': it is empty'}")
    if not -width <= target < width:
        raise DataError(f"{path} has {len(numbers) // width} lines of {width} numbers, and no column {target}")
    table = np.array(numbers).reshape(-1, width)
    return np.delete(table, target, axis=1), table[:, target]


def _check_header(line: str, path: str | Path) -> None:
    """Raise DataError where the line that is to be skipped is a sample."""
    if line.strip() and all(_number(x) is not None for x in line.strip().split(",")):
        raise DataError(f"read_csv(): line 1 of {path} holds numbers, which header=True would skip: leave header out, or add names")


def _row(line: str, number: int, path: str | Path) -> list[float]:
    """The numbers of a line."""
    fields = line.strip().split(",")
    row = [_number(x) for x in fields]
    found = [x for x in row if x is not None]
    if len(found) < len(row):
        wrong = fields[row.index(None)]
        hint = "; pass header=True to skip a line of names" if number == 1 and not found else ""
        raise DataError(f"{path}, line {number}: could not convert string to float: {wrong!r}{hint}")
    for text, x in zip(fields, found, strict=True):
        if abs(x) >= EXACT and _is_rounded(text, x):
            raise DataError(
                f"{path}, line {number}: {text.strip()} is beyond 2⁵³ and would be rounded to {int(x)}: if it is a name, drop that "
                f"column, else write it with a decimal point"
            )
    return found


def _number(text: str) -> float | None:
    """The number that a field holds, or None."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def _is_rounded(text: str, x: float) -> bool:
    """Whether a whole number that is written in digits has become another as a float."""
    try:
        return int(text) != x
    except ValueError:  # with a point or an exponent: a float is what was meant
        return False


def read_npz(path: str | Path, inputs: str = "X", targets: str = "y") -> Part:
    """The arrays ``inputs`` and ``targets`` of an NPZ file; objects are refused, and DataError names what is missing."""
    found = checkpoint.load(path, (inputs, targets))
    for name in (inputs, targets):
        if name not in found:
            raise DataError(f"{path} has no array called {name!r}")
    return found[inputs], found[targets]


# The third byte of an IDX file's magic number, and the type of its entries.
IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: str | Path) -> Array:
    """The array in an IDX file, MNIST's format, gzipped or not.

    The file begins with two zero bytes, the type of the entries, the number of axes, and their lengths, most significant byte
    first. DataError says what is wrong with a file that does not fit that.
    """
    path = Path(path)
    raw = path.read_bytes()
    if raw[:2] == GZIPPED:
        try:
            raw = _inflated(raw)
        except (EOFError, OSError, ValueError, gzip.zlib.error) as error:  # type: ignore[attr-defined]  # gzip imports zlib
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
    try:
        return np.frombuffer(raw, kind, offset=start).reshape(shape).astype(kind.newbyteorder("="))
    except ValueError:  # an empty array of lengths beyond all bounds
        raise DataError(f"{path}: no array has the shape {shape}") from None


def _inflated(raw: bytes) -> bytes:
    """What a gzip file holds, read no further than its own header says, so that a bomb takes no memory."""
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
        head = file.read(4)
        if len(head) < 4 or head[2] not in IDX_TYPES:
            while file.read(1 << 20):  # to its end, where a damaged file is found out
                pass
            return head
        lengths = file.read(4 * head[3])
        need = int(np.dtype(IDX_TYPES[head[2]]).itemsize * np.prod(np.frombuffer(lengths, ">u4"), dtype=object)) if lengths else 0
        if not checkpoint.is_believable(need, len(raw)):
            raise OSError(f"it says that it holds {need} bytes, {need // len(raw)} times its own size")
        return head + lengths + file.read(need + 1)


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
