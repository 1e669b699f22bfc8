"""summary: a table of the modules of a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import Node, SettingError, Tensor, no_grad
from nn.modules.module import Module
from nn.modules.paths import count_text


def summary(model: Module, x: Any = None) -> str:
    """Return a table of the modules of a network: path, kind, shape of the output, and number of parameters.

    Parameters
    ----------
    model : Module
        The network.
    x : array_like, optional
        An input, for the shapes of the outputs. The network runs once in eval mode.

    Returns
    -------
    str
        The table. The last line counts every parameter once, and constants separately.

    Raises
    ------
    SettingError
        If ``model`` is not a module.

    Examples
    --------
    >>> from nn import Linear, Sequential
    >>> print(summary(Sequential(Linear(2, 3), "tanh", Linear(3, 1)), np.ones((5, 2))))
    path     module      output  parameters
    -        Sequential  (5, 1)          13
    steps.0  Linear      (5, 3)           9
    steps.2  Linear      (5, 1)           4
    13 parameters
    """
    if not isinstance(model, Module):
        raise SettingError(f"summary() takes a Module, such as nn.MLP([2, 8, 1]), not {model!r}")
    shapes: dict[int, str] = {}
    if x is not None:
        with _recorded_shapes(model, shapes), no_grad():
            model(x)
    rows = [("path", "module", "output", "parameters")]
    for path, module in model.named_modules():
        rows.append(
            (path or "-", type(module).__name__, shapes.get(id(module), "-"), f"{module.num_parameters():,}".replace(",", " "))
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join([*map(str.ljust, row[:3], widths), row[3].rjust(widths[3])]) for row in rows]
    constants = sum(array.size for array in model.state_dict().values()) - model.num_parameters()
    total = count_text(model.num_parameters())
    return "\n".join([*lines, f"{total}, and {constants} constant numbers" if constants else total])


@contextmanager
def _recorded_shapes(model: Module, shapes: dict[int, str]) -> Iterator[None]:
    """Record the shape of the output of each module inside a ``with`` block, in eval mode."""
    modules = [module for _, module in model.named_modules()]
    modes = [module.training for module in modules]
    model.eval()

    def record(module: Module) -> Any:
        forward = module.forward

        def forward_and_record(*args: Any, **kwargs: Any) -> Any:
            output = forward(*args, **kwargs)
            shapes[id(module)] = _shape_text(output)
            return output

        return forward_and_record

    for module in modules:
        vars(module)["forward"] = record(module)
    try:
        yield
    finally:
        for module, mode in zip(modules, modes, strict=True):
            del vars(module)["forward"]
            module.training = mode


def _shape_text(output: Any) -> str:
    """Return the shape of an output, or of each part of it."""
    if isinstance(output, list | tuple):
        return ", ".join(map(_shape_text, output))
    if isinstance(output, Tensor):
        return str(output.shape)
    return str(np.shape(output.data if isinstance(output, Node) else output))
