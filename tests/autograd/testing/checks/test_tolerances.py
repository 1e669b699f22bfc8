"""How far two answers of a rule may be apart: faults of five times a tolerance are found, and half of it passes."""

import itertools

import numpy as np
import pytest

from autograd.testing import check_vjp


def fault_of(f, rule, *inputs):
    """Return the fault that check_vjp finds, or the verdict."""
    report = check_vjp(f, rule, inputs, raise_on_fail=False)
    return report.fault or report.verdict


# A term that is quadratic in the cotangent is largest, beside the linear one, for 10⁴ times the cotangent.


@pytest.mark.parametrize(("term", "outcome"), [(5e-13, "nonlinearity"), (5e-14, "pass")])
def test_a_nonlinear_term_is_found_from_1e_9_of_the_answer_on(term, outcome):
    assert fault_of(lambda x: 2.0 * x, lambda xs, g: (2.0 * g + term * g * np.abs(g),), np.array([0.7])) == outcome


@pytest.mark.parametrize(("term", "outcome"), [(5e-16, "nonlinearity"), (5e-17, "pass")])
def test_a_nonlinear_term_beside_a_derivative_of_0_is_found_from_1e_12_on(term, outcome):
    def rule(xs, g):
        return 1.0 * g, term * g * np.abs(g)

    assert fault_of(lambda x, y: x + 0.0 * y, rule, np.array([0.7]), np.array([0.3])) == outcome


@pytest.mark.parametrize(("term", "outcome"), [(4e-9, "nonlinearity"), (4e-10, "pass")])
def test_a_nonlinear_term_in_single_precision_is_found_from_64_eps_on(term, outcome):
    def rule(xs, g):
        return ((2.0 * g + term * g * np.abs(g)).astype(np.float32),)

    assert fault_of(lambda x: np.float32(2.0) * x, rule, np.array([0.7], dtype=np.float32)) == outcome


@pytest.mark.parametrize(("noise", "outcome"), [(5e-11, "nondeterminism"), (5e-12, "pass")])
def test_answers_to_the_same_call_may_differ_by_1e_11(noise, outcome):
    calls = itertools.count()
    rule = lambda xs, g: (2.0 * g * (1.0 + noise * (next(calls) % 3 == 0)),)  # noqa: E731
    assert fault_of(lambda x: 2.0 * x, rule, np.array([0.7])) == outcome


@pytest.mark.parametrize(("difference", "outcome"), [(5e-6, "layout"), (5e-7, "pass")])
def test_values_in_another_memory_layout_may_differ_by_1e_6(difference, outcome):
    def f(x):
        return np.sum(x * x) * (1.0 if x.flags.c_contiguous else 1.0 + difference)

    assert fault_of(f, lambda xs, g: (2.0 * g * xs[0],), np.array([0.7, 0.3])) == outcome
