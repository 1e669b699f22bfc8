"""What a differentiable graph promises beyond the contract of a rule: its modes agree, and its second derivatives are right."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.backends.backend import QUIET
from autograd.testing.checks.contract.first_answers import FirstAnswers
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.checks.graph_function import GraphFunction
from autograd.testing.checks.vjp_check import VjpCheck
from autograd.testing.measurement.estimate import Array
from autograd.testing.report import FAIL, Report

MODE_RTOL = 1e-8
MODE_ULPS = 64.0
CANCELLATION = 1e-4
WEIGHTS = (0.5, 1.5)
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
    with np.errstate(**QUIET):
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

    rule = RuleUnderTest(slope, slope_vjp, xs, first.rule.bounds, {}, "check_grad(order=2)", is_analytic=False)
    second = VjpCheck(rule, is_brief).run()
    report.evaluations += second.evaluations
    for finding in second.findings:
        message = f"second order, {finding.message}"
        if second.verdict == FAIL:
            report.add_failure("order", message, argument=finding.argument, index=finding.index)
        else:
            report.add_inconclusive(message, finding.fault)
