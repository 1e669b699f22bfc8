"""Plots with matplotlib: weights as images, how the gradient flows from layer to layer, a loss along two directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.core.coercion import described, to_array
from autograd.errors import SettingError, ShapeError
from autograd.viz.labels import sanitize

Array = npt.NDArray[np.float64]


def _pyplot() -> Any:
    """matplotlib.pyplot, which is asked for when it is first needed."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise SettingError("plots need matplotlib: pip install 'gradlab[pictures]'") from None
    return pyplot


def weights(W: Any, shape: tuple[int, int] | None = None) -> Any:
    """Each row of ``W`` (to, from), the weights of one neuron, as an image of ``shape`` (rows, columns); a matplotlib figure.

    Without a shape the images are square, which needs a square number of weights; ShapeError says so.

    >>> figure = weights(np.zeros((3, 4)), shape=(2, 2))
    """
    rows = to_array(getattr(W, "data", W), "weights()")
    if rows.ndim != 2 or not rows.size:
        raise ShapeError(f"weights() takes a matrix (to, from), not an array of shape {rows.shape}")
    side = int(np.sqrt(rows.shape[1]))
    shape = shape or (side, side)
    if not isinstance(shape, tuple) or len(shape) != 2 or not all(isinstance(n, int) and n > 0 for n in shape):
        raise SettingError(f"weights(): shape is a pair (rows, columns), not {shape!r}")
    if shape[0] * shape[1] != rows.shape[1]:
        raise ShapeError(
            f"weights(): {rows.shape[1]} weights do not fill an image of {shape[0]} by {shape[1]}: give shape=(rows, columns)"
        )
    pyplot = _pyplot()
    columns = int(np.ceil(np.sqrt(len(rows))))
    lines = int(np.ceil(len(rows) / columns))
    figure, axes = pyplot.subplots(lines, columns, figsize=(1.3 * columns, 1.4 * lines), squeeze=False, layout="constrained")
    reach = float(np.max(np.abs(rows), initial=0.0)) or 1.0
    for k, axis in enumerate(axes.flat):
        axis.axis("off")
        if k < len(rows):
            image = axis.imshow(rows[k].reshape(shape), cmap="RdBu", vmin=-reach, vmax=reach)
            axis.set_title(f"neuron {k}", fontsize=8)
    figure.colorbar(image, ax=axes, shrink=0.7)
    pyplot.close(figure)
    return figure


class Flow(NamedTuple):
    """The gradient of one parameter: its name, the mean of |∂L/∂θ|, and the share of entries where it is 0."""

    name: str
    mean: float
    zeros: float


def flow(model: Any) -> list[Flow]:
    """How large the gradient of each parameter of a model is, as the last backward pass left it.

    >>> from nn import Linear
    >>> layer = Linear(1, 1, rng=0); layer([2.0]).sum().backward()
    >>> flow(layer)[0]
    Flow(name='W', mean=2.0, zeros=0.0)
    """
    if not hasattr(model, "named_parameters") or isinstance(model, type):
        raise SettingError(f"gradient_flow() takes a model with named_parameters(), not {described(model)}")
    rows = []
    for name, parameter in model.named_parameters():
        g = np.asarray(getattr(parameter.grad, "data", parameter.grad), dtype=float)
        rows.append(Flow(name, float(np.mean(np.abs(g))), float(np.mean(g == 0.0))))
    return rows


def gradient_flow(model: Any) -> Any:
    """Mean |gradient| of each parameter on a logarithmic scale, and the share of its zeros: a figure.

    Bars that shrink towards the first layers show a vanishing gradient, bars that grow an exploding one, a high share of zeros dead
    units.

    >>> from nn import MLP
    >>> model = MLP([2, 3, 1], rng=0); model([1.0, 2.0]).sum().backward()
    >>> figure = gradient_flow(model)
    """
    rows = flow(model)
    pyplot = _pyplot()
    figure, (above, below) = pyplot.subplots(2, 1, sharex=True, figsize=(max(4.0, 0.5 * len(rows)), 4.5), layout="constrained")
    names = [sanitize(row.name, 20) for row in rows]
    places = np.arange(len(rows))
    above.bar(places, [row.mean for row in rows], color="#3b7dbf")
    if any(row.mean > 0.0 for row in rows):
        above.set_yscale("log")
    above.set_ylabel("mean |∂L/∂θ|")
    below.bar(places, [row.zeros for row in rows], color="#b00020")
    below.set_ylim(0.0, 1.0)
    below.set_ylabel("share of zeros")
    below.set_xticks(places, names, rotation=60, ha="right", fontsize=8)
    pyplot.close(figure)
    return figure


class Landscape(NamedTuple):
    """A loss along two directions: ``values[i, j]`` at ``steps[i]`` of the first and ``steps[j]`` of the second."""

    steps: Array
    values: Array


def surface(loss: Callable[[], Any], parameters: Sequence[Any], span: float = 1.0, points: int = 21, rng: Any = None) -> Landscape:
    """A loss around the parameters as they are, along two random directions, each row of which is as long as that row of weights.

    That normalisation is of Li et al. (2018), "Visualizing the Loss Landscape of Neural Nets". The parameters are put back.

    >>> from autograd import Tensor
    >>> w = Tensor([3.0, 4.0]); surface(lambda: (w * w).sum(), [w], points=3, rng=0).values[1, 1]
    np.float64(25.0)
    """
    parameters = list(parameters)
    if not parameters:
        raise SettingError("landscape() needs parameters to move: pass model.parameters()")
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise SettingError(f"landscape(): points is a whole number of at least 2, not {points!r}")
    random = np.random.default_rng(rng)
    before = [np.array(p.data) for p in parameters]
    first, second = ([_direction(x, random) for x in before] for _ in range(2))
    steps = np.linspace(-span, span, points)
    values = np.empty((points, points))
    try:
        for i, j in np.ndindex(points, points):
            for p, x, u, v in zip(parameters, before, first, second, strict=True):
                p.data = x + steps[i] * u + steps[j] * v
            values[i, j] = float(loss())
    finally:
        for p, x in zip(parameters, before, strict=True):
            p.data = x
    return Landscape(steps, values)


def _direction(x: Array, random: np.random.Generator) -> Array:
    """A random direction whose rows are as long as those of ``x``."""
    u = random.normal(size=x.shape)
    axis = tuple(range(1, x.ndim)) or None
    length = np.sqrt(np.sum(x * x, axis=axis, keepdims=x.ndim > 1))
    return np.asarray(u * length / np.sqrt(np.sum(u * u, axis=axis, keepdims=x.ndim > 1)))


def landscape(loss: Callable[[], Any], parameters: Sequence[Any], span: float = 1.0, points: int = 21, rng: Any = None) -> Any:
    """The contours of a loss around the parameters as they are, along two random directions: a figure. ``loss`` takes no arguments.

    >>> from autograd import Tensor
    >>> w = Tensor([3.0, 4.0])
    >>> figure = landscape(lambda: (w * w).sum(), [w], points=5, rng=0)
    """
    found = surface(loss, parameters, span, points, rng)
    pyplot = _pyplot()
    figure, axis = pyplot.subplots(figsize=(5.0, 4.2), layout="constrained")
    filled = axis.contourf(found.steps, found.steps, found.values.T, levels=20, cmap="viridis")
    axis.plot(0.0, 0.0, "o", color="white", markeredgecolor="black")
    axis.set_xlabel("along the first direction")
    axis.set_ylabel("along the second")
    figure.colorbar(filled, label="loss")
    pyplot.close(figure)
    return figure
