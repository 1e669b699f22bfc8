"""A function of several arrays restricted to a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.testing.measurement.estimate import Array


class LineRestriction:
    """A function restricted to a line: ``phi(t) = f(x + t u)``, as a flat array of outputs.

    Parameters
    ----------
    f : callable
        A function of one array per entry of ``xs``.
    xs : sequence of arrays
        The point x.
    us : sequence of arrays
        The direction u, of the shapes of ``xs``.
    bounds : sequence of (float, float)
        The domain of each argument, a closed interval for all of its entries.
    n_outputs : int
        How many numbers f returns.

    Attributes
    ----------
    evaluations : int
        How many times f was called.
    """

    def __init__(
        self, f: Callable[..., Any], xs: Sequence[Array], us: Sequence[Array], bounds: Sequence[tuple[float, float]], n_outputs: int
    ) -> None:
        self.f = f
        self.xs = xs
        self.us = us
        self.bounds = bounds
        self.n_outputs = n_outputs
        self.evaluations: int = 0
        self._moves = [bool(np.any(u)) for u in us]

    def evaluate(self, t: complex) -> Array | None:
        """Evaluate the function at a step.

        Parameters
        ----------
        t : float or complex
            The step, in units of the direction.

        Returns
        -------
        array or None
            The outputs, of shape (n_outputs,), or None if the point is outside the domain, if f raises, or if it returns something
            of another size or no numbers.
        """
        points = [x + t * u if moves else x.copy() for x, u, moves in zip(self.xs, self.us, self._moves, strict=True)]
        if not self._is_in_domain(points):
            return None
        self.evaluations += 1
        try:
            y = np.asarray(self.f(*points))
        except Exception:  # whatever f raises, it has no value there
            return None
        return y.ravel() if y.size == self.n_outputs and y.dtype.kind in "fciub" else None

    def evaluate_real(self, t: float) -> Array:
        """Evaluate the function at a real step.

        Parameters
        ----------
        t : float
            The step, in units of the direction.

        Returns
        -------
        array
            The outputs as floats, of shape (n_outputs,); all nan if there are no real ones.
        """
        y = self.evaluate(t)
        return np.full(self.n_outputs, np.nan) if y is None or y.dtype.kind == "c" else y.astype(float, copy=False)

    def _is_in_domain(self, points: Sequence[Array]) -> bool:
        """Whether all arguments that move are inside their bounds."""
        for p, (low, high), moves in zip(points, self.bounds, self._moves, strict=True):
            is_below = moves and low > -np.inf and (p.real < low).any()
            is_above = moves and high < np.inf and (p.real > high).any()
            if is_below or is_above:
                return False
        return True
