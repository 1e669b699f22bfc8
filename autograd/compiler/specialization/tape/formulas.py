"""An estimate of what array form would gain: how many different formulas the nodes of a scalar graph compute."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.ir.scalar_graph import CONSTANT, EXTREMUM, LEAF, ScalarGraph
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
    op_ids, args = np.array(graph.op_ids), np.array([graph.first_args, graph.second_args])
    uses = np.bincount(args[args >= 0], minlength=len(op_ids))
    sums = [k for k, op in enumerate(graph.ops) if isinstance(op.op, Op) and op.op.name in ("add", "subtract")]
    is_sum = np.isin(op_ids, sums)
    has_usual_key = op_ids >= 0
    has_usual_key[list(graph.third_args)] = False
    formulas = [*np.where(op_ids == CONSTANT, 1, 0).tolist(), -1]  # the last one stands for the argument -1, that is for none
    lows, highs = formulas.copy(), formulas.copy()  # of the terms that a node adds to a sum which reads it
    numbers: dict[Any, int] = {}
    nodes = np.flatnonzero((op_ids != LEAF) & (op_ids != CONSTANT))
    columns = (nodes, op_ids[nodes], *args[:, nodes], is_sum[nodes], (is_sum & (uses == 1))[nodes], has_usual_key[nodes])
    for i, op_id, first, second, adds, is_part, is_usual in zip(*(column.tolist() for column in columns), strict=True):
        key: Any
        if adds:
            low, other_low, high, other_high = lows[first], lows[second], highs[first], highs[second]
            low = low if low < other_low else other_low  # min() and max() would take half of the time of this loop
            high = high if high > other_high else other_high
            key = low, high
        elif is_usual:
            key = op_id, formulas[first], formulas[second]
        else:
            key = _make_unusual_key(graph, i, formulas)
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(numbers) + 2
            if len(numbers) > limit:
                break
        formulas[i] = lows[i] = highs[i] = number
        if is_part:
            lows[i], highs[i] = low, high
    return len(numbers)


def _make_unusual_key(graph: ScalarGraph, i: int, formulas: list[int]) -> Any:
    """Return the key of an extremum, of an operation of three arguments, or of what is no operation on numbers."""
    if graph.op_ids[i] == EXTREMUM:
        extremum = graph.array_ops[i]
        return extremum.op, frozenset(formulas[arg.node] for arg in extremum.args)
    third = graph.third_args.get(i, -1)
    return graph.op_ids[i], formulas[graph.first_args[i]], formulas[graph.second_args[i]], formulas[third]


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
