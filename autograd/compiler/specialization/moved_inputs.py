"""The check of a new specialization at other inputs, against the function itself.

The traced run cannot show a number that depends on the inputs and was taken for a constant: it is the same in the program. At moved
inputs it is not.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiler.frontend.arguments import Call
from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.specialization.rounding_bounds import compare, run_perturbed, sum_of_magnitudes
from autograd.compiler.specialization.self_check import first_sample
from autograd.compiler.specialization.specialization import Specialization
from autograd.core.node import Node
from autograd.core.pytree import flatten
from autograd.state.garbage_collection import pause_garbage_collection

# How far each input is moved, relative to itself. A value that takes x for a constant is then off by a thousandth, a million times
# RELATIVE_TOLERANCE. At twice as far, more functions take another branch at the moved inputs, where nothing can be compared.
STEP = 2.0**-10
# Arguments up to which inputs are also moved one by one, each by a run of the function. At twice as many, the first call of a
# function that cannot be compared otherwise takes up to 16 runs more.
MAX_SEPARATE_MOVES = 8


@pause_garbage_collection()
def find_fault_at_moved_inputs(f: Callable[..., Any], specialization: Specialization, traced: TracedFunction, call: Call) -> str:
    """Compare the values of a specialization and of the function at moved inputs.

    All inputs are moved away from zero. If nothing can be compared there, because the function takes another branch or refuses such
    inputs, all are moved towards zero, and then one by one: an integer label that must stay what it is does not hide the others.

    Parameters
    ----------
    f : callable
        The function.
    specialization : Specialization
        What was made of its trace.
    traced : TracedFunction
        The trace.
    call : Call
        The arguments of the trace.

    Returns
    -------
    str
        What is wrong; "" if nothing is, or if it cannot be told.
    """
    compare_at = partial(_compare_at, f, specialization, traced, call)
    leaves = [k for k in range(len(call.leaves)) if call.is_traced_leaf(k)]
    separate_leaves = leaves if 1 < len(leaves) <= MAX_SEPARATE_MOVES else []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the function, about inputs that nobody has passed
        fault = _compare_on_either_side(compare_at, None)
        if fault is None:
            faults = (_compare_on_either_side(compare_at, leaf) for leaf in separate_leaves)
            fault = next(filter(None, faults), "")
    return fault


def _compare_on_either_side(compare_at: Callable[[float, int | None], str | None], leaf: int | None) -> str | None:
    """Return what is wrong with inputs moved away from zero, or else towards it; None if nothing can be compared."""
    for step in (STEP, -STEP):
        fault = compare_at(step, leaf)
        if fault is not None:
            return fault
    return None


def _compare_at(
    f: Callable[..., Any], specialization: Specialization, traced: TracedFunction, call: Call, step: float, leaf: int | None
) -> str | None:
    """Return what is wrong with one leaf moved by a relative step, or all of them; None if nothing can be compared."""
    try:
        moved = call.perturb(step, leaf)
        (args, kwargs), nodes = moved.make_nodes()
        results, perturbed = run_perturbed(specialization.function("value"), specialization.inputs(_batch(specialization, moved)))
        if not nodes or (specialization.guards and specialization.describe_guard_change(results[-1])):
            return None
        with traced.run.tracer.draws.keep_generators(), traced.run.tracer.updates.keep_numbers():
            expected = [x._primal if isinstance(x, Node) else x for x in flatten(f(*args, **kwargs))[0]]
    except Exception:  # of the user's function, which may not accept these inputs
        return None
    if len(expected) != len(results[0]):
        return f"it has {len(results[0])} results where the function gives {len(expected)}"
    values = first_sample(specialization, results[0])
    nearby = None if perturbed is None else first_sample(specialization, perturbed[0])
    return compare("value", values, expected, nearby, lambda: [sum_of_magnitudes(traced)] * len(expected))[1]


def _batch(specialization: Specialization, moved: Call) -> Sequence[Any]:
    """Return the leaves of one sample, repeated where the specialization takes a batch."""
    leaves = list(moved.leaves)
    for k, samples in (specialization.batch or {}).items():
        leaves[k] = np.repeat(np.asarray(leaves[k])[None], len(samples), axis=0)
    return leaves
