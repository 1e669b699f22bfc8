"""What a traced function asks of numbers: the hook through which nodes and functions tell the tracer who looks at them.

Outside :func:`autograd.compile` there is no tracer, and looking at numbers is just that.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.core.node import Node
from autograd.core.pytree import mapped
from autograd.state import context

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "&": operator.and_,
    "|": operator.or_,
}
SIGN_OF = {"greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=", "equal": "==", "not_equal": "!="}


class Observed:
    """What stands for numbers inside a traced function; ``plain`` are the numbers."""

    __slots__ = ()
    __array_priority__ = 1000.0
    followed = True  # so that a node's operators leave the work to ours


class ObservedData(Observed):
    """What ``.data`` of a node gives there."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def plain(self) -> Any: ...

        def apply(self, function: Callable[..., Any], *args: Any) -> Any: ...


class ObservedMask(Observed):
    """What a comparison of nodes gives there."""

    __slots__ = ()

    if TYPE_CHECKING:
        plain: Any
        tracer: Any

        @property
        def shape(self) -> tuple[int, ...]: ...


def plain(x: Any) -> Any:
    """The numbers behind a node, or behind what was read or compared."""
    return x._primal if isinstance(x, Node) else x.plain if isinstance(x, ObservedData | ObservedMask) else x


def adopted(node: Any, x: Any) -> bool:
    """Whether a new leaf is made of what was read or compared; it then stands for that, and gradients end there."""
    tracer = current()
    return tracer is not None and bool(tracer.bind_leaf(node, x))


def current() -> Any:
    """The tracer that watches this thread or task, or None."""
    return context.current().tracer if context.special else None


def look(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """``function`` of the plain numbers of its arguments; noted where a tracer watches."""
    result = function(*mapped(plain, args), **mapped(plain, kwargs))
    tracer = current()
    if tracer is not None:
        tracer.guard_call(function, args, kwargs, result)
    return result


def decided(x: Any) -> Any:
    """The numbers of a node, noted where a tracer watches; anything else as it is."""
    return look(np.asarray, x) if isinstance(x, Node | Observed) else x
