"""Numbers of constant Tensors that a function replaces, also when it is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.core.tensor import Tensor
from autograd.core.tracing import current_tracer, to_concrete
from autograd.errors import DataError


def update_numbers(tensor: Tensor, rule: Callable[..., Any], *args: Any) -> None:
    """Replace the numbers of a constant Tensor inside a function that may be compiled.

    Outside of ``compile`` this is ``tensor.data = rule(tensor.data, *args)``, with arrays in place of nodes. A compiled function
    does it at each call, after its results were computed. No gradient flows.

    Parameters
    ----------
    tensor : Tensor
        A Tensor made with ``constant=True``, such as a running mean.
    rule : callable
        A function of the present numbers and ``args`` that returns the new numbers. Inside a compiled function the numbers are
        followed like ``x.data``.
    *args : Tensor, Value, array or float
        What else it depends on.

    Raises
    ------
    DataError
        If ``tensor`` is not a constant Tensor.
    ShapeError
        If the new numbers have another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor, compile
    >>> total = Tensor(np.zeros(2), constant=True)
    >>> def f(x):
    ...     update_numbers(total, lambda old, x: old + x, x)
    ...     return (x * x).sum()
    >>> step = compile(f, tensors=True)
    >>> [float(step(np.array([1.0, 2.0]))) for _ in range(3)], total.data
    ([5.0, 5.0, 5.0], array([3., 6.]))
    """
    if not (isinstance(tensor, Tensor) and tensor.constant):
        raise DataError(f"update_numbers() takes a Tensor made with constant=True, not {describe(tensor)}")
    tracer = current_tracer()
    if tracer is not None:
        tracer.update(tensor, rule, args)
        return
    tensor.data = rule(tensor.data, *(to_concrete(x.current) if isinstance(x, Node) else x for x in args))
