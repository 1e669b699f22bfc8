"""Text: a drawing line by line, for terminals and for readers who do not see pictures."""

from __future__ import annotations

from autograd.viz.folding import Box, Drawing, Link  # noqa: F401 - Link is for the example

ROWS = 200


def text(drawing: Drawing) -> str:
    """Each box on a line, with where it gets its arguments from; the first ROWS of many.

    >>> print(text(Drawing((Box("n0", "a", ("data 2",)), Box("n1", "tanh")), (Link(0, 1, label="0.5"),), "2 nodes")))
    2 nodes
      #0  a   data 2
      #1  tanh   ← #0 (0.5)
    """
    arguments: list[list[str]] = [[] for _ in drawing.boxes]
    for link in drawing.links:
        arguments[link.head].append(f"#{link.tail}" + (f" ({link.label})" if link.label else ""))
    lines = [drawing.caption] if drawing.caption else []
    for k, box in enumerate(drawing.boxes[:ROWS]):
        lines.append(f"  #{k}  {_said(box)}" + (f"   ← {', '.join(arguments[k][:8])}" if arguments[k] else ""))
        if len(arguments[k]) > 8:
            lines[-1] += f", … {len(arguments[k]) - 8} more"
    if len(drawing.boxes) > ROWS:
        lines.append(f"  … {len(drawing.boxes) - ROWS} more boxes")
    return "\n".join(lines)


def _said(box: Box) -> str:
    return box.title + (f"   {', '.join(box.lines)}" if box.lines else "")
