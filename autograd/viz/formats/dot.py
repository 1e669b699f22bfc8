"""DOT: a drawing in the language of Graphviz, for those who have its programs."""

from __future__ import annotations

from typing import Any

from autograd.errors import SettingError
from autograd.viz.folding import Box, Drawing

FILLS = ("#f4f4f2", "#e4eefa", "#cfe2f6", "#b5d3f0", "#98c3e9", "#7ab1e0", "#5b9ed6")


def quoted(text: str) -> str:
    r"""A label as a DOT string that Graphviz shows letter by letter.

    >>> print(quoted('a "b" \\n'))
    "a \"b\" \\n"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def dot(drawing: Drawing) -> str:
    """The drawing as DOT.

    >>> print(dot(Drawing((Box("n0", "a"),), ())))
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
    groups = dict.fromkeys(box.group for box in drawing.boxes)
    for k, group in enumerate(groups):
        members = [f"  {quoted(box.key)} [{_settings(box)}]" for box in drawing.boxes if box.group == group]
        if group:
            members = [f"  subgraph cluster_{k} {{", f"    label={quoted(group)}", *("  " + line for line in members), "  }"]
        lines += members
    for link in drawing.links:
        width = " penwidth=2" if link.count > 1 else ""
        label = f"label={quoted(link.label)}" if link.label else ""
        ends = f"{quoted(drawing.boxes[link.tail].key)} -> {quoted(drawing.boxes[link.head].key)}"
        lines.append(f"  {ends} [{(label + width).strip()}]")
    return "\n".join([*lines, "}\n"])


def _settings(box: Box) -> str:
    label = "\\n".join(quoted(line)[1:-1] for line in (box.title, *box.lines))
    settings = [f'label="{label}"']
    if box.kind == "neuron":
        settings.append("shape=circle")
    if box.shade is not None:
        settings.append(f'fillcolor="{FILLS[box.shade]}"')
    if box.root or box.count > 1:
        settings.append("penwidth=2")
    if box.warned or box.guilty:
        settings.append('color="#b00020" fontcolor="#b00020" penwidth=4')
    return " ".join(settings)


def digraph(drawing: Drawing) -> Any:
    """The drawing as a graphviz.Digraph; SettingError where that package is not installed."""
    try:
        import graphviz
    except ImportError:
        raise SettingError("to_graphviz() needs the package graphviz: pip install 'gradlab[pictures]', or use to_svg()") from None
    return graphviz.Digraph(body=[line + "\n" for line in dot(drawing).splitlines()[1:-1]])  # which adds the first and the last
