"""Python's ``max()`` and ``min()`` inside a traced function.

The built-in functions compare their arguments one after the other, and each comparison of traced numbers would record a guard.
While a function is traced, they are replaced by functions that record the extremum as a leaf of the graph instead.
"""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd.compiler.frontend.traced_data import TracedData, unwrap
from autograd.compiler.frontend.tracer import Tracer
from autograd.core.node import Node
from autograd.core.tracing import current_tracer, to_concrete
from autograd.state import context_managers

_active_traces = 0
_lock = threading.Lock()
_builtin_max, _builtin_min = builtins.max, builtins.min


@contextmanager
def trace_with(tracer: Tracer) -> Iterator[None]:
    """A block in which ``tracer`` records, and in which ``max()`` and ``min()`` of traced numbers are followed.

    Parameters
    ----------
    tracer : Tracer
        The tracer of the run.

    Notes
    -----
    Other threads may call ``max()`` and ``min()`` meanwhile: without a tracer of their own they get the built-in functions.
    """
    global _active_traces
    with _lock:
        _active_traces += 1
        builtins.max, builtins.min = _max, _min
    try:
        with context_managers.tracing(tracer):
            yield
    finally:
        with _lock:
            _active_traces -= 1
            if not _active_traces:  # pragma: no branch - another thread may be tracing
                builtins.max, builtins.min = _builtin_max, _builtin_min


def _max(*args: Any, **kwargs: Any) -> Any:
    if kwargs or not args or current_tracer() is None:
        return _builtin_max(*args, **kwargs)
    return _traced_extremum("max", _builtin_max, args)


def _min(*args: Any, **kwargs: Any) -> Any:
    if kwargs or not args or current_tracer() is None:
        return _builtin_min(*args, **kwargs)
    return _traced_extremum("min", _builtin_min, args)


def _traced_extremum(kind: str, builtin: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Return the extremum as traced data, or what the built-in function returns if the items are not traced numbers."""
    items = args if len(args) > 1 else args[0]
    if not isinstance(items, list | tuple):
        items = list(items)  # an iterator can be read only once, so the built-in function gets the list
    if not _has_traced_numbers(items):
        return builtin(items)
    operands = [unwrap(x) for x in items]
    nodes = [x for x in operands if isinstance(x, Node)]
    if any(node.shape != () for node in nodes):
        return builtin(items)
    tracer = next(x.tracer for x in items if isinstance(x, TracedData))
    data = builtin(float(to_concrete(x)) for x in operands)
    return tracer.trace_data(tracer.make_leaf(nodes[0], data, kind, *operands))


def _has_traced_numbers(items: Sequence[Any]) -> bool:
    """Return whether all items are numbers, and some of them are traced."""
    are_numbers = all(isinstance(x, TracedData | float | int) for x in items)
    return are_numbers and any(isinstance(x, TracedData) for x in items)
