"""A function of several arrays restricted to a line, and the range of steps that makes sense on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.testing.measurement.estimate import Array

# The largest step, as a fraction of the largest entry of the point, or of 1. The sequence should start where functions of the
# point's size still bend: 1/x has its pole at the distance 1, and an eighth of that is a power of 2, so that steps are exact. A
# larger start costs evaluations only, since the error estimate rejects steps that are too large. Doubled, the first step is a
# quarter of the distance to that pole, and the whole sequence moves up by half a step.
LARGEST_STEP = 0.125

# The largest step relative to the smallest entry that is not 0. The sequence of steps goes down to 1e-4 of that entry, so that this
# limits it to log(1e34) / log(4) = 57 steps. Doubled, the limit is one more step.
LARGEST_STEP_BESIDE_SMALLEST = 1e30

# Entries up to this size count as 0, and steps are not scaled by them: near the end of double precision, 2.2e-308, a fraction of
# such an entry is subnormal and has lost digits. Doubled, entries between 1e-300 and 2e-300 are measured with steps of size 1.
SMALLEST_SIZE = 1e-300


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
            if moves and ((low > -np.inf and (p.real < low).any()) or (high < np.inf and (p.real > high).any())):
                return False
        return True


class StepScales(NamedTuple):
    """What limits the steps along a line, all in units of the direction.

    Parameters
    ----------
    largest_step : float
        The largest step worth trying.
    largest_size, smallest_size : float
        The largest magnitude among the entries that move, and the smallest one that is not 0 (1 if all are 0).
    """

    largest_step: float
    largest_size: float
    smallest_size: float


def step_scales(line: LineRestriction) -> StepScales:
    """Return the range of steps for a line.

    Parameters
    ----------
    line : LineRestriction

    Returns
    -------
    StepScales
        The largest step is an eighth of the largest entry that moves, or an eighth of 1 where the entries are smaller.
    """
    direction = np.concatenate([np.abs(u[u != 0.0]) for u in line.us])
    point = np.concatenate([np.abs(x[u != 0.0]) for x, u in zip(line.xs, line.us, strict=True)])
    if not direction.size:
        return StepScales(LARGEST_STEP, 1.0, 1.0)
    sizes = point / direction
    nonzero = sizes[point > SMALLEST_SIZE]
    largest = float(np.max(sizes))
    smallest = float(np.min(nonzero)) if nonzero.size else 1.0
    step = LARGEST_STEP * max(float(np.min(1.0 / direction)), largest)
    return StepScales(min(step, LARGEST_STEP_BESIDE_SMALLEST * smallest), largest, smallest)
