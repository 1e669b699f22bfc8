"""The instructions of a tape: a scalar graph in columns, with the codes of the native engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.compiler.ir.scalar_graph import CONSTANT, EXTREMUM, LEAF, ScalarGraph
from autograd.ops import Op
from autograd.state.engine import native

IntArray = npt.NDArray[Any]  # of integers


class Instructions(NamedTuple):
    """The instructions of a tape in columns, and which of them computes each node of the scalar graph.

    Attributes
    ----------
    codes, first, second, third : array of int32
        What each instruction does, and its arguments.
    places : array of int
        For each node of the graph the position of its instruction.
    """

    codes: IntArray
    first: IntArray
    second: IntArray
    third: IntArray
    places: IntArray


def tape_instructions(graph: ScalarGraph) -> Instructions | None:
    """Return the instructions of a graph, or None if there is no native engine or it does not know an operation of the graph.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.

    Notes
    -----
    A row has three codes: its own if both arguments depend on an input, and the next two if only the first or the second does. So
    ``x**2`` is not differentiated with respect to its exponent. The largest of some numbers is a chain of choices between two.
    Gradients end there, as with Python's ``max`` of plain numbers.
    """
    if native is None or not graph.op_ids:
        return None
    kinds = np.array(graph.op_ids)
    codes = _codes(graph, kinds)
    if (codes < 0).any():
        return None
    extrema = np.flatnonzero(kinds == EXTREMUM)
    extra = np.zeros(len(kinds), np.int64)
    extra[extrema] = [max(2 * len(graph.array_ops[i].args) - 3, 0) for i in extrema.tolist()]
    places = np.arange(len(kinds)) + np.cumsum(extra)
    size = len(kinds) + int(extra.sum())
    columns = [np.zeros(size, np.int32) for _ in range(4)]
    columns[0][places] = codes
    for column, ids in zip(columns[1:3], (graph.first_args, graph.second_args), strict=True):
        column[places] = places[np.maximum(ids, 0)]
    columns[3][places[list(graph.third_args)]] = places[list(graph.third_args.values())]
    for i in extrema.tolist():
        _add_extremum(graph, i, columns, places)
    return Instructions(columns[0], columns[1], columns[2], columns[3], places)


def _add_extremum(graph: ScalarGraph, i: int, columns: Sequence[IntArray], places: IntArray) -> None:
    """Write the chain of choices of a largest or smallest number: a comparison and a choice for each number after the first."""
    name, args, _ = graph.array_ops[i]
    best, *others = (int(places[arg.node]) for arg in args)
    columns[1][places[i]] = best
    place = int(places[i]) - 2 * len(others) + 1
    for other in others:
        for column, x in zip(columns, (native.TAPE_CODES[">" if name == "max" else "<"], other, best, 0), strict=True):
            column[place] = x
        for column, x in zip(columns, (native.TAPE_CODES["select"], other, best, place), strict=True):
            column[place + 1] = x
        best = place + 1
        place += 2


def has_only_known_operations(graph: ScalarGraph) -> bool:
    """Return whether there is a native engine, and it knows all operations of a graph.

    Parameters
    ----------
    graph : ScalarGraph
        The graph.

    Returns
    -------
    bool
        Whether :func:`tape_instructions` returns instructions.
    """
    return native is not None and bool(graph.op_ids) and min(_codes_of_rows(graph, np.array(list(set(graph.op_ids))))) >= 0


def _codes(graph: ScalarGraph, kinds: IntArray) -> IntArray:
    """The code of each node; -1 for what the tape does not know."""
    codes = _codes_of_rows(graph, kinds)
    first, second = np.array(graph.first_args), np.array(graph.second_args)
    is_constant = kinds == CONSTANT
    has_two = (codes > native.TAPE_CODES["select"]) & (second >= 0)  # "select" is the last operation without a row
    codes[has_two & is_constant[second]] += 1
    codes[has_two & is_constant[first] & ~is_constant[second]] += 2
    return codes


def _codes_of_rows(graph: ScalarGraph, kinds: IntArray) -> IntArray:
    """The codes of op ids, as if no argument were constant."""
    by_op = np.array([*(_code_of(op.op, op.static) for op in graph.ops), -1])
    codes: IntArray = np.where(kinds >= 0, by_op[np.maximum(kinds, -1)], -1)
    codes[(kinds == LEAF) | (kinds == CONSTANT)] = native.TAPE_CODES["leaf"]
    codes[kinds == EXTREMUM] = native.TAPE_CODES["copy"]
    return codes


def _code_of(op: Any, static: dict[str, Any]) -> int:
    """The code of an operation, or -1."""
    if static:
        return -1
    name = op.name if isinstance(op, Op) else {"where": "select", "stop_gradient": "copy", "mask_to_float": "copy"}.get(op, op)
    code: int = native.TAPE_CODES.get(name, -1)
    return code
