"""How far rounding may put two computations of the same numbers apart.

A bound is measured, and not derived from the program: the program runs once more on inputs that are perturbed a little, and a
difference from the function may be as large as what the perturbation changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.core.node import Node
from autograd.graph.topological_order import topological_order

# What was measured below are the 3 862 comparisons in the tests of the compiler.

# The relative perturbation of each input: 2**13 units in the last place of a float64. Large relative to the rounding errors of a
# long program, so that its effect is measured and not these, and small relative to any change of the problem. Doubling doubles the
# bound.
PERTURBATION = 2.0**-40
# How many times the effect of the perturbation a difference may be. The perturbation has one random direction; the effect along it
# is smaller than along the worst one, for a sum of n numbers sqrt(n) times, so this is enough for 4 096. Measured: differences are
# at most 0.36 times the effect, and 0.001 times in 99 %. Doubling doubles the bound.
PERTURBATION_FACTOR = 64.0
# The relative difference that is always allowed: a sum of n terms in another order differs by up to n·eps of the sum of its
# absolute terms, and the default limit of 4e6 nodes times 2.2e-16 is 9e-10. Measured: at most 2.7e-13. At twice as much, errors
# of that size would pass.
RELATIVE_TOLERANCE = 1e-9
# The same for float32, whose eps is 1.2e-7: a sum of 800 terms. Doubling allows 1600, and an error of the fourth digit.
FLOAT32_TOLERANCE = 1e-4
SINGLE_PRECISION = {np.dtype(np.float32), np.dtype(np.complex64)}
# Every entry may be off as if it were at least this part of the largest entry of its array, since entries are computed from common
# numbers. At twice as much, an entry of a thousandth may be off by twice as much.
SMALLEST_RELATIVE_ENTRY = 1e-3
# Differences up to this are never a fault: such numbers are products of factors near the smallest float64 (2.2e-308), which lose
# digits one by one. Doubling changes nothing that can be seen.
ABSOLUTE_TOLERANCE = 1e-280
# A local derivative such as 1 - y² is rounded on the scale of 1, however small it is. So a derivative counts as at least this part
# of the cotangent: with RELATIVE_TOLERANCE that allows 1e-14, or 45 units in the last place of 1. Doubling allows 90.
SMALLEST_LOCAL_DERIVATIVE = 1e-5


def run_perturbed(function: Any, inputs: Sequence[Any]) -> tuple[Any, Any]:
    """Run a function of a specialization, and again at perturbed inputs.

    Parameters
    ----------
    function : callable
        The function.
    inputs : sequence of float or array
        Its inputs.

    Returns
    -------
    results : list of sequences
        The groups of results.
    perturbed : list of sequences, or None
        The same at perturbed inputs. None for a replay, which rounds as the function does, and if the perturbed run raises.
    """
    if not hasattr(function, "evaluate_perturbed"):
        return function(inputs), None
    return function(inputs), function.evaluate_perturbed(inputs, PERTURBATION)


def compare(
    what: str,
    results: Sequence[Any],
    expected: Sequence[Any],
    perturbed: Sequence[Any] | None,
    magnitudes: Callable[[], Sequence[Any]] | None = None,
) -> tuple[float, str]:
    """Compare results with what the function gave.

    Parameters
    ----------
    what : {"value", "gradient", "update"}
        What messages call a result.
    results, expected : sequence of float or array
        The results of the program and of the function. For a batch, ``expected`` may be those of one sample.
    perturbed : sequence of float or array, or None
        The results of the program at perturbed inputs; None if there are none.
    magnitudes : callable, optional
        Returns for each result how large the numbers are of which it is the sum. It is called if the comparison fails without: a
        result may be what is left of large numbers that cancel.

    Returns
    -------
    error : float
        The largest difference, relative to the largest number among ``expected``.
    fault : str
        What is wrong; "" if all differences are as small as rounding may make them.
    """
    error, fault = _compare_all(what, results, expected, perturbed, [0.0] * len(expected))
    if fault and magnitudes is not None:
        return _compare_all(what, results, expected, perturbed, magnitudes())
    return error, fault


def _compare_all(
    what: str, results: Sequence[Any], expected: Sequence[Any], perturbed: Sequence[Any] | None, magnitudes: Sequence[Any]
) -> tuple[float, str]:
    largest_error = 0.0
    scale = max((_largest_finite(y) for y in _as_few_arrays(expected)), default=0.0)
    nearby = results if perturbed is None else perturbed
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        for result, reference, near, magnitude in _group_rows(results, expected, nearby, magnitudes):
            dtype = np.result_type(result, reference, np.float64)
            x, y, near = (np.asarray(part, dtype) for part in (result, reference, near))
            is_single = not SINGLE_PRECISION.isdisjoint((result.dtype, reference.dtype))
            tolerance = FLOAT32_TOLERANCE if is_single else RELATIVE_TOLERANCE
            is_finite = np.isfinite(x) & np.isfinite(y) & np.isfinite(near)
            difference = np.abs(x - y)
            bound = _rounding_bound(x, np.where(is_finite, y, 0.0), near, tolerance) + tolerance * magnitude
            is_same = (x == y) | ((x != x) & (y != y)) | ~np.isfinite(near)
            is_wrong = np.where(is_finite, difference > bound, ~is_same)
            if is_wrong.any():
                i = int(np.argmax(is_wrong))
                return largest_error, f"its {what} is {x.ravel()[i]:.17g} where the function gives {y.ravel()[i]:.17g}"
            if scale:
                largest_error = max(largest_error, float(np.max(np.where(is_finite, difference, 0.0), initial=0.0) / scale))
    return largest_error, ""


def _group_rows(*columns: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield an array of each column for each result: its entries are one row. Plain numbers come together, with a row for each."""
    if all(type(x) is float for column in columns for x in column):
        yield [np.array(column)[:, np.newaxis] for column in columns]
        return
    for parts in zip(*columns, strict=True):
        yield [part.reshape(1, -1) for part in np.broadcast_arrays(*parts)]


def _as_few_arrays(numbers: Sequence[Any]) -> Sequence[Any]:
    return [np.array(numbers)] if all(type(x) is float for x in numbers) else numbers


def _largest_finite(y: Any) -> float:
    return float(np.max(np.abs(y), initial=0.0, where=np.isfinite(y)))


def _rounding_bound(x: Any, y: Any, nearby: Any, tolerance: float) -> Any:
    """Return how far the entries of ``x`` and ``y`` may be apart; ``nearby`` is ``x`` at perturbed inputs. Each row is a result."""
    sizes = np.abs(y) + SMALLEST_RELATIVE_ENTRY * np.max(np.abs(y), axis=1, keepdims=True, initial=0.0)
    return PERTURBATION_FACTOR * np.abs(x - nearby) + tolerance * sizes + ABSOLUTE_TOLERANCE


# -- magnitudes: what results and gradients are the sum of, without signs


def sum_of_magnitudes(traced: TracedFunction) -> float:
    """Return Σ |∂results/∂node · node| over all nodes of a trace.

    Parameters
    ----------
    traced : TracedFunction
        The trace.

    Returns
    -------
    float
        The sum. Numbers that cancel in the results are no larger.
    """
    roots = [x for x in traced.run.outputs if isinstance(x, Node)]
    cotangents = _cotangent_magnitudes(roots, traced.run.start_stamp)
    return float(sum(np.sum(cotangent * np.abs(node._primal)) for node, cotangent in cotangents.items()))


def gradient_magnitudes(roots: Sequence[Node], sources: Sequence[Node], start_stamp: int) -> list[Any]:
    """Return gradients with all contributions taken as positive.

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
        One for each source; None for zero.
    """
    cotangents = _cotangent_magnitudes(roots, start_stamp)
    return [cotangents.get(source) for source in sources]


def _cotangent_magnitudes(roots: Sequence[Node], start_stamp: int) -> dict[Any, Any]:
    nodes, _ = topological_order(roots, start_stamp)
    cotangents: dict[Any, Any] = {}
    for root in roots:
        cotangents[root] = cotangents.get(root, 0.0) + root.to_gradient_data(1.0)
    for node in reversed(nodes):
        for i, source in node.sources if node in cotangents else ():
            cotangents[source] = cotangents.get(source, 0.0) + vjp_magnitude(node, i, cotangents[node])
    return cotangents


def vjp_magnitude(node: Any, i: int, cotangent: Any) -> Any:
    """Return how large the contribution of a node to one of its sources may be.

    Cotangents of alternating signs are tried as well, since some operations cancel equal ones: softmax hands on nothing of these.

    Parameters
    ----------
    node : Node
        The node.
    i : int
        The index of the source.
    cotangent : float or array
        The size of the cotangent of the node.

    Returns
    -------
    float or array
        The size of the contribution.
    """
    contribution = np.abs(node.vjp(i, cotangent, None))
    if np.shape(contribution) == np.shape(cotangent) and node.op.kind == "elementwise":
        contribution = contribution + SMALLEST_LOCAL_DERIVATIVE * np.abs(cotangent)
    if np.ndim(cotangent) == 0:
        return contribution
    signs = 1.0 - 2.0 * (np.indices(np.shape(cotangent)).sum(axis=0) % 2)  # a checkerboard: they alternate along every axis
    return np.maximum(contribution, np.abs(node.vjp(i, cotangent * signs, None)))
