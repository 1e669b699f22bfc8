"""The backward pass as frames for the player of a page: which box has its turn, what it passes on, and what has arrived where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.graph.backward_steps import Step, iterate_steps
from autograd.viz.drawing import Drawing
from autograd.viz.folding.colour_refinement import contract_sums
from autograd.viz.folding.depths import depths
from autograd.viz.labels import NAN_LABEL, format_exactly, format_range
from autograd.viz.snapshots.columns import Column
from autograd.viz.snapshots.graph_arrays import Ints
from autograd.viz.snapshots.snapshot import Snapshot

# The most frames in which a box may have several turns, one for each distance from the root; if there would be more, every box
# has one turn. A frame takes about 240 bytes, so that 3000 frames are 0.7 MB of a page; and the slider, about 1000 px wide, moves
# by three at a time. Doubled, both double.
MAX_FRAMES = 3000

Frame = dict[str, Any]


def backward_frames(snapshot: Snapshot, drawing: Drawing, representatives: Ints) -> list[Frame]:
    """Compute the steps of the backward pass from the root.

    Parameters
    ----------
    snapshot : Snapshot
        The graph.
    drawing : Drawing
        The boxes and links that are shown.
    representatives : array of int
        The representative of each node: contracted sums have their turn at once.

    Returns
    -------
    list of dict
        The frames, as data for the script of the page. A frame is the turn of the ``box``, which stands for so many ``nodes``,
        with the cotangent ``gradient``. Each of its ``pushes`` goes along a ``link`` ``to`` a box: the ``contribution``, what has
        ``arrived`` there, and how many consumers (``received``) of how many (``of``) have had their turn. Box and link are None if
        they are not shown. The list is empty if the graph has several roots.

    Notes
    -----
    The cotangent of an array as root is all ones. Hooks do not run. If a rule raises, the frames end there; of folded boxes there
    are none.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.viz import draw
    >>> a = Value(3.0); picture = draw(a * a)
    >>> (frame,) = backward_frames(picture.snapshot, picture.drawing, picture.grouping.representatives)
    >>> [(push["arrived"], push["received"]) for push in frame["pushes"]]
    [('3.0', 1), ('6.0', 2)]
    """
    if len(snapshot.roots) != 1:
        return []
    box_of_node = np.full(snapshot.size, -1)
    for k, box in enumerate(drawing.boxes):
        box_of_node[list(box.members)] = k
    backward_steps, is_complete = _run_backward(snapshot.nodes[int(snapshot.roots[0])])
    if all(box.count == 1 for box in drawing.boxes):
        return list(_frames_of_nodes(snapshot, drawing, box_of_node, backward_steps))
    if not is_complete:
        return []
    return _FoldedFrames(snapshot, drawing, box_of_node, representatives, backward_steps).frames()


def _run_backward(root: Any) -> tuple[list[Step], bool]:
    """The steps of the backward pass up to a rule that raises, and whether none did."""
    finished: list[Step] = []
    try:
        finished.extend(iterate_steps(root, root.initial_cotangent(np.ones(root.shape)), hooks=False))
    except Exception:  # a graph with a broken rule can be drawn too
        return finished, False
    return finished, True


def _frames_of_nodes(snapshot: Snapshot, drawing: Drawing, box_of_node: Ints, backward_steps: Sequence[Step]) -> Iterator[Frame]:
    """One frame for the turn of each node."""
    links: dict[tuple[int, int], list[int]] = {}
    for k, link in reversed(list(enumerate(drawing.links))):
        links.setdefault((link.tail, link.head), []).append(k)
    for step in backward_steps:
        box = int(box_of_node[snapshot.index_by_id[id(step.node)]])
        pushes = []
        for push in step.pushes:
            target = int(box_of_node[snapshot.index_by_id[id(push.source)]])
            if target < 0:
                continue
            link_number = links[target, box].pop() if box >= 0 else None
            contribution, arrived = format_exactly(push.contribution), format_exactly(push.accumulated)
            pushes.append(_push(link_number, target, push.received, push.consumers, contribution, arrived))
        if box >= 0 or pushes:
            yield _frame(box, 1, format_exactly(step.cotangent), pushes)


def _push(link: int | None, target: int, received: int, consumers: int, contribution: str, arrived: str) -> Frame:
    return {"link": link, "to": target, "received": received, "of": consumers, "contribution": contribution, "arrived": arrived}


def _frame(box: int, node_count: int, gradient: str, pushes: list[Frame]) -> Frame:
    return {"box": box if box >= 0 else None, "nodes": node_count, "gradient": gradient, "pushes": pushes}


class _FoldedFrames:
    """Frames for boxes of several nodes: all nodes of a box that are equally far from the root have their turn at once."""

    def __init__(
        self, snapshot: Snapshot, drawing: Drawing, box_of_node: Ints, representatives: Ints, backward_steps: Sequence[Step]
    ) -> None:
        self.snapshot, self.drawing, self.box_of_node = snapshot, drawing, box_of_node
        self.grad, self.contribution = _columns(snapshot, backward_steps)
        tails, heads = snapshot.graph.tails, snapshot.graph.heads
        self.outer_edges = np.flatnonzero(representatives[tails] != representatives[heads])
        self.turn_of_node = _turns(depths(snapshot.graph, _contract_sums_in_boxes(snapshot, box_of_node)), box_of_node)
        self.link_between = {(link.tail, link.head): k for k, link in enumerate(drawing.links)}
        argument_boxes = box_of_node[tails[self.outer_edges]]
        self.edges_from_box = np.bincount(argument_boxes + 1, minlength=len(drawing.boxes) + 1)[1:]
        self.received = np.zeros(len(drawing.boxes), dtype=int)

    def frames(self) -> list[Frame]:
        """The frames in the order of the backward pass."""
        turns = self.turn_of_node
        nodes_in_turn = {int(turns[nodes[0]]): nodes for nodes in _split_by_key(turns, np.arange(self.snapshot.size))}
        frames = []
        for edges in _split_by_key(turns[self.snapshot.graph.heads], self.outer_edges):
            nodes = nodes_in_turn[int(turns[self.snapshot.graph.heads[edges[0]]])]
            box = int(self.box_of_node[nodes[0]])
            pushes = self._pushes(edges, box)
            if box >= 0 or pushes:
                frames.append(_frame(box, len(nodes), _range(self.grad, nodes), pushes))
        return frames

    def _pushes(self, edges: Ints, box: int) -> list[Frame]:
        """What a box passes to each box of its arguments."""
        targets = self.box_of_node[self.snapshot.graph.tails[edges]]
        pushes = []
        for target in np.unique(targets[targets >= 0]).tolist():
            edges_to_target = edges[targets == target]
            self.received[target] += len(edges_to_target)
            received, total = int(self.received[target]), int(self.edges_from_box[target])
            arrived = _range(self.grad, np.array(self.drawing.boxes[target].members)) if received == total else ""
            link = self.link_between.get((target, box))  # None if the consumer is not shown
            pushes.append(_push(link, target, received, total, _range(self.contribution, edges_to_target), arrived))
        return pushes


def _columns(snapshot: Snapshot, backward_steps: Sequence[Step]) -> tuple[Column, Column]:
    """What arrived at each node, and what went along each edge."""
    index_by_id = snapshot.index_by_id
    gradients: list[Any] = [None] * snapshot.size
    contributions: dict[tuple[int, int], list[Any]] = {}
    for step in backward_steps:
        head = index_by_id[id(step.node)]
        gradients[head] = step.cotangent
        for push in step.pushes:
            tail = index_by_id[id(push.source)]
            gradients[tail] = push.accumulated
            contributions.setdefault((tail, head), []).insert(0, push.contribution)
    edges = zip(snapshot.graph.tails.tolist(), snapshot.graph.heads.tolist(), strict=True)
    return Column.from_rows(gradients), Column.from_rows([contributions[edge].pop() for edge in edges])


def _contract_sums_in_boxes(snapshot: Snapshot, box_of_node: Ints) -> Ints:
    """For each node its representative: the last addition for a sum that is in one box, else the node itself."""
    representatives = contract_sums(snapshot.graph, snapshot.is_addition)
    lowest_box, highest_box = np.full(snapshot.size, snapshot.size), np.full(snapshot.size, -1)
    np.minimum.at(lowest_box, representatives, box_of_node)
    np.maximum.at(highest_box, representatives, box_of_node)
    is_in_one_box = (lowest_box == highest_box)[representatives]
    return np.where(is_in_one_box, representatives, np.arange(snapshot.size))


def _range(column: Column, rows: Ints) -> str:
    summary = column.summarize(rows)
    if summary.nans:
        return NAN_LABEL
    return format_range(summary.low, summary.high) if summary.size else ""


def _split_by_key(keys: Ints, entries: Ints) -> list[Ints]:
    """The entries divided by their keys, in the order of the keys."""
    if not len(entries):
        return []
    in_order = entries[np.argsort(keys[entries], kind="stable")]
    return np.split(in_order, np.flatnonzero(np.diff(keys[in_order])) + 1)


def _turns(depth: Ints, box_of_node: Ints) -> Ints:
    """A number for the turn of each node: by its distance from the root, then by its box."""
    box_count = int(box_of_node.max()) + 2
    turns = depth * box_count + box_of_node + 1
    if len(np.unique(turns)) <= MAX_FRAMES:
        return turns
    first_depth = np.full(box_count, depth.max() + 1)
    np.minimum.at(first_depth, box_of_node + 1, depth)
    return first_depth[box_of_node + 1] * box_count + box_of_node + 1
