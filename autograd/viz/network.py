"""network: the diagram of a fully connected network as textbooks draw it, layer by layer, with or without bias nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd.core.coercion import described
from autograd.errors import SettingError
from autograd.viz.folding import Box, Drawing, Link
from autograd.viz.labels import plain
from autograd.viz.picture import DIRECTIONS
from autograd.viz.representations import Shown

WIDEST = 10  # nodes of a layer that are drawn one by one


@dataclass(frozen=True)
class Diagram(Shown):
    """A drawing that is not of a graph: print it, show it in a notebook, or write it in one of the formats."""

    drawing: Drawing


def network(of: Any, *, bias: bool = False, direction: str = "LR", names: Sequence[str] | None = None) -> Diagram:
    """The nodes of each layer and what joins them (S2:94-117, S3:35): of sizes such as ``[3, 4, 4, 1]``, or of a model with such.

    ``bias`` adds the constant input of each layer (S3:90). Layers of more than ten nodes are shown by their ends. ``names`` name
    the layers. SettingError for what has no sizes.

    >>> print(network([2, 1], bias=True))
    2-1, 3 parameters
      #0  x1
      #1  x2
      #2  1
      #3  y1   ← #0, #1, #2
    """
    given = getattr(of, "sizes", of)
    sizes = list(given) if isinstance(given, list | tuple) else []
    if len(sizes) < 2 or not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes):
        raise SettingError(
            f"network() takes the sizes of at least two layers, as in [3, 4, 1], or a model with them, not {described(of)}"
        )
    if direction not in DIRECTIONS:
        raise SettingError(f"network(): direction is one of {', '.join(map(repr, DIRECTIONS))}, not {direction!r}")
    if names is not None and not (isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)):
        raise SettingError(f"network(): names are a list of strings, one for each layer, not {names!r}")
    if names is not None and len(names) != len(sizes):
        raise SettingError(f"network(): {len(names)} names for {len(sizes)} layers")
    layers = [_layer(k, n, len(sizes), bias, names) for k, n in enumerate(sizes)]
    boxes = [box for layer in layers for box in layer]
    place = {box.key: i for i, box in enumerate(boxes)}
    links = [
        Link(place[a.key], place[b.key], count=a.count * b.count)
        for before, after in zip(layers, layers[1:], strict=False)
        for b in after
        if b.title != "1"
        for a in before
    ]
    return Diagram(Drawing(tuple(boxes), tuple(links), _caption(sizes), direction))


def _caption(sizes: Sequence[int]) -> str:
    count = sum(a * b + b for a, b in zip(sizes, sizes[1:], strict=False))
    return f"{'-'.join(map(str, sizes))}, {f'{count:,}'.replace(',', ' ')} parameters"


def _layer(k: int, n: int, layers: int, bias: bool, names: Sequence[str] | None) -> list[Box]:
    """The nodes of one layer; the inputs are x, the outputs y, what is between a."""
    letter = "x" if k == 0 else "y" if k == layers - 1 else "a"
    group = plain(names[k]) if names else f"layer {k}"
    drawn = list(range(n)) if n <= WIDEST else [*range(4), n - 1]
    boxes = [Box(f"l{k}n{i}", f"{letter}{i + 1}", kind="neuron", group=group) for i in drawn]
    if n > WIDEST:
        boxes.insert(4, Box(f"l{k}more", f"… {n - 5} more", kind="neuron", count=n - 5, group=group))
    if bias and k < layers - 1:
        boxes.append(Box(f"l{k}bias", "1", kind="leaf", group=group))
    return boxes
