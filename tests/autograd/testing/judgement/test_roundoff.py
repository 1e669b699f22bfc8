"""Roundoff: differences that it explains are not failures, in double and in single precision."""

import numpy as np
import pytest

from autograd import DataError
from autograd.testing import Array, GradientError, check_grad, check_vjp


def test_a_derivative_below_the_roundoff_of_1_passes():
    report = check_vjp(lambda x: 1.0 + np.tanh(x), lambda xs, g: (g / np.cosh(xs[0]) ** 2,), (-30.0,))
    assert report.verdict == "pass"


def test_roundoff_of_another_output_is_not_a_failure():
    rule = lambda xs, g: (g[0] + ((1.0 + 1e-20) - 1.0) * g[1],)  # noqa: E731
    report = check_vjp(lambda x: np.array([1.0, 1e-20]) * x.real, rule, (0.5,), raise_on_fail=False)
    assert report.verdict != "fail"


@pytest.mark.parametrize(("tiny", "x"), [(2.15327690175704e-310, 2.69), (2.0723335779773e-310, -0.58)])
def test_subnormal_derivatives_pass(tiny, x):
    rule = lambda xs, g: (g * np.cos(xs[0]) * tiny,)  # noqa: E731
    assert check_vjp(lambda x: tiny * np.sin(np.real(x)), rule, (x,), raise_on_fail=False).verdict == "pass"


def test_rules_in_single_precision_pass_or_fail():
    x = np.array([0.5, -1.5], np.float32)
    right = lambda xs, g: (g * np.cos(xs[0]),)  # noqa: E731
    assert check_vjp(np.sin, right, (x,)).verdict == "pass"
    with pytest.raises(GradientError):
        check_vjp(np.sin, lambda xs, g: (-g * np.cos(xs[0]),), (x,))


def test_outputs_in_single_precision_limit_the_judgement():
    single = lambda x: (2.0 * np.real(x)).astype(np.float32)  # noqa: E731
    assert check_vjp(single, lambda xs, g: (np.float64(2.001) * g,), (np.array([0.5]),), raise_on_fail=False).verdict == "pass"


def test_a_rule_in_single_precision_is_not_failed_at_the_second_point():
    def softmax(x):
        e = np.exp(x - x.max())
        return e / e.sum()

    rule = lambda xs, g: (softmax(xs[0]) * (g - (g * softmax(xs[0])).sum()),)  # noqa: E731
    x = np.random.default_rng(0).normal(size=4).astype(np.float32)
    assert check_vjp(softmax, rule, (x,), raise_on_fail=False).verdict == "pass"


def test_functions_that_accept_only_single_precision_are_measured_in_it():
    def strict(x):
        if x.dtype != np.float32:
            raise TypeError("single precision only")
        return np.sin(x)

    def narrowing(x):
        return np.sin(x) if x.dtype == np.float32 else np.sin(x).sum()

    x = np.array([0.3, 0.7], np.float32)
    for f in (strict, narrowing):
        right = check_vjp(f, lambda i, g: (g * np.cos(i[0]),), (x,), raise_on_fail=False)
        assert right.verdict in ("pass", "inconclusive")
        assert check_vjp(f, lambda i, g: (g * 1.5 * np.cos(i[0]),), (x,), raise_on_fail=False).verdict == "fail"
    with pytest.raises(DataError, match=r"Array\(\): float16 has three digits"):
        Array("n", dtype=np.float16)


def test_a_noisy_function_of_many_entries_does_not_fail():
    noisy = lambda x: x + 1e-3 * np.sin(1e9 * x)  # noqa: E731 - a function that no step resolves
    for n in (20, 100):
        x = np.linspace(0.1, 2.0, n)
        report = check_vjp(noisy, lambda i, g: (g * (1 + 1e6 * np.cos(1e9 * i[0])),), (x,), raise_on_fail=False)
        assert report.verdict in ("pass", "inconclusive")


def test_an_infinite_derivative_of_one_entry_does_not_fail_others():
    domain = [(0.0, np.inf)]
    root = lambda xs, g: (g * 0.5 / np.sqrt(xs[0]),)  # noqa: E731
    assert check_vjp(lambda x: np.sqrt(x).sum(), root, (np.array([0.0, 1.0]),), domains=domain).verdict == "pass"
    assert check_grad(np.sqrt, np.array([0.0, 1.0]), domains=domain).verdict == "pass"
    assert check_grad(np.log, np.array([0.0, 1.0]), domains=domain).verdict == "inconclusive"
    assert check_grad(lambda x, y: x**0.5 + y, 0.0, 1.0, domains=[domain[0], None]).verdict == "pass"
