"""A drawing as a Mermaid flowchart, which GitHub, GitLab and many editors show as a picture."""

from __future__ import annotations

from autograd.viz.drawing import Box, Drawing, Link  # noqa: F401 - Link is for the example

# Characters that mean nothing in Mermaid between quotes. All others are written as entities.
SAFE_CHARACTERS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,+-_^=…×÷∂Σσδ⚠⚑○·✗←")


def escape_mermaid(text: str) -> str:
    """Write a label so that Mermaid shows it letter by letter.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The label, to be put between quotes.

    Examples
    --------
    >>> escape_mermaid('x["]')
    'x#91;#34;#93;'
    """
    return "".join(c if c in SAFE_CHARACTERS else f"#{ord(c)};" for c in text)


def render_mermaid(drawing: Drawing) -> str:
    """Write a drawing as a Mermaid flowchart.

    Parameters
    ----------
    drawing : Drawing

    Returns
    -------
    str

    Examples
    --------
    >>> print(render_mermaid(Drawing((Box("n0", "a", kind="leaf"), Box("n1", "tanh")), (Link(0, 1, label="0.5"),))))
    graph LR
      n0(["a"])
      n1["tanh"]
      n0 -->|"0.5"| n1
    <BLANKLINE>
    """
    lines = [f"graph {drawing.direction}"]
    for k, group in enumerate(dict.fromkeys(box.group for box in drawing.boxes)):
        nodes = [f"  {_node(box)}" for box in drawing.boxes if box.group == group]
        if group:
            nodes = [f'  subgraph g{k} ["{escape_mermaid(group)}"]', *("  " + node for node in nodes), "  end"]
        lines += nodes
    for link in drawing.links:
        arrow = "==>" if link.count > 1 else "-->"
        label = f'|"{escape_mermaid(link.label)}"|' if link.label else ""
        lines.append(f"  {drawing.boxes[link.tail].key} {arrow}{label} {drawing.boxes[link.head].key}")
    marked = [box.key for box in drawing.boxes if box.has_warning or box.is_guilty]
    lines += [f"  style {key} stroke:#b00020,stroke-width:4px" for key in marked]
    return "\n".join([*lines, ""])


def _node(box: Box) -> str:
    label = '"' + "<br/>".join(map(escape_mermaid, (box.title, *box.lines))) + '"'
    match box.kind:
        case "neuron":
            return f"{box.key}(({label}))"
        case "leaf":
            return f"{box.key}([{label}])"
        case "sum" | "scope":
            return f"{box.key}[[{label}]]"
        case _:
            return f"{box.key}[{label}]"
