"""The links of a drawing: for each pair of boxes the edges between them, with their number and their derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autograd.viz.drawing import Link
from autograd.viz.folding.boxes import RANGE_DIGITS
from autograd.viz.folding.colour_scale import colour_steps
from autograd.viz.folding.grouping import Grouping
from autograd.viz.labels import NAN_LABEL, format_range
from autograd.viz.snapshots.columns import Column, Mask
from autograd.viz.snapshots.graph_arrays import Ints
from autograd.viz.snapshots.snapshot import Snapshot


def make_links(snapshot: Snapshot, grouping: Grouping, show: Sequence[str], coloured: bool = False) -> list[Link]:
    """Make the links of a drawing.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.
    grouping : Grouping
        Which nodes share a box.
    show : sequence of str
        Whether to write local derivatives on the links: "local".
    coloured : bool, default False
        Whether links of one edge between two single nodes are coloured by what they contribute to a gradient.

    Returns
    -------
    list of Link
        The links by consumer, then by argument.
    """
    if grouping.is_unfolded:
        links = _links_of_edges(snapshot, grouping, "local" in show)
        return _colour_links(links, snapshot) if coloured and snapshot.contribution is not None else sort_links(links)
    return _links_of_boxes(snapshot, grouping, "local" in show)


def _links_of_edges(snapshot: Snapshot, grouping: Grouping, show_local: bool) -> list[Link]:
    """A link for each edge."""
    box_of_node = grouping.boxes.tolist()
    links = []
    for e, (tail, head) in enumerate(zip(snapshot.graph.tails.tolist(), snapshot.graph.heads.tolist(), strict=True)):
        local = _edge_number(snapshot.local, e) if snapshot.local.size[e] else ""
        detail = f"local derivative {local}" if local else "a linear map"
        if snapshot.contribution is not None:
            detail += f"; contribution {_edge_number(snapshot.contribution, e)}"
        label = f"∂ {local}" if local and show_local else ""
        links.append(Link(box_of_node[tail], box_of_node[head], 1, label, detail))
    return links


def _colour_links(links: list[Link], snapshot: Snapshot) -> list[Link]:
    """The links of edges with the colours of their contributions."""
    assert snapshot.contribution is not None
    low, high = snapshot.contribution.low, snapshot.contribution.high
    has_both_signs = (low < 0) & (high > 0)
    strongest = np.where(has_both_signs, np.nan, np.where(np.abs(low) > np.abs(high), low, high))
    return sort_links([replace(link, shade=step) for link, step in zip(links, colour_steps(strongest.tolist()), strict=True)])


def sort_links(links: list[Link]) -> list[Link]:
    """The links by consumer, then by argument."""
    return sorted(links, key=lambda link: (link.head, link.tail))


def _edge_number(column: Column, e: int) -> str:
    """What one edge holds."""
    return NAN_LABEL if column.nans[e] else format_range(float(column.low[e]), float(column.high[e]), RANGE_DIGITS)


def _links_of_boxes(snapshot: Snapshot, grouping: Grouping, show_local: bool) -> list[Link]:
    """A link for each pair of boxes that edges join."""
    graph = snapshot.graph
    outer = np.flatnonzero(grouping.representatives[graph.tails] != grouping.representatives[graph.heads])
    if not len(outer):
        return []
    tails, heads = grouping.boxes[graph.tails[outer]], grouping.boxes[graph.heads[outer]]
    separate = np.where(_join_single_nodes(snapshot, grouping)[outer], outer, 0)
    keys, inverse, counts = np.unique(np.column_stack([heads, tails, separate]), axis=0, return_inverse=True, return_counts=True)
    edges_of_links = np.split(outer[np.argsort(inverse.ravel(), kind="stable")], np.cumsum(counts)[:-1])
    links = []
    for (head, tail, _), edges in zip(keys.tolist(), edges_of_links, strict=True):
        consumers = grouping.representatives[graph.heads[edges]]
        fan_in = _describe_fan_in(consumers, int(grouping.sizes[head]))
        label, detail = _label_and_detail(snapshot, edges, fan_in, show_local)
        links.append(Link(tail, head, len(edges), label, detail))
    return links


def _join_single_nodes(snapshot: Snapshot, grouping: Grouping) -> Mask:
    """Whether each edge joins two boxes of one node, between which each argument slot has a link of its own."""
    graph = snapshot.graph
    tails, heads = grouping.boxes[graph.tails], grouping.boxes[graph.heads]
    is_single = grouping.sizes == 1
    consumers = np.unique(np.column_stack([heads, graph.heads]), axis=0)
    has_one_consumer = np.bincount(consumers[:, 0], minlength=grouping.box_count) == 1
    mask: Mask = is_single[tails] & is_single[heads] & has_one_consumer[heads]
    return mask


def _describe_fan_in(consumers: Ints, size: int) -> str:
    """How many edges each of the ``size`` nodes of the consuming box has from there; "" for one."""
    counts = np.unique(consumers, return_counts=True)[1]
    low, high = int(counts.min()), int(counts.max())
    if len(counts) < size:
        return f"to {len(counts)} of {size}"
    if low < high:
        return f"{low} to {high} each"
    return f"{low} each" if low > 1 and size > 1 else ""


def _label_and_detail(snapshot: Snapshot, edges: Ints, fan_in: str, show_local: bool) -> tuple[str, str]:
    """The short label of a link, and all that is known of it."""
    local = _edges_range(snapshot.local, edges) if snapshot.local.size[edges].any() else ""
    contribution = "" if snapshot.contribution is None else _edges_range(snapshot.contribution, edges)
    count = len(edges)
    label_parts = [f"×{count}" if count > 1 else "", fan_in, f"∂ {local}" if local and show_local else ""]
    detail_parts = [
        f"{count} edge{'s' if count > 1 else ''}" + (f", {fan_in}" if fan_in else ""),
        f"local derivative {local}" if local else "",
        f"contribution {contribution}" if contribution else "",
    ]
    return ", ".join(filter(None, label_parts)), "; ".join(filter(None, detail_parts))


def _edges_range(column: Column, edges: Ints) -> str:
    """What several edges hold."""
    summary = column.summarize(edges)
    return NAN_LABEL if summary.nans else format_range(summary.low, summary.high, RANGE_DIGITS)
