"""The library's functions, named as NumPy's: each takes numbers, arrays, nodes or lists of nodes, and gives back its like.

A plain number or array comes back plain; a Value gives a Value where the function acts entry by entry; everything else gives
a Tensor. ``GRAPH`` is the backend made of these functions: the rows' derivatives, run in it, are graphs again.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any, Protocol, overload

import numpy as np

from autograd.backends.expressions import TEXT, as_number, symbol, to_source
from autograd.backends.float_backend import evaluated
from autograd.core.coercion import to_array, to_float
from autograd.core.node import Node, apply
from autograd.core.observation import Observed, ObservedData, ObservedMask, look
from autograd.core.tensor import Axis, Tensor
from autograd.core.value import Value
from autograd.errors import DataError, ShapeError
from autograd.ops import Elementwise, Op, find
from autograd.state import context

AFFINE = find("affine")


class Unary(Protocol):
    """A function that acts entry by entry."""

    @overload
    def __call__(self, x: Value, /) -> Value: ...
    @overload
    def __call__(self, x: Tensor, /) -> Tensor: ...
    @overload
    def __call__(self, x: float, /) -> float: ...
    @overload
    def __call__(self, x: Any, /) -> Any: ...


class Binary(Protocol):
    """A function of two arguments that acts entry by entry and broadcasts."""

    def __call__(self, a: Any, b: Any, /) -> Any: ...


def lifted(x: Any, call: str) -> Any:
    """An argument as a node, a float or an array; lists and object arrays that hold nodes are stacked into a Tensor."""
    if isinstance(x, Node | float | int):
        return x
    if isinstance(x, list | tuple) or (isinstance(x, np.ndarray) and x.dtype == object):
        if not contains_node(x):
            return to_array(x, call)
        if isinstance(x, np.ndarray) and x.ndim > 1:
            flat = stack([lifted(part, call) for part in x.ravel()])
            return reshape(flat, x.shape + flat.shape[1:])
        return stack([lifted(part, call) for part in x])
    return x


def contains_node(x: Any) -> bool:
    """Whether a nested list, tuple or object array holds a node."""
    if isinstance(x, list | tuple) or (isinstance(x, np.ndarray) and x.dtype == object and x.ndim):
        return builtins.any(contains_node(part) for part in x)
    return isinstance(x, Node)


def call(op: Op, *args: Any, **static: Any) -> Any:
    """An elementwise operation on anything: recorded where a node takes part, else plain numbers in and out."""
    args = tuple(lifted(arg, op.name) for arg in args)
    for arg in args if context.special else ():
        if isinstance(arg, ObservedData):
            return arg.apply(lambda *given: call(op, *given, **static), *args)
    if builtins.any(isinstance(arg, Node) for arg in args):
        return apply(op, *args, **static)
    if builtins.all(isinstance(arg, float | int) for arg in args):
        return evaluated(op.f, [to_float(arg, op.name) for arg in args], static)
    return plainly(op, [arg if isinstance(arg, float) else to_array(arg, op.name) for arg in args], static)


def call_row(op: Op, *args: Any, **static: Any) -> Any:
    """An operation of any kind on anything: plain where all arguments are."""
    if op.kind == "elementwise":
        return call(op, *args, **static)
    return on_tensors(lambda *tensors: apply(op, *tensors, **static), op.name, *args)


def plainly(op: Op, arrays: Sequence[Any], static: dict[str, Any]) -> Any:
    """The value of an operation on plain arrays, as a plain array or number."""
    return Tensor.record(op, arrays, static)._primal[()]


def as_tensor(x: Any, call: str = "as_tensor()") -> Tensor:
    """Anything as a Tensor: nodes, also in nested lists, stay connected; plain numbers become a constant.

    >>> as_tensor([Value(1.0), 2.0]).shape
    (2,)
    """
    x = lifted(x, call)
    if isinstance(x, Tensor):
        return x
    if isinstance(x, Value):
        return Tensor.record(find("reshape"), (x,), {"shape": ()})
    if context.special and isinstance(x, Observed):
        return Tensor(x)
    return Tensor(to_array(x, call), constant=True)


def on_tensors(f: Callable[..., Tensor], call: str, *args: Any) -> Any:
    """``f`` of the arguments as Tensors; plain if all of them were plain."""
    tensors = [as_tensor(arg, call) for arg in args]
    result = f(*tensors)
    if builtins.any(contains_node(arg) for arg in args):
        return result
    return result._primal[()]


def formula(op: Elementwise) -> str:
    """The row in words: its value, its derivatives, its kinks."""
    names = "abc"[: op.arity]
    settings = {k: symbol(k) for k in settings_of(op)}
    args = [symbol(n) for n in names]
    text = f"y = {written(op.f(TEXT, *args, **settings))}"
    for n, partial in zip(names, op.partials, strict=True):
        text += f",  ∂y/∂{n} = {written(partial(TEXT, symbol('y'), *args, **settings))}"
    return text + (f"  ({op.kink})" if op.kink else "")


def written(e: Any) -> str:
    """An expression of the TEXT backend, or the constant a row gave in its place."""
    return as_number(to_source(e), e) if hasattr(e, "head") else str(e)


def settings_of(op: Op) -> list[str]:
    """The names of a row's keyword arguments."""
    code = op.f.__code__
    return list(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])


def named(function: Any, op: Op, example: str) -> Any:
    """The function under the name of its row, with the row as its documentation."""
    assert isinstance(op, Elementwise)
    function.__name__ = function.__qualname__ = op.name
    function.__module__ = __name__
    function.__doc__ = f"""{formula(op)}

    Entry by entry on numbers, arrays, Values and Tensors. DataError for anything else, ShapeError where shapes do not broadcast.

    {example}
    """
    return function


def unary(name: str, sample: float = 0.5) -> Unary:
    """The function of a row with one argument."""
    op, method = find(name), {"positive": "__pos__", "negative": "__neg__", "absolute": "__abs__"}.get(name, name)

    def function(x: Any, /) -> Any:
        if type(x) is Tensor:
            return Tensor.record(op, (x,), {})
        return getattr(x, method)() if type(x) is Value else call(op, x)

    function_: Unary = named(function, op, f">>> {name}(Tensor([{sample}, {sample}])).shape\n    (2,)")
    return function_


def binary(name: str) -> Binary:
    """The function of a row with two arguments."""
    op = find(name)

    def function(a: Any, b: Any, /) -> Any:
        return call(op, a, b)

    function_: Binary = named(function, op, f">>> {name}(Tensor([0.5, 2.0]), 0.25).shape\n    (2,)")
    return function_


add, subtract, multiply, divide = binary("add"), binary("subtract"), binary("multiply"), binary("divide")
power, arctan2, hypot, logaddexp = binary("power"), binary("arctan2"), binary("hypot"), binary("logaddexp")
maximum, minimum = binary("maximum"), binary("minimum")
remainder, fmod, floor_divide = binary("remainder"), binary("fmod"), binary("floor_divide")
positive = unary("positive")
negative, absolute, sign, square, reciprocal = (unary(n) for n in ("negative", "absolute", "sign", "square", "reciprocal"))
sqrt, exp, expm1, log, log1p, log2, log10 = (unary(n) for n in ("sqrt", "exp", "expm1", "log", "log1p", "log2", "log10"))
cbrt, exp2, deg2rad, rad2deg = (unary(n) for n in ("cbrt", "exp2", "deg2rad", "rad2deg"))
floor, ceil, trunc, rint = (unary(n) for n in ("floor", "ceil", "trunc", "rint"))
sin, cos, tan, arcsin, arccos, arctan = (unary(n) for n in ("sin", "cos", "tan", "arcsin", "arccos", "arctan"))
sinh, cosh, tanh, arcsinh, arctanh = (unary(n) for n in ("sinh", "cosh", "tanh", "arcsinh", "arctanh"))
arccosh = unary("arccosh", 1.5)
erf, erfc, sigmoid, relu, softplus, silu, gelu = (unary(n) for n in ("erf", "erfc", "sigmoid", "relu", "softplus", "silu", "gelu"))


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """X for x > 0, else slope·x; the derivative at 0 is the slope.

    >>> float(leaky_relu(Tensor(-2.0)))
    -0.02
    """
    return call(find("leaky_relu"), x, slope=to_float(slope, "leaky_relu(slope=)"))


def elu(x: Any, alpha: float = 1.0) -> Any:
    """X for x > 0, else alpha·(eˣ - 1); the derivative at 0 is alpha.

    >>> elu(0.5)
    0.5
    """
    return call(find("elu"), x, alpha=to_float(alpha, "elu(alpha=)"))


def where(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, else ``b``, entry by entry; no gradient flows to the condition.

    >>> where(Tensor([-1.0, 2.0]) > 0, 1.0, 0.0)
    array([0., 1.])
    """
    if isinstance(condition, ObservedMask):
        if not contains_node(a) and not contains_node(b):
            a = Value(a) if np.ndim(a) == 0 and not condition.shape else Tensor(a)
        condition = condition.tracer.record_mask(condition)
    else:
        condition = np.array(look(np.asarray, condition), dtype=bool)
        if not condition.ndim:
            condition = bool(condition)
    if np.ndim(condition) and not builtins.any(isinstance(lifted(x, "where"), Tensor) for x in (a, b)):
        return on_tensors(lambda x, y: apply(find("where"), x, y, condition=condition), "where", a, b)
    return call(find("where"), a, b, condition=condition)


def clip(a: Any, low: Any = None, high: Any = None) -> Any:
    """``a`` kept between ``low`` and ``high`` (None: no bound); the derivative at a bound is 1.

    A bound that is a node gets its gradient, as of maximum and minimum, which share a tie.

    >>> clip(Tensor([-2.0, 0.5, 2.0]), -1.0, 1.0).data
    array([-1. ,  0.5,  1. ])
    """
    if contains_node(low) or contains_node(high):
        a = a if low is None else maximum(a, low)
        return a if high is None else minimum(a, high)
    bounds = {"low": _bound(low, -np.inf), "high": _bound(high, np.inf)}
    if builtins.all(isinstance(bound, float) for bound in bounds.values()):
        return call(find("clip"), a, **bounds)
    return on_tensors(lambda t: apply(find("clip"), t, **bounds), "clip", a)


def _bound(bound: Any, otherwise: float) -> Any:
    """A bound as a float or as an array of its own."""
    if bound is None:
        return otherwise
    array = to_array(bound, "clip")
    return float(array) if not array.ndim else array


def sum(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Σ of the entries over ``axis`` (default: all).

    >>> sum(Tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0).data
    array([4., 6.])
    """
    return on_tensors(lambda t: t.sum(axis, keepdims), "sum", a)


def mean(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The mean of the entries over ``axis`` (default: all).

    >>> float(mean(Tensor([1.0, 2.0])))
    1.5
    """
    return on_tensors(lambda t: t.mean(axis, keepdims), "mean", a)


def prod(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The product of the entries over ``axis``; its derivative is exact where entries are zero.

    >>> x = Tensor([2.0, 0.0]); prod(x).backward(); x.grad
    array([0., 2.])
    """
    return on_tensors(lambda t: t.prod(axis, keepdims), "prod", a)


def max(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The largest entry over ``axis``; entries that tie share the gradient evenly.

    >>> x = Tensor([1.0, 3.0, 3.0]); max(x).backward(); x.grad
    array([0. , 0.5, 0.5])
    """
    return on_tensors(lambda t: t.max(axis, keepdims), "max", a)


def min(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The smallest entry over ``axis``; entries that tie share the gradient evenly.

    >>> float(min(Tensor([1.0, 3.0])))
    1.0
    """
    return on_tensors(lambda t: t.min(axis, keepdims), "min", a)


def norm(a: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """The length (Σ|a|ᵖ)^(1/p) of vectors along ``axis``; ``ord`` is p: None or 2 (Euclid, also Frobenius), 1, inf or another.

    Without ``axis`` and ``ord`` all entries count, in a matrix of any shape. The gradient at 0 is 0 for p = 2.

    >>> float(norm(Tensor([3.0, 4.0]))), float(norm(Tensor([3.0, -4.0]), 1))
    (5.0, 7.0)
    """
    return on_tensors(lambda t: _norm(t, ord, axis, keepdims), "norm", a)


def _norm(t: Tensor, ord: Any, axis: Axis, keepdims: bool) -> Tensor:
    axes = t.ndim if axis is None else len(axis) if isinstance(axis, tuple | list) else 1
    if ord in (None, "fro") or (ord == 2 and axes == 1):
        return t._reduced("norm", axis, keepdims)
    if axes != 1 or isinstance(ord, str) or not ord > 0:
        raise DataError(f"norm: ord={ord!r} over {axes} axes has no derivative here; vectors take p > 0, matrices ord=None")
    if ord == 1:
        return absolute(t).sum(axis, keepdims)
    if ord == np.inf:
        return absolute(t).max(axis, keepdims)
    settings = {"axis": t._axis(axis, "norm"), "keepdims": keepdims, "ord": to_float(ord, "norm")}
    return Tensor.record(find("p_norm"), (t,), settings)


def logsumexp(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Log Σ eᵃ over ``axis``, without overflow.

    >>> float(logsumexp(Tensor([1000.0, 1000.0]))) - 1000.0  # doctest: +ELLIPSIS
    0.693147...
    """
    return on_tensors(lambda t: t._reduced("logsumexp", axis, keepdims), "logsumexp", a)


def softmax(a: Any, axis: Axis = -1) -> Any:
    """eᵃ / Σ eᵃ along ``axis``; its Jacobian is diag(p) - p pᵀ.

    >>> softmax(Tensor([0.0, 0.0])).data
    array([0.5, 0.5])
    """
    return on_tensors(lambda t: apply(find("softmax"), t, axis=t._axis(axis, "softmax")), "softmax", a)


def log_softmax(a: Any, axis: Axis = -1) -> Any:
    """Log softmax(a), without overflow or log 0.

    >>> log_softmax(Tensor([0.0, 1000.0])).data
    array([-1000.,     0.])
    """
    return on_tensors(lambda t: apply(find("log_softmax"), t, axis=t._axis(axis, "log_softmax")), "log_softmax", a)


def cumsum(a: Any, axis: int | None = None) -> Any:
    """Running sums along ``axis``; of the flattened array by default.

    >>> cumsum(Tensor([1.0, 2.0, 3.0])).data
    array([1., 3., 6.])
    """
    return on_tensors(lambda t: t.cumsum(axis), "cumsum", a)


def reshape(a: Any, shape: Any) -> Any:
    """The same entries in another shape; one length may be -1.

    >>> reshape(Tensor([1.0, 2.0]), (2, 1)).shape
    (2, 1)
    """
    return on_tensors(lambda t: t.reshape(shape), "reshape", a)


def ravel(a: Any) -> Any:
    """The entries in one row.

    >>> ravel(Tensor([[1.0], [2.0]])).shape
    (2,)
    """
    return on_tensors(lambda t: t.ravel(), "ravel", a)


def transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order; reversed by default.

    >>> transpose(Tensor(np.ones((2, 3)))).shape
    (3, 2)
    """
    return on_tensors(lambda t: t.transpose(axes), "transpose", a)


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Two axes exchanged.

    >>> swapaxes(Tensor(np.ones((2, 3))), 0, 1).shape
    (3, 2)
    """
    return on_tensors(lambda t: t.swapaxes(axis1, axis2), "swapaxes", a)


def expand_dims(a: Any, axis: Axis) -> Any:
    """New axes of length one at the places that ``axis`` names in the result.

    >>> expand_dims(Tensor([1.0, 2.0]), 0).shape
    (1, 2)
    """
    return on_tensors(lambda t: apply(find("expand_dims"), t, axis=axis), "expand_dims", a)


def squeeze(a: Any, axis: Axis = None) -> Any:
    """The axes of length one left out: all of them, or those named.

    >>> squeeze(Tensor([[1.0]])).shape
    ()
    """
    return on_tensors(lambda t: t.squeeze(axis), "squeeze", a)


def flip(a: Any, axis: Axis = None) -> Any:
    """The entries in reverse order along ``axis``.

    >>> flip(Tensor([1.0, 2.0])).data
    array([2., 1.])
    """
    return on_tensors(lambda t: apply(find("flip"), t, axis=t._axis(axis, "flip")), "flip", a)


def broadcast_to(a: Any, shape: int | Sequence[int]) -> Any:
    """The array repeated into ``shape`` by NumPy's rules.

    >>> broadcast_to(Tensor([1.0, 2.0]), (3, 2)).shape
    (3, 2)
    """
    lengths = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    return on_tensors(lambda t: apply(find("broadcast_to"), t, shape=lengths), "broadcast_to", a)


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The sum along a diagonal.

    >>> float(trace(Tensor([[1.0, 2.0], [3.0, 4.0]])))
    5.0
    """
    return on_tensors(lambda t: t.trace(offset, axis1, axis2), "trace", a)


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """The arrays one after another along an axis that they have; flattened where ``axis`` is None.

    >>> concatenate([Tensor([1.0]), [2.0, 3.0]]).data
    array([1., 2., 3.])
    """
    if axis is None:
        return concatenate([ravel(a) for a in arrays], 0)
    return _joined("concatenate", arrays, axis)


def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Arrays of one shape along a new axis; Values become a Tensor.

    >>> stack([Value(1.0), Value(2.0)]).data
    array([1., 2.])
    """
    return _joined("stack", arrays, axis)


def _joined(name: str, arrays: Sequence[Any], axis: int) -> Any:
    if isinstance(arrays, Tensor):
        arrays = list(arrays)
    if not isinstance(arrays, list | tuple | np.ndarray) or not len(arrays):
        raise ShapeError(f"{name} takes a list of at least one array, not {arrays!r}")
    parts = [lifted(a, name) for a in arrays]
    if builtins.any(isinstance(part, Node) for part in parts):
        parts = [part if isinstance(part, Node) else to_array(part, name) for part in parts]
        return apply(find(name), *parts, axis=axis)
    return plainly(find(name), [to_array(part, name) for part in parts], {"axis": axis})


def matmul(a: Any, b: Any) -> Any:
    """The product of vectors, matrices, or stacks of matrices, as ``a @ b``.

    >>> float(matmul(Tensor([1.0, 2.0]), [3.0, 4.0]))
    11.0
    """
    return on_tensors(lambda x, y: apply(find("matmul"), x, y), "matmul", a, b)


def vdot(a: Any, b: Any) -> Any:
    """Σ a b over all entries of two arrays of one shape; ``vdot(a, a)`` is the sum of squares.

    >>> float(vdot(Tensor([3.0, 4.0]), [3.0, 4.0]))
    25.0
    """
    return on_tensors(_vdot, "vdot", a, b)


def _vdot(a: Tensor, b: Tensor) -> Tensor:
    if a.shape != b.shape:
        raise ShapeError(f"vdot takes two arrays of one shape, not {a.shape} and {b.shape}")
    return Tensor.record(find("vdot"), (a, b), {})


def dot(a: Any, b: Any) -> Any:
    """NumPy's dot: the last axis of ``a`` with the last but one of ``b``; a product where one of them is a number.

    >>> float(dot(Tensor([1.0, 2.0]), [3.0, 4.0]))
    11.0
    """
    return on_tensors(lambda x, y: x.dot(y), "dot", a, b)


def outer(a: Any, b: Any) -> Any:
    """All products of an entry of ``a`` with an entry of ``b``, both flattened.

    >>> outer(Tensor([1.0, 2.0]), [3.0, 4.0]).shape
    (2, 2)
    """
    return on_tensors(lambda x, y: apply(find("outer"), x, y), "outer", a, b)


def einsum(subscripts: str, *operands: Any) -> Any:
    """Einstein's sum, in NumPy's letters: implicit results, repeated letters and ``...`` included.

    >>> einsum("ij,ij->i", Tensor(np.ones((2, 3))), np.ones((2, 3))).data
    array([3., 3.])
    """
    if not isinstance(subscripts, str):
        raise DataError(f"einsum takes its subscripts as one string first, such as 'ij,jk->ik', not {subscripts!r}")

    def explicit(*tensors: Tensor) -> Tensor:
        letters = explicit_subscripts(subscripts, [t.ndim for t in tensors])
        return apply(find("einsum"), *tensors, subscripts=letters)  # type: ignore[no-any-return]

    return on_tensors(explicit, "einsum", *operands)


def explicit_subscripts(subscripts: str, ndims: Sequence[int]) -> str:
    """Subscripts with the result written out and every ``...`` replaced by letters."""
    inputs, arrow, result = subscripts.replace(" ", "").partition("->")
    parts = inputs.split(",")
    if len(parts) != len(ndims):
        raise ShapeError(f"einsum: {subscripts!r} names {len(parts)} operands, but {len(ndims)} were given")
    widths = [ndim - len(part.replace("...", "")) for part, ndim in zip(parts, ndims, strict=True)]
    for part, ndim, width in zip(parts, ndims, widths, strict=True):
        if width < 0 or (width and "..." not in part):
            raise ShapeError(f"einsum: {part!r} does not name the {ndim} axes of its operand, in {subscripts!r}")
    unused = sorted(set(map(chr, range(65, 91))) - set(subscripts))[: builtins.max(widths)]
    dots = "".join(unused)
    if not arrow:
        letters = "".join(parts).replace("...", "")
        result = ("..." if "..." in inputs else "") + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    filled = [part.replace("...", dots[len(dots) - width :]) for part, width in zip(parts, widths, strict=True)]
    return ",".join(filled) + "->" + result.replace("...", dots)


def inv(a: Any) -> Any:
    """The inverse of a matrix, or of each of a stack (..., n, n); AutogradError where there is none.

    >>> inv(Tensor([[2.0, 0.0], [0.0, 4.0]])).data
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    return on_tensors(lambda t: apply(find("inv"), t), "inv", a)


def det(a: Any) -> Any:
    """The determinant of a matrix, or of each of a stack (..., n, n); its derivative needs an inverse.

    >>> round(float(det(Tensor([[1.0, 2.0], [3.0, 4.0]]))), 12)
    -2.0
    """
    return on_tensors(lambda t: apply(find("det"), t), "det", a)


def slogdet(a: Any) -> Any:
    """Sign and logarithm of |det a|; the sign is a plain number or array, since it does not move.

    >>> sign, value = slogdet(Tensor([[1.0, 2.0], [3.0, 4.0]])); float(sign), round(float(value), 6)
    (-1.0, 0.693147)
    """
    known = np.linalg.slogdet(as_tensor(a, "slogdet")._primal)
    return type(known)(
        look(lambda x: np.linalg.slogdet(x)[0], as_tensor(a, "slogdet")),
        on_tensors(lambda t: apply(find("logabsdet"), t), "slogdet", a),
    )


def solve(a: Any, b: Any) -> Any:
    """X with a x = b, for a vector b (n,) or columns (..., n, k); AutogradError where ``a`` has no inverse.

    >>> solve(Tensor([[2.0, 0.0], [0.0, 4.0]]), [2.0, 2.0]).data
    array([1. , 0.5])
    """
    return on_tensors(lambda t, u: apply(find("solve"), t, u), "solve", a, b)


def affine(x: Any, W: Any, b: Any) -> Any:
    """X Wᵀ + b: a layer's weighted input z (S0:48, S2:50) for one sample (n_in,) or a batch (N, n_in).

    ``W`` has shape (to, from) and ``b`` (to,); a wrong width is a ShapeError that names both.

    >>> affine([[1.0, 2.0]], Tensor([[3.0, 4.0]]), [0.5]).data
    array([[11.5]])
    """
    if type(x) is type(W) is type(b) is Tensor:
        return _affine(x, W, b)
    return on_tensors(_affine, "affine", x, W, b)


def _affine(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    into, to = x.shape, W.shape
    if len(to) != 2 or b.shape != to[:1] or into[-1:] != to[1:]:
        raise ShapeError(
            f"affine: x has shape {into}, W {to} (to, from) and b {b.shape}: x must end in W's second length, b have W's first"
        )
    return Tensor.record(AFFINE, (x, W, b), {})


# What NumPy has under the same name, with the same arguments first.
NUMPY_LIKE = (
    *(where, clip, sum, mean, prod, max, min, cumsum, reshape, ravel, transpose, swapaxes, expand_dims, squeeze, flip),
    *(broadcast_to, trace, dot, vdot, outer, einsum, concatenate, stack),
)

LINEAR_ALGEBRA = (inv, det, slogdet, solve)
