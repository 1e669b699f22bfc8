"""How small an error a check finds: down to what the measurement resolves, and no right rule is condemned for its rounding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import DataError
from autograd.testing import Array, NondeterminismError, WrongValueError, check_vjp, search_vjp


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layer(x, w):
    return np.tanh(x @ w)


def softmax_rule(inputs, g):
    y = softmax(inputs[0])
    return (y * (g - (g * y).sum(axis=-1, keepdims=True)),)


def layer_rule(inputs, g):
    x, w = inputs
    d = g * (1 - np.tanh(x @ w) ** 2)
    return d @ w.T, x.T @ d


RULES = {
    "sin": (np.sin, lambda i, g: (g * np.cos(i[0]),), [(4,)]),
    "gaussian": (lambda x: np.exp(-x * x / 2), lambda i, g: (-g * i[0] * np.exp(-(i[0] ** 2) / 2),), [(3,)]),
    "softmax": (softmax, softmax_rule, [(2, 3)]),
    "layer": (layer, layer_rule, [(3, 4), (4, 2)]),
    "norm": (lambda x: np.sqrt((x * x).sum()), lambda i, g: (g * i[0] / np.sqrt((i[0] ** 2).sum()),), [(7,)]),
    "cumsum": (np.cumsum, lambda i, g: (np.cumsum(g[::-1])[::-1],), [(9,)]),
    "inverse": (np.linalg.inv, lambda i, g: (-np.linalg.inv(i[0]).T @ g @ np.linalg.inv(i[0]).T,), [(2, 2)]),
}
names = pytest.mark.parametrize("name", RULES)
seeds = st.integers(0, 10**6)


def point(shapes, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    return tuple(scale * rng.uniform(0.3, 1.5, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes)


@names
@given(seed=seeds, error=st.sampled_from([1e-4, -1e-5, 1e-6, -1e-6, 1e-7, 3e-8]))
def test_relative_errors_down_to_the_eighth_digit_are_found(name, seed, error):
    f, rule, shapes = RULES[name]
    wrong = lambda inputs, g: tuple((1 + error) * c for c in rule(inputs, g))  # noqa: E731 - the rule, off by a factor
    inputs = point(shapes, seed)
    if name == "inverse" and np.linalg.cond(inputs[0]) > 30:
        return
    assert check_vjp(f, wrong, inputs, raise_on_fail=False).verdict == "fail"


@names
@given(seed=seeds)
def test_an_intermediate_in_single_precision_is_found(name, seed):
    f, rule, shapes = RULES[name]
    if name == "cumsum":  # whose rule for a cotangent of ones and zeros is exact in single precision, too
        return

    def rough(inputs, g):
        return tuple(c.astype(np.float32).astype(float) for c in rule(inputs, g))

    inputs = point(shapes, seed)
    if name == "inverse" and np.linalg.cond(inputs[0]) > 30:
        return
    assert check_vjp(f, rough, inputs, raise_on_fail=False).verdict == "fail"


@names
@given(seed=seeds, exponent=st.integers(-3, 3))
def test_right_rules_pass_at_any_scale(name, seed, exponent):
    f, rule, shapes = RULES[name]
    report = check_vjp(f, rule, point(shapes, seed, 10.0**exponent), raise_on_fail=False)
    assert report.verdict != "fail", report


@pytest.mark.parametrize("distance", [-1e-3, -1e-7, -1e-9, 1e-12, 1e-7, 1e-5])
def test_a_kink_near_by_condemns_nobody(distance):
    for f, slope in ((lambda x: np.maximum(x, 0.0), lambda x: 1.0 * (x > 0)), (lambda x: np.abs(x) + x, lambda x: np.sign(x) + 1)):
        x = np.array([distance, 0.7])
        assert check_vjp(f, lambda i, g, s=slope: (g * s(i[0]),), (x,), raise_on_fail=False).verdict == "pass"


def test_answers_that_change_from_call_to_call_are_a_fault_of_their_own():
    calls = []

    def flickering(inputs, g):
        calls.append(1)
        return (g * np.cos(inputs[0]) * (1 + 1e-9 * (len(calls) % 2)),)

    with pytest.raises(
        NondeterminismError, match=r"called twice in a row with the same arguments, the rule returns .* it is random; fix its seed"
    ):
        check_vjp(np.sin, flickering, (np.array([0.3, 0.7]),))


@given(seeds, st.sampled_from([0.0, 1e-3, -1e-3, 1e-4]))
def test_single_precision_is_judged_by_its_own_digits(seed, error):
    (x,) = point([(5,)], seed)
    x = x.astype(np.float32)
    rule = lambda i, g: (g * np.float32(1 + error) * np.cos(i[0]),)  # noqa: E731 - a rule in single precision
    assert check_vjp(np.sin, rule, (x,), raise_on_fail=False).verdict == ("fail" if error else "pass")


def test_half_precision_is_refused():
    half = np.array([0.5, 1.0], np.float16)
    with pytest.raises(DataError, match=r"input 0 is float16, whose three digits cannot tell .* use float32 or float64"):
        check_vjp(np.sin, lambda i, g: (g * np.cos(i[0]),), (half,))
    with pytest.raises(DataError, match=r"the function returns float16|returns .*float16"):
        check_vjp(lambda x: x.astype(np.float16), lambda i, g: (g,), (np.array([0.5]),))


def test_a_search_finds_a_constant_that_is_mistyped_in_its_seventh_digit():
    def make():
        return np.exp2, lambda inputs, g: (g * 0.6931471 * np.exp2(inputs[0]),)

    with pytest.raises(WrongValueError):
        search_vjp(make, x=Array("n", low=-3.0, high=3.0), hypothesis_seed=0)


def test_a_wrong_entry_beside_a_much_larger_one_is_found():
    wrong = lambda i, g: (g * np.array([i[0][1], 0.0]),)  # noqa: E731 - the second entry is left out
    for small in (1e-9, 1e-6, 1.0):
        report = check_vjp(lambda x: x[0] * x[1], wrong, (np.array([small, 20.0]),), raise_on_fail=False)
        assert (report.verdict, report.findings[0].index) == ("fail", (1,))


# -- what takes its own precision only, answers strangely, or cannot be told


def test_functions_that_take_single_precision_only_are_examined_there():
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


def test_one_strange_answer_among_equal_ones_is_no_verdict():
    def strange_at(call):
        calls = []

        def once(inputs, g):
            calls.append(1)
            return (g * np.cos(inputs[0]) * (1 + 1e-7 * (len(calls) == call)),)

        return once

    found = [check_vjp(np.sin, strange_at(call), (np.array([0.3, 0.7]),), raise_on_fail=False).verdict for call in range(1, 12)]
    assert "fail" in found


def test_noise_in_many_entries_is_not_judged():
    noisy = lambda x: x + 1e-3 * np.sin(1e9 * x)  # noqa: E731 - a function that no step resolves
    for n in (20, 100):
        x = np.linspace(0.1, 2.0, n)
        report = check_vjp(noisy, lambda i, g: (g * (1 + 1e6 * np.cos(1e9 * i[0])),), (x,), raise_on_fail=False)
        assert report.verdict in ("pass", "inconclusive")


def test_cancelling_answers_may_differ_by_as_much_as_they_scatter():
    x = np.array([1e8, 1.0, -1e8])

    def rule(inputs, g):  # whose last digits depend on the order of the terms
        total = (inputs[0] * g).sum() - g.sum() * inputs[0].sum()
        return (g * inputs[0].sum() + 0.0 * total + inputs[0] * g.sum() - inputs[0] * g.sum(),)

    f = lambda x: x * x.sum()  # noqa: E731
    right = lambda i, g: (g * i[0].sum() + (g * i[0]).sum(),)  # noqa: E731
    assert check_vjp(f, right, (x,), raise_on_fail=False).verdict != "fail"
    assert check_vjp(f, rule, (x,), raise_on_fail=False).verdict == "fail"
