"""Reverse mode: the chain rule along a graph, from its roots to its leaves. It knows nodes by their edges only."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.backends.float_errors import FLOAT_ERROR_STATE, IGNORED, ignore_float_errors
from autograd.backends.numpy_backend import ARRAY
from autograd.errors import GraphError
from autograd.graph.graph_lock import graph_lock
from autograd.graph.original_nodes import correct_nodes, to_originals
from autograd.graph.topological_order import PACKED, topological_order
from autograd.state import context, context_managers
from autograd.state.anomaly_checks import check_contribution, check_cotangent, gradient_anomaly_error, is_finite
from autograd.state.engine import native
from autograd.state.hook_handles import Hooks

_walking = False  # whether a backward pass is under way, in the thread that has the lock


def accumulate_gradients(root: Any, cotangent: Any) -> None:
    """Run reverse mode from ``root`` and store the gradients in ``.grad``.

    Interior nodes are overwritten and leaves accumulate. If an exception occurs, the leaves keep their earlier gradients.

    Parameters
    ----------
    root : Node
        The node to start from.
    cotangent : float or array
        Its cotangent.

    Raises
    ------
    GraphError
        If another backward pass is running, as inside a hook.
    """
    global _walking
    with graph_lock:
        if _walking:
            raise GraphError("backward() inside a hook would overwrite the pass that is running: use autograd.gradients() there")
        nodes, leaves = topological_order((root,))
        before = [leaf._grad for leaf in leaves]
        _walking = True
        _reset_gradients(nodes)
        error_state = FLOAT_ERROR_STATE.set(IGNORED)
        try:
            if Hooks.total_count or (context.open_block_count and context.current().anomaly):
                _backward_with_hooks(root, cotangent, nodes, leaves)
            else:
                _backward_without_hooks(root, cotangent, nodes)
            for leaf in leaves:
                leaf.left = True
        except BaseException:
            for leaf, grad in zip(leaves, before, strict=True):
                leaf._grad = grad
            raise
        finally:
            FLOAT_ERROR_STATE.reset(error_state)
            _walking = False


def _backward_without_hooks(root: Any, cotangent: Any, nodes: list[Any]) -> None:
    """Run the pass if there are neither hooks nor anomaly()."""
    root.accumulate_grad(cotangent, None, False)
    parts: dict[Any, list[tuple[Any, Any]]] = {}
    _propagate(nodes, functools.partial(_propagate_packed, parts), parts)
    for leaf, cotangent_parts in parts.items():
        leaf.accumulate_grad(_sum_parts(leaf, cotangent_parts), None, True)


def reset_gradients(nodes: Sequence[Any]) -> None:
    """Set the gradients of the nodes to zero."""
    for node in nodes:
        node._grad = 0.0


def propagate(nodes: Sequence[Any], pull: Callable[[Any], None], parts: dict[Any, Any]) -> None:
    """Apply the chain rule along ``nodes``, from the last to the first; ``pull(node)`` does it for a packed node.

    The native engine calls ``pull`` for a Tensor only if cotangents are waiting in ``parts``.
    """
    for node in reversed(nodes):
        partial = node.dleft
        if partial is PACKED:
            pull(node)
            continue
        g = node._grad
        if partial is not None:
            node.left._grad += g * partial
        partial = node.dright
        if partial is not None:
            node.right._grad += g * partial


_reset_gradients = reset_gradients if native is None else native.reset_gradients
_propagate = propagate if native is None else native.propagate


def _propagate_packed(parts: dict[Any, list[tuple[Any, Any]]], node: Any) -> None:
    """Propagate the gradient of a packed node. Cotangents of parts of an array are collected in ``parts`` until all are there."""
    if parts and node in parts:
        node.accumulate_grad(_sum_parts(node, parts.pop(node)), node.op, True)
    if node.op.accumulate_cotangent is None:
        node.propagate_grad()
    else:
        parts.setdefault(node.left[0], []).append((node, node._grad))


def _sum_parts(source: Any, cotangent_parts: Sequence[tuple[Any, Any]]) -> Any:
    """Return the sum of the cotangents of parts of an array, such as t[0], t[1], …, in one array."""
    total = np.zeros(source.shape, source.dtype)
    for node, g in cotangent_parts:
        node.op.accumulate_cotangent(ARRAY, total, g, **node.static)
    return total


def _backward_with_hooks(root: Any, cotangent: Any, nodes: Sequence[Any], leaves: Sequence[Any]) -> None:
    """Run the pass with hooks and with the checks of anomaly()."""
    checks_anomaly = context.current().anomaly
    hooked = [(leaf, leaf._grad) for leaf in leaves if leaf.metadata is not None and leaf.metadata.hooks]
    for leaf, _ in hooked:
        leaf._grad = 0.0
    root.accumulate_grad(cotangent, None, False)
    parts: dict[Any, list[tuple[Any, Any]]] = {}
    for node in reversed(nodes):
        if node in parts:
            node.accumulate_grad(_sum_parts(node, parts.pop(node)), node.op, True)
        if node.metadata is not None and node.metadata.hooks:
            node._grad = node.run_hooks(node._grad)
        partial = node.dleft
        if partial is PACKED:
            if checks_anomaly and not is_finite(node._grad):
                raise gradient_anomaly_error(node, reversed(nodes))
            _propagate_packed(parts, node)
            continue
        g = node._grad
        if checks_anomaly and g - g != 0.0:
            raise gradient_anomaly_error(node, reversed(nodes))
        if partial is not None:
            node.left._grad += g * partial
        partial = node.dright
        if partial is not None:
            node.right._grad += g * partial
    for leaf, cotangent_parts in parts.items():
        leaf.accumulate_grad(_sum_parts(leaf, cotangent_parts), None, True)
    for leaf in leaves if checks_anomaly else ():
        if not is_finite(leaf._grad):
            raise gradient_anomaly_error(leaf, reversed(nodes))
    for leaf, before in hooked:
        leaf._grad = before + leaf.run_hooks(leaf._grad)


def dependent_nodes(nodes: Sequence[Any], sources: Iterable[Any]) -> set[Any]:
    """Return the sources, and those of ``nodes`` (in topological order) that depend on them."""
    live = set(sources)
    for node in nodes:
        partial = node.dleft
        if partial is PACKED:
            if any(source in live for _, source in node.sources):
                live.add(node)
        elif (partial is not None and node.left in live) or (node.dright is not None and node.right in live):
            live.add(node)
    return live


def _differentiable_edges(node: Any) -> list[tuple[int, Any, float | None]]:
    """Return the arguments to which gradients flow: position, node, and the partial derivative unless the node is packed."""
    left, right = node.dleft, node.dright
    if left is PACKED:
        return [(i, source, None) for i, source in node.sources]
    if right is None:
        return [(0, node.left, left)] if left is not None else []
    return [(0, node.left, left), (1, node.right, right)] if left is not None else [(1, node.right, right)]


def _checked_vjp(node: Any, i: int, g: Any, xp: Any) -> Any:
    """Return the contribution of a node to its argument ``i``, which anomaly() checks under the name of the node."""
    with context_managers.suspend_anomaly_checks():
        c = node.vjp(i, g, xp)
    check_contribution(node, i, g, c)
    return c


def pullback(
    roots: Sequence[Any],
    cotangents: Sequence[Any],
    sources: Sequence[Any],
    xp: Any = None,
    nodes: Sequence[Any] | None = None,
) -> list[Any]:
    """Compute vector-Jacobian products by reverse mode, without writing ``.grad``.

    Parameters
    ----------
    roots : sequence of Node
        The results.
    cotangents : sequence of float, array or Node
        The cotangent of each root.
    sources : sequence of Node
        The nodes whose cotangents are asked for.
    xp : Backend, optional
        The backend in which to compute. With the graph backend the cotangents are nodes, which can be differentiated again; the
        default computes with numbers.
    nodes : sequence of Node, optional
        The interior nodes below the roots in topological order, if the caller knows them.

    Returns
    -------
    list
        The cotangent of each source, or None for a source on which no root depends.
    """
    roots = to_originals(roots)
    nodes = topological_order(roots)[0] if nodes is None else correct_nodes(nodes)
    sums = _CotangentSums(dependent_nodes(nodes, sources))
    for root, cotangent in zip(roots, cotangents, strict=True):
        sums.add(root, cotangent)
    arrived, live, ends = sums.arrived, sums.live, set(sources)
    checks_anomaly = context.current().anomaly
    with ignore_float_errors():
        for node in reversed(nodes):
            if node in sums.parts:
                sums.add_parts(node)
            if node not in live or node not in arrived:
                continue
            g = arrived.pop(node)
            if checks_anomaly:
                check_cotangent(node, g)
            if Hooks.total_count:
                g = node.run_hooks(g)
            if node in ends:
                arrived[node] = g
            if xp is None and node.op.accumulate_cotangent is not None:
                sums.parts.setdefault(node.left[0], []).append((node, g))
            else:
                _propagate_to_arguments(node, g, xp, sums, checks_anomaly)
        for leaf in list(sums.parts):
            sums.add_parts(leaf)
    return [_finish_cotangent(source, arrived.get(source), checks_anomaly) for source in sources]


class _CotangentSums:
    """The cotangents of nodes, as far as they have arrived.

    Attributes
    ----------
    live : set of Node
        The nodes that depend on a source. The others get no cotangent.
    arrived : dict of Node to float, array or Node
        The sum of the cotangents of each node.
    owned : set of Node
        The nodes whose sum is an array that nobody else keeps, so that it can be added to in place.
    parts : dict of Node to list
        Cotangents of parts of an array, such as t[0], which are added up when all of them have arrived.
    """

    __slots__ = ("arrived", "live", "owned", "parts")

    def __init__(self, live: set[Any]) -> None:
        self.live = live
        self.arrived: dict[Any, Any] = {}
        self.owned: set[Any] = set()
        self.parts: dict[Any, list[tuple[Any, Any]]] = {}

    def add(self, node: Any, cotangent: Any) -> None:
        """Add a cotangent, in a new array if there are some already."""
        self.arrived[node] = self.arrived[node] + cotangent if node in self.arrived else cotangent

    def add_parts(self, node: Any) -> None:
        """Add the cotangents of the parts of a node, all of which have arrived."""
        self.add(node, _sum_parts(node, self.parts.pop(node)))


def _propagate_to_arguments(node: Any, g: Any, xp: Any, sums: _CotangentSums, checks_anomaly: bool) -> None:
    """Add to the cotangent of each argument what it gets from ``node``, whose cotangent is ``g``."""
    arrived = sums.arrived
    for i, source, local in _differentiable_edges(node):
        if source not in sums.live:
            continue
        if checks_anomaly:
            c = _checked_vjp(node, i, g, xp)
        elif xp is None and local is not None:
            c = g * local
        else:
            c = node.vjp(i, g, xp)
        if source not in arrived:
            arrived[source] = c
            if xp is None and local is None and node.op.vjp_allocates and c is not g:
                sums.owned.add(source)
        elif source in sums.owned:
            arrived[source] += c
        else:
            arrived[source] = arrived[source] + c


def _finish_cotangent(source: Any, cotangent: Any, checks_anomaly: bool) -> Any:
    """Check the cotangent of a source, and run its hooks if it is a leaf. An interior source has had its hooks in the walk."""
    if cotangent is None:
        return None
    if checks_anomaly:
        check_cotangent(source, cotangent)
    return source.run_hooks(cotangent) if Hooks.total_count and source.op is None else cotangent
