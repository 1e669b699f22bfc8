"""judge: claimed derivatives along one direction held to measured ones, by the least work that decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from autograd.testing.judgement.clarke import clarke_interval
from autograd.testing.judgement.point import Point
from autograd.testing.judgement.roundoff import (
    N_PERTURBATIONS,
    SCATTER_FACTOR,
    function_noise,
    roundoff_tolerance,
    rule_scatter,
)
from autograd.testing.judgement.verdict import (
    DECISIVE_ERROR,
    DECISIVE_RELATIVE_TO_LARGEST,
    DECISIVE_RTOL,
    ERROR_FACTOR,
    FAIL,
    PASS,
    UNDECIDED,
    Evidence,
    Judgement,
    decide,
)
from autograd.testing.measurement.classification import classify
from autograd.testing.measurement.complex_step import complex_step_measurement, complex_step_slope
from autograd.testing.measurement.difference_quotients import extrapolate_differences
from autograd.testing.measurement.estimate import EPS, JUMP, KINK, SMOOTH, Array, Measurement
from autograd.testing.measurement.step_halving import step_halving_measurement
from autograd.testing.measurement.step_sequence import Samples, sample_steps

Rule = Callable[[Sequence[Array]], Array]

# A cheap measurement decides if three times its error is below this multiple of the roundoff of the rule, so that a claim passes
# only within 11 times the roundoff of the measured value. The whole sequence of steps is rarely more exact. Doubled, no recorded
# check changes, and claims pass within 21 times their roundoff.
SHARP_ERROR = 10.0

# A claim of up to this fraction of the largest claim by any entry passes where the function is constant: a rule may leave roundoff
# of that size. Doubled, no recorded check changes; with 0, a right rule for attention fails whose function is constant at small
# steps because small changes are lost in the rounding of larger numbers.
NEGLIGIBLE_RTOL = 1e-10

# A difference below this, relative to the largest output, is not a failure: the function may compute its outputs from each other,
# and round them so. 10 eps is some operations. Doubled, no recorded check changes; with 0, a right rule for an output of 1e-20 next
# to one of 1 fails.
OTHER_OUTPUT_ROUNDOFF = 10.0 * EPS


class DirectionalClaims(NamedTuple):
    """What a rule claims along one direction, one entry per output.

    Parameters
    ----------
    derivatives : array of shape (n_outputs,)
        The claimed derivatives.
    term_sizes : array of shape (n_outputs,)
        The sums of the magnitudes of their terms.
    largest : array of shape (n_outputs,)
        The largest claim for any entry along as long a step.
    """

    derivatives: Array
    term_sizes: Array
    largest: Array


def judge(point: Point, us: Sequence[Array], claims: DirectionalClaims, rule: Rule) -> tuple[list[Judgement], int]:
    """Judge the claimed derivatives of all outputs along one direction.

    A cheap measurement that agrees sharply with all claims decides at once. Otherwise the whole sequence of steps is evaluated, and
    only where that does not pass all claims, roundoff and the slopes nearby are sampled, too.

    Parameters
    ----------
    point : Point
        The function and the point.
    us : sequence of arrays
        The direction, of the shapes of the inputs.
    claims : DirectionalClaims
    rule : callable
        Inputs to claimed derivatives along the direction: the same claims at inputs nearby.

    Returns
    -------
    judgements : list of Judgement
        One per output.
    evaluations : int
        How many times the function was called.
    """
    line = point.restrict(us)
    exact = complex_step_measurement(line, point.y) if point.is_analytic else None
    quick = exact or step_halving_measurement(line, point.y)
    if quick is not None:
        comparison = Comparison.of(point, claims, quick)
        if np.all(comparison.agrees() & comparison.is_sharp()):
            return comparison.passes(), line.evaluations
    samples = sample_steps(line, point.y)
    comparison = Comparison.of(point, claims, classify(extrapolate_differences(samples, point.y)))
    is_differentiable = ~np.isin(comparison.measured.kind, (KINK, JUMP))
    if np.all(comparison.agrees() & comparison.is_decisive() & is_differentiable):
        return comparison.passes(), line.evaluations
    judgements, evaluations = _judge_in_full(point, us, claims, rule, samples, exact)
    return judgements, line.evaluations + evaluations


class Comparison(NamedTuple):
    """Claims and what was measured, one entry per output.

    Parameters
    ----------
    claims : DirectionalClaims
    measured : Measurement
    roundoff : array of shape (n_outputs,)
        How far a correct claim may be off by the roundoff of the rule.
    """

    claims: DirectionalClaims
    measured: Measurement
    roundoff: Array

    @classmethod
    def of(cls, point: Point, claims: DirectionalClaims, measured: Measurement) -> Comparison:
        """Compare claims with a measurement.

        Parameters
        ----------
        point : Point
        claims : DirectionalClaims
        measured : Measurement

        Returns
        -------
        Comparison
        """
        sizes = _finite_sizes(point)
        roundoff = roundoff_tolerance(claims.derivatives, measured.value, claims.term_sizes, sizes, point.eps)
        return cls(claims, measured, roundoff)

    def agrees(self) -> Array:
        """Tell which claims are within the error and the roundoff.

        Returns
        -------
        bool array of shape (n_outputs,)
        """
        claimed, measured = self.claims.derivatives, self.measured
        with np.errstate(all="ignore"):
            is_near = np.abs(claimed - measured.value) <= ERROR_FACTOR * measured.error + self.roundoff
        return np.asarray(np.isfinite(claimed) & np.isfinite(measured.error) & is_near)

    def is_sharp(self) -> Array:
        """Tell which measurements are about as exact as the rule itself, or small relative to a claim of 0.

        Returns
        -------
        bool array of shape (n_outputs,)
        """
        error = self.measured.error
        is_small_beside_0 = (self.claims.derivatives == 0.0) & (error < DECISIVE_ERROR)
        return np.asarray((ERROR_FACTOR * error <= SHARP_ERROR * self.roundoff) | is_small_beside_0)

    def is_decisive(self) -> Array:
        """Tell which errors are so small that agreement means something: relative to the claim, or to a much larger one.

        Returns
        -------
        bool array of shape (n_outputs,)
        """
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(self.claims.derivatives), np.abs(self.measured.value))
            limit = np.maximum(DECISIVE_RTOL * size, np.maximum(DECISIVE_RELATIVE_TO_LARGEST * self.claims.largest, DECISIVE_ERROR))
            return np.asarray(self.measured.error <= limit)

    def passes(self) -> list[Judgement]:
        """Pass all claims.

        Returns
        -------
        list of Judgement
            One per output.
        """
        columns = (self.claims.derivatives, self.measured.value, self.measured.error, self.measured.kind)
        return [Judgement(PASS, *row) for row in zip(*columns, strict=True)]

    def evidence(self, low: Array, high: Array, is_mixed: bool) -> Iterator[Evidence]:
        """Yield what is known about each claim.

        Parameters
        ----------
        low, high : array of shape (n_outputs,)
            The range of the slopes nearby, nan where it is not known.
        is_mixed : bool
            Whether several entries move along the direction.

        Yields
        ------
        Evidence
            One per output.
        """
        measured = zip(*self.measured, strict=True)
        rest = zip(self.roundoff, self.claims.largest, low, high, strict=True)
        for claim, numbers, more in zip(self.claims.derivatives, measured, rest, strict=True):
            yield Evidence(claim, *numbers, *more, is_mixed)


def _judge_in_full(
    point: Point, us: Sequence[Array], claims: DirectionalClaims, rule: Rule, samples: Samples, exact: Measurement | None
) -> tuple[list[Judgement], int]:
    """Judge claims with the noise of the function, the scatter of the rule and the slopes nearby."""
    noise = function_noise(lambda xs: point.restrict(us, list(xs)).evaluate_real(0.0), point.xs, point.bounds)
    scatter = rule_scatter(rule, point.xs, point.bounds, point.eps)
    comparison = Comparison.of(point, claims, classify(extrapolate_differences(samples, point.y, noise)))
    measured = comparison.measured
    if exact is not None:
        measured = _prefer_complex_step(measured, exact, point, us)
    measured = measured._replace(error=measured.error + SCATTER_FACTOR / ERROR_FACTOR * scatter)
    comparison = comparison._replace(measured=measured)
    low = high = np.full(claims.derivatives.shape, np.nan)
    evaluations = 2 * N_PERTURBATIONS
    if not np.all(comparison.agrees()):
        steepest = np.fmax(np.abs(claims.derivatives), np.fmax(np.abs(measured.left), np.abs(measured.right)))
        low, high, more_evaluations = clarke_interval(point, us, steepest)
        evaluations += more_evaluations
    is_mixed = sum(int(np.count_nonzero(u)) for u in us) > 1
    output_roundoff = OTHER_OUTPUT_ROUNDOFF * float(np.max(_finite_sizes(point), initial=0.0))
    judgements = [
        _allow_for_roundoff(decide(evidence), evidence.largest, output_roundoff)
        for evidence in comparison.evidence(low, high, is_mixed)
    ]
    return judgements, evaluations


def _prefer_complex_step(measured: Measurement, exact: Measurement, point: Point, us: Sequence[Array]) -> Measurement:
    """Use the complex-step slopes where they lie within the errors of the others; their error is how far they scatter."""

    def slopes(xs: Sequence[Array]) -> Array:
        slope = complex_step_slope(point.restrict(us, list(xs)))
        return np.full(exact.value.shape, np.nan) if slope is None else slope

    error = exact.error + SCATTER_FACTOR * rule_scatter(slopes, point.xs, point.bounds, EPS)
    with np.errstate(all="ignore"):
        is_confirmed = np.abs(exact.value - measured.value) <= ERROR_FACTOR * measured.error
        is_better = (measured.kind == SMOOTH) & (error < measured.error) & is_confirmed
    return measured._replace(
        value=np.where(is_better, exact.value, measured.value), error=np.where(is_better, error, measured.error)
    )


def _allow_for_roundoff(judgement: Judgement, largest: float, output_roundoff: float) -> Judgement:
    """Withdraw a fail that the roundoff of another output or of a much larger claim explains."""
    if judgement.verdict != FAIL:
        return judgement
    if judgement.difference <= output_roundoff:
        return judgement._replace(verdict=UNDECIDED)
    if judgement.measured == 0.0 and judgement.difference <= NEGLIGIBLE_RTOL * largest:
        return judgement._replace(verdict=PASS)
    return judgement


def _finite_sizes(point: Point) -> Array:
    """The magnitudes of the outputs, 0 for those that are not finite."""
    return np.where(np.isfinite(point.output_sizes), point.output_sizes, 0.0)
