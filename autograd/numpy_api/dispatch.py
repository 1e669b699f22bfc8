"""NumPy's functions on nodes: ``np.exp(t)``, ``np.sum(t, axis=0)``, ``array * t`` find the rows; the rest is refused by name.

What only asks about the numbers (comparisons, shapes, argmax) answers with plain arrays. Object arrays of Values stay with
NumPy's own object loops.
"""

from __future__ import annotations

import functools as functional
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.node import Node, apply
from autograd.core.observation import SIGN_OF, current, look, plain
from autograd.core.pytree import mapped
from autograd.core.value import Value
from autograd.errors import DataError
from autograd.numpy_api import functions
from autograd.numpy_api.composed_functions import COMPOSED, COMPOSED_UFUNCS, MOVING
from autograd.ops import TABLE, find

# Ufuncs that look at the numbers and have no derivative to speak of.
LOOKING = {
    *("greater", "greater_equal", "less", "less_equal", "equal", "not_equal"),
    *("isfinite", "isinf", "isnan", "signbit", "logical_and", "logical_or", "logical_not", "logical_xor"),
}
REDUCTIONS = {"add": functions.sum, "multiply": functions.prod, "maximum": functions.max, "minimum": functions.min}
ALIASES = {
    "abs": "absolute",
    "true_divide": "divide",
    "float_power": "power",
    "fabs": "absolute",
    "conjugate": "positive",
    "degrees": "rad2deg",
    "radians": "deg2rad",
}


def _call_ufunc(self: Node, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    if any(isinstance(x, np.ndarray) and x.dtype == object for x in inputs):
        return getattr(ufunc, method)(*map(_boxed, inputs), **kwargs)
    if kwargs.get("out") is not None:
        raise DataError(f"np.{ufunc.__name__} with out=, or in place, would overwrite recorded numbers: use the result it returns")
    name = ALIASES.get(ufunc.__name__, ufunc.__name__)
    if method == "__call__" and not kwargs:
        if name in LOOKING:
            return _looked(ufunc, inputs)
        if name == "matmul":
            return apply(find(name), *inputs)
        if name in TABLE and TABLE[name].kind == "elementwise":
            return functions.call(TABLE[name], *inputs)
        if name in COMPOSED_UFUNCS:
            return COMPOSED_UFUNCS[name](*inputs)
    if method == "reduce" and name in REDUCTIONS and kwargs.keys() <= {"axis", "keepdims"}:
        return REDUCTIONS[name](inputs[0], **{"axis": 0, **kwargs})
    if method == "accumulate" and name == "add" and kwargs.keys() <= {"axis"}:
        return functions.cumsum(inputs[0], kwargs.get("axis", 0))
    if method == "outer" and name == "multiply" and not kwargs:
        return functions.multiply(np.expand_dims(inputs[0], tuple(range(-np.ndim(inputs[1]), 0))), inputs[1])
    how = (
        f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}") + (f" with {', '.join(kwargs)}=" if kwargs else "")
    )
    raise DataError(f"{how} has no derivative here; {nearest(ufunc.__name__)}")


def _looked(ufunc: Any, inputs: Any) -> Any:
    """A ufunc that asks about the numbers: a mask where compile() watches and it compares."""
    trace = current()
    if trace is not None and ufunc.__name__ in SIGN_OF:
        return trace.compare(SIGN_OF[ufunc.__name__], *inputs)
    return look(ufunc, *inputs)


def _boxed(x: Any) -> Any:
    """A node as an object array of one entry, which NumPy's object loops leave in one piece."""
    if not isinstance(x, Node):
        return x
    if not isinstance(x, Value):
        raise DataError(f"an object array meets {x.brief()}: use Values in object arrays, or autograd.stack them into a Tensor")
    box = np.empty((), dtype=object)
    box[()] = x
    return box


def nearest(name: str) -> str:
    """The next step for a NumPy function that has no row."""
    import difflib  # here, since it is needed for errors only

    close = difflib.get_close_matches(name, [*TABLE, *COMPOSED_UFUNCS, *HANDLED_NAMES], n=1)
    hint = NEAREST.get(name) or (close and f"the most similar name that works is {close[0]}")
    return f"{f'{hint}; ' if hint else ''}define({name!r}, …) gives it one, and t.data gives the numbers without derivatives"


# What to write instead, where no similar name helps.
NEAREST = {
    **dict.fromkeys(("nansum", "nanmean", "nanstd", "nanvar"), "np.nan_to_num(t) replaces what is not finite"),
    **dict.fromkeys(("percentile", "quantile"), "np.sort(t) with an index picks a quantile, and np.median is the middle one"),
    **dict.fromkeys(("eig", "eigh", "eigvals", "eigvalsh", "svd", "svdvals", "qr", "cholesky"), "solve, inv, det and slogdet work"),
    **dict.fromkeys(("lstsq", "pinv", "tensorsolve", "tensorinv"), "np.linalg.solve(A.T @ A, A.T @ b) is the normal equation"),
    **dict.fromkeys(("fmax", "fmin"), "np.maximum and np.minimum work"),
    "cond": "np.linalg.norm(A) * np.linalg.norm(np.linalg.inv(A)) is a condition number",
    "unique": "np.sort works, and t[index] with plain integers picks entries",
    "gradient": "np.diff works",
    "logaddexp2": "np.logaddexp works",
    "sinc": "np.sin works",
}

HANDLED: dict[Any, Callable[..., Any]] = {}
HANDLED_NAMES: list[str] = []


def handles(numpy_function: Any, ours: Callable[..., Any]) -> None:
    """Let ``ours`` answer for a function of NumPy."""
    HANDLED[numpy_function] = ours
    HANDLED_NAMES.append(numpy_function.__name__)


def _call_function(self: Node, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    name = function.__name__
    if function not in HANDLED:
        if name in TABLE and function in (getattr(np, name, None), getattr(np.linalg, name, None)):
            return functions.call_row(TABLE[name], *args, **kwargs)
        raise DataError(f"{full_name(function)} has no derivative here; {nearest(name)}")
    args, kwargs = _as_numpy_reads(function, args, kwargs)
    if kwargs.get("out") is not None:
        raise DataError(f"{full_name(function)} with out= would overwrite recorded numbers: use the result it returns")
    given = {k: v for k, v in kwargs.items() if v is not None or k in ("axis", "axes")}
    try:
        return HANDLED[function](*args, **given)
    except TypeError as error:
        if isinstance(error, DataError) or "argument" not in str(error):
            raise
        raise DataError(f"{full_name(function)} on nodes: {error}") from None


def _as_numpy_reads(function: Any, args: Any, kwargs: Any) -> tuple[Any, dict[str, Any]]:
    """The arguments by the names that NumPy has for them: what it requires by position, the rest by keyword."""
    parameters = _parameters(function)
    if function is np.where or parameters is None or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return args, kwargs
    names = [p.name for p in parameters]
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is not p.KEYWORD_ONLY]
    position = [given.pop(name) for name in needed if name in given]
    defaults = {p.name: p.default for p in parameters}
    return position, {k: v for k, v in given.items() if k not in defaults or v is not defaults[k]}


@functional.cache
def _parameters(function: Any) -> list[inspect.Parameter] | None:
    """The parameters of a function of NumPy; None where it does not say."""
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:
        return None


def full_name(function: Any) -> str:
    """What people call a function of NumPy: np.sort, np.linalg.svd."""
    return f"{function.__module__.replace('numpy', 'np', 1)}.{function.__name__}"


def _asking(function: Any) -> Callable[..., Any]:
    """A function of NumPy that asks about shape and type."""
    return lambda *args, **kwargs: function(*mapped(plain, args), **mapped(plain, kwargs))


def _looking(function: Any) -> Callable[..., Any]:
    """A function of NumPy that only asks about the numbers."""
    return lambda *args, **kwargs: look(function, *args, **kwargs)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """NumPy's clip, which has two names for either bound."""
    return functions.clip(a, min if a_min is None else a_min, max if a_max is None else a_max)


for _ours in functions.NUMPY_LIKE:
    handles(getattr(np, _ours.__name__), _ours)
for _ours in functions.LINEAR_ALGEBRA:
    handles(getattr(np.linalg, _ours.__name__), _ours)
handles(np.amax, functions.max)
handles(np.amin, functions.min)
handles(np.linalg.norm, functions.norm)
handles(np.clip, _clip)
for _function, _ours in {**MOVING, **COMPOSED}.items():
    handles(_function, _ours)
LOOKERS: tuple[Any, ...] = (
    *(np.argmax, np.argmin, np.argsort, np.any, np.all, np.isclose, np.allclose, np.array_equal, np.count_nonzero, np.nonzero),
    *(np.argwhere, np.flatnonzero, np.searchsorted, np.digitize, np.lexsort, np.argpartition, np.array_equiv, np.isin),
    *(np.isposinf, np.isneginf),
)
SHAPELY: tuple[Any, ...] = (  # what asks about shape and type alone
    *(np.shape, np.ndim, np.size, np.result_type, np.zeros_like, np.ones_like, np.full_like, np.empty_like),
    *(np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj, np.imag),
)
for _function in LOOKERS:
    handles(_function, _looking(_function))
for _function in SHAPELY:
    handles(_function, _asking(_function))

Node.__array_ufunc__ = _call_ufunc  # type: ignore[attr-defined]  # NumPy's protocol, kept apart from what a node is
Node.__array_function__ = _call_function  # type: ignore[attr-defined]
