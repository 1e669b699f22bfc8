"""Player: the backward pass as frames, each of which says what a box hands on, and what has arrived where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.graph.backward_steps import steps
from autograd.viz.colour_refinement import Ints, between, contracted
from autograd.viz.folding import Drawing
from autograd.viz.labels import entries, span
from autograd.viz.snapshot import Column, Snapshot

MOST = 3000  # frames; beyond, every box has one turn


def frames(shot: Snapshot, drawing: Drawing, stands: Ints) -> list[dict[str, Any]]:
    """The steps of the backward pass from the root, as data for the page; none for a graph of several roots.

    ``box`` takes its turn with the cotangent ``gradient``; each of its ``pushes`` goes along a ``link``: the contribution, to which
    box, what has arrived there, and how many of how many have been heard. Of what is not shown box and link are None. An array as
    root is summed: its cotangent is all ones. Hooks are not run. Where a rule raises, the frames end; folded, there are none.

    >>> from autograd import Value
    >>> from autograd.viz import draw
    >>> a = Value(3.0); g = draw(a * a)
    >>> [(push["arrived"], push["heard"]) for push in frames(g.snapshot, g.drawing, g.stands)[0]["pushes"]]
    [('3.0', 1), ('6.0', 2)]
    """
    if len(shot.roots) != 1:
        return []
    root: Any = shot.nodes[int(shot.roots[0])]
    box_of = np.full(shot.size, -1)
    for k, box in enumerate(drawing.boxes):
        box_of[list(box.members)] = k
    walked, whole = _walked(root)
    if all(box.count == 1 for box in drawing.boxes):
        return list(_each(shot, drawing, box_of, walked))
    return _together(shot, drawing, box_of, stands, walked) if whole else []


def _walked(root: Any) -> tuple[list[Any], bool]:
    """The steps of the pass, up to a rule that raises: a graph with a broken rule is to be seen as well; and whether none did."""
    walked: list[Any] = []
    try:
        walked.extend(steps(root, root.seed(np.ones(root.shape)), hooks=False))
    except Exception:
        return walked, False
    return walked, True


def exact(x: Any) -> str:
    """A number with all its digits, an array in short."""
    return repr(float(x)) if np.ndim(x) == 0 else entries(x)


def _each(shot: Snapshot, drawing: Drawing, box_of: Ints, walked: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """One frame for each node's turn."""
    links: dict[tuple[int, int], list[int]] = {}
    for k, link in reversed(list(enumerate(drawing.links))):
        links.setdefault((link.tail, link.head), []).append(k)
    places = shot.places
    for step in walked:
        box = int(box_of[places[id(step.node)]])
        pushes = []
        for push in step.pushes:
            target = int(box_of[places[id(push.source)]])
            if target >= 0:
                said = {"contribution": exact(push.contribution), "arrived": exact(push.arrived)}
                along = links[target, box].pop() if box >= 0 else None
                pushes.append({"link": along, "to": target, "heard": push.heard, "of": push.consumers, **said})
        if box >= 0 or pushes:
            yield {"box": box if box >= 0 else None, "nodes": 1, "gradient": exact(step.cotangent), "pushes": pushes}


def _together(shot: Snapshot, drawing: Drawing, box_of: Ints, stands: Ints, walked: Sequence[Any]) -> list[dict[str, Any]]:
    """One frame for all nodes of a box that are equally far from the root, whose turns can come at once."""
    grad, push = _columns(shot, walked)
    tails, heads = shot.wiring.tails, shot.wiring.heads
    outer = stands[tails] != stands[heads]
    turn = _turns(depths(shot, _whole_sums(shot, box_of)), box_of)
    link_of = {(link.tail, link.head): k for k, link in enumerate(drawing.links)}
    total = np.bincount(box_of[tails[outer]] + 1, minlength=len(drawing.boxes) + 1)[1:]
    heard = np.zeros(len(drawing.boxes), dtype=int)
    nodes_of = {int(turn[nodes[0]]): nodes for nodes in _runs(turn, np.arange(shot.size))}
    made = []
    for edges in _runs(turn[heads], np.flatnonzero(outer)):
        nodes = nodes_of[int(turn[heads[edges[0]]])]
        box = int(box_of[nodes[0]])
        targets = box_of[tails[edges]]
        pushes = []
        for target in np.unique(targets[targets >= 0]).tolist():
            along = edges[targets == target]
            heard[target] += len(along)
            whole = heard[target] == total[target]
            arrived = _range(grad, np.array(drawing.boxes[target].members)) if whole else ""
            said = {"contribution": _range(push, along), "arrived": arrived}
            link = link_of.get((target, box))  # None where the box itself is not shown
            pushes.append({"link": link, "to": target, "heard": int(heard[target]), "of": int(total[target]), **said})
        if box >= 0 or pushes:
            made.append({"box": box if box >= 0 else None, "nodes": len(nodes), "gradient": _range(grad, nodes), "pushes": pushes})
    return made


def _columns(shot: Snapshot, walked: Sequence[Any]) -> tuple[Column, Column]:
    """What arrived at each node, and what went along each edge."""
    places = shot.places
    gradients: list[Any] = [None] * shot.size
    contributions: dict[tuple[int, int], list[Any]] = {}
    for step in walked:
        head = places[id(step.node)]
        gradients[head] = step.cotangent
        for push in step.pushes:
            tail = places[id(push.source)]
            gradients[tail] = push.arrived
            contributions.setdefault((tail, head), []).insert(0, push.contribution)
    pairs = zip(shot.wiring.tails.tolist(), shot.wiring.heads.tolist(), strict=True)
    return Column.of(gradients), Column.of([contributions[pair].pop() for pair in pairs])


def _whole_sums(shot: Snapshot, box_of: Ints) -> Ints:
    """For each node the one that stands for it: of a sum that is in one box, the last addition."""
    stands = contracted(shot.wiring, shot.sums)
    low, high = np.full(shot.size, shot.size), np.full(shot.size, -1)
    np.minimum.at(low, stands, box_of)
    np.maximum.at(high, stands, box_of)
    return np.where((low == high)[stands], stands, np.arange(shot.size))


def _range(column: Column, chosen: Ints) -> str:
    low, high, size, nans, *_ = column.where(chosen)
    return "⚠ nan" if nans else span(low, high) if size else ""


def _runs(keys: Ints, chosen: Ints) -> list[Ints]:
    """The chosen ones, those of equal keys together, by key."""
    order = chosen[np.argsort(keys[chosen], kind="stable")]
    return np.split(order, np.flatnonzero(np.diff(keys[order])) + 1) if len(order) else []


def _turns(depth: Ints, box_of: Ints) -> Ints:
    """When each node's turn comes: by its distance from the root, then by its box."""
    boxes = int(box_of.max()) + 2
    turn = depth * boxes + box_of + 1
    if len(np.unique(turn)) <= MOST:
        return turn
    first = np.full(boxes, depth.max() + 1)
    np.minimum.at(first, box_of + 1, depth)
    return first[box_of + 1] * boxes + box_of + 1


def depths(shot: Snapshot, stands: Ints) -> Ints:
    """The longest way from each node to the root, in which a contracted sum is one step."""
    outer = between(shot.wiring, stands)
    depth = [0] * shot.size
    edges: Sequence[tuple[int, int]] = list(zip(outer.heads.tolist(), outer.tails.tolist(), strict=True))
    for h, t in sorted(edges, reverse=True):
        depth[t] = max(depth[t], depth[h] + 1)
    return np.array(depth, dtype=np.int64)[stands]
