"""Boxes and links: a snapshot's nodes put together as a fold says, with exact counts, ready to be laid out and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from autograd.viz.colour_refinement import Ints
from autograd.viz.labels import entries, number, plain, shape_of, span, width
from autograd.viz.snapshot import Column, Snapshot

SIGNS = {
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
BARE = {pattern.replace("{}", "").strip() for pattern in SIGNS.values()}
SHOWN = ("data", "grad", "local")


class Name(NamedTuple):
    """What a box is called: a scope by its ``text`` alone, a line of a program by that and by what it does."""

    text: str
    scope: bool = True


@dataclass(slots=True)
class Box:
    """One box of a picture: ``count`` nodes of the graph, with the text on it.

    ``kind`` is "leaf", "op", "sum", "scope" or, in a diagram of a network, "neuron". ``shade`` is a step from 0 to 6 of the colour
    scale, None for no colour. ``members`` are the nodes' numbers, ``inner`` the edges between them that the box hides; ``group`` is
    the scope, or the layer, that it is drawn in.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    kind: str = "op"
    count: int = 1
    inner: int = 0
    shade: int | None = None
    warned: bool = False
    guilty: bool = False
    root: bool = False
    group: str = ""
    members: tuple[int, ...] = field(default=(), repr=False)

    @property
    def wide(self) -> int:
        """The longest line, in columns."""
        return max(width(text) for text in (self.title, *self.lines))


@dataclass(slots=True)
class Link:
    """All edges from one box to another (or, unfolded, one edge): ``count`` of them, with a label and what it says in full."""

    tail: int
    head: int
    slot: int = 0
    count: int = 1
    label: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Drawing:
    """What a picture shows, before it is laid out: boxes, arguments before consumers, and links."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    caption: str = ""
    direction: str = "LR"


def drawn(
    shot: Snapshot, stands: Ints, classes: Ints, names: Sequence[Name | None], show: Sequence[str]
) -> tuple[list[Box], list[Link]]:
    """The boxes of the classes, in their numbering, and the links between them."""
    if len(stands) == int(classes.max()) + 1 and not any(names):  # nothing is folded
        bad = shot.bad.tolist()
        return [_lone(shot, i, k, bad[i], show) for k, i in enumerate(np.argsort(classes).tolist())], _lone_links(
            shot, classes, show
        )
    members = np.split(np.argsort(classes, kind="stable"), np.cumsum(np.bincount(classes))[:-1])
    tails, heads = classes[shot.wiring.tails], classes[shot.wiring.heads]
    inside = stands[shot.wiring.tails] == stands[shot.wiring.heads]
    inner = np.bincount(heads[inside], minlength=len(members))
    standing = [len(np.unique(stands[m])) for m in members]
    boxes = [_box(shot, k, m, int(inner[k]), standing[k], names[k], show) for k, m in enumerate(members)]
    return boxes, _links(shot, stands, tails, heads, np.flatnonzero(~inside), standing, show)


def _box(shot: Snapshot, k: int, members: Ints, inner: int, standing: int, name: Name | None, show: Sequence[str]) -> Box:
    """The box of a class."""
    scope = name is not None and name.scope
    if len(members) == 1 and not scope:
        return _lone(shot, int(members[0]), k, bool(shot.bad[members[0]]), show, name)
    few = tuple(members.tolist())
    first: Any = shot.nodes[few[0]]
    ops = Counter(_said(shot.nodes[i]) for i in few)
    title, kind = _title(first, ops, len(few), standing, name)
    columns = [(name, column) for name, column in (("data", shot.data), ("grad", shot.grad)) if column is not None]
    lines = [line for name, column in columns if name in show for line in _numbers(name, column, members)]
    if scope:
        lines.insert(
            0, ", ".join(f"{n} {name}" if n > 1 else name for name, n in ops.most_common(4)) + (", …" if len(ops) > 4 else "")
        )
    elif inner:
        terms = (2 * len(few) - inner) / standing
        lines.insert(0, f"{terms:.4g} terms" + (" each" if standing > 1 else ""))
    elif first.shape:
        lines.insert(0, "shape " + shape_of(first.shape))
    marks = [f"⚑ {mark}" for i, mark in shot.marks.items() if i in set(few)]
    bad = shot.bad[members].any()
    inside = {shot.scopes[i] for i in few} if not scope else set()
    group = plain(inside.pop()) if len(inside) == 1 else ""
    root = not shot.tops.isdisjoint(few)
    return Box(f"n{k}", title, (*lines, *marks), kind, len(few), inner, None, bool(bad or marks), False, root, group, few)


def _lone(shot: Snapshot, i: int, k: int, bad: bool, show: Sequence[str], line: Name | None = None) -> Box:
    """The box of a single node."""
    node: Any = shot.nodes[i]
    said = _said(node)
    name = plain(shot.paths[i]) or (line.text if line else "")
    lines = ["shape " + shape_of(node.shape)] if node.shape else []
    for what, column in (("data", shot.data), ("grad", shot.grad)):
        if column is not None and what in show:
            lines += _one(what, float(column.low[i])) if not node.shape else _numbers(what, column, np.array([i]))
    if i in shot.marks:
        lines.append(f"⚑ {shot.marks[i]}")
        bad = True
    title = f"{name} = {said}" if name and node.op is not None else name or said
    kind = "leaf" if node.op is None else "op"
    return Box(f"n{k}", title, tuple(lines), kind, 1, 0, None, bad, False, i in shot.tops, plain(shot.scopes[i]), (i,))


def _lone_links(shot: Snapshot, classes: Ints, show: Sequence[str]) -> list[Link]:
    """A link for each edge, by consumer."""
    wiring, local, push = shot.wiring, shot.local, shot.push
    rows = zip(
        wiring.tails.tolist(), wiring.heads.tolist(), wiring.slots.tolist(), local.low.tolist(), local.high.tolist(), strict=True
    )
    place = classes.tolist()
    links = []
    for e, (tail, head, slot, low, high) in enumerate(rows):
        said = ("⚠ nan" if local.nans[e] else span(low, high, 3)) if local.size[e] else ""
        detail = f"local derivative {said}" if said else "a linear map"
        if push is not None:
            detail += f"; contribution {'⚠ nan' if push.nans[e] else span(push.low[e], push.high[e], 3)}"
        links.append(Link(place[tail], place[head], slot, 1, f"∂ {said}" if said and "local" in show else "", detail))
    return sorted(links, key=lambda link: (link.head, link.tail))


def _title(first: Any, ops: Counter[str], count: int, standing: int, name: Name | None) -> tuple[str, str]:
    """What a box is called, and its kind."""
    if name is not None and name.scope:
        return plain(name.text), "scope"
    kind = "leaf" if first.op is None else "op"
    ((said, _), *others) = ops.most_common()
    if others or said in BARE:
        said = first.op.name if first.op is not None else "leaf"
    title = f"{said} ×{count}"
    if first.op is not None and standing < count:
        title, kind = "Σ" + (f" ×{standing}" if standing > 1 else ""), "sum"
    if name is None:
        return title, kind
    return (f"{name.text} ×{count}" if kind == "leaf" else f"{name.text} = {title}"), kind


def _said(node: Any) -> str:
    """What a node does, with the plain numbers among its arguments."""
    if node.op is None:
        return "constant" if getattr(node, "constant", False) else "leaf"
    pattern = SIGNS.get(node.op.name)
    args = node.args
    if pattern is None or len(args) != pattern.count("{}"):
        return plain(node.op.name)
    if all(hasattr(arg, "stamp") for arg in args):
        return pattern.replace("{}", "").strip()
    return pattern.format(*("·" if hasattr(arg, "stamp") else plain(entries(arg), 16) for arg in args))


def _one(name: str, x: float) -> list[str]:
    return [f"{name} {number(x)}" + (" ○" if name == "grad" and x == 0.0 else "")]


def _numbers(name: str, column: Column, members: Ints) -> list[str]:
    """The lines of a box on its numbers: their range, and how many are not finite or zero."""
    low, high, size, nans, infs, zeros = column.where(members)
    if not size:
        return [f"{name} empty"]
    counts = [f"⚠ {n} {what}" for n, what in ((nans, "nan"), (infs, "inf")) if n]
    if name == "grad" and zeros:
        counts.append(f"{'all' if zeros == size else zeros} zero ○")
    text = f"{name} {span(low, high, 3)}" if nans < size else f"{name} ⚠ nan"
    return [text, ", ".join(counts)] if counts else [text]


def _links(
    shot: Snapshot, stands: Ints, tails: Ints, heads: Ints, outer: Ints, standing: list[int], show: Sequence[str]
) -> list[Link]:
    """The edges between classes put together; between two single nodes each slot keeps its own link."""
    if not len(outer):
        return []
    wiring = shot.wiring
    alone = np.array(standing) == 1
    lone = np.bincount(np.unique(np.column_stack([heads, wiring.heads]), axis=0)[:, 0], minlength=len(standing)) == 1
    apart = np.where(alone[tails] & alone[heads] & lone[heads], np.arange(len(tails)), 0)[outer]
    keys, inverse, counts = np.unique(
        np.column_stack([heads[outer], tails[outer], apart]), axis=0, return_inverse=True, return_counts=True
    )
    inverse = inverse.ravel()
    pieces = np.split(outer[np.argsort(inverse, kind="stable")], np.cumsum(counts)[:-1])
    links = []
    for (head, tail, _), edges in zip(keys.tolist(), pieces, strict=True):
        each = _each(stands[wiring.heads[edges]], standing[head])
        label, detail = _said_of_edges(shot, edges, each, show)
        links.append(Link(tail, head, int(wiring.slots[edges[0]]), len(edges), label, detail))
    return links


def _each(heads: Ints, standing: int) -> str:
    """How many edges each consumer has from there, where that is not one."""
    counts = np.unique(heads, return_counts=True)[1]
    low, high = int(counts.min()), int(counts.max())
    if len(counts) < standing:
        return f"to {len(counts)} of {standing}"
    if low == high:
        return f"{low} each" if low > 1 and standing > 1 else ""
    return f"{low} to {high} each"


def _said_of_edges(shot: Snapshot, edges: Ints, each: str, show: Sequence[str]) -> tuple[str, str]:
    """The short label of a link, and all that is known of it."""
    low, high, size, nans, *_ = shot.local.where(edges)
    local = ("⚠ nan" if nans else span(low, high, 3)) if size else ""
    pushed = ""
    if shot.push is not None:
        low, high, _, nans, *_ = shot.push.where(edges)
        pushed = "⚠ nan" if nans else span(low, high, 3)
    times = f"×{len(edges)}" if len(edges) > 1 else ""
    label = ", ".join(part for part in (times, each, f"∂ {local}" if local and "local" in show else "") if part)
    detail = "; ".join(
        part
        for part in (
            f"{len(edges)} edge{'s' if len(edges) > 1 else ''}" + (f", {each}" if each else ""),
            f"local derivative {local}" if local else "",
            f"contribution {pushed}" if pushed else "",
        )
        if part
    )
    return label, detail


def shaded(boxes: Sequence[Box], sizes: Sequence[float]) -> list[Box]:
    """The boxes, put on the colour scale by their sizes."""
    for box, step in zip(boxes, steps(sizes), strict=True):
        box.shade = step
    return list(boxes)


def steps(sizes: Sequence[float]) -> list[int | None]:
    """Seven steps, a factor of ten each below the largest size; what is not finite has none.

    >>> steps([1.0, 0.05, 0.0, float("nan")])
    [6, 5, 0, None]
    """
    top = max((s for s in sizes if 0.0 < s < np.inf), default=1.0)
    return [_step(size, top) for size in sizes]


def _step(size: float, top: float) -> int | None:
    if size - size != 0.0:
        return None
    if size * 1e7 <= top:  # which 0 is, and what is so small that the quotient would overflow
        return 0
    return 6 - min(6, max(0, int(np.floor(np.log10(top / size)))))
