"""The backward pass as something to watch: one step per node, with what it hands to each of its arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from autograd.graph.topological_order import topological_order


class Push(NamedTuple):
    """The contribution of one node to one argument.

    Attributes
    ----------
    source : Node
        The argument.
    position : int
        Its position among the arguments.
    contribution : float or array
        What the node contributes to the gradient of the argument.
    accumulated : float or array
        The sum of all contributions so far.
    received : int
        How many uses of the argument have contributed so far.
    consumers : int
        How many uses of the argument there are; the gradient is complete when all have contributed.
    """

    source: Any
    position: int
    contribution: Any
    accumulated: Any
    received: int
    consumers: int

    @property
    def complete(self) -> bool:
        """Whether the gradient of the argument is complete."""
        return self.received == self.consumers


class Step(NamedTuple):
    """The turn of one node in the backward pass.

    Attributes
    ----------
    node : Node
        The node.
    cotangent : float or array
        Its complete cotangent.
    pushes : list of Push
        Its contributions, one for each argument that is a node.
    """

    node: Any
    cotangent: Any
    pushes: list[Push]


def iterate_steps(root: Any, cotangent: Any, hooks: bool = True) -> Iterator[Step]:
    """Iterate over the steps of reverse mode from ``root``, without writing ``.grad``.

    Parameters
    ----------
    root : Node
        The node to start from.
    cotangent : float or array
        Its cotangent.
    hooks : bool, default True
        Whether gradient hooks run.

    Yields
    ------
    Step
        One step for each interior node, in reverse topological order.
    """
    nodes, _ = topological_order((root,))
    consumers: dict[Any, int] = {}
    for node in nodes:
        for _, source in node.sources:
            consumers[source] = consumers.get(source, 0) + 1
    received = dict.fromkeys(consumers, 0)
    accumulated = {root: cotangent}
    for node in reversed(nodes):
        if hooks:
            accumulated[node] = node.run_hooks(accumulated[node])
        pushes = []
        for i, source in node.sources:
            contribution = node.vjp(i, accumulated[node], None)
            accumulated[source] = accumulated[source] + contribution if source in accumulated else contribution
            received[source] += 1
            if hooks and source.op is None and received[source] == consumers[source]:
                accumulated[source] = source.run_hooks(accumulated[source])
            pushes.append(Push(source, i, contribution, accumulated[source], received[source], consumers[source]))
        yield Step(node, accumulated[node], pushes)
