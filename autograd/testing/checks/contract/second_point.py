"""The rule at a second point: it shows rules that remember their first answer, and rules that are right at the first point only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.testing.arrays import format_array
from autograd.testing.checks.contract.claimed_vjps import ClaimedVjps
from autograd.testing.checks.contract.first_answers import FirstAnswers, largest_magnitude
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.checks.contract.value_check import judge_claims, report_wrong_value
from autograd.testing.judgement.verdict import FAIL
from autograd.testing.measurement.estimate import EPS, SMOOTH, Array

# The second point: each entry times 9/8, and 1/32 for 0. These are sums of powers of 2, so that it has few digits; it is far enough
# away that derivatives differ in the first digits, and near enough to be inside most domains. With twice the distance, more second
# points are outside.
STRETCH = 1.125
SHIFT_OF_0 = 0.03125

# How far an answer may be from the first one to count as the same, relatively: 4500 eps, since the first answers are added up for
# comparison. Doubled, the same rules are found.
SAME_RTOL = 1e-12


class SecondPoint(NamedTuple):
    """Another point, and the rule's answer there.

    Parameters
    ----------
    xs : list of arrays
        The inputs.
    y : array
        The output.
    seed : array of shape (n_outputs,)
        The cotangent of the output.
    cotangents : list of arrays
        The rule's answer.
    """

    xs: list[Array]
    y: Array
    seed: Array
    cotangents: list[Array]


def visit_second_point(first: FirstAnswers) -> SecondPoint | None:
    """Call the function and the rule at another point.

    Parameters
    ----------
    first : FirstAnswers

    Returns
    -------
    SecondPoint or None
        None if the function has no finite value there, or if the rule computes in less than double precision, so that its answer
        cannot be judged closely enough.
    """
    rule = first.rule
    stretched = [_stretch(x) + np.where(x == 0.0, SHIFT_OF_0, 0.0) for x in rule.xs]
    xs = [np.asarray(np.clip(x, *ends)) for x, ends in zip(stretched, rule.bounds, strict=True)]
    y = _value_at(rule, xs)
    if y is None or not y.size or not np.all(np.isfinite(y)) or not any(x.size for x in xs):
        return None
    seed = np.sum(first.claims.seeds, axis=0)
    cotangents = rule.vjp(seed, xs)
    return None if rule.eps > EPS else SecondPoint(xs, y, seed, cotangents)


def _stretch(x: Array) -> Array:
    """Return an array times STRETCH, or divided by it where the product would be infinite."""
    return x * np.where(np.abs(x) > np.finfo(x.dtype).max / STRETCH, 1.0 / STRETCH, STRETCH)


def check_second_point(first: FirstAnswers, second: SecondPoint, rng: np.random.Generator, is_brief: bool) -> None:
    """Report a rule whose answer at the second point is wrong.

    Parameters
    ----------
    first : FirstAnswers
    second : SecondPoint
    rng : numpy.random.Generator
    is_brief : bool
        Whether to report only the answer of the first point, given again. A search comes by other wrong answers anyway, and should
        report the point where it finds them.
    """
    rule = first.rule
    is_stale = largest_magnitude(second.cotangents) > 0.0 and _is_first_answer(first, second.cotangents)
    if is_brief and not is_stale:
        return
    claims = ClaimedVjps(second.seed[None], [second.cotangents])
    us = [np.where(x == 0.0, 1.0, np.abs(x)) * rng.choice([-1.0, 1.0], x.shape) for x in second.xs]
    y = second.y.ravel()
    point = rule.point._replace(xs=second.xs, y=y, output_sizes=np.abs(y))
    (judgement,) = judge_claims(rule, point, us, claims)
    if judgement.verdict == FAIL and judgement.kind == SMOOTH:
        fault = "staleness" if is_stale else "value"
        where = "called at another point, the rule returns its first answer" if is_stale else "right at the inputs, wrong nearby"
        suffix = f", at {', '.join(map(format_array, second.xs))}"
        report_wrong_value(rule.report, where, judgement, fault, suffix)


def _value_at(rule: RuleUnderTest, xs: Sequence[Array]) -> Array | None:
    """The function's value at other inputs; None if it raises, or if its shape has changed, which is reported."""
    rule.report.evaluations += 1
    try:
        y = np.asarray(rule.f(*[x.astype(x0.dtype) for x, x0 in zip(xs, rule.inputs, strict=True)]), dtype=float)
    except Exception:  # the second point may be outside of an undeclared domain
        return None
    if y.shape != rule.shape:
        message = f"the function returned shape {rule.shape}, and {y.shape} for inputs of the same shapes"
        rule.report.add_failure("function", message)
        return None
    return y


def _is_first_answer(first: FirstAnswers, cotangents: Sequence[Array]) -> bool:
    """Whether an answer to the sum of the seeds is the sum of the first answers."""
    sums = [sum(parts) for parts in zip(*first.claims.cotangents, strict=True)]
    return all(np.allclose(a, b, rtol=SAME_RTOL, atol=0.0) for a, b in zip(cotangents, sums, strict=True))
