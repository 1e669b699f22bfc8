"""check_vjp: the whole contract of a reverse-mode rule at one point: values, shapes, types, memory, and state."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.testing.checks.contract.consistency import check_buffers, check_layout, check_linear, check_repeatable
from autograd.testing.checks.contract.first_answers import FirstAnswers
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from autograd.testing.checks.contract.second_point import SecondPoint, check_second_point, visit_second_point
from autograd.testing.checks.contract.value_check import ValueCheck
from autograd.testing.report import Report


def check_vjp(
    f: Callable[..., Any],
    vjp: Callable[..., Any],
    inputs: Sequence[Any],
    /,
    *,
    domains: Sequence[Any] | None = None,
    raise_on_fail: bool = True,
    **static: Any,
) -> Report:
    """Check a vector-Jacobian product against its function at one point.

    The claimed derivatives are compared with derivatives that are measured from values of f alone. Besides, the rule must

    - return one cotangent per input, of its shape and of at least its precision;
    - not modify its arguments, and return arrays that share no memory with them and that no later call overwrites;
    - return the same answer again, also after a call at another point and for any memory layout of the inputs;
    - be linear in the cotangent of the output.

    Parameters
    ----------
    f : callable
        The function: ``f(*inputs, **static)`` returns a real number or an array.
    vjp : callable
        The rule: ``vjp(inputs, g, **static)`` takes the tuple of inputs and the cotangent of the output, and returns one cotangent
        per input; None counts as zeros. Without a tuple or list, the result is the cotangent of the only input.
    inputs : tuple or list
        The point: floats and arrays of floats.
    domains : sequence, optional
        For each input None, a pair (low, high), ``Real`` or ``Array``. The function is not called outside of its domain, and at the
        edge the derivative is one-sided.
    raise_on_fail : bool, default True
        Whether to raise if the check fails.
    **static
        Settings for f and vjp, which are not differentiated.

    Returns
    -------
    Report
        The verdict is "inconclusive" if the function is too noisy, or not finite.

    Raises
    ------
    GradientError
        If the check fails and ``raise_on_fail`` is true; the subclass tells the kind of fault.
    DataError
        If the inputs are not finite floats, or if f raises or returns no real numbers.
    SettingError
        If a domain is not one of the above, or is empty.

    See Also
    --------
    check_grad : Checks a function of nodes.
    search_vjp : Searches for a point at which this check fails.

    Examples
    --------
    >>> report = check_vjp(lambda x: np.sum(x**2), lambda xs, g: (2 * g * xs[0],), (np.array([1.0, -2.0]),))
    >>> report.verdict, report.evaluations <= 30
    ('pass', True)
    """
    rule = RuleUnderTest(f, vjp, inputs, domains, static, "check_vjp()")
    return VjpCheck(rule).run().raise_if_failed(raise_on_fail)


class VjpCheck:
    """The contract of a rule: its parts are checked one after the other, until one fails.

    Parameters
    ----------
    rule : RuleUnderTest
    is_brief : bool, default False
        Whether to report a wrong value without bringing it down to one entry, as the many checks of a search do.

    Attributes
    ----------
    rng : numpy.random.Generator
        The generator for cotangents and directions, with a fixed seed.
    first : FirstAnswers or None
        The rule's first answers; None if the function itself was rejected.
    second : SecondPoint or None
        The rule at another point; None if that was not reached, or if there is nothing to check.
    """

    def __init__(self, rule: RuleUnderTest, is_brief: bool = False) -> None:
        self.rule: RuleUnderTest = rule
        self.is_brief: bool = is_brief
        self.rng: np.random.Generator = np.random.default_rng(0)
        self.first: FirstAnswers | None = None
        self.second: SecondPoint | None = None

    def run(self) -> Report:
        """Check all parts.

        Returns
        -------
        Report
        """
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            self.rule.examine_function()
            if not self.rule.report.findings:
                self.first = FirstAnswers(self.rule, self.rng)
                self._check_answers(self.first)
        return self.rule.report

    def _check_answers(self, first: FirstAnswers) -> None:
        """Check the rule, given its first answers, up to the first part that fails."""
        parts = (
            self._check_repeatable,
            check_linear,
            self._visit_second_point,
            check_layout,
            self._check_values,
            self._check_second_point,
        )
        for check_part in parts:
            if not self.rule.report.findings:
                check_part(first)

    def _check_repeatable(self, first: FirstAnswers) -> None:
        check_repeatable(first, "called again with the same arguments, the rule returns {0}, and {1} before")

    def _visit_second_point(self, first: FirstAnswers) -> None:
        """Call the rule elsewhere, after which its first results must still stand, and it must give its first answer again."""
        self.second = visit_second_point(first)
        if check_buffers(first):
            check_repeatable(first, "called again after a call at another point, the rule returns {0}, and {1} before")

    def _check_values(self, first: FirstAnswers) -> None:
        """Check the claimed derivatives, if there are any."""
        if self.rule.y.size and any(x.size for x in self.rule.xs):
            ValueCheck(self.rule, first.claims, first.dense_vjps, self.rng, self.is_brief).run()

    def _check_second_point(self, first: FirstAnswers) -> None:
        if self.second is not None:
            check_second_point(first, self.second, self.rng, self.is_brief)
