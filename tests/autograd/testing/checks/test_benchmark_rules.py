"""check_vjp on the rules of the benchmark: wrong ones fail with the right fault, right ones pass, hard ones are not failed."""

import pickle

import numpy as np
import pytest

from autograd.testing import (
    AliasingError,
    GradientError,
    MutationError,
    NondeterminismError,
    NonLinearityError,
    NotANumberError,
    StalenessError,
    WrongDtypeError,
    WrongShapeError,
    WrongValueError,
    check_vjp,
)
from benchmark_rules import rules

WRONG = {case.name: case for case in rules.WRONG}


KINDS = {
    "value": WrongValueError,
    "nan": NotANumberError,
    "shape": WrongShapeError,
    "dtype": WrongDtypeError,
    "mutation": MutationError,
    "nondeterminism": NondeterminismError,
    "aliasing": AliasingError,
    "staleness": StalenessError,
    "nonlinearity": NonLinearityError,
}


def check_case(case, draw, seed=0):
    """The report of check_vjp of a case of the benchmark."""
    f, vjp = case.make()
    return check_vjp(f, vjp, draw(np.random.default_rng(seed)), domains=case.domain, raise_on_fail=False, **case.static)


@pytest.mark.parametrize("case", rules.WRONG, ids=lambda c: c.name)
def test_wrong_rules_fail_with_the_right_fault(case):
    f, vjp = case.make()
    with pytest.raises(GradientError) as caught:
        check_vjp(f, vjp, case.shows_at(np.random.default_rng(0)), domains=case.domain, **case.static)
    report = caught.value.report
    assert report.verdict == "fail"
    assert report.findings
    assert len(str(report).splitlines()) <= 15
    assert type(caught.value) is KINDS[report.fault]
    if case.name != "dropout_mask_redrawn":  # whose rule is random, and is called so
        assert report.fault == case.fault
    assert pickle.loads(pickle.dumps(caught.value)).report.fault == report.fault


@pytest.mark.parametrize("case", rules.WRONG[::10], ids=lambda c: c.name)
def test_a_report_that_is_returned_says_what_the_error_says(case):
    report = check_case(case, case.shows_at)
    assert (report.verdict, report.fault) == ("fail", case.fault)


@pytest.mark.parametrize("case", rules.RIGHT_TWINS, ids=lambda c: c.name)
def test_right_rules_pass_at_ordinary_points_and_where_their_wrong_twin_fails(case):
    for draw in (case.draw, WRONG[case.name.removesuffix("_right")].shows_at):
        for seed in range(2):
            report = check_case(case, draw, seed)
            assert report.verdict == "pass", report


@pytest.mark.parametrize("case", rules.HARD, ids=lambda c: c.name)
def test_hard_but_right_rules_do_not_fail(case):
    report = check_case(case, case.draw)
    assert report.verdict in (("pass", "inconclusive") if case.inconclusive else ("pass",)), report
