"""NumPy's protocols: ``np.exp(t)``, ``np.sum(t, axis=0)`` and ``array * t`` on nodes find the rows; the rest is refused by name.

What only asks about the numbers, such as comparisons, shapes and argmax, gives plain arrays. Object arrays of Values stay with
NumPy's own loops over objects.
"""

from __future__ import annotations

import functools
import inspect
import sys
from importlib import import_module
from typing import Any

import numpy as np

from autograd.core.array_mixins.in_place import mark_as_copy
from autograd.core.coercion import check_array_kind
from autograd.core.node import Node
from autograd.core.operators import apply
from autograd.core.pytree import flatten
from autograd.core.tensor import DIRECT_OPERANDS, Tensor
from autograd.core.tracing import COMPARISON_SIGNS, call_with_guard, current_tracer
from autograd.core.value import Value
from autograd.errors import DataError
from autograd.numpy_api import functions
from autograd.numpy_api.apply import apply_elementwise, apply_op
from autograd.numpy_api.assignments.writing_functions import require_assignable, write_result
from autograd.numpy_api.composed.registry import COMPOSED, COMPOSED_UFUNCS
from autograd.numpy_api.composed.ufunc_methods import call_method
from autograd.numpy_api.handlers import HANDLERS
from autograd.numpy_api.unsupported import describe_ufunc_call, get_qualified_name, suggest_alternative
from autograd.ops import TABLE, find

# Ufuncs that ask about the numbers, and whose derivative is 0 or does not exist.
QUERY_UFUNCS = {
    *("greater", "greater_equal", "less", "less_equal", "equal", "not_equal"),
    *("isfinite", "isinf", "isnan", "signbit", "logical_and", "logical_or", "logical_not", "logical_xor"),
}
# NumPy's other names for ufuncs that are rows.
ALIASES = {
    "abs": "absolute",
    "true_divide": "divide",
    "float_power": "power",
    "fabs": "absolute",
    "degrees": "rad2deg",
    "radians": "deg2rad",
    "psi": "digamma",
}
# Modules whose ufuncs have rows that are loaded when one of them is called on a node.
LAZY_ROWS = {"scipy.special": "autograd.scipy.special"}


# Functions whose results are new arrays, although the last step of ours may be a view of an intermediate array.
NEW_ARRAYS = COMPOSED.keys() - {np.real_if_close, np.astype} | {
    function
    for function in HANDLERS
    if function.__module__ == "numpy.linalg" and function not in (np.linalg.diagonal, np.linalg.matrix_transpose)
}


# The ufuncs that are rows. Tensors and numbers are applied to the row directly.
ELEMENTWISE_ROWS = {
    getattr(np, op.name): op
    for op in TABLE.values()
    if op.kind == "elementwise" and isinstance(getattr(np, op.name, None), np.ufunc)
}


# --------------------------------------------------------------------------------------------------------------------------
# Ufuncs


def _call_ufunc(self: Node, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """Answer NumPy's protocol for ufuncs."""
    if method == "__call__" and not kwargs and ufunc in ELEMENTWISE_ROWS and DIRECT_OPERANDS.issuperset(map(type, inputs)):
        return Tensor.record(ELEMENTWISE_ROWS[ufunc], inputs, {})
    if any(isinstance(x, np.ndarray) and x.dtype == object for x in inputs):
        return getattr(ufunc, method)(*map(_wrap_in_object_array, inputs), **kwargs)
    if "out" in kwargs or ("where" in kwargs and method == "__call__"):
        return _call_into(self, ufunc, method, inputs, kwargs)
    name = ALIASES.get(ufunc.__name__, ufunc.__name__)
    if name not in TABLE:
        _load_rows(ufunc)
    if method == "__call__" and not kwargs:
        result = _apply_ufunc(ufunc, name, inputs)
    else:
        result = _apply_ufunc_method(ufunc, name, method, inputs, kwargs)
        _mark_as_copies(result, inputs)
    if result is NotImplemented:
        call = describe_ufunc_call(ufunc, method, kwargs)
        raise DataError(f"{call} has no derivative here; {suggest_alternative(ufunc.__name__)}")
    return result


def _apply_ufunc(ufunc: Any, name: str, inputs: Any) -> Any:
    """Apply a ufunc without settings; NotImplemented if it has no row."""
    if name in QUERY_UFUNCS:
        return _answer_query(ufunc, inputs)
    if name == "matmul":
        return apply(find(name), *inputs)
    if name in TABLE and TABLE[name].kind == "elementwise":
        return apply_elementwise(TABLE[name], *inputs)
    if name in COMPOSED_UFUNCS:
        return COMPOSED_UFUNCS[name](*inputs)
    return NotImplemented


def _load_rows(ufunc: Any) -> None:
    """Load the rows of the library to which a ufunc belongs."""
    name: str = ufunc.__name__
    for library, rows in LAZY_ROWS.items():
        if getattr(sys.modules.get(library), name, None) is ufunc and not hasattr(np, name):
            import_module(rows)


def _apply_ufunc_method(ufunc: Any, name: str, method: str, inputs: Any, kwargs: dict[str, Any]) -> Any:
    """Apply reduce, accumulate, reduceat, outer or at of a ufunc; NotImplemented if that has no derivative here."""
    is_known = name in COMPOSED_UFUNCS or (name in TABLE and TABLE[name].kind == "elementwise")
    is_binary = ufunc.nin == 2 and ufunc.nout == 1 and ufunc.signature is None
    if method == "__call__" or not (is_known and is_binary):
        return NotImplemented
    return call_method(name, functools.partial(_apply_to_pair, ufunc, name), method, inputs, kwargs)


def _apply_to_pair(ufunc: Any, name: str, a: Any, b: Any) -> Any:
    return _apply_ufunc(ufunc, name, (a, b))


def _call_into(self: Node, ufunc: Any, method: str, inputs: Any, kwargs: dict[str, Any]) -> Any:
    """Call a ufunc with ``out`` or ``where``: the result replaces entries of an array that may be assigned to."""
    settings = dict(kwargs)
    target, *others = settings.pop("out", None) or (None,)
    where = settings.pop("where", True) if method == "__call__" else True
    if target is None and where is not True:
        raise DataError(
            f"np.{ufunc.__name__} with where= leaves entries undefined: use np.where(condition, np.{ufunc.__name__}(…), x), "
            f"or give it out=autograd.zeros(shape)"
        )
    if target is not None:
        require_assignable(f"np.{ufunc.__name__} with out=, or in place,", None if others else target)
    result = _call_ufunc(self, ufunc, method, *inputs, **settings)
    if target is None:
        return result
    target[...] = result if where is True else functions.where(where, result, target)
    return target


def _answer_query(ufunc: Any, inputs: Any) -> Any:
    """Answer a ufunc that asks about the numbers; inside compile() a comparison gives a traced mask."""
    trace = current_tracer()
    if trace is not None and ufunc.__name__ in COMPARISON_SIGNS:
        return trace.compare(COMPARISON_SIGNS[ufunc.__name__], *inputs)
    return call_with_guard(ufunc, *inputs)


def _wrap_in_object_array(x: Any) -> Any:
    """Put a Value into an object array of shape (), so that NumPy's loops over objects do not take it apart."""
    if not isinstance(x, Node):
        return x
    if not isinstance(x, Value):
        raise DataError(
            f"an object array is combined with {x.describe()}: use Values in object arrays, or autograd.stack them into a Tensor"
        )
    box = np.empty((), dtype=object)
    box[()] = x
    return box


# --------------------------------------------------------------------------------------------------------------------------
# Other functions


def _call_function(self: Node, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """Answer NumPy's protocol for functions that are not ufuncs."""
    name = function.__name__
    if function not in HANDLERS:
        if name in TABLE and not TABLE[name].library and function in (getattr(np, name, None), getattr(np.linalg, name, None)):
            return apply_op(TABLE[name], *args, **kwargs)  # a row that the user has defined
        raise DataError(f"{get_qualified_name(function)} has no derivative here; {suggest_alternative(name)}")
    if len(types) > 1 and any(hasattr(kind, "mask") for kind in types):
        for leaf in flatten([*args, *kwargs.values()])[0]:
            check_array_kind(leaf, get_qualified_name(function))
    args, kwargs = _bind_arguments(function, args, kwargs)
    target = kwargs.pop("out", None)
    settings = {k: v for k, v in kwargs.items() if v is not None or k in ("axis", "axes")}
    try:
        result = HANDLERS[function](*args, **settings)
    except TypeError as error:
        if isinstance(error, DataError) or "argument" not in str(error):
            raise
        raise DataError(f"{get_qualified_name(function)} on nodes: {error}") from None
    if function in NEW_ARRAYS:
        _mark_as_copies(result, args)
    return result if target is None else write_result(f"{get_qualified_name(function)} with out=", target, result)


def _mark_as_copies(result: Any, args: Any) -> None:
    """Note that the arrays of a result are new, unless they are arguments, which some functions return as they are."""
    for array in result if isinstance(result, tuple | list) else (result,):
        if type(array) is Tensor and all(array is not arg for arg in args):
            mark_as_copy(array)


def _bind_arguments(function: Any, args: Any, kwargs: Any) -> tuple[Any, dict[str, Any]]:
    """Return the arguments under NumPy's names: the required ones by position, and the others by keyword if not the default."""
    plan = _plan_binding(function, len(args), tuple(kwargs))
    if plan is None:
        return args, kwargs
    values = [*args, *kwargs.values()]
    positional, keywords = plan
    return [values[i] for i in positional], {name: values[i] for name, i, default in keywords if values[i] is not default}


@functools.cache
def _plan_binding(function: Any, count: int, names: tuple[str, ...]) -> tuple[list[int], list[tuple[str, int, Any]]] | None:
    """Return how a call with ``count`` arguments and some keywords is bound, or None if it is passed on as it is.

    Returns
    -------
    positional : list of int
        The places of the required arguments among all arguments of the call.
    keywords : list of tuple
        The name, the place and the default of each other argument.
    """
    parameters = get_parameters(function)
    if function is np.where or parameters is None or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    places = {name: i for i, name in enumerate([p.name for p in parameters][:count])}
    places |= {name: count + i for i, name in enumerate(names)}
    required = [p.name for p in parameters if p.default is p.empty and p.kind is not p.KEYWORD_ONLY]
    positional = [places.pop(name) for name in required if name in places]
    defaults = {p.name: p.default for p in parameters}
    return positional, [(name, i, defaults.get(name, inspect.Parameter.empty)) for name, i in places.items()]


@functools.cache
def get_parameters(function: Any) -> list[inspect.Parameter] | None:
    """Return the parameters of a function of NumPy, or None if it does not declare them."""
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:
        return None


Node.__array_ufunc__ = _call_ufunc  # type: ignore[attr-defined]  # here, so that core knows nothing of NumPy's protocols
Node.__array_function__ = _call_function  # type: ignore[attr-defined]
