"""Reference cycles. The native engine hides its nodes from the garbage collector until something can close a cycle.

A graph alone has no cycles: a node refers to its arguments, which are older. A hook, or a gradient that is a graph, can refer to
nodes that were made later. A node with an argument that the collector sees is seen itself, so it is enough to show older ones.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd.graph.topological_order import topological_order
from autograd.state.engine import native


def show_to_collector(roots: Iterable[Any]) -> None:
    """Let the garbage collector see every node of the graphs below ``roots``."""
    if native is not None:
        nodes, leaves = topological_order(roots)
        native.track(nodes)
        native.track(leaves)


def nodes_held_by(hook: Callable[..., Any]) -> Iterator[Any]:
    """The nodes that a function refers to: by its closure, its defaults, its object, or as a partial's arguments."""
    held: list[Any] = [getattr(hook, "__self__", None), *(getattr(hook, "__defaults__", None) or ())]
    for cell in getattr(hook, "__closure__", None) or ():
        try:
            held.append(cell.cell_contents)
        except ValueError:  # a variable that is not assigned yet
            continue
    if isinstance(hook, functools.partial):
        held += [*hook.args, *hook.keywords.values(), *nodes_held_by(hook.func)]
    held += [x for many in held if isinstance(many, list | tuple) for x in many]
    held += [x for many in held if isinstance(many, dict) for x in many.values()]
    return (x for x in held if hasattr(type(x), "stamp"))
