"""draw: the graph below a node as a Picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.compiler.runtime.compiled_function import Compiled
from autograd.core.node import Node
from autograd.errors import GraphError, SettingError
from autograd.testing.gradient_errors import GradientError
from autograd.testing.report import Report
from autograd.viz.drawing import DIRECTIONS
from autograd.viz.folding.folds import fold_by_program
from autograd.viz.folding.grouping import separate_nodes
from autograd.viz.picture import DEFAULT_WIDTH, SHOWN, Picture, Style
from autograd.viz.snapshots.snapshot import take_snapshot

COLOURS = ("grad", "data", "error", None)


def draw(
    root: Any,
    *,
    fold: str | bool | None = None,
    max_nodes: int = 60,
    show: Sequence[str] = SHOWN,
    color: str | None = "grad",
    direction: str = "LR",
    width: int | None = DEFAULT_WIDTH,
    live: bool = True,
) -> Picture:
    """Draw the graph below a node, with the numbers that it holds now.

    Parameters
    ----------
    root : Value, Tensor, list of these, compiled function, GradientError or Report
        What to draw. For a compiled function it is the scalar graph of its last call, in which the lines of its ``source`` are
        boxes with their names. For a failed check, given as its error or its report, it is the graph that was checked, with the
        guilty node marked.
    fold : {None, True, False, "structure", "scope", "depth"}, default None
        How to put nodes together in boxes, as in :meth:`Picture.fold`. True means "structure", False means that every node has a
        box. None folds graphs of more than ``max_nodes`` nodes by structure.
    max_nodes : int, default 60
        The size above which a graph is folded if ``fold`` is None. An unfolded graph of 60 nodes is about two screens wide.
    show : sequence of {"data", "grad", "local"}, default all
        What to write: the data and the gradients on boxes, and local derivatives on links.
    color : {"grad", "data", "error", None}, default "grad"
        What boxes are coloured by: the gradient, the data, or the error of the node's derivative against a measured one. Positive
        numbers are blue and negative ones orange. A colour is one step weaker for each factor of √10 below the largest magnitude.
    direction : {"LR", "RL", "TB"}, default "LR"
        The direction of reading: left to right, right to left, or top to bottom.
    width : int, optional
        The width in pixels after which a picture from left to right, or from right to left, continues in a further row; None for
        one row. A picture stays in one row if too many edges would go from row to row. Unless this is None, the page of
        ``to_html`` chooses rows that fit its window.
    live : bool, default True
        Whether the page of ``to_html`` computes: values, derivatives and gradients follow when you change a leaf. It does if the
        graph has at most 2000 nodes, all of them numbers, and JavaScript has the functions that the rows need. Otherwise the page
        is static and says why.

    Returns
    -------
    Picture
        The picture. A notebook shows it; its methods write files.

    Raises
    ------
    GraphError
        If ``root`` has no graph.
    SettingError
        If another argument is none of the above.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(2.0, name="a"); y = a * a; y.backward()
    >>> print(draw(y))
    2 nodes, 2 edges, colour: gradient
      #0  a   data 2, grad 4
      #1  ×   data 4, grad 1   ← #0 (∂ 2), #0 (∂ 2)
    """
    _check_settings(max_nodes, show, color, direction, width)
    _check_choice("live", live, (True, False))
    style = Style(tuple(show), color, direction, width, live)
    picture = _compiled_picture(root, style, max_nodes) if isinstance(root, Compiled) else _graph_picture(root, style)
    if fold is None:
        fold = picture.snapshot.size > max_nodes or picture.program_grouping is not None
    if fold is False:
        return picture
    return picture.fold() if fold is True else picture.fold(by=fold)


def _check_settings(max_nodes: Any, show: Any, color: Any, direction: Any, width: Any) -> None:
    _check_choice("direction", direction, DIRECTIONS)
    _check_choice("color", color, COLOURS)
    if not isinstance(show, tuple | list):
        raise SettingError(f"draw(): show must be a tuple of {', '.join(map(repr, SHOWN))}, not {show!r}")
    for name in show:
        _check_choice("show", name, SHOWN)
    if isinstance(max_nodes, bool) or not isinstance(max_nodes, int) or max_nodes < 1:
        raise SettingError(f"draw(): max_nodes must be a whole number of at least 1, not {max_nodes!r}")
    if width is not None and (isinstance(width, bool) or not isinstance(width, int) or width < 1):
        raise SettingError(f"draw(): width must be a whole number of pixels, or None for one row, not {width!r}")


def _check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    if not isinstance(value, str | bool | None) or value not in choices:
        raise SettingError(f"draw(): {name} must be one of {', '.join(map(repr, choices))}, not {value!r}")


def _compiled_picture(compiled: Compiled, style: Style, max_boxes: int) -> Picture:
    """The unfolded scalar graph of a compiled function."""
    groups = compiled.graph()
    snapshot = take_snapshot(groups.roots, groups.gradients)
    return Picture(snapshot, separate_nodes(snapshot.size), style, program_grouping=fold_by_program(snapshot, groups, max_boxes))


def _graph_picture(root: Any, style: Style) -> Picture:
    """The unfolded graph of nodes or of a report."""
    report = root.report if isinstance(root, GradientError) else root
    guilty: tuple[Node, ...] = ()
    if isinstance(report, Report):
        if report.graph is None:
            raise GraphError(f"draw(): the report on {report.subject} has no graph: it is of a rule, not of recorded nodes")
        root, guilty = report.graph, report.guilty
    snapshot = take_snapshot(root)
    return Picture(snapshot, separate_nodes(snapshot.size), style, guilty=tuple(map(snapshot.index_of, guilty)))
