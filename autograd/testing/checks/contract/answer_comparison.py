"""Two answers of a rule that should be equal, compared up to roundoff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.testing.checks.contract.first_answers import FirstAnswers
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.judgement.roundoff import SCATTER_FACTOR, rule_scatter
from autograd.testing.measurement.estimate import Array

# Two answers may differ by this much, relative to the expected number, and relative to the largest number that went into the rule
# or came out. The first is what claims may be off, too (CLAIM_RTOL in ``judgement.roundoff``); the second is 4500 eps, for terms of
# that size that cancel. Doubled, nonlinear terms of 1e-9 pass. Ten times or a tenth fails in `test_tolerances.py`.
RTOL = 1e-9
ATOL = 1e-12

# The same in units of eps, for rules in single precision: 64 * 2**-23 = 7.6e-6. Doubled, twice as much.
ULPS = 64.0

# Multiples of a cotangent at which the rule is called to see how coarsely it rounds. They are so close that a term that is
# quadratic in the cotangent changes by 0.2 % over them, and they are not round numbers, so that roundoff differs. Doubled distances
# let 0.4 % of a nonlinear term pass as roundoff.
CLOSE_MULTIPLES = (1.0, 1.0007, 1.0013, 1.0021)

# How much of that scatter, relative to the answer, may count as roundoff: what is larger is not roundoff of double precision, but a
# nonlinear term, or an intermediate result in single precision (6e-8). Doubled, no recorded check changes.
MULTIPLES_RTOL = 1e-9


class Difference(NamedTuple):
    """The first entry at which two answers differ.

    Parameters
    ----------
    argument : int
        The number of the input.
    entry : tuple of int
        The index of the entry in it.
    actual, expected : float
        The two cotangents.
    """

    argument: int
    entry: tuple[int, ...]
    actual: float
    expected: float


def compare_answers(
    first: FirstAnswers,
    actual: Sequence[Array],
    expected: Sequence[Array],
    seed: Array,
    fault: str,
    message: str,
    factor: float = 1.0,
) -> None:
    """Report two answers that differ by more than roundoff.

    If they differ by more than the last digits, the rule is called at inputs and cotangents nearby: the answers may differ as much
    as those scatter.

    Parameters
    ----------
    first : FirstAnswers
        The rule, and the size of its answers.
    actual, expected : sequence of arrays
        The two answers.
    seed : array of shape (n_outputs,)
        The cotangent of the output for which they were given.
    fault : str
        The kind of fault.
    message : str
        The message, with {0} for the actual and {1} for the expected number.
    factor : float, default 1.0
        How many times the first cotangent of the output ``seed`` is.
    """
    eps = first.rule.eps
    rtol, atol = max(RTOL, ULPS * eps), max(ATOL, ULPS * eps) * factor * first.scale
    if find_difference(actual, expected, rtol, atol) is None:
        return
    ends = np.cumsum([x.size for x in first.rule.xs])[:-1]
    scatter = np.split(SCATTER_FACTOR * _scatter(first, seed), ends)
    difference = find_difference(actual, expected, rtol, atol, scatter)
    if difference is not None:
        report_difference(first.rule, difference, fault, message)


def find_difference(
    actual: Sequence[Array], expected: Sequence[Array], rtol: float, atol: float, scatter: Sequence[Array] | None = None
) -> Difference | None:
    """Find the first entry at which two answers differ.

    Parameters
    ----------
    actual, expected : sequence of arrays
        The two answers.
    rtol, atol : float
        By how much they may differ, relative to the expected number and absolutely.
    scatter : sequence of flat arrays, optional
        By how much each entry may differ in addition.

    Returns
    -------
    Difference or None
        None if there is no such entry. Two nan count as equal.
    """
    for k, (a, b) in enumerate(zip(actual, expected, strict=True)):
        allowed = rtol * np.abs(b) + atol + (0.0 if scatter is None else scatter[k].reshape(b.shape))
        is_close = (np.abs(a - b) <= allowed) | (a == b) | (np.isnan(a) & np.isnan(b))
        if not is_close.all():
            index = tuple(int(n) for n in np.argwhere(~is_close)[0])
            return Difference(k, index, float(a[index]), float(b[index]))
    return None


def report_difference(rule: RuleUnderTest, difference: Difference, fault: str, message: str) -> None:
    """Report two answers that differ.

    Parameters
    ----------
    rule : RuleUnderTest
    difference : Difference
    fault, message : str
        As in :func:`compare_answers`.
    """
    argument, index, actual, expected = difference
    where = f", in {rule.labels[argument]}" + (f" at index {index}" if index else "")
    text = message.format(f"{actual:.10g}", f"{expected:.10g}") + where
    rule.report.add_failure(fault, text, argument=argument, index=index, claimed=actual, measured=expected)


def _scatter(first: FirstAnswers, seed: Array) -> Array:
    """How far the answers scatter at inputs that differ in their last digits, and for close multiples of the cotangent."""

    def answer(xs: Sequence[Array], multiple: float = 1.0) -> Array:
        return np.concatenate([c.ravel() for c in first.rule.vjp(multiple * seed, xs)]) / multiple

    answers = [answer(first.rule.xs, multiple) for multiple in CLOSE_MULTIPLES]
    by_cotangent = np.fmin(np.ptp(answers, axis=0), MULTIPLES_RTOL * np.abs(answers[0]))
    by_input = rule_scatter(answer, first.rule.xs, first.rule.bounds, first.rule.eps)
    return np.asarray(np.fmax(by_input, np.nan_to_num(by_cotangent, nan=0.0, posinf=0.0)))
