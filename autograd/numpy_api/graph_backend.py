"""GRAPH: the backend made of our own functions. What a row computes in it is recorded, and can be differentiated again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd.backends.backend import Backend
from autograd.backends.numpy_backend import ARRAY, find_minors
from autograd.core.base_node import primal_of
from autograd.core.node import Node
from autograd.core.operators import apply
from autograd.core.tracing import call_with_guard, current_tracer
from autograd.core.value import Value
from autograd.numpy_api.apply import apply_elementwise, apply_op, apply_to_tensors
from autograd.numpy_api.functions import FUNCTIONS, det, inv, prod, reshape, swapaxes
from autograd.ops import Op, find


class _GraphBackend(Backend):
    """The backend in which a row's derivative is recorded like any other computation."""

    def row(self, op: Op) -> Callable[..., Any]:
        return partial(apply_elementwise, op)


def _scatter(a: Any, index: Any, shape: tuple[int, ...]) -> Any:
    return apply_to_tensors(lambda t: apply(find("scatter"), t, index=index, shape=shape), "scatter", a)


def _set_entries(a: Any, x: Any, index: Any) -> Any:
    return apply_to_tensors(lambda t: apply(find("set_entries"), t, x, index=index), "set_entries", a)


def _getitem(a: Any, index: Any) -> Any:
    return apply_to_tensors(lambda t: t[index], "getitem", a)


def _products_of_others(rows: Any) -> Any:
    """Return the product of all other entries of each row: they are picked out, and multiplied."""
    n = np.shape(primal_of(rows))[-1]
    others = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.intp).reshape(n, n - 1)
    return prod(_getitem(rows, (..., others)), axis=-1)


def _cofactors(y: Any, a: Any) -> Any:
    """Return the derivatives of determinants y by the entries of the matrices, as ``array_cofactors`` does."""
    if call_with_guard(np.all, y):
        return reshape(y, (*np.shape(primal_of(y)), 1, 1)) * swapaxes(inv(a), -1, -2)
    index, signs = find_minors(np.shape(primal_of(a))[-1])
    return det(_getitem(a, index)) * signs


def _make_query(name: str) -> Callable[..., Any]:
    """Make a function that reads the plain numbers."""
    function = getattr(ARRAY, name)
    return lambda *args: call_with_guard(function, *args)


def _equal(a: Any, b: Any) -> Any:
    """Return where two arguments are equal: a traced mask inside compile(), else plain booleans."""
    trace = current_tracer()
    if trace is not None and (isinstance(a, Node) or isinstance(b, Node)):
        return trace.compare("==", a, b)
    return np.equal(primal_of(a), primal_of(b))


def _constant(a: Any) -> Any:
    """Return the numbers without their gradient; inside compile() they stay traced."""
    trace = current_tracer()
    return trace.stop_gradient(a) if trace is not None and isinstance(a, Node) else primal_of(a)


GRAPH = _GraphBackend(
    "GRAPH",
    {
        **FUNCTIONS,
        **{name: _make_query(name) for name in ("any", "isfinite", "has_ties", "are_equal", "is_negligible")},
        "require_negligible": lambda call, condition, *numbers: ARRAY.require_negligible(call, condition, *map(primal_of, numbers)),
        "equal": _equal,
        "constant": _constant,
        "shape": lambda a: np.shape(primal_of(a)),
        **{name: getattr(ARRAY, name) for name in ("eye", "tri", "zeros")},
        "products_of_others": _products_of_others,
        "cofactors": _cofactors,
        "getitem": _getitem,
        "scatter": _scatter,
        "set_entries": _set_entries,
        "item": lambda a: a if isinstance(a, Value) else Value.of(a),
        **{name: partial(apply_op, find(name)) for name in ("fft", "ifft", "rfft", "irfft")},
        "half_spectrum_counts": ARRAY.half_spectrum_counts,
    },
)
Node.graph_backend = GRAPH
