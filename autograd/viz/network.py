"""network: the diagram of a fully connected network, layer by layer, with or without bias nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from autograd.core.coercion import describe
from autograd.errors import SettingError
from autograd.viz.drawing import DIRECTIONS, Box, Drawing, Link
from autograd.viz.labels import sanitize
from autograd.viz.picture_formats import DrawingFormats

# Nodes of a layer that are drawn one by one. A node is about 40 px high, with 18 px between two, so that ten fill 580 px: the
# height of a notebook's output. Twenty would have to be scrolled.
MAX_LAYER_NODES = 10

# Nodes of a larger layer that are drawn before the dots; the last one is drawn after them. With the dots and a bias these are
# seven boxes, fewer than in the largest layer that is drawn in full. Twice as many would be more.
NODES_BEFORE_DOTS = 4

BIAS_TITLE = "1"  # the constant input that biases are the weights of


@dataclass(frozen=True)
class Diagram(DrawingFormats):
    """A drawing that is not of a graph: print it, show it in a notebook, or write it in one of the formats.

    Parameters
    ----------
    drawing : Drawing
        What is shown.
    """

    drawing: Drawing


def network(of: Any, *, bias: bool = False, direction: str = "LR", names: Sequence[str] | None = None) -> Diagram:
    """Draw the diagram of a fully connected network (S2:94-117, S3:35).

    Parameters
    ----------
    of : list or tuple of int, or a model
        The sizes of the layers, such as ``[3, 4, 4, 1]``, or a model with an attribute ``sizes``. Layers of more than ten nodes are
        shown by their first and last nodes.
    bias : bool, default False
        Whether to draw the constant input of each layer (S3:90).
    direction : {"LR", "RL", "TB"}, default "LR"
        The direction of reading: left to right, right to left, or top to bottom.
    names : sequence of str, optional
        The names of the layers.

    Returns
    -------
    Diagram

    Raises
    ------
    SettingError
        If there are no sizes of at least two layers, or another argument is none of the above.

    Examples
    --------
    >>> print(network([2, 1], bias=True))
    2-1, 3 parameters
      #0  x1
      #1  x2
      #2  1
      #3  y1   ← #0, #1, #2
    """
    sizes = _layer_sizes(of)
    _check_settings(len(sizes), direction, names)
    layers = [_layer(k, n, len(sizes), bias, names) for k, n in enumerate(sizes)]
    boxes = [box for layer in layers for box in layer]
    return Diagram(Drawing(tuple(boxes), tuple(_links(layers, boxes)), _caption(sizes), direction))


def _layer_sizes(of: Any) -> list[int]:
    candidate = getattr(of, "sizes", of)
    sizes = list(candidate) if isinstance(candidate, list | tuple) else []
    if len(sizes) < 2 or not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes):
        raise SettingError(
            f"network() takes the sizes of at least two layers, as in [3, 4, 1], or a model with them, not {describe(of)}"
        )
    return sizes


def _check_settings(layer_count: int, direction: str, names: Sequence[str] | None) -> None:
    if direction not in DIRECTIONS:
        raise SettingError(f"network(): direction must be one of {', '.join(map(repr, DIRECTIONS))}, not {direction!r}")
    if names is not None and not (isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)):
        raise SettingError(f"network(): names must be a list of strings, one for each layer, not {names!r}")
    if names is not None and len(names) != layer_count:
        raise SettingError(f"network(): {len(names)} names for {layer_count} layers")


def _links(layers: Sequence[Sequence[Box]], boxes: Sequence[Box]) -> list[Link]:
    """All nodes of each layer joined to all nodes of the next that have inputs."""
    position = {box.key: i for i, box in enumerate(boxes)}
    links = []
    for layer, next_layer in pairwise(layers):
        for head in next_layer:
            if head.title != BIAS_TITLE:
                links += [Link(position[tail.key], position[head.key], count=tail.count * head.count) for tail in layer]
    return links


def _caption(sizes: Sequence[int]) -> str:
    parameter_count = sum(fan_in * fan_out + fan_out for fan_in, fan_out in pairwise(sizes))
    return f"{'-'.join(map(str, sizes))}, {f'{parameter_count:,}'.replace(',', ' ')} parameters"


def _layer(k: int, n: int, layer_count: int, bias: bool, names: Sequence[str] | None) -> list[Box]:
    """The nodes of one layer: inputs are called x, outputs y, and activations between them a."""
    is_last = k == layer_count - 1
    letter = "y" if is_last else "a"
    if k == 0:
        letter = "x"
    group = sanitize(names[k]) if names else f"layer {k}"
    is_folded = n > MAX_LAYER_NODES
    drawn = [*range(NODES_BEFORE_DOTS), n - 1] if is_folded else list(range(n))
    boxes = [Box(f"l{k}n{i}", f"{letter}{i + 1}", kind="neuron", group=group) for i in drawn]
    if is_folded:
        hidden = n - NODES_BEFORE_DOTS - 1
        boxes.insert(NODES_BEFORE_DOTS, Box(f"l{k}more", f"… {hidden} more", kind="neuron", count=hidden, group=group))
    if bias and not is_last:
        boxes.append(Box(f"l{k}bias", BIAS_TITLE, kind="leaf", group=group))
    return boxes
