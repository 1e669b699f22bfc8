"""Function values at a decreasing sequence of steps to both sides of a point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.testing.measurement.estimate import Array
from autograd.testing.measurement.line_restriction import LineRestriction
from autograd.testing.measurement.step_sizes import step_scales

# What the comments on thresholds call recorded checks: up to 2214 checks of the rules of benchmarks/rules and of planted errors,
# and derivatives of 20 functions at 12 points each. They were repeated with one threshold changed at a time, and their verdicts and
# kinds of points were compared.

# The ratio of a step to the next. A power of 2 keeps steps exact, and 4 lets the errors of a central difference shrink by 16 from
# step to step, so that neighbours tell an error reliably. Doubled, 22 steps go on to 1e-20, where nothing is resolved: 59 verdicts
# change, among them those of 20 noisy functions and of 7 jumps, which are then called smooth.
STEP_RATIO = 4.0

# The least number of steps. They go from 1/8 to 1/8 * 4**-21 = 3e-14, so that they contain the best steps of all formulas in use:
# eps**(1/2) for one-sided, eps**(1/3) for central, and eps**(1/5) for extrapolated differences. Doubled, 44 verdicts change, as
# with a doubled ratio; halved, the steps end at 1e-7, and 51 verdicts change, since edges and kinks that are nearer are not
# resolved.
MIN_STEPS = 22

# The last step of the sequence, as a fraction of the smallest entry of the point: one-sided differences with a relative step of
# 1e-4 still have 4 digits where a function bends at that entry. Doubled, one verdict changes: a kink is seen in a fast oscillation
# at 1e-12.
SMALLEST_STEP = 1e-4

# How often the bracket of the step at which a constant output starts to change is halved: from the ratio 4 to 3 * 2**-20 = 3e-6 of
# the step. Doubled, no verdict changes, and each such output costs 40 more evaluations; halved, 3 verdicts change.
BISECTIONS = 20

# How many outputs are bisected on each side, at BISECTIONS evaluations each. Later outputs mostly start to change at the same
# steps. Doubled, no verdict changes, and the worst case costs 160 more evaluations.
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
    n_steps = max(MIN_STEPS, int(np.ceil(span)))
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
