"""draw: a graph as a Picture, which folds, expands, focuses, compares, and writes itself in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.runtime.compiled_function import Compiled
from autograd.compiler.runtime.picture_groups import PictureGroups
from autograd.core.coercion import described
from autograd.core.node import Node
from autograd.errors import GraphError, SettingError
from autograd.state.garbage_collection import uncollected
from autograd.testing.gradient_errors import GradientError
from autograd.testing.report import Report
from autograd.viz.backward_frames import depths, frames
from autograd.viz.colour_refinement import Ints, Wiring, between, classes_of, contracted, refinements
from autograd.viz.folding import SHOWN, Box, Drawing, Name, drawn, shaded
from autograd.viz.formats.page import page
from autograd.viz.graph_diff import Difference, compared
from autograd.viz.node_errors import measured
from autograd.viz.representations import Shown, written
from autograd.viz.snapshot import Snapshot, snapshot

DIRECTIONS = ("LR", "RL", "TB")
COLOURS = ("grad", "data", "error", None)
FOLDS = ("structure", "scope", "depth")
FOLDED = 25  # as many boxes as fit on one screen
MOST = 2000  # boxes that expand() will add


def draw(
    root: Any,
    *,
    fold: str | bool | None = None,
    max_nodes: int = 60,
    show: Sequence[str] = SHOWN,
    color: str | None = "grad",
    direction: str = "LR",
) -> Picture:
    """The graph below ``root`` (a node, or a list of them) as a picture, with the numbers that it holds now.

    A graph of more than ``max_nodes`` nodes is folded by structure; ``fold`` is "structure", "scope" or "depth" to fold it in that
    way, False to show every node. ``show`` names what is written: "data", "grad" and, on edges, "local". ``color`` shades boxes by
    |gradient|, |data|, or the error of each node's derivative against a measured one, in factors of ten; ``direction`` is that
    of reading. What a failed check has raised, or its report, is drawn with the guilty node marked; of a compiled function, the
    scalar graph of its last call, whose boxes are the lines of its ``source``, by their names. GraphError for what is no graph,
    SettingError for a setting that does not exist.

    >>> from autograd import Value
    >>> a = Value(2.0, name="a"); y = a * a; y.backward()
    >>> print(draw(y))
    2 nodes, 2 edges, colour: gradient
      #0  a   data 2, grad 4
      #1  ×   data 4, grad 1   ← #0 (∂ 2), #0 (∂ 2)
    """
    _check("direction", direction, DIRECTIONS)
    _check("color", color, COLOURS)
    if not isinstance(show, tuple | list):
        raise SettingError(f"draw(): show is a tuple of {', '.join(map(repr, SHOWN))}, not {show!r}")
    for name in show:
        _check("show", name, SHOWN)
    if isinstance(max_nodes, bool) or not isinstance(max_nodes, int) or max_nodes < 1:
        raise SettingError(f"draw(): max_nodes is a whole number of at least 1, not {max_nodes!r}")
    given = root.graph() if isinstance(root, Compiled) else None
    root = root if given is None else given.roots
    report = root.report if isinstance(root, GradientError) else root if isinstance(root, Report) else None
    guilty: tuple[Node, ...] = ()
    if report is not None:
        if report.graph is None:
            raise GraphError(f"draw(): the report on {report.subject} has no graph: it is of a rule, not of recorded nodes")
        root, guilty = report.graph, report.guilty
    shot = snapshot(root, {} if given is None else given.gradients)
    all_ = np.arange(shot.size)
    look = Look(tuple(show), color, direction)
    lines = None if given is None else _lines(shot, given, max_nodes)
    picture = Picture(shot, all_, all_, look, guilty=tuple(shot.index(node) for node in guilty), lines=lines)
    if fold is None or fold is True:
        return picture.fold() if shot.size > max_nodes or fold or lines else picture
    return picture if fold is False else picture.fold(by=fold)


def _check(name: str, given: Any, known: Sequence[Any]) -> None:
    if not isinstance(given, str | None) or given not in known:
        raise SettingError(f"draw(): {name} is one of {', '.join(map(repr, known))}, not {given!r}")


class ProgramBuilder(NamedTuple):
    """The boxes that a compiled function gives its graph."""

    stands: Ints
    classes: Ints
    names: dict[int, Name | None]


def _lines(shot: Snapshot, given: PictureGroups, most: int) -> ProgramBuilder | None:
    """The boxes of a compiled function; None where they are more than ``most``, and for nodes that it did not raise."""
    first = {part: i for i, part in enumerate(given.parts.get(id(node), -1) for node in shot.nodes)}
    if -1 in first or len(set(given.groups.values())) > most:
        return None
    stands = np.array([first[given.parts[id(node)]] for node in shot.nodes])
    classes = np.array([given.groups[id(node)] for node in shot.nodes])
    return ProgramBuilder(stands, classes, {group: Name(text, scope=False) for group, text in given.names.items()})


@dataclass(frozen=True)
class Look:
    """What is written, by what the boxes are coloured, and in which direction one reads."""

    show: tuple[str, ...] = SHOWN
    color: str | None = "grad"
    direction: str = "LR"


@dataclass(frozen=True, eq=False)
class Picture(Shown):
    """A graph drawn: print it, show it in a notebook, or write it with ``to_svg()``, ``to_html(path)`` and the others.

    Every method that changes what is shown gives a new picture of the same snapshot.
    """

    snapshot: Snapshot = field(repr=False)
    stands: Ints = field(repr=False)
    classes: Ints = field(repr=False)
    look: Look = Look()
    names: tuple[Name | None, ...] = ()
    seen: tuple[int, ...] | None = None
    guilty: tuple[int, ...] = ()
    change: Difference | None = None
    lines: ProgramBuilder | None = field(default=None, repr=False)

    # -- what is shown

    def fold(self, by: str = "structure", hops: int | None = None) -> Picture:
        """Nodes that play the same part as one box: by "structure", "scope", or "depth" (their distance from the root).

        By structure, sums are contracted and nodes are alike when their surroundings ``hops`` edges wide are; without ``hops``,
        as finely as some 25 boxes allow.

        >>> from autograd import Value
        >>> w = [Value(i) for i in range(9)]
        >>> print(draw(sum(v * v for v in w), fold="structure", show=()))
        27 nodes, 35 edges in 3 boxes
          #0  leaf ×9
          #1  multiply ×9   ← #0 (×18, 2 each)
          #2  Σ   10 terms   ← #1 (×9)
        """
        if by not in FOLDS:
            raise SettingError(f"fold(): by is one of {', '.join(map(repr, FOLDS))}, not {by!r}")
        if hops is not None and (isinstance(hops, bool) or not isinstance(hops, int) or hops < 0):
            raise SettingError(f"fold(): hops is a whole number of at least 0, not {hops!r}")
        shot = self.snapshot
        if by == "depth":
            depth = depths(shot, np.arange(shot.size))
            said = {k: Name(f"depth {depth.max() - k}") for k in range(depth.max() + 1)}
            return self._with(_last_of(depth), depth.max() - depth, said, sort=False)
        if by == "structure" and hops is None and self.lines is not None:
            return self._with(*self.lines)
        if by == "structure":
            stands = contracted(shot.wiring, shot.sums)
            return self._with(stands, classes_of(shot.wiring, stands, hops, FOLDED), {})
        scopes = _scopes(shot)
        names = dict(enumerate(dict.fromkeys(scope for scope in scopes if scope)))
        number = {name: k for k, name in names.items()}
        inside = np.array([number.get(scope, -1) for scope in scopes])
        wiring = shot.wiring._replace(kinds=np.where(inside >= 0, inside, len(scopes) + shot.wiring.kinds))
        loose = contracted(wiring, shot.sums & (inside < 0))
        classes = np.where(inside >= 0, inside, len(names) + classes_of(wiring, loose, hops, FOLDED))
        stands = np.where(inside >= 0, _last_of(inside), loose)  # a scope is one box: all that is in it stands together
        return self._with(stands, classes, {k: Name(scope) for k, scope in names.items()})

    def expand(self, what: Node | int | str) -> Picture:
        """A node taken out of its box, with its neighbours; or a box, given by its number or its title, taken apart.

        GraphError where there is no such box, or one of more than 2000 parts.
        """
        if isinstance(what, Node):
            return self._around(self.snapshot.index(what), 1)
        k = self._box(what)
        members = np.flatnonzero(self.classes == k)
        parts = np.unique(self.stands[members])
        stands = self.stands.copy()
        if len(parts) == 1:
            stands[members] = parts = members
        if len(parts) > MOST:
            raise GraphError(
                f"expand(): box {what!r} has {len(parts)} parts: expand one node of it, as in g.expand(g.nodes({k})[0])"
            )
        apart = self.classes.copy()
        apart[members] = self.snapshot.size + stands[members]
        return self._with(stands, apart, self._names(apart))

    def focus(self, node: Node, up: int = 2, down: int = 2) -> Picture:
        """What is at most ``up`` steps from a node towards the root, and ``down`` steps towards the leaves."""
        for name, steps in (("up", up), ("down", down)):
            if isinstance(steps, bool) or not isinstance(steps, int) or steps < 0:
                raise SettingError(f"focus(): {name} is a whole number of at least 0, not {steps!r}")
        i = self.snapshot.index(node)
        near = self._around(i, max(up, down, 1))
        tails, heads = near.classes[self.snapshot.wiring.tails], near.classes[self.snapshot.wiring.heads]
        middle = int(near.classes[i])
        seen = _reached(middle, tails, heads, up) | _reached(middle, heads, tails, down)
        return replace(near, seen=tuple(sorted(seen)))

    def diff(self, other: Picture) -> Picture:
        """The same picture with what differs in another's graph: data, gradients, and what only one of them has.

        The two are compared from their roots, argument by argument.

        >>> from autograd import Value
        >>> a = Value(2.0, name="a"); before = draw(a * 3.0); a.data = 4.0
        >>> print(draw(a * 3.0).diff(before))
        2 nodes, 1 edge; 2 differ from the other's 2
          #0  a   data 4, Δdata 2
          #1  · × 3   data 12, Δdata 6   ← #0 (∂ 3)
        """
        if not isinstance(other, Picture):
            raise GraphError(f"diff() compares with another picture, as in draw(a).diff(draw(b)), not {described(other)}")
        return replace(self, change=compared(self.snapshot, other.snapshot))

    def nodes(self, what: int | str) -> list[Node]:
        """The nodes in a box, which is given by its number or its title."""
        return [self.snapshot.nodes[i] for i in np.flatnonzero(self.classes == self._box(what))]

    def _box(self, what: int | str) -> int:
        seen = range(int(self.classes.max()) + 1) if self.seen is None else self.seen
        if isinstance(what, str):
            boxes = self._boxes[0]
            found = [k for k in seen if what in (boxes[k].title, boxes[k].title.removeprefix("✗ "))]
            if len(found) == 1:
                return found[0]
            raise GraphError(f"{len(found)} boxes are called {what!r}: give the number of one, as print(g) shows it")
        if isinstance(what, bool) or not isinstance(what, int | np.integer) or not 0 <= what < len(seen):
            raise GraphError(f"there is no box {what!r}: the boxes have the numbers 0 to {len(seen) - 1}")
        return seen[int(what)]

    def _names(self, classes: Ints) -> dict[int, Name | None]:
        """The names that boxes keep: of those that are as they were."""
        sizes, kept = np.bincount(self.classes), {}
        for k, size in zip(*np.unique(classes, return_counts=True), strict=True) if self.names else ():
            before = np.unique(self.classes[classes == k])
            if len(before) == 1 and sizes[before[0]] == size:
                kept[int(k)] = self.names[int(before[0])]
        return kept

    def _with(self, stands: Ints, classes: Ints, names: Mapping[int, Name | None], sort: bool = True) -> Picture:
        """Other boxes, numbered so that arguments come before their consumers where they can: by their last node."""
        kept, back = np.unique(classes, return_inverse=True)
        last = np.zeros(len(kept), dtype=np.int64)
        np.maximum.at(last, back, np.arange(len(classes)))
        sequence = np.argsort(last) if sort else np.arange(len(kept))
        rank = np.empty_like(sequence)
        rank[sequence] = np.arange(len(kept))
        return replace(self, stands=stands, classes=rank[back], names=tuple(names.get(int(kept[k])) for k in sequence), seen=None)

    def _around(self, i: int, hops: int) -> Picture:
        """The boxes told apart by their way to node ``i``, so many edges wide."""
        stands = self.stands.copy()
        stands[self.stands == self.stands[i]] = np.flatnonzero(self.stands == self.stands[i])
        kinds = self.classes.copy()
        kinds[i] = self.snapshot.size
        members = np.flatnonzero(stands == np.arange(len(stands)))
        wiring = between(self.snapshot.wiring._replace(kinds=kinds), stands)
        classes = kinds
        for _, refined in zip(range(hops + 1), refinements(_near(wiring, i, hops), members), strict=False):
            wide = np.zeros_like(kinds)
            wide[members] = refined
            classes = wide[stands]
        return self._with(stands, classes, self._names(classes))

    # -- what is written

    @cached_property
    def _boxes(self) -> tuple[list[Box], list[Any]]:
        names = self.names or (None,) * (int(self.classes.max()) + 1)
        with uncollected():
            boxes, links = drawn(self.snapshot, self.stands, self.classes, names, self.look.show)
        if self.change is not None:
            boxes = self.change.told(boxes)
        if self.guilty:
            boxes = [
                replace(box, guilty=True, title=f"✗ {box.title}") if set(box.members) & set(self.guilty) else box for box in boxes
            ]
        sizes = self._sizes(boxes)
        return (shaded(boxes, sizes) if sizes is not None else boxes), links

    def _sizes(self, boxes: list[Box]) -> list[float] | None:
        """What the boxes are coloured by."""
        if self.change is not None:
            return self.change.sizes(boxes)
        if self.look.color == "error":
            return measured(self.snapshot, boxes)
        column = self.snapshot.grad if self.look.color == "grad" else self.snapshot.data
        if self.look.color is None or column is None:
            return None
        most = np.zeros(len(boxes))
        np.fmax.at(most, self.classes, np.fmax(np.abs(column.low), np.abs(column.high)))
        return most.tolist()

    @cached_property
    def drawing(self) -> Drawing:  # type: ignore[override]  # computed when it is first asked for
        """The boxes and links as they are shown."""
        boxes, links = self._boxes
        if self.seen is not None:
            boxes, links = _cut(boxes, links, self.seen)
        return Drawing(tuple(boxes), tuple(links), self._caption(len(boxes)), self.look.direction)

    def _caption(self, shown: int) -> str:
        shot = self.snapshot
        edges = len(shot.wiring.tails)
        text = f"{shot.size} node{'s' if shot.size > 1 else ''}, {edges} edge{'s' if edges != 1 else ''}"
        if shown < shot.size:
            text += f" in {shown} boxes" if self.seen is None else f", {shown} boxes of them shown"
        if self.change is not None:
            return f"{text}; {self.change.caption()}"
        by = {"grad": "gradient" if shot.grad is not None else "", "data": "value", "error": "error"}.get(self.look.color or "", "")
        return text + (f", colour: {by}" if by else "")

    def to_html(self, path: str | Path | None = None) -> str:
        """The picture as one HTML page, with its numbers and the backward pass to step through; written to ``path`` if given."""
        return written(
            page(self.drawing, self.snapshot, frames(self.snapshot, self.drawing, self.stands), whole=self.seen is None), path
        )


def _last_of(keys: Ints) -> Ints:
    """For each entry the place of the last one with its key."""
    kept, back = np.unique(keys, return_inverse=True)
    last = np.zeros(len(kept), dtype=np.int64)
    np.maximum.at(last, back, np.arange(len(keys)))
    return last[back]


def _scopes(shot: Snapshot) -> list[str]:
    """The scope of each node; a leaf outside all belongs to that of its consumers, where they have one in common."""
    scopes = list(shot.scopes)
    used: list[set[str]] = [set() for _ in scopes]
    for t, h in zip(shot.wiring.tails.tolist(), shot.wiring.heads.tolist(), strict=True):
        used[t].add(scopes[h])
    return [
        next(iter(used[i])) if not scope and node.op is None and len(used[i]) == 1 else scope
        for i, (node, scope) in enumerate(zip(shot.nodes, scopes, strict=True))
    ]


def _near(wiring: Wiring, i: int, hops: int) -> Wiring:
    """The edges within so many steps of a node, in whatever direction."""
    inside = np.zeros(wiring.size, dtype=bool)
    inside[i] = True
    for _ in range(hops):
        touched = inside[wiring.tails] | inside[wiring.heads]
        inside[wiring.tails[touched]] = inside[wiring.heads[touched]] = True
    kept = inside[wiring.tails] & inside[wiring.heads]
    return Wiring(wiring.kinds, wiring.tails[kept], wiring.heads[kept], wiring.slots[kept])


def _reached(start: int, origins: Ints, ends: Ints, steps: int) -> set[int]:
    """The classes within so many steps along edges."""
    reached = {start}
    for _ in range(steps):
        reached |= set(ends[np.isin(origins, list(reached))].tolist())
    return reached


def _cut(boxes: list[Box], links: list[Any], seen: Sequence[int]) -> tuple[list[Box], list[Any]]:
    """Some of the boxes, each with a line that says what else is joined to it."""
    place = {k: i for i, k in enumerate(seen)}
    kept = []
    for k in seen:
        before = sum(link.count for link in links if link.head == k and link.tail not in place)
        behind = sum(link.count for link in links if link.tail == k and link.head not in place)
        lines = [f"… {n} more {what}{'s' if n > 1 else ''}" for n, what in ((before, "argument"), (behind, "consumer")) if n]
        kept.append(replace(boxes[k], lines=(*boxes[k].lines, *lines)))
    inside = [link for link in links if link.tail in place and link.head in place]
    return kept, [replace(link, tail=place[link.tail], head=place[link.head]) for link in inside]
