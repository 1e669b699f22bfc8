"""Reference cycles. The native engine hides its nodes from the garbage collector until something can close a cycle.

A graph alone has no cycles: a node refers to its arguments, which are older. A hook, or a gradient that is a graph, can refer to
nodes that were made later. A node with an argument that the collector sees is seen itself, so it is enough to show older ones.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from autograd.graph.topological_order import topological_order
from autograd.state.engine import native

# How far to look for nodes that a hook holds, in objects: nearest first. A closure or a notebook holds hundreds; with this many a
# registration takes some milliseconds. A cycle through something further away is not found, and its memory is not given back.
MOST_OBJECTS = 10_000


def track_graph(roots: Iterable[Any]) -> None:
    """Let the garbage collector see every node of the graphs below ``roots``."""
    if native is not None:
        nodes, leaves = topological_order(roots)
        native.track(nodes)
        native.track(leaves)


def find_nodes_held_by(hook: Callable[..., Any]) -> list[Any]:
    """The nodes that a function refers to: by its closure, its globals, its object, and what these hold."""
    if native is None:
        return []
    seen = {id(hook)}
    waiting: deque[Any] = deque([hook])
    nodes = []
    while waiting and len(seen) < MOST_OBJECTS:
        for x in gc.get_referents(waiting.popleft()):
            if id(x) in seen or isinstance(x, ModuleType | type):
                continue
            seen.add(id(x))
            if hasattr(type(x), "stamp"):
                nodes.append(x)
            else:
                waiting.append(x)
    return nodes
