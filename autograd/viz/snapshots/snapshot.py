"""Snapshot: a graph as it is now. What happens to the graph afterwards does not change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.errors import GraphError
from autograd.graph.topological_order import topological_order
from autograd.viz.snapshots.columns import Column, Mask
from autograd.viz.snapshots.edges import Edges, to_numbers
from autograd.viz.snapshots.graph_arrays import GraphArrays, Ints

# Operations whose arguments can change places.
COMMUTATIVE = {"add", "multiply", "maximum", "minimum", "logaddexp", "hypot"}


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A graph at one moment.

    Parameters
    ----------
    nodes : tuple of Node
        Leaves first, then the other nodes in topological order. Their positions are the numbers of the nodes.
    paths : tuple of str
        The name of each node, with its scopes in front; "" without a name.
    scopes : tuple of str
        The scopes of each node; "" outside all.
    graph : GraphArrays
        Kinds of nodes, and one edge for each argument slot.
    roots : array of int
        The numbers of the roots.
    data : Column
        The data of the nodes.
    grad : Column or None
        The gradients of the nodes; None before a backward pass.
    local : Column
        The local derivative ∂consumer/∂argument of each edge.
    contribution : Column or None
        What each edge adds to the gradient of its argument; None before a backward pass.
    flags : dict of int to str
        Remarks on nodes: where the first nan or infinity was made.
    """

    nodes: tuple[Node, ...]
    paths: tuple[str, ...]
    scopes: tuple[str, ...]
    graph: GraphArrays
    roots: Ints
    data: Column
    grad: Column | None
    local: Column
    contribution: Column | None
    flags: dict[int, str]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the cached properties, because ``index_by_id`` does not hold for copied nodes."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.nodes)

    @cached_property
    def index_by_id(self) -> dict[int, int]:
        """The number of each node, by its identity."""
        return {id(node): i for i, node in enumerate(self.nodes)}

    def index_of(self, node: Node) -> int:
        """Find the number of a node.

        Parameters
        ----------
        node : Node

        Returns
        -------
        int

        Raises
        ------
        GraphError
            If the node is not in the graph.
        """
        if not isinstance(node, Node):
            raise GraphError(f"expand() and focus() take a node of the graph, not {describe(node)}")
        index = self.index_by_id.get(id(node))
        if index is None:
            raise GraphError(f"{node.describe()} is not in this graph of {self.size} nodes")
        return index

    @cached_property
    def root_set(self) -> set[int]:
        """The numbers of the roots."""
        return set(self.roots.tolist())

    @cached_property
    def is_addition(self) -> Mask:
        """Whether each node is an addition."""
        return np.array([node.op is not None and node.op.name == "add" for node in self.nodes], dtype=bool)

    @cached_property
    def has_nonfinite(self) -> Mask:
        """Whether each node holds a nan or an infinity, as data or as gradient."""
        return self.data.has_nonfinite if self.grad is None else self.data.has_nonfinite | self.grad.has_nonfinite


def take_snapshot(roots: Any, gradients: Mapping[int, Any] = MappingProxyType({})) -> Snapshot:
    """Take a snapshot of the graph below one node, or below several.

    Parameters
    ----------
    roots : Node, or list or tuple of Node
        The roots of the graph.
    gradients : mapping of int to array, optional
        Gradients by the identity of a node, which replace those that the nodes hold.

    Returns
    -------
    Snapshot

    Raises
    ------
    GraphError
        If ``roots`` is anything else.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(3.0); snapshot = take_snapshot(a * a)
    >>> snapshot.size, snapshot.graph.tails.tolist(), snapshot.local.low.tolist()
    (2, [0, 0], [3.0, 3.0])
    """
    root_nodes = to_root_nodes(roots, "draw()")
    inner, leaves = topological_order(root_nodes)
    nodes = [*leaves, *inner]
    index_by_id = {id(node): i for i, node in enumerate(nodes)}
    edges = Edges(nodes, index_by_id)
    data, grad, local, contribution = _columns(nodes, edges, root_nodes, gradients)
    tails, heads, slots = (np.array(column, dtype=np.int64) for column in (edges.tails, edges.heads, edges.slots))
    return Snapshot(
        nodes=tuple(nodes),
        paths=tuple(node.path if node.metadata else "" for node in nodes),
        scopes=tuple(node.scope if node.metadata else "" for node in nodes),
        graph=GraphArrays(_kinds(nodes), tails, heads, np.where(_is_commutative(nodes)[heads], 0, slots)),
        roots=np.array(sorted({index_by_id[id(root)] for root in root_nodes}), dtype=np.int64),
        data=data,
        grad=grad,
        local=local,
        contribution=contribution,
        flags=_flag_first_nonfinite(tails, heads, data, grad, contribution),
    )


def to_root_nodes(roots: Any, call: str) -> list[Node]:
    """Return the roots of a graph as a list.

    Parameters
    ----------
    roots : Node, or list or tuple of Node
    call : str
        The call that error messages name, such as "draw()".

    Returns
    -------
    list of Node

    Raises
    ------
    GraphError
        If ``roots`` is anything else.
    """
    nodes = list(roots) if isinstance(roots, list | tuple) else [roots]
    if nodes and all(isinstance(node, Node) for node in nodes):
        return nodes
    name = call.removesuffix("()")
    if hasattr(roots, "named_parameters"):
        raise GraphError(
            f"{call} takes the result of a module, recorded in its scopes: with model.scopes(): y = model(x); {name}(y)"
        )
    raise GraphError(f"{call} takes a Value, a Tensor or a list of them, as in {name}(loss), not {describe(roots)}")


def _columns(
    nodes: Sequence[Any], edges: Edges, roots: Sequence[Any], gradients: Mapping[int, Any]
) -> tuple[Column, Column | None, Column, Column | None]:
    """Data, gradient, local derivative and contribution."""
    had_backward_pass = any(np.any(to_numbers(root._grad) != 0.0) for root in roots)
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        data = Column.from_rows([to_numbers(node._primal) for node in nodes])
        local = Column.from_rows(edges.local_derivatives())
        if not had_backward_pass:
            return data, None, local, None
        grads = [to_numbers(gradients.get(id(node), node._grad)) for node in nodes]
        return data, Column.from_rows(grads), local, Column.from_rows(edges.contributions(grads))


def _kinds(nodes: Iterable[Any]) -> Ints:
    """A number for each operation and shape, in order of first appearance."""
    kinds: dict[Any, int] = {}
    return np.array([kinds.setdefault((node.op, node.shape), len(kinds)) for node in nodes], dtype=np.int64)


def _is_commutative(nodes: Iterable[Any]) -> Mask:
    return np.array([node.op is not None and node.op.name in COMMUTATIVE for node in nodes], dtype=bool)


def _flag_first_nonfinite(
    tails: Ints, heads: Ints, data: Column, grad: Column | None, contribution: Column | None
) -> dict[int, str]:
    """Flag the first node that made a nan or an infinity in the forward pass, and the first whose derivative made one."""
    flags: dict[int, str] = {}
    is_bad = data.has_nonfinite
    has_bad_argument = np.zeros(len(is_bad), dtype=bool)
    has_bad_argument[heads[is_bad[tails]]] = True
    made_here = np.flatnonzero(is_bad & ~has_bad_argument)
    if len(made_here):
        first = int(made_here[0])
        flags[first] = ("first nan" if data.nans[first] else "first inf") + " of the forward pass"
    if grad is not None and contribution is not None:
        made_backward = heads[contribution.has_nonfinite & ~grad.has_nonfinite[heads]]
        if len(made_backward):
            last = int(made_backward.max())  # the backward pass begins at the last node
            flags[last] = f"{flags[last]}, and of the backward pass" if last in flags else "first nan or inf of the backward pass"
    return flags
