"""The graph as a program of rows in JavaScript, which a live page runs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from autograd.ops import Elementwise
from autograd.viz.javascript.row_writer import missing_functions, write_row
from autograd.viz.snapshots.snapshot import Snapshot

# The largest graph that is live. A forward and a backward pass of it take less than a millisecond in a browser, and drawing the
# overview 4 ms, so that a page follows a leaf at 60 frames a second (``benchmarks/live_page.py``). The page of a graph of this size
# has 2.7 MB. All of these double with the number of nodes.
MAX_LIVE_NODES = 2000


@dataclass(frozen=True)
class Program:
    """What a live page computes with.

    Parameters
    ----------
    script : str
        JavaScript that defines the object ``rows``.
    data : dict or None
        The nodes with their numbers, for JSON; None if the page is static.
    reason : str
        Why the page is static, in one line; "" if it is live.
    """

    script: str
    data: dict[str, Any] | None
    reason: str


def write_program(snapshot: Snapshot) -> Program:
    """Write a graph of numbers as a program.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.

    Returns
    -------
    Program
        It has the numbers that Python computed, values and local derivatives, with all their digits.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.viz.snapshots.snapshot import take_snapshot
    >>> program = write_program(take_snapshot(Value(3.0, name="a") * 2.0))
    >>> program.data["nodes"], program.data["values"], program.data["locals"]
    ([None, [0, 0, '2.0']], ['3.0', '6.0'], [[], ['2.0']])
    """
    reason = reason_for_static(snapshot)
    if reason:
        return Program("", None, reason)
    rows = RowList()
    nodes = write_nodes(snapshot, rows)
    data = {
        "nodes": nodes,
        "values": list(map(repr, snapshot.data.low.tolist())),
        "locals": _local_derivatives(snapshot),
        "root": int(snapshot.roots[0]),
        "named": [i for i, path in enumerate(snapshot.paths) if path and snapshot.nodes[i].op is None],
        "paths": [path or f"node {i}" for i, path in enumerate(snapshot.paths) if snapshot.nodes[i].op is None],
    }
    return Program(rows.script(), data, "")


class RowList:
    """The rows that a page needs, each of them once."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._sources: list[str] = []

    def number(self, op: Elementwise, static: dict[str, Any]) -> int:
        """The position of a row in the list; a row that is not there is appended."""
        key = (op.name, repr(sorted(static.items())))
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            self._sources.append(write_row(op, static))
        return self._numbers[key]

    def script(self) -> str:
        """JavaScript that defines the array ``rows``."""
        return f"{read_functions()}const rows = [{', '.join(self._sources)}];\n"


def write_nodes(snapshot: Snapshot, rows: RowList) -> list[Any]:
    """Write the nodes of a graph: None for a leaf, else the number of the row and the arguments.

    Parameters
    ----------
    snapshot : Snapshot
        A graph of numbers, whose rows can be written.
    rows : RowList
        Gets the rows that are not in it.

    Returns
    -------
    list
        An argument is the number of a node, or a constant as text.
    """
    nodes: list[Any] = []
    for node in snapshot.nodes:
        if node.op is None:
            nodes.append(None)
            continue
        assert isinstance(node.op, Elementwise)  # others are missing in JavaScript
        nodes.append([rows.number(node.op, node.static), *(_argument(arg, snapshot) for arg in node.args)])
    return nodes


def read_functions() -> str:
    """The functions that rows in JavaScript call."""
    return files("autograd.viz.javascript").joinpath("float_functions.js").read_text("utf-8")


def read_script(name: str) -> str:
    """A file of this folder: "tape", the function that makes a tape of a program, or "start", how a page begins."""
    return files("autograd.viz.javascript").joinpath(f"{name}.js").read_text("utf-8")


def reason_for_static(snapshot: Snapshot) -> str:
    """Why a page cannot compute with this graph; "" if it can."""
    if len(snapshot.roots) != 1:
        return f"This page is static: the graph has {len(snapshot.roots)} roots."
    if snapshot.size > MAX_LIVE_NODES:
        return f"This page is static: the graph has more than {MAX_LIVE_NODES} nodes."
    for node in snapshot.nodes:
        if node.shape or any(getattr(arg, "shape", ()) for arg in node.args):
            return "This page is static: the graph has arrays, and pages compute with numbers."
    for node in snapshot.nodes:
        if node.op is None:
            continue
        missing = missing_functions(node.op, node.static)
        if missing:
            return f"This page is static: {node.op.name} needs {', '.join(missing)}, which JavaScript lacks."
    return ""


def _argument(arg: Any, snapshot: Snapshot) -> int | str:
    """The number of a node, or a constant as text."""
    index = snapshot.index_by_id.get(id(arg))
    return repr(float(arg)) if index is None else index


def _local_derivatives(snapshot: Snapshot) -> list[list[str]]:
    """For each node the local derivatives with respect to its arguments that are nodes, in the order of the arguments."""
    derivatives: list[list[str]] = [[] for _ in snapshot.nodes]
    for head, derivative in zip(snapshot.graph.heads.tolist(), snapshot.local.low.tolist(), strict=True):
        derivatives[head].append(repr(derivative))
    return derivatives
