"""Plots with matplotlib: weights as images, the size of gradients from layer to layer, and a loss along two directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd.core.coercion import describe, to_array
from autograd.errors import SettingError, ShapeError
from autograd.viz.labels import sanitize

Array = npt.NDArray[np.float64]

# Characters of a parameter's name below its bar. At 8 points and 60° they take about 1.3 inches of a figure 4.5 inches high;
# twice as many would take more than half of it.
MAX_TICK_LABEL = 20

# Sizes of figures, in inches. An image of 28 by 28 weights (MNIST) at 1.3 inches and 100 dots an inch has four dots for each
# weight, and its title is 0.1 high. Bars 0.5 wide leave room for their labels of 8 points. Doubled, a figure of 16 neurons fills
# a screen.
NEURON_IMAGE_SIZE = (1.3, 1.4)
BAR_WIDTH = 0.5
FLOW_MIN_WIDTH, FLOW_HEIGHT = 4.0, 4.5
LANDSCAPE_SIZE = (5.0, 4.2)

# The colours of a scale from negative to positive numbers: those of the pictures of graphs.
SIGN_COLOURS = ("#b35806", "#ea9335", "#f4f4f2", "#5b9ed6", "#2166ac")

# Contours of a landscape: neighbouring colours of a scale of 20 can still be told apart. With twice as many, hardly.
CONTOUR_LEVELS = 20


def _import_pyplot() -> Any:
    """matplotlib.pyplot, imported when it is first needed."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise SettingError("plots need matplotlib: pip install 'gradlab[pictures]'") from None
    return pyplot


def _sign_colours() -> Any:
    """The scale of matplotlib from negative to positive numbers."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("sign", SIGN_COLOURS)


def weights(W: Any, shape: tuple[int, int] | None = None) -> Any:
    """Plot the weights of each neuron of a layer as an image.

    Parameters
    ----------
    W : Tensor or array of shape (to, from)
        The weights. Each row is one neuron.
    shape : tuple of int, optional
        Rows and columns of the images. By default they are square.

    Returns
    -------
    matplotlib.figure.Figure
        A figure with one image for each neuron: positive weights are blue, negative ones orange.

    Raises
    ------
    ShapeError
        If ``W`` is not a matrix, or its rows do not fill an image of ``shape``.
    SettingError
        If ``shape`` is not a pair of positive integers, or matplotlib is not installed.

    Examples
    --------
    >>> figure = weights(np.zeros((3, 4)), shape=(2, 2))
    """
    rows = to_array(getattr(W, "data", W), "weights()")
    if rows.ndim != 2 or not rows.size:
        raise ShapeError(f"weights() takes a matrix (to, from), not an array of shape {rows.shape}")
    image_shape = _image_shape(rows.shape[1], shape)
    pyplot = _import_pyplot()
    columns = int(np.ceil(np.sqrt(len(rows))))
    lines = int(np.ceil(len(rows) / columns))
    size = (NEURON_IMAGE_SIZE[0] * columns, NEURON_IMAGE_SIZE[1] * lines)
    figure, axes = pyplot.subplots(lines, columns, figsize=size, squeeze=False, layout="constrained")
    largest = float(np.max(np.abs(rows), initial=0.0)) or 1.0
    for axis in axes.flat:
        axis.axis("off")
    for k, (row, axis) in enumerate(zip(rows, axes.flat, strict=False)):
        image = axis.imshow(row.reshape(image_shape), cmap=_sign_colours(), vmin=-largest, vmax=largest)
        axis.set_title(f"neuron {k}", fontsize=8)
    figure.colorbar(image, ax=axes, shrink=0.7)
    pyplot.close(figure)
    return figure


def _image_shape(weight_count: int, shape: Any) -> tuple[int, int]:
    side = int(np.sqrt(weight_count))
    shape = shape or (side, side)
    if not isinstance(shape, tuple) or len(shape) != 2 or not all(isinstance(n, int) and n > 0 for n in shape):
        raise SettingError(f"weights(): shape must be a pair (rows, columns), not {shape!r}")
    if shape[0] * shape[1] != weight_count:
        raise ShapeError(
            f"weights(): {weight_count} weights do not fill an image of {shape[0]} by {shape[1]}: give shape=(rows, columns)"
        )
    return shape


class Flow(NamedTuple):
    """The gradient of one parameter.

    Attributes
    ----------
    name : str
        The name of the parameter.
    mean : float
        The mean of |∂L/∂θ| over its entries.
    zeros : float
        The fraction of entries where ∂L/∂θ is 0.
    """

    name: str
    mean: float
    zeros: float


def flow(model: Any) -> list[Flow]:
    """Measure the gradient of each parameter of a model, as the last backward pass left it.

    Parameters
    ----------
    model : Module
        A model with ``named_parameters()``.

    Returns
    -------
    list of Flow
        One entry for each parameter, in the order of the model.

    Raises
    ------
    SettingError
        If ``model`` is not such a model.

    Examples
    --------
    >>> from nn import Linear
    >>> layer = Linear(1, 1, rng=0); layer([2.0]).sum().backward()
    >>> flow(layer)[0]
    Flow(name='W', mean=2.0, zeros=0.0)
    """
    if not hasattr(model, "named_parameters") or isinstance(model, type):
        raise SettingError(f"gradient_flow() takes a model with named_parameters(), not {describe(model)}")
    rows = []
    for name, parameter in model.named_parameters():
        g = np.asarray(getattr(parameter.grad, "data", parameter.grad), dtype=float)
        rows.append(Flow(name, float(np.mean(np.abs(g))), float(np.mean(g == 0.0))))
    return rows


def gradient_flow(model: Any) -> Any:
    """Plot the mean |gradient| of each parameter on a logarithmic scale, and the fraction of its entries that are zero.

    Parameters
    ----------
    model : Module
        A model with ``named_parameters()``, after a backward pass.

    Returns
    -------
    matplotlib.figure.Figure
        A figure with two axes: the means and the fractions.

    Raises
    ------
    SettingError
        If ``model`` is not such a model, or matplotlib is not installed.

    Notes
    -----
    Bars that shrink towards the first layers show a vanishing gradient, bars that grow an exploding one, and a high fraction of
    zeros dead units.

    Examples
    --------
    >>> from nn import MLP
    >>> model = MLP([2, 3, 1], rng=0); model([1.0, 2.0]).sum().backward()
    >>> figure = gradient_flow(model)
    """
    rows = flow(model)
    pyplot = _import_pyplot()
    size = (max(FLOW_MIN_WIDTH, BAR_WIDTH * len(rows)), FLOW_HEIGHT)
    figure, (mean_axis, zeros_axis) = pyplot.subplots(2, 1, sharex=True, figsize=size, layout="constrained")
    positions = np.arange(len(rows))
    mean_axis.bar(positions, [row.mean for row in rows], color="#3b7dbf")
    if any(row.mean > 0.0 for row in rows):
        mean_axis.set_yscale("log")
    mean_axis.set_ylabel("mean |∂L/∂θ|")
    zeros_axis.bar(positions, [row.zeros for row in rows], color="#b00020")
    zeros_axis.set_ylim(0.0, 1.0)
    zeros_axis.set_ylabel("share of zeros")
    zeros_axis.set_xticks(positions, [sanitize(row.name, MAX_TICK_LABEL) for row in rows], rotation=60, ha="right", fontsize=8)
    pyplot.close(figure)
    return figure


class Landscape(NamedTuple):
    """A loss along two directions.

    Attributes
    ----------
    steps : array of shape (points,)
        The distances along either direction.
    values : array of shape (points, points)
        ``values[i, j]`` is the loss at ``steps[i]`` along the first direction and ``steps[j]`` along the second.
    """

    steps: Array
    values: Array


def surface(loss: Callable[[], Any], parameters: Sequence[Any], span: float = 1.0, points: int = 21, rng: Any = None) -> Landscape:
    """Evaluate a loss around the current parameters, along two random directions.

    Parameters
    ----------
    loss : callable
        The loss, a function without arguments that reads the parameters.
    parameters : sequence of Tensor or Value
        The parameters. They are moved, and put back at the end.
    span : float, default 1.0
        The largest distance, as a multiple of the directions.
    points : int, default 21
        The number of distances from -``span`` to ``span``.
    rng : int or numpy.random.Generator, optional
        The seed of the directions.

    Returns
    -------
    Landscape

    Raises
    ------
    SettingError
        If there are no parameters, or ``points`` is not a whole number of at least 2.

    Notes
    -----
    Each row of a direction has the norm of the same row of the weights (filter normalization, [1]_), so that losses of networks
    with differently scaled weights can be compared.

    References
    ----------
    .. [1] H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein, "Visualizing the loss landscape of neural nets", NeurIPS (2018).

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor([3.0, 4.0]); surface(lambda: (w * w).sum(), [w], points=3, rng=0).values[1, 1]
    np.float64(25.0)
    """
    parameters = list(parameters)
    if not parameters:
        raise SettingError("landscape() needs parameters to move: pass model.parameters()")
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise SettingError(f"landscape(): points must be a whole number of at least 2, not {points!r}")
    generator = np.random.default_rng(rng)
    start = [np.array(parameter.data) for parameter in parameters]
    first, second = ([_random_direction(x, generator) for x in start] for _ in range(2))
    steps = np.linspace(-span, span, points)
    values = np.empty((points, points))
    try:
        for i, j in np.ndindex(points, points):
            for parameter, x, u, v in zip(parameters, start, first, second, strict=True):
                parameter.data = x + steps[i] * u + steps[j] * v
            values[i, j] = float(loss())
    finally:
        for parameter, x in zip(parameters, start, strict=True):
            parameter.data = x
    return Landscape(steps, values)


def _random_direction(x: Array, generator: np.random.Generator) -> Array:
    """A random direction whose rows have the norms of the rows of ``x``."""
    direction = generator.normal(size=x.shape)
    return np.asarray(direction * _row_norms(x) / _row_norms(direction))


def _row_norms(x: Array) -> Any:
    """The norm of each row of an array, or of a vector or scalar as a whole."""
    axis = tuple(range(1, x.ndim)) or None
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=x.ndim > 1))


def landscape(loss: Callable[[], Any], parameters: Sequence[Any], span: float = 1.0, points: int = 21, rng: Any = None) -> Any:
    """Plot the contours of a loss around the current parameters, along two random directions.

    Parameters
    ----------
    loss : callable
        The loss, a function without arguments that reads the parameters.
    parameters : sequence of Tensor or Value
        The parameters. They are moved, and put back at the end.
    span : float, default 1.0
        The largest distance, as a multiple of the directions.
    points : int, default 21
        The number of distances from -``span`` to ``span``.
    rng : int or numpy.random.Generator, optional
        The seed of the directions.

    Returns
    -------
    matplotlib.figure.Figure
        The contours, with the current parameters at the centre.

    Raises
    ------
    SettingError
        If there are no parameters, ``points`` is not a whole number of at least 2, or matplotlib is not installed.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor([3.0, 4.0])
    >>> figure = landscape(lambda: (w * w).sum(), [w], points=5, rng=0)
    """
    steps, values = surface(loss, parameters, span, points, rng)
    pyplot = _import_pyplot()
    figure, axis = pyplot.subplots(figsize=LANDSCAPE_SIZE, layout="constrained")
    contours = axis.contourf(steps, steps, values.T, levels=CONTOUR_LEVELS, cmap="viridis")
    axis.plot(0.0, 0.0, "o", color="white", markeredgecolor="black")
    axis.set_xlabel("along the first direction")
    axis.set_ylabel("along the second")
    figure.colorbar(contours, label="loss")
    pyplot.close(figure)
    return figure
