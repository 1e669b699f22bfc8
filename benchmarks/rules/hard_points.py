"""Right rules at kinks, edges, extreme scales and high curvature."""

import math

import numpy as np

from rules.case import ALL, BOX, V, add_hard, at, normal, uniform
from rules.factors_and_shapes import huber
from rules.functions import assign, elementwise, first, half, norm, relu, ties, unit

# fmt: off
# Right but hard: kinks at the point, whose claim is a subgradient
KINK = {"domain": ALL, "inconclusive": True}
EASY = {"inconclusive": False}
OPEN = {"inconclusive": True}

for label, claim in ("0", 0.0), ("1", 1.0), ("half", 0.5):
    add_hard(f"relu_at_0_claims_{label}", (V,), at([0.0, 1.0, -1.0]), relu, elementwise(lambda x, c=claim: np.where(x == 0, c, x > 0)),
         f"a kink at the point; {claim} is in [0, 1]", **KINK)
add_hard("abs_at_0", (V,), at([0.0, -2.0]), np.abs, elementwise(np.sign), "a kink at the point; 0 is in [-1, 1]", **KINK)
add_hard("l1_at_0_claims_1", (V,), at([0.0, -2.0, 0.0]), lambda x: np.abs(x).sum(), elementwise(lambda x: np.where(x < 0, -1.0, 1.0)),
     "a kink at the point; 1 is in [-1, 1]", **KINK | {"domain": BOX})
add_hard("leaky_relu_at_0", (V,), at([0.0, 1.0]), lambda x: np.where(x > 0, x, 0.01 * x), elementwise(lambda x: np.where(x > 0, 1.0, 0.01)),
     "a kink at the point; 0.01 is the left slope", **KINK)
add_hard("max_ties_even", (V,), at([2.0, 1.0, 2.0, 2.0]), np.max, lambda g, x: g * ties(x), "ties split evenly", min_size=1, **KINK)
add_hard("max_ties_first", (V,), at([2.0, 1.0, 2.0, 2.0]), np.max, lambda g, x: g * first(x), "the first of the tied takes all", min_size=1, **KINK)
add_hard("maximum_equal_even", (V, V), at([1.0, 2.0], [1.0, 2.0]), np.maximum, lambda g, a, b: (g * half(a, b), g * half(b, a)),
     "equal operands get a half each", **KINK)
add_hard("maximum_equal_first", (V, V), at([1.0, 2.0], [1.0, 2.0]), np.maximum, lambda g, a, b: (g * (a >= b), g * (b > a)),
     "the first of equal operands takes all", **KINK)
add_hard("maximum_with_itself", (V,), normal((4,)), lambda a: np.maximum(a, a), lambda g, a: g * 1.0, "tied everywhere, and yet smooth in a", domain=ALL, **EASY)
add_hard("clip_at_bound", (V,), at([1.0, -1.0, 0.5]), lambda x: np.clip(x, -1, 1), elementwise(lambda x: 1.0 * (np.abs(x) <= 1)),
     "two of three elements are at the bounds; 1 is in [0, 1]", **KINK)
add_hard("norm_at_0", (V,), at([0.0, 0.0, 0.0]), norm, lambda g, x: g * unit(x), "a cone's tip; 0 is in the unit ball", **KINK | {"domain": BOX})
add_hard("huber_at_delta", (V,), at([1.0, -1.0, 0.5]), lambda x: huber(x, 1.0), elementwise(lambda x: np.clip(x, -1, 1)),
     "once differentiable, with a jump in the second derivative", **EASY)
add_hard("sort_ties", (V,), at([2.0, 1.0, 2.0]), np.sort, lambda g, x: assign(g, np.argsort(x, kind="stable"), x), "one of the tied permutations", **KINK)

# Edges of the domain
add_hard("sqrt_small_and_large", (V,), at([1e-12, 1.0, 1e12]), np.sqrt, elementwise(lambda x: 0.5 / np.sqrt(x)),
     "a usual step from 1e-12 leaves the domain", domain=(1e-14, 1e14), **OPEN)
add_hard("power_half", (V,), at([1e-8, 4.0]), lambda x: x**0.5, elementwise(lambda x: 0.5 * x**-0.5), "near the vertical tangent", domain=(1e-14, 1e14), **OPEN)
add_hard("log_near_0", (V,), at([1e-12, 1e-6]), np.log, elementwise(lambda x: 1 / x), "a usual step leaves the domain", domain=(1e-14, 1e14), **OPEN)
add_hard("arcsin_near_1", (V,), at([1 - 1e-10, -1 + 1e-10]), np.arcsin, elementwise(lambda x: 1 / np.sqrt((1 - x) * (1 + x))),
     "1e-10 from the vertical tangents", domain=(-1 + 1e-12, 1 - 1e-12), **OPEN)
add_hard("x_log_x_near_0", (V,), at([1e-12, 1e-4]), lambda x: x * np.log(x), elementwise(lambda x: np.log(x) + 1), "a usual step leaves the domain",
     domain=(1e-14, 1e14), **OPEN)
add_hard("arccosh_near_1", (V,), at([1 + 1e-10]), np.arccosh, elementwise(lambda x: 1 / np.sqrt((x - 1) * (x + 1))), "1e-10 from the vertical tangent",
     domain=(1 + 1e-12, 1e6), **OPEN)
add_hard("log1p_near_minus_1", (V,), at([-1 + 1e-10]), np.log1p, elementwise(lambda x: 1 / (1 + x)), "1e-10 from the pole", domain=(-1 + 1e-12, 1e6), **OPEN)

# Scale
add_hard("tiny_natural_scale", (V,), at([1e-12, -3e-13]), lambda x: np.arctan(x / 1e-12), elementwise(lambda x: 1 / (1e-12 * (1 + (x / 1e-12) ** 2))),
     "the function lives on the scale 1e-12", domain=(-1e-9, 1e-9), **OPEN)
add_hard("square_at_1e6", (V,), at([1e6, -3e6]), np.square, elementwise(lambda x: 2 * x), "an absolute step of 1e-6 is lost in rounding", domain=(-1e9, 1e9), **EASY)
add_hard("square_at_1e150", (V,), at([1e150, -1e-150]), np.square, elementwise(lambda x: 2 * x), "steps must scale with the input", domain=(-1e150, 1e150), **OPEN)
add_hard("logs_of_mixed_scale", (V,), at([1e-8, 1.0, 1e8]), np.log, elementwise(lambda x: 1 / x), "no step fits all elements", domain=(1e-10, 1e10), **OPEN)
add_hard("norm2_of_mixed_scale", (V,), at([1e-8, 1.0, 1e8]), lambda x: np.sum(x**2), elementwise(lambda x: 2 * x),
     "the small elements' share of 1e16 is below its rounding", domain=(-1e9, 1e9), **OPEN)
add_hard("outputs_of_mixed_scale", (V,), at([1.0, -1.0]), lambda x: np.stack([1e-8 * np.sin(x), np.sin(x), 1e8 * np.sin(x)]),
     lambda g, x: (1e-8 * g[0] + g[1] + 1e8 * g[2]) * np.cos(x), "the large outputs' rounding hides the small outputs' share", **EASY)
add_hard("slope_1e12", (V,), normal((3,)), lambda x: 1e12 * x, lambda g, x: 1e12 * g, "linear with a huge slope", **EASY)
add_hard("slope_1e_12", (V,), normal((3,)), lambda x: 1e-12 * x, lambda g, x: 1e-12 * g, "linear with a tiny slope, below usual absolute tolerances", **EASY)
add_hard("hypot_1e_200", (V, V), at([1e-200], [1e-200]), np.hypot, lambda g, x, y: (g * x / np.hypot(x, y), g * y / np.hypot(x, y)),
     "smooth at the scale 1e-200 only, a kink on any larger one", domain=(1e-200, 1e200), **OPEN)
add_hard("hypot_1e200", (V, V), at([1e200], [-1e200]), np.hypot, lambda g, x, y: (g * x / np.hypot(x, y), g * y / np.hypot(x, y)),
     "squares overflow; steps must scale with the input", domain=((1e-200, 1e200), (-1e200, 1e200)), **OPEN)

# Curvature
add_hard("sin_1e4_x", (V,), normal((3,)), lambda x: np.sin(1e4 * x), elementwise(lambda x: 1e4 * np.cos(1e4 * x)), "a high frequency", domain=(-10, 10), **EASY)
add_hard("exp_50_x", (V,), uniform(0.5, 1.5, (3,)), lambda x: np.exp(50 * x), elementwise(lambda x: 50 * np.exp(50 * x)), "large derivatives of all orders",
     domain=(-2, 2), **EASY)
add_hard("reciprocal_near_0", (V,), at([1e-5, 3e-5]), lambda x: 1 / x, elementwise(lambda x: -1 / x**2), "1e-5 from the pole", domain=(1e-6, 1e6), **OPEN)
add_hard("tan_near_pole", (V,), at([math.pi / 2 - 1e-4]), np.tan, elementwise(lambda x: 1 + np.tan(x) ** 2), "1e-4 from the pole", domain=(-1.5707, 1.5707), **OPEN)
add_hard("ninth_power_at_30", (V,), at([30.0, -30.0]), lambda x: x**9, elementwise(lambda x: 9 * x**8), "values of 2e13", domain=(-100, 100), **EASY)
