"""The verdict on one claimed derivative, from everything that was measured about it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.testing.measurement.estimate import EDGE, JUMP, KINK, NOISY, UNBOUNDED, UNRESOLVED

PASS, FAIL, UNDECIDED = "pass", "fail", "undecided"

# A claim agrees with a measurement if it is within this multiple of the measured error, which is an estimate. Three standard errors
# are the usual bound. Doubled, no recorded check changes (see ``measurement.step_sequence``), and 7 of 75 checks that are not
# decided at once report other numbers.
ERROR_FACTOR = 3.0

# Agreement means something only if the error is below one of these: this fraction of the derivative, this fraction of the largest
# claim by any entry, relative to which the entry hardly matters, or this number. Doubled, no recorded check changes, and a claim
# passes where the derivative is known to 20 % only.
DECISIVE_RTOL = 0.1
DECISIVE_RELATIVE_TO_LARGEST = 1e-4
DECISIVE_ERROR = 1e-9

# A claim that is nan or infinite fails if a derivative was measured with this relative error: two digits leave no doubt that it
# exists. Doubled, no recorded check changes.
SETTLED_RTOL = 1e-2

# How exact the slopes near a kink are, relative to the largest: they are taken at a distance of up to 1e-6. Doubled, no recorded
# check changes, and a claim that is wrong by 2e-6 passes at a kink.
KINK_RTOL = 1e-6

# The one-sided slopes count as different, so that there may be a kink nearby, if they differ from each other and from the central
# one by more than this fraction. It is the fraction that a kink takes (KINK_RELATIVE_TO_SLOPE in ``measurement.classification``).
# Doubled, no recorded check changes, and a kink whose slopes differ in the fourth digit is missed.
ONE_SIDED_RTOL = 1e-4

# A claim fails only if the measured error, times the factor above, is below this fraction of the difference: then at least seven
# tenths of the difference are certain. Doubled, one of 75 checks, of a steep function in single precision, fails instead of being
# undecided.
REFUTING_RTOL = 0.3

# If several entries move and the slopes nearby spread by more than this fraction of the difference, there are many kinks at once,
# and slopes exist that were not sampled. Doubled, no recorded check changes; claims that are off by 5 to 10 times the sampled
# spread fail, and some of those may be right.
MIXED_KINKS = 0.1

# At an edge, a claim fails only if the one-sided slope has this relative error, and if the slopes nearby spread by no more than
# this fraction of it. Otherwise the point may be a corner of the domain, or near a kink. Doubled, no recorded check changes, and
# claims fail a little nearer to a kink.
EDGE_RTOL = 1e-3
EDGE_SPREAD = 0.01


class Judgement(NamedTuple):
    """The verdict on one claimed derivative, with the numbers.

    Parameters
    ----------
    verdict : str
        "pass", "fail" or "undecided".
    claimed, measured, error : float
        The two derivatives, and the error of the measured one.
    kind : str
        The kind of point, see :class:`autograd.testing.Estimate`.
    """

    verdict: str
    claimed: float
    measured: float
    error: float
    kind: str

    @property
    def difference(self) -> float:
        """How far the claim is from the measured derivative."""
        return abs(self.claimed - self.measured)

    def per_unit(self, length: float) -> Judgement:
        """Return the same judgement with derivatives per unit of the direction.

        Parameters
        ----------
        length : float
            The length of the direction along which was measured.

        Returns
        -------
        Judgement
        """
        return self._replace(claimed=self.claimed / length, measured=self.measured / length, error=abs(self.error / length))


class Evidence(NamedTuple):
    """Everything known about one claimed derivative.

    Parameters
    ----------
    claim : float
    value, error, left, right, kind
        What was measured, as in :class:`autograd.testing.Estimate`.
    roundoff : float
        How far a correct claim may be off by the roundoff of the rule.
    largest : float
        The largest claim for any entry along as long a step.
    clarke_low, clarke_high : float
        The smallest and largest slope nearby; nan if the function is smooth there, or if no slopes were sampled.
    is_mixed : bool
        Whether several entries move along the direction.
    """

    claim: float
    value: float
    error: float
    left: float
    right: float
    kind: str
    roundoff: float
    largest: float
    clarke_low: float
    clarke_high: float
    is_mixed: bool

    @property
    def error_bar(self) -> float:
        """The error times a safety factor; 0 if it is not known."""
        return ERROR_FACTOR * self.error if np.isfinite(self.error) else 0.0

    @property
    def size(self) -> float:
        """The larger magnitude of the claim and the measured derivative."""
        return max(abs(self.claim), abs(self.value))

    def has_derivative(self) -> bool:
        """Tell whether a derivative, two-sided or one-sided, was measured well enough to fail a claim that is not finite.

        Returns
        -------
        bool
        """
        exists = np.isfinite(self.left) or np.isfinite(self.right) or np.isfinite(self.error)
        return bool(exists and np.isfinite(self.error) and self.error <= SETTLED_RTOL * abs(self.value) + DECISIVE_ERROR)

    def is_within_error(self) -> bool:
        """Tell whether the claim agrees with the measured derivative, and the function is differentiable.

        Returns
        -------
        bool
        """
        is_differentiable = np.isfinite(self.error) and self.kind not in (KINK, JUMP)
        return bool(is_differentiable and abs(self.claim - self.value) <= self.error_bar + self.roundoff)

    def is_decisive(self) -> bool:
        """Tell whether the error is so small that agreement means something.

        Returns
        -------
        bool
        """
        return self.error <= max(DECISIVE_RTOL * self.size, DECISIVE_RELATIVE_TO_LARGEST * self.largest, DECISIVE_ERROR)

    def interval(self) -> tuple[float, float]:
        """Return the range of slopes that a correct claim may have.

        Returns
        -------
        low, high : float
            The range of the slopes nearby and, where they differ from each other or from the central one, of the one-sided slopes.
        """
        mismatch = abs(self.right - self.left) + abs(0.5 * (self.left + self.right) - self.value)
        sides_agree = mismatch <= ONE_SIDED_RTOL * max(abs(self.left), abs(self.right))
        if self.kind not in (KINK, JUMP, EDGE) and sides_agree:
            return self.clarke_low, self.clarke_high
        low = np.fmin(self.clarke_low, np.fmin(self.left, self.right))
        return low, np.fmax(self.clarke_high, np.fmax(self.left, self.right))


def decide(evidence: Evidence) -> Judgement:
    """Decide about one claimed derivative.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    Judgement
    """
    return Judgement(_verdict(evidence), evidence.claim, evidence.value, evidence.error, evidence.kind)


def _verdict(evidence: Evidence) -> str:
    if evidence.kind == UNBOUNDED:  # some rules return a finite number there on purpose
        return PASS if evidence.claim == evidence.value else UNDECIDED
    if not np.isfinite(evidence.claim):
        return FAIL if evidence.has_derivative() else UNDECIDED
    if evidence.is_within_error():
        return PASS if evidence.is_decisive() else UNDECIDED
    low, high = evidence.interval()
    slack = KINK_RTOL * max(evidence.size, abs(low), abs(high)) + evidence.roundoff + evidence.error_bar
    if low - slack <= evidence.claim <= high + slack:
        return PASS
    return FAIL if _refutes(evidence, high - low) else UNDECIDED


def _refutes(evidence: Evidence, spread: float) -> bool:
    """Whether the measurement is good enough to condemn a claim that it contradicts; ``spread`` is that of the slopes nearby."""
    difference = abs(evidence.claim - evidence.value)
    if evidence.is_mixed and spread > MIXED_KINKS * difference:  # of many kinks at once, some slopes nearby were not sampled
        return False
    is_resolved = np.isfinite(evidence.error) and ERROR_FACTOR * evidence.error <= REFUTING_RTOL * difference
    if evidence.kind in (JUMP, NOISY, UNRESOLVED) or not is_resolved:
        return False
    if evidence.kind == EDGE:  # at a corner of the domain, or near a kink, the one-sided slope is not a derivative
        is_imprecise = evidence.error > EDGE_RTOL * max(abs(evidence.value), abs(evidence.claim))
        return not (is_imprecise or spread > EDGE_SPREAD * abs(evidence.value))
    return True
