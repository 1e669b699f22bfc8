"""The boxes of a drawing: for each box of a grouping its title, its lines of text and its marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.viz.drawing import Box
from autograd.viz.folding.grouping import BoxName, Grouping
from autograd.viz.labels import NAN_LABEL, format_array, format_number, format_range, format_shape, sanitize
from autograd.viz.snapshots.columns import Column
from autograd.viz.snapshots.graph_arrays import Ints
from autograd.viz.snapshots.snapshot import Snapshot

# How operations are written, with {} for each argument.
PATTERNS = {
    "add": "{} + {}",
    "subtract": "{} - {}",
    "multiply": "{} × {}",
    "divide": "{} ÷ {}",
    "power": "{} ** {}",
    "matmul": "{} @ {}",
    "negative": "-{}",
    "positive": "+{}",
    "absolute": "|{}|",
}

# Operations that the box of a scope lists, the most frequent ones. Four names of about eight characters are as long as the
# longest name that a title shows (32); eight would make the boxes of scopes twice as wide.
MAX_LISTED_OPERATIONS = 4

# Characters of a plain number or array in a title, half of those of a name, so that a title with an operator stays as short as a
# name.
MAX_CONSTANT_LENGTH = 16

# Significant digits of the ends of a range, which are read as orders of magnitude. Doubled, a range is six
# characters longer.
RANGE_DIGITS = 3


def make_boxes(snapshot: Snapshot, grouping: Grouping, show: Sequence[str]) -> list[Box]:
    """Make the boxes of a drawing.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.
    grouping : Grouping
        Which nodes share a box.
    show : sequence of str
        What to write on the boxes: "data", "grad".

    Returns
    -------
    list of Box
        The boxes in the order of their numbers.
    """
    writer = _BoxWriter(snapshot, show)
    order = np.argsort(grouping.boxes, kind="stable")
    if grouping.is_unfolded:
        return [writer.single_box(k, i, None) for k, i in enumerate(order.tolist())]
    members = np.split(order, np.cumsum(np.bincount(grouping.boxes))[:-1])
    inner_edges = _count_inner_edges(snapshot, grouping)
    names = grouping.names or (None,) * grouping.box_count
    rows = zip(members, inner_edges.tolist(), grouping.sizes.tolist(), names, strict=True)
    return [writer.box(k, *row) for k, row in enumerate(rows)]


def _count_inner_edges(snapshot: Snapshot, grouping: Grouping) -> Ints:
    """The number of edges inside the sums of each box."""
    tails, heads = snapshot.graph.tails, snapshot.graph.heads
    is_inner = grouping.representatives[tails] == grouping.representatives[heads]
    return np.bincount(grouping.boxes[heads[is_inner]], minlength=grouping.box_count)


class _BoxWriter:
    def __init__(self, snapshot: Snapshot, show: Sequence[str]) -> None:
        self.snapshot = snapshot
        columns = (("data", snapshot.data), ("grad", snapshot.grad))
        self.columns: list[tuple[str, Column]] = [(name, column) for name, column in columns if column is not None and name in show]
        self.has_nonfinite = snapshot.has_nonfinite.tolist()

    def box(self, k: int, members: Ints, inner_edges: int, sum_count: int, name: BoxName | None) -> Box:
        """The box of some nodes, which are ``sum_count`` nodes after sums are contracted."""
        is_scope = name is not None and name.is_scope
        if len(members) == 1 and not is_scope:
            return self.single_box(k, int(members[0]), name)
        nodes = tuple(members.tolist())
        operations = Counter(_describe_operation(self.snapshot.nodes[i]) for i in nodes)
        title, kind = _title_and_kind(self.snapshot.nodes[nodes[0]], operations, len(nodes), sum_count, name)
        lines = self._first_line(nodes, operations, inner_edges, sum_count, is_scope)
        lines += [line for what, column in self.columns for line in _number_lines(what, column, members)]
        members_set = set(nodes)
        flags = [f"⚑ {flag}" for i, flag in self.snapshot.flags.items() if i in members_set]
        return Box(
            key=f"n{k}",
            title=title,
            lines=(*lines, *flags),
            kind=kind,
            count=len(nodes),
            inner_edges=inner_edges,
            has_warning=bool(flags) or any(self.has_nonfinite[i] for i in nodes),
            is_root=not self.snapshot.root_set.isdisjoint(nodes),
            group="" if is_scope else self._common_scope(nodes),
            members=nodes,
        )

    def _first_line(
        self, nodes: Sequence[int], operations: Counter[str], inner_edges: int, sum_count: int, is_scope: bool
    ) -> list[str]:
        """What a folded box consists of: operations, terms, or arrays of a shape."""
        if is_scope:
            listed = [f"{n} {name}" if n > 1 else name for name, n in operations.most_common(MAX_LISTED_OPERATIONS)]
            return [", ".join(listed) + (", …" if len(operations) > MAX_LISTED_OPERATIONS else "")]
        if inner_edges:
            terms_of_each = (2 * len(nodes) - inner_edges) / sum_count
            return [f"{terms_of_each:.4g} terms" + (" each" if sum_count > 1 else "")]
        return _shape_line(self.snapshot.nodes[nodes[0]])

    def _common_scope(self, nodes: Sequence[int]) -> str:
        scopes = {self.snapshot.scopes[i] for i in nodes}
        return sanitize(scopes.pop()) if len(scopes) == 1 else ""

    def single_box(self, k: int, i: int, line_name: BoxName | None) -> Box:
        """The box of one node."""
        snapshot = self.snapshot
        node: Any = snapshot.nodes[i]
        lines = _shape_line(node)
        for what, column in self.columns:
            lines += _number_lines(what, column, np.array([i])) if node.shape else [_number_line(what, float(column.low[i]))]
        has_flag = i in snapshot.flags
        if has_flag:
            lines.append(f"⚑ {snapshot.flags[i]}")
        name = sanitize(snapshot.paths[i]) or (line_name.text if line_name else "")
        operation = _describe_operation(node)
        return Box(
            key=f"n{k}",
            title=f"{name} = {operation}" if name and node.op is not None else name or operation,
            lines=tuple(lines),
            kind="leaf" if node.op is None else "op",
            has_warning=has_flag or self.has_nonfinite[i],
            is_root=i in snapshot.root_set,
            group=sanitize(snapshot.scopes[i]),
            members=(i,),
        )


def _title_and_kind(first_node: Any, operations: Counter[str], count: int, sum_count: int, name: BoxName | None) -> tuple[str, str]:
    """The title and the kind of a box of several nodes."""
    if name is not None and name.is_scope:
        return sanitize(name.text), "scope"
    is_leaf = first_node.op is None
    if not is_leaf and sum_count < count:
        title, kind = "Σ" + (f" ×{sum_count}" if sum_count > 1 else ""), "sum"
    else:
        ((operation, _), *others) = operations.most_common()
        if others or operation in BARE_PATTERNS:
            operation = "leaf" if is_leaf else first_node.op.name
        title, kind = f"{operation} ×{count}", "leaf" if is_leaf else "op"
    if name is None:
        return title, kind
    return (f"{name.text} ×{count}" if is_leaf else f"{name.text} = {title}"), kind


def _without_arguments(pattern: str) -> str:
    return pattern.replace("{}", "").strip()


BARE_PATTERNS = {_without_arguments(pattern) for pattern in PATTERNS.values()}


def _describe_operation(node: Any) -> str:
    """What a node does, with the plain numbers among its arguments."""
    if node.op is None:
        return "constant" if getattr(node, "constant", False) else "leaf"
    pattern = PATTERNS.get(node.op.name)
    args = node.args
    if pattern is None or len(args) != pattern.count("{}"):
        return sanitize(node.op.name)
    if all(hasattr(arg, "stamp") for arg in args):
        return _without_arguments(pattern)
    return pattern.format(*("·" if hasattr(arg, "stamp") else _constant(arg) for arg in args))


def _constant(x: Any) -> str:
    """A constant argument: its numbers, or its shape if they are too many for the line."""
    text = format_array(x)
    return text if len(text) <= MAX_CONSTANT_LENGTH else f"[{format_shape(np.shape(x))}]"


def _shape_line(node: Any) -> list[str]:
    return ["shape " + format_shape(node.shape)] if node.shape else []


def _number_line(what: str, x: float) -> str:
    """The line on the data or the gradient of one number."""
    return f"{what} {format_number(x)}" + (" ○" if what == "grad" and x == 0.0 else "")


def _number_lines(what: str, column: Column, members: Ints) -> list[str]:
    """The lines on the data or the gradients of several numbers: their range, and how many are not finite or zero."""
    low, high, size, nans, infs, zeros = column.summarize(members)
    if not size:
        return [f"{what} empty"]
    counts = [f"⚠ {n} {kind}" for n, kind in ((nans, "nan"), (infs, "inf")) if n]
    if what == "grad" and zeros:
        counts.append(f"{'all' if zeros == size else zeros} zero ○")
    range_line = f"{what} {format_range(low, high, RANGE_DIGITS) if nans < size else NAN_LABEL}"
    return [range_line, ", ".join(counts)] if counts else [range_line]
