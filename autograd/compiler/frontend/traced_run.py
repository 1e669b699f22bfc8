"""One run of a function under a tracer: the nodes that it computed, and what it returned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.frontend.builtin_max_min import trace_with
from autograd.compiler.frontend.traced_data import to_node
from autograd.compiler.frontend.traced_mask import TracedMask
from autograd.compiler.frontend.tracer import Tracer
from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.core.pytree import Build, flatten
from autograd.errors import GraphError
from autograd.graph.topological_order import topological_order
from autograd.state import context, context_managers
from autograd.state.engine import native


class TracedRun(NamedTuple):
    """One run of a function under a tracer.

    Attributes
    ----------
    tracer : Tracer
        The guards of the run, and the origins of its leaves.
    nodes : list of Node
        The nodes on which results and guards depend, in the order in which the program made them.
    outputs : list
        The leaves of the result: nodes and plain numbers.
    masks : frozenset of int
        The positions among the outputs of masks, which are nodes with 1.0 for True and 0.0 for False.
    build : callable
        The function that puts as many other leaves into the structure of the result.
    start_stamp : int
        The stamp of the graph clock when the run began; older nodes were there before.
    has_only_new_nodes : bool
        Whether the tracer saw all nodes being made, so that none was there before.
    """

    tracer: Tracer
    nodes: list[Node]
    outputs: list[Any]
    masks: frozenset[int]
    build: Build
    start_stamp: int
    has_only_new_nodes: bool


def run_function(f: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], limit: int) -> TracedRun:
    """Run a function under a new tracer.

    Parameters
    ----------
    f : callable
        The function.
    args, kwargs : sequence and dict
        Its arguments, with nodes in place of what is traced.
    limit : int
        How many nodes the run may have.

    Returns
    -------
    TracedRun
        The run.

    Raises
    ------
    GraphError
        If no result is a node, if a result is neither a node nor a number, or if the run has more than ``limit`` nodes.
    """
    start_stamp = context.tick()
    tracer = Tracer()
    with context_managers.force_recording(start_stamp), trace_with(tracer):
        try:
            result = f(*args, **kwargs)
        except Exception as error:
            _add_notes(error, f)
            raise
        tracer.guard_updates()
        tracer.refer_to_originals()
    leaves, build = flatten(result)
    outputs = [to_node(leaf) for leaf in leaves]
    masks = frozenset(k for k, leaf in enumerate(leaves) if isinstance(leaf, TracedMask))
    _check_outputs(outputs, result)
    nodes, has_only_new_nodes = _collect_nodes(tracer, outputs, start_stamp)
    if len(nodes) > limit:
        raise GraphError(
            f"compile(): the function computed {len(nodes)} nodes, more than the limit of {limit}: compile a part of it, such as "
            f"one sample with in_axes, or raise the limit, as in compile(f, limit={10 ** len(str(len(nodes)))})"
        )
    return TracedRun(tracer, nodes, outputs, masks, build, start_stamp, has_only_new_nodes)


def _add_notes(error: Exception, f: Callable[..., Any]) -> None:
    """Say in an error of the user's function that it was raised while the function was traced."""
    if isinstance(error, TypeError) and "ufunc" in str(error):
        error.add_note(
            "compile(): an array of floats reaches the function as an object array of Values; for functions that take whole "
            "arrays, pass a Tensor"
        )
    error.add_note(f"compile(): {getattr(f, '__name__', 'the function')} was run on nodes in place of floats and arrays")


def _check_outputs(outputs: Sequence[Any], result: Any) -> None:
    """Raise GraphError if the results are not nodes and numbers, with at least one node."""
    if not any(isinstance(x, Node) for x in outputs):
        raise GraphError(
            f"compile(): the function returned {describe(result)}, and no node: return the Value, Tensor, or container of them "
            f"that it computes"
        )
    for x in outputs:
        if not isinstance(x, Node | float | int | np.ndarray | np.number):
            raise GraphError(
                f"compile(): the function returned {describe(x)} among its results: return nodes, numbers, and containers of them"
            )


def _nodes_with_stamp(nodes: list[Any], stamp: int) -> list[Any]:
    """The nodes with an operation that a walk with this stamp has visited, in their order."""
    if native is not None:
        return native.nodes_with_stamp(nodes, stamp)  # type: ignore[no-any-return]  # a list
    return [node for node in nodes if node.stamp == stamp and node.op is not None]


def _collect_nodes(tracer: Tracer, outputs: Sequence[Any], start_stamp: int) -> tuple[list[Node], bool]:
    """Return the nodes of a run in the order in which the program made them, and whether the tracer saw all of them being made.

    Nodes that no result needs are left out. If the tracer did not see some of them being made, they are all in a topological order:
    dependencies of guards and leaves first, as they were recorded, since what a leaf stands for, or what a choice is made by, must
    precede its use.
    """
    roots: list[Any] = []
    for source in tracer.dependencies:
        roots += source.compared_nodes() if isinstance(source, TracedMask) else [source]
    roots += outputs
    nodes, _ = topological_order([x for x in roots if isinstance(x, Node)], start_stamp)
    created = _nodes_with_stamp(tracer.created, nodes[-1].stamp) if nodes else []
    tracer.created = []
    return (created, True) if len(created) == len(nodes) else (nodes, False)
