"""The range of steps for a line: where a sequence of steps begins, and which entries of the point limit it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.testing.measurement.line_restriction import LineRestriction

# The largest step, as a fraction of the largest entry of the point, or of 1. The sequence should start where functions of the
# point's size still bend: 1/x has its pole at the distance 1, and an eighth of that is a power of 2, so that steps are exact. A
# larger start costs evaluations only, since the error estimate rejects steps that are too large. Doubled, the first step is a
# quarter of the distance to that pole, and the whole sequence moves up by half a step.
LARGEST_STEP = 0.125

# The largest step relative to the smallest entry that is not 0. The sequence of steps goes down to 1e-4 of that entry, so that this
# limits it to log(1e34) / log(4) = 57 steps. Doubled, the limit is one more step.
LARGEST_STEP_RELATIVE_TO_SMALLEST = 1e30

# Entries up to this size count as 0, and steps are not scaled by them: near the end of double precision, 2.2e-308, a fraction of
# such an entry is subnormal and has lost digits. Doubled, entries between 1e-300 and 2e-300 are measured with steps of size 1.
SMALLEST_SIZE = 1e-300


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
    return StepScales(min(step, LARGEST_STEP_RELATIVE_TO_SMALLEST * smallest), largest, smallest)
