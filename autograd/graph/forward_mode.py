"""Forward mode: tangents along a graph, from its leaves to its roots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.backends.float_errors import ignore_float_errors
from autograd.graph.original_nodes import correct_nodes, to_originals
from autograd.graph.topological_order import PACKED, topological_order
from autograd.state import context, context_managers
from autograd.state.anomaly_checks import check_tangent


def pushforward(
    roots: Sequence[Any], sources: Sequence[Any], tangents: Sequence[Any], xp: Any = None, nodes: Sequence[Any] | None = None
) -> list[Any]:
    """Compute the Jacobian-vector products of ``roots`` by forward mode.

    Parameters
    ----------
    roots : sequence of Node
        The results.
    sources : sequence of Node
        The nodes that have tangents.
    tangents : sequence of float, array or Node
        The tangent of each source.
    xp : Backend, optional
        The backend in which to compute. With the graph backend the tangents are nodes; the default computes with numbers.
    nodes : sequence of Node, optional
        The interior nodes below the roots in topological order, if the caller knows them.

    Returns
    -------
    list
        The tangent of each root, or None for a root that does not depend on the sources.
    """
    roots = to_originals(roots)
    nodes = topological_order(roots)[0] if nodes is None else correct_nodes(nodes)
    with ignore_float_errors():
        node_tangents = propagate_tangents(nodes, sources, tangents, xp)
    return [node_tangents.get(root) for root in roots]


def propagate_tangents(nodes: Sequence[Any], sources: Sequence[Any], tangents: Sequence[Any], xp: Any = None) -> dict[Any, Any]:
    """Return the tangents of the sources and of all ``nodes`` (in topological order) that depend on them."""
    node_tangents: dict[Any, Any] = dict(zip(sources, tangents, strict=True))
    checks_anomaly = context.current().anomaly
    for node in nodes:
        if node in node_tangents:
            continue
        if node.dleft is not PACKED:
            left = node_tangents.get(node.left) if node.dleft is not None else None
            right = node_tangents.get(node.right) if node.dright is not None else None
            if xp is None and not checks_anomaly:
                if left is not None:
                    node_tangents[node] = left * node.dleft if right is None else left * node.dleft + right * node.dright
                elif right is not None:
                    node_tangents[node] = right * node.dright
                continue
            arg_tangents = [left] if node.right is None else [left, right]
        else:
            arg_tangents = [node_tangents.get(arg) if hasattr(arg, "stamp") else None for arg in node.args]
        if any(t is not None for t in arg_tangents):
            if not checks_anomaly:
                node_tangents[node] = node.jvp(arg_tangents, xp)
                continue
            with context_managers.suspend_anomaly_checks():
                node_tangents[node] = node.jvp(arg_tangents, xp)
            check_tangent(node, node_tangents[node])
    return node_tangents
