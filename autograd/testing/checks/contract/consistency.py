"""The rule's answers held to each other: repeatable, linear, kept apart in memory, and independent of the memory layout."""

from __future__ import annotations

import numpy as np

from autograd.testing.arrays import reversed_fortran
from autograd.testing.checks.contract.answer_comparison import compare_answers, find_difference, report_difference
from autograd.testing.checks.contract.first_answers import FirstAnswers, largest_magnitude
from autograd.testing.measurement.estimate import Array

# How far two answers to the same call may be apart, relatively: sums that threads add up in another order differ by about the
# square root of their length in eps, 2e-13 for a million terms, and 1e-11 leaves a factor of 50. Doubled, no recorded check
# changes.
REPEAT_RTOL = 1e-11

# The combination of two cotangents for which the rule must return the combination of its answers: FACTOR * (b + SECOND_WEIGHT * a).
# It is negative, so that rules that use |g| or max(g, 0) fail, and differs from a and b in each entry. Doubled, the same rules
# fail.
FACTOR = -3.0
SECOND_WEIGHT = 0.5

# A large multiple of a cotangent, for rules that clip it. It leaves three of the seven digits of single precision to a term that is
# not multiplied. Doubled, rules that clip at 10**4 to 2 * 10**4 fail, too.
LARGE_FACTOR = 1e4

# How far the function's values in another memory layout may be apart, relative to each number and to the largest number: sums may
# be added up in another order, in single precision, too, where 1e-6 is 8 eps. Doubled, no recorded check changes.
LAYOUT_RTOL = 1e-6
LAYOUT_ATOL = 1e-10


def check_repeatable(first: FirstAnswers, message: str) -> None:
    """Report a rule that gives another answer when it is called again with the same arguments.

    Two more calls in a row tell a rule that is random from one whose answer depends on other calls.

    Parameters
    ----------
    first : FirstAnswers
    message : str
        The message for a rule that is not random, with {0} for the later and {1} for the first number.
    """
    rule, seed = first.rule, first.seed
    if find_difference(rule.vjp(seed), first.cotangents, REPEAT_RTOL, 0.0) is None:
        return
    now, next_ = rule.vjp(seed), rule.vjp(seed)
    if (found := find_difference(next_, now, REPEAT_RTOL, 0.0)) is not None:
        random = "called twice in a row with the same arguments, the rule returns {0} and then {1}: it is random; fix its seed"
        report_difference(rule, found, "nondeterminism", random)
    elif (found := find_difference(now, first.cotangents, REPEAT_RTOL, 0.0)) is not None:
        report_difference(rule, found, "staleness", message)


def check_linear(first: FirstAnswers) -> None:
    """Report a rule that is not linear in the cotangent of the output.

    Parameters
    ----------
    first : FirstAnswers
    """
    rule, seed, cotangents = first.rule, first.seed, first.cotangents
    last_seed, last_cotangents = first.claims.seeds[-1], first.claims.cotangents[-1]
    combined = FACTOR * (last_seed + SECOND_WEIGHT * seed)
    actual = rule.vjp(combined)
    if largest_magnitude(cotangents) and all(map(np.array_equal, actual, cotangents)):
        rule.report.add_failure("staleness", "the rule returns the same answer for different cotangents of the output")
        return
    expected = [FACTOR * (last + SECOND_WEIGHT * one) for one, last in zip(cotangents, last_cotangents, strict=True)]
    expected = [np.where(np.isfinite(e), e, a) for e, a in zip(expected, actual, strict=True)]
    message = "the rule is not linear in the cotangent: for a combination of two it returns {0} instead of {1}"
    size = abs(FACTOR) * (1.0 + SECOND_WEIGHT)
    compare_answers(first, actual, expected, combined, "nonlinearity", message, size)
    if not rule.report.findings:
        _check_multiples(first)


def _check_multiples(first: FirstAnswers) -> None:
    """Report a rule whose answer for a large multiple of the cotangent, or for zeros, is not that multiple of its answer."""
    large, zero = LARGE_FACTOR * first.seed, 0.0 * first.seed
    expected = [LARGE_FACTOR * c for c in first.cotangents]
    message = "the rule is not linear in the cotangent: for 10⁴ times the cotangent it returns {0} instead of {1}"
    compare_answers(first, first.rule.vjp(large), expected, large, "nonlinearity", message, LARGE_FACTOR)
    if all(np.all(np.isfinite(c)) for c in first.cotangents):
        expected = [0.0 * c for c in first.cotangents]
        message = "the rule is not linear in the cotangent: for a cotangent of zeros it returns {0} instead of 0"
        compare_answers(first, first.rule.vjp(zero), expected, zero, "nonlinearity", message)


def check_buffers(first: FirstAnswers) -> bool:
    """Report cotangents and outputs that a later call has overwritten.

    Parameters
    ----------
    first : FirstAnswers

    Returns
    -------
    bool
        Whether all cotangents still have their numbers.
    """
    rule = first.rule
    for result, cotangents in zip(first.results, first.all_cotangents, strict=True):
        for i, (buffer, cotangent) in enumerate(zip(result, cotangents, strict=True)):
            if buffer is not None and not _is_unmodified(buffer, cotangent):
                message = f"the cotangent of {rule.labels[i]} was overwritten by a later call: return a new array"
                rule.report.add_failure("aliasing", message, argument=i)
                return False
    if not _is_unmodified(rule.first_result, rule.y):
        rule.report.add_failure("aliasing", "the function's result was overwritten by a later call: return a new array")
    return True


def _is_unmodified(buffer: object, values: Array) -> bool:
    return np.array_equal(np.asarray(buffer, dtype=float), values, equal_nan=True)


def check_layout(first: FirstAnswers) -> None:
    """Report a function or a rule whose result depends on the memory layout of its inputs.

    Both are called with the same numbers in Fortran order and with negative strides.

    Parameters
    ----------
    first : FirstAnswers
    """
    rule = first.rule
    if not any(x.size > 1 for x in rule.xs) or not _function_ignores_layout(first):
        return
    result = rule.call_vjp(first.seed, layout=reversed_fortran)
    shapes, shapes_before = ([np.shape(r) for r in results if r is not None] for results in (result, first.results[0]))
    if shapes != shapes_before:
        rule.report.add_failure("layout", "the rule returns other shapes for the same numbers in another memory layout")
        return
    message = "for the same numbers in another memory layout the rule returns {0} instead of {1}"
    compare_answers(first, rule.read_cotangents(result), first.cotangents, first.seed, "layout", message)


def _function_ignores_layout(first: FirstAnswers) -> bool:
    """Report a function that raises or returns something else in another memory layout; return whether it does not."""
    rule = first.rule
    rule.report.evaluations += 1
    problem = ""
    try:
        y = np.asarray(rule.f(*map(reversed_fortran, rule.inputs)), dtype=float)
    except Exception as error:
        problem = f"the function raises {type(error).__name__} for the same numbers in another memory layout: {error}"
    else:
        if y.shape != rule.shape:
            problem = f"the function returns shape {y.shape} for the same numbers in another memory layout, not {rule.shape}"
        elif not _is_close_to_output(y, first):
            problem = "the function returns other values for the same numbers in another memory layout"
    if problem:
        rule.report.add_failure("layout", problem)
    return not problem


def _is_close_to_output(y: Array, first: FirstAnswers) -> bool:
    """Whether the function's values are its values at first, up to the roundoff of adding up in another order."""
    expected = first.rule.y
    size = float(np.max(np.abs(expected[np.isfinite(expected)]), initial=first.input_size))
    return np.allclose(y, expected, rtol=LAYOUT_RTOL, atol=LAYOUT_ATOL * size, equal_nan=True)
