"""Function values at a decreasing sequence of steps to both sides of a point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.testing.measurement.estimate import Array
from autograd.testing.measurement.line_restriction import LineRestriction, step_scales

STEP_RATIO = 4.0
MIN_STEPS = 22
MAX_STEPS = 3 * MIN_STEPS
SMALLEST_STEP = 1e-4
BISECTIONS = 20
MAX_BISECTED_OUTPUTS = 4


class Samples(NamedTuple):
    """Function values at a decreasing sequence of steps.

    Parameters
    ----------
    steps : array of shape (n_steps,)
        The steps, in units of the direction.
    forward, backward : array of shape (n_steps, n_outputs)
        The outputs at ``steps`` and at ``-steps``; nan where there are none.
    resolution : array of shape (n_outputs,)
        The smallest change that was seen of an output that is constant at small steps; inf for all other outputs.
    largest_size : float
        The largest magnitude of the point, in units of the direction.
    """

    steps: Array
    forward: Array
    backward: Array
    resolution: Array
    largest_size: float


def sample_steps(line: LineRestriction, y: Array) -> Samples:
    """Evaluate a function at a decreasing sequence of steps to both sides.

    Parameters
    ----------
    line : LineRestriction
    y : array of shape (n_outputs,)
        The outputs at step 0.

    Returns
    -------
    Samples
    """
    scales = step_scales(line)
    span = np.log(scales.largest_step / (SMALLEST_STEP * scales.smallest_size)) / np.log(STEP_RATIO)
    n_steps = int(np.clip(np.ceil(span), MIN_STEPS, MAX_STEPS))
    steps = scales.largest_step * STEP_RATIO ** -np.arange(n_steps, dtype=float)
    with np.errstate(all="ignore"):
        forward = np.array([line.evaluate_real(h) for h in steps])
        backward = np.array([line.evaluate_real(-h) for h in steps])
        resolution = np.minimum(_smallest_change(line, y, steps, forward, 1.0), _smallest_change(line, y, steps, backward, -1.0))
    return Samples(steps, forward, backward, resolution, scales.largest_size)


def _smallest_change(line: LineRestriction, y: Array, steps: Array, values: Array, sign: float) -> Array:
    """Return the smallest change of each output on one side if it is constant at small steps, else inf.

    Bisection finds the step at which the output starts to change. There a flat function changes gradually, and a function that is
    rounded changes by the spacing of its values.
    """
    change = np.abs(values - y)
    smallest: Array = np.min(np.where(change > 0.0, change, np.inf), axis=0)
    is_constant_at_first = (change[-1] == 0.0) & np.isfinite(smallest)
    for k in np.flatnonzero(is_constant_at_first)[:MAX_BISECTED_OUTPUTS]:
        last_changed = int(np.flatnonzero(change[:, k] > 0.0)[-1])
        changed, constant = steps[last_changed], steps[last_changed + 1]
        for _ in range(BISECTIONS):
            middle = (changed + constant) / 2.0
            seen = np.abs(line.evaluate_real(sign * middle) - y)
            smallest = np.where(seen > 0.0, np.fmin(smallest, seen), smallest)
            changed, constant = (middle, constant) if seen[k] > 0.0 else (changed, middle)
    return np.where(is_constant_at_first, smallest, np.inf)
