"""The edges of a node in the graph, its name, scope and source line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from autograd.core.base_node import BaseNode
from autograd.core.coercion import describe as describe_input
from autograd.errors import DataError, GraphError
from autograd.graph.topological_order import PACKED
from autograd.ops import Op
from autograd.state.metadata import Metadata, format_location


class GraphStructure(BaseNode):
    """The arguments of a node, its name, and what error messages call it."""

    __slots__ = ()

    @property
    def args(self) -> tuple[Any, ...]:
        """The arguments of the operation in order, numbers and arrays included; () for a leaf."""
        if self.op is None:
            return ()
        if self.dleft is PACKED:
            return tuple(self.left)
        return (self.left,) if self.op.arity == 1 else (self.left, self.right)

    @property
    def static(self) -> dict[str, Any]:
        """The keyword arguments of the operation, such as an axis."""
        return self.right if self.dleft is PACKED else {}

    @property
    def sources(self) -> Sequence[tuple[int, Any]]:
        """The arguments that are nodes, as pairs (position, node)."""
        args = self.left if self.dleft is PACKED else self.args
        return [(i, arg) for i, arg in enumerate(args) if isinstance(arg, BaseNode)]

    @property
    def parents(self) -> tuple[Any, ...]:
        """The arguments that are nodes, one entry per argument slot: ``a * a`` has two."""
        return tuple(arg.original for _, arg in self.sources)

    @property
    def is_leaf(self) -> bool:
        """Whether the node was made by the user and not by an operation."""
        return self.op is None

    @property
    def has_grad(self) -> bool:
        """Whether a gradient has reached this leaf since the last zero_grad(). The gradient may be zero.

        Examples
        --------
        >>> from autograd import Value
        >>> a, b = Value(3.0), Value(2.0); (a * 0.0).backward()
        >>> a.has_grad, b.has_grad
        (True, False)
        """
        return self.op is None and self.left is True

    @property
    def name(self) -> str | None:
        """The name of the node, or None."""
        return self.metadata.name if self.metadata else None

    @name.setter
    def name(self, name: str | None) -> None:
        if name is not None and not isinstance(name, str):
            raise DataError(f"a name must be a string, not {describe_input(name)}")
        self.own_metadata().name = name

    def own_metadata(self) -> Metadata:
        """Return the metadata of this node alone; it is created, or copied if it is shared, at the first call."""
        if self.metadata is None:
            self.metadata = Metadata()
        elif self.metadata.shared:
            self.metadata: Metadata | None = self.metadata.own()
        return self.metadata

    @property
    def scope(self) -> str:
        """The scopes in which the node was made, outermost first, as in ``layer1/neuron2``; "" outside all scopes."""
        return self.metadata.scope if self.metadata else ""

    @property
    def path(self) -> str:
        """The scopes and the name, as in ``layer1/neuron2/w``; "" if the node has no name."""
        return self.metadata.path if self.metadata else ""

    @property
    def line(self) -> str:
        """The line of the program that made the node inside anomaly(), or "" for a node that was made outside.

        Examples
        --------
        >>> from autograd import Value, anomaly
        >>> with anomaly():
        ...     Value(1.0).line.partition(">")[2]
        ':2 `Value(1.0).line.partition(">")[2]`'
        """
        return format_location(self.metadata.location) if self.metadata and self.metadata.location else ""

    def describe(self) -> str:
        """Return the description of the node for error messages: its class, name, operation and line."""
        return self._describe_as(type(self).__name__, "leaf" if self.op is None else f"result of {self.op.name}")

    def _describe_as(self, kind: str, made: str) -> str:
        """Return the description with the name of a class, and what made the node."""
        name = f"{self.path!r}, " if self.path else ""
        scope = f" in {self.scope}" if self.scope and not self.path else ""
        return f"this {kind} ({name}{made}{scope}{f', made at {self.line}' if self.line else ''})"

    # -- what Value and Tensor define

    if TYPE_CHECKING:

        @property
        def shape(self) -> tuple[int, ...]: ...

        data: Any

        @property
        def current(self) -> Any: ...

        @property
        def original(self) -> Any: ...

        @property
        def constant(self) -> bool: ...

        @classmethod
        def leaf(cls, data: Any) -> Any: ...

        @classmethod
        def record(cls, op: Op, args: Sequence[Any], static: dict[str, Any]) -> Any: ...

        def accumulate_grad(self, c: Any, op: Op | None, fresh: bool) -> None: ...

        def propagate_grad(self) -> None: ...

        def numeric_vjp(self, i: int, g: Any) -> Any: ...

        def numeric_jvp(self, tangents: Sequence[Any]) -> Any: ...

        def match_type(self, g: Any) -> Any: ...

        def to_gradient_data(self, g: Any) -> Any: ...

        def unbroadcast_cotangent(self, c: Any, op: Op | None) -> Any: ...

        def check_unchanged(self) -> None: ...

        def run_hooks(self, g: Any) -> Any: ...

        def _refuse_while_tracing(self, action: str) -> None: ...

        rank: ClassVar[int]
        graph_backend: ClassVar[Any]


def assignment_error(node: GraphStructure) -> GraphError:
    """Return the error for an assignment to the data of a result."""
    return GraphError(f"{node.describe()} was computed, so its data cannot be replaced: change the leaves, or take node.detach()")
