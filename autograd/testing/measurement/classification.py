"""From the extrapolated slopes of all steps to one measurement: which step to believe, and what kind of point it is."""

from __future__ import annotations

import numpy as np

from autograd.testing.measurement.difference_quotients import Extrapolation
from autograd.testing.measurement.estimate import EDGE, JUMP, KINK, NOISY, SMOOTH, UNBOUNDED, UNRESOLVED, Array, Measurement
from autograd.testing.measurement.extrapolation import SlopeEstimates

# Two slopes contradict each other if they differ by more than this multiple of their errors. The errors are estimates; judgement
# uses the same factor for them. Doubled, one recorded check changes: a function with a small fast oscillation is called smooth.
CONTRADICTION = 3.0

# A smaller step can overrule the best one only if its slope has this relative error: three digits are not coincidence. Doubled, no
# verdict changes.
PRECISE = 1e-3

# How often the choice is revised, since a still smaller step may contradict the new one: a function with this many scales, one
# inside the other, is resolved. Doubled, no recorded check changes.
MAX_REVISIONS = 3

# The one-sided slopes differ, so that there is a kink, if their difference exceeds this multiple of their errors plus this fraction
# of their size. The first is for errors that are estimates; the second is for steep functions, where the estimates of both sides
# may be too small at once. Neither matters for smooth functions: at 90 points of 10 of them no kink is seen with a fraction of 0
# either. Doubled, no recorded check changes (see step_sequence), and a kink whose slopes differ by 2e-4 is called smooth.
KINK_RELATIVE_TO_ERROR = 2.0
KINK_RELATIVE_TO_SLOPE = 1e-4

# There is a jump if the outputs to both sides differ at all of the last steps, and the smallest difference exceeds this fraction of
# the largest. The steps span 4**5 = 1024, over which the difference of |x|**p falls to half if p = 0.1: steeper powers are
# recognized as continuous. With 12 steps, or a fraction of 0.99, no recorded check changes.
JUMP_STEPS = 6
JUMP_STEADINESS = 0.5


def classify(extrapolation: Extrapolation) -> Measurement:
    """Select the best step for each output, and tell what kind of point it is.

    Parameters
    ----------
    extrapolation : Extrapolation

    Returns
    -------
    Measurement
    """
    central = select_step(extrapolation.central)
    left, right = select_step(extrapolation.left), select_step(extrapolation.right)
    kind = _kinds(extrapolation, central, left, right)
    value, error = _value_and_error(kind, central, left, right)
    diverges_left, diverges_right = extrapolation.divergence
    is_unbounded = kind == UNBOUNDED
    is_unknown = ~np.isfinite(error) & (kind != JUMP) & ~is_unbounded
    kind[is_unknown & ~np.isfinite(extrapolation.change).any(axis=0)] = UNRESOLVED
    with np.errstate(invalid="ignore"):  # the sum of -inf and inf is nan: there is no one slope
        value = np.where(is_unbounded, diverges_left + diverges_right, np.where(is_unknown, np.nan, value))
    return Measurement(
        value,
        np.where(is_unknown | is_unbounded, np.inf, error),
        _one_sided_slope(left, diverges_left),
        _one_sided_slope(right, diverges_right),
        kind,
    )


def select_step(estimates: SlopeEstimates) -> SlopeEstimates:
    """Select for each output the step with the least error, unless precise smaller steps contradict it.

    A function that is smooth at large steps and bends at small ones is precise at the large steps, and wrong.

    Parameters
    ----------
    estimates : SlopeEstimates
        Of shape (n_steps, n_outputs).

    Returns
    -------
    SlopeEstimates
        Of shape (n_outputs,).
    """
    value, error = estimates
    outputs, steps = np.arange(value.shape[1]), np.arange(len(value))[:, None]
    best: Array = np.argmin(error, axis=0)
    with np.errstate(all="ignore"):
        for _ in range(MAX_REVISIONS):
            contradicts = np.abs(value - value[best, outputs]) > CONTRADICTION * (error + error[best, outputs])
            is_better = (steps > best) & (error <= PRECISE * np.abs(value)) & contradicts
            best = np.where(is_better.any(axis=0), np.argmin(np.where(is_better, error, np.inf), axis=0), best)
    return SlopeEstimates(value[best, outputs], error[best, outputs])


def _kinds(extrapolation: Extrapolation, central: SlopeEstimates, left: SlopeEstimates, right: SlopeEstimates) -> Array:
    """The kind of point of each output, apart from unresolved ones; later lines take precedence."""
    has_left, has_right = np.isfinite(left.error), np.isfinite(right.error)
    diverges = np.any(extrapolation.divergence != 0.0, axis=0)
    kind = np.full(central.value.shape, NOISY, dtype=object)
    kind[np.isfinite(central.error)] = SMOOTH
    kind[has_left & has_right & _sides_differ(left, right)] = KINK
    kind[(has_left ^ has_right) & ~np.isfinite(central.error)] = EDGE
    is_jump = _is_jump(extrapolation.change)
    kind[diverges] = UNBOUNDED
    kind[is_jump] = JUMP
    return kind


def _sides_differ(left: SlopeEstimates, right: SlopeEstimates) -> Array:
    """Which one-sided slopes differ by more than their errors."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(left.value), np.abs(right.value))
        allowed = KINK_RELATIVE_TO_ERROR * (left.error + right.error) + KINK_RELATIVE_TO_SLOPE * size
        return np.asarray(np.abs(right.value - left.value) > allowed)


def _is_jump(change: Array) -> Array:
    """Which outputs differ between the two sides by about the same amount at all of the smallest steps."""
    last = change[-JUMP_STEPS:]
    with np.errstate(all="ignore"):
        is_steady = np.min(last, axis=0) > JUMP_STEADINESS * np.max(last, axis=0)
        return np.asarray(np.all(np.isfinite(last) & (last > 0), axis=0) & is_steady)


def _value_and_error(kind: Array, central: SlopeEstimates, left: SlopeEstimates, right: SlopeEstimates) -> tuple[Array, Array]:
    """The derivative: one-sided at an edge, the mean of both sides at a kink, and central elsewhere."""
    has_right = np.isfinite(right.error)
    edge = np.where(has_right, right.value, left.value), np.where(has_right, right.error, left.error)
    with np.errstate(all="ignore"):
        kink = (left.value + right.value) / 2.0, left.error + right.error
    value, error = (
        np.where(kind == EDGE, at_edge, np.where(kind == KINK, at_kink, elsewhere))
        for at_edge, at_kink, elsewhere in zip(edge, kink, central, strict=True)
    )
    return value, error


def _one_sided_slope(side: SlopeEstimates, divergence: Array) -> Array:
    """The slope to one side: ±inf if it diverges, nan if it is not known."""
    return np.where(divergence != 0.0, divergence, np.where(np.isfinite(side.error), side.value, np.nan))
