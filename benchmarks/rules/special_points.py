"""Rules that are wrong on one side, beyond a bound, at zero, or at ties only."""

import math

import numpy as np

from rules.axes_and_matrices import others
from rules.case import ALL, M, V, add_pair, at, normal, uniform
from rules.functions import (
    assign,
    deviations,
    elementwise,
    expit,
    growth,
    growth_slope,
    half,
    logsumexp,
    norm,
    relu,
    shares,
    sinc,
    sinc_slope,
    softmax,
    ties,
    unit,
)

# fmt: off
# Wrong on one side, or beyond a bound
add_pair("abs_one_sided", "value", (V,), uniform(0.5, 2, (4,)), np.abs, elementwise(lambda x: 1.0 * (x > 0)), elementwise(np.sign),
     "relu's rule: wrong for x < 0 only", shows=uniform(-2, -0.5, (4,)), domain=ALL)
add_pair("leaky_relu_slope_lost", "value", (V,), normal((4,)), lambda x: np.where(x > 0, x, 0.01 * x),
     elementwise(lambda x: 1.0 * (x > 0)), elementwise(lambda x: np.where(x > 0, 1.0, 0.01)),
     "the negative side's slope 0.01 is lost", shows=uniform(-2, -0.5, (4,)), domain=ALL)
add_pair("elu_output_slope", "value", (V,), normal((4,)), lambda x: np.where(x > 0, x, np.expm1(x)),
     elementwise(lambda x: np.where(x > 0, 1.0, np.expm1(x))), elementwise(lambda x: np.exp(np.minimum(x, 0))),
     "y instead of y + 1 on the negative side", shows=uniform(-2, -0.5, (4,)))
add_pair("power_by_log_abs", "value", (V,), uniform(0.5, 2, (4,)), lambda x, p: x**p,
     lambda g, x, p: g * p * np.exp((p - 1) * np.log(np.abs(x))), lambda g, x, p: g * p * x ** (p - 1),
     "|x|**(p - 1): wrong for negative x and even p only", shows=uniform(-2, -0.5, (4,)), static={"p": 2}, choices={"p": (2, 3, 4)})
add_pair("clip_straight_through", "value", (V,), normal((4,)), lambda x: np.clip(x, -1, 1), lambda g, x: g, elementwise(lambda x: 1.0 * (np.abs(x) <= 1)),
     "the gradient passes outside the bounds too", shows=uniform(2, 3, (4,)), domain=ALL)
add_pair("softplus_overflow", "nan", (V,), normal((4,)), lambda x: np.logaddexp(0, x),
     elementwise(lambda x: np.exp(x) / (1 + np.exp(x))), elementwise(expit), "inf/inf above 709", shows=uniform(1e3, 2e3, (4,)), domain=(-1e4, 1e4))
add_pair("softplus_guard_zero", "value", (V,), normal((4,)), lambda x: np.logaddexp(0, x),
     elementwise(lambda x: np.where(x > 1e3, 0.0, expit(x))), elementwise(expit),
     "an overflow guard gives 0 instead of 1 above 1e3", shows=uniform(1.1e3, 2e3, (4,)), domain=(-1e4, 1e4))
add_pair("logsumexp_clipped", "value", (V,), normal((4,)), logsumexp,
     lambda g, x: g * softmax(np.minimum(x, 700.0)), lambda g, x: g * softmax(x),
     "exponents clipped against overflow: uniform weights above 700", shows=at([1000.0, 1001.0, 1003.0]), domain=(-2e3, 2e3), min_size=1)
add_pair("logaddexp_overflow", "nan", (V, V), normal((3,), (3,)), np.logaddexp,
     lambda g, a, b: (g * np.exp(a) / (np.exp(a) + np.exp(b)), g * np.exp(b) / (np.exp(a) + np.exp(b))),
     lambda g, a, b: (g * shares(a, b), g * shares(b, a)),
     "inf/inf for large, 0/0 for very negative arguments", shows=at([800.0, -800.0, 0.0], [801.0, -801.0, 1.0]), domain=(-2e3, 2e3))
add_pair("exp_clipped", "value", (V,), normal((4,)), np.exp, elementwise(lambda x: np.exp(np.minimum(x, 20.0))), elementwise(np.exp),
     "the rule clips the exponent, the function does not", shows=uniform(22, 30, (4,)), domain=(-50, 50))
add_pair("sqrt_guarded", "value", (V,), uniform(0.5, 2, (4,)), np.sqrt,
     elementwise(lambda x: 0.5 / np.sqrt(np.maximum(x, 1e-6))), elementwise(lambda x: 0.5 / np.sqrt(x)),
     "clamped against division by zero: wrong below 1e-6 only", shows=uniform(1e-9, 1e-7, (4,)), domain=(1e-10, 1e10))
add_pair("sinc_series_sign", "value", (V,), normal((4,)), sinc,
     elementwise(lambda x: sinc_slope(x, lambda x: x / 3, 1e-3)), elementwise(sinc_slope),
     "the Taylor branch below 1e-3 has the wrong sign, and its values are small", shows=uniform(4e-4, 9e-4, (4,)))
add_pair("expm1_ratio_small", "value", (V,), normal((4,)), growth,
     elementwise(lambda x: growth_slope(x, lambda x: 1.0, 1e-6)), elementwise(growth_slope),
     "the branch below 1e-6 returns the function's value 1 instead of the slope 1/2", shows=uniform(1e-8, 9e-7, (4,)), domain=(-50, 50))

# Wrong at zero only
add_pair("relu_nan_at_zero", "nan", (V,), normal((4,)), relu, elementwise(lambda x: relu(x) / x), elementwise(lambda x: 1.0 * (x > 0)),
     "0/0 at 0", shows=at([0.0, 1.0, -1.0]), domain=ALL)
add_pair("norm_nan_at_zero", "nan", (V,), normal((4,)), norm, lambda g, x: g * x / norm(x), lambda g, x: g * unit(x),
     "0/0 for the zero vector, where 0 is a subgradient; a well-known trap", shows=at([0.0, 0.0, 0.0]))
add_pair("hypot_nan_at_zero", "nan", (V, V), normal((3,), (3,)), np.hypot,
     lambda g, x, y: (g * x / np.hypot(x, y), g * y / np.hypot(x, y)),
     lambda g, x, y: tuple(g * np.where(np.hypot(x, y) > 0, z / np.hypot(x, y), 0.0) for z in (x, y)),
     "0/0 where both are 0", shows=at([0.0, 1.0], [0.0, 2.0]))
add_pair("std_nan_of_constant", "nan", (V,), normal((4,)), lambda x: norm(deviations(x)) / math.sqrt(len(x)),
     lambda g, x: g * deviations(x) / norm(deviations(x)) / math.sqrt(len(x)) if norm(deviations(x)) else x * np.nan,
     lambda g, x: g * unit(deviations(x)) / math.sqrt(len(x)),
     "0/0 where all values are equal, so always for one value", shows=at([2.0, 2.0, 2.0]), min_size=1)
add_pair("power_3_2_nan", "nan", (V,), normal((4,)), lambda x: np.abs(x) * np.sqrt(np.abs(x)),
     elementwise(lambda x: np.sign(x) * (np.sqrt(np.abs(x)) + np.abs(x) * 0.5 / np.sqrt(np.abs(x)))),
     elementwise(lambda x: 1.5 * np.sign(x) * np.sqrt(np.abs(x))), "the product rule makes 0 * inf at 0, where the derivative is 0", shows=at([0.0, 1.0]))
add_pair("square_log_nan", "nan", (V,), normal((4,)), lambda x: np.where(x == 0, 0.0, x**2 * np.log(np.abs(x))),
     elementwise(lambda x: 2 * x * np.log(np.abs(x)) + x), elementwise(lambda x: np.where(x == 0, 0.0, 2 * x * np.log(np.abs(x)) + x)),
     "0 * log(0) at 0: the function has a guard, its rule has none", shows=at([0.0, 1.0]))
add_pair("sinc_one_at_zero", "value", (V,), normal((4,)), sinc,
     elementwise(lambda x: np.where(x == 0, 1.0, sinc_slope(x))), elementwise(sinc_slope),
     "the guard returns the function's value at 0, the derivative is 0", shows=at([0.0, 1.0]))
add_pair("prod_by_division", "nan", (V,), normal((4,)), np.prod, lambda g, x: g * np.prod(x) / x, lambda g, x: g * others(x),
     "product / x is 0/0 at a zero; a classic mistake", shows=at([0.0, 2.0, 3.0]))
add_pair("prod_by_guarded_division", "value", (V,), normal((4,)), np.prod,
     lambda g, x: g * np.prod(x) / np.where(x == 0, 1e-12, x), lambda g, x: g * others(x),
     "an epsilon hides the 0/0, and a single zero gets no gradient", shows=at([0.0, 2.0, 3.0]))

# Wrong at ties only
add_pair("max_counted_twice", "value", (V,), normal((4,)), np.max, lambda g, x: g * (x == x.max()), lambda g, x: g * ties(x),
     "each of the tied gets the whole gradient", shows=at([1.0, 3.0, 3.0]), domain=ALL, min_size=1)
add_pair("row_min_counted_twice", "value", (M,), normal((3, 4)), lambda x: x.min(axis=1),
     lambda g, x: g[:, None] * (x == x.min(axis=1, keepdims=True)), lambda g, x: assign(g, (np.arange(len(x)), x.argmin(axis=1)), x),
     "each of the tied gets the whole gradient", shows=at([[1.0, 1.0, 3.0], [0.0, 1.0, 2.0]]), domain=ALL, min_size=1)
add_pair("minimum_both_win", "value", (V, V), normal((3,), (3,)), np.minimum,
     lambda g, a, b: (g * (a <= b), g * (b <= a)), lambda g, a, b: (g * half(b, a), g * half(a, b)),
     "both get the whole gradient where they are equal", shows=at([1.0, 2.0], [1.0, 3.0]), domain=ALL)
add_pair("maximum_both_lose", "value", (V, V), normal((3,), (3,)), np.maximum,
     lambda g, a, b: (g * (a > b), g * (b > a)), lambda g, a, b: (g * half(a, b), g * half(b, a)),
     "neither gets any gradient where they are equal", shows=at([1.0, 2.0], [1.0, 3.0]), domain=ALL)
