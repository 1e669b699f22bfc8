"""What a node is made of, in memory: the native engine's type where it runs, and a class with slots otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.ops import Op
from autograd.state.engine import native
from autograd.state.metadata import Metadata

SLOTS = ("_grad", "_primal", "dleft", "dright", "left", "metadata", "op", "right", "stamp")

if TYPE_CHECKING or native is None:

    class BaseNode:
        """The slots of a node; ``autograd.graph.topological_order`` says what they hold."""

        __slots__ = SLOTS

        _primal: Any
        _grad: Any
        op: Op | None
        left: Any
        right: Any
        dleft: Any
        dright: Any
        stamp: Any
        metadata: Metadata | None

    class ScalarMethods:
        """What of Value is written in C: nothing here."""

        __slots__ = ()

else:
    BaseNode, ScalarMethods = native.BaseNode, native.ScalarMethods


def primal_of(x: Any) -> Any:
    """Return the numbers of a node, or anything else as it is."""
    return x._primal if isinstance(x, BaseNode) else x
