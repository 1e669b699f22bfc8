"""Mermaid: a drawing as text that GitHub, GitLab and many editors show as a picture."""

from __future__ import annotations

from autograd.viz.folding import Box, Drawing, Link  # noqa: F401 - Link is for the example

PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,+-_^=…×÷∂Σσδ⚠⚑○·✗←")


def quoted(text: str) -> str:
    """A label between quotes, with every sign that Mermaid might read as its own written as an entity.

    >>> quoted('x["]')
    '"x#91;#34;#93;"'
    """
    return '"' + "".join(c if c in PLAIN else f"#{ord(c)};" for c in text) + '"'


def mermaid(drawing: Drawing) -> str:
    """The drawing as a Mermaid flowchart.

    >>> print(mermaid(Drawing((Box("n0", "a", kind="leaf"), Box("n1", "tanh")), (Link(0, 1, label="0.5"),))))
    graph LR
      n0(["a"])
      n1["tanh"]
      n0 -->|"0.5"| n1
    <BLANKLINE>
    """
    lines = [f"graph {drawing.direction}"]
    groups = dict.fromkeys(box.group for box in drawing.boxes)
    for k, group in enumerate(groups):
        members = [f"  {_node(box)}" for box in drawing.boxes if box.group == group]
        lines += [f"  subgraph g{k} [{quoted(group)}]", *("  " + line for line in members), "  end"] if group else members
    for link in drawing.links:
        arrow = "==>" if link.count > 1 else "-->"
        label = f"|{quoted(link.label)}|" if link.label else ""
        lines.append(f"  {drawing.boxes[link.tail].key} {arrow}{label} {drawing.boxes[link.head].key}")
    marked = [box.key for box in drawing.boxes if box.warned or box.guilty]
    lines += [f"  style {key} stroke:#b00020,stroke-width:4px" for key in marked]
    return "\n".join([*lines, ""])


def _node(box: Box) -> str:
    label = quoted(box.title)[:-1] + "".join("<br/>" + quoted(line)[1:-1] for line in box.lines) + '"'
    match box.kind:
        case "neuron":
            return f"{box.key}(({label}))"
        case "leaf":
            return f"{box.key}([{label}])"
        case "sum" | "scope":
            return f"{box.key}[[{label}]]"
        case _:
            return f"{box.key}[{label}]"
