"""check_vjp: faults other than wrong values, and what a check costs."""

import numpy as np
import pytest

from autograd.testing import (
    AliasingError,
    InconsistentFunctionError,
    LayoutError,
    MutationError,
    NondeterminismError,
    NonLinearityError,
    RuleRaisedError,
    StalenessError,
    check_vjp,
)


def square(xs, g):
    return (2.0 * g * xs[0],)


def test_a_right_rule_takes_at_most_30_evaluations():
    report = check_vjp(
        lambda x, y: np.tanh(x) * y, lambda xs, g: (g * xs[1] * (1 - np.tanh(xs[0]) ** 2), g * np.tanh(xs[0])), (0.3, 0.4)
    )
    assert (report.verdict, report.evaluations <= 30) == ("pass", True)


def sum_of_squares(x):
    return np.sum(x * x)


def test_results_that_depend_on_the_memory_layout_fail():
    def by_strides(xs, g):
        return (2.0 * g * (xs[0] if xs[0].flags.c_contiguous else xs[0][::-1]),)

    def by_shape(xs, g):
        return (2.0 * g * xs[0],) if xs[0].flags.c_contiguous else (np.zeros(1),)

    with pytest.raises(LayoutError, match="in another memory layout the rule returns"):
        check_vjp(sum_of_squares, by_strides, (np.array([1.0, 2.0, 3.0]),))
    with pytest.raises(LayoutError, match="the function returns other values"):
        check_vjp(lambda x: np.sum(x * x) * (1.0 if x.flags.c_contiguous else 2.0), square, (np.array([1.0, 2.0]),))
    with pytest.raises(LayoutError, match="other shapes"):
        check_vjp(sum_of_squares, by_shape, (np.array([1.0, 2.0]),))


def test_shared_and_modified_memory_fails():
    def clears_the_cotangent(xs, g):
        out = 2.0 * g * xs[0]
        g *= 0.0
        return (out,)

    with pytest.raises(AliasingError, match="cotangent 0 shares memory with input 0"):
        check_vjp(lambda x: np.sum(x), lambda xs, g: (xs[0],), (np.ones(2),))
    with pytest.raises(MutationError, match="the rule modifies the cotangent"):
        check_vjp(lambda x: x * x, clears_the_cotangent, (np.array([1.0, 2.0]),))
    with pytest.raises(MutationError, match="the function modifies its input 0"):
        check_vjp(lambda x: np.add(x, 1.0, out=x).sum(), square, (np.array([1.0, 2.0]),))


def test_rules_that_return_an_earlier_answer_fail():
    first = []

    def remembers(xs, g):
        first.append(xs[0].copy()) if not first else None
        return (2.0 * g * first[0],)

    with pytest.raises(StalenessError, match="called at another point, the rule returns its first answer"):
        check_vjp(sum_of_squares, remembers, (np.array([1.0, 2.0]),))
    with pytest.raises(StalenessError, match="the rule returns the same answer for different cotangents"):
        check_vjp(sum_of_squares, lambda xs, g: (2.0 * xs[0],), (np.array([1.0, 2.0]),))


def test_rules_that_are_not_linear_in_the_cotangent_fail():
    with pytest.raises(NonLinearityError, match="for 10⁴ times the cotangent it returns"):
        check_vjp(sum_of_squares, lambda xs, g: (2.0 * np.clip(g, -10.0, 10.0) * xs[0],), (np.array([1.0, 2.0]),))
    with pytest.raises(NonLinearityError, match="for a cotangent of zeros it returns"):
        check_vjp(sum_of_squares, lambda xs, g: (2.0 * g * xs[0] + (g == 0.0),), (np.array([1.0, 2.0]),))


def test_functions_that_are_random_or_change_shape_fail():
    rng = np.random.default_rng(0)
    shapes = iter([np.ones(2), np.ones(3), *[np.ones(2)] * 9])
    for f, words in [
        (lambda x: rng.normal() * x, "two different values for the same inputs"),
        (lambda x: next(shapes), r"shape \(2,\) and then \(3,\)"),
    ]:
        with pytest.raises(InconsistentFunctionError, match=words):
            check_vjp(f, square, (1.0,))
    sizes = lambda x: np.ones(2) if x[0] == 1.0 else np.ones(3)  # noqa: E731
    with pytest.raises(InconsistentFunctionError, match="for inputs of the same shapes"):
        check_vjp(sizes, lambda xs, g: (0.0 * xs[0],), (np.array([1.0, 2.0]),))
    report = check_vjp(lambda x: np.nan * x, square, (1.0,))
    assert (report.verdict, "nan or infinite here" in str(report)) == ("inconclusive", True)

    def partly(x):
        if np.any(np.real(x) != 1.0):
            raise ValueError
        return x

    assert check_vjp(partly, lambda xs, g: (g,), (1.0,)).verdict == "inconclusive"


def test_an_exception_of_the_rule_is_the_cause_of_the_error():
    with pytest.raises(RuleRaisedError) as caught:
        check_vjp(np.sin, lambda xs, g: 1 / 0, (0.5,))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_function_that_fails_in_another_memory_layout_is_reported():
    rule = lambda xs, g: (2.0 * xs[0] * g,)  # noqa: E731
    with pytest.raises(LayoutError, match="the function raises ZeroDivisionError for the same numbers in another memory layout"):
        check_vjp(lambda x: x * x if x.flags.c_contiguous else 1 / 0, rule, (np.ones(3),))
    with pytest.raises(
        LayoutError, match=r"the function returns shape \(2,\) for the same numbers in another memory layout, not \(3,\)"
    ):
        check_vjp(lambda x: x * x if x.flags.c_contiguous else x[:2], rule, (np.ones(3),))


def test_answers_that_change_from_call_to_call_are_called_random():
    calls = []

    def flickering(inputs, g):
        calls.append(1)
        return (g * np.cos(inputs[0]) * (1 + 1e-9 * (len(calls) % 2)),)

    with pytest.raises(
        NondeterminismError, match=r"called twice in a row with the same arguments, the rule returns .* it is random; fix its seed"
    ):
        check_vjp(np.sin, flickering, (np.array([0.3, 0.7]),))


def test_one_different_answer_among_equal_ones_is_found():
    def strange_at(call):
        calls = []

        def once(inputs, g):
            calls.append(1)
            return (g * np.cos(inputs[0]) * (1 + 1e-7 * (len(calls) == call)),)

        return once

    found = [check_vjp(np.sin, strange_at(call), (np.array([0.3, 0.7]),), raise_on_fail=False).verdict for call in range(1, 12)]
    assert "fail" in found


def test_cancellation_inside_a_rule_is_not_called_nonlinear():
    rule = lambda xs, g: (np.array([1e8 * g, (1e8 * g + 1e-3 * g) - 1e8 * g]),)  # noqa: E731
    assert check_vjp(lambda x: 1e8 * x[0] + 1e-3 * x[1], rule, (np.ones(2),)).verdict == "pass"


@pytest.mark.parametrize("size", [2e6, 3e6, 5e6])
def test_coarsely_rounded_answers_are_not_called_nonlinear(size):
    x = np.array([0.3, 0.7, 1.1])
    rule = lambda xs, g: ((size * xs[0] * g + 0.3 * g) - size * xs[0] * g,)  # noqa: E731 - multiples of a large number's last digit
    assert check_vjp(lambda x: 0.3 * x, rule, (x,)).verdict == "pass"


@pytest.mark.parametrize("error", [1e-6, 1e-7])
def test_small_nonlinear_terms_are_called_nonlinear(error):
    x = np.array([0.3, 0.7, 1.1])
    rule = lambda xs, g: (0.3 * g + error * g * g,)  # noqa: E731
    report = check_vjp(lambda x: 0.3 * x, rule, (x,), raise_on_fail=False)
    assert {finding.fault for finding in report.findings} == {"nonlinearity"}


def test_cancelling_answers_may_differ_by_as_much_as_they_scatter():
    x = np.array([1e8, 1.0, -1e8])

    def rule(inputs, g):  # whose last digits depend on the order of the terms
        total = (inputs[0] * g).sum() - g.sum() * inputs[0].sum()
        return (g * inputs[0].sum() + 0.0 * total + inputs[0] * g.sum() - inputs[0] * g.sum(),)

    f = lambda x: x * x.sum()  # noqa: E731
    right = lambda i, g: (g * i[0].sum() + (g * i[0]).sum(),)  # noqa: E731
    assert check_vjp(f, right, (x,), raise_on_fail=False).verdict != "fail"
    assert check_vjp(f, rule, (x,), raise_on_fail=False).verdict == "fail"
