"""NumPy's other functions on nodes: those that only move entries about, and those composed of functions that have rows.

A function that moves entries is NumPy's own, run on the entries' positions: what it says of the positions holds for the entries.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numpy as np

from autograd.core.coercion import to_array
from autograd.core.node import Node
from autograd.core.observation import decided, look
from autograd.core.pytree import mapped
from autograd.core.tensor import Axis, Tensor
from autograd.errors import DataError, ShapeError
from autograd.numpy_api import functions
from autograd.numpy_api.functions import as_tensor
from autograd.numpy_api.graph_backend import GRAPH
from autograd.ops import find

Function = Callable[..., Any]

# --------------------------------------------------------------------------------------------------------------------------
# Functions that move entries


def moving(function: Any, *names: str) -> Function:
    """A function of NumPy that moves entries, for nodes; ``names`` are its parameters that hold them, with a * where it is
    a sequence of arrays.
    """
    signature = inspect.signature(function)

    def moved(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments
        parts: list[Tensor] = []
        for name in names:
            if name[0] == "*":
                arrays = given[name[1:]]
                given[name[1:]] = _numbered_all(list(arrays) if isinstance(arrays, Tensor) else arrays, parts)
            else:
                given[name] = _numbered(given[name], parts)
        for name, value in given.items():
            if name not in names and "*" + name not in names:
                given[name] = mapped(decided, value)  # conditions and counts are read, and no gradient flows to them
        places = function(*bound.args, **bound.kwargs)
        entries = functions.concatenate([part.ravel() for part in parts])
        return mapped(lambda at: _taken(entries, np.asarray(at)), places)

    return moved


def _numbered(x: Any, parts: list[Tensor]) -> Any:
    """The positions of an array's entries among all entries, counted from 1; 0 is left for what NumPy fills up with."""
    tensor = as_tensor(x)
    start = 1 + sum(part.size for part in parts)
    parts.append(tensor)
    return np.arange(start, start + tensor.size).reshape(tensor.shape)


def _numbered_all(x: Any, parts: list[Tensor]) -> Any:
    """The same for each array of a sequence, or of nested lists."""
    if isinstance(x, list | tuple):
        return type(x)(_numbered_all(part, parts) for part in x)
    return _numbered(x, parts)


def _taken(entries: Tensor, places: Any) -> Any:
    """The entries at these positions, and zeros where the position is 0."""
    filled = places == 0
    if not filled.any():
        return entries[places - 1]
    if not entries.size:
        return Tensor(np.zeros(places.shape), constant=True)
    return functions.where(filled, 0.0, entries[np.maximum(places - 1, 0)])


def pad(array: Any, pad_width: Any, mode: Any = "constant", **settings: Any) -> Any:
    """NumPy's pad in the modes that repeat entries or fill up with constants.

    >>> pad(Tensor([1.0, 2.0]), 1, constant_values=9.0).data
    array([9., 1., 2., 9.])
    """
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        raise DataError(f"np.pad with mode={mode!r} has no derivative here; constant, edge, reflect, symmetric and wrap have one")
    if settings.get("reflect_type", "even") != "even":
        raise DataError("np.pad with reflect_type='odd' computes new entries, and has no derivative here; 'even' has one")
    if mode != "constant":
        return moving(lambda a: np.pad(a, pad_width, mode, **settings), "a")(array)
    if any(map(functions.contains_node, settings.values())):
        raise DataError("np.pad(constant_values=) is a plain number, to which no gradient flows: use np.concatenate for a node")
    shape = as_tensor(array).shape
    inside, around = np.pad(np.ones(shape, bool), pad_width), np.pad(np.zeros(shape), pad_width, **settings)
    return functions.where(inside, moving(lambda a: np.pad(a, pad_width), "a")(array), around)


def sort(a: Any, axis: int | None = -1, kind: Any = None, stable: Any = None) -> Any:
    """The entries in order; each gradient goes back to where its entry came from, ties in the order in which they stood.

    >>> t = Tensor([3.0, 1.0]); sort(t).backward([1.0, 10.0]); t.grad
    array([10.,  1.])
    """
    tensor = as_tensor(a) if axis is not None else as_tensor(a).ravel()
    axis = -1 if axis is None else axis
    order = look(np.argsort, tensor, axis=axis, kind="stable")
    return moving(lambda t: np.take_along_axis(t, order, axis), "t")(tensor)


# --------------------------------------------------------------------------------------------------------------------------
# Functions composed of others


def var(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Σ(a - mean)² / (n - ddof).

    >>> float(var(Tensor([1.0, 3.0])))
    1.0
    """
    centred = _centred(as_tensor(a), axis)
    total = (centred * centred).sum(axis, keepdims)
    return total / _freedom(centred, total, ddof)


def std(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """The square root of var; where the entries are all the same its derivatives are 0, as those of norm at the origin.

    >>> float(std(Tensor([1.0, 3.0])))
    1.0
    """
    tensor = as_tensor(a)
    axes = range(tensor.ndim) if axis is None else [i % tensor.ndim for i in np.atleast_1d(axis)]
    first = GRAPH.constant(tensor[tuple(slice(1) if i in axes else slice(None) for i in range(tensor.ndim))])
    centred = _centred(tensor - first, axis)  # exactly 0 where all are the same, whatever their mean is rounded to
    length = functions.norm(centred, None, axis, keepdims)
    return length / sqrt(_freedom(centred, length, ddof))


def _centred(tensor: Tensor, axis: Axis) -> Tensor:
    """The entries minus their mean."""
    centred: Tensor = tensor - tensor.mean(axis, keepdims=True)
    return centred


def _freedom(tensor: Tensor, reduced: Tensor, ddof: float) -> float:
    """How many entries each entry of a reduction has taken in, less ``ddof``; not less than 0, as in NumPy."""
    return max(float(tensor.size / max(reduced.size, 1) - ddof), 0.0)


def average(a: Any, axis: Axis = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    """The mean, or Σ w a / Σ w with weights of a's shape, or of the length of its one axis.

    >>> float(average(Tensor([1.0, 3.0]), weights=[3.0, 1.0]))
    1.5
    """
    if weights is None:
        return functions.mean(a, axis, keepdims)
    tensor, w = as_tensor(a), as_tensor(weights)
    if w.shape != tensor.shape:
        if not isinstance(axis, int) or w.shape != (tensor.shape[axis],):
            raise ShapeError(f"average: weights of shape {w.shape} do not fit an array of shape {tensor.shape} over axis {axis}")
        w = w.reshape(tuple(-1 if i == axis % tensor.ndim else 1 for i in range(tensor.ndim)))
    w = functions.broadcast_to(w, tensor.shape)
    return functions.sum(tensor * w, axis, keepdims) / functions.sum(w, axis, keepdims)


def ptp(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The largest entry minus the smallest.

    >>> float(ptp(Tensor([1.0, 3.0])))
    2.0
    """
    return functions.max(a, axis, keepdims) - functions.min(a, axis, keepdims)


def median(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """The middle entry, or the mean of the two in the middle.

    >>> float(median(Tensor([5.0, 1.0, 3.0])))
    3.0
    """
    if isinstance(axis, tuple | list):
        raise DataError(f"np.median takes one axis here, not {axis}: reshape the axes into one first")
    tensor = sort(a, axis)
    along = -1 if axis is None else axis
    n = tensor.shape[along]
    if not n:
        raise ShapeError(f"np.median of shape {as_tensor(a).shape}: there is nothing in the middle of nothing")
    tensor = tensor + 0.0 * functions.max(tensor, along, keepdims=True)  # nan, which sorts last, is the median of its slice
    middle = functions.mean(moving(lambda t: np.take(t, [(n - 1) // 2, n // 2], axis=along), "t")(tensor), along, keepdims)
    return middle.reshape((1,) * as_tensor(a).ndim) if keepdims and axis is None else middle


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """The differences of neighbours, ``n`` times over.

    >>> diff(Tensor([1.0, 4.0, 9.0])).data
    array([3., 5.])
    """
    if n < 0:
        raise ShapeError(f"np.diff takes an order of 0 or more, not {n}")
    tensor = functions.swapaxes(as_tensor(a), axis, -1)
    for _ in range(n):
        tensor = tensor[..., 1:] - tensor[..., :-1]
    return functions.swapaxes(tensor, axis, -1)


def cumprod(a: Any, axis: int | None = None) -> Any:
    """Running products along ``axis``, exact where entries are zero; of the flattened array by default.

    >>> cumprod(Tensor([2.0, 0.0, 4.0])).data
    array([2., 0., 0.])
    """
    tensor = as_tensor(a).ravel() if axis is None else as_tensor(a)
    axis = 0 if axis is None else axis
    rows = functions.swapaxes(tensor, axis, -1)
    n = rows.shape[-1]
    grid = functions.where(np.tri(n, dtype=bool), functions.expand_dims(rows, -2), 1.0)
    return functions.swapaxes(functions.prod(grid, axis=-1), axis, -1)


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral of samples ``y`` by the trapezoidal rule; ``x`` of y's shape or of one axis.

    >>> float(trapezoid(Tensor([1.0, 3.0])))
    2.0
    """
    last = moving(lambda t: np.moveaxis(t, axis, -1), "t")
    samples = last(y)
    if x is not None:
        dx = diff(x if as_tensor(x).ndim == 1 else last(x))
    return functions.sum((samples[..., 1:] + samples[..., :-1]) * dx / 2.0, axis=-1)


def inner(a: Any, b: Any) -> Any:
    """Sums of products over the last axes of both.

    >>> float(inner(Tensor([1.0, 2.0]), [3.0, 4.0]))
    11.0
    """
    a, b = as_tensor(a), as_tensor(b)
    return a * b if not a.ndim or not b.ndim else tensordot(a, b, (-1, -1))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Sums of products over pairs of axes, as NumPy counts them.

    >>> float(tensordot(Tensor([1.0, 2.0]), [3.0, 4.0], 1))
    11.0
    """
    a, b = as_tensor(a), as_tensor(b)
    of_a, of_b = (range(a.ndim - axes, a.ndim), range(axes)) if isinstance(axes, int) else axes
    summed_a, summed_b = ([i % t.ndim for i in np.atleast_1d(of)] for t, of in ((a, of_a), (b, of_b)))
    left = [i for i in range(a.ndim) if i not in summed_a]
    right = [i for i in range(b.ndim) if i not in summed_b]
    if len(summed_a) != len(summed_b) or [a.shape[i] for i in summed_a] != [b.shape[i] for i in summed_b]:
        raise ShapeError(f"tensordot of shapes {a.shape} and {b.shape}: the axes {axes} do not fit together")
    shape = [a.shape[i] for i in left] + [b.shape[i] for i in right]
    n = int(np.prod([a.shape[i] for i in summed_a]))
    rows = a.transpose([*left, *summed_a]).reshape((a.size // n if n else int(np.prod([a.shape[i] for i in left])), n))
    columns = b.transpose([*summed_b, *right]).reshape((n, b.size // n if n else int(np.prod([b.shape[i] for i in right]))))
    return functions.matmul(rows, columns).reshape(tuple(shape))


def kron(a: Any, b: Any) -> Any:
    """Every entry of ``a`` times all of ``b``, as blocks.

    >>> kron(Tensor([1.0, 2.0]), [1.0, 10.0]).data
    array([ 1., 10.,  2., 20.])
    """
    a, b = as_tensor(a), as_tensor(b)
    ndim = max(a.ndim, b.ndim)
    a, b = (t.reshape((1,) * (ndim - t.ndim) + t.shape) for t in (a, b))
    pairs = [n for lengths in zip(a.shape, b.shape, strict=True) for n in lengths]
    left = a.reshape(tuple(n if i % 2 == 0 else 1 for i, n in enumerate(pairs)))
    right = b.reshape(tuple(n if i % 2 == 1 else 1 for i, n in enumerate(pairs)))
    return (left * right).reshape(tuple(n * m for n, m in zip(a.shape, b.shape, strict=True)))


def cross(a: Any, b: Any, axis: int = -1) -> Any:
    """The cross product of vectors of length 3 along ``axis``.

    >>> cross(Tensor([1.0, 0.0, 0.0]), [0.0, 1.0, 0.0]).data
    array([0., 0., 1.])
    """
    a, b = (functions.swapaxes(as_tensor(t), axis, -1) for t in (a, b))
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ShapeError(f"cross takes vectors of length 3, not arrays of shapes {a.shape} and {b.shape}")
    after, later = [1, 2, 0], [2, 0, 1]
    return functions.swapaxes(a[..., after] * b[..., later] - a[..., later] * b[..., after], axis, -1)


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Σₘ aₘ vₙ₋ₘ for two vectors; "full", "same" or "valid".

    >>> convolve(Tensor([1.0, 2.0]), [1.0, 1.0]).data
    array([1., 3., 2.])
    """
    a, v = as_tensor(a), as_tensor(v)
    if a.ndim != 1 or v.ndim != 1 or not a.size or not v.size or mode not in ("full", "same", "valid"):
        raise ShapeError(f"convolve takes two vectors and full, same or valid, not shapes {a.shape}, {v.shape} and {mode!r}")
    places = np.add.outer(np.arange(a.size), np.arange(v.size))
    whole = Tensor.record(find("scatter"), (functions.outer(a, v),), {"index": places, "shape": (a.size + v.size - 1,)})
    longer, shorter = max(a.size, v.size), min(a.size, v.size)
    start, length = {"full": (0, whole.size), "same": ((shorter - 1) // 2, longer), "valid": (shorter - 1, longer - shorter + 1)}[
        mode
    ]
    return whole[start : start + length]


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Σₘ aₙ₊ₘ vₘ for two vectors.

    >>> correlate(Tensor([1.0, 2.0, 3.0]), [1.0, 1.0]).data
    array([3., 5.])
    """
    a, v = as_tensor(a), as_tensor(v)
    if mode == "same" and v.size > a.size:  # NumPy centres the longer one
        return functions.flip(convolve(functions.flip(a), v, mode))
    return convolve(a, functions.flip(v), mode)


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """The straight lines between the points (xp, fp), at x; beyond the ends the last value, or ``left`` and ``right``.

    The places xp are plain numbers in rising order.

    >>> float(interp(Tensor(0.5), [0.0, 1.0], [0.0, 10.0]))
    5.0
    """
    places, heights = to_array(xp, "np.interp's xp"), as_tensor(fp)
    at = as_tensor(x)
    if places.ndim != 1 or heights.shape != places.shape or len(places) < 2 or np.any(np.diff(places) <= 0.0):
        raise ShapeError(
            f"np.interp takes two or more places that rise, and as many values, not shapes {places.shape} and {heights.shape}"
        )
    i = np.clip(look(np.searchsorted, places, at, side="right") - 1, 0, len(places) - 2)
    slope = (heights[i + 1] - heights[i]) / (places[i + 1] - places[i])
    inside = heights[i] + slope * (at - places[i])
    below = functions.where(at < places[0], heights[0] if left is None else left, inside)
    return functions.where(at > places[-1], heights[-1] if right is None else right, below)


def polyval(p: Any, x: Any) -> Any:
    """The polynomial with coefficients ``p``, highest power first, at x (Horner).

    >>> float(polyval([1.0, 0.0, 1.0], Tensor(2.0)))
    5.0
    """
    total = 0.0 * as_tensor(x)
    for coefficient in as_tensor(p):
        total = total * x + coefficient
    return total


def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """Nan and infinities replaced by numbers; no gradient flows to what was replaced.

    >>> nan_to_num(Tensor([1.0, np.nan])).data
    array([1., 0.])
    """
    tensor = as_tensor(x)
    finite = look(np.isfinite, tensor)
    strange = look(lambda numbers: np.where(np.isfinite(numbers), 0.0, numbers), tensor)
    return functions.where(finite, tensor, np.nan_to_num(strange, nan=nan, posinf=posinf, neginf=neginf))


def rounded(a: Any, decimals: int = 0) -> Any:
    """NumPy's round: to ``decimals`` places, halves to even; its derivative is 0.

    >>> float(rounded(Tensor(1.26), 1))
    1.3
    """
    return functions.rint(a) if not decimals else functions.rint(functions.multiply(a, 10.0**decimals)) / 10.0**decimals


def matrix_power(a: Any, n: int) -> Any:
    """The n-th power of a square matrix; a negative one of its inverse.

    >>> matrix_power(Tensor([[1.0, 1.0], [0.0, 1.0]]), 3).data
    array([[1., 3.],
           [0., 1.]])
    """
    tensor = as_tensor(a)
    if n < 0:
        return matrix_power(functions.inv(tensor), -n)
    if n == 0:
        return Tensor(np.broadcast_to(np.eye(tensor.shape[-1]), tensor.shape), constant=True)
    half = matrix_power(tensor, n // 2) if n > 1 else None
    square = tensor if half is None else half @ half
    return square @ tensor if half is not None and n % 2 else square


def multi_dot(arrays: Sequence[Any]) -> Any:
    """The product of several matrices, from left to right; the ends may be vectors.

    >>> float(multi_dot([Tensor([1.0, 2.0]), np.eye(2), [3.0, 4.0]]))
    11.0
    """
    product, *rest = map(as_tensor, arrays)
    for matrix in rest:
        product = functions.matmul(product, matrix)
    return product


def heaviside(x: Any, at_zero: Any) -> Any:
    """The step from 0 to 1, ``at_zero`` at 0 (to which the gradient flows there); its derivative by x is 0.

    >>> float(heaviside(Tensor(2.0), 0.5))
    1.0
    """
    steps = functions.where(look(np.equal, x, 0.0), at_zero, look(np.heaviside, x, 0.0))
    return steps if isinstance(steps, Node) else x.leaf(steps)


# What moves entries, with the parameters that hold them.
MOVING: dict[Any, Function] = {
    **{f: moving(f, "a") for f in (np.roll, np.moveaxis, np.rollaxis, np.repeat, np.resize, np.diagonal, np.take, np.compress)},
    **{f: moving(f, "m") for f in (np.rot90, np.fliplr, np.flipud, np.tril, np.triu)},
    **{f: moving(f, "v") for f in (np.diag, np.diagflat)},
    **{f: moving(f, "ary") for f in (np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit)},
    **{f: moving(f, "arr") for f in (np.take_along_axis, np.extract, np.delete)},
    **{f: moving(f, "*arys") for f in (np.atleast_1d, np.atleast_2d, np.atleast_3d)},
    **{f: moving(f, "*tup") for f in (np.hstack, np.vstack, np.column_stack, np.dstack)},
    **{f: moving(f, "x") for f in (np.matrix_transpose, np.linalg.matrix_transpose, np.linalg.diagonal)},
    np.tile: moving(np.tile, "A"),
    np.block: moving(np.block, "*arrays"),
    np.broadcast_arrays: moving(np.broadcast_arrays, "*args"),
    np.meshgrid: moving(np.meshgrid, "*xi"),
    np.append: moving(np.append, "arr", "values"),
    np.insert: moving(np.insert, "arr", "values"),
    np.select: moving(np.select, "*choicelist", "default"),
    np.choose: moving(np.choose, "*choices"),
    np.pad: pad,
    np.sort: sort,
}

COMPOSED: dict[Any, Function] = {
    np.var: var,
    np.std: std,
    np.average: average,
    np.ptp: ptp,
    np.median: median,
    np.diff: diff,
    np.cumprod: cumprod,
    np.trapezoid: trapezoid,
    np.inner: inner,
    np.tensordot: tensordot,
    np.kron: kron,
    np.cross: cross,
    np.convolve: convolve,
    np.correlate: correlate,
    np.interp: interp,
    np.polyval: polyval,
    np.nan_to_num: nan_to_num,
    np.round: rounded,
    np.around: rounded,
    np.linalg.matrix_power: matrix_power,
    np.linalg.multi_dot: multi_dot,
    np.linalg.cross: cross,
    np.linalg.tensordot: tensordot,
    np.linalg.matmul: functions.matmul,
    np.linalg.trace: lambda x, *, offset=0: functions.trace(x, offset, -2, -1),
    np.linalg.outer: functions.outer,
    np.copy: functions.positive,
    np.real: functions.positive,
}

COMPOSED_UFUNCS: dict[str, Function] = {
    "heaviside": heaviside,
    "copysign": lambda a, b: functions.multiply(functions.absolute(a), look(np.copysign, 1.0, b)),
}
