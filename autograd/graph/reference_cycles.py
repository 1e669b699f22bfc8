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

# How many objects are searched for nodes that a hook holds, nearest first. A closure or a notebook holds hundreds. This many
# objects take some milliseconds per registration, and twice as many take twice as long. A cycle through an object further away is
# not found, and its memory is never freed.
MAX_OBJECTS = 10_000


def track_graph(roots: Iterable[Any]) -> None:
    """Let the garbage collector track every node of the graphs below ``roots``."""
    if native is not None:
        nodes, leaves = topological_order(roots)
        native.track(nodes)
        native.track(leaves)


def find_nodes_held_by(hook: Callable[..., Any]) -> list[Any]:
    """Return the nodes that a function refers to: by its closure, its globals, its object, and what these refer to."""
    if native is None:
        return []
    seen = {id(hook)}
    waiting: deque[Any] = deque([hook])
    nodes = []
    while waiting and len(seen) < MAX_OBJECTS:
        for x in gc.get_referents(waiting.popleft()):
            if id(x) in seen or isinstance(x, ModuleType | type):
                continue
            seen.add(id(x))
            if hasattr(type(x), "stamp"):
                nodes.append(x)
            else:
                waiting.append(x)
    return nodes
