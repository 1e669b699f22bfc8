"""Directions of a check: every entry and every output is seen, however many there are and wherever they stand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.testing import WrongValueError, check_vjp
from autograd.testing.checks.contract.directions import draw_directions
from autograd.testing.checks.contract.rule_under_test import RuleUnderTest
from benchmark_rules import rules


def test_at_a_kink_each_output_of_many_is_checked():
    x = np.linspace(-1.0, 1.0, 81)
    relu = lambda x: np.maximum(x.real, 0.0) * 1.0  # noqa: E731
    assert check_vjp(relu, lambda xs, g: (g * (xs[0] > 0),), (x,)).verdict == "pass"
    with pytest.raises(WrongValueError, match=r"by input 0 at index"):
        check_vjp(relu, lambda xs, g: (g * (xs[0] > -0.5),), (x,))
    tied = np.array([[0.0, 0.0, 0.0]] * 3 + [[0.0, 1e-12, 20.0]])
    assert check_vjp(relu, lambda xs, g: (g * (xs[0] > 0),), (tied,)).verdict == "pass"
    both = lambda xs, g: (g * (xs[0] == xs[0].max()),)  # noqa: E731
    with pytest.raises(WrongValueError, match="along a direction in which several entries move"):
        check_vjp(lambda x: np.max(x.real), both, (np.array([1.0, 1.0, 0.0]),))


def make_right_rule(name):
    return next(case for case in rules.RIGHT_TWINS if case.name == name).make()


def test_entries_at_the_edge_of_their_domain_pass():
    rule = lambda xs, g: (g * (xs[0] >= 0),)  # noqa: E731
    assert check_vjp(lambda x: np.abs(x.real), rule, (np.zeros(7),), domains=[(0.0, np.inf)]).verdict == "pass"


def test_an_entry_very_near_the_edge_does_not_limit_the_steps_of_others():
    # 999.999999 is a millionth from the edge: steps that short are lost to roundoff beside the other 1000s
    x = np.array([[0.0, 0.0, 1e-9, 999.999999], [0.0, 20.0, 1e-12, 0.0], [710.0, 0.0, 1000.0, 0.0], [0.0, 0.0, -1000.0, 0.0]])
    f, vjp = make_right_rule("batch_norm_lost_mean_right")
    assert check_vjp(f, vjp, (x,), domains=[(-1000.0, 1000.0)]).verdict == "pass"


def test_small_steps_that_round_away_are_no_evidence():
    # beside the 2s small changes round away, and at steps below 2.5e-13 the function is constant
    q, k, v = np.array([[0.0, 0.0], [1e-12, 1e-12]]), np.zeros((4, 2)), np.zeros((4, 3))
    v[1:, 1] = 2.0, -2.0, 1e-12
    f, vjp = make_right_rule("attention_lost_scale_right")
    assert check_vjp(f, vjp, (q, k, v)).verdict == "pass"
    k[1, 1], k[3, 1], q[1, 0] = 0.53125, 0.5625, 9.99
    assert check_vjp(f, vjp, (q, k, v), domains=[(-10.0, 10.0)] * 3).verdict == "pass"


def test_terms_that_cancel_to_1e_13_pass():
    # the terms are of size 0.1, so that differences at small steps are their roundoff
    x, A = np.array([-0.5, 0.5, 0.5]), np.array([[-0.5, 1e-12, 0.0], [-0.5, -0.5, 0.5], [-0.5, 0.0, -0.5]])
    f, vjp = make_right_rule("quadratic_form_symmetric_right")
    assert check_vjp(f, vjp, (x, A)).verdict == "pass"


def test_steps_at_which_the_shape_changes_are_left_out():
    def shrinks(x):
        return x.real * 1.0 if abs(x.real[0] - 1.0) < 1e-3 or x.real[0] > 1.05 else x.real[:3] * 1.0

    for factor, verdict in ((1.0, "pass"), (2.0, "fail")):
        report = check_vjp(shrinks, lambda xs, g, factor=factor: (g * factor,), (np.ones(8),), raise_on_fail=False)
        assert report.verdict == verdict


def test_findings_are_derivatives_however_large_the_point_is():
    (finding,) = check_vjp(np.square, lambda xs, g: (3.0 * g * xs[0],), (64.0,), raise_on_fail=False).findings
    np.testing.assert_allclose([finding.claimed, finding.measured], [192.0, 128.0])


def test_of_many_entries_those_at_an_edge_are_checked():
    x = np.array([0.0, *np.arange(1.0, 9.0)])
    with pytest.raises(WrongValueError, match=r"by input 0 at index \(0,\)"):
        check_vjp(lambda x: np.sum(x.real), lambda xs, g: (g * (xs[0] > 0.0),), (x,), domains=[(0.0, np.inf)])


def test_a_steep_input_does_not_hide_another():
    rule = lambda xs, g: (1.5 * g * np.ones(4), 1e9 * g * np.ones(4))  # noqa: E731
    with pytest.raises(WrongValueError, match="by input 0"):
        check_vjp(lambda x, y: x.sum() + 1e9 * y.sum(), rule, (np.ones(4), np.ones(4)))


def test_one_wrong_output_of_many_is_found():
    def rule(xs, g):
        r = 2.0 * xs[0] * g
        r[700] = -r[700]
        return (r,)

    for dtype in (np.float64, np.float32):
        with pytest.raises(WrongValueError, match=r"by input 0 at index \(700,\)|along a direction in which several entries move"):
            check_vjp(lambda x: x * x, rule, (np.linspace(1.0, 2.0, 1000).astype(dtype),))


def test_an_output_without_a_value_does_not_hide_others():
    with pytest.raises(WrongValueError):
        check_vjp(np.log, lambda xs, g: (1.1 * g / xs[0],), (np.array([-1.0, *range(1, 8)]),))


def test_findings_are_derivatives_if_there_are_many_outputs():
    (finding,) = check_vjp(lambda x: x * x, lambda xs, g: (3.0 * xs[0] * g,), (np.full(7, 2.0),), raise_on_fail=False).findings
    np.testing.assert_allclose([finding.claimed, finding.measured], [6.0, 4.0])


def test_a_wrong_entry_beside_a_much_larger_one_is_found():
    wrong = lambda i, g: (g * np.array([i[0][1], 0.0]),)  # noqa: E731 - the second entry is left out
    for small in (1e-9, 1e-6, 1.0):
        report = check_vjp(lambda x: x[0] * x[1], wrong, (np.array([small, 20.0]),), raise_on_fail=False)
        assert (report.verdict, report.findings[0].index) == ("fail", (1,))


def test_entries_up_to_the_largest_number_are_checked():
    x = np.array([np.finfo(float).max, -1.7e308])
    assert check_vjp(np.tanh, lambda xs, g: (g * (1.0 - np.tanh(xs[0]) ** 2),), (x,)).verdict == "pass"
    with pytest.raises(WrongValueError, match="by input 0"):
        check_vjp(np.tanh, lambda xs, g: (g * 1.0,), (x,))


def test_equal_errors_of_two_entries_cancel_in_all_mixtures_of_one_pair_in_sixteen():
    n = 64
    rule = RuleUnderTest(np.sum, lambda xs, g: (g * np.ones(n),), (np.ones(n),), None, {}, "check_vjp()")
    cancelled = []
    for seed in range(20):
        directions = draw_directions(rule, [np.ones(n, bool)], np.random.default_rng(seed))
        products = np.array([np.outer(u, u) for (u,) in directions])  # negative where two errors of one size cancel
        cancelled.append(np.mean(np.all(products < 0.0, axis=0)[np.triu_indices(n, 1)]))
    assert np.mean(cancelled) == pytest.approx(1 / 16, rel=0.2)


def test_rules_that_are_wrong_for_some_pairs_of_cotangents_are_found():
    def fails(k):
        def rule(xs, g):
            factor = np.ones(30)
            factor[k] = 1.1 if g[0] * g[k] < 0.0 else 1.0
            return (2.0 * xs[0] * g * factor,)

        return check_vjp(np.square, rule, (np.linspace(1.0, 2.0, 30),), raise_on_fail=False).verdict == "fail"

    assert sum(map(fails, range(1, 30))) > 20


@pytest.mark.parametrize("wrong", [1, 2, 3])
def test_each_of_four_inputs_is_checked_beside_a_steep_one(wrong):
    def rule(xs, g):
        cotangents = [1e9 * g * np.ones(3), *[g * np.ones(3) for _ in xs[1:]]]
        cotangents[wrong] *= 1.5
        return tuple(cotangents)

    with pytest.raises(WrongValueError, match=f"by input {wrong}"):
        check_vjp(lambda x, *rest: 1e9 * np.sum(x) + np.sum(rest), rule, (np.ones(3),) * 4)


@pytest.mark.parametrize("wrong", range(4))
def test_each_of_four_groups_of_equal_entries_moves_by_itself(wrong):
    # twelve numbers in pairs: the sum of the maxima of five pairs, minus that of the last one
    signs = np.array([1.0, 1.0, 1.0, 1.0, 1.0, -1.0])

    def f(x):
        return float(np.sum(signs * np.max(x.real.reshape(6, 2), axis=1)))

    def rule(xs, g, doubled):
        shares = np.full((6, 2), 0.5) * signs[:, None]
        shares[doubled] *= 2.0  # both entries get all: along all entries together the errors cancel
        return (g * shares.ravel(),)

    x = np.repeat(np.arange(-1.0, 5.0), 2)
    assert check_vjp(f, lambda xs, g: rule(xs, g, []), (x,)).verdict == "pass"
    with pytest.raises(WrongValueError, match="along a direction in which several entries move"):
        check_vjp(f, lambda xs, g: rule(xs, g, [wrong, 5]), (x,))


@given(st.floats(5e-324, 1e-300), st.sampled_from([(), (1.0,), (0.5, -2.0) * 4]))
def test_entries_near_the_smallest_number_are_checked(tiny, others):
    x = np.array([tiny, *others])
    for factor, verdict in ((1.0, "pass"), (1.1, "fail")):
        rule = lambda xs, g, factor=factor: (factor * g * np.cos(xs[0]),)  # noqa: E731
        # .real: a complex step would measure without small differences
        assert check_vjp(lambda x: np.sin(x.real), rule, (x,), raise_on_fail=False).verdict == verdict


def test_entries_with_little_room_move_by_themselves():
    def evaluations(distance):
        x = np.array([1000.0 * (1.0 - distance), *np.linspace(0.2, 0.6, 8)])
        f, rule = lambda x: np.sum(np.sin(x.real)), lambda xs, g: (g * np.cos(xs[0]),)
        report = check_vjp(f, rule, (x,), domains=[(0.0, 1000.0)])
        assert report.verdict == "pass"
        return report.evaluations

    # in a mixture with the others, an entry at 5e-4 of the edge would limit the steps of all of them
    assert evaluations(5e-4) < 0.6 * evaluations(2e-3)
