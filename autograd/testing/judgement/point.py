"""The point at which a function is examined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ShapeError
from autograd.testing.measurement.estimate import EPS, Array
from autograd.testing.measurement.line_restriction import LineRestriction

Bounds = Sequence[tuple[float, float]]


class Point(NamedTuple):
    """A function and the point at which it is examined.

    Parameters
    ----------
    f : callable
        A function of one array per entry of ``xs``.
    xs : list of arrays
        The inputs.
    bounds : sequence of (float, float)
        The domain of each input, a closed interval for all of its entries.
    y : array of shape (n_outputs,)
        The outputs there.
    output_sizes : array of shape (n_outputs,)
        The magnitudes of the terms whose sum each output is.
    eps : float, default 2**-52
        The spacing at 1 of the precision in which the rule computes.
    is_analytic : bool, default True
        Whether f may be called with complex numbers.
    """

    f: Callable[..., Any]
    xs: list[Array]
    bounds: Bounds
    y: Array
    output_sizes: Array
    eps: float = EPS
    is_analytic: bool = True

    def restrict(self, us: Sequence[Array], xs: Sequence[Array] | None = None) -> LineRestriction:
        """Restrict the function to a line.

        Parameters
        ----------
        us : sequence of arrays
            The direction.
        xs : sequence of arrays, optional
            Where the line starts; the default is the point itself.

        Returns
        -------
        LineRestriction
        """
        return LineRestriction(self.f, self.xs if xs is None else xs, us, self.bounds, self.y.size)

    def weight_outputs(self, seeds: Array, shape: tuple[int, ...]) -> Point:
        """Replace the function by weighted sums of its outputs.

        Parameters
        ----------
        seeds : array of shape (n_sums, n_outputs)
            The weights of each sum.
        shape : tuple of int
            The shape of the function's output; an output of another shape counts as no value.

        Returns
        -------
        Point
        """

        def weighted_sums(*xs: Array) -> Any:
            y = np.asarray(self.f(*xs))
            if y.shape != shape:
                raise ShapeError(f"the function returned shape {shape}, and then {y.shape}")
            return _weighted_sums(seeds, y.ravel())

        sizes = _weighted_sums(np.abs(seeds), np.abs(self.y))
        return self._replace(f=weighted_sums, y=_weighted_sums(seeds, self.y), output_sizes=sizes)


def _weighted_sums(seeds: Array, y: Array) -> Array:
    """Weighted sums of outputs; an output that is not finite makes nan of the sums in which it has a weight."""
    is_finite = np.isfinite(y)
    if is_finite.all():
        return np.asarray(seeds @ y)
    is_nan = (seeds[:, ~is_finite] != 0.0).any(axis=1)
    return np.where(is_nan, np.nan, seeds @ np.where(is_finite, y, 0.0))
