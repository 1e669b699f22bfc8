"""The backward pass as something to watch: one step per node, with what it hands to each of its arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from autograd.graph.topological_order import topological_order


class Push(NamedTuple):
    """What one argument receives: ``contribution`` on top of what came before, ``arrived`` in all.

    ``heard`` of its ``consumers`` have now handed on their part; when all have, its gradient is complete.
    """

    source: Any
    position: int
    contribution: Any
    arrived: Any
    heard: int
    consumers: int

    @property
    def complete(self) -> bool:
        """Whether the argument has now heard from all its consumers."""
        return self.heard == self.consumers


class Step(NamedTuple):
    """One node's turn: its complete cotangent, and what it pushes along each edge."""

    node: Any
    cotangent: Any
    pushes: list[Push]


def iterate_steps(root: Any, cotangent: Any, hooks: bool = True) -> Iterator[Step]:
    """The steps of reverse mode from ``root``, in the order of the walk; no ``.grad`` is written, and hooks are heard if wanted."""
    nodes, _ = topological_order((root,))
    consumers: dict[Any, int] = {}
    for node in nodes:
        for _, source in node.sources:
            consumers[source] = consumers.get(source, 0) + 1
    heard = dict.fromkeys(consumers, 0)
    arrived = {root: cotangent}
    for node in reversed(nodes):
        if hooks:
            arrived[node] = node.run_hooks(arrived[node])
        pushes = []
        for i, source in node.sources:
            contribution = node.vjp(i, arrived[node], None)
            arrived[source] = arrived[source] + contribution if source in arrived else contribution
            heard[source] += 1
            if hooks and source.op is None and heard[source] == consumers[source]:
                arrived[source] = source.run_hooks(arrived[source])
            pushes.append(Push(source, i, contribution, arrived[source], heard[source], consumers[source]))
        yield Step(node, arrived[node], pushes)
