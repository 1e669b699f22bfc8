"""What each threshold and each part of the checks is for: the smallest program that goes wrong without it."""

import numpy as np
import pytest

from autograd import DataError, SettingError, Tensor, anomaly, define, grad, hvp, jvp, no_grad, scope, stop_gradient
from autograd.backends.float_backend import FLOAT
from autograd.testing import (
    LayoutError,
    ModeError,
    RuleRaisedError,
    WrongShapeError,
    WrongValueError,
    check_grad,
    check_op,
    check_vjp,
    derivative,
)


def test_anomaly_watches_a_hessian_vector_product():
    with anomaly(), pytest.raises(ArithmeticError, match="the derivative of sqrt by its first argument made inf"):
        hvp(lambda x: np.sqrt(x).sum(), np.zeros(1), np.ones(1))


def test_a_hook_that_the_function_registers_is_heard_by_a_hessian_vector_product():
    def f(x):
        y = np.sin(x)
        y.register_hook(lambda g: 2.0 * g)
        return y.sum()

    x, v = np.array([0.5]), np.array([1.0])
    np.testing.assert_allclose(hvp(f, x, v), jvp(grad(f), (x,), (v,))[1])


def test_complex_numbers_are_trusted_only_where_the_real_part_stays():
    e = derivative(lambda x: x * x * (1.0005 if np.iscomplexobj(x) else 1.0), 3.0)
    assert abs(e.value - 6.0) <= 2.0 * e.error + 1e-12


def test_a_slope_that_hides_in_the_rounding_of_1_is_no_contradiction():
    report = check_vjp(lambda x: 1.0 + np.tanh(x), lambda xs, g: (g / np.cosh(xs[0]) ** 2,), (-30.0,))
    assert report.verdict == "pass"


def test_a_relative_error_of_a_hundred_thousandth_is_found():
    with pytest.raises(WrongValueError):
        check_vjp(np.exp, lambda xs, g: (1.00001 * g * np.exp(xs[0]),), (0.5,))


def test_a_slope_of_a_ten_millionth_of_a_millionth_is_told_from_zero():
    with pytest.raises(WrongValueError):
        check_vjp(lambda x: 1.0 / (1.0 + np.exp(-x)), lambda xs, g: (0.0 * g,), (-30.0,))


def test_what_drowns_in_the_rounding_of_another_output_is_not_condemned():
    rule = lambda xs, g: (g[0] + ((1.0 + 1e-20) - 1.0) * g[1],)  # noqa: E731
    report = check_vjp(lambda x: np.array([1.0, 1e-20]) * x.real, rule, (0.5,), raise_on_fail=False)
    assert report.verdict != "fail"


@pytest.mark.parametrize("seed", [110, 120, 131, 138])
def test_any_side_of_many_kinks_at_once_is_right(seed):
    side, sign = np.random.default_rng(seed).integers(0, 2, 40), np.where(np.arange(40) % 2, 1.0, -1.0)
    rule = lambda xs, g: (g * sign * np.where(xs[0] == 0.0, side, xs[0] > 0.0),)  # noqa: E731
    assert check_vjp(lambda x: np.sum(sign * np.maximum(x.real, 0.0)), rule, (np.zeros(40),)).verdict == "pass"


def test_what_cancels_inside_a_rule_is_not_called_nonlinear():
    rule = lambda xs, g: (np.array([1e8 * g, (1e8 * g + 1e-3 * g) - 1e8 * g]),)  # noqa: E731
    assert check_vjp(lambda x: 1e8 * x[0] + 1e-3 * x[1], rule, (np.ones(2),)).verdict == "pass"


@pytest.mark.parametrize("size", [2e6, 3e6, 5e6])
def test_answers_on_a_coarse_grid_are_not_called_nonlinear(size):
    x = np.array([0.3, 0.7, 1.1])
    rule = lambda xs, g: ((size * xs[0] * g + 0.3 * g) - size * xs[0] * g,)  # noqa: E731 - multiples of a large number's last digit
    assert check_vjp(lambda x: 0.3 * x, rule, (x,)).verdict == "pass"


@pytest.mark.parametrize("error", [1e-6, 1e-7])
def test_small_nonlinear_terms_are_called_nonlinear(error):
    x = np.array([0.3, 0.7, 1.1])
    rule = lambda xs, g: (0.3 * g + error * g * g,)  # noqa: E731
    report = check_vjp(lambda x: 0.3 * x, rule, (x,), raise_on_fail=False)
    assert {finding.fault for finding in report.findings} == {"nonlinearity"}


def test_outputs_in_single_precision_are_judged_as_such():
    single = lambda x: (2.0 * np.real(x)).astype(np.float32)  # noqa: E731
    assert check_vjp(single, lambda xs, g: (np.float64(2.001) * g,), (np.array([0.5]),), raise_on_fail=False).verdict == "pass"


def test_what_a_rule_raises_is_the_cause():
    with pytest.raises(RuleRaisedError) as caught:
        check_vjp(np.sin, lambda xs, g: 1 / 0, (0.5,))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_findings_are_derivatives_however_large_the_point():
    (finding,) = check_vjp(np.square, lambda xs, g: (3.0 * g * xs[0],), (64.0,), raise_on_fail=False).findings
    np.testing.assert_allclose([finding.claimed, finding.measured], [192.0, 128.0])


def test_of_many_entries_those_at_an_edge_are_looked_at():
    x = np.array([0.0, *np.arange(1.0, 9.0)])
    with pytest.raises(WrongValueError, match=r"by input 0 at index \(0,\)"):
        check_vjp(lambda x: np.sum(x.real), lambda xs, g: (g * (xs[0] > 0.0),), (x,), domains=[(0.0, np.inf)])


def test_a_small_input_is_not_hidden_by_a_steep_one():
    rule = lambda xs, g: (1.5 * g * np.ones(4), 1e9 * g * np.ones(4))  # noqa: E731
    with pytest.raises(WrongValueError, match="by input 0"):
        check_vjp(lambda x, y: x.sum() + 1e9 * y.sum(), rule, (np.ones(4), np.ones(4)))


def test_modes_that_differ_by_little_are_told_apart():
    apart = define(
        "modes_apart", lambda xp, a: a * a, vjp=lambda xp, i, g, y, a: g * 2.0 * a, jvp=lambda xp, i, t, y, a: t * 2.0001 * a
    )
    with pytest.raises(ModeError, match="forward mode gives"):
        check_grad(apart, np.array([1.0, 2.0]))


def test_worlds_that_differ_by_little_are_told_apart():
    define("worlds_near", lambda xp, a: a * (1.0 + 1e-5 * (xp is FLOAT)), lambda xp, y, a: 1.0)
    with pytest.raises(WrongValueError, match="as a float"):
        check_op("worlds_near")


def test_another_side_for_each_output_at_a_kink_near_by_is_not_condemned():
    def f(x, y):
        return np.array([np.maximum(x, y).sum(), np.minimum(x, y).sum(), 0.01 * np.abs(x.real - y.real).sum()]).real

    def rule(xs, g):
        x, y = xs
        slope = 0.01 * g[2] * np.sign(x - y)
        return g[0] * (x >= y) + g[1] * (x <= y) + slope, g[0] * (y > x) + g[1] * (y < x) - slope

    assert check_vjp(f, rule, (np.ones(2), np.ones(2)), raise_on_fail=False).verdict == "pass"


def test_rules_in_single_precision_are_not_condemned_near_by():
    def softmax(x):
        e = np.exp(x - x.max())
        return e / e.sum()

    rule = lambda xs, g: (softmax(xs[0]) * (g - (g * softmax(xs[0])).sum()),)  # noqa: E731
    x = np.random.default_rng(0).normal(size=4).astype(np.float32)
    assert check_vjp(softmax, rule, (x,), raise_on_fail=False).verdict == "pass"


def test_a_steeply_curved_function_is_not_taken_for_a_kinked_one():
    with pytest.raises(WrongValueError):
        check_vjp(lambda x: np.sin(1e5 * np.real(x)), lambda xs, g: (1.02e5 * g * np.cos(1e5 * xs[0]),), (1.00001,))


def test_a_function_that_is_flat_near_by_and_bends_further_off_has_slope_0():
    e = derivative(lambda x: max(x - 1e-3, 0.0) ** 2, 0.0)
    assert (e.kind, e.value) == ("smooth", 0.0)
    assert e.error < 1e-12


@pytest.mark.parametrize(("tiny", "x"), [(2.15327690175704e-310, 2.69), (2.0723335779773e-310, -0.58)])
def test_numbers_that_have_lost_digits_are_compared_as_such(tiny, x):
    rule = lambda xs, g: (g * np.cos(xs[0]) * tiny,)  # noqa: E731
    assert check_vjp(lambda x: tiny * np.sin(np.real(x)), rule, (x,), raise_on_fail=False).verdict == "pass"


def test_a_leaf_gathers_what_comes_whole_and_in_parts():
    np.testing.assert_array_equal(grad(lambda x: x[0] * x[1] + (x * x).sum())(np.array([1.0, 2.0])), [4.0, 5.0])


def test_a_result_gathers_what_comes_whole_and_in_parts():
    def f(x):
        y = 2.0 * x
        return y[0] * y[1] + (y * y).sum()

    np.testing.assert_array_equal(grad(f)(np.array([1.0, 2.0])), [16.0, 20.0])


def test_a_huge_slope_of_a_function_of_numbers_alone_is_decided():
    x = np.random.default_rng(0).normal(size=3)
    assert check_vjp(lambda x: 1e12 * np.real(x), lambda xs, g: (1e12 * g,), (x,), raise_on_fail=False).verdict == "pass"


# -- found by attacking the checks


def test_an_infinite_slope_at_one_entry_condemns_no_other():
    domain = [(0.0, np.inf)]
    root = lambda xs, g: (g * 0.5 / np.sqrt(xs[0]),)  # noqa: E731
    assert check_vjp(lambda x: np.sqrt(x).sum(), root, (np.array([0.0, 1.0]),), domains=domain).verdict == "pass"
    assert check_grad(np.sqrt, np.array([0.0, 1.0]), domains=domain).verdict == "pass"
    assert check_grad(np.log, np.array([0.0, 1.0]), domains=domain).verdict == "inconclusive"
    assert check_grad(lambda x, y: x**0.5 + y, 0.0, 1.0, domains=[domain[0], None]).verdict == "pass"


def test_one_wrong_output_of_many_is_found():
    def rule(xs, g):
        r = 2.0 * xs[0] * g
        r[700] = -r[700]
        return (r,)

    for dtype in (np.float64, np.float32):
        with pytest.raises(WrongValueError, match=r"by input 0 at index \(700,\)|along a direction in which several entries move"):
            check_vjp(lambda x: x * x, rule, (np.linspace(1.0, 2.0, 1000).astype(dtype),))


def test_an_output_without_a_value_hides_no_other():
    with pytest.raises(WrongValueError):
        check_vjp(np.log, lambda xs, g: (1.1 * g / xs[0],), (np.array([-1.0, *range(1, 8)]),))


def test_of_many_outputs_the_numbers_are_derivatives():
    (finding,) = check_vjp(lambda x: x * x, lambda xs, g: (3.0 * xs[0] * g,), (np.full(7, 2.0),), raise_on_fail=False).findings
    np.testing.assert_allclose([finding.claimed, finding.measured], [6.0, 4.0])


def test_single_precision_is_no_disagreement_of_modes():
    for x in (0.5, 1.0, 3.25):
        assert check_grad(lambda x: np.tanh(x) * x, np.array([x, x / 3.0 + 0.1], np.float32)).verdict == "pass"


def test_a_check_leaves_the_gradients_of_captured_parameters_alone():
    w = Tensor([1.0, 2.0])
    w.grad = np.array([5.0, 6.0])
    check_grad(lambda x: (w * x).sum(), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(w.grad, [5.0, 6.0])


def test_a_check_inside_no_grad_and_of_a_transform():
    with no_grad():
        assert check_grad(lambda x: x * x, 2.0).verdict == "pass"
        with pytest.raises(WrongValueError):
            check_grad(lambda x: stop_gradient(x) * x, 2.0)
    assert check_grad(lambda x: grad(lambda y: (y**3).sum())(x), np.ones(3)).verdict == "pass"


def test_transforms_of_nodes_record_inside_no_grad():
    t = Tensor([1.0, 2.0])

    def f(x):
        with scope("inside"), no_grad():
            pass  # a block that closes inside leaves the rest recorded
        return (x**3).sum()

    with no_grad():
        np.testing.assert_array_equal(grad(f)(t).data, [3.0, 12.0])
        np.testing.assert_array_equal(hvp(f, t, np.ones(2)).data, [6.0, 12.0])


@pytest.mark.parametrize(
    ("f", "x", "want"),
    [
        (lambda x: x**3, -1.0, -6.0),
        (lambda x: x**-1, -2.0, -0.25),
        (lambda x: (-x) ** 2 * x, -1.0, -6.0),
        (lambda x: x**0.5, 0.0, -np.inf),
        (lambda x: 2.0**x, 1.0, 2.0 * np.log(2.0) ** 2),
        (lambda x: x**3, 0.0, 0.0),
    ],
)
def test_hessian_vector_products_of_powers(f, x, want):
    assert hvp(f, x, 1.0) == pytest.approx(want, rel=1e-14)
    assert jvp(grad(f), (x,), (1.0,))[1] == pytest.approx(want, rel=1e-14)


def test_a_function_that_changes_its_argument_is_measured_where_it_stands():
    assert derivative(lambda x: (x.__iadd__(1.0) ** 2).sum(), np.array([1.0, 2.0])).value == pytest.approx(10.0)


def test_an_operation_is_passed_only_where_something_was_decided():
    assert check_op("sqrt", 0.0).verdict == "inconclusive"
    nothing = define("never_a_number", lambda xp, a: a * np.nan, lambda xp, y, a: 7.0)
    assert check_op(nothing).verdict == "inconclusive"
    assert check_op(define("log_anywhere", lambda xp, a: xp.log(a), lambda xp, y, a: 1.0 / a)).verdict == "inconclusive"
    assert check_op("leaky_relu", slope=0.1).verdict == "pass"


def test_a_layout_that_the_function_cannot_take_is_a_fault():
    rule = lambda xs, g: (2.0 * xs[0] * g,)  # noqa: E731
    with pytest.raises(LayoutError, match="the function raises ZeroDivisionError for the same numbers in another memory layout"):
        check_vjp(lambda x: x * x if x.flags.c_contiguous else 1 / 0, rule, (np.ones(3),))
    with pytest.raises(
        LayoutError, match=r"the function returns shape \(2,\) for the same numbers in another memory layout, not \(3,\)"
    ):
        check_vjp(lambda x: x * x if x.flags.c_contiguous else x[:2], rule, (np.ones(3),))


ONE = (2.0,)
SINE = (np.sin, lambda xs, g: (g * np.cos(xs[0]),))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: check_vjp(*SINE, (np.array([1.0, np.nan]),)), DataError, "input 0 contains nan: pass finite numbers"),
        (lambda: check_vjp(*SINE, ([[1.0], [1.0, 2.0]],)), DataError, "input 0 is a nested list of unequal lengths"),
        (
            lambda: check_vjp(lambda x: [[1.0], [1.0, 2.0]], SINE[1], ONE),
            DataError,
            "the function returns a nested list of unequal",
        ),
        (
            lambda: check_vjp(np.sin, lambda xs, g: [[[1.0], [1.0, 2.0]]], ONE),
            WrongShapeError,
            "a cotangent cannot be converted to an array",
        ),
        (
            lambda: check_vjp(*SINE, ONE, domains=[(0, 1, 2)]),
            SettingError,
            r"a domain is None, a pair \(low, high\), Real or Array",
        ),
        (lambda: check_vjp(*SINE, ONE, domains=[("0", "5")]), SettingError, "a domain is None, a pair"),
        (lambda: check_vjp(once_only(), SINE[1], ONE), DataError, "called a second time, the function raises StopIteration"),
        (lambda: check_grad(lambda x: None, 2.0), DataError, r"^check_grad\(\): the function returns None"),
        (lambda: derivative(3.0, 1.0), DataError, r"derivative\(\) takes a function as its first argument, not 3.0"),
        (lambda: derivative(np.tanh, np.inf), DataError, "the point contains inf: pass finite numbers"),
        (lambda: derivative(np.sin, 1.0, np.nan), DataError, "the direction contains nan"),
        (lambda: derivative(np.log, -1.0, low=0.0), DataError, "the point is outside of the domain from low=0 to high=inf"),
        (lambda: derivative(lambda x: 1 / 0, 1.0), DataError, "the function raises ZeroDivisionError at the point"),
        (lambda: check_op("hypot", 1.0), SettingError, r"check_op\(\): hypot takes 2 inputs, not 1"),
        (lambda: check_op("tanh", 1.0, foo=1), SettingError, "tanh has no setting 'foo'; it has none"),
        (lambda: check_op("leaky_relu"), SettingError, "leaky_relu needs slope, as in"),
    ],
)
def test_what_cannot_be_checked_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call()


def once_only():
    answers = iter([1.0])
    return lambda x: next(answers) if np.isrealobj(x) else x
