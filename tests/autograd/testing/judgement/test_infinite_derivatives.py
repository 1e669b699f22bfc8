"""Where a derivative is infinite: right rules do not fail, and wrong ones do not pass."""

import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.testing import Array, check_grad, check_vjp, search_vjp

# Functions, their derivatives, the edge at which their slope is infinite, and a stretch where it is not.
STEEP = {
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x), 0.0, (0.2, 1.0)),
    "log": (np.log, lambda x: 1.0 / x, 0.0, (0.2, 2.0)),
    "1/x": (lambda x: 1.0 / x, lambda x: -1.0 / x**2, 0.0, (0.2, 2.0)),
    "arccos": (np.arccos, lambda x: -1.0 / np.sqrt(1.0 - x * x), 1.0, (-0.8, 0.8)),
    "arcsin": (np.arcsin, lambda x: 1.0 / np.sqrt(1.0 - x * x), -1.0, (-0.8, 0.8)),
    "arctanh": (np.arctanh, lambda x: 1.0 / (1.0 - x * x), 1.0, (-0.8, 0.8)),
    "log1p": (np.log1p, lambda x: 1.0 / (1.0 + x), -1.0, (-0.5, 2.0)),
    "x log x": (lambda x: x * np.log(x), lambda x: np.log(x) + 1.0, 0.0, (0.2, 2.0)),
    "cbrt": (np.cbrt, lambda x: np.cbrt(x) ** -2.0 / 3.0, 0.0, (0.2, 2.0)),
}


steep = pytest.mark.parametrize("name", STEEP)


def with_edge(name, n, places):
    _, _, edge, (low, high) = STEEP[name]
    x = np.linspace(low, high, n)
    x[[p % n for p in places]] = edge
    return x


def rule_of(slope):
    def rule(inputs, g):
        with np.errstate(all="ignore"):
            return (g * slope(inputs[0]),)

    return rule


@steep
@given(n=st.integers(1, 14), places=st.lists(st.integers(0, 13), min_size=1, max_size=3))
def test_right_rules_do_not_fail_at_an_infinite_derivative(name, n, places):
    f, slope, _, _ = STEEP[name]
    x = with_edge(name, n, places)
    quiet = lambda x: np.where(np.isnan(f(x)), 0.0, f(x)) if name == "x log x" else f(x)  # noqa: E731
    with np.errstate(all="ignore"):
        assert check_vjp(quiet, rule_of(slope), (x,), raise_on_fail=False).verdict in ("pass", "inconclusive")
    if name != "x log x":
        assert check_grad(f, x, raise_on_fail=False).verdict in ("pass", "inconclusive")


@steep
@given(n=st.integers(1, 10), place=st.integers(0, 9), claim=st.sampled_from([-7.0, 0.0, 3.0]))
def test_a_finite_claim_for_an_infinite_derivative_does_not_pass(name, n, place, claim):
    f, slope, edge, _ = STEEP[name]
    if name in ("log", "1/x", "arctanh", "log1p", "x log x"):  # where the value is not a number either
        return
    x = with_edge(name, n, [place])
    wrong = rule_of(lambda x: np.where(x == edge, claim, slope(np.where(x == edge, 0.5 * edge + 0.1, x))))
    assert check_vjp(f, wrong, (x,), raise_on_fail=False).verdict in ("fail", "inconclusive")


@steep
@given(n=st.integers(2, 14), place=st.integers(0, 13), data=st.data())
def test_a_wrong_derivative_beside_an_infinite_one_fails(name, n, place, data):
    f, slope, _, _ = STEEP[name]
    x = with_edge(name, n, [place])
    other = data.draw(st.sampled_from([i for i in range(n) if i != place % n]))
    factor = np.where(np.arange(n) == other, 1.1, 1.0)
    if name in ("log", "1/x", "arctanh", "log1p", "x log x"):
        return  # beside a value that is not finite a fault may stay undecided
    assert check_vjp(f, rule_of(lambda x: slope(x) * factor), (x,), raise_on_fail=False).verdict == "fail"


@pytest.mark.parametrize("n", [9, 20, 60])
@pytest.mark.parametrize("factor", [1.1, 1.0001])
def test_a_wrong_derivative_in_one_sum_with_an_infinite_one_fails(n, factor):
    x = with_edge("sqrt", n, [3])
    factors = np.where(np.arange(n) == n - 1, factor, 1.0)
    slope = lambda x: np.where(x == 0.0, -7.0, 0.5 / np.sqrt(np.where(x == 0.0, 1.0, x)))  # noqa: E731
    report = check_vjp(lambda x: np.sum(np.sqrt(x)), rule_of(lambda x: slope(x) * factors), (x,), raise_on_fail=False)
    (finding,) = report.findings
    assert (finding.fault, finding.index) == ("value", (n - 1,))


@pytest.mark.parametrize("claim", [-7.0, 0.0, 3.0])
def test_a_finite_claim_among_a_hundred_entries_does_not_pass(claim):
    slope = lambda x: np.where(x == 0.0, claim, 0.5 / np.sqrt(np.where(x == 0.0, 1.0, x)))  # noqa: E731
    assert check_vjp(np.sqrt, rule_of(slope), (with_edge("sqrt", 100, [3]),), raise_on_fail=False).verdict == "inconclusive"


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch, the oracle here, is an extra of its own")
@pytest.mark.parametrize("name", ["sqrt", "log", "acos", "atanh", "log1p", "reciprocal"])
@pytest.mark.parametrize("n", [2, 7])
def test_the_rules_of_pytorch_do_not_fail(name, n):
    import torch

    f = getattr(torch, name)

    def value(x):
        return f(torch.tensor(x.copy())).numpy()

    def rule(inputs, g):
        x = torch.tensor(inputs[0].copy(), requires_grad=True)
        f(x).backward(torch.tensor(g.copy()))
        return (x.grad.numpy(),)

    for place in (0, n - 1):
        x = np.linspace(0.2, 0.8, n)
        x[place] = {"acos": 1.0, "atanh": 1.0, "log1p": -1.0}.get(name, 0.0)
        assert check_vjp(value, rule, (x,), raise_on_fail=False).verdict in ("pass", "inconclusive")


@pytest.mark.parametrize("name", ["sqrt", "x log x", "cbrt"])
def test_a_search_over_a_domain_with_an_infinite_derivative_at_its_edge(name):
    f, slope, _, _ = STEEP[name]

    def value(x):
        with np.errstate(all="ignore"):
            y = f(x)
        return np.where(np.isnan(y), 0.0, y)

    options = {"x": Array("n", low=0.0, high=4.0), "max_examples": 50, "hypothesis_seed": 3, "raise_on_fail": False}
    report = search_vjp(lambda: (value, rule_of(slope)), **options)
    assert report.verdict != "fail" or report.fault == "undecided"
    wrong = search_vjp(lambda: (value, rule_of(lambda x: 1.05 * slope(x))), **options)
    assert (wrong.verdict, wrong.fault) == ("fail", "value")
