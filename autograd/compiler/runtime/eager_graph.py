"""Derivatives of higher order of a compiled function: its graph is recorded by one more run of the uncompiled function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.runtime.derivative_arguments import is_differentiable
from autograd.compiler.runtime.result_pullback import ResultPullback
from autograd.core.node import Node, stale_graph_error
from autograd.core.operators import apply
from autograd.core.pytree import flatten, tree_map
from autograd.graph.forward_mode import pushforward
from autograd.graph.reverse_mode import pullback
from autograd.graph.topological_order import topological_order
from autograd.ops import find
from autograd.state import context


class EagerGraph(NamedTuple):
    """The graph of a result, from an uncompiled run on nodes that stand in for the arguments.

    The stand-ins make sure that a node which is an argument and is captured too, or on which several arguments depend, counts once
    in each place.

    Attributes
    ----------
    output : Node or number
        The result of this run.
    nodes : sequence of Node
        The nodes of this run, in topological order.
    stand_ins : dict of int to Node
        The stand-ins of the arguments, by the identity of these.
    n_arguments : int
        How many of the result's edges lead to arguments. The others lead to captured nodes.
    """

    output: Any
    nodes: Sequence[Any]
    stand_ins: dict[int, Any]
    n_arguments: int

    def find_source(self, args: Sequence[Any], i: int) -> Any:
        """Return the node of this run that belongs to an edge of the result.

        Parameters
        ----------
        args : sequence of Node
            The nodes below the result.
        i : int
            The index of the edge.

        Returns
        -------
        Node or None
            The node. None if the result does not depend on it, or if an earlier edge leads to the same argument.
        """
        if not isinstance(self.output, Node):
            return None
        if i >= self.n_arguments:
            return args[i]
        if any(args[i] is other for other in args[:i]):
            return None
        return self.stand_ins.get(id(args[i]), args[i])

    def vjp(self, args: Sequence[Any], i: int, cotangent: Any, xp: Any) -> Any:
        """Return the cotangent of one edge.

        Parameters
        ----------
        args : sequence of Node
            The nodes below the result.
        i : int
            The index of the edge.
        cotangent : float, array or Node
            The cotangent of the result.
        xp : Backend or None
            The backend that computes it; None for plain numbers.

        Returns
        -------
        float, array, Node or None
            The cotangent; None if it is zero.
        """
        source = self.find_source(args, i)
        return None if source is None else pullback([self.output], [cotangent], [source], xp, self.nodes)[0]

    def jvp(self, args: Sequence[Any], tangents: Sequence[Any], xp: Any = None) -> Any:
        """Return the tangent of the result.

        Parameters
        ----------
        args : sequence of Node
            The nodes below the result.
        tangents : sequence of float, array, Node or None
            The tangents of the edges; None for zero.
        xp : Backend, optional
            The backend that computes it; by default plain numbers.

        Returns
        -------
        float, array, Node or None
            The tangent; None if it is zero.
        """
        pairs = [(self.find_source(args, i), tangent) for i, tangent in enumerate(tangents) if tangent is not None]
        sources = [source for source, _ in pairs if source is not None]
        source_tangents = [tangent for source, tangent in pairs if source is not None]
        return pushforward([self.output], sources, source_tangents, xp, self.nodes)[0] if sources else None


def record_eager_graph(result: Any, result_pullback: ResultPullback) -> EagerGraph:
    """Run the function of a result again, uncompiled.

    Parameters
    ----------
    result : Node
        A result of a compiled function.
    result_pullback : ResultPullback
        Its pullback.

    Returns
    -------
    EagerGraph
        The graph of this run.

    Raises
    ------
    GraphError
        If an input has changed since the call.
    """
    _check_inputs_are_unchanged(result, result_pullback)
    start_stamp = context.tick()
    stand_ins: dict[int, Any] = {}

    def replace(leaf: Any) -> Any:
        if not is_differentiable(leaf):
            return leaf
        node = leaf.original
        return stand_ins.setdefault(id(node), apply(find("positive"), node))

    args, kwargs = tree_map(replace, (result_pullback.call.args, result_pullback.call.kwargs))
    output = flatten(result_pullback.compiled.run_eagerly(*args, **kwargs))[0][result_pullback.output_index]
    order, _ = topological_order([output] if isinstance(output, Node) else [], start_stamp)
    stand_in_ids = {id(node) for node in stand_ins.values()}  # behind them lies the history of the arguments
    nodes = [node for node in order if id(node) not in stand_in_ids]
    slots = result_pullback.specialization.slots
    n_arguments = sum(slots[k].argument is not None for k in result_pullback.wrt)
    return EagerGraph(output, nodes, stand_ins, n_arguments)


def _check_inputs_are_unchanged(result: Any, result_pullback: ResultPullback) -> None:
    now = result_pullback.specialization.inputs(result_pullback.leaves)
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(now, result_pullback.inputs, strict=True)):
        raise stale_graph_error(result)
