"""Forward mode: tangents along a graph, from its leaves to its roots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.graph.topological_order import PACKED, topological_order
from autograd.state import context
from autograd.state.anomaly_checks import check_tangent


def pushforward(
    roots: Sequence[Any], sources: Sequence[Any], tangents: Sequence[Any], xp: Any = None, nodes: Sequence[Any] | None = None
) -> list[Any]:
    """Forward mode: the tangents of ``roots`` when ``sources`` move along ``tangents`` (None where a root does not move).

    ``nodes`` as in :func:`pullback`.
    """
    if nodes is None:
        nodes, _ = topological_order(roots)
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        moving = propagate_tangents(nodes, sources, tangents, xp)
    return [moving.get(root) for root in roots]


def propagate_tangents(nodes: Sequence[Any], sources: Sequence[Any], tangents: Sequence[Any], xp: Any = None) -> dict[Any, Any]:
    """The tangents of all ``nodes`` (in order) that move when ``sources`` do, and of these."""
    moving: dict[Any, Any] = dict(zip(sources, tangents, strict=True))
    looking = context.current().anomaly
    for node in nodes:
        if node in moving:
            continue
        if xp is None and node.dleft is not PACKED and not looking:
            left = moving.get(node.left) if node.dleft is not None else None
            right = moving.get(node.right) if node.dright is not None else None
            if left is not None:
                moving[node] = left * node.dleft if right is None else left * node.dleft + right * node.dright
            elif right is not None:
                moving[node] = right * node.dright
            continue
        along = [moving.get(arg) if hasattr(arg, "stamp") else None for arg in node.args]
        if any(t is not None for t in along):
            if not looking:
                moving[node] = node.jvp(along, xp)
                continue
            with context.suspend_anomaly_checks():
                moving[node] = node.jvp(along, xp)
            check_tangent(node, moving[node])
    return moving
