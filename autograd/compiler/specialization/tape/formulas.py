"""An estimate of what array form would gain: how many different formulas the nodes of a scalar graph compute."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.ir.scalar_graph import CONSTANT, EXTREMUM, LEAF, ArrayOp, ScalarGraph
from autograd.ops import Op

# Programs with fewer nodes are vectorized and timed: that takes no more than a tenth of a second, and their lines may be faster
# than a call of the tape. With 100 and with 400, no call of 156 test programs (recurrences and random loops) takes 1.5 times as
# long or is 1.5 times as fast.
FEWEST_NODES = 200
# Nodes for each formula from which an array operation may be faster than the tape. A line of NumPy takes about 0.5 µs for a small
# array, and the tape about 5 ns a node. Measured with value and gradient: a Gaussian mixture of 30 samples ran 5.6 times as fast on
# the tape, and one of 240 samples 1.6 times. With 32 and with 128, no call of these 156 programs changes by a factor of 1.5.
NODES_WORTH_AN_ARRAY = 64.0


def count_formulas(graph: ScalarGraph, limit: float) -> int:
    """Return how many different formulas the nodes of a graph compute, without leaves and constants.

    Parameters
    ----------
    graph : ScalarGraph
        The graph, without operations on arrays.
    limit : float
        The number from which counting stops, since a larger one makes no difference.

    Returns
    -------
    int
        The number of formulas; with more than ``limit`` the first integer above it. Array form needs at least one line for each.

    Notes
    -----
    A formula is an operation and the formulas of its arguments. All leaves count as one formula, and all constants as another. A
    chain of additions is one sum. It is described by the first and the last of the formulas of its terms, so sums of different
    lengths count as equal.
    """
    size = len(graph.op_ids)
    args = np.array([graph.first_args, graph.second_args])
    uses = np.bincount(args[args >= 0], minlength=size).tolist()
    sums = {k for k, op in enumerate(graph.ops) if isinstance(op.op, Op) and op.op.name in ("add", "subtract")}
    numbers: dict[Any, int] = {}  # of the formulas; keys are numbers where they can be, since this is done for every node
    formulas = [0] * size
    firsts, lasts = formulas.copy(), formulas.copy()  # of the terms that a node adds to a sum which reads it
    most, thirds = size + 2, graph.third_args
    for i, (op_id, first, second) in enumerate(zip(graph.op_ids, graph.first_args, graph.second_args, strict=True)):
        if op_id == LEAF:
            continue
        if op_id == CONSTANT:
            formulas[i] = firsts[i] = lasts[i] = 1
            continue
        key: Any
        if op_id in sums:
            low = min(firsts[first], firsts[second])
            high = max(lasts[first], lasts[second])
            key = -1 - low * most - high
        elif op_id < 0:
            key = _key_of_extremum(graph.array_ops[i], formulas) if op_id == EXTREMUM else (op_id,)
        elif i in thirds:
            key = op_id, formulas[first], formulas[second] if second >= 0 else -1, formulas[thirds[i]]
        else:
            key = (op_id * most + formulas[first]) * most + (formulas[second] + 1 if second >= 0 else 0)
        formulas[i] = firsts[i] = lasts[i] = numbers.setdefault(key, len(numbers) + 2)
        if len(numbers) > limit:
            break
        if op_id in sums and uses[i] == 1:
            firsts[i], lasts[i] = low, high
    return len(numbers)


def _key_of_extremum(extremum: ArrayOp, formulas: list[int]) -> Any:
    return extremum.op, frozenset(formulas[arg.node] for arg in extremum.args)


def is_too_irregular(graph: ScalarGraph) -> bool:
    """Return whether array form is not worth the time that it takes to find it.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.

    Returns
    -------
    bool
        Whether the graph has ``FEWEST_NODES``, and fewer than ``NODES_WORTH_AN_ARRAY`` for each formula. This depends on the graph
        alone, so that the same function always makes the same choice.
    """
    if len(graph.op_ids) < FEWEST_NODES:
        return False
    most_formulas = count_operations(graph) / NODES_WORTH_AN_ARRAY
    return count_formulas(graph, most_formulas) > most_formulas


def count_operations(graph: ScalarGraph) -> int:
    """Return how many nodes of a graph, without operations on arrays, are neither leaves nor constants."""
    op_ids = np.array(graph.op_ids)
    return int(np.count_nonzero((op_ids != LEAF) & (op_ids != CONSTANT)))
