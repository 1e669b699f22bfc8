"""Node: the common base class of Value and Tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from autograd.core.node_mixins.comparisons import Comparisons
from autograd.core.node_mixins.conversions import Conversions
from autograd.core.node_mixins.differentiation import Differentiation
from autograd.core.node_mixins.gradient_hooks import GradientHooks
from autograd.errors import GraphError
from autograd.graph import copy_and_pickle
from autograd.state import context


class Node(Differentiation, GradientHooks, Comparisons, Conversions):
    """A number or an array that remembers the operation and the arguments that made it.

    It is the base class of :class:`Value` and :class:`Tensor`, for ``isinstance``; it is not instantiated itself.

    Examples
    --------
    >>> from autograd import Value
    >>> isinstance(Value(1.0), Node)
    True
    """

    __slots__ = ()

    rank: ClassVar[int]  # a mixed expression gives the class of the highest rank: 0 for Value, 1 for Tensor
    by_rank: ClassVar[dict[int, type[Any]]] = {}
    graph_backend: ClassVar[Any]  # the backend in which derivatives are graphs; numpy_api/graph_backend.py sets it

    @property
    def current(self) -> Any:
        """The node that a graph refers to: of a :class:`Buffer` its present version, else the node itself."""
        return self

    @property
    def original(self) -> Any:
        """The node that a graph means where it holds this object: the node before the program assigned to it, or itself."""
        return self

    def __init_subclass__(cls) -> None:
        Node.by_rank.setdefault(cls.rank, cls)

    @classmethod
    def blank(cls) -> Self:
        """Return a new leaf without numbers."""
        node = object.__new__(cls)
        node.op = node.left = node.dleft = node.dright = None
        node.right = context.clock
        node.metadata = context.metadata_here()
        node.stamp = context.clock
        node._grad = 0.0
        if context.open_block_count:
            context.note_created(node)
        return node

    # -- copying

    def __reduce__(self) -> tuple[Any, ...]:
        self._refuse_while_tracing("pickling")
        return copy_and_pickle.reduce_node(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        self._refuse_while_tracing("copying")
        return copy_and_pickle.deepcopy_graph(self, memo)

    def __copy__(self) -> Any:
        self._refuse_while_tracing("copying")
        return copy_and_pickle.copy_node(self)

    if TYPE_CHECKING:  # written from the rows when the subclasses are made

        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __rmul__(self, other: Any) -> Any: ...
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...
        def __mod__(self, other: Any) -> Any: ...
        def __rmod__(self, other: Any) -> Any: ...
        def __floordiv__(self, other: Any) -> Any: ...
        def __rfloordiv__(self, other: Any) -> Any: ...
        def __pow__(self, other: Any) -> Any: ...
        def __rpow__(self, other: Any) -> Any: ...
        def __neg__(self) -> Any: ...
        def __pos__(self) -> Any: ...
        def __abs__(self) -> Any: ...


def stale_graph_error(node: Node) -> GraphError:
    """Return the error for a graph whose arguments were changed after it was recorded."""
    return GraphError(
        f"the data of an argument of {node.describe()} was changed after the forward pass: derivatives of higher order need it "
        f"as it was, so run the forward pass again first"
    )
