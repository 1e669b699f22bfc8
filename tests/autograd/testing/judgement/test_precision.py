"""How small an error is found: down to the eighth digit, and no right rule fails because of its roundoff."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.testing import Array, WrongValueError, check_vjp, search_vjp


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


def draw_point(shapes, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    return tuple(scale * rng.uniform(0.3, 1.5, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes)


@names
@given(seed=seeds, error=st.sampled_from([1e-4, -1e-5, 1e-6, -1e-6, 1e-7, 3e-8]))
def test_relative_errors_down_to_the_eighth_digit_are_found(name, seed, error):
    f, rule, shapes = RULES[name]
    wrong = lambda inputs, g: tuple((1 + error) * c for c in rule(inputs, g))  # noqa: E731 - the rule, off by a factor
    inputs = draw_point(shapes, seed)
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

    inputs = draw_point(shapes, seed)
    if name == "inverse" and np.linalg.cond(inputs[0]) > 30:
        return
    assert check_vjp(f, rough, inputs, raise_on_fail=False).verdict == "fail"


@names
@given(seed=seeds, exponent=st.integers(-3, 3))
def test_right_rules_pass_at_any_scale(name, seed, exponent):
    f, rule, shapes = RULES[name]
    report = check_vjp(f, rule, draw_point(shapes, seed, 10.0**exponent), raise_on_fail=False)
    assert report.verdict != "fail", report


def test_a_search_finds_a_constant_that_is_mistyped_in_its_seventh_digit():
    def make():
        return np.exp2, lambda inputs, g: (g * 0.6931471 * np.exp2(inputs[0]),)

    with pytest.raises(WrongValueError):
        search_vjp(make, x=Array("n", low=-3.0, high=3.0), hypothesis_seed=0)


def test_a_relative_error_of_1e_5_is_found():
    with pytest.raises(WrongValueError):
        check_vjp(np.exp, lambda xs, g: (1.00001 * g * np.exp(xs[0]),), (0.5,))


def test_a_derivative_of_1e_13_is_told_from_0():
    with pytest.raises(WrongValueError):
        check_vjp(lambda x: 1.0 / (1.0 + np.exp(-x)), lambda xs, g: (0.0 * g,), (-30.0,))


def test_a_derivative_of_1e12_passes():
    x = np.random.default_rng(0).normal(size=3)
    assert check_vjp(lambda x: 1e12 * np.real(x), lambda xs, g: (1e12 * g,), (x,), raise_on_fail=False).verdict == "pass"


@given(seeds, st.sampled_from([0.0, 1e-3, -1e-3, 1e-4]))
def test_errors_beyond_single_precision_are_found_in_single_precision(seed, error):
    (x,) = draw_point([(5,)], seed)
    x = x.astype(np.float32)
    rule = lambda i, g: (g * np.float32(1 + error) * np.cos(i[0]),)  # noqa: E731 - a rule in single precision
    assert check_vjp(np.sin, rule, (x,), raise_on_fail=False).verdict == ("fail" if error else "pass")
