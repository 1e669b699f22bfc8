"""A drawing as text, line by line, for terminals and for screen readers."""

from __future__ import annotations

from autograd.viz.drawing import Box, Drawing, Link  # noqa: F401 - Link is for the example

# Boxes that are listed. Folded graphs have about 25, so that only unfolded ones are shortened. 200 lines are five screens of a
# terminal, and twice as many ten; all boxes of an unfolded graph of 10 000 nodes would push everything else out of its history.
MAX_ROWS = 200

# Arguments that are listed for each box. A label such as "#12 (∂ 0.125)" has up to 16 characters, so that eight fill a wide line
# of a terminal; an array stacked of many numbers has as many arguments. Doubled, such a line is broken.
MAX_ARGUMENTS = 8


def render_text(drawing: Drawing) -> str:
    """Write a drawing as text.

    Parameters
    ----------
    drawing : Drawing

    Returns
    -------
    str
        The caption, then a line for each of the first 200 boxes: its number, its text, and the boxes that it gets its arguments
        from.

    Examples
    --------
    >>> print(render_text(Drawing((Box("n0", "a", ("data 2",)), Box("n1", "tanh")), (Link(0, 1, label="0.5"),), "2 nodes")))
    2 nodes
      #0  a   data 2
      #1  tanh   ← #0 (0.5)
    """
    arguments: list[list[str]] = [[] for _ in drawing.boxes]
    for link in drawing.links:
        arguments[link.head].append(f"#{link.tail}" + (f" ({link.label})" if link.label else ""))
    lines = [drawing.caption] if drawing.caption else []
    for k, box in enumerate(drawing.boxes[:MAX_ROWS]):
        lines.append(f"  #{k}  {_box_text(box)}{_arguments_text(arguments[k])}")
    if len(drawing.boxes) > MAX_ROWS:
        lines.append(f"  … {len(drawing.boxes) - MAX_ROWS} more boxes")
    return "\n".join(lines)


def _box_text(box: Box) -> str:
    return box.title + (f"   {', '.join(box.lines)}" if box.lines else "")


def _arguments_text(arguments: list[str]) -> str:
    if not arguments:
        return ""
    hidden = len(arguments) - MAX_ARGUMENTS
    return f"   ← {', '.join(arguments[:MAX_ARGUMENTS])}" + (f", … {hidden} more" if hidden > 0 else "")
