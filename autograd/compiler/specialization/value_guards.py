"""Guards of a specialization: whether the numbers that a function read while it was traced still lead it the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.frontend.scalar_graph_builder import TracedFunction
from autograd.compiler.frontend.tracer import Guard
from autograd.compiler.passes.vectorization.vectorized_graph import VectorizedGraph

# Characters of an observation in a message. The longest float has 24, so that "1.2345678901234567e-100" is never cut; at twice as
# many, the four reasons of a refusal no longer fit on a screen.
MAX_OBSERVATION_LENGTH = 40


class ProgramGuard(NamedTuple):
    """A guard whose sources are instructions of a program.

    Attributes
    ----------
    function : callable
        The function that read the numbers.
    sources : list of Instruction or float
        What it read.
    result : object
        What it returned while the function was traced.
    description : str
        What messages call the function, such as "a branch" or "float()".
    source_ids : list of array of int
        The ids of the nodes of each source.
    """

    function: Callable[..., Any]
    sources: list[Any]
    result: Any
    description: str
    source_ids: list[Any]


def build_program_guards(vectorized_graph: VectorizedGraph, traced_guards: Sequence[tuple[Guard, list[int]]]) -> list[ProgramGuard]:
    """Return the guards of a program: those of its trace, with branches of one kind merged.

    Parameters
    ----------
    vectorized_graph : VectorizedGraph
        It knows the instruction for each node of the trace.
    traced_guards : sequence of (Guard, list of int)
        The guards of the trace, with the ids of their sources.

    Returns
    -------
    list of ProgramGuard
        Branches come first: what is reached on one side of a branch only may not even have a value on the other side.
    """
    guards: list[ProgramGuard] = []
    branch_ids: dict[int, list[int]] = {}
    branch_results: dict[int, list[bool]] = {}
    for guard, ids in traced_guards:
        if guard.function is bool and vectorized_graph.table.op_ids[ids[0]] >= 0:
            kind = vectorized_graph.group_of(ids[0])
            branch_ids.setdefault(kind, []).append(ids[0])
            branch_results.setdefault(kind, []).append(guard.result)
        else:
            sources = [vectorized_graph.read_node(i) for i in ids]
            guards.append(ProgramGuard(guard.function, sources, guard.result, guard.description, [np.array(i) for i in ids]))
    branches = []
    for kind, ids in branch_ids.items():
        take_all = partial(np.broadcast_to, shape=(len(ids),))
        results, id_array = np.array(branch_results[kind]), np.array(ids)
        branches.append(ProgramGuard(take_all, [vectorized_graph.read(id_array)], results, "a branch", [id_array]))
    return branches + guards


def build_tape_guards(traced: TracedFunction) -> list[ProgramGuard]:
    """Return the guards of a program on the tape: those of its trace, with all branches merged into the first one.

    Parameters
    ----------
    traced : TracedFunction
        The trace, which has no arrays.

    Returns
    -------
    list of ProgramGuard
        The guards. Their sources are the arrays of ids.
    """
    branches = [(guard, ids[0]) for guard, ids in traced.guards if guard.function is bool]
    guards = []
    if branches:
        take_all = partial(np.broadcast_to, shape=(len(branches),))
        results, ids = np.array([guard.result for guard, _ in branches]), np.array([i for _, i in branches])
        guards.append(ProgramGuard(take_all, [ids], results, "a branch", [ids]))
    for guard, sources in traced.guards:
        if guard.function is not bool:
            arrays = [np.array(i) for i in sources]
            guards.append(ProgramGuard(guard.function, arrays, guard.result, guard.description, arrays))
    return guards


def describe_guard_change(guards: Sequence[Any], values: Sequence[Any], is_batched: bool = False) -> str:
    """Describe the first guard that sees something else than while the function was traced.

    Parameters
    ----------
    guards : sequence of Guard or ProgramGuard
        The guards.
    values : sequence
        The numbers of all their sources now, in order.
    is_batched : bool, default False
        Whether each value is an array with one entry per sample.

    Returns
    -------
    str
        What has changed; "" if nothing has.
    """
    remaining = iter(values)
    for guard in guards:
        numbers = [next(remaining) for _ in guard.sources]
        samples = zip(*numbers, strict=True) if is_batched else [numbers]
        for sample in samples:
            change = describe_difference(guard, sample)
            if change:
                return change
    return ""


def describe_difference(guard: Any, numbers: Sequence[Any]) -> str:
    """Describe how a guard sees other numbers.

    Parameters
    ----------
    guard : Guard or ProgramGuard
        The guard.
    numbers : sequence of float or array
        The numbers of its sources now.

    Returns
    -------
    str
        What it sees now and what it saw while the function was traced; "" if both are the same.
    """
    try:
        observation = guard.function(*map(_to_scalar, numbers))
    except Exception as error:  # of the user's function, which may not accept these numbers
        return f"{guard.description}: {_to_short_text(guard.result)} became {type(error).__name__}"
    if is_same_observation(observation, guard.result):
        return ""
    return f"{guard.description}: {_to_short_text(guard.result)} became {_to_short_text(observation)}"


def _to_scalar(x: Any) -> Any:
    """Return a 0-d array as a number, and anything else as it is."""
    return x[()] if isinstance(x, np.ndarray) and not x.ndim else x


def is_same_observation(now: Any, before: Any) -> bool:
    """Return whether two results of a guard's function are equal.

    Parameters
    ----------
    now, before : object
        The results.

    Returns
    -------
    bool
        Whether they are equal. 0.0 and -0.0 differ, and nan equals nan.
    """
    if type(now) is type(before) and isinstance(now, bool | int | str | np.integer):
        return bool(now == before)
    if isinstance(now, tuple | list) and isinstance(before, tuple | list):
        return len(now) == len(before) and all(map(is_same_observation, now, before))
    x, y = np.asarray(now), np.asarray(before)
    if x.shape != y.shape:
        return False
    is_equal = (x == y) | ((x != x) & (y != y))
    if x.dtype.kind == y.dtype.kind == "f":
        is_equal &= np.signbit(x) == np.signbit(y)  # atan2 and copysign tell 0.0 from -0.0
    return bool(np.all(is_equal))


def _to_short_text(x: Any) -> str:
    text = repr(x.tolist() if isinstance(x, np.ndarray | np.generic) else x)
    return text if len(text) <= MAX_OBSERVATION_LENGTH else text[: MAX_OBSERVATION_LENGTH - 3] + "…"
