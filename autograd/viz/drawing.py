"""Drawing: the boxes and links of a picture before they are laid out. All formats are written from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from autograd.viz.labels import display_width

DIRECTIONS = ("LR", "RL", "TB")  # of reading: left to right, right to left, top to bottom


@dataclass(slots=True)
class Box:
    """One box of a drawing, which stands for one node or for several.

    Parameters
    ----------
    key : str
        An identifier, unique in the drawing.
    title : str
        The first line of text.
    lines : tuple of str, default ()
        Further lines of text.
    kind : {"leaf", "op", "sum", "scope", "neuron"}, default "op"
        What the box stands for. Diagrams of networks consist of neurons.
    count : int, default 1
        The number of nodes.
    inner_edges : int, default 0
        The number of edges between these nodes that the box hides.
    shade : int, optional
        A step from -6 to 6 of the colour scale, or None for no colour. It stands for the largest number of the box.
    low_shade : int, optional
        The step for the smallest number, if the box has numbers of both signs.
    has_warning : bool, default False
        Whether the box holds a nan, an infinity, or the first node that made one.
    is_guilty : bool, default False
        Whether a failed check blames one of the nodes.
    is_root : bool, default False
        Whether one of the nodes is a root of the graph.
    group : str, default ""
        The scope, or the layer, in which the box is drawn.
    members : tuple of int, default ()
        The numbers of the nodes in the snapshot.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    kind: str = "op"
    count: int = 1
    inner_edges: int = 0
    shade: int | None = None
    low_shade: int | None = None
    has_warning: bool = False
    is_guilty: bool = False
    is_root: bool = False
    group: str = ""
    members: tuple[int, ...] = field(default=(), repr=False)

    @property
    def text_width(self) -> int:
        """The width of the longest line, in columns of a fixed-width font."""
        return max(display_width(text) for text in (self.title, *self.lines))


@dataclass(slots=True)
class Link:
    """All edges from one box to another, or one edge between two nodes.

    Parameters
    ----------
    tail, head : int
        The positions of the two boxes in the drawing: argument and consumer.
    count : int, default 1
        The number of edges.
    label : str, default ""
        A short text to write on the link.
    detail : str, default ""
        All that is known of the link, to show on request.
    shade : int, optional
        A step from -6 to 6 of the colour scale for what the link contributes to a gradient.
    """

    tail: int
    head: int
    count: int = 1
    label: str = ""
    detail: str = ""
    shade: int | None = None


@dataclass(frozen=True)
class Legend:
    """What the colours of a drawing mean.

    Parameters
    ----------
    what : str
        The quantity.
    largest : float
        Its largest magnitude, which has the strongest colour.
    is_signed : bool
        Whether negative numbers have colours of their own.
    """

    what: str
    largest: float
    is_signed: bool


@dataclass(frozen=True)
class Drawing:
    """What a picture shows.

    Parameters
    ----------
    boxes : tuple of Box
        The boxes, arguments before consumers where that is possible.
    links : tuple of Link
        What joins them.
    caption : str, default ""
        One line about the whole.
    direction : {"LR", "RL", "TB"}, default "LR"
        The direction of reading.
    width : int, optional
        The width in pixels after which the drawing continues in a further row.
    legend : Legend, optional
        What the colours mean.
    """

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    caption: str = ""
    direction: str = "LR"
    width: int | None = None
    legend: Legend | None = None


def select_boxes(boxes: Sequence[Box], links: Sequence[Link], visible: Sequence[int]) -> tuple[list[Box], list[Link]]:
    """Select some of the boxes, with the links between them.

    Parameters
    ----------
    boxes : sequence of Box
        All boxes.
    links : sequence of Link
        All links.
    visible : sequence of int
        The positions of the boxes to keep.

    Returns
    -------
    boxes : list of Box
        Copies of these boxes, with lines that say how many hidden arguments and consumers they have.
    links : list of Link
        The links between them.
    """
    position = {k: i for i, k in enumerate(visible)}
    hidden_arguments, hidden_consumers = dict.fromkeys(visible, 0), dict.fromkeys(visible, 0)
    inner_links = []
    for link in links:
        if link.tail in position and link.head in position:
            inner_links.append(replace(link, tail=position[link.tail], head=position[link.head]))
        elif link.head in position:
            hidden_arguments[link.head] += link.count
        elif link.tail in position:
            hidden_consumers[link.tail] += link.count
    selected = []
    for k in visible:
        counts = ((hidden_arguments[k], "argument"), (hidden_consumers[k], "consumer"))
        lines = [f"… {n} more {what}{'s' if n > 1 else ''}" for n, what in counts if n]
        selected.append(replace(boxes[k], lines=(*boxes[k].lines, *lines)))
    return selected, inner_links
