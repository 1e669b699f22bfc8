"""Reports, as text and as data."""

import numpy as np
import pytest

from autograd.testing import MutationError, Report, check_vjp


def test_a_report_has_at_most_fifteen_lines():
    report = Report("a check", expression="x", blame="y", reproduce="z")
    for _ in range(8):
        report.add_failure("value", "one\ntwo\nthree\nfour")
    assert len(str(report).splitlines()) <= 15


@pytest.mark.parametrize("first", ["failure", "inconclusive"])
def test_a_failure_is_not_hidden_by_what_could_not_be_decided(first):
    report = Report("a check")
    if first == "failure":
        report.add_failure("value", "wrong")
    report.add_inconclusive("undecided")
    if first == "inconclusive":
        assert (report.verdict, report.fault) == ("inconclusive", "")
        report.add_failure("value", "wrong")
    assert (report.verdict, report.fault, [f.message for f in report.findings]) == ("fail", "value", ["wrong"])


def test_a_function_that_modifies_its_input_and_returns_nan_fails():
    def f(x):
        x[0] = 7.0
        return np.full(2, np.nan)

    with pytest.raises(MutationError, match="the function modifies its input 0"):
        check_vjp(f, lambda inputs, g: (g,), (np.array([1.0, 2.0]),))
