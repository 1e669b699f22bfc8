"""Tracing: a function is run on nodes under a tracer, and what it computed becomes a scalar graph.

It is run twice. A node that is the same object in both runs was there before; any other was made inside. A function whose two runs
differ in any other way (random numbers, a counter, a list that grows) cannot be compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.scalar_graph_builder import ScalarGraphBuilder, TracedFunction
from autograd.compiler.frontend.traced_run import TracedRun, run_function
from autograd.errors import GraphError
from autograd.state.garbage_collection import pause_garbage_collection

MakeArguments = Callable[[], tuple[Any, list[Any]]]


@pause_garbage_collection()
def trace_function(f: Callable[..., Any], make_arguments: MakeArguments, limit: int, static: Sequence[Any] = ()) -> TracedFunction:
    """Trace a function by running it twice.

    Parameters
    ----------
    f : callable
        The function.
    make_arguments : callable
        Returns new ``(args, kwargs)``, and the list of the nodes among them, for each run.
    limit : int
        How many nodes a run may have.
    static : sequence, optional
        The arguments that are not traced. What they refer to must not change while the function is traced.

    Returns
    -------
    TracedFunction
        The second run as a scalar graph.

    Raises
    ------
    GraphError
        If the function draws random numbers, changes what it reads, computes something else in the second run, has more than
        ``limit`` nodes, or returns no node.
    """
    captured_state = CapturedState(f, static)
    captured_state.watch_random_generators()
    (args, kwargs), first_arguments = make_arguments()
    first = run_function(f, args, kwargs, limit)
    if captured_state.has_drawn_random_numbers():
        raise GraphError(
            "compile(): the function draws random numbers, which would be the same at every call: draw them outside, and pass them "
            "as arguments, or draw them by autograd.random_numbers(generator, method, …)"
        )
    (args, kwargs), second_arguments = make_arguments()
    second = run_function(f, args, kwargs, limit)
    change = captured_state.describe_change()
    if change:
        raise GraphError(
            f"compile(): {getattr(f, '__name__', 'the function')} changes what it reads while it is traced ({change}), which "
            f"would happen at the first call only: return what it collects instead"
        )
    first, second = _drop_shared_nodes(first, second)
    first_builder = ScalarGraphBuilder(first, first_arguments)
    second_builder = ScalarGraphBuilder(second, second_arguments)
    _check_same_operations(first_builder, second_builder)
    _check_same_numbers(first_builder, second_builder)
    traced = second_builder.build(first_builder)
    for node in second.nodes:
        node._grad = 0.0  # the slot held the node's id
    return traced


def _drop_shared_nodes(first: TracedRun, second: TracedRun) -> tuple[TracedRun, TracedRun]:
    """Return two runs without the nodes that are in both: these were made before, and a walk of the function visited them."""
    if second.has_only_new_nodes:
        return first, second
    shared = set(map(id, first.nodes)).intersection(map(id, second.nodes))
    for node in second.nodes:
        if id(node) in shared:
            node.stamp = 0  # the walk had set the stamp of a new node
    own_nodes = [[node for node in run.nodes if id(node) not in shared] for run in (first, second)]
    return first._replace(nodes=own_nodes[0]), second._replace(nodes=own_nodes[1])


def _check_same_operations(first: ScalarGraphBuilder, second: ScalarGraphBuilder) -> None:
    """Raise GraphError if two runs on the same arguments computed different graphs."""
    a, b = first.graph, second.graph
    same_nodes = a.op_ids == b.op_ids and a.first_args == b.first_args and a.second_args == b.second_args
    if not same_nodes or [str(op) for op in a.ops] != [str(op) for op in b.ops]:
        raise GraphError(
            f"compile(): run twice on the same arguments, the function computed {len(first.run.nodes)} nodes and then "
            f"{len(second.run.nodes)} nodes: it changes something outside that it reads, such as a list or a counter, or draws "
            f"random numbers; pass those as arguments"
        )


def _check_same_numbers(first: ScalarGraphBuilder, second: ScalarGraphBuilder) -> None:
    """Raise GraphError if two runs on the same arguments computed different numbers."""
    x, y = np.array(first.graph.values), np.array(second.graph.values)
    are_equal = (x == y) | (np.isnan(x) & np.isnan(y))
    different = [(x[i], y[i]) for i in np.flatnonzero(~are_equal)[:1]]
    for i, array in first.array_values.items():
        if not np.array_equal(array, second.array_values[i], equal_nan=True):
            different.append((array, second.array_values[i]))
    if different:
        was, now = (np.ravel(side)[:1] for side in different[0])
        raise GraphError(
            f"compile(): run twice on the same arguments, the function computed {was[0]:.6g} and then {now[0]:.6g} in one place: "
            f"it changes numbers outside, such as a parameter, or draws random ones; pass those as arguments"
        )
