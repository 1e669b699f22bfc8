"""A drawing in the DOT language of Graphviz."""

from __future__ import annotations

from typing import Any

from autograd.errors import SettingError
from autograd.viz.drawing import Box, Drawing
from autograd.viz.formats.svg_style import LIGHT_FILLS


def escape_dot(text: str) -> str:
    r"""Write a label so that Graphviz shows it letter by letter.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The label, to be put between quotes.

    Examples
    --------
    >>> print(escape_dot('a "b" \\n'))
    a \"b\" \\n
    """
    return text.replace("\\", "\\\\").replace('"', '\\"')


def render_dot(drawing: Drawing) -> str:
    """Write a drawing in DOT.

    Parameters
    ----------
    drawing : Drawing

    Returns
    -------
    str

    Examples
    --------
    >>> print(render_dot(Drawing((Box("n0", "a"),), ())))
    digraph {
      rankdir=LR
      node [shape=box fontname=monospace fontsize=11 style="filled,rounded" fillcolor="#f4f4f2"]
      edge [fontname=monospace fontsize=9]
      "n0" [label="a"]
    }
    <BLANKLINE>
    """
    lines = [
        "digraph {",
        f"  rankdir={drawing.direction}",
        '  node [shape=box fontname=monospace fontsize=11 style="filled,rounded" fillcolor="#f4f4f2"]',
        "  edge [fontname=monospace fontsize=9]",
    ]
    for k, group in enumerate(dict.fromkeys(box.group for box in drawing.boxes)):
        nodes = [f'  "{escape_dot(box.key)}" [{_attributes(box)}]' for box in drawing.boxes if box.group == group]
        if group:
            header = [f"  subgraph cluster_{k} {{", f'    label="{escape_dot(group)}"']
            nodes = [*header, *("  " + node for node in nodes), "  }"]
        lines += nodes
    for link in drawing.links:
        attributes = [f'label="{escape_dot(link.label)}"'] if link.label else []
        attributes += ["penwidth=2"] if link.count > 1 else []
        tail, head = drawing.boxes[link.tail].key, drawing.boxes[link.head].key
        lines.append(f'  "{escape_dot(tail)}" -> "{escape_dot(head)}" [{" ".join(attributes)}]')
    return "\n".join([*lines, "}\n"])


def _attributes(box: Box) -> str:
    label = "\\n".join(map(escape_dot, (box.title, *box.lines)))
    attributes = [f'label="{label}"']
    if box.kind == "neuron":
        attributes.append("shape=circle")
    if box.shade is not None:
        attributes.append(f'fillcolor="{LIGHT_FILLS[box.shade]}"')
    if box.is_root or box.count > 1:
        attributes.append("penwidth=2")
    if box.has_warning or box.is_guilty:
        attributes.append('color="#b00020" fontcolor="#b00020" penwidth=4')
    return " ".join(attributes)


def make_digraph(drawing: Drawing) -> Any:
    """Make a graph of the package graphviz.

    Parameters
    ----------
    drawing : Drawing

    Returns
    -------
    graphviz.Digraph

    Raises
    ------
    SettingError
        If the package is not installed.
    """
    try:
        import graphviz
    except ImportError:
        raise SettingError("to_graphviz() needs the package graphviz: pip install 'gradlab[pictures]', or use to_svg()") from None
    first_and_last_removed = render_dot(drawing).splitlines()[1:-1]  # graphviz writes these itself
    return graphviz.Digraph(body=[line + "\n" for line in first_and_last_removed])
