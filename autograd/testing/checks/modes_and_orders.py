"""What a differentiable graph promises beyond the contract of a rule: its modes agree, and its second derivatives are right."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS
from autograd.testing.checks.contract.first_answers import FirstAnswers
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.checks.graph_function import GraphFunction
from autograd.testing.checks.vjp_check import VjpCheck
from autograd.testing.measurement.estimate import Array
from autograd.testing.report import FAIL, Report

# How far the modes may differ, relative to the terms that they add up. Both evaluate formulas in double precision, so that
# eps**(1/2) = 1.5e-8 lets half of the digits cancel inside. Doubled, a forward mode that is wrong by 2e-8 passes.
MODE_RTOL = 1e-8

# The same in units of eps, for single precision: 64 * 2**-23 = 7.6e-6. Doubled, twice as much.
MODE_ULPS = 64.0

# The roundoff that cancellation leaves of numbers of the size of inputs and outputs, as a fraction of that tolerance: 1e-12 of
# their product, 4500 eps. Doubled, twice as much.
CANCELLATION = 1e-4

# The direction along which forward mode is compared, and along which the gradient is differentiated again: positive numbers of one
# size, so that no entry is lost in the rounding of another. Derivatives are linear in them, so that only their ratio matters, and
# doubling both changes nothing.
WEIGHTS = (0.5, 1.5)

# The length of a message that contains arrays, about two lines of a report. Doubled, four.
MAX_MESSAGE = 300


def check_modes(graph: GraphFunction, first: FirstAnswers, rng: np.random.Generator) -> None:
    """Report a graph for which ``gradients()``, or forward mode along a direction, contradicts ``backward()``.

    Parameters
    ----------
    graph : GraphFunction
    first : FirstAnswers
        What ``backward()`` has answered.
    rng : numpy.random.Generator
    """
    rule = first.rule
    xs, g, rtol = rule.xs, first.seed.reshape(rule.shape), max(MODE_RTOL, MODE_ULPS * rule.eps)
    returned = graph.gradients(xs, g)
    atol = rtol * first.scale
    if not all(np.allclose(r, c, rtol=rtol, atol=atol, equal_nan=True) for r, c in zip(returned, first.cotangents, strict=True)):
        message = f"gradients() returns {returned}, but backward() gives {first.cotangents}"
        rule.report.add_failure("mode", message[:MAX_MESSAGE])
        return
    us = [rng.uniform(*WEIGHTS, x.shape) * np.where(x == 0.0, 1.0, np.abs(x)) for x in xs]
    tangent = graph.tangent(xs, us)
    with np.errstate(**IGNORE_FLOAT_ERRORS):
        forward = float(np.sum(tangent * g))
        claims = first.claims.along(us)
    reverse, tolerance = float(claims.derivatives[0]), rtol * float(claims.term_sizes[0])
    output_size = max(1.0, float(np.max(np.abs(rule.y[np.isfinite(rule.y)]), initial=0.0)))
    roundoff = CANCELLATION * rtol * first.input_size * output_size
    is_finite = np.isfinite(forward) and np.isfinite(reverse)
    if is_finite and abs(forward - reverse) > tolerance + roundoff:
        message = f"forward mode gives {forward:.10g}, reverse mode {reverse:.10g} along one direction"
        rule.report.add_failure("mode", message, claimed=forward, measured=reverse, error=tolerance)


def check_second_order(graph: GraphFunction, first: FirstAnswers, rng: np.random.Generator, report: Report, is_brief: bool) -> None:
    """Check the derivative of the derivative: the gradient along a direction is a function, and its gradient is the rule.

    Parameters
    ----------
    graph : GraphFunction
    first : FirstAnswers
        What ``backward()`` has answered.
    rng : numpy.random.Generator
    report : Report
        Where to report.
    is_brief : bool
        As in :class:`VjpCheck`.
    """
    xs, g = first.rule.xs, first.seed.reshape(first.rule.shape)
    vs = [rng.uniform(*WEIGHTS, x.shape) for x in xs]

    def slope(*xs: Array) -> Any:
        return sum(np.sum(d * v) for d, v in zip(graph.backward(xs, g), vs, strict=True))

    def slope_vjp(xs: tuple[Array, ...], seed: Any) -> tuple[Array, ...]:
        return graph.second_derivatives(xs, g, vs, float(seed))

    rule = RuleUnderTest(slope, slope_vjp, xs, first.rule.bounds, {}, "check_grad(order=2)", "", False, first.rule.labels)
    second = VjpCheck(rule, is_brief).run()
    report.evaluations += second.evaluations
    for finding in second.findings:
        message = f"second order, {finding.message}"
        if second.verdict == FAIL:
            report.add_failure("order", message, argument=finding.argument, index=finding.index)
        else:
            report.add_inconclusive(message, finding.fault)
