"""Reverse mode on functions: grad, value_and_grad, vjp; gradients of a graph at hand; stop_gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.core import observation
from autograd.core.coercion import described
from autograd.core.node import Node
from autograd.core.pytree import flatten, mapped
from autograd.core.tensor import Tensor
from autograd.core.value import Value
from autograd.errors import DataError
from autograd.graph.reverse_mode import pullback as pull_back
from autograd.numpy_api.graph_backend import GRAPH
from autograd.transforms.recorded_call import (
    Function,
    RecordedCall,
    checked_argnums,
    contains_recorded_node,
    derivative_of_kind,
    matched_nodes,
    node_of_kind,
    scalar_output,
)


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The function (value, gradient) of a function that returns one number; ((value, aux), gradient) with ``has_aux``.

    The gradient has the structure and the shapes of the arguments ``argnums``. Keyword arguments are handed on.

    >>> value_and_grad(lambda x, y: x * x * y)(3.0, 2.0)
    (18.0, 12.0)
    """
    checked_argnums("value_and_grad()", argnums)

    def both(*args: Any, **kwargs: Any) -> Any:
        value, aux, gradient = _differentiated("value_and_grad()", f, args, kwargs, argnums, has_aux)
        return ((value, aux), gradient) if has_aux else (value, gradient)

    return both


def _differentiated(call: str, f: Function, args: Any, kwargs: Any, argnums: Any, has_aux: bool) -> tuple[Any, Any, Any]:
    """Value, auxiliary output and gradient of a function that returns one number."""
    run = RecordedCall(call, f, args, kwargs, argnums, has_aux)
    gradient = run.by_argument(run.pull([node_of_kind(1.0, scalar_output(run))], run.graph))
    return run.value, run.auxiliary, gradient


def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The gradient of a function that returns one number; (gradient, aux) with ``has_aux``.

    >>> import numpy as np
    >>> grad(grad(grad(np.tanh)))(0.5)  # doctest: +ELLIPSIS
    -0.5652...
    """
    checked_argnums("grad()", argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        _, aux, g = _differentiated("grad()", f, args, kwargs, argnums, has_aux)
        return (g, aux) if has_aux else g

    return gradient


def vjp(f: Function, *args: Any, has_aux: bool = False, **kwargs: Any) -> Any:
    """The value of ``f`` and its pullback: cotangents of the result → a tuple of cotangents, one for each argument.

    With ``has_aux``: (value, pullback, aux).

    >>> value, pullback = vjp(lambda x, y: x * y, 3.0, 2.0)
    >>> value, pullback(1.0)
    (6.0, (2.0, 3.0))
    """
    run = RecordedCall("vjp()", f, args, kwargs, tuple(range(len(args))), has_aux)
    tree = run.build_output(run.outputs)

    def pullback(cotangent: Any) -> Any:
        matched = matched_nodes("pullback()", "cotangent", cotangent, run.outputs, tree)
        return run.by_argument(run.pull(matched, run.graph or contains_recorded_node(cotangent)))

    return (run.value, pullback, run.auxiliary) if has_aux else (run.value, pullback)


def gradients(y: Any, wrt: Any, cotangent: Any = None, create_graph: bool = False) -> Any:
    """∂y/∂x for every node x in ``wrt``, of a graph at hand: returned in the structure of ``wrt``, and no ``.grad`` is written.

    Plain numbers, or nodes with ``create_graph``; zero for a node that y does not depend on.

    >>> a, b = Value(3.0), Value(2.0)
    >>> gradients(a * a * b, [a, b])
    [12.0, 9.0]
    """
    if not isinstance(y, Node):
        raise DataError(f"gradients() takes a Value or a Tensor first, not {described(y)}")
    sources, build = flatten(wrt)
    for source in sources:
        if not isinstance(source, Node):
            raise DataError(f"gradients() takes nodes to differentiate by, not {described(source)}")
    trace = observation.current()
    if trace is not None and not create_graph:
        found = gradients(y, wrt, cotangent, create_graph=True)
        return mapped(trace.trace_data, found)
    seed = y.seed(cotangent)
    start = (cotangent if isinstance(cotangent, Node) else y.leaf(seed)) if create_graph else seed
    arrived = pull_back([y], [start], sources, GRAPH if create_graph else None)
    return build([derivative_of_kind(g, x, create_graph) for x, g in zip(sources, arrived, strict=True)])


def stop_gradient(x: Any) -> Any:
    """The same numbers without their history: derivatives treat it as a constant. Nested containers are allowed.

    >>> grad(lambda x: stop_gradient(x) * x)(3.0)
    3.0
    """
    return mapped(lambda leaf: leaf.detach() if isinstance(leaf, Value | Tensor) else leaf, x)
