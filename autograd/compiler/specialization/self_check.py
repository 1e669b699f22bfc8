"""The check of a new program: its value and gradient at the first call, against the run that was traced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.frontend.arguments import Call
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.specialization.rounding_bounds import compare, gradient_magnitudes, run_perturbed, sum_of_magnitudes
from autograd.compiler.specialization.specialization import Specialization, leaves_by_argument
from autograd.core.node import Node
from autograd.graph.graph_lock import graph_lock
from autograd.graph.reverse_mode import accumulate_gradients, pullback
from autograd.graph.topological_order import topological_order

# For roots, sources and the stamp at which the run began it gives one array for each source.
Differentiate = Callable[[Sequence[Node], Sequence[Node], int], list[Any]]


class SelfCheck(NamedTuple):
    """How far a program was from the traced run.

    Attributes
    ----------
    value_error, gradient_error : float
        The largest difference, relative to the largest number of the traced run.
    fault : str
        What is wrong; "" if nothing is.
    """

    value_error: float
    gradient_error: float
    fault: str = ""


def check_program(program: Specialization, traced: TracedFunction, call: Call) -> SelfCheck:
    """Compare a program with the run that it was made of. For a batch, all samples are then the first.

    Parameters
    ----------
    program : Specialization
        The program.
    traced : TracedFunction
        The trace that it was made of.
    call : Call
        The arguments of the trace.

    Returns
    -------
    SelfCheck
        The differences, and what is wrong.
    """
    leaves = list(call.leaves)
    for k, samples in (program.batch or {}).items():
        leaves[k] = np.repeat(samples[:1], len(samples), axis=0)
    inputs = program.inputs(leaves)
    value_error, fault = _compare_values(program, traced, inputs)
    if fault:
        return SelfCheck(value_error, 0.0, fault)
    gradient_error, fault = _compare_gradients(program, traced, inputs)
    return SelfCheck(value_error, gradient_error, fault)


def _compare_values(program: Specialization, traced: TracedFunction, inputs: Sequence[Any]) -> tuple[float, str]:
    results, perturbed = run_perturbed(program.function("value"), inputs)
    change = program.describe_guard_change(results[-1]) if program.guards else ""
    if change:
        return 0.0, f"on the same numbers {change}, by rounding"
    values = first_sample(program, results[0])
    nearby = None if perturbed is None else first_sample(program, perturbed[0])
    expected = [x._primal if isinstance(x, Node) else x for x in traced.run.outputs]
    return compare("value", values, expected, nearby, lambda: [sum_of_magnitudes(traced)] * len(expected))


def first_sample(program: Specialization, results: Sequence[Any]) -> Sequence[Any]:
    """Return the results for the first sample of a batch.

    Parameters
    ----------
    program : Specialization
        The program.
    results : sequence of float or array
        The results for all samples.

    Returns
    -------
    sequence of float or array
        The results for one sample; without a batch all of them.
    """
    return results if program.batch is None else [np.asarray(x)[0] for x in results]


def _compare_gradients(program: Specialization, traced: TracedFunction, inputs: Sequence[Any]) -> tuple[float, str]:
    """Compare the gradients with respect to all inputs: of the value, or of the sum of all results."""
    wrt = program.argument_slots + program.captured_slots
    if program.is_scalar_per_sample:
        results, perturbed = run_perturbed(program.function("value_and_gradients", wrt), inputs)
        group = 1
    elif program.batch is None:
        ones = [np.ones(shape)[()] for shape in program.cotangent_shapes.values()]
        results, perturbed = run_perturbed(program.function("pullback", wrt), [*inputs, *ones])
        group = 0
    else:
        return 0.0, ""  # a batch of results has neither a gradient nor a pullback
    expected = _gradients_by_slot(program, traced, wrt, pull_gradients)
    scaled = [gradient * _share_of_mean(program, k) for gradient, k in zip(expected, wrt, strict=True)]
    nearby = None if perturbed is None else perturbed[group]
    return compare(
        "gradient", results[group], scaled, nearby, lambda: _gradients_by_slot(program, traced, wrt, gradient_magnitudes)
    )


def _share_of_mean(program: Specialization, k: int) -> float:
    """Return the weight of one sample in the gradient with respect to a slot: the value of a batch is the mean over its samples."""
    argument = program.slots[k].argument
    if program.batch is None or argument is None or argument not in program.batch:
        return 1.0
    return 1.0 / len(program.batch[argument])


def _gradients_by_slot(
    program: Specialization, traced: TracedFunction, wrt: Sequence[int], differentiate: Differentiate
) -> list[Any]:
    """Return what ``differentiate`` gives for the traced graph, as one array for each slot."""
    roots = [x for x in traced.run.outputs if isinstance(x, Node)]
    arguments = leaves_by_argument(traced, program.traced_arguments)
    slots = [program.slots[k] for k in wrt]
    nodes_by_slot = [dict(enumerate(s.nodes)) if s.argument is None else arguments.get(s.argument, {}) for s in slots]
    sources = [node for nodes in nodes_by_slot for node in nodes.values()]
    gradients = iter(differentiate(roots, sources, traced.run.start_stamp))
    by_slot = []
    for slot, nodes in zip(slots, nodes_by_slot, strict=True):
        total = np.zeros(slot.shape, np.result_type(np.float64, *(node._primal for node in nodes.values())))
        for place, node in nodes.items():
            _add_gradient(total, place, node, next(gradients))
        by_slot.append(total)
    return by_slot


def _add_gradient(total: Any, place: int, node: Node, gradient: Any) -> None:
    """Add the gradient with respect to one node to that of its slot. The node is the slot or one entry. None stands for zero."""
    if gradient is not None and node.shape == total.shape:
        total += gradient
    elif gradient is not None:
        total.ravel()[place] = float(np.sum(gradient))


def pull_gradients(roots: Sequence[Node], sources: Sequence[Node], start_stamp: int) -> list[Any]:
    """Return the gradients of the sum of some results.

    Parameters
    ----------
    roots : sequence of Node
        The results of a run.
    sources : sequence of Node
        The nodes with respect to which to differentiate.
    start_stamp : int
        The stamp of the graph clock when the run began.

    Returns
    -------
    list of float, array or None
        One gradient for each source; None may stand for zero.
    """
    if len(roots) == 1 and all(source.is_leaf for source in sources):
        return _pull_by_backward(roots[0], sources)
    nodes = topological_order(roots, start_stamp)[0]
    return pullback(roots, [root.to_gradient_data(1.0) for root in roots], sources, nodes=nodes)


def _pull_by_backward(root: Any, sources: Sequence[Any]) -> list[Any]:
    """Return the gradients of leaves. ``backward()`` is faster than ``pullback``, but it writes ``.grad``, which is restored."""
    with graph_lock:
        saved = [source._grad for source in sources]
        for source in sources:
            source._grad = 0.0
        try:
            accumulate_gradients(root, root.to_gradient_data(1.0))
            return [source._grad for source in sources]
        finally:
            for source, grad in zip(sources, saved, strict=True):
                source._grad = grad
