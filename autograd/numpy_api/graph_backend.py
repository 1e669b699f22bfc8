"""The graph backend: the library's own functions, so that what a row computes is recorded, and can be differentiated again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.backends.backend import Backend
from autograd.backends.numpy_backend import ARRAY
from autograd.core.node import Node, apply, raw
from autograd.core.observation import current, look
from autograd.core.value import Value
from autograd.numpy_api import functions
from autograd.numpy_api.functions import LINEAR_ALGEBRA, NUMPY_LIKE, call, logsumexp, matmul, norm, on_tensors, prod, softmax
from autograd.ops import Op, find


class _GraphBackend(Backend):
    """The backend in which a row's derivative is recorded like any other computation."""

    def row(self, op: Op) -> Callable[..., Any]:
        return getattr(functions, op.name, None) or (lambda *args, **static: call(op, *args, **static))


def _scatter(a: Any, index: Any, shape: tuple[int, ...]) -> Any:
    return on_tensors(lambda t: apply(find("scatter"), t, index=index, shape=shape), "scatter", a)


def _getitem(a: Any, index: Any) -> Any:
    return on_tensors(lambda t: t[index], "getitem", a)


def _products_of_others(rows: Any) -> Any:
    """As graphs: the other entries of each row picked out, and multiplied."""
    n = np.shape(raw(rows))[-1]
    others = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.intp).reshape(n, n - 1)
    return prod(_getitem(rows, (..., others)), axis=-1)


def _plain(name: str) -> Callable[..., Any]:
    function = getattr(ARRAY, name)
    return lambda *args: look(function, *args)


def _equal(a: Any, b: Any) -> Any:
    """Where two arguments are the same; a mask where compile() watches."""
    trace = current()
    if trace is not None and (isinstance(a, Node) or isinstance(b, Node)):
        return trace.compare("==", a, b)
    return np.equal(raw(a), raw(b))


def _constant(a: Any) -> Any:
    """The numbers alone; without their gradient, but followed, where compile() watches."""
    trace = current()
    return trace.stop_gradient(a) if trace is not None and isinstance(a, Node) else raw(a)


GRAPH = _GraphBackend(
    "GRAPH",
    {
        **{f.__name__: f for f in (*NUMPY_LIKE, *LINEAR_ALGEBRA, norm, logsumexp, softmax, matmul)},
        **{name: _plain(name) for name in ("any", "isfinite")},
        "equal": _equal,
        "constant": _constant,
        "shape": lambda a: np.shape(raw(a)),
        **{name: getattr(ARRAY, name) for name in ("eye", "zeros")},
        "products_of_others": _products_of_others,
        "getitem": _getitem,
        "scatter": _scatter,
        "item": lambda a: a if isinstance(a, Value) else Value.of(a),
    },
)
Node.graph_backend = GRAPH
