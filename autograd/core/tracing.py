"""What a traced function asks of numbers: the hook through which nodes and functions tell the tracer who looks at them.

Outside :func:`autograd.compile` there is no tracer, and looking at numbers is just that.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.core.node import Node
from autograd.core.pytree import tree_map
from autograd.state import context

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "&": operator.and_,
    "|": operator.or_,
}
COMPARISON_SIGNS = {"greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=", "equal": "==", "not_equal": "!="}


class TracedBase:
    """Base class of the objects that stand for numbers inside a traced function; ``concrete`` are the numbers."""

    __slots__ = ()
    __array_priority__: float = 1000.0
    is_traced = True  # a node's operators return NotImplemented for such an argument


class TracedDataBase(TracedBase):
    """What ``.data`` of a node is inside a traced function."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def concrete(self) -> Any: ...

        def apply(self, function: Callable[..., Any], *args: Any) -> Any: ...


class TracedIntegersBase(TracedBase):
    """What an array of integers among the arguments is inside a traced function."""

    __slots__ = ()

    if TYPE_CHECKING:

        def gather(self, array: Any, index: Any) -> Any: ...


class TracedMaskBase(TracedBase):
    """What a comparison of nodes is inside a traced function."""

    __slots__ = ()

    if TYPE_CHECKING:
        concrete: Any
        tracer: Any

        @property
        def shape(self) -> tuple[int, ...]: ...

        def to_node(self) -> Any: ...


def to_concrete(x: Any) -> Any:
    """Return the numbers of a node, of traced data or of a mask; anything else as it is."""
    if isinstance(x, Node):
        return x._primal
    return x.concrete if isinstance(x, TracedDataBase | TracedMaskBase) else x


def is_followed(x: Any) -> bool:
    """Return whether a traced function records what is computed with ``x``: it is a node that is not constant."""
    return isinstance(x, Node) and not getattr(x, "constant", False)


def original_of(x: Any) -> Any:
    """Return the node that was read, where the program has assigned to it since then; anything else as it is."""
    return x.original if isinstance(x, Node) else x


def bind_leaf(node: Any, x: Any) -> bool:
    """Return whether a new leaf was made from traced data; it then stands for the data, and gradients end there."""
    tracer = current_tracer()
    return tracer is not None and bool(tracer.bind_leaf(node, x))


def find_mask(condition: Any) -> Any:
    """Return the mask whose truth values a recorded choice keeps, or ``condition`` itself.

    The derivative of a choice chooses by the same condition, and inside a traced function it must not be frozen.

    Parameters
    ----------
    condition : object
        What a choice was given, perhaps the array that a recorded choice keeps.

    Returns
    -------
    object
        The traced mask, or ``condition``.
    """
    tracer = current_tracer() if isinstance(condition, np.ndarray) else None
    return condition if tracer is None else tracer.masks.get(id(condition), condition)


def find_traced_integers(index: Any) -> Any:
    """Return the first traced integers among the parts of an index, or None."""
    parts = index if isinstance(index, tuple) else (index,)
    return next((part for part in parts if isinstance(part, TracedIntegersBase)), None)


def current_tracer() -> Any:
    """Return the tracer of this thread or task, or None."""
    return context.current().tracer if context.open_block_count else None


def call_with_guard(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function with the concrete numbers of its arguments; a tracer records a guard for the result."""
    result = function(*tree_map(to_concrete, args), **tree_map(to_concrete, kwargs))
    tracer = current_tracer()
    if tracer is not None:
        tracer.guard_call(function, args, kwargs, result)
    return result


def concretize(x: Any) -> Any:
    """Return the numbers of a node or of a traced object, with a guard; anything else as it is."""
    return call_with_guard(np.asarray, x) if isinstance(x, Node | TracedBase) else x
