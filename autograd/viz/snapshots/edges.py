"""The edges of a graph: which nodes they join, their local derivatives, and what they contribute in the backward pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.backends.numpy_backend import ARRAY
from autograd.core.node import Node
from autograd.graph.topological_order import PACKED
from autograd.ops import Elementwise


class Edges:
    """One edge for each argument slot that holds a node, in the order of the consumers.

    Parameters
    ----------
    nodes : sequence of Node
        The nodes of the graph, arguments before consumers.
    index_by_id : mapping of int to int
        The number of each node, by its identity.

    Attributes
    ----------
    tails, heads, slots : list of int
        The number of the argument, the number of the consumer, and the position among its arguments.
    """

    def __init__(self, nodes: Sequence[Any], index_by_id: Mapping[int, int]) -> None:
        self.nodes = nodes
        self.tails: list[int] = []
        self.heads: list[int] = []
        self.slots: list[int] = []
        self._recorded: list[float | None] = []  # the local derivatives that flat nodes keep
        for head, node in enumerate(nodes):
            if node.op is None:
                continue
            for slot, source, derivative in _arguments(node):
                self.tails.append(index_by_id[id(source)])
                self.heads.append(head)
                self.slots.append(slot)
                self._recorded.append(derivative)

    def local_derivatives(self) -> list[Any]:
        """Compute ∂consumer/∂argument of each edge.

        Returns
        -------
        list of float, array or None
            None if the derivative is not an entrywise product, such as that of a matrix product, or if its rule raises.
        """
        rows = zip(self._recorded, self.heads, self.slots, strict=True)
        return [_local_derivative(self.nodes[h], slot) if recorded is None else recorded for recorded, h, slot in rows]

    def contributions(self, grads: Sequence[Any]) -> list[Any]:
        """Compute what each edge adds to the gradient of its argument.

        Parameters
        ----------
        grads : sequence of float or array
            The gradient of each node.

        Returns
        -------
        list of float, array or None
            None if the rule raises.
        """
        rows = zip(self._recorded, self.heads, self.slots, strict=True)
        contributions = []
        for recorded, head, slot in rows:
            if recorded is None:
                contributions.append(_result_or_none(partial(_pull, self.nodes[head], slot, grads[head])))
            else:
                contributions.append(float(recorded * grads[head]))
        return contributions


def _arguments(node: Any) -> list[tuple[int, Any, float | None]]:
    """Slot, node and, of a flat node, the recorded local derivative of each argument."""
    if node.dleft is PACKED:
        return [(slot, source, None) for slot, source in node.sources]
    both = ((0, node.left, node.dleft), (1, node.right, node.dright))
    return [argument for argument in both if argument[2] is not None]


def _local_derivative(node: Any, slot: int) -> Any:
    """The local derivative of a wide node with respect to one argument."""
    if not node.shape and not node.args[slot].shape:
        return _result_or_none(lambda: node.vjp(slot, 1.0 if node.rank == 0 else np.ones(()), None))
    if isinstance(node.op, Elementwise):
        args = [np.asarray(getattr(arg, "_primal", arg), dtype=float) for arg in node.args]
        return _result_or_none(lambda: node.op.partials[slot](ARRAY, np.asarray(node._primal), *args, **node.static))
    return None


def _pull(node: Any, slot: int, grad: Any) -> Any:
    return node.vjp(slot, node.to_gradient_data(np.asarray(grad)), None)


def _result_or_none(rule: Callable[[], Any]) -> Any:
    """The numbers that a rule gives, or None if it raises: a graph with a broken rule can be drawn too."""
    try:
        return to_numbers(rule())
    except Exception:
        return None


def to_numbers(x: Any) -> Any:
    """Convert a node or a number to plain numbers.

    Parameters
    ----------
    x : Node, float or array

    Returns
    -------
    float or array
        An array is a copy. For complex numbers it holds the absolute values.
    """
    data = x._primal if isinstance(x, Node) else x
    if type(data) is float:
        return data
    return np.array(np.abs(data) if np.iscomplexobj(data) else data, dtype=float)
