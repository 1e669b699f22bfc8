"""Picture: a drawn graph, which can be folded, expanded, focused on a part, compared with another, and written in every format."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from autograd.core.coercion import describe
from autograd.core.node import Node
from autograd.errors import GraphError, SettingError
from autograd.state.garbage_collection import pause_garbage_collection
from autograd.viz.backward_frames import backward_frames
from autograd.viz.drawing import Box, Drawing, Legend, select_boxes
from autograd.viz.file_writing import write_file
from autograd.viz.folding.boxes import make_boxes
from autograd.viz.folding.colour_scale import colour_steps, largest_magnitude
from autograd.viz.folding.folds import fold_by_depth, fold_by_scope, fold_by_structure
from autograd.viz.folding.grouping import Grouping
from autograd.viz.folding.links import make_links
from autograd.viz.folding.neighbourhoods import boxes_near, expand_box, isolate_node
from autograd.viz.formats.page import render_page
from autograd.viz.javascript.program import Program, write_program
from autograd.viz.notebooks.widget import make_widget
from autograd.viz.picture_formats import NOTEBOOK_HEIGHT, DrawingFormats
from autograd.viz.snapshots.graph_diff import Difference, compare_graphs
from autograd.viz.snapshots.node_errors import node_errors
from autograd.viz.snapshots.snapshot import Snapshot

FOLDS = ("structure", "scope", "depth")
SHOWN = ("data", "grad", "local")
GUILTY_MARK = "✗ "

# The width of a row of boxes. README files and notebooks show pictures about 800 px wide, and scale larger ones down.
# Doubled, letters would be 6 px high there.
DEFAULT_WIDTH = 800


@dataclass(frozen=True)
class Style:
    """How a picture is written.

    Parameters
    ----------
    show : tuple of {"data", "grad", "local"}
        What is written on boxes and links.
    color : {"grad", "data", "error", None}, default "grad"
        What boxes are shaded by.
    direction : {"LR", "RL", "TB"}, default "LR"
        The direction of reading.
    width : int, optional
        The width in pixels after which the picture continues in a further row; None for one row.
    live : bool, default True
        Whether the page computes, if it can.
    """

    show: tuple[str, ...] = SHOWN
    color: str | None = "grad"
    direction: str = "LR"
    width: int | None = DEFAULT_WIDTH
    live: bool = True


@dataclass(frozen=True, eq=False)
class Picture(DrawingFormats):
    """A drawn graph: print it, show it in a notebook, or write it with ``to_svg()``, ``to_html(path)`` and the others.

    Make it with :func:`draw`. Every method that changes what is shown returns a new picture of the same snapshot.

    Parameters
    ----------
    snapshot : Snapshot
        The graph and its numbers.
    grouping : Grouping
        Which nodes share a box.
    style : Style
        What is written, and how.
    visible_boxes : tuple of int, optional
        The numbers of the boxes that are shown; None for all.
    guilty : tuple of int, default ()
        The numbers of the nodes that a failed check blames.
    difference : Difference, optional
        How the graph differs from another one.
    program_grouping : Grouping, optional
        The boxes of a compiled function's lines, which folding by structure uses.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.viz import draw
    >>> picture = draw(Value(2.0, name="x") * 3.0)
    >>> picture.to_svg()[:4]
    '<svg'
    """

    snapshot: Snapshot = field(repr=False)
    grouping: Grouping = field(repr=False)
    style: Style = Style()
    visible_boxes: tuple[int, ...] | None = None
    guilty: tuple[int, ...] = ()
    difference: Difference | None = None
    program_grouping: Grouping | None = field(default=None, repr=False)

    # -- what is shown

    def fold(self, by: str = "structure", hops: int | None = None) -> Picture:
        """Draw nodes that play the same part as one box.

        Parameters
        ----------
        by : {"structure", "scope", "depth"}, default "structure"
            "structure" contracts sums and puts nodes with like surroundings together. "scope" makes one box of each scope, and
            folds the nodes outside by structure. "depth" puts nodes with equal distance from the root together.
        hops : int, optional
            How many edges wide the surroundings are. By default, as wide as some 25 boxes allow.

        Returns
        -------
        Picture
            A new picture; this one does not change.

        Raises
        ------
        SettingError
            If ``by`` or ``hops`` is none of the above.

        Examples
        --------
        >>> from autograd import Value
        >>> from autograd.viz import draw
        >>> w = [Value(i) for i in range(9)]
        >>> print(draw(sum(v * v for v in w), fold="structure", show=()))
        27 nodes, 35 edges in 3 boxes
          #0  leaf ×9
          #1  multiply ×9   ← #0 (×18, 2 each)
          #2  Σ   10 terms   ← #1 (×9)
        """
        if by not in FOLDS:
            raise SettingError(f"fold(): by must be one of {', '.join(map(repr, FOLDS))}, not {by!r}")
        if hops is not None:
            _check_count("fold()", "hops", hops)
        if by == "depth":
            grouping = fold_by_depth(self.snapshot)
        elif by == "scope":
            grouping = fold_by_scope(self.snapshot, hops)
        elif hops is None and self.program_grouping is not None:
            grouping = self.program_grouping
        else:
            grouping = fold_by_structure(self.snapshot, hops)
        return self._regroup(grouping)

    def expand(self, what: Node | int | str) -> Picture:
        """Take a node out of its box, with its neighbours, or take a box apart.

        Parameters
        ----------
        what : Node, int or str
            A node, or a box by its number or its title.

        Returns
        -------
        Picture
            A new picture; this one does not change.

        Raises
        ------
        GraphError
            If there is no such node or box, or the box has more than 2000 parts.
        """
        if isinstance(what, Node):
            return self._isolate(self.snapshot.index_of(what), 1)
        return self._regroup(expand_box(self.grouping, self._find_box(what), what))

    def focus(self, node: Node, up: int = 2, down: int = 2) -> Picture:
        """Show only what is near a node.

        Parameters
        ----------
        node : Node
            The node.
        up : int, default 2
            The largest number of steps from the node towards the root.
        down : int, default 2
            The largest number of steps towards the leaves.

        Returns
        -------
        Picture
            A new picture; this one does not change.

        Raises
        ------
        GraphError
            If the node is not in the graph.
        SettingError
            If ``up`` or ``down`` is not a whole number of at least 0.
        """
        _check_count("focus()", "up", up)
        _check_count("focus()", "down", down)
        i = self.snapshot.index_of(node)
        picture = self._isolate(i, max(up, down, 1))
        box = int(picture.grouping.boxes[i])
        return replace(picture, visible_boxes=boxes_near(self.snapshot.graph, picture.grouping, box, up, down))

    def diff(self, other: Picture) -> Picture:
        """Mark what differs from the graph of another picture: data, gradients, and nodes that only one of them has.

        Parameters
        ----------
        other : Picture
            The picture to compare with. The graphs are compared from their roots on, argument by argument.

        Returns
        -------
        Picture
            This picture, with the differences written on its boxes.

        Raises
        ------
        GraphError
            If ``other`` is not a picture.

        Examples
        --------
        >>> from autograd import Value
        >>> from autograd.viz import draw
        >>> a = Value(2.0, name="a"); before = draw(a * 3.0); a.data = 4.0
        >>> print(draw(a * 3.0).diff(before))
        2 nodes, 1 edge; 2 differ from the other's 2
          #0  a   data 4, Δdata 2
          #1  · × 3   data 12, Δdata 6   ← #0 (∂ 3)
        """
        if not isinstance(other, Picture):
            raise GraphError(f"diff() compares with another picture, as in draw(a).diff(draw(b)), not {describe(other)}")
        return replace(self, difference=compare_graphs(self.snapshot, other.snapshot))

    def nodes(self, what: int | str) -> list[Node]:
        """List the nodes in a box.

        Parameters
        ----------
        what : int or str
            The number or the title of the box.

        Returns
        -------
        list of Node
            In the order in which they were computed.

        Raises
        ------
        GraphError
            If there is no such box.
        """
        return [self.snapshot.nodes[i] for i in self.grouping.members(self._find_box(what))]

    def _find_box(self, what: int | str) -> int:
        """The number in the grouping of a box, given by its title or by its number among those that are shown."""
        visible = range(self.grouping.box_count) if self.visible_boxes is None else self.visible_boxes
        if isinstance(what, str):
            boxes = self._boxes
            matches = [k for k in visible if what in (boxes[k].title, boxes[k].title.removeprefix(GUILTY_MARK))]
            if len(matches) == 1:
                return matches[0]
            raise GraphError(f"{len(matches)} boxes are called {what!r}: give the number of one, as print(g) shows it")
        if isinstance(what, bool) or not isinstance(what, int | np.integer) or not 0 <= what < len(visible):
            raise GraphError(f"there is no box {what!r}: the boxes have the numbers 0 to {len(visible) - 1}")
        return visible[int(what)]

    def _regroup(self, grouping: Grouping) -> Picture:
        return replace(self, grouping=grouping, visible_boxes=None)

    def _isolate(self, i: int, hops: int) -> Picture:
        return self._regroup(isolate_node(self.snapshot.graph, self.grouping, i, hops))

    # -- what is written

    @cached_property
    def _uncoloured_boxes(self) -> list[Box]:
        """All boxes with their text."""
        with pause_garbage_collection():
            boxes = make_boxes(self.snapshot, self.grouping, self.style.show)
        if self.difference is not None:
            boxes = self.difference.annotate(boxes)
        for k in {int(self.grouping.boxes[i]) for i in self.guilty}:
            boxes[k] = replace(boxes[k], is_guilty=True, title=f"{GUILTY_MARK}{boxes[k].title}")
        return boxes

    @cached_property
    def _boxes(self) -> list[Box]:
        """All boxes, whether they are visible or not."""
        boxes, ends = self._uncoloured_boxes, self._coloured_numbers
        if ends is not None:
            low_ends, high_ends = ends
            steps = colour_steps([*low_ends, *high_ends])
            for box, low, high in zip(boxes, steps, steps[len(boxes) :], strict=False):
                has_both_signs = low is not None and high is not None and low < 0 < high
                box.low_shade = low if has_both_signs else None
                box.shade = high if has_both_signs or high or low is None else low
        return boxes

    @cached_property
    def _coloured_numbers(self) -> tuple[list[float], list[float]] | None:
        """The smallest and the largest of the numbers that each box is coloured by."""
        boxes = self._uncoloured_boxes
        if self.difference is not None:
            magnitudes = self.difference.magnitudes(boxes)
            return magnitudes, magnitudes
        if self.style.color == "error":
            errors = node_errors(self.snapshot, boxes)
            return errors, errors
        column = self.snapshot.grad if self.style.color == "grad" else self.snapshot.data
        if self.style.color is None or column is None:
            return None
        low, high = np.full(len(boxes), np.inf), np.full(len(boxes), -np.inf)
        np.fmin.at(low, self.grouping.boxes, column.low)
        np.fmax.at(high, self.grouping.boxes, column.high)
        return low.tolist(), high.tolist()

    @cached_property
    def _legend(self) -> Legend | None:
        """What the colours of the boxes mean; None if there are none."""
        ends = self._coloured_numbers
        if ends is None:
            return None
        is_signed = self.difference is None and self.style.color != "error"
        quantity = {"grad": "gradient", "data": "value"}.get(str(self.style.color), "error")
        what = quantity if self.difference is None else "difference"
        return Legend(what, largest_magnitude([*ends[0], *ends[1]]), is_signed)

    @cached_property
    def drawing(self) -> Drawing:  # type: ignore[override]  # computed when it is first needed
        """The boxes and links as they are shown."""
        boxes = self._boxes
        with pause_garbage_collection():
            links = make_links(self.snapshot, self.grouping, self.style.show, self.style.color == "grad")
        if self.visible_boxes is not None:
            boxes, links = select_boxes(boxes, links, self.visible_boxes)
        caption, style = self._caption(len(boxes)), self.style
        return Drawing(tuple(boxes), tuple(links), caption, style.direction, style.width, self._legend)

    def _caption(self, shown: int) -> str:
        size, edge_count = self.snapshot.size, len(self.snapshot.graph.tails)
        text = f"{size} node{'s' if size > 1 else ''}, {edge_count} edge{'s' if edge_count != 1 else ''}"
        if shown < size:
            text += f" in {shown} boxes" if self.visible_boxes is None else f", {shown} boxes of them shown"
        if self.difference is not None:
            return f"{text}; {self.difference.caption()}"
        legend = self._legend
        return text + (f", colour: {legend.what}" if legend is not None else "")

    def to_html(self, path: str | Path | None = None) -> str:
        """Write the picture as one HTML page, with its numbers and the backward pass to step through.

        The page of a graph of at most 2000 numbers is live: it computes with the rows of the library, written as JavaScript. Type
        or drag the value of a leaf, and values, derivatives, gradients and colours follow. Other pages say why they are static.

        Parameters
        ----------
        path : str or Path, optional
            A file to write it to as well.

        Returns
        -------
        str
            The page, which needs no other file and no network.

        Raises
        ------
        SettingError
            If the file cannot be written.
        """
        return write_file(self._page(write_program(self.snapshot) if self.style.live else Program("", None, "")), path)

    def widget(self, height: int = NOTEBOOK_HEIGHT) -> Any:
        """Make a widget for notebooks: drag a leaf in the page, and the data of the node in Python changes.

        Parameters
        ----------
        height : int, default 640
            The height in pixels.

        Returns
        -------
        anywidget.AnyWidget
            It shows the live page. Assign to the leaves and call its method ``refresh()``, and the page follows. ``observe`` calls
            a function when the page has changed a leaf.

        Raises
        ------
        GraphError
            If the page of this graph is static; the error says why.
        SettingError
            If the package anywidget is not installed: ``pip install 'gradlab[widget]'``.

        Notes
        -----
        Only the leaves are assigned to. The other nodes of a graph keep the values that they were computed with.
        """
        program = write_program(self.snapshot)
        if program.data is None:
            raise GraphError(f"widget(): {program.reason[0].lower()}{program.reason[1:]}")
        leaves = [node for node in self.snapshot.nodes if node.op is None]
        return make_widget(self._page(program), self.drawing.caption, leaves, height)

    def _notebook_page(self) -> str | None:
        """The page, if it is live."""
        program = write_program(self.snapshot)
        return self._page(program) if self.style.live and program.data is not None else None

    def _page(self, program: Program) -> str:
        frames = backward_frames(self.snapshot, self.drawing, self.grouping.representatives)
        colour = "difference" if self.difference is not None else self.style.color
        return render_page(self.drawing, self.snapshot, frames, self.visible_boxes is None, program, colour)


def _check_count(call: str, name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SettingError(f"{call}: {name} must be a whole number of at least 0, not {value!r}")
