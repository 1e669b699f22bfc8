"""Which function of ours answers when a function of NumPy is called on nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.pytree import tree_map
from autograd.core.tracing import call_with_guard, to_concrete
from autograd.numpy_api import functions
from autograd.numpy_api.composed.registry import ASSIGNMENTS, COMPOSED, REARRANGEMENTS
from autograd.numpy_api.composed.ufunc_methods import make_reduction, masked_mean
from autograd.numpy_api.functions import FUNCTIONS

Handler = Callable[..., Any]

# What asks about the numbers, and has no derivative.
NUMBER_QUERIES: tuple[Any, ...] = (
    *(np.argmax, np.argmin, np.argsort, np.any, np.all, np.isclose, np.allclose, np.array_equal, np.count_nonzero, np.nonzero),
    *(np.argwhere, np.flatnonzero, np.searchsorted, np.digitize, np.lexsort, np.argpartition, np.array_equiv, np.isin),
    *(np.isposinf, np.isneginf, np.nanargmax, np.nanargmin, np.array2string, np.array_repr, np.array_str),
)
# What asks about shape and type alone, so that compile() needs no guard for it.
SHAPE_QUERIES: tuple[Any, ...] = (
    *(np.shape, np.ndim, np.size, np.result_type),
    *(np.diag_indices_from, np.tril_indices_from, np.triu_indices_from),
    *(np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj),
)


# Functions of ours under names for which NumPy has no protocol.
CONSTRUCTORS = ("array", "zeros", "ones", "full")


def _answer_from_numbers(function: Any) -> Handler:
    """Make a handler that calls NumPy's function on the numbers; compile() guards its answer."""
    return lambda *args, **kwargs: call_with_guard(function, *args, **kwargs)


def _answer_from_shapes(function: Any) -> Handler:
    """Make a handler that calls NumPy's function on the numbers, without a guard."""
    return lambda *args, **kwargs: function(*tree_map(to_concrete, args), **tree_map(to_concrete, kwargs))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """Clip, with both of the names that NumPy has for each bound."""
    return functions.clip(a, min if a_min is None else a_min, max if a_max is None else a_max)


def _where(condition: Any, *choices: Any) -> Any:
    """Choose between two arrays, or return the positions at which the condition holds."""
    return functions.where(condition, *choices) if choices else call_with_guard(np.nonzero, condition)


def _find_numpy_functions() -> dict[Any, Handler]:
    """Return our public functions, by the functions of the same name in np and np.linalg; ufuncs have a protocol of their own."""
    found: dict[Any, Handler] = {}
    for name, ours in FUNCTIONS.items():
        theirs = getattr(np, name, None) or getattr(np.linalg, name, None)
        if theirs is not None and not isinstance(theirs, np.ufunc) and name not in CONSTRUCTORS:
            found[theirs] = ours
    return found


HANDLERS: dict[Any, Handler] = {
    **_find_numpy_functions(),
    np.sum: make_reduction(functions.sum, functions.add, 0.0),
    np.prod: make_reduction(functions.prod, functions.multiply, 1.0),
    **dict.fromkeys((np.max, np.amax), make_reduction(functions.max, functions.maximum, -np.inf)),
    **dict.fromkeys((np.min, np.amin), make_reduction(functions.min, functions.minimum, np.inf)),
    np.mean: masked_mean,
    np.clip: _clip,
    np.where: _where,
    **REARRANGEMENTS,
    **COMPOSED,
    **ASSIGNMENTS,
    **{function: _answer_from_numbers(function) for function in NUMBER_QUERIES},
    **{function: _answer_from_shapes(function) for function in SHAPE_QUERIES},
}
