"""The data of an HTML page, as its script reads them: texts and numbers of each box and link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.numpy_api.row_formulas import get_formulas
from autograd.ops import Elementwise
from autograd.viz.drawing import Box, Drawing
from autograd.viz.folding.colour_scale import colour_steps
from autograd.viz.javascript.program import Program
from autograd.viz.labels import format_exactly, format_range, format_shape, sanitize
from autograd.viz.snapshots.columns import Column
from autograd.viz.snapshots.snapshot import Snapshot

# Members of a folded box that the page can show one by one: twelve rows of the mosaic, whose style has twelve columns. A member
# takes about 60 bytes of the page. Doubled, a mosaic is 24 rows high, and a page of 25 boxes up to 220 kB larger.
MAX_MEMBERS = 144

# Characters of a name, and of the line of a program, in the panel of numbers, where they are broken into lines of about 40.
# Doubled, they may take 10 and 15 lines of the panel, which then has to be scrolled.
MAX_PANEL_NAME = 200
MAX_PANEL_LINE = 300


def page_data(
    drawing: Drawing, snapshot: Snapshot, frames: Sequence[dict[str, Any]], is_whole: bool, program: Program, colour: str | None
) -> dict[str, Any]:
    """Collect the data of a page.

    Parameters
    ----------
    drawing : Drawing
        The drawing.
    snapshot : Snapshot
        The graph and its numbers.
    frames : sequence of dict
        The backward pass.
    is_whole : bool
        Whether all boxes of the graph are shown.
    program : Program
        What a live page computes with.
    colour : str or None
        What boxes are coloured by.

    Returns
    -------
    dict
        Data for JSON, under the names that the scripts of the page read.
    """
    boxes = drawing.boxes
    root_boxes = [k for k, box in enumerate(boxes) if box.is_root]
    root = root_boxes[0] if root_boxes and len(snapshot.roots) == 1 else None
    column = snapshot.grad or snapshot.data
    strongest = np.where(np.abs(column.low) > np.abs(column.high), column.low, column.high)
    shades = [step or 0 for step in colour_steps(strongest.tolist())]
    local_derivatives = _local_derivatives(drawing, snapshot)
    edges_of_links = [[]] * len(drawing.links) if program.data is None else _edges_of_links(drawing, snapshot)
    is_unfolded = all(box.count == 1 for box in boxes)
    return {
        "boxes": [_box_data(box, snapshot, shades, program) for box in boxes],
        "operations": _operations(boxes, snapshot),
        "links": [
            {"tail": link.tail, "head": link.head, "detail": link.detail, "local": local, "edges": edges}
            for link, local, edges in zip(drawing.links, local_derivatives, edges_of_links, strict=True)
        ],
        "program": program.data,
        "colour": colour,
        "coloursLinks": any(link.shade is not None for link in drawing.links),
        "frames": list(frames),
        "root": root,
        "seed": format_exactly(np.ones(snapshot.nodes[int(snapshot.roots[0])].shape)),
        "single": is_whole and root is not None and is_unfolded and None not in local_derivatives,
    }


def _local_derivatives(drawing: Drawing, snapshot: Snapshot) -> list[float | None]:
    """The local derivative of each link that is one edge between scalars; None for any other."""
    edges_between: dict[tuple[int, int], list[int]] = {}
    for e, ends in enumerate(zip(snapshot.graph.tails.tolist(), snapshot.graph.heads.tolist(), strict=True)):
        edges_between.setdefault(ends, []).append(e)
    derivatives = []
    for link in drawing.links:
        tails, heads = drawing.boxes[link.tail].members, drawing.boxes[link.head].members
        is_one_edge = link.count == len(tails) == len(heads) == 1
        edges = edges_between.get((tails[0], heads[0]), []) if is_one_edge else []
        derivatives.append(_scalar_derivative(snapshot, edges.pop(0)) if edges else None)
    return derivatives


def _scalar_derivative(snapshot: Snapshot, e: int) -> float | None:
    """The local derivative of an edge, or None if it is not one finite number."""
    tail, head = snapshot.nodes[snapshot.graph.tails[e]], snapshot.nodes[snapshot.graph.heads[e]]
    is_scalar = tail.shape == head.shape == () and snapshot.local.size[e] == 1  # otherwise broadcasting sums
    derivative = float(snapshot.local.low[e])
    return derivative if is_scalar and np.isfinite(derivative) else None


def _edges_of_links(drawing: Drawing, snapshot: Snapshot) -> list[list[list[int]]]:
    """The edges of each link: the consumer, and the position among those of its arguments that are nodes."""
    box_of_node = {i: k for k, box in enumerate(drawing.boxes) for i in box.members}
    first_edge: dict[int, int] = {}
    edges: dict[tuple[int | None, int | None], list[list[int]]] = {}
    for e, (tail, head) in enumerate(zip(snapshot.graph.tails.tolist(), snapshot.graph.heads.tolist(), strict=True)):
        position = e - first_edge.setdefault(head, e)
        edges.setdefault((box_of_node.get(tail), box_of_node.get(head)), []).append([head, position])
    ends_of_links = [(link.tail, link.head) for link in drawing.links]
    links_between = Counter(ends_of_links)
    return [edges[ends] if links_between[ends] == 1 else [edges[ends].pop(0)] for ends in ends_of_links]


def _box_data(box: Box, snapshot: Snapshot, shades: Sequence[int], program: Program) -> dict[str, Any]:
    first: Any = snapshot.nodes[box.members[0]]
    operation = first.op.name if first.op else "leaf"
    name = sanitize(snapshot.paths[box.members[0]], MAX_PANEL_NAME)
    members = box.members[:MAX_MEMBERS] if box.count > 1 else ()
    return {
        "title": box.title,
        "lines": list(box.lines),
        "told": list(box.lines) if box.count > 1 or first.shape else [],
        "count": box.count,
        "nodes": [] if program.data is None else list(box.members),
        "operation": _operation_of(box, snapshot),
        "facts": _node_facts(box.members[0], snapshot) if box.count == 1 else [],
        "words": " ".join([name, operation, box.group, *box.lines]),
        "members": [
            [_member_name(snapshot, i), _number_text(snapshot.data, i), _number_text(snapshot.grad, i), shades[i]] for i in members
        ],
    }


def _member_name(snapshot: Snapshot, i: int) -> str:
    name = sanitize(snapshot.paths[i])
    return f"{name} ({i})" if name else f"node {i}"


def _number_text(column: Column | None, i: int) -> str:
    """The data or the gradient of one node."""
    if column is None:
        return ""
    if not column.size[i]:
        return "empty"
    text, nans = format_range(float(column.low[i]), float(column.high[i])), int(column.nans[i])
    has_some_nans = 0 < nans < column.size[i]
    return f"{text}, ⚠ {nans} nan" if has_some_nans else text


def _operation_of(box: Box, snapshot: Snapshot) -> str:
    """The operation of the first node in a box; "" for a leaf and for a scope, which has many."""
    op = snapshot.nodes[box.members[0]].op
    return "" if op is None or box.kind == "scope" else op.name


def _operations(boxes: Sequence[Box], snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """The formulas of each operation in the drawing, as pairs of a name and a text."""
    first_nodes = {_operation_of(box, snapshot): snapshot.nodes[box.members[0]] for box in boxes}
    return {name: _formula_facts(node.op) if isinstance(node.op, Elementwise) else [] for name, node in first_nodes.items() if name}


def _formula_facts(op: Elementwise) -> list[tuple[str, str]]:
    try:
        value, *partials = get_formulas(op)
    except Exception:  # a custom operation may call functions that cannot be written as formulas
        value, partials = "not known in symbols", []
    return [("formula", f"y = {value}"), *((f"∂y/∂{name}", partial) for name, partial in zip("abcdef", partials, strict=False))]


def _node_facts(i: int, snapshot: Snapshot) -> list[tuple[str, str]]:
    node = snapshot.nodes[i]
    facts = []
    if not node.shape:
        facts.append(("value", repr(float(snapshot.data.low[i]))))
        if snapshot.grad is not None:
            facts.append(("gradient", repr(float(snapshot.grad.low[i]))))
    if node.shape:
        facts.append(("shape", format_shape(node.shape)))
    if snapshot.paths[i]:
        facts.append(("name", sanitize(snapshot.paths[i], MAX_PANEL_NAME)))
    if node.line:
        facts.append(("made at", sanitize(node.line, MAX_PANEL_LINE)))
    return facts
